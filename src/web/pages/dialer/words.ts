// What a change of dialer settings and an apply of campaigns are called in each of their phases and ends, on every page that shows one. A phase without
// words does not compile. Pure.

import { APPLY_PHASE_WORDS, CHANGE_PHASE_WORDS } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { words } from "../../view/format.ts";
import type { Tone } from "../../view/tone.ts";

export interface Called {
  readonly text: string;
  readonly tone: Tone;
}

function phases<Phase extends string>(words: Readonly<Record<Phase, string>>, tones: Readonly<Record<Phase, Tone>>) {
  return Object.fromEntries(Object.entries<string>(words).map(([phase, text]) => [phase, { text, tone: tones[phase as Phase] }]));
}

const warn = (text: string): Called => ({ text, tone: "warn" });
const bad = (text: string): Called => ({ text, tone: "bad" });
const good = (text: string): Called => ({ text, tone: "good" });

const CHANGE_TONES: Readonly<Record<ApiTypes.DialerChange["phase"], Tone>> = {
  sending: "info",
  sent: "info",
  settling: "warn",
  polling: "info",
  watching: "warn",
  verifying: "info",
  merging: "info",
  checking: "info",
  guarding: "info",
  paused: "bad",
  examining: "warn",
  ended: "none",
};
const CHANGE_PHASES = phases<ApiTypes.DialerChange["phase"]>(CHANGE_PHASE_WORDS, CHANGE_TONES);

/**
 * Whether the settings that the tenant shows are in force while a change stands in a phase: it shows new ones from the moment it takes them, before they
 * are activated.
 */
const SHOWN_IN_FORCE: Readonly<Record<ApiTypes.DialerChange["phase"], boolean>> = {
  sending: true,
  sent: false,
  settling: false,
  polling: false,
  watching: false,
  verifying: false,
  merging: true,
  checking: true,
  guarding: true,
  paused: true,
  examining: false,
  ended: true,
};

/** Whether what the tenant shows is in force. @param open the change under way */
export const isShownInForce = (open: Pick<ApiTypes.DialerChange, "phase" | "purpose"> | null): boolean =>
  // What is put back replaces settings that may still be on their way.
  open === null || (SHOWN_IN_FORCE[open.phase] && !(open.phase === "sending" && open.purpose === "restore"));

export const CHANGE_OUTCOMES: Readonly<Record<NonNullable<ApiTypes.DialerChange["outcome"]>, Called>> = {
  applied: good("applied, read back"),
  not_applied: warn("refused by the tenant, the settings from before are in force"),
  rolled_back: warn("rolled back, the settings from before are in force"),
  refused: bad("refused by a rule, nothing of ours is in force"),
  conflict: warn("in conflict with somebody else's change, nothing of ours is in force"),
  overtaken: warn("overtaken, somebody else's settings stand"),
  rollback_failed: bad("rollback failed, what is in force is not sure"),
};

const APPLY_TONES: Readonly<Record<ApiTypes.ApplyPhase, Tone>> = {
  looking: "info",
  intending: "info",
  sending: "info",
  settling: "warn",
  verifying: "info",
  registering: "info",
  gating: "info",
  activating: "info",
  confirming: "info",
  ended: "none",
};
const APPLY_PHASES = phases<ApiTypes.ApplyPhase>(APPLY_PHASE_WORDS, APPLY_TONES);

const APPLY_OUTCOMES: Readonly<Record<ApiTypes.ApplyOutcome, Called>> = {
  applied: good("applied, read back"),
  partly_applied: bad("applied in part"),
  not_applied: bad("not applied"),
};

type Shown = {
  readonly phase: string;
  readonly outcome: string | null;
  /** Whether it has not ended and nobody goes on with it by itself. */
  readonly isStill: boolean;
};

function called(phases: Readonly<Record<string, Called>>, outcomes: Readonly<Record<string, Called>>, one: Shown): Called {
  const { phase, outcome, isStill } = one;
  // Another version of outdial may have written what is not known here.
  const found = (table: Readonly<Record<string, Called>>, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined);
  if (outcome !== null) return found(outcomes, outcome) ?? { text: words(outcome).toLowerCase(), tone: "none" };
  const now = found(phases, phase) ?? { text: words(phase).toLowerCase(), tone: "none" as const };
  return isStill && now.tone !== "bad" && phase !== "ended" ? bad(`stopped: ${now.text}`) : now;
}

export const changeCalled = (one: Shown): Called => called(CHANGE_PHASES, CHANGE_OUTCOMES, one);
export const applyCalled = (one: Shown): Called => called(APPLY_PHASES, APPLY_OUTCOMES, one);
