// From simulated stretches to the horizon: what each possible truth comes to by its end.

import { BATCHES, type Trial } from "./trial.ts";

/** A trial with the size of the team it stands for. */
export interface Outcome {
  /** Agents at work. */
  readonly agents: number;
  /** How many times larger the team is than the one simulated. */
  readonly scale: number;
  readonly trial: Trial;
}

/** One possible truth at the end of the horizon. */
export interface Projected {
  readonly placed: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Rate over horizon and history, and what chance may still change of it. */
  readonly abandonment: number;
  readonly abandonmentSd: number;
  readonly occupancy: number;
  readonly waitSeconds: number;
  /** The calls there are end before the horizon. */
  readonly isCut: boolean;
}

interface ProjectionContext {
  readonly horizonHours: number;
  /** Calls there are to place; may be Infinity. */
  readonly volume: number;
  readonly history: { readonly liveAnswers: number; readonly abandoned: number };
  readonly target: number;
}

/**
 * A stretch as long as the horizon is taken as it is. After a shorter one the rate stays, but not above the target, to which the dialer holds unless
 * machine detection alone abandons more;
 * chance adds what the batches scattered, which with clustered abandoned calls is several times the binomial variance.
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

/** Variance of the count of abandoned calls, an answer: from the scatter of batches around each trial's own rate. */
function variancePerAnswer(outcomes: readonly Outcome[]): number {
  let [squares, answers] = [0, 0];
  for (const { scale, trial } of outcomes) {
    squares += trial.squares * scale;
    answers += trial.liveAnswers * scale;
  }
  return answers === 0 ? 0 : ((squares / answers) * BATCHES) / (BATCHES - 1);
}
