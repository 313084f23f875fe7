import fc from "fast-check";
import { expect, it } from "vitest";
import { simulatorRunAccepted } from "../contract/index.ts";
import { estimateDialing } from "./dialing-estimate.ts";
import { defaultScenario } from "./scenario/index.ts";

const defaults = defaultScenario().dialer.settings;
const run = (body: unknown) => estimateDialing(simulatorRunAccepted.parse(body), defaults);

const requests = fc.record(
  {
    durationMinutes: fc.integer({ min: 1, max: 1440 }),
    concurrency: fc.record({
      max_agents: fc.integer({ min: 0, max: 500 }),
      max_simultaneous_calls: fc.integer({ min: 0, max: 2000 }),
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

it("keeps every figure within its bounds, whatever is asked", () => {
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
      const lines = Math.min(
        request.concurrency?.max_simultaneous_calls ?? defaults.concurrency.max_simultaneous_calls,
        request.carrierLimits?.maxConcurrent ?? Number.POSITIVE_INFINITY,
      );
      expect(result.peakConcurrentCalls).toBeLessThanOrEqual(lines);
      if (result.callsPlaced > 0) {
        const target = request.algorithm?.abandonment_rate_target ?? defaults.algorithm.abandonment_rate_target;
        expect(result.abandonmentRate).toBeLessThanOrEqual(target + 0.0001);
      }
      expect(run(request)).toEqual(result);
    }),
  );
});

it("names the limit: volume, lines, spacing, agents", () => {
  expect(run({ durationMinutes: 60, simulatedCallVolume: 10 })).toMatchObject({
    callsPlaced: 10,
    recommendation: expect.stringMatching(/volume/),
  });
  const lines = run({ durationMinutes: 60, carrierLimits: { maxConcurrent: 5 } });
  expect(lines).toMatchObject({
    carrierLimitReached: true,
    peakConcurrentCalls: 5,
    recommendation: expect.stringMatching(/Lines/),
  });
  expect(run({ durationMinutes: 60, concurrency: { call_spacing_ms: 60_000 } })).toMatchObject({
    callsPlaced: 60,
    recommendation: expect.stringMatching(/call_spacing_ms/),
  });
  expect(run({ durationMinutes: 60, concurrency: { max_agents: 0 } })).toMatchObject({
    callsPlaced: 0,
    recommendation: expect.stringMatching(/max_agents/),
  });
});

it("agrees with the known value of Erlang C through the wait", () => {
  // 10 agents at 8 erlangs: Erlang C gives 0.4092, so that the mean wait is 0.4092 * 150 s / 2 = 30.7 s.
  const answeredAnHour = (8 / 150) * 3600;
  const result = run({
    durationMinutes: 60,
    concurrency: { max_agents: 10, max_simultaneous_calls: 1000, call_spacing_ms: 0 },
    algorithm: { abandonment_rate_target: 1, agent_availability_estimate: 1, dial_ratio: 20 },
    simulatedCallVolume: Math.round(answeredAnHour / 0.35),
  });
  expect(result.averageWaitTime).toBeGreaterThan(30);
  expect(result.averageWaitTime).toBeLessThan(31.5);
});

it("takes more calls for more agents", () => {
  let before = 0;
  for (const max_agents of [1, 5, 20, 50]) {
    const { callsPlaced } = run({ durationMinutes: 60, concurrency: { max_agents } });
    expect(callsPlaced).toBeGreaterThanOrEqual(before);
    before = callsPlaced;
  }
});
