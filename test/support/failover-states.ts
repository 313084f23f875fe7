// Failover pairs in every phase, as the store keeps them, with the side that may be said to dial.

import type { CampaignSummary } from "../../src/operations/views/index.ts";

const LOOKED = 1_780_000_000_000;
/** What halts the pair of the tables. */
export const HALT =
  "419 contacts on the list of camp_b have been called by the other campaign, because their lists overlap; take them off its list, or accept it with overlap: accept";
export const [PRIMARY, BACKUP] = ["camp_a", "camp_b"] as const;

const settled = {
  side: "primary",
  handover: null,
  handovers: 1,
  secured: 0,
  coolUntil: 0,
  relapses: 0,
  unanswered: 0,
  standing: {},
  securing: null,
  verdict: null,
  metricsAt: null,
  lookedAt: LOOKED,
  halt: null,
} as const;

const handover = (from: "primary" | "backup") => ({
  side: from,
  handover: {
    number: 2,
    from,
    to: from === "primary" ? "backup" : "primary",
    reason: "12 of 600",
    startedAt: LOOKED,
    pauses: 1,
    activations: 1,
    pausedAt: null,
    drainUntil: LOOKED,
    held: null,
    isRetreat: false,
  },
});

const securing = (sides: readonly string[], afterwards: string, side: string) => ({
  phase: "securing" as const,
  side,
  securing: { sides, afterwards, side, tries: 1, reason: "both campaigns were active" },
});

type PairPhase = NonNullable<CampaignSummary["failover"]>["phase"];

export interface PairCase {
  readonly name: string;
  readonly state: Readonly<Record<string, unknown>> & { readonly phase: PairPhase; readonly side: string };
  /** Who was read back as dialing. */
  readonly dials: "primary" | "backup" | null;
}

const one = (name: string, state: PairCase["state"], dials: PairCase["dials"] = null): PairCase => ({
  name,
  state: { ...settled, ...state },
  dials,
});

const HANDING_OVER = ["pausing", "draining", "handing-over", "gating", "activating", "verifying"] as const;

export const PAIR_CASES: readonly PairCase[] = [
  one("nobody has looked at", { phase: "watching", side: "primary", handovers: 0, lookedAt: null }),
  one("whose primary dials", { phase: "watching", side: "primary" }, "primary"),
  one("whose primary was paused by hand", { phase: "watching", side: "primary", standing: { NEITHER_DIALS: LOOKED } }),
  one("whose campaigns are both active", { phase: "watching", side: "primary", standing: { BOTH_ACTIVE: LOOKED } }),
  ...HANDING_OVER.flatMap((phase) => [
    one(`that fails over: ${phase}`, { phase, ...handover("primary") }),
    one(`that fails back: ${phase}`, { phase, ...handover("backup") }),
  ]),
  one("that has failed over", { phase: "failed-over", side: "backup" }, "backup"),
  one("whose backup was paused by hand", { phase: "failed-over", side: "backup", standing: { NEITHER_DIALS: LOOKED } }),
  one("whose backup is paused to be safe", securing(["backup"], "watching", "primary")),
  one("both of which are paused to be safe", securing(["backup", "primary"], "halted", "primary")),
  one("halted on the way to its backup", { phase: "halted", side: "primary", halt: HALT, standing: { NEITHER_DIALS: LOOKED } }),
  one("halted until the gate of its backup opens", {
    phase: "halted",
    side: "primary",
    halt: HALT,
    standing: { NEITHER_DIALS: LOOKED },
    waiting: { handover: handover("primary").handover, tries: 2, againAt: LOOKED },
  }),
  one("halted on the way back", { phase: "halted", side: "backup", halt: HALT, standing: { NEITHER_DIALS: LOOKED } }),
];

/** Says of a text that one of the two dials, or has taken over. */
export const CLAIM =
  /(?<!neither )(?<!not )\bdials (?:in its place|already|again|\()|\b(?:primary|backup|camp_[ab]) dials\b|stands in|failed over|works/i;
