// outdial outcomes.

import { registerOutcomeReports } from "./outcomes-report.ts";
import { databaseUrl, type Register, tenantUrl } from "./tools.ts";

export const registerOutcomes: Register = (program, { action }) => {
  const outcomes = program.command("outcomes").description("call outcomes: bring them home, verify, export, reconcile");
  action(
    outcomes
      .command("pull")
      .description(
        "retrieve ended calls into the lake: nothing twice, nothing lost, resumed at the page where it was interrupted",
      )
      .option("--campaign <id>", "campaign whose calls are retrieved")
      .option("--from <time>", "earliest start of a call, such as 2026-03-01 or 2026-03-01T08:00:00Z; UTC without an offset")
      .option("--to <time>", "latest start; the present by default")
      .option("--last <span>", "instead of --from: so much time before the end, such as 7d or 36h (default: 7d)")
      .option("--codes <list>", "only these disposition codes, separated by commas")
      .option("--limit <number>", "calls in a page, at most 5000", "1000")
      .option("--every <span>", "retrieve at regular times, such as 15m, until interrupted; the schedule is kept. off ends it")
      .option("--overlap <span>", "with --every: how far each time goes back behind the one before, for what comes late", "1h")
      .option("--resume [id]", "go on with a retrieval that was interrupted: the newest, or the one named")
      .option("--dry-run", "show what would be asked for and stop; nothing is sent")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nExamples:\n  $ outdial outcomes pull --campaign camp_primary_001 --last 7d\n  $ outdial outcomes pull --campaign camp_primary_001 --every 15m\n" +
          "  $ outdial outcomes pull --resume",
      ),
    async () => (await import("../commands/outcomes-pull.ts")).pull,
  );
  action(
    outcomes
      .command("runs")
      .argument("[id]", "one retrieval")
      .description("retrievals, newest first: window, pages, calls, hash, rows put aside; and what is scheduled")
      .option("--campaign <id>", "only this campaign's")
      .option("--limit <number>", "how many", "20")
      .option("--quarantine", "with an id: the rows put aside, one JSON line each")
      .addOption(databaseUrl()),
    async () => (await import("../commands/outcomes-runs.ts")).runs,
  );
  action(
    outcomes
      .command("verify")
      .argument("[id]", "one retrieval; the newest ones by default")
      .description("hash what the lake holds of a retrieval anew and compare it with what was recorded")
      .option("--limit <number>", "how many of the newest", "20")
      .addOption(databaseUrl()),
    async () => (await import("../commands/outcomes-runs.ts")).verify,
  );
  action(
    outcomes
      .command("export")
      .description("write the latest version of each call to a file")
      .requiredOption("--format <format>", "parquet, csv or ndjson")
      .option("--campaign <id>", "only this campaign's calls")
      .option("--from <time>", "earliest start of a call")
      .option("--to <time>", "latest start")
      .option("--codes <list>", "only these disposition codes, separated by commas")
      .option("--out <file>", "the file; stdout by default (not for parquet)")
      .addOption(databaseUrl()),
    async () => (await import("../commands/outcomes-export.ts")).exportOutcomes,
  );
  action(
    outcomes
      .command("reconcile")
      .description("count the calls of vendor, lake and CRM by hour, and list those that are not everywhere")
      .requiredOption("--campaign <id>", "campaign whose calls are compared")
      .option("--from <time>", "earliest start of a call")
      .option("--to <time>", "latest start; the present by default")
      .option("--last <span>", "instead of --from: so much time before the end (default: 7d)")
      .option("--limit <number>", "calls in a page, at most 5000", "1000")
      .option("--out <file>", "write one NDJSON line per difference; - writes to stdout")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/outcomes-reconcile.ts")).reconcile,
  );
  registerOutcomeReports(outcomes, { action });
};
