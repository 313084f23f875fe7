// Decides whether a campaign's figures show that it fails: a pure rule, the same for every look.
//
// The evidence rule hands over when the rate of the window is below the threshold and its exact upper bound is, too. There is a
// look every minute and the windows overlap, so the level of the bound is set for all looks of an hour together: with the true
// rate exactly at the threshold at most one hour in a thousand triggers, with any better rate fewer. The windows of a campaign
// with few calls contain too little evidence, so four windows are taken as one when the latest looks bad.

import { z } from "zod";
import { binomialCdf, normalCdf, percent } from "../../../kernel/index.ts";
import type { FailoverPolicy } from "./policy.ts";

/**
 * Largest probability of a false trigger in an hour of looks, at a true rate equal to the threshold; divided between the two
 * windows.
 */
export const FALSE_TRIGGERS_PER_HOUR = 0.001;
/** Length of the long window, in short windows. */
const LONG = 4;
const LONGEST_MINUTES = 1440;

/** The figures of a window. */
export interface TriggerReading {
  /** Successful calls, and the calls they are a share of; null when the tenant gives no counts. */
  readonly successes: number | null;
  readonly calls: number | null;
  /** As the tenant reports it, 0 to 1; null when it does not. */
  readonly successRate: number | null;
  /** Minutes that the tenant counted, if it says so; otherwise those that were requested. */
  readonly windowMinutes?: number | null | undefined;
}

/** The form of a verdict as the state of a pair keeps it. */
export const ruleVerdict = z.object({
  verdict: z.enum(["trigger", "wait", "insufficient"]),
  /** Minutes of the deciding window. */
  windowMinutes: z.number(),
  rate: z.number().nullable(),
  successes: z.number().nullable(),
  calls: z.number().nullable(),
  /** Upper bound of the rate that is compared with the threshold; null for the plain rule and without counts. */
  bound: z.number().nullable(),
  words: z.string(),
});
/**
 * - `trigger`: hand over. `wait`: enough is known, and the rate is not certainly below.
 * - `insufficient`: too few calls, no counts, or no figures at all: no decision.
 */
export type RuleVerdict = Readonly<z.output<typeof ruleVerdict>>;

type RulePolicy = Pick<FailoverPolicy, "threshold" | "windowMinutes" | "everySeconds" | "minimumCalls" | "rule">;

/** Decides by its figures whether a campaign has failed. */
export interface TriggerRule {
  /** Minutes of the long window. */
  readonly longMinutes: number;
  /** Whether the long window is worth reading: the latest one looks bad, but is not evidence yet. */
  wantsLong(window: TriggerReading): boolean;
  /** @param long the long window, if it was read */
  judge(window: TriggerReading, long?: TriggerReading): RuleVerdict;
}

/**
 * The significance level of one look at a window: the largest probability that it looks as bad by chance. With the true rate at
 * the threshold, the score of a window that slides over independent calls is a stationary Gaussian process with covariance 1 -
 * |t|, t in windows (D. Slepian, Bell System Technical Journal 41, 1962). Its chance to pass z in a span of T windows is about T
 * z phi(z) + Q(z) for the high z of interest (J. Pickands, Transactions of the AMS 145, 1969), and never more than the number of
 * looks times Q(z). The smaller of the two is held to `perHour`.
 */
export function levelOfLook(windowMinutes: number, everySeconds: number, perHour: number): number {
  const windows = 60 / windowMinutes;
  const looks = 3600 / everySeconds;
  const chance = (z: number): number => {
    const tail = normalCdf(-z);
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    return Math.min(windows * z * density + tail, Math.max(1, looks) * tail);
  };
  // Above z = 1 the chance decreases with z.
  let [low, high] = [1, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (chance(middle) > perHour) low = middle;
    else high = middle;
  }
  return normalCdf(-high);
}

/**
 * The exact one-sided upper bound of a rate (C. Clopper, E. Pearson, Biometrika 26, 1934): the rate at which so few successes
 * have probability `level`.
 */
export function upperBound(successes: number, calls: number, level: number): number {
  if (successes >= calls) return 1;
  let [low, high] = [successes / calls, 1];
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (binomialCdf(successes, calls, middle) > level) low = middle;
    else high = middle;
  }
  return high;
}

/** Makes the rule of a policy. */
export function createTriggerRule(policy: RulePolicy): TriggerRule {
  const { threshold, windowMinutes, everySeconds, minimumCalls, rule } = policy;
  const longMinutes = Math.min(LONGEST_MINUTES, windowMinutes * LONG);
  const share = FALSE_TRIGGERS_PER_HOUR / 2;
  const levels = new Map([windowMinutes, longMinutes].map((minutes) => [minutes, levelOfLook(minutes, everySeconds, share)]));
  const below = percent(threshold);

  const one = (reading: TriggerReading, asked: number): RuleVerdict => {
    const { successes, calls } = reading;
    const rate = reading.successRate ?? (successes === null || calls === null || calls === 0 ? null : successes / calls);
    // A tenant may not have a window as short as the policy's: the one that it counted is judged and reported.
    const minutes = Math.max(asked, reading.windowMinutes ?? asked);
    const facts = { windowMinutes: minutes, rate, successes, calls, bound: null };
    const span = `in ${minutes} min`;
    if (rate === null) {
      const why = calls === 0 ? "no call was decided in" : "the tenant gives no success rate for";
      return { ...facts, verdict: "insufficient", words: `${why} the last ${minutes} min` };
    }
    const seen = `${counted(successes, calls, rate)} ${span}`;
    if (calls !== null && calls < minimumCalls)
      return { ...facts, verdict: "insufficient", words: `${seen}: at least ${minimumCalls} calls are needed` };
    if (rule === "plain") {
      const words = `${seen}, ${rate < threshold ? "below" : "not below"} ${below} (plain rule)`;
      return { ...facts, verdict: rate < threshold ? "trigger" : "wait", words };
    }
    if (successes === null || calls === null)
      return {
        ...facts,
        verdict: "insufficient",
        words: `${seen}, without counts, which is no evidence: one call in eight and a hundred in eight hundred look alike`,
      };
    const bound = upperBound(successes, calls, levels.get(minutes) ?? levelOfLook(minutes, everySeconds, share));
    const isBelow = bound < threshold;
    const words = `${seen}: at most ${percent(bound)}, ${isBelow ? "surely" : "not surely"} below ${below}`;
    return { ...facts, bound, verdict: isBelow ? "trigger" : "wait", words };
  };

  const looksBad = ({ rate }: RuleVerdict): boolean => rate !== null && rate < threshold;
  return {
    longMinutes,
    wantsLong(window) {
      const verdict = one(window, windowMinutes);
      return rule === "evidence" && window.calls !== null && verdict.verdict !== "trigger" && looksBad(verdict);
    },
    judge(window, long) {
      const short = one(window, windowMinutes);
      if (long === undefined || short.verdict === "trigger" || !looksBad(short)) return short;
      const longer = one(long, longMinutes);
      return longer.verdict === "trigger" ? longer : short;
    },
  };
}

function counted(successes: number | null, calls: number | null, rate: number): string {
  return successes === null || calls === null
    ? `a success rate of ${percent(rate)}`
    : `${successes} of ${calls} calls succeeded (${percent(rate)})`;
}
