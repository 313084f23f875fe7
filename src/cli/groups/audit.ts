// outdial audit.

import { databaseUrl, type Register } from "./tools.ts";

export const registerAudit: Register = (program, { action }) => {
  const audit = program.command("audit").description("the audit log: what was done, by whom, with proof");
  action(
    audit
      .command("list")
      .description("entries, oldest first")
      .option("--subject <id>", "only entries about this call")
      .option("--job <id>", "only entries of this job")
      .option("--after <seq>", "only entries after this number")
      .option("--limit <number>", "how many", "50")
      .addOption(databaseUrl()),
    async () => (await import("../commands/audit.ts")).listAudit,
  );
  action(
    audit
      .command("verify")
      .description("recompute the whole log and its signatures; names the first entry that was edited, removed or reordered")
      .addOption(databaseUrl()),
    async () => (await import("../commands/audit.ts")).verifyAudit,
  );
  action(
    audit
      .command("proof")
      .argument("<seq>", "number of the entry")
      .description("prove that an entry is in the log: one JSON object that anyone with audit.pub can check")
      .addOption(databaseUrl())
      .addHelpText("after", "\nExample:\n  $ outdial audit proof 41 > entry-41.json"),
    async () => (await import("../commands/audit.ts")).proveEntry,
  );
  action(
    audit
      .command("verify-proof")
      .argument("<file>", "a proof; - reads stdin")
      .description("check a proof with nothing but the public key; needs neither store nor network")
      .option("--key <file>", "the log's public key (default: audit.pub in the working folder)")
      .addHelpText("after", "\nExample:\n  $ outdial audit verify-proof entry-41.json --key audit.pub"),
    async () => (await import("../commands/audit-proof.ts")).verifyProofFile,
  );
};
