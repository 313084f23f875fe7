import { describe, expect, test } from "vitest";
import { measure } from "../../../studies/pacing/measure.ts";
import { yardstickScenario } from "../../../studies/pacing/workload.ts";
import { referenceBeliefs, viewOf } from "../../../test/support/pacing.ts";
import { createDialer } from "../engine/dialer.ts";
import { Count } from "../engine/meter.ts";
import { parseScenario } from "../scenario/parse.ts";
import { openLoopRate } from "./create.ts";
import { type StateAwareExplanation, stateAware } from "./state-aware.ts";
import { Observation } from "./strategy.ts";

const PACING = [
  { strategy: "progressive" },
  { strategy: "ratio", ratio: 2 },
  { strategy: "ratio", ratio: 0.5, of: "loggedIn" },
  { strategy: "open-loop" },
  { strategy: "adaptive-level" },
  { strategy: "look-ahead" },
  { strategy: "state-aware" },
];

describe.each(PACING)("$strategy", (pacing) => {
  const scenario = yardstickScenario({ agents: 8, agentHours: 1, pacing });

  test("the same seed gives the same run, another seed another", () => {
    const run = (seed: number) => {
      const dialer = createDialer({ scenario, seed });
      dialer.advance(1800);
      return JSON.stringify([dialer.flow(), dialer.events]);
    };
    expect(run(1)).toBe(run(1));
    expect(run(2)).not.toBe(run(1));
  });

  test("a dialer that is stopped, kept as JSON and restored goes on as if nothing had been", () => {
    const [one, two] = [createDialer({ scenario, seed: 3 }), createDialer({ scenario, seed: 3 })];
    one.advance(1000);
    two.restore(JSON.parse(JSON.stringify(one.snapshot())));
    for (const dialer of [one, two]) dialer.advance(3000);
    expect(two.flow()).toEqual(one.flow());
    expect(two.events).toBe(one.events);
    expect(two.snapshot().strategy).toEqual(one.snapshot().strategy);
  });

  test("it says why in plain data", () => {
    const dialer = createDialer({ scenario, seed: 1 });
    dialer.advance(600);
    const why = dialer.explain();
    expect(Object.keys(why ?? {}).length).toBeGreaterThan(1);
    expect(JSON.parse(JSON.stringify(why))).toEqual(why);
  });
});

test("the open loop's rate loses the target share in the simulation, as the M/M/c+D queue says", () => {
  const rate = openLoopRate({ agents: 10, handle: 170, patience: 2, liveRate: 0.2, target: 0.03 });
  expect(rate).toBeGreaterThan(0);
  const result = measure({
    scenario: yardstickScenario({ agents: 10, agentHours: 400, pacing: { strategy: "open-loop" } }),
    seed: 5,
  });
  expect(Math.abs(result.abandonment.rate - 0.03)).toBeLessThan(4 * result.abandonment.standardError + 0.001);
});

describe("state-aware", () => {
  const strategy = () => stateAware({ beliefs: referenceBeliefs(), target: 0.03 });
  const idle = (count: number) => Array.from({ length: count }, () => ({ state: "idle" as const }));

  test("places nothing without trunks, leads or agents, and at least one call for each idle agent otherwise", () => {
    expect(strategy().decide(viewOf({ agents: idle(5), more: { trunksFree: 0 } }))).toBe(0);
    expect(strategy().decide(viewOf({ agents: idle(5), more: { leadsReady: 0 } }))).toBe(0);
    expect(strategy().decide(viewOf({ agents: [{ state: "off" }] }))).toBe(0);
    expect(strategy().decide(viewOf({ agents: idle(5) }))).toBeGreaterThan(5);
    expect(strategy().decide(viewOf({ agents: idle(5), more: { trunksFree: 2 } }))).toBe(2);
  });

  test("dials for a thousand idle agents at once, about as many as will answer; fewer while the live rate is only believed, and two for each at the start", () => {
    const view = viewOf({ agents: idle(1000) });
    const told = stateAware({ beliefs: referenceBeliefs(), target: 0.03, liveRateAt: () => 0.2 }).decide(view);
    expect(told).toBeGreaterThan(4500);
    expect(told).toBeLessThan(5300);
    const start = strategy();
    expect(start.decide(view)).toBe(2000);
    const ringing = Array.from({ length: 100 }, () => 1);
    expect(start.explain?.(viewOf({ agents: idle(50), ringing }))).toMatchObject({ limitedBy: "start" });
    expect(start.explain?.(viewOf({ agents: idle(20), ringing }))).toMatchObject({ limitedBy: "risk" });
    const believing = (priorAttempts: number) => {
      const rule = stateAware({ beliefs: referenceBeliefs(), target: 0.03, priorAttempts });
      const state = rule.snapshot?.() as { readonly rate: object } | undefined;
      rule.restore?.({ ...state, rate: { ...state?.rate, known: 20 } });
      return rule.decide(view);
    };
    expect(believing(40)).toBeLessThan(0.85 * told);
    expect(believing(40)).toBeGreaterThan(0.7 * told);
    expect(believing(10)).toBeLessThan(0.95 * believing(40));
  });

  test("begins with care: where half of the attempts are answered instead of the fifth believed, most of the first answers find an agent", () => {
    const calls = { answerProbability: 0.5, machineProbability: 0.175, busyProbability: 0.03, invalidProbability: 0.01 };
    const beliefs = referenceBeliefs();
    let [answers, abandoned] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const scenario = parseScenario({ agents: 10, duration: "1m", calls });
      const dialer = createDialer({ scenario, seed, strategy: stateAware({ beliefs, target: 0.03 }) });
      dialer.advance(60);
      answers += dialer.meter.total(Count.liveAnswers);
      abandoned += dialer.meter.total(Count.abandoned);
    }
    expect(answers / 40).toBeGreaterThan(10);
    // Were the belief held for certain it would be 0.4, and without a bound on the first calls 0.27.
    expect(abandoned / answers).toBeLessThan(0.12);
  });

  test("does not dial without end when nobody answers", () => {
    const rule = stateAware({ beliefs: referenceBeliefs(), target: 0.03, liveRateAt: () => 0 });
    expect(rule.decide(viewOf({ agents: idle(10) }))).toBe(500);
  });

  test("stops dialing when everybody leaves before a call would be answered", () => {
    const leaving = Array.from({ length: 5 }, () => ({ state: "idle" as const, leavesIn: 2 }));
    expect(strategy().decide(viewOf({ agents: leaving }))).toBe(0);
  });

  test("explains the state, the risk, theta, the credit and what limits it", () => {
    const view = viewOf({
      agents: [...idle(1), { state: "talking", for: 60 }],
      ringing: [3, 12],
      more: { windowLiveAnswers: 1000, windowAbandoned: 25 },
    });
    const rule = strategy();
    const calls = rule.decide(view);
    expect(rule.explain?.(view)).toMatchObject({
      state: { idle: 1, talking: 1, dialing: 2 },
      liveRate: expect.closeTo(0.2, 9),
      target: 0.03,
      credit: 5,
      limitedBy: "risk",
    });
    const limit = (more: object) => rule.explain?.(viewOf({ agents: idle(1), more }));
    expect(limit({ trunksFree: 0 })).toMatchObject({ limitedBy: "trunks" });
    expect(limit({ leadsReady: 0 })).toMatchObject({ limitedBy: "leads" });
    expect(limit({ callTokens: 0, callsPerSecond: 1 })).toMatchObject({ limitedBy: "rate" });
    expect(rule.explain?.(viewOf({ agents: [{ state: "off" }] }))).toMatchObject({ limitedBy: "agents" });
    expect(rule.explain?.(view)).toMatchObject({ risk: expect.any(Number), theta: expect.any(Number) });
    expect(calls).toBe(0);
  });

  test("weighs both rates while it is open which of them holds, and says so", () => {
    const levels = [
      { rate: 0.1, share: 0.5 },
      { rate: 0.5, share: 0.5 },
    ];
    const view = viewOf({ agents: [...idle(3), { state: "talking", for: 60 }], ringing: [2, 3, 9, 12], more: { placed: 4 } });
    const told = (liveRateAt?: () => number) => {
      const rule = stateAware({
        beliefs: referenceBeliefs(),
        target: 0.03,
        ...(liveRateAt ? { liveRateAt } : { levels: { levels, every: 300 } }),
      });
      rule.decide(viewOf({ agents: idle(3), more: { now: 0, placed: 0 } }));
      rule.observe?.(Observation.answered, 9, 0);
      rule.decide({ ...view, now: 1 });
      return rule.explain?.({ ...view, now: 1 }) as StateAwareExplanation;
    };
    const open = told();
    const { low, high, chanceOfHigh } = open.openBetween!;
    expect(low).toBeCloseTo(0.1, 6);
    expect(high).toBeCloseTo(0.5, 6);
    expect((1 - chanceOfHigh) * low + chanceOfHigh * high).toBeCloseTo(open.liveRate, 9);
    const mean = open.horizons.reduce((sum, { shortage }) => sum + shortage, 0) / open.horizons.length;
    expect(mean).toBeCloseTo(open.risk, 9);
    // By the chance of each rate and the answers it brings.
    const ofHigh = (chanceOfHigh * high) / open.liveRate;
    expect(open.risk).toBeCloseTo((1 - ofHigh) * told(() => low).risk + ofHigh * told(() => high).risk, 6);
    expect(told(() => low).openBetween).toBeUndefined();
  });

  test("keeps 3 % with people taken for machines among the abandoned, and adds nothing to them where they alone are more", () => {
    const run = (falseMachine: number, more: object = {}) => {
      const calls = { machineDetection: { live: 0, machine: 3.5, falseMachine }, ...more };
      const scenario = parseScenario({ agents: 20, duration: "16h", calls, pacing: { strategy: "state-aware" } });
      const dialer = createDialer({ scenario, seed: 5 });
      dialer.advance(16 * 3600);
      const total = (count: Count) => dialer.meter.total(count);
      const live = total(Count.liveAnswers);
      return { abandoned: total(Count.abandoned) / live, paced: (total(Count.abandoned) - total(Count.silentCalls)) / live };
    };
    const some = run(0.015);
    expect(some.abandoned).toBeLessThan(0.03);
    expect(some.abandoned).toBeGreaterThan(0.025);
    expect(some.paced).toBeLessThan(0.016);
    const many = run(0.05);
    expect(many.abandoned).toBeGreaterThan(0.045);
    expect(many.paced).toBeLessThan(0.002);
    const left = run(0.05, { countSilentCalls: false });
    expect(left.abandoned).toBeGreaterThan(0.025);
    expect(left.abandoned).toBeLessThan(0.03);
  });

  test("beats binomial look-ahead by a clear margin at no more than 3 % abandoned, for 10 and for 50 agents", () => {
    // The look-ahead's raw targets land just above 3 % here, which is to its advantage.
    for (const [agents, hours, target, margin] of [
      [10, 10, 0.05, 0.01],
      [50, 3, 0.098, 0.008],
    ] as const) {
      const changes = { warmUp: 3600, duration: (1 + hours) * 3600, bucket: 600 };
      const scenario = (pacing: { strategy: string }) =>
        yardstickScenario({ agents, agentHours: hours * agents, pacing, changes });
      const ours = measure({ scenario: scenario({ strategy: "state-aware" }), seed: 11 });
      const theirs = measure({ scenario: scenario({ strategy: "look-ahead", target } as { strategy: string }), seed: 11 });
      expect(ours.abandonment.rate).toBeLessThan(0.032);
      expect(theirs.abandonment.rate).toBeGreaterThan(0.025);
      expect(ours.occupancy.rate - theirs.occupancy.rate).toBeGreaterThan(margin);
    }
  });
});

test("a scenario names what is wrong with its pacing", () => {
  expect(() => parseScenario({ pacing: { strategy: "state-aware", rserve: 3 } })).toThrow(/rserve.*reserve/s);
  expect(() => parseScenario({ pacing: { strategy: "stateaware" } })).toThrow(/pacing/);
  expect(() => parseScenario({ pacing: { strategy: "ratio", ratio: 0 } })).toThrow(/ratio/);
});
