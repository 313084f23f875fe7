// What people are told of the phases of outdial's machines: one table for pages, commands and messages. Who uses a table checks that
// it has a word for each phase of its machine.

// Shares as people read them, and the legal limit on abandoned calls.

/**
 * Largest share of live answers that may be abandoned in the United States; exactly this share is still allowed (47 CFR
 * 64.1200(a)(7)(i), 16 CFR 310.4(b)(4)(i)). A limit in the rule pack for the campaign's country takes precedence.
 */
export const ABANDONMENT_LIMIT = 0.03;

/** A share in per cent: 0.1234 as "12.3 %"; "–" for none. @param digits after the point */
export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || !Number.isFinite(share) ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** A probability in per cent. One that would be shown as 0 % or 100 % is given as a bound: 0.0002 as "less than 0.1 %". */
export function probabilityText(probability: number): string {
  if (probability < 0.0005) return "less than 0.1 %";
  return probability > 0.9995 ? "more than 99.9 %" : percent(probability);
}

/** A share in per cent with no more digits than it needs, at most two: 0.03 as "3 %", 0.1234 as "12.34 %". */
export function shortPercent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

/** A failover pair. @param from the campaign that hands over @param to the one that takes over */
export const PAIR_PHASE_WORDS = {
  watching: (from: string, to: string) => `${from} is to dial, ${to} stands by`,
  pausing: (from: string, _to: string) => `the ${from} is being paused`,
  draining: (from: string, _to: string) => `draining calls of the ${from}`,
  "handing-over": (from: string, _to: string) => `holding back the contacts that the ${from} has called`,
  gating: (_from: string, to: string) => `asking the gate for the ${to}`,
  activating: (_from: string, to: string) => `the ${to} is being activated`,
  verifying: (_from: string, to: string) => `reading back whether the ${to} is active`,
  "failed-over": (from: string, to: string) => `handed over: ${to} is to dial, ${from} stands by`,
  securing: (from: string, _to: string) => `the ${from} is being paused to be safe`,
  halted: (_from: string, _to: string) => "halted, neither dials",
} as const;

/** The words of a pair's phase where it is not known which campaign hands over. */
export function pairPhaseWords(phase: string): string {
  if (phase === "watching" || phase === "failed-over") return PAIR_PHASE_WORDS[phase]("primary", "backup");
  const wordsOf = Object.entries(PAIR_PHASE_WORDS).find(([name]) => name === phase)?.[1];
  // Another version of outdial may have phases that are not known here.
  return wordsOf === undefined ? spaced(phase) : wordsOf("campaign that hands over", "campaign that takes over");
}

/** The words of a pair's phase with the messages of its alarms, each thing said once. */
export function pairPhaseTold(phase: string, messages: readonly string[]): string {
  const isSaid = phase === "halted" && messages.some((message) => message.startsWith("neither campaign dials"));
  const words = isSaid ? phase : pairPhaseWords(phase);
  return messages.length === 0 ? words : `${words}: ${messages.join("; ")}`;
}

/** A change of dialer settings. */
export const CHANGE_PHASE_WORDS = {
  sending: "sending",
  sent: "sent, no answer yet",
  settling: "answer lost, reading",
  polling: "being activated",
  watching: "answer lost, watching",
  verifying: "reading back",
  merging: "merging",
  checking: "checking what was merged",
  guarding: "in force, figures watched",
  paused: "in force, waits for a decision",
  examining: "did not hold, reading",
  ended: "ended",
} as const;

/** An apply of campaign files. */
export const APPLY_PHASE_WORDS = {
  looking: "looking at what is there",
  intending: "about to send",
  sending: "sending",
  settling: "answer lost, reading",
  verifying: "reading back",
  registering: "registering webhooks",
  gating: "asking the gate",
  activating: "activating",
  confirming: "reading back whether it is active",
  ended: "ended",
} as const;

/** The words of a phase; the name itself, spaced, for one that another version of outdial has. */
export function phaseWords(words: Readonly<Record<string, string>>, phase: string): string {
  return (Object.hasOwn(words, phase) ? words[phase] : undefined) ?? spaced(phase);
}

const spaced = (phase: string): string => phase.replaceAll(/[_-]/g, " ");

/** A fact that a prediction stands on. */
interface PredictionFact {
  readonly name: "agents" | "answerRate" | "handleSeconds" | "ringSeconds" | "takenForMachines";
  readonly low: number;
  readonly high: number;
  readonly from: "measured" | "given" | "assumed";
}

const FACT_NAMES: Readonly<Record<PredictionFact["name"], string>> = {
  agents: "agents",
  answerRate: "answer rate",
  handleSeconds: "handle time",
  ringSeconds: "ring time",
  takenForMachines: "taken for machines",
};

/** A fact that a prediction stands on, in words: "answer rate 38.0 % to 50.0 % (measured)". */
export function factWords({ name, low, high, from }: PredictionFact): string {
  const text = (value: number) => {
    if (name === "answerRate" || name === "takenForMachines") return percent(value);
    return `${Math.round(value)}${name === "agents" ? "" : " s"}`;
  };
  return `${FACT_NAMES[name]} ${low === high ? text(low) : `${text(low)} to ${text(high)}`} (${from})`;
}
