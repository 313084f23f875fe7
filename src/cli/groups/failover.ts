// outdial campaign failover.

import { command } from "../command.ts";
import { flag, id, STORE, span, TENANT_AND_STORE, text, value, whole } from "../declare.ts";

const PRIMARY = id("<primary>", "the primary campaign of the pair");

/** The schema of a pair's policy refuses texts that are not numbers. */
const numeric = (written: string) => Number(written);

export const watch = command(
  "watch",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "watch one pair or all; when several processes watch a pair, one works and another takes over when it dies",
    options: [
      id("--primary <id>", "the campaign to watch; by default all pairs"),
      id("--backup <id>", "the campaign that takes over; creates the pair, or changes it"),
      value("--threshold <rate>", "success rate below which the primary hands over (0.15)", numeric),
      span("--window <span>", "length of the window in which calls count for the rate (30m)"),
      span("--every <span>", "time between two checks (60s)"),
      value("--minimum-calls <number>", "calls below which nothing is decided (50)", numeric),
      text(
        "--rule <rule>",
        "evidence: hand over when the upper bound of the rate is below the threshold; plain: when the reported rate is (evidence)",
      ),
      span("--cool-down <span>", "time after a hand-over without another one (1h)"),
      text("--fail-back <how>", "manual or automatic (manual)"),
      text("--safe-action <what>", "when the watch cannot work reliably: alarm, or also pause the campaign that dials (alarm)"),
      span("--drain <span>", "how long calls may take to end before an alarm is sent (5m)"),
      span("--hold <span>", "time in which the backup must not call a contact that the primary has called (24h)"),
      text(
        "--overlap <what>",
        "when the backup's list contains contacts who were called: refuse, accept, or hold them back at the tenant, profile acd (refuse)",
      ),
      text("--when-backup-fails <what>", "stay-paused or resume-primary (stay-paused)"),
      flag("--once", "one check, and the hand-over if the check leads to one"),
    ],
    notes:
      "Options change the policy of the pair; those that are left out stay as they are. Ctrl-C ends with exit code 130; the next watch continues a hand-over\n" +
      "that is under way. Exit codes with --once: 0 one campaign dials, 1 it is not certain that one dials, 5 not authorised, 6 the tenant does not answer.\n" +
      "With --once, a pair that another process watches is not checked; its state is shown. A service watches the pairs of its store by itself:\n" +
      "through one the policy is set and the pair is followed until Ctrl-C, and --once is not taken.",
    examples: ["outdial campaign failover watch --primary camp_primary_001 --backup camp_backup_001 --yes"],
  },
);

export const rehearse = command("drill", TENANT_AND_STORE, {
  summary: "rehearse the hand-over: all reads and decisions, no writes; exit code 3 when it would not succeed",
  args: [PRIMARY],
});

export const prepare = command("prepare", TENANT_AND_STORE, {
  summary: "bring the primary's contacts to the backup, as lists that it dials only after a hand-over (profile acd)",
  args: [PRIMARY],
  notes:
    "Uploads the open records of each list of the primary as a list of the backup, which must be stopped and without a schedule. Nothing is started; what was\nuploaded before is not uploaded again.",
});

export const start = command(
  "start",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "hand over to the backup now, whatever the success rate is",
    args: [PRIMARY],
  },
);

export const failback = command(
  "failback",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "hand back to the primary, with the same checks",
    args: [PRIMARY],
  },
);

export const status = command("status", STORE, {
  summary: "which campaign dials, since when, and the figures; exit code 1 when a pair needs a person or is not watched",
  args: [id("[primary]", "one pair; by default all")],
});

export const history = command("history", STORE, {
  summary: "what happened to a pair, newest first",
  args: [PRIMARY],
  options: [whole("--limit <number>", "how many", { from: 1, to: 100_000, default: 50 })],
});

export const holds = command("holds", STORE, {
  summary: "contacts that a campaign must not call yet, as CSV, so that they can be removed from its list",
  args: [id("<campaign>", "the campaign that took over")],
});

export const remove = command("remove", TENANT_AND_STORE, {
  summary: "end the watch over a pair; no campaign is changed, and the history is kept",
  args: [PRIMARY],
  notes:
    "A hand-over that has activated nothing yet is given up; a paused campaign stays paused. While a campaign is being activated, the command is refused.",
});
