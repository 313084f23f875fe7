// The simulation against the formulas at a million customers, several sizes and seeds; what varies with time, too. Minutes, not seconds.

import { describe, expect, it, test } from "vitest";
import { combine, createDialer, parseScenario, runReplication } from "../../src/dialing/index.ts";
import { batchOverdial, erlangB, timeVaryingMean } from "../../studies/queueing.ts";
import { plainQueue, queueCases, runBatches, runProgressive, runQueue } from "../support/queue-cases.ts";
import { IS_DEEP, scaled } from "../support/scale.ts";

const EVENTS = scaled(300_000, 20_000);
const MILLION = scaled(1_000_000, 40_000);

describe(`at ${MILLION} customers a queue comes out as the formula says`, () => {
  const standardised: number[] = [];

  it.each(queueCases().map((queue) => [queue.name, queue] as const))("%s", (_, queue) => {
    for (const seed of IS_DEEP ? [1, 2, 3] : [1]) {
      const { measured, allowed } = runQueue(queue, MILLION, seed);
      standardised.push((4 * (measured - queue.exact)) / allowed);
      expect(Math.abs(measured - queue.exact)).toBeLessThan(allowed);
    }
  });

  it("neither too far nor too near in all", () => {
    const square = standardised.reduce((sum, z) => sum + z * z, 0) / standardised.length;
    expect(Math.sqrt(square)).toBeGreaterThan(0.5);
    expect(Math.sqrt(square)).toBeLessThan(1.5);
  });
});

test("batch overdialing", () => {
  for (const [idle, lines, share] of [
    [5, 12, 0.3],
    [20, 60, 0.25],
    [1, 3, 0.2],
  ] as const) {
    const { lost } = combine([runBatches(scaled(60_000, 4000), idle, lines, share, 1)]);
    const exact = batchOverdial({ idleAgents: idle, lines, answerProbability: share }).abandonmentRate;
    expect(Math.abs(lost.rate - exact)).toBeLessThan(4 * lost.standardError);
  }
});

test("progressive dialing", () => {
  const { result, exact } = runProgressive(scaled(40_000, 4000), 2);
  expect(Math.abs(result.occupancy.rate - exact.occupancy)).toBeLessThan(4 * result.occupancy.standardError);
  expect(Math.abs(result.attemptsPerAgentHour.rate - exact.attemptsPerHour)).toBeLessThan(
    4 * result.attemptsPerAgentHour.standardError,
  );
});

test("a varying rate: the mean in service follows M_t/M/inf, hour by hour", () => {
  const days = scaled(2000, 100);
  const frequency = (2 * Math.PI) / 24;
  const system = { baseRate: 20, amplitude: 10, frequency, serviceRate: 0.5 };
  const scenario = parseScenario({
    ...plainQueue({ agents: 400, talk: { kind: "exponential", mean: 2 } }),
    arrivals: { rate: 20, amplitude: 10, frequency },
    warmUp: 240,
    duration: 240 + days * 24,
    bucket: 1,
  });
  const { series, counts } = combine([runReplication(scenario, 1, 0)]);
  expect(counts.waited).toBe(0);
  for (let hour = 0; hour < 24; hour++) {
    const values = series.filter((_, i) => i % 24 === hour).map(({ busySeconds }) => busySeconds);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    // The mean over the hour, by Simpson's rule.
    const at = (t: number) => timeVaryingMean(system, t);
    const exact = (at(hour) + 4 * at(hour + 0.5) + at(hour + 1)) / 6;
    expect(Math.abs(mean - exact)).toBeLessThan(4 * Math.sqrt(variance / values.length));
  }
});

test("a loss system does not care how talks are distributed", () => {
  for (const talk of [
    { kind: "exponential", mean: 1 },
    1,
    { kind: "uniform", low: 0, high: 2 },
    { kind: "gamma", mean: 1, cv: 2 },
  ]) {
    const data = {
      ...plainQueue({ agents: 50, talk, trunks: 50 }),
      arrivals: { rate: 45 },
      warmUp: 1000,
      duration: 1000 + scaled(22_000, 4000),
      bucket: 1000,
    };
    const { blocked } = combine([runReplication(parseScenario(data), 4, 0)]);
    expect(Math.abs(blocked.rate - erlangB(50, 45).blockingProbability)).toBeLessThan(4 * blocked.standardError);
  }
});

test("flow is in balance at every event", () => {
  const scenario = parseScenario({
    agents: 60,
    duration: "100h",
    leads: { count: 200_000, maxAttempts: 4, retry: { noAnswer: 600, machine: 900 } },
    lines: { trunks: 150 },
    pacing: { strategy: "ratio", ratio: 3 },
    calls: { machineDetection: { live: 0.5, machine: 3, falseMachine: 0.05, falseLive: 0.05 } },
  });
  const dialer = createDialer({ scenario, seed: 9 });
  let unbalanced = 0;
  while (dialer.events < EVENTS && dialer.nextEvent < 360_000) {
    dialer.advance(dialer.nextEvent);
    const { carried, placed, ...rest } = dialer.flow();
    if (carried + placed !== Object.values(rest).reduce((sum, n) => sum + n, 0)) unbalanced++;
  }
  expect(dialer.events).toBeGreaterThanOrEqual(EVENTS);
  expect(unbalanced).toBe(0);
});
