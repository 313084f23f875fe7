// Extends simulated stretches to the horizon: the result at its end for each set of true values.

import { BATCHES, type Trial } from "./trial.ts";

/** A trial with the size of the team that it represents. */
export interface Outcome {
  /** Agents at work. */
  readonly agents: number;
  /** Size of the team divided by the size of the simulated one. */
  readonly scale: number;
  readonly trial: Trial;
}

/** The end of the horizon for one set of true values. */
export interface Projected {
  readonly placed: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Rate over horizon and history, and its standard deviation by chance. */
  readonly abandonment: number;
  readonly abandonmentSd: number;
  readonly occupancy: number;
  readonly waitSeconds: number;
  /** There are fewer calls to place than the dialer could place over the horizon. */
  readonly isCut: boolean;
}

interface ProjectionContext {
  readonly horizonHours: number;
  /** Calls to place; may be Infinity. */
  readonly volume: number;
  readonly history: { readonly liveAnswers: number; readonly abandoned: number };
  readonly target: number;
}

/**
 * A stretch as long as the horizon is taken as it is. After a shorter one the rate continues, but not above the target, which the
 * dialer keeps unless machine detection alone abandons more. The scatter between batches is added as chance: with clustered
 * abandoned calls it is several times the binomial variance.
 */
export function projection(outcomes: readonly Outcome[], context: ProjectionContext): Projected[] {
  const { horizonHours, volume, history, target } = context;
  const variance = variancePerAnswer(outcomes);
  return outcomes.map(({ scale, trial }) => {
    const times = (scale * horizonHours) / trial.hours;
    const wanted = trial.placed * times;
    const share = wanted > volume ? volume / wanted : 1;
    const answered = trial.liveAnswers * times * share;
    const seen = Math.min(answered, trial.liveAnswers * scale);
    const rate = trial.liveAnswers === 0 ? 0 : trial.abandoned / trial.liveAnswers;
    const silent = trial.liveAnswers === 0 ? 0 : trial.silent / trial.liveAnswers;
    const abandoned = rate * seen + Math.min(rate, Math.max(target, silent)) * (answered - seen);
    const window = answered + history.liveAnswers;
    const isWhole = trial.hours >= horizonHours;
    return {
      placed: wanted * share,
      answered,
      abandoned,
      abandonment: window === 0 ? 0 : (abandoned + history.abandoned) / window,
      abandonmentSd: isWhole || window === 0 ? 0 : Math.sqrt(variance * answered) / window,
      occupancy: trial.loggedInSeconds === 0 ? 0 : (trial.busySeconds / trial.loggedInSeconds) * share,
      waitSeconds: trial.connected === 0 ? 0 : trial.waited / trial.connected,
      isCut: share < 1,
    };
  });
}

/** Variance of the number of abandoned calls, per answer: from the scatter of batches around each trial's own rate. */
function variancePerAnswer(outcomes: readonly Outcome[]): number {
  let [squares, answers] = [0, 0];
  for (const { scale, trial } of outcomes) {
    squares += trial.squares * scale;
    answers += trial.liveAnswers * scale;
  }
  return answers === 0 ? 0 : ((squares / answers) * BATCHES) / (BATCHES - 1);
}
