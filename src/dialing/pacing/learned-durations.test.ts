import { describe, expect, test } from "vitest";
import { referenceBeliefs, viewOf } from "../../../test/support/pacing.ts";
import { createRandom } from "../../kernel/index.ts";
import { lawOf } from "../distributions/index.ts";
import { fixedDuration, quantileOf } from "./beliefs.ts";
import { LearnedBeliefs, LongTimes, ShortTimes } from "./state-aware.ts";
import { Observation } from "./strategy.ts";

const lognormal = (mean: number, cv: number) => lawOf({ kind: "lognormal", mean, cv });

describe("times of agents", () => {
  const truth = lognormal(60, 0.8);

  test("come out of a wrong belief within a few hundred talks", () => {
    const times = new LongTimes(lognormal(150, 1.2).cdf);
    const random = createRandom(1, "talks");
    for (let i = 0; i < 400; i++) times.add(truth.quantile(random.next()));
    times.beginLook();
    times.look();
    for (const t of [15, 30, 60, 120, 200]) expect(Math.abs(times.cdf(t) - truth.cdf(t))).toBeLessThan(0.05);
  });

  test("are not taken for short because the long ones are still under way", () => {
    const times = new LongTimes(lognormal(60, 0.8).cdf);
    const random = createRandom(2, "talks");
    times.beginLook();
    // All began 40 s ago.
    for (let i = 0; i < 400; i++) {
      const seconds = truth.quantile(random.next());
      if (seconds < 40) times.add(seconds);
      else times.stillIn(40);
    }
    times.look();
    for (const t of [20, 40, 80, 160]) expect(Math.abs(times.cdf(t) - truth.cdf(t))).toBeLessThan(0.05);
  });

  test("a true belief stays what it is", () => {
    const times = new LongTimes(truth.cdf);
    for (const t of [5, 30, 60, 120]) expect(Math.abs(times.cdf(t) - truth.cdf(t))).toBeLessThan(0.05);
  });
});

test("ring times come out of a wrong belief, and what always takes as long is known to a quarter of a second", () => {
  const truth = lognormal(9, 0.55);
  const rings = new ShortTimes(fixedDuration(20));
  const random = createRandom(3, "rings");
  for (let i = 0; i < 400; i++) rings.add(truth.quantile(random.next()));
  rings.look();
  for (const t of [4, 8, 12, 19]) expect(Math.abs(rings.cdf(t) - truth.cdf(t))).toBeLessThan(0.09);
  const fixed = new ShortTimes(fixedDuration(20));
  for (let i = 0; i < 400; i++) fixed.add(25);
  fixed.look();
  expect(fixed.cdf(24.7)).toBeLessThan(0.06);
  expect(fixed.cdf(25)).toBe(1);
});

describe("the beliefs of a campaign", () => {
  const learnedOf = (calls: number) => {
    const learned = new LearnedBeliefs(referenceBeliefs());
    for (let i = 0; i < calls; i++) {
      learned.observe(Observation.answered, 12, 1);
      learned.observe(Observation.machine, 18, 3);
      learned.observe(Observation.busy, 6, 0);
      learned.observe(Observation.talkEnded, 80, 0);
      learned.observe(Observation.wrapEnded, 40, 0);
    }
    return learned;
  };

  test("are what was believed until enough was seen", () => {
    const learned = learnedOf(2);
    expect(learned.isDue(1000)).toBe(false);
    expect(learned.beliefs.mix.machine).toBeCloseTo(0.28);
  });

  test("follow the calls: times, the mix of failures, and the time that detection takes from patience", () => {
    const learned = learnedOf(500);
    expect(learned.isDue(1000)).toBe(true);
    learned.look(viewOf({ agents: [{ state: "talking", for: 30 }] }));
    const { liveRing, machineRing, liveDetection, mix, patience } = learned.beliefs;
    expect(quantileOf(liveRing, 0.5)).toBeCloseTo(12, 0);
    expect(quantileOf(machineRing, 0.5)).toBeCloseTo(15, 0);
    expect(quantileOf(liveDetection, 0.5)).toBeCloseTo(1, 0);
    expect(mix.busy).toBeGreaterThan(0.35);
    expect(mix.noAnswer).toBeLessThan(0.05);
    expect(mix.live + mix.machine + mix.busy + mix.noAnswer + mix.invalid).toBeCloseTo(1);
    expect(patience).toBeLessThan(1.3);
    expect(learned.isDue(1001)).toBe(false);
  });

  test("go through JSON", () => {
    const learned = learnedOf(300);
    learned.look(viewOf({}));
    const copy = new LearnedBeliefs(referenceBeliefs());
    copy.restore(JSON.parse(JSON.stringify(learned.snapshot())));
    expect(copy.snapshot()).toEqual(learned.snapshot());
    for (const t of [5, 30, 80]) expect(copy.beliefs.talk(t)).toBe(learned.beliefs.talk(t));
    expect(copy.beliefs.liveRing(9)).toBe(learned.beliefs.liveRing(9));
  });
});
