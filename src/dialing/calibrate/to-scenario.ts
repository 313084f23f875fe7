// The part of a scenario that a calibration determines.

import type { z } from "zod";
import { type Distribution, distributionSchema } from "../distributions/index.ts";
import type { callsSchema } from "../scenario/calls.ts";
import type { Calibration, OutcomeRates } from "./calibration.ts";
import type { DurationFit } from "./fit.ts";

/** The input form of a scenario with its section `calls`; `parseScenario` fills in the rest. */
export interface CalibratedScenario {
  readonly name: string;
  readonly calls: z.input<typeof callsSchema>;
}

const SIGNIFICANT = 4;

/** Shares are rounded down to six places, so that their sum is never above 1. */
const share = (value: number): number => Math.floor(value * 1e6) / 1e6;
const round = (value: number): number => Number(value.toPrecision(SIGNIFICANT));

/** @param first ratio of the live rate of first attempts to the live rate of all attempts seen */
function shares({ rates }: OutcomeRates, first: number) {
  const others = rates.machine.rate + rates.busy.rate + rates.invalid.rate;
  return {
    answerProbability: share(Math.min(1 - others, rates.live.rate * first)),
    machineProbability: share(rates.machine.rate),
    busyProbability: share(rates.busy.rate),
    invalidProbability: share(rates.invalid.rate),
  };
}

/**
 * A scenario's answer probability is that of first attempts, which decay then lowers; the measured rates are of first and later
 * attempts together.
 */
function firstAttemptFactor({ byAttempt, attemptDecay }: Calibration): number {
  const decay = Math.min(1, attemptDecay?.value ?? 1);
  let [seen, decayed] = [0, 0];
  for (const { attempt, attempts } of byAttempt) {
    seen += attempts;
    decayed += attempts * decay ** (attempt - 1);
  }
  return decay === 1 ? 1 : seen / decayed;
}

/**
 * Rates by hour (an hour with too few attempts gets the day's rates), and ring, talk and wrap-up as fitted. What the records do
 * not contain is left out, so that the scenario's documented defaults apply. The no-answer time-out is the median ring time of
 * unanswered calls.
 */
export function calibratedScenario(calibration: Calibration, name = "calibrated"): CalibratedScenario {
  const { overall, byHour, ring, talk, wrap, attemptDecay } = calibration;
  if (overall.attempts === 0) return { name, calls: {} };
  const first = firstAttemptFactor(calibration);
  const rings = Object.fromEntries(
    (["live", "machine", "busy", "invalid"] as const).flatMap((outcome) => {
      const fit = ring[outcome];
      return fit === undefined ? [] : [[outcome, rounded(fit)]];
    }),
  );
  return {
    name,
    calls: {
      ...shares(overall, first),
      byHour: byHour.filter(({ isThin }) => !isThin).map((hour) => ({ hour: hour.hour, ...shares(hour, first) })),
      interpolation: "step",
      ...(attemptDecay === undefined ? {} : { attemptDecay: Math.min(1, round(attemptDecay.value)) }),
      ...(Object.keys(rings).length === 0 ? {} : { ring: rings }),
      ...(ring.noAnswer === undefined ? {} : { noAnswerTimeout: round(ring.noAnswer.median) }),
      ...(talk === undefined ? {} : { talk: rounded(talk) }),
      ...(wrap === undefined ? {} : { wrap: rounded(wrap) }),
    },
  };
}

/** Four digits: more than any sample determines, and readable in a file. */
function rounded({ distribution }: DurationFit): Distribution {
  return distributionSchema.parse(
    JSON.parse(JSON.stringify(distribution), (_, value: unknown) => (typeof value === "number" ? round(value) : value)),
  );
}
