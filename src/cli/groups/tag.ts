// outdial tag.

import { collect, databaseUrl, type Register, tenantUrl } from "./tools.ts";

export const registerTag: Register = (program, { action }) => {
  action(
    program
      .command("tag")
      .argument("<file>", "CSV with a header, or NDJSON; - reads stdin")
      .description(
        "tag calls with dispositions: validates every row, sends within the rate budget, resumes where it was interrupted",
      )
      .requiredOption("--campaign <id>", "campaign whose disposition codes the rows use")
      .option("--dry-run", "validate the whole file and stop; nothing is sent")
      .option("--out <file>", "write one NDJSON line per row with its result; - writes to stdout")
      .option("--again", "run a file that was run before once more")
      .option("--column <field=name...>", "the column that holds a field, such as call_id=CallID", collect, [])
      .option("--format <format>", "csv or ndjson; told from the input by default")
      .option("--delimiter <character>", "column separator; told from the header by default")
      .option("--concurrency <number>", "requests under way at once")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nColumns: call_id, disposition_code_id, reason_code_id, notes, tags (tags separated by | or ;)\n" +
          "\nExamples:\n  $ outdial tag calls.csv --campaign camp_primary_001 --dry-run\n  $ outdial tag calls.csv --campaign camp_primary_001 --out results.ndjson\n" +
          "  $ outdial tag export.csv --campaign camp_primary_001 --column call_id=CallID --column tags=Labels",
      ),
    async () => (await import("../commands/tag.ts")).tag,
  );
};
