// The 15-second step of VICIdial's adaptive dial level as a pure function: a multiplicative move after idle agents, then cuts when drops pass the limit.
// Known from the behaviour of AST_VDadapt (2013 to 2024 versions agree); written anew.

/** What happens when the day's drop percentage is over its limit. */
export type DropMethod = "HARD_LIMIT" | "AVERAGE" | "TAPERED";

/** What one step looks at. Percentages are 0..100, times are hours and minutes written as one number (1530 is half past three). */
export interface LevelStep {
  /** Lines per agent now. */
  readonly level: number;
  /** Idle agents less waiting callers, averaged over the last samples. */
  readonly difference: number;
  /** Agents counted, averaged over the same samples. */
  readonly agents: number;
  /** Adaptive intensity, -99..99: how much stronger rises (and weaker falls) are. Default 0. */
  readonly intensity?: number;
  /** Difference aimed at, added to `difference`: -1 keeps one agent waiting. Default 0. */
  readonly differenceTarget?: number;
  /** Level limit. Default 3.0. */
  readonly maximumLevel?: number;
  readonly method: DropMethod;
  /** Drop percentage limit. Default 3. */
  readonly dropLimit?: number;
  /** Calls answered today and the share of them that was dropped, percent. */
  readonly callsToday: number;
  readonly dropPercentToday: number;
  /** The same over the last minute. */
  readonly callsLastMinute?: number;
  readonly dropPercentLastMinute?: number;
  /** Time of day and latest time of TAPERED, as HHMM. */
  readonly now?: number;
  readonly latest?: number;
}

/**
 * The next level, never below 1.0, rounded to three decimals before the cuts.
 * TAPERED subtracts HHMM numbers as if they were decimal, as the original does: its cut jumps at each full hour (2100 - 1959 is 141, 2100 - 2000 is 100).
 */
export function nextLevel(step: LevelStep): number {
  const intensity = step.intensity ?? 0;
  let percent = step.agents > 0 ? (100 * (step.difference + (step.differenceTarget ?? 0))) / step.agents : 0;
  if (percent > 0) percent *= 1 + intensity / 100;
  else if (percent < 0) percent *= Math.abs(intensity / 100 - 1);
  let level = Math.round(step.level * (1 + percent / 100) * 1000) / 1000;
  level = Math.max(1, Math.min(level, step.maximumLevel ?? 3));
  if ((step.callsLastMinute ?? 0) > 20 && (step.dropPercentLastMinute ?? 0) > 50) level /= 2;
  if (step.callsToday > 50 && step.dropPercentToday > (step.dropLimit ?? 3)) level = cut(level, step);
  return Math.max(1, level);
}

function cut(level: number, step: LevelStep): number {
  switch (step.method) {
    case "HARD_LIMIT":
      return 1;
    case "AVERAGE":
      return level / 2;
    case "TAPERED": {
      const share = ((step.latest ?? 2100) - (step.now ?? 0)) / 1000;
      return share < 0 ? 1 : level * Math.min(1, share);
    }
  }
}
