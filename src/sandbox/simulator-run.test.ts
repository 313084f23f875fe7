// Replies of the simulator: bounds, limits named, more agents never place fewer calls, the target kept, equal replies to equal requests.

import fc from "fast-check";
import { expect, it } from "vitest";
import { simulatorRunAccepted } from "../contract/index.ts";
import { erlangC } from "../dialing/index.ts";
import { defaultScenario } from "./scenario/index.ts";
import { runSimulation } from "./simulator-run.ts";

const defaults = defaultScenario().dialer.settings;
const run = (body: unknown) => runSimulation(simulatorRunAccepted.parse(body), defaults);

const requests = fc.record(
  {
    durationMinutes: fc.integer({ min: 1, max: 1440 }),
    concurrency: fc.record({
      max_agents: fc.integer({ min: 0, max: 60 }),
      max_simultaneous_calls: fc.integer({ min: 0, max: 500 }),
      call_spacing_ms: fc.integer({ min: 0, max: 5000 }),
    }),
    algorithm: fc.record({
      abandonment_rate_target: fc.double({ min: 0, max: 1, noNaN: true }),
      agent_availability_estimate: fc.double({ min: 0, max: 1, noNaN: true }),
      dial_ratio: fc.double({ min: 0.01, max: 20, noNaN: true }),
    }),
    simulatedCallVolume: fc.integer({ min: 0, max: 100_000 }),
    carrierLimits: fc.record({ maxConcurrent: fc.integer({ min: 0, max: 1000 }) }),
  },
  { requiredKeys: ["durationMinutes"] },
);

it("keeps every figure within its bounds, whatever is asked, and says the same again", () => {
  fc.assert(
    fc.property(requests, (request) => {
      const result = run(request);
      for (const share of [result.abandonmentRate, result.answerRate, result.agentUtilization]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(Number.isFinite(result.averageWaitTime)).toBe(true);
      expect(result.averageWaitTime).toBeGreaterThanOrEqual(0);
      expect(result.callsAnswered).toBeLessThanOrEqual(result.callsPlaced);
      expect(result.callsAbandoned).toBeLessThanOrEqual(result.callsAnswered);
      expect(result.callsPlaced).toBeLessThanOrEqual(request.simulatedCallVolume ?? Number.POSITIVE_INFINITY);
      const carrier = request.carrierLimits?.maxConcurrent ?? Number.POSITIVE_INFINITY;
      const lines = request.concurrency?.max_simultaneous_calls ?? defaults.concurrency.max_simultaneous_calls;
      expect(result.peakConcurrentCalls).toBeLessThanOrEqual(Math.min(lines, carrier));
      expect(result.carrierLimitReached).toBe(result.peakConcurrentCalls === carrier);
      expect(run(request)).toEqual(result);
    }),
    { numRuns: 12 },
  );
});

it("names the limit: volume, lines, the carrier, spacing, agents, target, ratio", () => {
  const hour = { durationMinutes: 60 };
  expect(run({ ...hour, simulatedCallVolume: 10 })).toMatchObject({
    callsPlaced: 10,
    recommendation: expect.stringMatching(/volume/),
  });
  expect(run({ ...hour, carrierLimits: { maxConcurrent: 5 } })).toMatchObject({
    carrierLimitReached: true,
    peakConcurrentCalls: 5,
    recommendation: expect.stringMatching(/carrier/),
  });
  expect(run({ ...hour, concurrency: { max_simultaneous_calls: 20 } })).toMatchObject({
    carrierLimitReached: false,
    peakConcurrentCalls: 20,
    recommendation: expect.stringMatching(/max_simultaneous_calls/),
  });
  expect(run({ ...hour, concurrency: { call_spacing_ms: 60_000 } })).toMatchObject({
    callsPlaced: 60,
    recommendation: expect.stringMatching(/call_spacing_ms/),
  });
  expect(run({ ...hour, concurrency: { max_agents: 0 } })).toMatchObject({
    callsPlaced: 0,
    recommendation: expect.stringMatching(/max_agents/),
  });
  expect(run({ ...hour, carrierLimits: { maxConcurrent: 0 } })).toMatchObject({
    callsPlaced: 0,
    carrierLimitReached: true,
    recommendation: expect.stringMatching(/Lines/),
  });
  expect(run({ ...hour, algorithm: { dial_ratio: 8 } }).recommendation).toMatch(/target/);
  expect(run({ ...hour, algorithm: { dial_ratio: 1 } }).recommendation).toMatch(/dial ratio/);
});

it("takes more calls for more agents", () => {
  const placed = [1, 4, 12, 40].map((max_agents) => run({ durationMinutes: 60, concurrency: { max_agents } }).callsPlaced);
  expect(placed).toEqual([...placed].sort((a, b) => a - b));
  expect(placed.at(-1)).toBeGreaterThan(15 * (placed[0] ?? 0));
});

it("keeps the abandonment target over a day, and fills the agents' time the more, the more is dialed", () => {
  const day = (dial_ratio: number, abandonment_rate_target: number) =>
    run({ durationMinutes: 1440, concurrency: { max_agents: 8 }, algorithm: { dial_ratio, abandonment_rate_target } });
  for (const target of [0.01, 0.05]) expect(day(6, target).abandonmentRate).toBeLessThan(target + 0.005);
  expect(day(2, 1).agentUtilization).toBeGreaterThan(day(1, 1).agentUtilization);
  expect(day(3, 1).abandonmentRate).toBeGreaterThan(day(2, 1).abandonmentRate);
});

it("keeps as many agents busy as the answered calls need (Little's law), and lets fewer callers wait than a queue without end would", () => {
  const { callsAnswered, callsAbandoned, agentUtilization, averageWaitTime } = run({ durationMinutes: 480 });
  const agents = Math.floor(defaults.concurrency.max_agents * defaults.algorithm.agent_availability_estimate);
  const handle = 132;
  const load = ((callsAnswered - callsAbandoned) * handle) / (480 * 60);
  expect(Math.abs(load / agents - agentUtilization)).toBeLessThan(0.03);
  const queue = erlangC({ servers: agents, arrivalRate: load / handle, serviceRate: 1 / handle });
  expect(averageWaitTime).toBeLessThan(queue.meanWait + 1);
});
