// Conditions beyond the reference workload: facts that a strategy does not know, that change, or that limit it. Each is one day,
// which is the whole measured window.

import type { KnownLevels } from "../../src/dialing/pacing/jumping-rate.ts";
import { parseScenario } from "../../src/dialing/scenario/parse.ts";
import type { SimulationScenario } from "../../src/dialing/scenario/schema.ts";

/** A day on which pacing strategies are compared. */
export interface Condition {
  readonly name: string;
  readonly scenario: (agents: number) => SimulationScenario;
  /** The live rate that the strategy believes at the start. Default 0.2. */
  readonly believed?: number;
  /**
   * Wrong beliefs about calls, as fields of a scenario's `calls`; a strategy that is told has the true ones. Default: the
   * scenario's own.
   */
  readonly believes?: object;
  /** Set when the live rate changes faster than by the hour. */
  readonly jumps?: Jumps;
}

/** A live rate that changes within the hour, in steps of five minutes. */
export interface Jumps extends KnownLevels {
  /** The live rate, by seconds since the start. */
  readonly rateAt: (seconds: number) => number;
}

export const REFERENCE = {
  answerProbability: 0.2,
  machineProbability: 0.28,
  busyProbability: 0.05,
  invalidProbability: 0.02,
};

/**
 * Live answers by hour from 8:00 to 21:00, and machines: between the extremes that CallHub reports for 2.2 million calls in 2020.
 */
const LIVE_BY_HOUR = [0.176, 0.182, 0.186, 0.189, 0.192, 0.196, 0.2, 0.207, 0.216, 0.226, 0.234, 0.228, 0.22];
const MACHINE_BY_HOUR = [0.26, 0.254, 0.258, 0.262, 0.266, 0.27, 0.274, 0.28, 0.29, 0.305, 0.32, 0.335, 0.349];
const DAY_BY_HOUR = LIVE_BY_HOUR.map((answerProbability, i) => ({
  hour: 8 + i,
  answerProbability,
  machineProbability: MACHINE_BY_HOUR[i] ?? 0.28,
}));

/** Live answers 20 % until `from` o'clock, then `share`; machines change against it in the ratio 28 to 80. */
function stepTo(share: number, from: number): object[] {
  return Array.from({ length: 24 - from }, (_, i) => ({
    hour: from + i,
    answerProbability: share,
    machineProbability: (0.28 / 0.8) * (1 - share),
  }));
}

function day(fields: { readonly calls?: object; readonly [field: string]: unknown }, agents: number): SimulationScenario {
  const { calls, ...rest } = fields;
  return parseScenario(
    { start: "09:00", duration: "8h", bucket: 3600, agents, ...rest, calls: { ...REFERENCE, ...calls } },
    "condition",
  );
}

const shifts = (count: number, from: string, to: string, breaks: object[] = []) => ({ count, shift: { from, to }, breaks });

/** Ten hours, the last eight of which are measured. */
function measuredAfterTwoHours(calls: object, agents: number): SimulationScenario {
  return day({ duration: "10h", warmUp: "2h", calls }, agents);
}

export const STEP = 300;

/** Live answers at `rate` for five minutes of each half hour, otherwise at 20 %. */
function burstsOf(rate: number): Jumps {
  const levels = [
    { rate: 0.2, share: 5 / 6 },
    { rate, share: 1 / 6 },
  ];
  return { rateAt: (seconds) => (seconds % (6 * STEP) < STEP ? rate : 0.2), levels, every: 3 * STEP };
}

const nothingKnown = { scenario: (agents: number) => measuredAfterTwoHours({}, agents) };

/** The conditions, in the order in which they are reported. */
export const CONDITIONS: readonly Condition[] = [
  { name: "as believed", scenario: (agents) => day({}, agents) },
  { name: "live rate 30 %, believed 20 %", scenario: (agents) => day({ calls: liveRate(0.3) }, agents) },
  { name: "live rate 10 %, believed 20 %", scenario: (agents) => day({ calls: liveRate(0.1) }, agents) },
  {
    name: "drift through the day",
    scenario: (agents) => day({ start: "08:00", duration: "12h", calls: { byHour: DAY_BY_HOUR } }, agents),
  },
  {
    name: "step from 20 to 30 % at 13:00",
    scenario: (agents) => day({ calls: { byHour: stepTo(0.3, 13), interpolation: "step" } }, agents),
  },
  {
    name: "step from 20 to 10 % at 13:00",
    scenario: (agents) => day({ calls: { byHour: stepTo(0.1, 13), interpolation: "step" } }, agents),
  },
  { name: "trunks bind", scenario: (agents) => day({ lines: { trunks: Math.round(1.45 * agents) } }, agents) },
  { name: "calls per second bind", scenario: (agents) => day({ lines: { callsPerSecond: 0.026 * agents, burst: 1 } }, agents) },
  { name: "detection: 1 s delay, 1 % and 10 % errors", scenario: (agents) => day({ calls: detection(0.01) }, agents) },
  {
    name: "detection: 5 % and 10 % errors, people taken for machines not counted",
    scenario: (agents) => day({ calls: { ...detection(0.05), countSilentCalls: false } }, agents),
  },
  {
    ...nothingKnown,
    name: "ring time believed 15 s, after two hours",
    believes: { ring: { live: { kind: "lognormal", mean: 15, cv: 0.4 } } },
  },
  {
    ...nothingKnown,
    name: "talk and wrap-up believed 60 and 60 s, after two hours",
    believes: { talk: { kind: "lognormal", mean: 60, cv: 0.8 }, wrap: { kind: "lognormal", mean: 60, cv: 0.5 } },
  },
  {
    ...nothingKnown,
    name: "talk and wrap-up believed 300 and 5 s, after two hours",
    believes: { talk: { kind: "exponential", mean: 300 }, wrap: { kind: "lognormal", mean: 5, cv: 0.5 } },
  },
  {
    name: "detection of 0.8 s and a tenth of the machines passed on, believed at once and without errors, after two hours",
    scenario: (agents) =>
      measuredAfterTwoHours(
        { machineDetection: { live: { kind: "lognormal", mean: 0.8, cv: 0.3 }, machine: 3.5, falseLive: 0.1 } },
        agents,
      ),
    believes: { machineDetection: { live: 0, machine: 3.5 } },
  },
  {
    name: "five minutes of each half hour at 30 %",
    scenario: (agents) => measuredAfterTwoHours({}, agents),
    jumps: burstsOf(0.3),
  },
  {
    name: "five minutes of each half hour at 40 %",
    scenario: (agents) => measuredAfterTwoHours({}, agents),
    jumps: burstsOf(0.4),
  },
  {
    name: "five minutes of each half hour at 50 %",
    scenario: (agents) => measuredAfterTwoHours({}, agents),
    jumps: burstsOf(0.5),
  },
  {
    name: "10 and 30 % in turn, five minutes each",
    scenario: (agents) => measuredAfterTwoHours({}, agents),
    jumps: {
      rateAt: (seconds) => (seconds % (2 * STEP) < STEP ? 0.1 : 0.3),
      levels: [
        { rate: 0.1, share: 0.5 },
        { rate: 0.3, share: 0.5 },
      ],
      every: STEP,
    },
  },
  {
    name: "mass return from breaks",
    scenario: (agents) =>
      day(
        {
          duration: "8h10m",
          agents: [
            shifts(agents, "09:00", "17:00", [
              { at: "11:00", length: 900 },
              { at: "13:00", length: 1800 },
              { at: "15:00", length: 900 },
            ]),
          ],
        },
        agents,
      ),
  },
  {
    name: "shifts end at 13:00, 15:00 and 17:00",
    scenario: (agents) => {
      const third = Math.floor(agents / 3);
      return day(
        {
          duration: "8h10m",
          agents: [
            shifts(third, "09:00", "13:00"),
            shifts(third, "09:00", "15:00"),
            shifts(agents - 2 * third, "09:00", "17:00"),
          ],
        },
        agents,
      );
    },
  },
  {
    name: "budget nearly spent (2.99 % of 20,000)",
    scenario: (agents) => day({ history: { liveAnswers: 20_000, abandoned: 598 } }, agents),
  },
  {
    name: "budget overspent (3.05 % of 20,000)",
    scenario: (agents) => day({ history: { liveAnswers: 20_000, abandoned: 610 } }, agents),
  },
];

/** Machine detection that takes a second and is wrong for this share of the people and for a tenth of the machines. */
function detection(falseMachine: number): object {
  return { machineDetection: { live: { kind: "lognormal", mean: 1, cv: 0.3 }, machine: 3.5, falseMachine, falseLive: 0.1 } };
}

export function liveRate(share: number): object {
  const others = (1 - share) / 0.8;
  return {
    answerProbability: share,
    machineProbability: 0.28 * others,
    busyProbability: 0.05 * others,
    invalidProbability: 0.02 * others,
  };
}
