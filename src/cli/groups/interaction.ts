// outdial interaction.

import { collect, databaseUrl, type Register, tenantUrl } from "./tools.ts";

const POLICY = "append (default), replace or fail";

export const registerInteraction: Register = (program, { action }) => {
  const interaction = program.command("interaction").description("dispositions of closed interactions");
  action(
    interaction
      .command("show")
      .argument("<id>", "interaction id")
      .description("the dispositions of an interaction, as the tenant has them now")
      .addOption(tenantUrl()),
    async () => (await import("../commands/interaction-show.ts")).showInteractionCommand,
  );
  action(
    interaction
      .command("disposition")
      .argument("<id>", "interaction id")
      .description("correct the disposition of an interaction: read, merged, checked, written under a lock, read back")
      .requiredOption("--code <code>", "disposition code, such as 101")
      .requiredOption("--agent <id>", "the agent whose disposition it is")
      .option("--description <text>", "the code's own by default")
      .option("--timestamp <time>", "ISO 8601 with an offset; the present by default")
      .option("--policy <policy>", POLICY)
      .option("--dry-run", "show what would be written; nothing is sent")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nPolicies:\n  append   others' entries are kept\n  replace  the new entry stands alone\n  fail     as append, but ends at the first change by another writer\n" +
          "\nExample:\n  $ outdial interaction disposition a1b2c3d4-e5f6-7890-abcd-ef1234567890 --code 101 --agent agent_xyz_123",
      ),
    async () => (await import("../commands/interaction-disposition.ts")).correctOne,
  );
  action(
    interaction
      .command("dispositions")
      .argument("<file>", "CSV with a header, or NDJSON; - reads stdin")
      .description("correct many: every row checked before the first is sent, resumed where it was interrupted")
      .option("--policy <policy>", `for rows that name none: ${POLICY}`)
      .option("--dry-run", "check the whole file and stop; nothing is sent")
      .option("--out <file>", "write one NDJSON line per row with its result, before and after; - writes to stdout")
      .option("--again", "run a file that was run before once more")
      .option("--column <field=name...>", "the column that holds a field, such as agent_id=Agent", collect, [])
      .option("--format <format>", "csv or ndjson; told from the input by default")
      .option("--delimiter <character>", "column separator; told from the header by default")
      .option("--concurrency <number>", "interactions under way at once")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nColumns: interaction_id, code, description, agent_id, timestamp, policy\n" +
          "\nExamples:\n  $ outdial interaction dispositions corrections.csv --dry-run\n  $ outdial interaction dispositions corrections.csv --out results.ndjson",
      ),
    async () => (await import("../commands/interaction-dispositions.ts")).correctMany,
  );
};
