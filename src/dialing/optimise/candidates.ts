// The one parameter of each pacing strategy that trades abandonment for occupancy, and the values worth trying.

import type { Pacing } from "../pacing/schema.ts";

/** A strategy with its aggressiveness as one parameter. */
export interface Dial {
  /** Name of the parameter in the scenario's pacing section; undefined for a strategy without one. */
  readonly parameter: string | undefined;
  /** Values from cautious to aggressive. */
  readonly values: readonly number[];
  /** The pacing section with the parameter set. */
  readonly at: (value: number) => Pacing;
}

/** `count` values from `low` to `high`, each greater than the one before by the same factor. */
function geometric(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

/**
 * The parameter of a pacing section and the values to try. @param limit allowed abandonment rate; @param count number of values
 * to begin with
 */
export function dialOf(pacing: Pacing, limit: number, count: number): Dial {
  switch (pacing.strategy) {
    case "progressive":
      return { parameter: undefined, values: [0], at: () => pacing };
    case "ratio": {
      const [low, high] = pacing.of === "idle" ? [1, 8] : [0.7, 3];
      return { parameter: "ratio", values: geometric(low, high, count), at: (ratio) => ({ ...pacing, ratio }) };
    }
    case "open-loop": {
      const middle = pacing.callsPerSecond ?? 1;
      return {
        parameter: "callsPerSecond",
        values: geometric(middle / 4, middle * 2, count),
        at: (callsPerSecond) => ({ ...pacing, callsPerSecond }),
      };
    }
    case "adaptive-level":
      return {
        parameter: "dropLimit",
        values: geometric(0.25 * 100 * limit, 200 * limit, count),
        at: (dropLimit) => ({ ...pacing, dropLimit }),
      };
    case "look-ahead":
      return {
        parameter: "target",
        values: geometric(0.3 * limit, 8 * limit, count),
        at: (target) => ({ ...pacing, target: Math.min(0.9, target) }),
      };
    case "state-aware":
      return {
        parameter: "target",
        values: geometric(0.1 * limit, 1.5 * limit, count),
        at: (target) => ({ ...pacing, target: Math.min(0.9, target) }),
      };
  }
}
