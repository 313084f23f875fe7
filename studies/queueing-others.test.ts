// The formulas without a birth-death process behind them, each against a numerical solution of its own; and what all of them refuse.

import fc from "fast-check";
import { expect, test } from "vitest";
import { DialingError } from "../src/dialing/arguments.ts";
import { lawOf } from "../src/dialing/distributions/index.ts";
import { expectation, integrate, preciseSum, relativeError, stationaryOfChain } from "../test/support/queueing-reference.ts";
import {
  batchOverdial,
  engset,
  erlangA,
  erlangB,
  erlangC,
  finiteBuffer,
  finiteSource,
  hardPatience,
  mdc,
  meanQueueByRoots,
  meanQueueBySpitzer,
  mg1,
  progressiveRenewal,
  timeVaryingMean,
} from "./queueing.ts";

const PRECISION = 1e-9;

function same(found: number, exact: number): void {
  expect(relativeError(found, exact), `${found} against ${exact}`).toBeLessThan(PRECISION);
}

test.each([
  [{ kind: "lognormal", mean: 1, cv: Math.sqrt(1.5) }, 0.8],
  [{ kind: "gamma", mean: 20, cv: 0.4 }, 0.3],
  [{ kind: "weibull", mean: 3, shape: 0.8 }, 0.999],
  [{ kind: "exponential", mean: 2 }, 0.01],
] as const)(
  "M/G/1 with service %j at %d: the mean residual service by quadrature of the survival function",
  (service, utilisation) => {
    const law = lawOf(service);
    const arrivalRate = utilisation / law.mean;
    // E[S^2] / 2 = integral of x Pr[S > x], over ln x.
    const panels = Array.from({ length: 44 }, (_, i) =>
      integrate((u) => Math.exp(2 * u) * law.survival(Math.exp(u)), Math.log(law.mean) - 30 + i, Math.log(law.mean) - 29 + i),
    );
    const half = preciseSum(panels);
    const { meanWait } = mg1({ arrivalRate, meanService: law.mean, squaredCv: law.variance / law.mean ** 2 });
    same(meanWait, (arrivalRate * half) / (1 - utilisation));
  },
);

test.each([
  [1, 0.5, 80],
  [1, 0.9, 300],
  [2, 0.01, 40],
  [2, 0.8, 200],
  [10, 0.3, 60],
  [10, 0.9, 400],
  [50, 0.7, 200],
  [50, 0.95, 500],
  [200, 0.9, 500],
] as const)("M/D/%d at %d: the queue seen every service time, as a Markov chain", (servers, utilisation, states) => {
  const load = servers * utilisation;
  const arrivals = new Float64Array(states + servers + 1);
  for (let k = 0, log = -load; k < arrivals.length; log += Math.log(load / ++k)) arrivals[k] = Math.exp(log);
  const matrix = Array.from({ length: states }, (_, from) => {
    const row = new Float64Array(states);
    arrivals.forEach((share, count) => {
      const to = Math.min(states - 1, Math.max(0, from + count - servers));
      row[to] = (row[to] ?? 0) + share;
    });
    return row;
  });
  const queue = expectation(stationaryOfChain(matrix), (n) => n);
  same(mdc({ servers, arrivalRate: load / 7, service: 7 }).meanWait, queue / (load / 7));
});

test("M/D/c up to 10,000 servers: the random walk's sum and the roots in the unit circle agree wherever both are sound", () => {
  for (const servers of [1, 3, 30, 1000, 10_000]) {
    for (const spread of [0.3, 0.6, 1, 1.5]) {
      const load = servers - spread * Math.sqrt(servers);
      if (load > 0) same(meanQueueBySpitzer(servers, load), meanQueueByRoots(servers, load));
    }
  }
});

test("M/D/c: one server is M/G/1 with constant service; heavy traffic nears half of Erlang C", () => {
  for (const utilisation of [1e-6, 0.2, 0.6, 0.99, 0.999999]) {
    same(
      mdc({ servers: 1, arrivalRate: utilisation, service: 1 }).meanWait,
      mg1({ arrivalRate: utilisation, meanService: 1, squaredCv: 0 }).meanWait,
    );
  }
  for (const servers of [2, 100, 10_000]) {
    const arrivalRate = servers * (1 - 1e-6);
    const ratio = mdc({ servers, arrivalRate, service: 1 }).meanWait / erlangC({ servers, arrivalRate, serviceRate: 1 }).meanWait;
    expect(ratio).toBeCloseTo(0.5, 2);
  }
});

/** Distribution of the number of answers, one line after the other. */
function answers(lines: number, p: number): Float64Array {
  const shares = new Float64Array(lines + 1);
  shares[0] = 1;
  for (let line = 1; line <= lines; line++) {
    for (let k = line; k >= 0; k--) shares[k] = (shares[k] ?? 0) * (1 - p) + (k > 0 ? (shares[k - 1] ?? 0) * p : 0);
  }
  return shares;
}

test.each([
  [0, 5, 0.4],
  [5, 5, 0.9],
  [1, 3, 1e-6],
  [5, 12, 0.3],
  [3, 40, 0.95],
  [20, 60, 0.25],
  [100, 320, 0.3],
  [100, 320, 0.32],
  [500, 2000, 0.2],
  [900, 2000, 0.5],
] as const)("one-shot: %d agents, %d lines, answered with %d, by enumeration", (idleAgents, lines, answerProbability) => {
  const shares = answers(lines, answerProbability);
  const result = batchOverdial({ idleAgents, lines, answerProbability });
  same(
    result.expectedAbandoned,
    expectation(shares, (k) => Math.max(0, k - idleAgents)),
  );
  same(
    result.expectedServed,
    expectation(shares, (k) => Math.min(k, idleAgents)),
  );
  same(result.abandonmentRate, expectation(shares, (k) => Math.max(0, k - idleAgents)) / (lines * answerProbability));
});

test("one-shot: who is not served is abandoned, and one more line never abandons fewer", () => {
  const batch = fc.record({
    idleAgents: fc.integer({ min: 0, max: 10_000 }),
    lines: fc.integer({ min: 0, max: 50_000 }),
    answerProbability: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(batch, (settings) => {
      const { expectedAbandoned, expectedServed, abandonmentRate } = batchOverdial(settings);
      const answered = settings.lines * settings.answerProbability;
      expect(Math.abs(expectedAbandoned + expectedServed - answered)).toBeLessThanOrEqual(1e-9 * answered);
      expect(expectedServed).toBeLessThanOrEqual(settings.idleAgents * (1 + 1e-12));
      expect(abandonmentRate).toBeLessThanOrEqual(1);
      const more = batchOverdial({ ...settings, lines: settings.lines + 1 });
      expect(more.expectedAbandoned).toBeGreaterThanOrEqual(expectedAbandoned * (1 - 1e-9));
    }),
  );
});

test("progressive: the cycle is the sum over the number of failed attempts", () => {
  const campaign = {
    liveProbability: 0.07,
    meanRingLive: 11,
    failures: [
      { probability: 0.5, seconds: 24 },
      { probability: 0.43, seconds: 3 },
    ],
    talk: 90,
    wrap: 15,
    gap: 0.5,
  };
  const perFailure = (0.5 * 24 + 0.43 * 3) / 0.93 + 0.5;
  const attempts = Array.from({ length: 2000 }, (_, failed) => ({ failed, share: 0.07 * 0.93 ** failed }));
  const search = preciseSum(attempts.map(({ failed, share }) => share * (failed * perFailure + 0.5 + 11)));
  const result = progressiveRenewal(campaign);
  same(result.meanSearch, search);
  same(result.cycle, search + 105);
  same(result.occupancy, 105 / (search + 105));
  same(result.contactsPerHour, 3600 / (search + 105));
  same(result.attemptsPerHour, (3600 / (search + 105)) * preciseSum(attempts.map(({ failed, share }) => share * (failed + 1))));
});

test.each([
  [20, 10, (2 * Math.PI) / 24, 0.5],
  [3, -3, 4, 0.1],
  [7, 2, 0, 1],
  [1000, 999, 60, 30],
])(
  "M_t/M/infinity, rate %d + %d sin(%d t), service %d: arrivals of the past still in service",
  (baseRate, amplitude, frequency, serviceRate) => {
    for (const t of [-5, 0, 0.3, 7, 100]) {
      // Panels of about a swing, until nobody is left.
      const panel = Math.min(5 / serviceRate, frequency > 0 ? 6 / frequency : Number.POSITIVE_INFINITY);
      const panels = Math.ceil(45 / serviceRate / panel);
      const rate = (s: number): number => baseRate + amplitude * Math.sin(frequency * s);
      const parts = Array.from({ length: panels }, (_, i) =>
        integrate((age) => rate(t - age) * Math.exp(-serviceRate * age), i * panel, (i + 1) * panel),
      );
      same(timeVaryingMean({ baseRate, amplitude, frequency, serviceRate }, t), preciseSum(parts));
    }
  },
);

const RENEWAL = {
  liveProbability: 0.2,
  meanRingLive: 9,
  failures: [{ probability: 0.8, seconds: 20 }],
  talk: 150,
  wrap: 20,
  gap: 1,
};

test.each([
  [() => erlangB(-1, 3), /^servers is -1; allowed is a whole number from 0/],
  [() => erlangB(2.5, 3), /^servers is 2.5/],
  [() => erlangB(3, Number.NaN), /^offeredLoad is NaN/],
  [
    () => erlangC({ servers: 2, arrivalRate: 2, serviceRate: 1 }),
    /^arrivalRate is 2; allowed is a rate below servers × serviceRate = 2/,
  ],
  [() => erlangC({ servers: 2, arrivalRate: 1, serviceRate: 0 }), /^serviceRate is 0/],
  [() => erlangC({ servers: 2, arrivalRate: 1, serviceRate: 1 }).waitExceeds(-1), /^t is -1/],
  [() => erlangA({ servers: 2, arrivalRate: 1, serviceRate: 1, abandonRate: 0 }), /^abandonRate is 0/],
  [() => hardPatience({ servers: 2, arrivalRate: 1, serviceRate: 1, patience: -1 }), /^patience is -1/],
  [
    () => finiteBuffer({ servers: 3, capacity: 2, arrivalRate: 1, serviceRate: 1 }),
    /^capacity is 2; allowed is a whole number from 3/,
  ],
  [
    () => finiteBuffer({ servers: 3, capacity: 3, arrivalRate: Number.POSITIVE_INFINITY, serviceRate: 1 }),
    /^arrivalRate is Infinity/,
  ],
  [() => engset({ sources: 0, servers: 3, requestRate: 1, serviceRate: 1 }), /^sources is 0/],
  [() => finiteSource({ sources: 3, servers: 3, requestRate: -1, serviceRate: 1 }), /^requestRate is -1/],
  [() => mg1({ arrivalRate: 1, meanService: 1, squaredCv: 0 }), /^arrivalRate is 1; allowed is a rate below/],
  [() => mdc({ servers: 3, arrivalRate: 4, service: 1 }), /^arrivalRate is 4; allowed is a rate below servers × serviceRate = 3/],
  [
    () => batchOverdial({ idleAgents: 1, lines: 2, answerProbability: 1.2 }),
    /^answerProbability is 1.2; allowed is a number from 0 to 1/,
  ],
  [() => progressiveRenewal({ ...RENEWAL, liveProbability: 0 }), /^liveProbability is 0/],
  [() => progressiveRenewal({ ...RENEWAL, failures: [] }), /probabilities is 0.2; allowed is 1/],
  [() => progressiveRenewal({ ...RENEWAL, failures: [{ probability: 0.8, seconds: -1 }] }), /^failures\[0\].seconds is -1/],
  [() => timeVaryingMean({ baseRate: 1, amplitude: 2, frequency: 1, serviceRate: 1 }, 0), /^amplitude is 2/],
] as const)("refused by name: %s", (call, message) => {
  expect(call).toThrow(DialingError);
  expect(call).toThrow(message);
});

test("nothing coming in is an empty system, not a division by nothing", () => {
  const idle = { servers: 3, arrivalRate: 0, serviceRate: 1 };
  expect(erlangB(3, 0)).toEqual({ blockingProbability: 0, busyServers: 0 });
  expect(erlangC(idle)).toMatchObject({ waitProbability: 0, meanWait: 0, meanQueue: 0 });
  expect(erlangA({ ...idle, abandonRate: 1 }).meanWait).toBe(0);
  expect(hardPatience({ ...idle, patience: 2 })).toEqual({ waitProbability: 0, abandonmentProbability: 0, utilisation: 0 });
  expect(finiteBuffer({ ...idle, capacity: 5 }).meanWaitAdmitted).toBe(0);
  expect(finiteSource({ sources: 5, servers: 3, requestRate: 0, serviceRate: 1 }).meanWait).toBe(0);
  expect(mdc({ servers: 3, arrivalRate: 0, service: 1 }).meanWait).toBe(0);
});
