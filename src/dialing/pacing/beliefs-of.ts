// What a scenario (or a calibration, which writes one) says about calls, as the beliefs of a pacing rule.

import { type Distribution, lawOf } from "../distributions/index.ts";
import type { CallsScenario } from "../scenario/calls.ts";
import { hourlyShares } from "../scenario/compile.ts";
import { distributionOf, seconds } from "../scenario/fields.ts";
import { type Cdf, type DialingBeliefs, fixedDuration } from "./beliefs.ts";

/** The cdf of a field that is a number of seconds or a distribution; given `limit`, of what does not exceed it. */
function cdfOf(value: number | Distribution, limit = Number.POSITIVE_INFINITY): Cdf {
  const { cdf } = lawOf(distributionOf(value));
  if (limit === Number.POSITIVE_INFINITY) return cdf;
  const within = cdf(limit);
  if (within >= 1) return cdf;
  if (within <= 0) return fixedDuration(limit);
  return (t) => (t >= limit ? 1 : cdf(t) / within);
}

/** The cdf of one of two durations: the first with the given share. */
function either(share: number, first: Cdf, second: Cdf): Cdf {
  if (share >= 1) return first;
  return (t) => share * first(t) + (1 - share) * second(t);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Beliefs that fit the scenario on the average of the hours given. Judged outcomes count: a person taken for a machine is none for the rule, a machine taken for
 * a person is one.
 * @param hours hours of the day, 0..23; default all
 */
export function beliefsOf(calls: CallsScenario, hours?: readonly number[]): DialingBeliefs {
  const shares = hourlyShares(calls);
  const over = (values: readonly number[]) => average(hours === undefined ? values : hours.map((hour) => values[hour] ?? 0));
  const [person, machine, busy, invalid] = [over(shares.answer), over(shares.machine), over(shares.busy), over(shares.invalid)];
  const { machineDetection: detection } = calls;
  const missed = detection === "off" ? 0 : detection.falseMachine;
  const passed = detection === "off" ? 1 : detection.falseLive;
  const live = person * (1 - missed) + machine * passed;
  const judgedMachine = person * missed + machine * (1 - passed);
  const timeout = seconds(calls.noAnswerTimeout);
  const latest = calls.ring.lateAnswers ? Number.POSITIVE_INFINITY : timeout;
  const [personRing, machineRing] = [cdfOf(calls.ring.live, latest), cdfOf(calls.ring.machine, timeout)];
  const [personJudged, machineJudged] =
    detection === "off" ? [fixedDuration(0), fixedDuration(0)] : [cdfOf(detection.live), cdfOf(detection.machine)];
  const people = live > 0 ? (person * (1 - missed)) / live : 1;
  const machines = judgedMachine > 0 ? (machine * (1 - passed)) / judgedMachine : 1;
  return {
    mix: { live, machine: judgedMachine, noAnswer: Math.max(0, 1 - person - machine - busy - invalid), busy, invalid },
    liveRing: either(people, personRing, machineRing),
    machineRing: either(machines, machineRing, personRing),
    liveDetection: either(people, personJudged, machineJudged),
    machineDetection: either(machines, machineJudged, personJudged),
    noAnswer: fixedDuration(timeout),
    busy: cdfOf(calls.ring.busy),
    invalid: cdfOf(calls.ring.invalid),
    talk: either(people, cdfOf(calls.talk), cdfOf(calls.machineTalk)),
    wrap: cdfOf(calls.wrap),
    patience: patienceAfterDetection(calls),
    silent: calls.countSilentCalls ? missed : 0,
  };
}

/**
 * The share of attempts that will be judged live, by the second of the day: what a rule would know that is told the truth.
 * Attempts are taken to be first ones.
 */
export function liveRateOf(calls: CallsScenario): (secondOfDay: number) => number {
  const judged = Array.from({ length: 24 }, (_, hour) => beliefsOf(calls, [hour]).mix.live);
  return (secondOfDay) => {
    const hour = (secondOfDay / 3600) % 24;
    if (calls.interpolation === "step") return judged[Math.floor(hour)] ?? 0;
    const at = (hour + 23.5) % 24;
    const low = judged[Math.floor(at)] ?? 0;
    const high = judged[(Math.floor(at) + 1) % 24] ?? 0;
    return low + (at - Math.floor(at)) * (high - low);
  };
}

/** What is left of the time a person may wait once the call has been judged, s: at the median of detection and patience. */
function patienceAfterDetection(calls: CallsScenario): number {
  const median = (value: number | Distribution) => lawOf(distributionOf(value)).quantile(0.5);
  const allowed = seconds(calls.greeting) + Math.min(median(calls.patience), seconds(calls.legalLimit));
  const detection = calls.machineDetection === "off" ? 0 : median(calls.machineDetection.live);
  return Math.max(0, allowed - detection);
}
