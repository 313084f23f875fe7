// The trigger rule: what is evidence, what is not, and how often it errs.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectionDelays, falseTriggers } from "../../../../studies/failover.ts";
import { binomialCdf } from "../../../kernel/index.ts";
import { failoverPolicySchema } from "./policy.ts";
import { createTriggerRule, FALSE_TRIGGERS_PER_HOUR, levelOfLook, upperBound } from "./rule.ts";

const policy = failoverPolicySchema.parse({ backup: "b" });
const rule = createTriggerRule(policy);
const plain = createTriggerRule({ ...policy, rule: "plain", minimumCalls: 1 });
const counts = (successes: number, calls: number) => ({ successes, calls, successRate: calls === 0 ? null : successes / calls });

describe("one window", () => {
  it.each([
    [0, 8, "insufficient"],
    [0, 49, "insufficient"],
    [0, 50, "wait"],
    [0, 70, "trigger"],
    [10, 70, "wait"],
    [40, 600, "trigger"],
    [60, 600, "wait"],
    [89, 600, "wait"],
    [200, 600, "wait"],
    [0, 0, "insufficient"],
  ] as const)("%d of %d calls: %s", (successes, calls, verdict) => {
    expect(rule.judge(counts(successes, calls)).verdict).toBe(verdict);
  });

  it("says the counts, the window and the bound it decided by", () => {
    expect(rule.judge(counts(40, 600)).words).toBe(
      "40 of 600 calls succeeded (6.7 %) in 30 min: at most 11.9 %, surely below 15.0 %",
    );
  });

  it("takes a rate without counts for no evidence, unless the plain rule is chosen", () => {
    const bare = { successes: null, calls: null, successRate: 0.01 };
    expect(rule.judge(bare)).toMatchObject({ verdict: "insufficient", bound: null });
    expect(plain.judge(bare).verdict).toBe("trigger");
  });

  it("never triggers on a rate that is not below the threshold, nor more readily on more successes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 3000 }), (a, b) => {
        const [successes, calls] = [Math.min(a, b), Math.max(a, b)];
        const triggers = (n: number) => rule.judge(counts(n, calls)).verdict === "trigger";
        if (successes >= calls * policy.threshold) expect(triggers(successes)).toBe(false);
        if (triggers(successes) && successes > 0) expect(triggers(successes - 1)).toBe(true);
      }),
    );
  });

  it("has an upper bound at which so few successes have the probability asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 500 }), (a, b) => {
        const [successes, calls] = [Math.min(a, b - 1), Math.max(a, b)];
        const bound = upperBound(successes, calls, 0.001);
        expect(binomialCdf(successes, calls, bound)).toBeCloseTo(0.001, 6);
      }),
    );
  });
});

describe("few calls", () => {
  it("are looked at over four windows when the latest looks bad, and only then", () => {
    expect(rule.longMinutes).toBe(120);
    expect(rule.wantsLong(counts(1, 60))).toBe(true);
    expect(rule.wantsLong(counts(12, 60))).toBe(false);
    expect(rule.wantsLong(counts(0, 600))).toBe(false);
    expect(plain.wantsLong(counts(1, 60))).toBe(false);
    expect(rule.judge(counts(1, 60), counts(9, 240))).toMatchObject({ verdict: "trigger", windowMinutes: 120 });
    // A campaign that has recovered is not handed over for what was.
    expect(rule.judge(counts(12, 60), counts(9, 240))).toMatchObject({ verdict: "wait", windowMinutes: 30 });
  });
});

describe("the level of a look", () => {
  it("holds all looks of an hour to the error of one, and loosens with fewer independent ones", () => {
    const half = FALSE_TRIGGERS_PER_HOUR / 2;
    expect(levelOfLook(30, 60, half)).toBeGreaterThan(half / 60);
    expect(levelOfLook(120, 60, half)).toBeGreaterThan(levelOfLook(30, 60, half));
    expect(levelOfLook(30, 3600, half)).toBeLessThanOrEqual(half * 1.01);
  });
});

describe("measured (docs/failover.md has the whole)", () => {
  it("cries wolf in no more than 2 of 200 hours at the threshold itself, where the plain rule does in nearly all", () => {
    const given = { rate: 0.15, perWindow: 300, hours: 200, seed: "unit" };
    expect(falseTriggers({ ...given, rule: "evidence", minimumCalls: 50 })).toBeLessThanOrEqual(2);
    expect(falseTriggers({ ...given, rule: "plain", minimumCalls: 1 })).toBeGreaterThan(150);
  });

  it("sees a fall from 30 % to 2 % within a window", () => {
    const delays = detectionDelays({
      rule: "evidence",
      minimumCalls: 50,
      before: 0.3,
      after: 0.02,
      perWindow: 300,
      runs: 50,
      patience: 240,
      seed: "unit",
    });
    expect(delays).toHaveLength(50);
    expect(delays.at(-1)).toBeLessThanOrEqual(30);
  });
});
