// outdial dialer.

import { collect, databaseUrl, type Register, tenantUrl } from "./tools.ts";

const FORMAT = "table, json or csv";

export const registerDialer: Register = (program, { action }) => {
  const dialer = program.command("dialer").description("the dialer's settings: validate, apply, verify, watch, put back");
  action(
    dialer
      .command("validate")
      .argument("<file>", "settings file, YAML or JSON; - reads stdin")
      .description("our own checks, the tenant's validation with all regulatory checks, a simulated prediction; changes nothing")
      .addOption(tenantUrl()),
    async () => (await import("../commands/dialer-files.ts")).validate,
  );
  action(
    dialer
      .command("apply")
      .argument("<file>", "settings file, YAML or JSON; - reads stdin")
      .description("activate settings and verify them; what does not hold is put back")
      .option("--dry-run", "show the difference and the gates, and stop; nothing is stored or sent")
      .option("--override-gate <name>", "pass a gate by name: predicted_abandonment; recorded in the audit log", collect, [])
      .option("--guard <span>", "watch abandonment for so long, such as 30m, and put the old settings back when it is too high")
      .option("--guard-campaign <id>", "a campaign to watch; may be given several times (default: all active ones)", collect, [])
      .option("--retry-rejected", "apply settings that did not hold before")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nExamples:\n  $ outdial dialer apply settings.yaml --dry-run\n  $ outdial dialer apply settings.yaml --yes --guard 30m\n\n" +
          "Ends with 0 when the settings are in force, 1 when they were put back, 3 when a gate, a conflict or somebody else's change\nforbade them, 4 when the watch came to no verdict.",
      ),
    async () => (await import("../commands/dialer-change.ts")).apply,
  );
  action(
    dialer
      .command("rollback")
      .argument("[version]", "a version that was in force; without one, what was in force before the latest change")
      .description("put earlier settings back, as carefully as new ones are applied")
      .option("--dry-run", "show the difference and the gates, and stop; nothing is sent")
      .option("--override-gate <name>", "pass a gate by name: predicted_abandonment", collect, [])
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/dialer-change.ts")).rollback,
  );
  action(
    dialer
      .command("resume")
      .argument("[version]", "a change that has not ended; there is one at most")
      .description("go on with a change that was interrupted, or decide about one that waits for a person")
      .option("--keep", "of a watch without a verdict: leave the settings in force")
      .option("--roll-back", "of a watch without a verdict: put the old settings back")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/dialer-change.ts")).resume,
  );
  action(
    dialer
      .command("history")
      .description("versions of the settings, newest first: changes with their outcome, and settings that were found")
      .option("--limit <number>", "how many", "20")
      .option("--format <format>", FORMAT)
      .addOption(databaseUrl()),
    async () => (await import("../commands/dialer-reads.ts")).history,
  );
  action(
    dialer.command("show").description("the settings in force").addOption(tenantUrl()),
    async () => (await import("../commands/dialer-reads.ts")).show,
  );
  action(
    dialer
      .command("metrics")
      .description("the dialer's figures by the hour")
      .option("--campaign <id>", "only this campaign's")
      .option(
        "--metric <name>",
        "efficiency, abandonmentRate, answerRate, averageWaitTime; may be given several times",
        collect,
        [],
      )
      .option("--format <format>", `${FORMAT}, or plot for a terminal`)
      .addOption(tenantUrl()),
    async () => (await import("../commands/dialer-reads.ts")).metrics,
  );
  action(
    dialer
      .command("audit")
      .description("the tenant's own audit log, newest first; outdial's is outdial audit")
      .option("--entity <name>", "what the entries are about", "dialer")
      .option("--limit <number>", "how many; all by default")
      .option("--format <format>", FORMAT)
      .addOption(tenantUrl()),
    async () => (await import("../commands/dialer-reads.ts")).vendorAudit,
  );
  action(
    dialer
      .command("create-campaign")
      .argument("<file>", "settings file, YAML or JSON; - reads stdin")
      .description("make a dialer campaign of a file, never two of one file")
      .option("--again", "send it although an earlier request may have been carried out: after you have looked")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/dialer-files.ts")).createCampaign,
  );
};
