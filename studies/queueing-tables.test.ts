import { expect, test } from "vitest";
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
  mg1,
  progressiveRenewal,
  timeVaryingMean,
} from "./queueing.ts";

/** Each case of the reference tables: [what, found, the value printed]. */
const CASES: readonly (readonly [string, number, number])[] = [
  ["Erlang B, 10 servers, load 8", erlangB(10, 8).blockingProbability, 0.1216610643],
  ["Erlang B, 50 servers, load 45", erlangB(50, 45).blockingProbability, 0.05410447216],
  ["Erlang B, 200 servers, load 180", erlangB(200, 180).blockingProbability, 0.0103249952],
  [
    "Erlang C, 10 servers at 0.8, waiting",
    erlangC({ servers: 10, arrivalRate: 8, serviceRate: 1 }).waitProbability,
    0.4091801508,
  ],
  ["Erlang C, 10 servers at 0.8, wait", erlangC({ servers: 10, arrivalRate: 8, serviceRate: 1 }).meanWait, 0.2045900754],
  [
    "Erlang C, 20 servers at 0.9, waiting",
    erlangC({ servers: 20, arrivalRate: 18, serviceRate: 1 }).waitProbability,
    0.5507690048,
  ],
  ["Erlang C, 20 servers at 0.9, wait", erlangC({ servers: 20, arrivalRate: 18, serviceRate: 1 }).meanWait, 0.2753845024],
  [
    "Erlang C, 100 servers at 0.97, waiting",
    erlangC({ servers: 100, arrivalRate: 97, serviceRate: 1 }).waitProbability,
    0.6767112316,
  ],
  ["Erlang C, 100 servers at 0.97, wait", erlangC({ servers: 100, arrivalRate: 97, serviceRate: 1 }).meanWait, 0.2255704105],
  ["Erlang A, 50 servers, load 48", abandoned(50, 48, 0.5), 0.03091224916],
  ["Erlang A, 50 servers, load 55", abandoned(50, 55, 0.5), 0.1020801946],
  ["Erlang A, 100 servers, load 95", abandoned(100, 95, 3), 0.02838907673],
  ["two-second rule, 20 agents", lost(20, 180, 0.1), 0.1045541185],
  ["two-second rule, 50 agents", lost(50, 180, 0.27), 0.08422056477],
  ["two-second rule, 100 agents", lost(100, 240, 0.41), 0.06241164783],
  ["M/M/20/30", finiteBuffer({ servers: 20, capacity: 30, arrivalRate: 19, serviceRate: 1 }).blockingProbability, 0.03965146828],
  ["M/M/20/30+M, blocked", impatientBuffer().blockingProbability, 0.00923004675],
  ["M/M/20/30+M, abandoned", impatientBuffer().abandonmentProbability, 0.1925866065],
  [
    "Engset, time congestion",
    engset({ sources: 20, servers: 10, requestRate: 0.6, serviceRate: 1 }).timeCongestion,
    0.1009605278,
  ],
  [
    "Engset, call congestion",
    engset({ sources: 20, servers: 10, requestRate: 0.6, serviceRate: 1 }).callCongestion,
    0.07839401199,
  ],
  ["M/M/8//40", finiteSource({ sources: 40, servers: 8, requestRate: 0.2, serviceRate: 1 }).meanWait, 0.1588841457],
  ["M/G/1", mg1({ arrivalRate: 0.8, meanService: 1, squaredCv: 1.5 }).meanWait, 5],
  ["M/D/10", mdc({ servers: 10, arrivalRate: 9, service: 1 }).meanWait, 0.3445820504],
  ["12 lines for 5 agents", batchOverdial({ idleAgents: 5, lines: 12, answerProbability: 0.3 }).expectedAbandoned, 0.167852928],
  [
    "60 lines for 20 agents",
    batchOverdial({ idleAgents: 20, lines: 60, answerProbability: 0.25 }).expectedAbandoned,
    0.1126836328,
  ],
];

function abandoned(servers: number, arrivalRate: number, abandonRate: number): number {
  return erlangA({ servers, arrivalRate, serviceRate: 1, abandonRate }).abandonmentProbability;
}
function lost(servers: number, handleTime: number, arrivalRate: number): number {
  return hardPatience({ servers, arrivalRate, serviceRate: 1 / handleTime, patience: 2 }).abandonmentProbability;
}
function impatientBuffer() {
  return finiteBuffer({ servers: 20, capacity: 30, arrivalRate: 24, serviceRate: 1, abandonRate: 2 });
}

test.each(CASES)("%s", (_, found, printed) => {
  // Ten significant digits were printed.
  expect(Math.abs(found / printed - 1)).toBeLessThan(5e-10 * (printed < 0.2 ? 2 : 1));
});

test("one-shot overdialing as shares of answers", () => {
  expect(batchOverdial({ idleAgents: 5, lines: 12, answerProbability: 0.3 }).abandonmentRate).toBeCloseTo(0.0466, 4);
  expect(batchOverdial({ idleAgents: 20, lines: 60, answerProbability: 0.25 }).abandonmentRate).toBeCloseTo(0.0075, 4);
});

test("progressive dialing of the reference workload", () => {
  const failures = [
    { probability: 0.28, seconds: 23.5 },
    { probability: 0.45, seconds: 25 },
    { probability: 0.05, seconds: 4 },
    { probability: 0.02, seconds: 2 },
  ];
  const result = progressiveRenewal({ liveProbability: 0.2, meanRingLive: 9, failures, talk: 150, wrap: 20, gap: 1 });
  expect(result.meanSearch).toBeCloseTo(104.35, 10);
  expect(result.occupancy).toBeCloseTo(0.619646437, 9);
  expect(result.contactsPerHour).toBeCloseTo(13.1219, 4);
  expect(result.attemptsPerHour).toBeCloseTo(5 * 13.12192, 4);
});

test.each([
  [0, 31.78124],
  [3, 45.28768],
  [6, 55.69667],
  [9, 56.91076],
  [12, 48.21876],
  [18, 24.30333],
])("a rate that swings through the day, at %d h", (t, printed) => {
  const day = { baseRate: 20, amplitude: 10, frequency: (2 * Math.PI) / 24, serviceRate: 0.5 };
  expect(timeVaryingMean(day, t)).toBeCloseTo(printed, 5);
});
