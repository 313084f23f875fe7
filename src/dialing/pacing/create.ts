// From a scenario's pacing section to a strategy for one run.

import type { RandomStream } from "../../kernel/index.ts";
import { lawOf } from "../distributions/index.ts";
import type { CallsScenario } from "../scenario/calls.ts";
import { distributionOf } from "../scenario/fields.ts";
import { adaptiveLevel } from "./adaptive-level.ts";
import { type DialingBeliefs, targetOfPacing } from "./beliefs.ts";
import { beliefsOf } from "./beliefs-of.ts";
import { fixedRatio } from "./fixed-ratio.ts";
import { lookAhead } from "./look-ahead.ts";
import { openLoop, openLoopRate } from "./open-loop.ts";
import type { MeasuredPeriod } from "./period.ts";
import { progressive } from "./progressive.ts";
import type { Pacing } from "./schema.ts";
import { stateAware } from "./state-aware.ts";
import type { PacingStrategy } from "./strategy.ts";

/** What a strategy may know besides what it sees: what a calibration has found out about calls, and what the campaign may do. */
export interface PacingContext {
  readonly calls: CallsScenario;
  /** Agents planned. */
  readonly agents: number;
  /** Limit of the abandonment rate, a share. */
  readonly abandonmentTarget: number;
  /** The period over which it is measured; default: a window that goes on. */
  readonly period?: MeasuredPeriod | undefined;
}

/** Means that the simpler rules go by, s. */
function meansOf(calls: CallsScenario): { readonly ring: number; readonly handle: number } {
  const mean = (field: "talk" | "wrap") => lawOf(distributionOf(calls[field])).mean;
  return { ring: lawOf(distributionOf(calls.ring.live)).mean, handle: mean("talk") + mean("wrap") };
}

/** @param random the run's stream for pacing */
export function createPacing(pacing: Pacing, context: PacingContext, random: RandomStream): PacingStrategy {
  switch (pacing.strategy) {
    case "progressive":
      return progressive(pacing.interval ?? 0.5);
    case "ratio":
      return fixedRatio(pacing);
    case "open-loop":
      return openLoop({ ...pacing, callsPerSecond: pacing.callsPerSecond ?? bestOpenLoop(context) }, random);
    case "adaptive-level":
      return adaptiveLevel(pacing);
    case "look-ahead": {
      const { ring, handle } = meansOf(context.calls);
      return lookAhead({ ...pacing, liveRate: beliefsOf(context.calls).mix.live, horizon: ring, handle });
    }
    case "state-aware": {
      const beliefs = beliefsOf(context.calls);
      const { answerProbability: live } = pacing;
      return stateAware({
        ...pacing,
        target: pacing.target ?? context.abandonmentTarget,
        period: context.period,
        beliefs: live === undefined ? beliefs : withLiveRate(beliefs, live),
      });
    }
  }
}

/** The same beliefs with another share of live answers; the other outcomes keep their proportions. */
function withLiveRate(beliefs: DialingBeliefs, live: number): DialingBeliefs {
  const { mix } = beliefs;
  const scale = (1 - live) / Math.max(1e-9, 1 - mix.live);
  return {
    ...beliefs,
    mix: {
      live,
      machine: mix.machine * scale,
      noAnswer: mix.noAnswer * scale,
      busy: mix.busy * scale,
      invalid: mix.invalid * scale,
    },
  };
}

function bestOpenLoop({ calls, agents, abandonmentTarget }: PacingContext): number {
  const beliefs = beliefsOf(calls);
  return openLoopRate({
    agents,
    handle: meansOf(calls).handle,
    patience: beliefs.patience,
    liveRate: beliefs.mix.live,
    target: targetOfPacing(abandonmentTarget, beliefs.silent),
  });
}
