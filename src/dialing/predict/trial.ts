// One simulated stretch of a campaign under the settings, with one set of true values.

import { lawOf } from "../distributions/index.ts";
import { createDialer } from "../engine/create.ts";
import { Count, LEVEL_NAMES, Level } from "../engine/meter.ts";
import { distributionOf } from "../scenario/fields.ts";
import { parseScenario } from "../scenario/parse.ts";
import type { SimulationScenario } from "../scenario/schema.ts";
import type { FactDraw } from "./facts.ts";
import { heldRatio, type RatioReadings } from "./held-ratio.ts";

const HOUR = 3600;
/** Number of batches of the stretch; their scatter shows how abandoned calls cluster. */
export const BATCHES = 8;

/** Parameters of a trial, for the simulated team. */
export interface TrialPlan {
  readonly agents: number;
  readonly lines: number;
  /** Seconds between two calls. */
  readonly spacing: number;
  readonly ratio: number;
  readonly target: number;
  readonly history: { readonly liveAnswers: number; readonly abandoned: number };
  /** Hours before measuring, and measured hours. */
  readonly warmUpHours: number;
  readonly hours: number;
}

/** Counts of the measured stretch. */
export interface Trial {
  readonly hours: number;
  readonly placed: number;
  readonly liveAnswers: number;
  readonly abandoned: number;
  /** Of the abandoned calls: people taken for machines, which the target cannot prevent. */
  readonly silent: number;
  readonly connected: number;
  /** Total wait of connected callers, s. */
  readonly waited: number;
  readonly busySeconds: number;
  readonly loggedInSeconds: number;
  /** Sum of the squared residuals of the batches: (abandoned - rate * answers)². */
  readonly squares: number;
  readonly readings: RatioReadings;
}

/** Simulates the settings once with one set of true values. @param number identifies the trial and is part of the seed */
export function runTrial(plan: TrialPlan, draw: FactDraw, number: number): Trial {
  const { agents, lines, spacing, ratio, target, history, warmUpHours, hours } = plan;
  const warmUp = warmUpHours * HOUR;
  const end = warmUp + hours * HOUR;
  const scenario = parseScenario({
    agents,
    warmUp,
    duration: end,
    bucket: (hours * HOUR) / BATCHES,
    calls: callsOf(draw),
    lines: { ...(Number.isFinite(lines) ? { trunks: lines } : {}), spacing },
    history,
    abandonmentTarget: target,
  });
  const strategy = heldRatio({ ratio, target, gentleUntil: warmUp });
  const dialer = createDialer({ scenario, seed: `prediction/${number}`, strategy });
  dialer.advance(end * (1 - Number.EPSILON));
  const { meter } = dialer;
  if (meter.bucketStart < end) meter.close(end);
  const count = (which: Count) => (bucket: Float64Array) => bucket[LEVEL_NAMES.length + which]!;
  const sum = (of: (bucket: Float64Array) => number) => meter.buckets.reduce((total, bucket) => total + of(bucket), 0);
  const [abandoned, liveAnswers] = [sum(count(Count.abandoned)), sum(count(Count.liveAnswers))];
  const rate = abandoned / Math.max(1, liveAnswers);
  return {
    hours,
    placed: sum(count(Count.placed)),
    liveAnswers,
    abandoned,
    silent: sum(count(Count.silentCalls)),
    connected: sum(count(Count.connected)),
    waited: sum(count(Count.waitOfConnected)),
    busySeconds: sum((bucket) => bucket[Level.talking]! + bucket[Level.wrapping]!),
    loggedInSeconds: sum((bucket) => bucket[Level.loggedIn]!),
    squares: sum((bucket) => (count(Count.abandoned)(bucket) - rate * count(Count.liveAnswers)(bucket)) ** 2),
    readings: strategy.readings,
  };
}

/** A stretch without dialing. */
export function idleTrial(hours: number): Trial {
  return {
    hours,
    placed: 0,
    liveAnswers: 0,
    abandoned: 0,
    silent: 0,
    connected: 0,
    waited: 0,
    busySeconds: 0,
    loggedInSeconds: 0,
    squares: 0,
    readings: { wanting: 0, held: 0, withoutLine: 0, spaced: 0, peak: 0 },
  };
}

/** The scenario's calls with the drawn facts: the other outcomes keep their proportions, times are scaled. */
function callsOf({ answerRate, handleSeconds, ringSeconds, takenForMachines }: FactDraw): object {
  const { calls } = parseScenario({});
  const scale = (1 - answerRate) / (1 - calls.answerProbability);
  const shares = {
    answerProbability: answerRate,
    machineProbability: calls.machineProbability * scale,
    busyProbability: calls.busyProbability * scale,
    invalidProbability: calls.invalidProbability * scale,
  };
  const [talk, wrap] = [meanOf(calls.talk), meanOf(calls.wrap)];
  const handle = handleSeconds / (talk + wrap);
  const detection = calls.machineDetection === "off" ? 0 : meanOf(calls.machineDetection.machine);
  const { live, machine, busy, invalid } = calls.ring;
  const failing = 1 - answerRate - shares.machineProbability - shares.busyProbability - shares.invalidProbability;
  const ringing =
    answerRate * meanOf(live) +
    shares.machineProbability * (meanOf(machine) + detection) +
    shares.busyProbability * meanOf(busy) +
    shares.invalidProbability * meanOf(invalid) +
    failing * Number(calls.noAnswerTimeout);
  const ring = ringSeconds === undefined ? 1 : ringSeconds / ringing;
  return {
    ...shares,
    ring: {
      live: { kind: "lognormal", mean: meanOf(live) * ring, cv: 0.55 },
      machine: meanOf(machine) * ring,
      busy: meanOf(busy) * ring,
      invalid: meanOf(invalid) * ring,
    },
    noAnswerTimeout: Number(calls.noAnswerTimeout) * ring,
    ...(takenForMachines === 0 || calls.machineDetection === "off"
      ? {}
      : { machineDetection: { ...calls.machineDetection, falseMachine: takenForMachines } }),
    talk: { kind: "lognormal", mean: talk * handle, cv: 1.2 },
    wrap: { kind: "lognormal", mean: wrap * handle, cv: 0.5 },
  };
}

type Duration = SimulationScenario["calls"]["talk"];
const meanOf = (duration: Duration): number => lawOf(distributionOf(duration)).mean;
