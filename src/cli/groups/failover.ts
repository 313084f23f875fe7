// outdial campaign failover.

import { command } from "../command.ts";
import { flag, STORE, span, TENANT_AND_STORE, text, value, whole } from "../declare.ts";

const PRIMARY = text("<primary>", "the primary campaign; it names the pair");

/** What the schema of a pair's policy refuses when it is no number. */
const numeric = (written: string) => Number(written);

export const watch = command(
  "watch",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "watch one pair or all; several processes may: one does, another takes over when it dies",
    options: [
      text("--primary <id>", "the campaign to watch; without it all pairs"),
      text("--backup <id>", "the campaign that takes over; makes the pair, or changes it"),
      value("--threshold <rate>", "success rate below which the primary hands over (0.15)", numeric),
      span("--window <span>", "the rate counts calls of so long (30m)"),
      span("--every <span>", "time between two looks (60s)"),
      value("--minimum-calls <number>", "calls below which nothing is decided (50)", numeric),
      text("--rule <rule>", "evidence: surely below the threshold; plain: as reported (evidence)"),
      span("--cool-down <span>", "after a hand-over nothing is handed over for so long (1h)"),
      text("--fail-back <how>", "manual or automatic (manual)"),
      text("--safe-action <what>", "when the watch cannot be relied upon: alarm, or pause who dials as well (alarm)"),
      span("--drain <span>", "how long calls may take to end before a person is called (5m)"),
      span("--hold <span>", "the backup must not call a contact for so long after the primary has (24h)"),
      text("--overlap <what>", "when the backup's list holds contacts who were called: refuse or accept (refuse)"),
      text("--when-backup-fails <what>", "stay-paused or resume-primary (stay-paused)"),
      flag("--once", "one look, and the hand-over that follows from it"),
    ],
    notes:
      "Flags change what was said of the pair before; what they leave out stays. Ends with 130 on Ctrl-C: what is under way is gone on with by the\n" +
      "next watch. With --once: 0 one campaign dials, 1 neither surely does, 5 not authorised, 6 the tenant does not answer; a\n" +
      "pair that another process watches is left to it, and told as it stands.",
    examples: ["outdial campaign failover watch --primary camp_primary_001 --backup camp_backup_001 --yes"],
  },
);

export const rehearse = command("drill", TENANT_AND_STORE, {
  summary: "rehearse the hand-over: every reading and decision, no write; ends with 3 when it would not succeed",
  args: [PRIMARY],
});

export const start = command(
  "start",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    runs: "through",
    summary: "hand over to the backup now, whatever the figures say",
    args: [PRIMARY],
  },
);

export const failback = command(
  "failback",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    runs: "through",
    summary: "hand back to the primary, as carefully",
    args: [PRIMARY],
  },
);

export const status = command("status", STORE, {
  runs: "through",
  summary: "who dials, upon what figures, since when; ends with 1 when a pair needs a person, or nobody watches it",
  args: [text("[primary]", "one pair; without it all")],
});

export const history = command("history", STORE, {
  summary: "what happened to a pair, newest first",
  args: [PRIMARY],
  options: [whole("--limit <number>", "how many", { from: 1, to: 100_000, default: 50 })],
});

export const holds = command("holds", STORE, {
  summary: "contacts that a campaign must not call yet, as CSV: for taking them off its list",
  args: [text("<campaign>", "the campaign that took over")],
});

export const remove = command("remove", TENANT_AND_STORE, {
  summary: "end the watch over a pair; neither campaign is changed, the history stays",
  args: [PRIMARY],
  notes:
    "A hand-over that has activated nothing yet is given up: what was paused stays paused. While a campaign is being activated it is refused.",
});
