// What a prediction says, in words. Pure.

import type { Prediction, PredictionLimit } from "../../../dialing/index.ts";
import { probabilityText } from "../../../kernel/index.ts";

const LIMITED: Readonly<Record<PredictionLimit, string>> = {
  agents: "nobody is at work",
  lines: "the simultaneous calls allowed",
  carrier: "the carrier's lines",
  spacing: "the spacing between calls",
  target: "the abandonment target",
  volume: "the calls there are",
  ratio: "the dial ratio",
};

export function limitedBy({ limitedBy: limit }: Pick<Prediction, "limitedBy">): string {
  return LIMITED[limit];
}

export interface Verdict {
  readonly tone: "good" | "warn" | "bad";
  readonly text: string;
}

/** Chances that a person would act on: one in a hundred is what activation accepts, one in four is a breach to be expected. */
export function verdictOf({
  chanceAboveLimit,
  heldShare,
  limit,
}: Pick<Prediction, "chanceAboveLimit" | "heldShare" | "limit">): Verdict {
  const chance = probabilityText(chanceAboveLimit);
  const held = heldShare > 0.3 ? ` The dialer falls back to one call an agent ${Math.round(100 * heldShare)} % of the time.` : "";
  const text = `Chance of more than ${100 * limit} % abandoned in 30 days: ${chance}.${held}`;
  return { tone: chanceAboveLimit > 0.25 ? "bad" : chanceAboveLimit > 0.01 ? "warn" : "good", text };
}
