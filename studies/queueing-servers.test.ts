// Formulas of queues with servers against stationary equations solved state by state, from 1 to 10,000 servers, far below and far above the capacity.

import fc from "fast-check";
import { expect, test } from "vitest";
import { expectation, integrate, preciseSum, relativeError, stationary } from "../test/support/queueing-reference.ts";
import { engset, erlangA, erlangB, erlangC, finiteBuffer, finiteSource, hardPatience } from "./queueing.ts";

const PRECISION = 1e-9;
const SIZES = [1, 2, 7, 50, 400, 3000, 10_000];
const UTILISATIONS = [0.001, 0.1, 0.5, 0.8, 0.95, 0.999, 1, 1.001, 1.1, 2, 30];
const GRID = SIZES.flatMap((servers) => UTILISATIONS.map((utilisation) => [servers, utilisation] as const));

function same(found: number, exact: number): void {
  expect(relativeError(found, exact), `${found} against ${exact}`).toBeLessThan(PRECISION);
}

/** States beyond `servers` that carry anything worth a digit, for death rates that grow by `abandonRate` a state. */
function reach(servers: number, arrivalRate: number, abandonRate: number): number {
  const centre = Math.max(0, (arrivalRate - servers) / abandonRate);
  let last = servers + Math.ceil(centre);
  for (let log = 0; log > -60; last++) log += Math.log(arrivalRate / (servers + (last + 1 - servers) * abandonRate));
  return last;
}

test.each(GRID)("Erlang B: %d servers at %d", (servers, utilisation) => {
  const load = servers * utilisation;
  const p = stationary(
    servers,
    () => load,
    (n) => n,
  );
  const result = erlangB(servers, load);
  same(result.blockingProbability, p[servers] ?? 0);
  same(
    result.busyServers,
    expectation(p, (n) => n),
  );
});

test.each(GRID.filter(([, utilisation]) => utilisation < 1))("Erlang C: %d servers at %d", (servers, utilisation) => {
  const arrivalRate = 3 * servers * utilisation;
  const last = servers + Math.ceil(-60 / Math.log(utilisation));
  const p = stationary(
    last,
    () => arrivalRate,
    (n) => 3 * Math.min(n, servers),
  );
  const result = erlangC({ servers, arrivalRate, serviceRate: 3 });
  const queue = expectation(p, (n) => Math.max(0, n - servers));
  same(
    result.waitProbability,
    expectation(p, (n) => (n >= servers ? 1 : 0)),
  );
  same(result.meanQueue, queue);
  same(result.meanWait, queue / arrivalRate);
  // Somebody who finds n >= servers waits for n - servers + 1 exponential departures: the probability of a Poisson count up to n - servers.
  const t = 0.7 / (3 * servers);
  let [count, term] = [0, Math.exp(-0.7)];
  const exceeds = p.map((share, n) => {
    if (n < servers) return 0;
    count += term;
    term *= 0.7 / (n - servers + 1);
    return share * count;
  });
  same(result.waitExceeds(t), preciseSum(exceeds));
});

/** Without those that have more states than a test should walk: overload of so many servers is covered by the smaller ones. */
const IMPATIENT = GRID.flatMap(([servers, utilisation]) =>
  [0.02, 0.5, 40].map((abandonRate) => [servers, utilisation, abandonRate] as const),
).filter(([servers, utilisation, abandonRate]) => (servers * utilisation) / abandonRate < 600_000);

test.each(IMPATIENT)("Erlang A: %d servers at %d, abandoning at %d", (servers, utilisation, abandonRate) => {
  const arrivalRate = servers * utilisation;
  const last = reach(servers, arrivalRate, abandonRate);
  const p = stationary(
    last,
    () => arrivalRate,
    (n) => Math.min(n, servers) + Math.max(0, n - servers) * abandonRate,
  );
  const queue = expectation(p, (n) => Math.max(0, n - servers));
  const result = erlangA({ servers, arrivalRate, serviceRate: 1, abandonRate });
  same(
    result.waitProbability,
    expectation(p, (n) => (n >= servers ? 1 : 0)),
  );
  same(result.meanQueue, queue);
  same(result.meanWait, queue / arrivalRate);
  same(result.abandonmentProbability, (abandonRate * queue) / arrivalRate);
  same(result.utilisation, expectation(p, (n) => Math.min(n, servers)) / servers);
});

/** Trapezoids of the Volterra equation v(x) = v(0) e^(-k x) + lambda int_0^x v(y) e^(-k (x - y)) dy with v(0) = 1, extrapolated (Romberg). */
function levelCrossing(arrivalRate: number, capacity: number, patience: number): { end: number; area: number } {
  let previous: { end: number; area: number }[] = [];
  for (let level = 0; level < 9; level++) {
    const steps = 8 * 2 ** level;
    const h = patience / steps;
    const decay = Math.exp(-capacity * h);
    // `history` is the integral over what has passed, decayed to the present point.
    let [value, history, area, free] = [1, 0, 0, 1];
    for (let i = 0; i < steps; i++) {
      free *= decay;
      const known = history * decay + (h / 2) * value * decay;
      const next = (free + arrivalRate * known) / (1 - (arrivalRate * h) / 2);
      history = known + (h / 2) * next;
      area += (h / 2) * (value + next);
      value = next;
    }
    const row = [{ end: value, area }];
    for (let k = 1; k <= level; k++) {
      const [fine, coarse] = [row[k - 1], previous[k - 1]];
      if (fine === undefined || coarse === undefined) break;
      const factor = 4 ** k - 1;
      row.push({ end: fine.end + (fine.end - coarse.end) / factor, area: fine.area + (fine.area - coarse.area) / factor });
    }
    previous = row;
  }
  return previous.at(-1) ?? { end: Number.NaN, area: Number.NaN };
}

const patienceOf = (servers: number): number => (servers > 100 ? 4 / servers : 0.04);

/** Where the equation is not too stiff for trapezoids; the overloaded limit below covers the others. */
const CROSSED = GRID.filter(([servers, utilisation]) => servers * utilisation * patienceOf(servers) <= 6);

test.each(CROSSED)("two-second rule: %d servers at %d", (servers, utilisation) => {
  // Level crossings of the virtual wait: its density v, with one unit at 0, and the states below `servers` from balance.
  const patience = patienceOf(servers);
  const arrivalRate = servers * utilisation;
  const { end, area } = levelCrossing(arrivalRate, servers, patience);
  // v(0) = lambda p(servers - 1), and p(servers - 1) is a share of the states below, which weigh 1, as in the loss system cut off there.
  const below = stationary(
    servers - 1,
    () => arrivalRate,
    (n) => n,
  );
  const unit = arrivalRate * (below[servers - 1] ?? 0);
  const waiting = unit * area;
  const beyond = (unit * end) / servers; // waits longer than the patience: what is to be worked off before a newcomer is met
  const whole = 1 + waiting + beyond;
  const result = hardPatience({ servers, arrivalRate, serviceRate: 1, patience });
  same(result.waitProbability, (waiting + beyond) / whole);
  same(result.abandonmentProbability, beyond / whole);
  same(result.utilisation, utilisation * ((1 + waiting) / whole));
});

test.each([2, 20, 1000])("two-second rule, patience many service times, overloaded %d-fold servers", (servers) => {
  const [arrivalRate, patience] = [servers * 1.5, 50];
  // By quadrature of the density, written relative to its value at the patience.
  const low = integrate(
    (x) => Math.exp((arrivalRate - servers) * (x - patience)),
    Math.max(0, patience - 80 / servers),
    patience,
  );
  const result = hardPatience({ servers, arrivalRate, serviceRate: 1, patience });
  same(result.abandonmentProbability, 1 / servers / (low + 1 / servers));
  same(result.waitProbability, 1);
});

test("two-second rule: without patience it is Erlang B, with endless patience Erlang C", () => {
  for (const [servers, utilisation] of GRID) {
    const arrivalRate = servers * utilisation;
    same(
      hardPatience({ servers, arrivalRate, serviceRate: 1, patience: 0 }).abandonmentProbability,
      erlangB(servers, arrivalRate).blockingProbability,
    );
    if (utilisation >= 1) continue;
    const patience = 100 / (servers - arrivalRate);
    const result = hardPatience({ servers, arrivalRate, serviceRate: 1, patience });
    same(result.waitProbability, erlangC({ servers, arrivalRate, serviceRate: 1 }).waitProbability);
    expect(result.abandonmentProbability).toBeLessThan(1e-40);
  }
});

test.each(
  GRID.flatMap(([servers, utilisation]) =>
    [0, 0.3].flatMap((abandonRate) => [0, 5, 2000].map((places) => [servers, utilisation, abandonRate, places] as const)),
  ),
)("finite buffer: %d servers at %d, abandoning at %d, %d places to wait", (servers, utilisation, abandonRate, places) => {
  const arrivalRate = servers * utilisation;
  const capacity = servers + places;
  const p = stationary(
    capacity,
    () => arrivalRate,
    (n) => Math.min(n, servers) + Math.max(0, n - servers) * abandonRate,
  );
  const queue = expectation(p, (n) => Math.max(0, n - servers));
  const admitted = preciseSum(p.subarray(0, capacity));
  const result = finiteBuffer({ servers, capacity, arrivalRate, serviceRate: 1, abandonRate });
  same(result.blockingProbability, p[capacity] ?? 0);
  same(result.meanQueue, queue);
  if (admitted > 1e-290) same(result.meanWaitAdmitted, queue / (arrivalRate * admitted));
  if (abandonRate > 0) same(result.abandonmentProbability, (abandonRate * queue) / arrivalRate);
  else expect(result.abandonmentProbability).toBe(0);
  same(result.utilisation, expectation(p, (n) => Math.min(n, servers)) / servers);
});

test.each(
  [
    [1, 1],
    [20, 10],
    [20, 20],
    [20, 30],
    [500, 20],
    [10_000, 3000],
    [10_000, 9999],
  ].flatMap(([sources = 0, servers = 0]) =>
    [1e-4, 0.1, 0.6, 8, 2000].map((requestRate) => [sources, servers, requestRate] as const),
  ),
)("finite sources: %d sources, %d servers, asking at %d", (sources, servers, requestRate) => {
  const asking = (n: number): number => (sources - n) * requestRate;
  const loss = stationary(Math.min(sources, servers), asking, (n) => n);
  const lossResult = engset({ sources, servers, requestRate, serviceRate: 1 });
  same(lossResult.timeCongestion, loss[servers] ?? 0);
  const turnedAway = servers < sources ? ((loss[servers] ?? 0) * asking(servers)) / expectation(loss, asking) : 0;
  same(lossResult.callCongestion, turnedAway);
  same(
    lossResult.busyServers,
    expectation(loss, (n) => n),
  );
  const delay = stationary(sources, asking, (n) => Math.min(n, servers));
  const delayResult = finiteSource({ sources, servers, requestRate, serviceRate: 1 });
  const queue = expectation(delay, (n) => Math.max(0, n - servers));
  same(
    delayResult.meanInSystem,
    expectation(delay, (n) => n),
  );
  same(delayResult.meanQueue, queue);
  same(delayResult.throughput, expectation(delay, asking));
  same(delayResult.meanWait, queue / expectation(delay, asking));
});

test("shares stay shares and flows balance, whatever the system", () => {
  const system = fc.record({
    servers: fc.integer({ min: 1, max: 2000 }),
    arrivalRate: fc.double({ min: 0, max: 1e4, noNaN: true }),
    serviceRate: fc.double({ min: 1e-4, max: 1e3, noNaN: true }),
    abandonRate: fc.double({ min: 1e-4, max: 1e3, noNaN: true }),
  });
  fc.assert(
    fc.property(system, fc.integer({ min: 0, max: 500 }), (queue, places) => {
      const { servers, arrivalRate, serviceRate, abandonRate } = queue;
      const patient = erlangA(queue);
      const bounded = finiteBuffer({ ...queue, capacity: servers + places });
      const hard = hardPatience({ servers, arrivalRate, serviceRate, patience: 1 / abandonRate });
      for (const share of [
        patient.waitProbability,
        patient.abandonmentProbability,
        patient.utilisation,
        hard.waitProbability,
        hard.abandonmentProbability,
        hard.utilisation,
        bounded.blockingProbability,
        bounded.abandonmentProbability,
        bounded.utilisation,
      ]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1 + 1e-12);
      }
      // What comes in is served, lost or turned away.
      const capacity = servers * serviceRate;
      const tolerance = 1e-9 * arrivalRate + 1e-300;
      const served = (lost: number) => arrivalRate * (1 - lost);
      expect(Math.abs(served(patient.abandonmentProbability) - capacity * patient.utilisation)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(served(hard.abandonmentProbability) - capacity * hard.utilisation)).toBeLessThanOrEqual(tolerance);
      const away = bounded.blockingProbability + bounded.abandonmentProbability;
      expect(Math.abs(served(away) - capacity * bounded.utilisation)).toBeLessThanOrEqual(tolerance);
      // Whoever waits at all loses no more callers than where nobody waits.
      const { blockingProbability } = erlangB(servers, arrivalRate / serviceRate);
      expect(hard.abandonmentProbability).toBeLessThanOrEqual(blockingProbability * (1 + 1e-9) + 1e-300);
      expect(patient.abandonmentProbability).toBeLessThanOrEqual(blockingProbability * (1 + 1e-9) + 1e-300);
    }),
  );
});
