// Results: replications put together, their intervals, comparisons on common random numbers.

import { describe, expect, it, test } from "vitest";
import { hardPatience } from "../../../studies/queueing.ts";
import { plainQueue } from "../../../test/support/queue-cases.ts";
import { createDialer } from "../engine/dialer.ts";
import type { CallTransition } from "../engine/sink.ts";
import { runReplication } from "../replicate.ts";
import { parseScenario } from "../scenario/parse.ts";
import { combine, compareReplications } from "./combine.ts";

const campaign = (ratio: number, more: object = {}) =>
  parseScenario({ agents: 12, duration: "2h", warmUp: "20m", bucket: "10m", pacing: { strategy: "ratio", ratio }, ...more });
const runs = (ratio: number, count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => runReplication(campaign(ratio, more), 1, index));

describe("combined replications", () => {
  const replications = runs(3, 12);
  const result = combine(replications);

  it("do not depend on their order, and survive a trip between threads", () => {
    expect(combine([...replications].reverse())).toEqual(combine(structuredClone(replications)));
  });

  it("are sums over the buckets: series, counts and flow agree", () => {
    const { series, counts, window } = result;
    const total = (pick: (point: (typeof series)[number]) => number) => series.reduce((sum, point) => sum + pick(point), 0);
    expect(series).toHaveLength(10);
    expect([series[0]?.from, series.at(-1)?.to]).toEqual([1200, 7200]);
    expect(total(({ placed }) => placed)).toBe(counts.placed);
    expect(total(({ liveAnswers }) => liveAnswers)).toBe(result.abandonment.denominator);
    expect(total(({ abandoned }) => abandoned)).toBe(result.abandonment.numerator);
    expect(total(({ busySeconds }) => busySeconds)).toBeCloseTo(result.occupancy.numerator, 6);
    expect(window.agentHours).toBeCloseTo((12 * 12 * 6000) / 3600, 6);
    for (const { flow } of replications) {
      const { carried, placed, ...ends } = flow;
      expect(carried).toBeGreaterThan(0);
      expect(Object.values(ends).reduce((sum, n) => sum + n, 0)).toBe(carried + placed);
    }
    expect(replications.reduce((sum, { flow }) => sum + flow.placed, 0)).toBe(counts.placed);
  });

  it("have rates with numerator, denominator and interval, and the method stated", () => {
    expect(result.intervals).toEqual({ kind: "replications", units: 12, confidence: 0.95 });
    for (const rate of [result.abandonment, result.occupancy, result.contactsPerAgentHour, result.waits.mean]) {
      expect(rate.rate).toBeCloseTo(rate.numerator / rate.denominator, 12);
      expect(rate.low).toBeLessThan(rate.rate);
      expect(rate.high).toBeGreaterThan(rate.rate);
    }
    const few = combine(replications.slice(0, 2));
    expect(few.intervals).toEqual({ kind: "batches", units: 20, confidence: 0.95 });
    expect(few.meanAgents.rate).toBeCloseTo(12, 9);
  });

  it("cover the truth about as often as they say, by replications and by batches", () => {
    const exact = hardPatience({ servers: 10, arrivalRate: 0.5, serviceRate: 1 / 18, patience: 2 }).abandonmentProbability;
    const queue = plainQueue({ agents: 10, talk: { kind: "exponential", mean: 18 }, patience: 2 });
    const scenario = (duration: number) =>
      parseScenario({ ...queue, arrivals: { rate: 0.5 }, warmUp: 400, duration, bucket: (duration - 400) / 30 });
    const covers = ({ lost }: { lost: { low: number; high: number } }) => lost.low <= exact && exact <= lost.high;
    let [byRuns, byBatches] = [0, 0];
    for (let study = 0; study < 40; study++) {
      const replicationsOfStudy = Array.from({ length: 6 }, (_, index) => runReplication(scenario(2400), study, index));
      if (covers(combine(replicationsOfStudy))) byRuns++;
      if (covers(combine([runReplication(scenario(12_400), study, 9)]))) byBatches++;
    }
    // Of 40 intervals of 95 per cent 38 are to be expected; fewer than 33 come about once in two hundred studies.
    expect(byRuns).toBeGreaterThanOrEqual(33);
    expect(byBatches).toBeGreaterThanOrEqual(33);
  });

  it("know how far a list was worked off", () => {
    const list = combine(runs(3, 5, { leads: { count: 4000 } }));
    expect(list.penetration.denominator).toBe(20_000);
    expect(list.penetration.rate).toBeGreaterThan(0.05);
    expect(list.penetration.rate).toBeLessThan(1);
    expect(combine(runs(3, 5, { leads: { count: 100 } })).penetration.rate).toBe(1);
    expect(result.penetration.rate).toBeNaN();
  });
});

test("quantiles of waits are those of the waits themselves, to 3 per cent", () => {
  const queue = plainQueue({ agents: 10, talk: { kind: "lognormal", mean: 10, cv: 1.2 } });
  const scenario = parseScenario({ ...queue, arrivals: { rate: 0.9 }, duration: 20_000 });
  const began = new Map<number, number>();
  const waited: number[] = [];
  const sink = ({ kind, call, at }: CallTransition) => {
    if (kind === "waiting") began.set(call, at);
    const from = began.get(call);
    if (kind === "connected" && from !== undefined) waited.push(at - from);
  };
  createDialer({ scenario, seed: "2/0", sink }).advance(20_000);
  waited.sort((a, b) => a - b);
  expect(waited.length).toBeGreaterThan(1000);
  const { waits } = combine([runReplication(scenario, 2, 0)]);
  for (const [share, found] of [
    [0.5, waits.p50],
    [0.95, waits.p95],
    [0.99, waits.p99],
  ] as const) {
    const exact = waited[Math.ceil(share * waited.length) - 1] ?? 0;
    expect(Math.abs(found / exact - 1)).toBeLessThan(0.032);
  }
});

describe("intervals stay within what a figure can be, and are never of no width for want of events", () => {
  const brief = (more: object, count: number) =>
    combine(
      Array.from({ length: count }, (_, i) => runReplication(parseScenario({ agents: 1, duration: "20m", ...more }), 1, i)),
    );

  it("a share within 0 and 1, a rate at 0 or above, also of two uneven batches", () => {
    for (let seed = 0; seed < 5; seed++) {
      const { occupancy, contactsPerAgentHour, answerRate } = combine([
        runReplication(parseScenario({ agents: 1, duration: "20m" }), seed, 0),
      ]);
      expect(contactsPerAgentHour.low).toBeGreaterThanOrEqual(0);
      for (const { low, high, method } of [occupancy, answerRate]) {
        if (method !== "scatter") continue;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }
    }
  });

  it("no event in any run, or nothing else: no interval, because that of the sums takes calls as independent", () => {
    const whole = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, method: "unknown" };
    const { abandonment } = brief({}, 20);
    expect(abandonment.numerator).toBe(0);
    expect(abandonment).toMatchObject({ rate: 0, ...whole });
    const { answerRate, contactsPerAgentHour, answersPerAgentHour, occupancy, lost } = brief(
      { calls: { answerProbability: 0 } },
      6,
    );
    for (const none of [answerRate, contactsPerAgentHour, answersPerAgentHour, occupancy])
      expect(none).toMatchObject({ rate: 0, ...whole });
    expect(lost).toMatchObject({ rate: Number.NaN, method: "unknown" });
    const { penetration } = brief({ leads: { count: 2 } }, 5);
    expect(penetration).toMatchObject({ rate: 1, ...whole });
  });
});

describe("a comparison on common random numbers", () => {
  it("sees a small difference with an interval several times shorter in variance than independent runs", () => {
    const comparison = compareReplications(runs(3, 10), runs(3.2, 10));
    expect(comparison.pairs).toBe(10);
    expect(comparison.occupancy.difference.low).toBeGreaterThan(0);
    expect(comparison.occupancy.varianceReduction).toBeGreaterThan(3);
    expect(comparison.contactsPerAgentHour.varianceReduction).toBeGreaterThan(3);
  });

  it("finds no difference between a scenario and itself", () => {
    const { occupancy, abandonment } = compareReplications(runs(3, 4), runs(3, 4));
    expect(occupancy.difference).toMatchObject({ mean: 0, standardError: 0 });
    expect(abandonment.difference.mean).toBe(0);
  });

  it("has a figure as a result of one scenario has it, with numerator and denominator; none without a denominator", () => {
    const [first, second] = [runs(3, 6), runs(3.2, 6)];
    const { abandonment, contactsPerAgentHour } = compareReplications(first, second);
    const [one, two] = [combine(first), combine(second)];
    expect(abandonment).toMatchObject({
      first: one.abandonment.rate,
      second: two.abandonment.rate,
      ofFirst: { numerator: one.abandonment.numerator, denominator: one.abandonment.denominator },
      ofSecond: { numerator: two.abandonment.numerator, denominator: two.abandonment.denominator },
    });
    expect(contactsPerAgentHour.second).toBeCloseTo(two.contactsPerAgentHour.rate, 9);
    const silent = runs(3, 6, { calls: { answerProbability: 0 } });
    const nobody = compareReplications(silent, second).abandonment;
    expect(nobody).toMatchObject({ first: Number.NaN, second: two.abandonment.rate, ofFirst: { numerator: 0, denominator: 0 } });
    expect(nobody.difference).toMatchObject({ mean: Number.NaN, method: "unknown" });
  });

  it("of figures without events has no interval", () => {
    const one = runs(1, 5);
    const { abandonment } = compareReplications(one, one);
    expect(abandonment).toMatchObject({ first: 0, second: 0, difference: { mean: 0, method: "unknown" } });
    expect([abandonment.difference.low, abandonment.difference.high]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
