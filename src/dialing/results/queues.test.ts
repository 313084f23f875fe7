// The simulation against the formulas, short runs: forty thousand customers a queue. The chaos suite takes a million each.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { batchOverdial, erlangB, erlangC } from "../../../studies/queueing.ts";
import { plainQueue, queueCases, runBatches, runProgressive, runQueue } from "../../../test/support/queue-cases.ts";
import { createDialer } from "../engine/dialer.ts";
import { runReplication } from "../replicate.ts";
import { parseScenario } from "../scenario/parse.ts";
import { combine } from "./combine.ts";

const CUSTOMERS = 40_000;
const EXPONENTIAL = { kind: "exponential", mean: 1 };

describe("a simulated queue comes out as the formula says", () => {
  it.each(queueCases().map((queue) => [queue.name, queue] as const))("%s", (_, queue) => {
    const { measured, allowed } = runQueue(queue, CUSTOMERS, 11);
    expect(Math.abs(measured - queue.exact)).toBeLessThan(allowed);
  });

  it("batch overdialing", () => {
    const { lost } = combine([runBatches(2500, 5, 12, 0.3, 1)]);
    const { abandonmentRate } = batchOverdial({ idleAgents: 5, lines: 12, answerProbability: 0.3 });
    expect(Math.abs(lost.rate - abandonmentRate)).toBeLessThan(4 * lost.standardError);
    expect(lost.standardError).toBeLessThan(0.15 * abandonmentRate);
  });

  it("progressive dialing", () => {
    const { result, exact } = runProgressive(2000, 1);
    expect(Math.abs(result.occupancy.rate - exact.occupancy)).toBeLessThan(4 * result.occupancy.standardError);
    expect(Math.abs(result.contactsPerAgentHour.rate - exact.contactsPerHour)).toBeLessThan(
      4 * result.contactsPerAgentHour.standardError,
    );
    expect(result.abandonment.numerator).toBe(0);
  });
});

function queueRun(data: object, rate: number, customers: number, seed = 3) {
  const duration = customers / rate;
  return combine([runReplication(parseScenario({ arrivals: { rate }, ...data, duration, bucket: duration / 20 }), seed, 0)]);
}

test("with no patience the queue is Erlang's loss system, call for call; with much, his delay system", () => {
  const impatient = queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL, patience: 0 }), 8, CUSTOMERS);
  const loss = queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL, trunks: 10 }), 8, CUSTOMERS);
  expect(impatient.counts.lost).toBe(loss.counts.blocked);
  expect(impatient.lost.rate).toBeCloseTo(erlangB(10, 8).blockingProbability, 2);
  const patient = queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL, patience: 1e6 }), 8, CUSTOMERS);
  const delay = queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL }), 8, CUSTOMERS);
  expect(patient.counts.lost).toBe(0);
  expect(patient.waits.mean.rate).toBe(delay.waits.mean.rate);
  const { waitProbability, meanWait } = erlangC({ servers: 10, arrivalRate: 8, serviceRate: 1 });
  expect(Math.abs(delay.waits.probability.rate - waitProbability)).toBeLessThan(4 * delay.waits.probability.standardError);
  expect(Math.abs(delay.waits.mean.rate - meanWait)).toBeLessThan(4 * delay.waits.mean.standardError);
});

test("Little's law holds within a run: what waits on average is what comes times how long it waits", () => {
  for (const patience of [{ kind: "none" }, 0.5, EXPONENTIAL]) {
    const duration = 20_000 / 9;
    const scenario = parseScenario({
      ...plainQueue({ agents: 10, talk: EXPONENTIAL, patience }),
      arrivals: { rate: 9 },
      duration,
      bucket: duration / 20,
    });
    const result = combine([runReplication(scenario, 5, 0)]);
    const waited = result.counts.waitOfConnected + result.counts.waitOfLost;
    const dialer = createDialer({ scenario, seed: "5/0" });
    dialer.advance(duration);
    const { view } = dialer;
    let stillWaiting = 0;
    for (let i = 0; i < view.waiting; i++) stillWaiting += duration - (view.waitingSince[i] ?? 0);
    expect(result.meanWaiting.numerator).toBeCloseTo(waited + stillWaiting, 6);
  }
});

test("more agents never make the queue longer, more calls never shorter", () => {
  const talk = fc.constantFrom<unknown>(EXPONENTIAL, 1, { kind: "lognormal", mean: 1, cv: 1.2 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: 0.3, max: 1.2, noNaN: true }),
      talk,
      fc.nat(),
      (agents, load, law, seed) => {
        const run = (servers: number, rate: number) => {
          const data = { ...plainQueue({ agents: servers, talk: law }), arrivals: { rate }, duration: 200, bucket: 200 };
          return combine([runReplication(parseScenario(data), seed, 0)]).meanWaiting.numerator;
        };
        const before = run(agents, agents * load);
        expect(run(agents + 1, agents * load)).toBeLessThanOrEqual(before + 1e-6);
      },
    ),
    { numRuns: 30 },
  );
  const busier = [6, 7, 8, 9].map(
    (rate) => queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL, patience: 1 }), rate, 8000).lost.rate,
  );
  expect(busier).toEqual([...busier].sort((a, b) => a - b));
  const patient = [0, 0.5, 1, 2].map(
    (patience) => queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL, patience }), 9, 8000).lost.rate,
  );
  expect(patient).toEqual([...patient].sort((a, b) => b - a));
  const trunks = [10, 12, 15, 20].map(
    (limit) => queueRun(plainQueue({ agents: 10, talk: EXPONENTIAL, trunks: limit }), 9, 8000).blocked.rate,
  );
  expect(trunks).toEqual([...trunks].sort((a, b) => b - a));
});
