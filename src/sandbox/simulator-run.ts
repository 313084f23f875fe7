// `runSimulator` (contract §2.5): the dialer model's prediction for the requested settings, in the fields of the reply.

import type { z } from "zod";
import type { dialerSettings, simulatorRunAccepted } from "../contract/index.ts";
import { type Prediction, type PredictionLimit, predict } from "../dialing/index.ts";
import { ORDINARY_CALLS } from "./living/course.ts";

/** Agent-hours simulated for one reply: a few hundredths of a second of work. */
const EFFORT = 800;

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

/**
 * Body of the reply. Fields that the request leaves out come from `defaults`. Calls turn out like those of the living tenant with
 * lists that specify nothing. Rates are shares of 1, `averageWaitTime` is in seconds. Equal requests get equal replies.
 */
export function runSimulation(run: z.output<typeof simulatorRunAccepted>, defaults: z.output<typeof dialerSettings>) {
  const {
    max_agents = defaults.concurrency.max_agents,
    max_simultaneous_calls = defaults.concurrency.max_simultaneous_calls,
    call_spacing_ms = defaults.concurrency.call_spacing_ms,
  } = run.concurrency ?? {};
  const {
    abandonment_rate_target = defaults.algorithm.abandonment_rate_target,
    agent_availability_estimate = defaults.algorithm.agent_availability_estimate,
    dial_ratio = defaults.algorithm.dial_ratio,
  } = run.algorithm ?? {};
  const settings = {
    concurrency: { max_agents, max_simultaneous_calls, call_spacing_ms },
    algorithm: { abandonment_rate_target, agent_availability_estimate, dial_ratio },
  };
  const carrier = run.carrierLimits?.maxConcurrent ?? Number.POSITIVE_INFINITY;
  const lines = Math.min(max_simultaneous_calls, carrier);
  const facts = {
    ...ORDINARY_CALLS,
    horizonHours: run.durationMinutes / 60,
    ...(Number.isFinite(carrier) ? { trunks: carrier } : {}),
    ...(run.simulatedCallVolume === undefined ? {} : { volume: run.simulatedCallVolume }),
  };
  const prediction = predict(settings, facts, { effort: EFFORT });
  const { expected, occupancy, waitSeconds } = prediction;
  const callsPlaced = Math.floor(expected.placed + 1e-6);
  const callsAnswered = Math.min(callsPlaced, Math.round(expected.answered));
  const peak = Math.min(lines, callsPlaced, prediction.peakCalls);
  return {
    abandonmentRate: expected.answered > 0 ? round(expected.abandoned / expected.answered) : 0,
    answerRate: expected.placed > 0 ? round(expected.answered / expected.placed) : 0,
    agentUtilization: round(occupancy.median),
    averageWaitTime: round(waitSeconds.median),
    callsPlaced,
    callsAnswered,
    callsAbandoned: Math.min(callsAnswered, Math.round(expected.abandoned)),
    peakConcurrentCalls: peak,
    carrierLimitReached: peak >= carrier,
    recommendation: recommendationFor(prediction, lines),
  };
}

const ADVICE: Readonly<Record<PredictionLimit, string>> = {
  agents: "No agent is available: raise max_agents or agent_availability_estimate.",
  lines: "Lines are the limit: raise max_simultaneous_calls, or lower the number of agents.",
  carrier: "Lines are the limit: raise the carrier's capacity, or lower the number of agents.",
  spacing: "The spacing between calls is the limit: lower call_spacing_ms.",
  target: "The abandonment target is the limit: a lower dial_ratio loses fewer callers, more agents would allow more calls.",
  volume: "The call volume is the limit: all calls are placed within the time.",
  ratio: "The dial ratio is the limit: raise dial_ratio while the abandonment stays within its target.",
};

function recommendationFor({ limitedBy, agents }: Prediction, lines: number): string {
  return ADVICE[agents > 0 && lines < 1 ? "lines" : limitedBy];
}
