// outdial outcomes report and outcomes push.

import type { Command } from "commander";
import { collect, databaseUrl, type Tools } from "./tools.ts";

/** Adds what tells others of outcomes to the group `outcomes`. */
export function registerOutcomeReports(outcomes: Command, { action }: Tools): void {
  action(
    outcomes
      .command("report")
      .description(
        "conversion with its interval, trend, by hour, weekday, code, attempt, list and agent; comparisons; figures restated",
      )
      .option("--campaign <id...>", "only these campaigns", collect, [])
      .option("--from <time>", "first day such as 2026-03-01 (in the zone), or a time with an offset")
      .option("--to <time>", "last day, itself included, or a time with an offset; the present by default")
      .option("--last <span>", "instead of --from: so much time before the end, such as 7d (default: 30d); 1100d at most")
      .option("--map <file>", "what disposition codes mean; by default outcomes.map of outdial.yaml, else the documented codes")
      .option("--zone <name>", "IANA time zone of days and hours; by default outcomes.zone of outdial.yaml, else UTC")
      .option("--by <list>", "only these groupings: hour, weekday, code, campaign, attempt, list, agent")
      .option(
        "--compare <what>",
        "previous, a dimension, or two groups such as 'list=A vs list=B'; may be given several times",
        collect,
        [],
      )
      .option("--minimum <calls>", "calls that each side of a comparison must have (default: 100)")
      .option("--confidence <percent>", "level of all intervals", "95")
      .option("--format <format>", "text, html, json or csv; told from --out by default")
      .option("--out <file>", "write the report to a file")
      .option("--no-keep", "neither restate figures of earlier reports nor keep those of this one")
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nExamples:\n  $ outdial outcomes report --campaign camp_primary_001 --last 7d --zone America/New_York\n" +
          "  $ outdial outcomes report --from 2026-03-01 --to 2026-03-31 --compare previous --compare agent --out march.html\n" +
          "  $ outdial outcomes report --compare 'list=A,hour=9|10 vs list=B,hour=9|10'",
      ),
    async () => (await import("../commands/outcomes-report.ts")).report,
  );
  action(
    outcomes
      .command("push")
      .description("bring outcomes to your own systems")
      .command("crm")
      .description(
        "tell the CRM of retrievals it was not told of; with --records, bring it every call whose present version it does not have",
      )
      .option("--records", "upsert records too, in batches; a refused batch is halved until the refused record stands alone")
      .option("--campaign <id>", "only this campaign's records")
      .option("--from <time>", "earliest start of a call")
      .option("--to <time>", "latest start")
      .option("--last <span>", "instead of --from: so much time before the end, such as 7d")
      .option("--map <file>", "what disposition codes mean, for the records' categories")
      .option("--batch <number>", "records in a request", "500")
      .option("--again", "send once more what the CRM refused before")
      .option("--out <file>", "write one NDJSON line per refused record; - writes to stdout")
      .addOption(databaseUrl()),
    async () => (await import("../commands/outcomes-push.ts")).pushCrm,
  );
}
