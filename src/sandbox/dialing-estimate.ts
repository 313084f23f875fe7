// `runSimulator` by formula: what predictive dialing would do in the long run. Deterministic; no call is simulated.
//
// Agents are servers of a queue (Erlang C): answered calls arrive at rate a, each keeps an agent for talk and wrap-up, a caller who waits longer
// than his patience is lost. The dialer's rate is the least of what its limits allow:
//   lines     a line is held for ringing and, when answered, for the talk (Little's law)
//   spacing   the shortest time between two dials
//   pacing    `dial_ratio` dials for each agent who comes free
//   target    the highest rate at which the share of lost callers stays within `abandonment_rate_target`
//   volume    the calls there are to place

import type { z } from "zod";
import type { dialerSettings, simulatorRunAccepted } from "../contract/index.ts";

/** Assumed of calls to people: seconds of ringing, talk, wrap-up; patience; share that answer. */
const RING = 20;
const TALK = 120;
const WRAP_UP = 30;
const PATIENCE = 2;
const ANSWER_RATE = 0.35;

/** Probability that a call waits at `agents` agents under a load of so many erlangs (Erlang C, by the recurrence of Erlang B). */
function waitProbability(agents: number, load: number): number {
  if (load <= 0) return 0;
  if (load >= agents) return 1;
  let blocked = 1;
  for (let n = 1; n <= agents; n++) blocked = (load * blocked) / (n + load * blocked);
  return (agents * blocked) / (agents - load * (1 - blocked));
}

/** Share of answered calls lost at a rate of so many answered calls a second. */
function lostShare(agents: number, answeredRate: number): number {
  const handling = TALK + WRAP_UP;
  const load = answeredRate * handling;
  if (agents <= 0 || load >= agents) return 1;
  return waitProbability(agents, load) * Math.exp((-(agents - load) * PATIENCE) / handling);
}

/** The highest rate of answered calls a second that keeps the lost share within the target. */
function highestRate(agents: number, target: number): number {
  let [low, high] = [0, agents / (TALK + WRAP_UP)];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (lostShare(agents, middle) <= target) low = middle;
    else high = middle;
  }
  return low;
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

/**
 * Body of `runSimulator` (contract §2.5). What the request leaves out comes from the settings in the scenario. Rates are shares of 1,
 * `averageWaitTime` is in seconds.
 */
export function estimateDialing(run: z.output<typeof simulatorRunAccepted>, defaults: z.output<typeof dialerSettings>) {
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
  const seconds = run.durationMinutes * 60;
  const carrier = run.carrierLimits?.maxConcurrent ?? Number.POSITIVE_INFINITY;
  const lines = Math.min(max_simultaneous_calls, carrier);
  const agents = Math.floor(max_agents * agent_availability_estimate);
  const lineHeld = RING + ANSWER_RATE * TALK;

  const rates = {
    lines: lines / lineHeld,
    spacing: call_spacing_ms > 0 ? 1000 / call_spacing_ms : Number.POSITIVE_INFINITY,
    pacing: (dial_ratio * agents) / (TALK + WRAP_UP),
    target: highestRate(agents, abandonment_rate_target) / ANSWER_RATE,
    volume: run.simulatedCallVolume === undefined ? Number.POSITIVE_INFINITY : run.simulatedCallVolume / seconds,
  };
  const [limit, rate] = Object.entries(rates).reduce((least, entry) => (entry[1] < least[1] ? entry : least));

  const callsPlaced = Math.floor(rate * seconds);
  const callsAnswered = Math.round(callsPlaced * ANSWER_RATE);
  const answeredRate = rate * ANSWER_RATE;
  const lost = callsPlaced === 0 ? 0 : lostShare(agents, answeredRate);
  const load = answeredRate * (TALK + WRAP_UP);
  const busy = agents === 0 ? 0 : Math.min(1, (load * (1 - lost)) / agents);
  const wait = load < agents && callsPlaced > 0 ? waitProbability(agents, load) * ((TALK + WRAP_UP) / (agents - load)) : 0;
  const meanLines = rate * lineHeld;
  const peak = Math.min(lines, callsPlaced, Math.ceil(meanLines + 2.33 * Math.sqrt(meanLines)));
  return {
    abandonmentRate: round(lost),
    answerRate: callsPlaced === 0 ? 0 : ANSWER_RATE,
    agentUtilization: round(busy),
    averageWaitTime: round(wait),
    callsPlaced,
    callsAnswered,
    callsAbandoned: Math.round(callsAnswered * lost),
    peakConcurrentCalls: peak,
    carrierLimitReached: Number.isFinite(carrier) && peak >= carrier,
    recommendation: recommendationFor(limit, agents),
  };
}

function recommendationFor(limit: string, agents: number): string {
  if (agents === 0) return "No agent is available: raise max_agents or agent_availability_estimate.";
  switch (limit) {
    case "lines":
      return "Lines are the limit: raise max_simultaneous_calls or the carrier's capacity, or lower the number of agents.";
    case "spacing":
      return "The spacing between calls is the limit: lower call_spacing_ms.";
    case "pacing":
      return "The dial ratio is the limit: raise dial_ratio while the abandonment stays within its target.";
    case "volume":
      return "The call volume is the limit: all calls are placed within the time.";
    default:
      return "The abandonment target is the limit: more agents would allow more calls.";
  }
}
