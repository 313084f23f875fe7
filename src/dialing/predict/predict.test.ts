import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { progressiveRenewal } from "../../../studies/queueing.ts";
import type { PredictionFacts } from "./facts.ts";
import { type PredictedSettings, predict } from "./predict.ts";

const SURE = { answerRate: 0.2, handleSeconds: 170 } as const;

function settings(
  agents: number,
  given: { calls?: number; spacing?: number; target?: number; availability?: number; ratio?: number } = {},
): PredictedSettings {
  const { calls = 1000, spacing = 0, target = 0.025, availability = 1, ratio = 2 } = given;
  return {
    concurrency: { max_agents: agents, max_simultaneous_calls: calls, call_spacing_ms: spacing },
    algorithm: { abandonment_rate_target: target, agent_availability_estimate: availability, dial_ratio: ratio },
  };
}
const quick = (wanted: PredictedSettings, facts: PredictionFacts = {}) => predict(wanted, facts, { effort: 300 });

describe("predict", () => {
  it("gives the same prediction for the same input, to the bit", () => {
    expect(quick(settings(12), { trunks: 30 })).toEqual(quick(settings(12), { trunks: 30 }));
  });

  it("stays within bounds, whatever is asked", () => {
    const asked = fc.record({
      agents: fc.integer({ min: 0, max: 400 }),
      calls: fc.integer({ min: 0, max: 2000 }),
      spacing: fc.integer({ min: 0, max: 5000 }),
      target: fc.double({ min: 0, max: 1, noNaN: true }),
      availability: fc.double({ min: 0, max: 1, noNaN: true }),
      ratio: fc.double({ min: 0.01, max: 20, noNaN: true }),
      trunks: fc.integer({ min: 0, max: 1000 }),
      volume: fc.integer({ min: 0, max: 100_000 }),
      horizonHours: fc.double({ min: 0.02, max: 300, noNaN: true }),
    });
    fc.assert(
      fc.property(asked, ({ agents, trunks, volume, horizonHours, ...rest }) => {
        const found = predict(settings(agents, rest), { trunks, volume, horizonHours }, { effort: 20 });
        for (const band of [found.abandonment, found.occupancy, found.answerRate]) {
          expect(band.low).toBeGreaterThanOrEqual(0);
          expect(band.low).toBeLessThanOrEqual(band.median);
          expect(band.median).toBeLessThanOrEqual(band.high);
          expect(band.high).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(found.peakCalls).toBeLessThanOrEqual(Math.min(rest.calls, trunks));
        expect(found.expected.placed).toBeLessThanOrEqual(volume + 1e-6);
        expect(found.expected.answered).toBeLessThanOrEqual(found.expected.placed);
        expect(found.expected.abandoned).toBeLessThanOrEqual(found.expected.answered);
        expect(found.waitSeconds.low).toBeGreaterThanOrEqual(0);
        expect(found.chanceAboveLimit).toBeGreaterThanOrEqual(0);
        expect(found.chanceAboveLimit).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it("agrees with renewal-reward where the dialer is progressive", () => {
    const exact = progressiveRenewal({
      liveProbability: 0.2,
      meanRingLive: 9,
      failures: [
        { probability: 0.28, seconds: 23.5 },
        { probability: 0.45, seconds: 25 },
        { probability: 0.05, seconds: 4 },
        { probability: 0.02, seconds: 2 },
      ],
      talk: 150,
      wrap: 20,
      // A second between decisions: half of one is lost at each call on average, and half of one before the last.
      gap: 0.5,
    });
    const found = quick(settings(40, { ratio: 1 }), SURE);
    expect(found.abandonment).toEqual({ low: 0, median: 0, high: 0 });
    expect(found.chanceAboveLimit).toBe(0);
    expect(found.occupancy.median).toBeGreaterThan(exact.occupancy - 0.015);
    expect(found.occupancy.median).toBeLessThan(exact.occupancy + 0.015);
  });

  it("never predicts fewer calls for more agents", () => {
    const placed = [1, 2, 5, 10, 20, 50, 100].map((agents) => quick(settings(agents), SURE).expected.placed);
    expect(placed).toEqual([...placed].sort((a, b) => a - b));
  });

  it("counts only the agents signed in who are available", () => {
    expect(quick(settings(50, { availability: 0.5 }), { agents: 20 }).agents).toBe(10);
    expect(quick(settings(8, { availability: 1 }), { agents: 20 }).agents).toBe(8);
    const nobody = quick(settings(0));
    expect(nobody).toMatchObject({ agents: 0, limitedBy: "agents", expected: { placed: 0, answered: 0, abandoned: 0 } });
  });

  it("names what keeps more calls from being placed", () => {
    expect(quick(settings(20, { calls: 15 }), SURE)).toMatchObject({ limitedBy: "lines", peakCalls: 15 });
    expect(quick(settings(20, { calls: 100 }), { ...SURE, trunks: 15 })).toMatchObject({ limitedBy: "carrier" });
    const spaced = quick(settings(20, { spacing: 6000 }), SURE);
    expect(spaced.limitedBy).toBe("spacing");
    expect(spaced.attemptsPerHour.median).toBeCloseTo(600, -1);
    expect(quick(settings(20, { ratio: 8 }), SURE)).toMatchObject({ limitedBy: "target" });
    expect(quick(settings(20, { ratio: 1.5 }), SURE)).toMatchObject({ limitedBy: "ratio" });
    const small = quick(settings(20), { ...SURE, volume: 500, horizonHours: 8 });
    expect(small.limitedBy).toBe("volume");
    expect(small.expected.placed).toBeCloseTo(500, 6);
  });

  it("holds the target over a long horizon and asks for room below the limit", () => {
    const at = (target: number) => predict(settings(20, { target, ratio: 6 }), SURE);
    const [safe, bare] = [at(0.02), at(0.03)];
    expect(safe.abandonment.high).toBeLessThan(0.025);
    expect(safe.chanceAboveLimit).toBeLessThan(0.001);
    expect(bare.abandonment.median).toBeCloseTo(0.03, 2);
    expect(bare.chanceAboveLimit).toBeGreaterThan(0.2);
    expect(bare.heldShare).toBeGreaterThan(0.5);
  });

  it("counts people taken for machines as abandoned: they use up the target, and what is above it no setting holds", () => {
    const at = (takenForMachines: number) => predict(settings(20, { target: 0.025, ratio: 6 }), { ...SURE, takenForMachines });
    const [none, few, many] = [at(0), at(0.01), at(0.05)];
    expect(few.abandonment.median).toBeCloseTo(none.abandonment.median, 2);
    expect(few.occupancy.median).toBeLessThan(none.occupancy.median);
    expect(many.abandonment.median).toBeGreaterThan(0.045);
    expect(many.heldShare).toBeGreaterThan(0.95);
    expect(many.chanceAboveLimit).toBeGreaterThan(0.95);
  });

  it("takes account of a measured window that is nearly spent", () => {
    const facts = { ...SURE, horizonHours: 8 };
    const fresh = quick(settings(10, { target: 0.028, ratio: 3 }), facts);
    const spent = quick(settings(10, { target: 0.028, ratio: 3 }), {
      ...facts,
      history: { liveAnswers: 10_000, abandoned: 310 },
    });
    expect(spent.heldShare).toBe(1);
    expect(spent.abandonment.median).toBeGreaterThan(fresh.abandonment.median);
  });

  it("is less sure when the facts are, and says what was assumed", () => {
    const [sure, wide] = [quick(settings(20), SURE), quick(settings(20), { ...SURE, answerRate: { low: 0.1, high: 0.35 } })];
    const width = ({ attemptsPerHour: { low, high } }: typeof sure) => high - low;
    expect(width(wide)).toBeGreaterThan(3 * width(sure));
    expect(sure.assumed).toEqual(["ringSeconds", "takenForMachines"]);
    expect(quick(settings(20)).assumed).toEqual(["answerRate", "handleSeconds", "ringSeconds", "takenForMachines"]);
  });

  it("goes by the ring time that is given", () => {
    const slow = quick(settings(20), { ...SURE, ringSeconds: 38 });
    const fast = quick(settings(20), { ...SURE, ringSeconds: 19 });
    expect(slow.occupancy.median).toBeLessThan(fast.occupancy.median - 0.05);
  });

  it("refuses what cannot be, by name", () => {
    expect(() => quick(settings(5, { availability: 1.2 }))).toThrow(/agent_availability_estimate is 1.2/);
    expect(() => quick(settings(5), { answerRate: { low: 0.4, high: 0.2 } })).toThrow(/answerRate.low is 0.4/);
    expect(() => quick(settings(5), { history: { liveAnswers: 5, abandoned: 6 } })).toThrow(/history.abandoned is 6/);
    expect(() => quick(settings(5), { horizonHours: 0 })).toThrow(/horizonHours is 0/);
  });
});
