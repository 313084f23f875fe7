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
};
