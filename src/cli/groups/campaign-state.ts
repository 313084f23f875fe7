// outdial campaign status, pause, stops, resume: what dials, what does not, and why.

import type { Command } from "commander";
import { databaseUrl, type Tools, tenantUrl } from "./tools.ts";

export function campaignState(campaign: Command, { action }: Tools): void {
  action(
    campaign
      .command("status")
      .argument("[id]", "a campaign; all of them by default")
      .description("what a campaign does, how well, and why it is not dialing")
      .option("--watch", "again and again, until interrupted")
      .option("--every <span>", "with --watch: how often", "10s")
      .option("--window <minutes>", "what the figures are measured over", "30")
      .option("--contacts <number>", "how many contacts of the list are looked at (default: 1000; 100 of each for all campaigns)")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText("after", "\nExit code 0 whether it dials or not; 4, 5 or 6 when the tenant did not tell everything."),
    async () => (await import("../commands/campaign-status.ts")).status,
  );
  action(
    campaign
      .command("pause")
      .argument("[id...]", "campaigns")
      .description("pause campaigns and wait until no call is under way; --all stops everything that dials")
      .option("--all", "every campaign of the tenant, at once; needs neither database nor service")
      .option("--timeout <span>", "how long to wait for calls under way, such as 30s; 0s does not wait", "2m")
      .option("--reason <text>", "why, for the audit")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nA campaign that is paused already is a success. A repetition after a lost reply sends the same idempotency key.\n" +
          "Without a database that answers, the pause is sent all the same and noted in the working folder for the audit.\n" +
          "Exit code 0 when every pause is confirmed (the tenant shows it paused and no call under way), 4 when one is not or failed.\n" +
          "\nExamples:\n  $ outdial campaign pause camp_primary_001 --reason 'complaints'\n  $ outdial campaign pause --all",
      ),
    async () => (await import("../commands/campaign-state.ts")).pause,
  );
  action(
    campaign
      .command("stops")
      .argument("[id]", "an emergency stop; the latest ones by default")
      .description("emergency stops of the service: what is confirmed paused, what is not and why")
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nA stop that was given to the service, or that a killed pause --all left in this folder, is carried on by any service on the database.\n" +
          "Exit code with an id: 0 when every campaign is confirmed paused, 4 when one is not, or the list of campaigns is not whole.",
      ),
    async () => (await import("../commands/campaign-stops.ts")).stops,
  );
  action(
    campaign
      .command("resume")
      .argument("<id>", "campaign")
      .description("let a campaign dial again, when the pre-dial gate allows it")
      .option("--reason <text>", "why, for the audit")
      .option("--check", "ask the gate and change nothing")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nThe gate judges contacts of the campaign's list under the law and the campaign's own rules: it refuses (exit code 3) when nobody may be\n" +
          "called now, when a do-not-call registry file is missing or too old, or when the abandonment budget is used up.",
      ),
    async () => (await import("../commands/campaign-state.ts")).resume,
  );
}
