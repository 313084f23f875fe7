// What holds of every run, whatever the scenario: nothing lost, nothing before its time, no limit exceeded, the same again for the same seed.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { canonicalJson } from "../../kernel/index.ts";
import { AgentState, type PacingStrategy } from "../pacing/strategy.ts";
import { parseScenario } from "../scenario/parse.ts";
import { createDialer, type Dialer } from "./dialer.ts";
import { Count, Level } from "./meter.ts";
import type { CallTransition } from "./sink.ts";

/** Places `ratio` calls in the air per agent at work, without a care. */
function careless(ratio: number): PacingStrategy {
  return { name: "careless", interval: 1, decide: (view) => Math.ceil(ratio * view.loggedIn) - view.dialing };
}

const quantity = (max: number) => fc.integer({ min: 1, max });
const duration = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 60 }),
  fc.record({ kind: fc.constantFrom("exponential", "lognormal", "gamma"), mean: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant("uniform"), low: fc.constant(0), high: fc.integer({ min: 1, max: 60 }) }),
);
const clock = fc.record({ hour: fc.integer({ min: 8, max: 11 }), minute: fc.integer({ min: 0, max: 59 }) });
const timeText = ({ hour, minute }: { hour: number; minute: number }) =>
  `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
const shift = fc.tuple(clock, quantity(120), quantity(60)).map(([from, minutes, breakAfter]) => {
  const at = (offset: number) => {
    const total = from.hour * 60 + from.minute + offset;
    return timeText({ hour: Math.floor(total / 60), minute: total % 60 });
  };
  const breaks = breakAfter < minutes ? [{ at: at(breakAfter), length: 600 }] : [];
  return { shift: { from: at(0), to: at(minutes) }, breaks };
});

const scenarioData = fc.record({
  start: fc.constant("09:00"),
  duration: fc.constant(5400),
  warmUp: fc.constantFrom(0, 700),
  bucket: fc.constantFrom(300, 450),
  calls: fc.record({
    answerProbability: fc.constantFrom(0.1, 0.3, 0.6),
    machineProbability: fc.constantFrom(0, 0.3),
    attemptDecay: fc.constantFrom(1, 0.7),
    byHour: fc.constantFrom([], [{ hour: 9, answerProbability: 0.05 }]),
    interpolation: fc.constantFrom("linear", "step"),
    ring: fc.record({ live: duration, machine: duration, busy: duration, invalid: duration }),
    noAnswerTimeout: fc.constantFrom(15, 25),
    machineDetection: fc.oneof(
      fc.constant("off"),
      fc.record({ live: duration, machine: duration, falseMachine: fc.constantFrom(0, 0.2), falseLive: fc.constantFrom(0, 0.2) }),
    ),
    greeting: fc.constantFrom(0, 1),
    patience: fc.oneof(duration, fc.constant({ kind: "none" })),
    countEarlyHangUps: fc.boolean(),
    talk: duration,
    wrap: duration,
  }),
  agents: fc.oneof(
    quantity(12),
    fc.array(
      fc.tuple(quantity(4), shift).map(([count, plan]) => ({ count, ...plan, logOnDelay: 20 })),
      { minLength: 1, maxLength: 3 },
    ),
  ),
  leads: fc.oneof(
    fc.constant("endless"),
    fc.record({
      count: quantity(600),
      maxAttempts: quantity(4),
      retry: fc.constant({ noAnswer: 300, busy: 60, machine: 400, lost: 900 }),
      zones: fc.constant([
        { offset: "-01:00", share: 1 },
        { offset: 0, share: 2 },
        { offset: 3600, share: 1 },
      ]),
    }),
  ),
  callingWindows: fc.constantFrom([], [{ from: "09:20", to: "10:10" }], [{ from: "22:00", to: "09:30" }]),
  lines: fc.record(
    { trunks: quantity(40), callsPerSecond: fc.constantFrom(0.3, 1, 4), spacing: fc.constantFrom(0, 0.5, 1.5) },
    { requiredKeys: [] },
  ),
  warmLine: fc.constantFrom(undefined, { timeout: 5, reconnect: 1 }, { timeout: 0, reconnect: 4 }),
  taper: fc.constantFrom(0, 60),
});

interface Run {
  readonly dialer: Dialer;
  readonly transitions: CallTransition[];
}

function sumOfEnds(dialer: Dialer): { readonly in: number; readonly out: number } {
  const { carried, placed, ...rest } = dialer.flow();
  return { in: carried + placed, out: Object.values(rest).reduce((sum, n) => sum + n, 0) };
}

const ORDER: readonly CallTransition["kind"][] = ["placed", "answered", "waiting", "connected", "ended", "wrapped"];

/** A value of fast-check's record may be undefined where JSON would leave it out. */
const clean = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

test("in any scenario calls flow in balance, in order and within all limits", () => {
  fc.assert(
    fc.property(scenarioData, fc.constantFrom(1, 3), fc.nat(), (data, ratio, seed) => {
      const scenario = parseScenario(clean(data));
      const transitions: CallTransition[] = [];
      const dialer = createDialer({ scenario, seed, strategy: careless(ratio), sink: (step) => transitions.push(step) });
      const { trunks = Number.POSITIVE_INFINITY, callsPerSecond, spacing } = scenario.lines;
      for (let until = 0; until <= 5400; until += 97) {
        dialer.advance(until);
        const flow = sumOfEnds(dialer);
        expect(flow.out).toBe(flow.in);
        expect(dialer.meter.level(Level.trunks)).toBeLessThanOrEqual(trunks);
        expect(dialer.view.idle).toBeGreaterThanOrEqual(0);
        // Callers whose agents are being reconnected count as waiting, but stand in no line.
        const connecting = dialer.meter.level(Level.waiting) - dialer.view.waiting;
        expect(connecting).toBeGreaterThanOrEqual(0);
        expect(connecting).toBeLessThanOrEqual(dialer.view.reserved);
      }
      checkTransitions({ dialer, transitions });
      const placed = transitions.filter(({ kind }) => kind === "placed").map(({ at }) => at);
      checkRate(placed, callsPerSecond, Number(spacing));
      checkWindows(transitions, data);
      for (const bucket of dialer.meter.buckets) for (const value of bucket) expect(value).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 50 },
  );
});

test("nobody is rung for less than no time, however short the ring", () => {
  const ring = { live: 1e-7, machine: 1e-7, busy: 1e-7, invalid: 1e-7 };
  const scenario = parseScenario({
    start: "09:00",
    duration: 600,
    calls: { answerProbability: 0.5, ring },
    agents: 3,
    leads: "endless",
  });
  const transitions: CallTransition[] = [];
  const dialer = createDialer({ scenario, seed: 1, strategy: careless(3), sink: (step) => transitions.push(step) });
  dialer.advance(600);
  expect(transitions.length).toBeGreaterThan(100);
  checkTransitions({ dialer, transitions });
});

function checkTransitions({ transitions }: Run): void {
  const faults: string[] = [];
  const last = new Map<number, CallTransition>();
  const talking = new Map<number, number>();
  let now = 0;
  for (const step of transitions) {
    const fault = (what: string) => faults.push(`${what}: ${JSON.stringify(step)}`);
    if (!(step.at >= now)) fault("out of time");
    now = step.at;
    const before = last.get(step.call);
    if ((before === undefined) !== (step.kind === "placed")) fault("not placed once");
    if (before !== undefined && ORDER.indexOf(step.kind) <= ORDER.indexOf(before.kind)) fault("out of order");
    last.set(step.call, step);
    if (step.kind === "connected" && step.agent !== undefined) {
      if (talking.has(step.agent)) fault("two callers at once");
      talking.set(step.agent, step.call);
    }
    if (step.kind === "ended" && step.agent === undefined) {
      for (const [agent, call] of talking) if (call === step.call) talking.delete(agent);
    }
  }
  expect(faults).toEqual([]);
}

function checkRate(placed: readonly number[], perSecond: number | undefined, spacing: number): void {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < placed.length; i++) nearest = Math.min(nearest, placed[i]! - placed[i - 1]!);
  expect(nearest).toBeGreaterThanOrEqual(spacing - 1e-6);
  if (perSecond === undefined) return;
  // In every interval at most the burst and what flows in meanwhile.
  let worst = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  placed.forEach((at, i) => {
    least = Math.min(least, i - perSecond * at);
    worst = Math.max(worst, i + 1 - perSecond * at - least);
  });
  expect(worst).toBeLessThanOrEqual(Math.max(1, perSecond) + 1e-6);
}

function checkWindows(
  transitions: readonly CallTransition[],
  data: { callingWindows: readonly { from: string; to: string }[]; leads: unknown },
): void {
  const [window] = data.callingWindows;
  if (window === undefined) return;
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const [from, to] = [minutes(window.from), minutes(window.to)];
  // Leads belong to three zones by their place in the list: in every four places one an hour behind, two level, one an hour ahead.
  const outside = transitions.filter(({ kind, at, lead }) => {
    const offset = data.leads === "endless" ? 0 : zoneOffsets(lead);
    const local = (540 + at / 60 + offset + 1440) % 1440;
    return kind === "placed" && !(from < to ? local >= from && local < to : local >= from || local < to);
  });
  expect(outside).toEqual([]);
}

/** Minutes that a lead's clock is ahead: the zone that lacks most of its share gets the next place, the first of equals. */
function zoneOffsets(lead: number): number {
  return [0, -60, 60, 0][lead % 4] ?? 0;
}

test("the same seed gives the same run, however it is stepped; another seed another", () => {
  fc.assert(
    fc.property(scenarioData, fc.nat(), (data, seed) => {
      const scenario = parseScenario(clean(data));
      const run = (by: number, from: number | string = seed) => {
        const dialer = createDialer({ scenario, seed: from, strategy: careless(2) });
        for (let until = 0; until < 5400; until += by) dialer.advance(until);
        dialer.advance(5400);
        return canonicalJson({ ...dialer.snapshot(), leads: null });
      };
      expect(run(5400)).toBe(run(13.7));
    }),
    { numRuns: 15 },
  );
  const first = (seed: number) => {
    const dialer = createDialer({ scenario: parseScenario({}), seed });
    dialer.advance(3600);
    return canonicalJson(dialer.flow());
  };
  expect(first(1)).not.toBe(first(2));
});

test("a dialer restored from its snapshot goes on as if nothing had been", () => {
  fc.assert(
    fc.property(scenarioData, fc.nat(), fc.integer({ min: 0, max: 5000 }), (data, seed, at) => {
      const scenario = parseScenario(clean(data));
      const make = () => createDialer({ scenario, seed, strategy: careless(2) });
      const whole = make();
      whole.advance(at);
      const kept = JSON.parse(JSON.stringify(whole.snapshot()));
      const restored = make();
      restored.restore(kept);
      whole.advance(5400);
      restored.advance(5400);
      expect(canonicalJson(restored.flow())).toBe(canonicalJson(whole.flow()));
      expect(canonicalJson(restored.meter.snapshot())).toBe(canonicalJson(whole.meter.snapshot()));
    }),
    { numRuns: 20 },
  );
});

test("a plain queue gives the same to the bit the short way and the long way", () => {
  const queue = fc.record({
    duration: fc.constant(400),
    warmUp: fc.constantFrom(0, 33),
    bucket: fc.constantFrom(50, 400),
    agents: fc.oneof(quantity(6), fc.constant([{ count: 3, shift: { from: "09:01", to: "09:04" } }, { count: 1 }])),
    arrivals: fc.record({ rate: fc.constantFrom(0.5, 2, 5) }),
    lines: fc.record({ trunks: quantity(8) }, { requiredKeys: [] }),
    calls: fc.record({
      answerProbability: fc.constant(1),
      machineProbability: fc.constant(0),
      busyProbability: fc.constant(0),
      invalidProbability: fc.constant(0),
      ring: fc.constant({ live: 0 }),
      patience: fc.constantFrom<unknown>(0, 2, { kind: "none" }, { kind: "exponential", mean: 1 }),
      countEarlyHangUps: fc.boolean(),
      greeting: fc.constantFrom(0, 1),
      talk: fc.constantFrom<unknown>({ kind: "exponential", mean: 1 }, 1, { kind: "lognormal", mean: 1, cv: 1.2 }),
      wrap: fc.constant(0),
    }),
  });
  fc.assert(
    fc.property(queue, fc.nat(), (data, seed) => {
      const scenario = parseScenario(clean(data));
      const short = createDialer({ scenario, seed });
      let told = 0;
      const long = createDialer({ scenario, seed, sink: () => told++ });
      for (const until of [100, 150.5, 400]) {
        short.advance(until);
        long.advance(until);
        expect(canonicalJson(short.snapshot())).toBe(canonicalJson(long.snapshot()));
      }
      expect(told).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});

describe("agents", () => {
  const calls = { answerProbability: 1, machineProbability: 0, busyProbability: 0, invalidProbability: 0, ring: { live: 0 } };

  it("come, take breaks and go as planned, finishing the call they are in", () => {
    const scenario = parseScenario({
      start: "09:00",
      duration: 36_000,
      agents: [{ count: 4, shift: { from: "10:00", to: "12:00" }, breaks: [{ at: "11:00", length: 600 }], logOnDelay: 60 }],
      calls: { ...calls, talk: 70, wrap: 0, patience: { kind: "none" } },
    });
    const dialer = createDialer({ scenario, seed: 1 });
    const at = (second: number) => {
      dialer.advance(second);
      const { loggedIn, onBreak } = dialer.view;
      return { loggedIn, onBreak };
    };
    expect(at(3659)).toEqual({ loggedIn: 0, onBreak: 0 });
    expect(dialer.view.agentReturnsAt[0]).toBe(3660);
    expect(at(3661)).toEqual({ loggedIn: 4, onBreak: 0 });
    expect(dialer.view.agentLeavesAt[0]).toBe(7200);
    expect(at(7271)).toEqual({ loggedIn: 0, onBreak: 4 });
    expect(at(7801)).toEqual({ loggedIn: 4, onBreak: 0 });
    expect(at(10_801).loggedIn).toBeGreaterThan(0);
    expect(at(10_871)).toEqual({ loggedIn: 0, onBreak: 0 });
    // The next day again.
    expect(dialer.view.agentReturnsAt[0]).toBe(3660 + 86_400);
  });

  it("are not called for within the taper before the last of them leaves", () => {
    const scenario = parseScenario({
      duration: 7200,
      agents: [
        { count: 2, shift: { from: "09:00", to: "09:30" } },
        { count: 2, shift: { from: "09:00", to: "10:00" } },
      ],
      taper: 120,
    });
    const placed: number[] = [];
    const dialer = createDialer({ scenario, seed: 1, sink: ({ kind, at }) => kind === "placed" && placed.push(at) });
    dialer.advance(7200);
    expect(placed.some((at) => at > 1800)).toBe(true);
    expect(Math.max(...placed)).toBeLessThanOrEqual(3480);
  });

  it("whose line was dropped keep callers waiting for the reconnection, and lose those whose time is up", () => {
    const data = (reconnect: number) => ({
      duration: 36_000,
      agents: 1,
      calls: { ...calls, patience: 2, talk: 10, wrap: 0 },
      warmLine: { timeout: 30, reconnect },
      arrivals: { rate: 1 / 100 },
    });
    const quick = createDialer({ scenario: parseScenario(data(1)), seed: 1 });
    quick.advance(36_000);
    expect(quick.meter.total(Count.waitOfConnected)).toBeGreaterThan(100);
    expect(quick.meter.total(Count.connectedLate)).toBe(0);
    const slow = createDialer({ scenario: parseScenario(data(3)), seed: 1 });
    slow.advance(36_000);
    expect(slow.meter.total(Count.lost)).toBeGreaterThan(quick.meter.total(Count.lost) + 100);
  });

  it("are held for the calls of a strategy that reserves, so that nobody waits", () => {
    const reserving: PacingStrategy = { name: "reserving", interval: 1, reserves: true, decide: (view) => view.idle };
    const dialer = createDialer({ scenario: parseScenario({ agents: 5, duration: 7200 }), seed: 1, strategy: reserving });
    let most = 0;
    for (let until = 0; until <= 7200; until += 10) {
      dialer.advance(until);
      most = Math.max(most, dialer.view.reserved);
      expect(dialer.view.reserved).toBe(dialer.view.dialing + dialer.view.detecting);
    }
    expect(most).toBeGreaterThan(2);
    expect(dialer.flow().lost).toBe(0);
    expect(dialer.flow().completed).toBeGreaterThan(50);
  });
});

describe("calls", () => {
  const only = { machineProbability: 0, busyProbability: 0, invalidProbability: 0 };

  it("that machine detection misjudges are silent, or go to agents, and are counted apart", () => {
    const scenario = parseScenario({
      duration: 18_000,
      agents: 20,
      calls: { machineDetection: { live: 0.5, machine: 3, falseMachine: 0.1, falseLive: 0.2 } },
    });
    const dialer = createDialer({ scenario, seed: 1 });
    dialer.advance(72_000);
    const total = (count: Count) => dialer.meter.total(count);
    expect(total(Count.silentCalls) / total(Count.liveAnswers)).toBeCloseTo(0.1, 1.5);
    expect(total(Count.machinesConnected) / (total(Count.machinesConnected) + total(Count.machines))).toBeCloseTo(0.2, 1.5);
    expect(total(Count.connected) + total(Count.silentCalls)).toBeGreaterThan(0.99 * total(Count.liveAnswers));
  });

  it("of people taken for machines are abandoned by law, for the results, the sink and the measured window; a setting leaves them out", () => {
    const run = (calls: object) => {
      const ended: unknown[] = [];
      const scenario = parseScenario({
        duration: 7200,
        agents: 20,
        pacing: { strategy: "progressive" },
        calls: { machineDetection: { live: 0.5, machine: 3, falseMachine: 0.1 }, ...calls },
      });
      const dialer = createDialer({
        scenario,
        seed: 1,
        sink: (step) => {
          if (step.kind === "ended" && step.end === "silent") ended.push(step.abandoned);
        },
      });
      dialer.advance(7200);
      const total = (count: Count) => dialer.meter.total(count);
      const { windowAbandoned, windowLiveAnswers } = dialer.view;
      return { silent: total(Count.silentCalls), abandoned: total(Count.abandoned), ended, windowAbandoned, windowLiveAnswers };
    };
    const counted = run({});
    expect(counted.silent).toBeGreaterThan(50);
    expect(counted.abandoned).toBe(counted.silent);
    expect(counted.windowAbandoned).toBe(counted.silent);
    expect(counted.ended.filter(Boolean)).toHaveLength(counted.silent);
    const left = run({ countSilentCalls: false });
    expect(left).toMatchObject({ silent: counted.silent, abandoned: 0, windowAbandoned: 0 });
    expect(left.ended.some(Boolean)).toBe(false);
    expect(counted.windowLiveAnswers - left.windowLiveAnswers).toBe(counted.silent);
  });

  it("whose caller is gone before detection ends are lost", () => {
    const scenario = parseScenario({
      duration: 7200,
      agents: 10,
      calls: { ...only, answerProbability: 1, machineDetection: { live: 3 }, patience: 2 },
    });
    const dialer = createDialer({ scenario, seed: 1 });
    dialer.advance(7200);
    expect(dialer.flow().lost).toBeGreaterThan(100);
    expect(dialer.flow().completed).toBe(0);
    expect(dialer.view.windowAbandoned).toBe(dialer.flow().lost);
    expect(dialer.meter.total(Count.abandoned)).toBe(dialer.flow().lost);
  });

  it("taken late are abandoned by law though they are talked to; hang-ups before the limit count as the setting says", () => {
    const run = (patience: unknown, countEarlyHangUps: boolean) => {
      const data = {
        duration: 72_000,
        agents: 5,
        arrivals: { rate: 0.05 },
        calls: {
          ...only,
          answerProbability: 1,
          ring: { live: 0 },
          patience,
          countEarlyHangUps,
          wrap: 0,
          talk: { kind: "exponential", mean: 90 },
        },
      };
      const dialer = createDialer({ scenario: parseScenario(data), seed: 1 });
      dialer.advance(72_000);
      return { total: (count: Count) => dialer.meter.total(count) };
    };
    const patient = run({ kind: "none" }, true);
    expect(patient.total(Count.lost)).toBe(0);
    expect(patient.total(Count.abandoned)).toBe(patient.total(Count.connectedLate));
    expect(patient.total(Count.abandoned)).toBeGreaterThan(100);
    const early = run(1, false);
    expect(early.total(Count.lost)).toBeGreaterThan(50);
    expect(early.total(Count.abandoned)).toBe(0);
    expect(run(1, true).total(Count.abandoned)).toBe(early.total(Count.lost));
  });

  it("are retried as often and as late as the list says, and each lead is worked once at a time", () => {
    const scenario = parseScenario({
      duration: 40_000,
      agents: 5,
      leads: { count: 200, maxAttempts: 3, retry: { noAnswer: 1000, busy: 500, machine: 2000 } },
    });
    const steps: CallTransition[] = [];
    const dialer = createDialer({ scenario, seed: 1, sink: (step) => steps.push(step) });
    dialer.advance(40_000);
    const endOf = new Map<number, CallTransition>();
    const after = { noAnswer: 1000, busy: 500, machine: 2000 };
    for (const step of steps) {
      if (step.kind === "ended") endOf.set(step.lead, step);
      if (step.kind !== "placed") continue;
      const before = endOf.get(step.lead);
      expect(step.attempt).toBe((before?.attempt ?? 0) + 1);
      if (before === undefined) continue;
      expect(step.attempt).toBeLessThanOrEqual(3);
      const delay = after[before.end as keyof typeof after];
      expect(delay).toBeDefined();
      expect(step.at).toBeGreaterThanOrEqual(before.at + delay);
    }
    expect(endOf.size).toBe(200);
    expect(dialer.view.leadsLeft).toBe(0);
    for (const { end, attempt } of endOf.values())
      if (end !== "talked" && end !== "invalid" && end !== "lost") expect(attempt).toBe(3);
  });

  it("meet the same fate whatever the strategy: outcome by lead and attempt", () => {
    const scenario = parseScenario({ duration: 14_400, agents: 10, leads: { count: 2000, maxAttempts: 2 } });
    const outcomes = (strategy: PacingStrategy) => {
      const ends = new Map<string, string>();
      const rings = new Map<string, number>();
      const placed = new Map<number, number>();
      const sink = ({ kind, call, lead, attempt, at, end }: CallTransition) => {
        if (kind === "placed") placed.set(call, at);
        if (kind === "answered") rings.set(`${lead}/${attempt}`, at - (placed.get(call) ?? 0));
        if (kind === "ended" && end !== undefined) ends.set(`${lead}/${attempt}`, end === "lost" ? "talked" : end);
      };
      createDialer({ scenario, seed: 5, strategy, sink }).advance(14_400);
      return { ends, rings };
    };
    const [calm, hasty] = [outcomes(careless(1)), outcomes(careless(2.5))];
    let shared = 0;
    for (const [key, end] of calm.ends) {
      if (!hasty.ends.has(key)) continue;
      shared++;
      expect(hasty.ends.get(key)).toBe(end);
      expect(hasty.rings.get(key) ?? 0).toBeCloseTo(calm.rings.get(key) ?? 0, 6);
    }
    expect(shared).toBeGreaterThan(1000);
  });
});

describe("a running dialer", () => {
  it("takes changes of agents, trunks, spacing, strategy and calls from the instant they are made", () => {
    const steps: CallTransition[] = [];
    const dialer = createDialer({ scenario: parseScenario({ agents: 5 }), seed: 1, sink: (step) => steps.push(step) });
    dialer.advance(1000);
    dialer.set({ agents: 9, strategy: careless(4), trunks: 12, spacing: 0.2 });
    dialer.advance(2000);
    expect(dialer.view.loggedIn).toBe(9);
    expect(dialer.view.trunks).toBe(12);
    const later = steps.filter(({ kind, at }) => kind === "placed" && at >= 1000).map(({ at }) => at);
    expect(later.length).toBeGreaterThan(100);
    checkRate(later, undefined, 0.2);
    dialer.set({ agents: 2 });
    dialer.advance(20_000);
    expect(dialer.view.loggedIn).toBe(2);
    expect(dialer.view.agentState[0]).not.toBe(AgentState.off);
    expect(dialer.view.agentState[5]).toBe(AgentState.off);
    dialer.set({ agents: 0 });
    dialer.advance(30_000);
    expect(dialer.view.loggedIn).toBe(0);
    expect(dialer.flow().inSystem).toBe(0);
    expect(sumOfEnds(dialer).in).toBe(sumOfEnds(dialer).out);
  });

  it("counts live answers and abandoned calls by day and over 30 days, from what was before the start", () => {
    const scenario = parseScenario({ start: "23:00", history: { liveAnswers: 500, abandoned: 9 }, duration: 7200, agents: 20 });
    const dialer = createDialer({ scenario, seed: 1, strategy: careless(3) });
    dialer.advance(3599);
    const evening = { ...dialer.view };
    expect(evening.dayLiveAnswers).toBeGreaterThan(20);
    expect(evening.windowLiveAnswers).toBe(500 + evening.dayLiveAnswers);
    dialer.advance(3601);
    expect(dialer.view.dayLiveAnswers).toBeLessThan(10);
    dialer.advance(7200);
    const flow = dialer.flow();
    expect(dialer.view.windowAbandoned).toBe(9 + flow.lost);
    expect(dialer.view.windowLiveAnswers).toBe(500 + dialer.meter.total(Count.liveAnswers));
    dialer.set({ agents: 0, strategy: { ...careless(3), interval: 3600 } });
    dialer.advance(31 * 86_400);
    expect(dialer.view.windowLiveAnswers).toBe(0);
    expect(dialer.view.windowAbandoned).toBe(0);
  });
});
