// The watch over new settings: is abandonment in order, too high, or not known well enough? Pure; the portions come from outside.
//
//   watching ──portion──▶ watching        one sequential test; when it finds the rate in order, a new one begins and the watch goes on
//            ──test says "above"──▶ bad
//            ──time is up──▶ good, when a test found the rate in order and none of the latest says otherwise; else inconclusive

import { z } from "zod";
import { createSequentialTest, type DeepReadonly } from "../../kernel/index.ts";

/** The form of a watch's plan as it is stored. */
export const guardPlan = z.object({
  /** How long new settings are watched, ms. */
  durationMs: z.number(),
  /** Time between two readings of the figures, ms; whole minutes, because the vendor's windows are. */
  everyMs: z.number(),
  /** Campaigns whose answered calls are counted. */
  campaigns: z.array(z.string()),
  /** The abandonment rate that is still in order, and the rate that must be detected. */
  limit: z.number(),
  alternative: z.number(),
  /** Highest probability of a false alarm, and of missing the alternative, for each test. */
  alpha: z.number(),
  beta: z.number(),
});
/** What the watch looks for, and with what certainty. */
export type GuardPlan = DeepReadonly<z.output<typeof guardPlan>>;

/** Calls answered by people and how many of them found no agent, since the portion before. */
interface Portion {
  readonly answered: number;
  readonly abandoned: number;
}

/** The watch over a change in force, kept in its journal. */
export interface GuardState {
  /** When the watch ends, ms since the epoch. */
  readonly until: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Of the running test. */
  readonly test: { readonly answered: number; readonly abandoned: number };
  /** Tests that found the rate in order. */
  readonly passed: number;
  /** Readings without counts, and why the last one had none. */
  readonly blind: number;
  readonly problem?: string;
}

type GuardVerdict = "watching" | "good" | "bad" | "inconclusive";

/** The watch at its beginning. @param now ms since the epoch */
export function beginGuard(plan: GuardPlan, now: number): GuardState {
  return {
    until: now + plan.durationMs,
    answered: 0,
    abandoned: 0,
    test: { answered: 0, abandoned: 0 },
    passed: 0,
    blind: 0,
  };
}

/** Takes a portion, or the reason why there is none, into account at `now`. */
export function watch(
  plan: GuardPlan,
  state: GuardState,
  portion: Portion | { readonly problem: string },
  now: number,
): { readonly state: GuardState; readonly verdict: GuardVerdict } {
  if ("problem" in portion) {
    const blind = { ...state, blind: state.blind + 1, problem: portion.problem };
    return { state: blind, verdict: now >= state.until ? atEnd(blind) : "watching" };
  }
  const { answered, abandoned } = portion;
  const sum = { ...state, answered: state.answered + answered, abandoned: state.abandoned + abandoned };
  const test = { answered: state.test.answered + answered, abandoned: state.test.abandoned + abandoned };
  const sequential = createSequentialTest(plan, { successes: 0, trials: 0, verdict: "continue" });
  const found = sequential.observe(test.abandoned, test.answered);
  if (found === "above") return { state: { ...sum, test }, verdict: "bad" };
  const next = found === "below" ? { ...sum, test: { answered: 0, abandoned: 0 }, passed: state.passed + 1 } : { ...sum, test };
  return { state: next, verdict: now >= state.until ? atEnd(next) : "watching" };
}

function atEnd(state: GuardState): GuardVerdict {
  return state.passed > 0 ? "good" : "inconclusive";
}
