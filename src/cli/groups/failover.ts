// outdial campaign failover.

import type { Command } from "commander";
import { databaseUrl, type Tools, tenantUrl } from "./tools.ts";

const PRIMARY = "the primary campaign; it names the pair";

/** Adds failover below `outdial campaign`. */
export function failoverVerbs(campaign: Command, { action }: Tools): void {
  const failover = campaign
    .command("failover")
    .description("watch pairs of campaigns: when the primary's success rate has surely fallen, the backup takes over");
  action(
    failover
      .command("watch")
      .description("watch one pair or all; several processes may: one does, another takes over when it dies")
      .option("--primary <id>", "the campaign to watch; without it all pairs")
      .option("--backup <id>", "the campaign that takes over; makes the pair, or changes it")
      .option("--threshold <rate>", "success rate below which the primary hands over (0.15)")
      .option("--window <span>", "the rate counts calls of so long (30m)")
      .option("--every <span>", "time between two looks (60s)")
      .option("--minimum-calls <number>", "calls below which nothing is decided (50)")
      .option("--rule <rule>", "evidence: surely below the threshold; plain: as reported (evidence)")
      .option("--cool-down <span>", "after a hand-over nothing is handed over for so long (1h)")
      .option("--fail-back <how>", "manual or automatic (manual)")
      .option("--safe-action <what>", "when the watch cannot be relied upon: alarm, or pause who dials as well (alarm)")
      .option("--drain <span>", "how long calls may take to end before a person is called (5m)")
      .option("--hold <span>", "the backup must not call a contact for so long after the primary has (24h)")
      .option("--overlap <what>", "when the backup's list holds contacts who were called: refuse or accept (refuse)")
      .option("--when-backup-fails <what>", "stay-paused or resume-primary (stay-paused)")
      .option("--once", "one look, and the hand-over that follows from it")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nFlags change what was said of the pair before; what they leave out stays. Ends with 130 on Ctrl-C: what is under way is gone on with by the\n" +
          "next watch. With --once: 0 one campaign dials, 1 neither surely does, 5 not authorised, 6 the tenant does not answer.\n" +
          "\nExample:\n  $ outdial campaign failover watch --primary camp_primary_001 --backup camp_backup_002 --yes",
      ),
    async () => (await import("../commands/failover.ts")).watch,
  );
  action(
    failover
      .command("drill")
      .argument("<primary>", PRIMARY)
      .description("rehearse the hand-over: every reading and decision, no write; ends with 3 when it would not succeed")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover.ts")).rehearse,
  );
  action(
    failover
      .command("start")
      .argument("<primary>", PRIMARY)
      .description("hand over to the backup now, whatever the figures say")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover.ts")).start,
  );
  action(
    failover
      .command("failback")
      .argument("<primary>", PRIMARY)
      .description("hand back to the primary, as carefully")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover.ts")).failback,
  );
  action(
    failover
      .command("status")
      .argument("[primary]", "one pair; without it all")
      .description("who dials, upon what figures, since when; ends with 1 when a pair needs a person, or nobody watches it")
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover-reads.ts")).status,
  );
  action(
    failover
      .command("history")
      .argument("<primary>", PRIMARY)
      .description("what happened to a pair, newest first")
      .option("--limit <number>", "how many", "50")
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover-reads.ts")).history,
  );
  action(
    failover
      .command("holds")
      .argument("<campaign>", "the campaign that took over")
      .description("contacts that a campaign must not call yet, as CSV: for taking them off its list")
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover-reads.ts")).holds,
  );
  action(
    failover
      .command("remove")
      .argument("<primary>", PRIMARY)
      .description("end the watch over a pair; neither campaign is changed, the history stays")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/failover.ts")).remove,
  );
}
