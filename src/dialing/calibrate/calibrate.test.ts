import { expect, test } from "vitest";
import { CALIBRATION_INTERVALS, studyCalibration } from "../../../studies/calibration.ts";
import { scaled } from "../../../test/support/scale.ts";
import { createRandom, wilsonInterval } from "../../kernel/index.ts";
import { DialingError } from "../arguments.ts";
import { type Distribution, sampler } from "../distributions/index.ts";
import { parseScenario } from "../scenario/parse.ts";
import { calibratedScenario, createCalibration } from "./calibration.ts";
import { type CallRecord, callRecordSchema } from "./record.ts";

/** A calibration of talk times alone. */
function talkOf(distribution: Distribution, count: number, change: (x: number) => number = (x) => x) {
  const draw = sampler(distribution, createRandom(5, "talk"));
  const calibration = createCalibration();
  for (let i = 0; i < count; i++) calibration.add({ hour: 10, outcome: "live", talkSeconds: change(draw()) });
  const { talk } = calibration.finish();
  if (talk === undefined) throw new Error("no fit");
  return talk;
}

test("a lognormal is found again, with its parameters", () => {
  const talk = talkOf({ kind: "lognormal", mean: 150, cv: 1.2 }, 20_000);
  expect(talk.verdict).toBe("good");
  expect(talk.distribution).toMatchObject({ kind: "lognormal" });
  if (talk.distribution.kind !== "lognormal") return;
  expect(talk.distribution.mean / 150).toBeCloseTo(1, 1);
  expect(talk.distribution.cv / 1.2).toBeCloseTo(1, 1);
  expect(talk.candidates.map(({ distribution }) => distribution.kind).sort()).toEqual([
    "exponential",
    "gamma",
    "lognormal",
    "weibull",
  ]);
  expect(talk.candidates[0]?.ksDistance).toBeLessThan(0.01);
  expect(talk.median).toBeCloseTo(150 / Math.sqrt(1 + 1.44), -1);
  expect(talk.explanation).toMatch(/^lognormal is off by at most 0\.\d %/);
});

test.each([
  [{ kind: "gamma", mean: 60, cv: 0.6 }, "gamma"],
  [{ kind: "weibull", mean: 40, shape: 3 }, "weibull"],
] as const)("%j is told from the others", (distribution, kind) => {
  const talk = talkOf(distribution, 20_000);
  expect(talk.distribution.kind).toBe(kind);
  if (talk.distribution.kind === "none" || !("mean" in talk.distribution)) throw new Error("no mean");
  expect(talk.distribution.mean / distribution.mean).toBeCloseTo(1, 1);
  expect(talk.verdict).toBe("good");
});

test("whole seconds do not spoil a fit", () => {
  const talk = talkOf({ kind: "lognormal", mean: 9, cv: 0.55 }, 20_000, Math.round);
  expect(talk.distribution.kind).toBe("lognormal");
  expect(talk.verdict).toBe("good");
});

test("two humps are no standard distribution: the quantiles stand for them", () => {
  const humps: Distribution = {
    kind: "mixture",
    parts: [
      { weight: 1, distribution: { kind: "lognormal", mean: 8, cv: 0.1 } },
      { weight: 1, distribution: { kind: "lognormal", mean: 20, cv: 0.05 } },
    ],
  };
  const talk = talkOf(humps, 5000);
  expect(talk).toMatchObject({ verdict: "poor", distribution: { kind: "empirical" } });
  if (talk.distribution.kind !== "empirical") return;
  expect(talk.distribution.values).toHaveLength(101);
  expect(talk.distribution.values[25] ?? 0).toBeCloseTo(8, 0);
  expect(talk.distribution.values[75] ?? 0).toBeCloseTo(20, 0);
  expect(talk.explanation).toMatch(/No standard distribution fits/);
});

test("a time-out is a fixed time, and zeros are kept apart", () => {
  expect(talkOf({ kind: "deterministic", value: 25 }, 500)).toMatchObject({
    verdict: "good",
    distribution: { kind: "deterministic", value: 25 },
  });
  const halfZero = talkOf({ kind: "uniform", low: 0, high: 20 }, 4000, (x) => Math.max(0, x - 10));
  expect(halfZero.zeros / halfZero.count).toBeCloseTo(0.5, 1);
  expect(halfZero.distribution).toMatchObject({
    kind: "mixture",
    parts: [{ distribution: { kind: "deterministic", value: 0 } }, {}],
  });
});

test("a fixed time with a few long values is no good fit: its mean would not be that of the values", () => {
  let n = 0;
  const talk = talkOf({ kind: "deterministic", value: 1.01 }, 1000, (x) => (n++ % 62 === 0 ? 20_000 : x));
  expect(talk.mean).toBeGreaterThan(300);
  expect(talk).toMatchObject({ verdict: "poor", distribution: { kind: "empirical" } });
});

/** A day of attempts with a live rate that rises through the day and falls with each attempt at a lead. */
function* day(count: number): Generator<CallRecord> {
  const random = createRandom(9, "day");
  const ring = sampler({ kind: "lognormal", mean: 9, cv: 0.55 }, createRandom(9, "ring"));
  const talk = sampler({ kind: "lognormal", mean: 120, cv: 1 }, createRandom(9, "talk"));
  const wrap = sampler({ kind: "gamma", mean: 20, cv: 0.5 }, createRandom(9, "wrap"));
  for (let i = 0; i < count; i++) {
    const hour = 9 + 8 * random.next();
    const attempt = 1 + random.int(3);
    const live = (0.15 + 0.02 * (Math.floor(hour) - 9)) * 0.8 ** (attempt - 1);
    const u = random.next();
    if (u < live) {
      yield {
        hour,
        outcome: "live",
        ringSeconds: ring(),
        talkSeconds: talk(),
        wrapSeconds: wrap(),
        attempt,
        abandoned: random.next() < 0.02,
      };
    } else if (u < live + 0.28) yield { hour, outcome: "machine", ringSeconds: 20 + random.next(), attempt };
    else if (u < live + 0.33) yield { hour, outcome: "busy", ringSeconds: 4, attempt };
    else yield { hour, outcome: "noAnswer", ringSeconds: 25 + 0.2 * random.next(), attempt };
  }
}

test("a day's records give rates by hour, decay, abandonment, and a scenario that can be run", () => {
  const calibration = createCalibration();
  for (const record of day(120_000)) calibration.add(record);
  const found = calibration.finish();
  expect(found.overall.attempts).toBe(120_000);
  expect(found.byHour.map(({ hour }) => hour)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
  const meanDecay = (1 + 0.8 + 0.64) / 3;
  // Eight intervals of 95 %: one may miss.
  const held = found.byHour.filter(({ hour, rates }) => {
    const truth = (0.15 + 0.02 * (hour - 9)) * meanDecay;
    return rates.live.low <= truth && truth <= rates.live.high;
  });
  expect(held.length).toBeGreaterThanOrEqual(7);
  for (const { attempts, rates } of [found.overall, ...found.byHour]) {
    const counted = Object.values(rates).reduce((sum, { numerator }) => sum + numerator, 0);
    expect(counted).toBe(attempts);
    expect(rates.live.denominator).toBe(attempts);
  }
  expect(found.byAttempt.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(found.attemptsPerLead?.mean).toBeCloseTo(3, 1);
  expect(found.attemptDecay?.value).toBeCloseTo(0.8, 1);
  expect(found.attemptDecay?.low).toBeLessThan(0.8);
  expect(found.attemptDecay?.high).toBeGreaterThan(0.8);
  expect(found.abandonment?.rate).toBeCloseTo(0.02, 2);
  expect(found.thin).toEqual([]);
  expect(found.ring.invalid).toBeUndefined();

  const scenario = parseScenario(calibratedScenario(found));
  expect(scenario.calls.byHour).toHaveLength(8);
  // The scenario's probability is that of first attempts.
  expect(scenario.calls.byHour[0]?.answerProbability).toBeCloseTo(0.15, 2);
  expect(scenario.calls.machineProbability).toBeCloseTo(0.28, 2);
  expect(scenario.calls.busyProbability).toBeCloseTo(0.05, 2);
  expect(scenario.calls.invalidProbability).toBe(0);
  expect(scenario.calls.noAnswerTimeout).toBeCloseTo(25, 0);
  expect(scenario.calls.talk).toMatchObject({ kind: "lognormal" });
  expect(scenario.calls.wrap).toMatchObject({ kind: "gamma" });
  expect(scenario.calls.ring.busy).toEqual({ kind: "deterministic", value: 4 });
  expect(scenario.calls.ring.invalid).toBe(parseScenario({}).calls.ring.invalid);
});

test("thin data is named, and left to the defaults", () => {
  const calibration = createCalibration();
  for (let i = 0; i < 150; i++)
    calibration.add({ hour: 10.2, outcome: i % 5 === 0 ? "live" : "noAnswer", talkSeconds: i % 5 === 0 ? 20 + i : undefined });
  for (let i = 0; i < 7; i++) calibration.add({ hour: 20.9, outcome: "busy", ringSeconds: 3 });
  const found = calibration.finish();
  expect(found.thin.map(({ where, count }) => [where, count])).toEqual([
    ["hour 20", 7],
    ["ring.live", 0],
    ["ring.noAnswer", 0],
    ["ring.busy", 7],
    ["talk", 30],
    ["wrap", 0],
    ["attempt", 0],
  ]);
  expect(found.thin[0]?.message).toBe("Between 20:00 and 21:00 the rates of the whole day are used.");
  const scenario = parseScenario(calibratedScenario(found));
  expect(scenario.calls.byHour.map(({ hour }) => hour)).toEqual([10]);
  expect(scenario.calls.wrap).toEqual(parseScenario({}).calls.wrap);
});

test("no records at all make an empty calibration and the default scenario", () => {
  const found = createCalibration().finish();
  expect(found.overall.attempts).toBe(0);
  expect(found.thin[0]).toMatchObject({ where: "attempts", count: 0 });
  expect(parseScenario(calibratedScenario(found)).calls).toEqual(parseScenario({}).calls);
});

test("a calibration may be looked at before it is complete", () => {
  const calibration = createCalibration();
  calibration.add({ hour: 9, outcome: "live" });
  expect(calibration.finish().overall.attempts).toBe(1);
  calibration.add({ hour: 9, outcome: "busy" });
  expect(calibration.finish().overall.rates.live.rate).toBe(0.5);
});

test.each([
  [{ hour: 24, outcome: "live" }, /^hour is 24; allowed is a number from 0 up to 24/],
  [{ hour: 9, outcome: "lost" }, /^outcome is lost; allowed is live, machine, noAnswer, busy, invalid/],
  [{ hour: 9, outcome: "live", talkSeconds: -1 }, /^talkSeconds is -1/],
  [{ hour: 9, outcome: "live", ringSeconds: Number.NaN }, /^ringSeconds is NaN/],
  [{ hour: 9, outcome: "live", attempt: 0 }, /^attempt is 0/],
])("%j is refused by name and not counted", (record, message) => {
  const calibration = createCalibration();
  expect(() => calibration.add(record as CallRecord)).toThrow(DialingError);
  expect(() => calibration.add(record as CallRecord)).toThrow(message);
  expect(calibration.finish().overall.attempts).toBe(0);
  expect(callRecordSchema.safeParse(record).success).toBe(false);
});

test("intervals hold over days that differ, for rates, abandonment and mean durations; of single calls they would not", () => {
  const repetitions = scaled(1000, 60);
  const result = studyCalibration({ days: 10, attemptsPerDay: 600, effect: 0.3 }, { repetitions, seed: "test" });
  const noise = 4 * Math.sqrt((0.95 * 0.05) / repetitions);
  for (const name of CALIBRATION_INTERVALS) {
    const { count, of } = result[name];
    if (name === "naive live") expect(count / of).toBeLessThan(0.7);
    else {
      expect(count / of, name).toBeGreaterThan(0.93 - noise);
      expect(count / of, name).toBeLessThan(0.97 + noise);
    }
  }
});

test("records that do not tell their day, or are of too few, have intervals of single calls that say so, and none for mean durations", () => {
  const of = (days: readonly (string | undefined)[]) => {
    const calibration = createCalibration();
    for (const day of days)
      for (let i = 0; i < 50; i++)
        calibration.add({
          hour: 10,
          outcome: i % 5 === 0 ? "live" : "noAnswer",
          ringSeconds: 5 + i,
          ...(day === undefined ? {} : { day }),
        });
    return calibration.finish();
  };
  const [undated, few, enough] = [
    of([undefined]),
    of(["2026-03-02", "2026-03-03"]),
    of(["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]),
  ];
  const { low, high } = wilsonInterval(10, 50);
  expect(undated.overall.rates.live).toMatchObject({ method: "calls", days: 0, low, high });
  expect(undated.means).toEqual({});
  expect(few.overall.rates.live).toMatchObject({ method: "calls", days: 2 });
  expect(few.means).toEqual({});
  expect(enough.overall.rates.live).toMatchObject({ method: "days", days: 4 });
  expect(enough.byHour[0]?.rates.busy).toMatchObject({ method: "days", days: 4 });
  expect(enough.means["ring.noAnswer"]).toMatchObject({ confidence: 0.95, days: 4 });
  expect(of(["2026-03-02", undefined]).overall.rates.live).toMatchObject({ method: "calls", days: 0 });
});
