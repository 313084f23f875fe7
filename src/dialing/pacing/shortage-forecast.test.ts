import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { referenceBeliefs, type ViewParts, viewOf } from "../../../test/support/pacing.ts";
import { horizonsOf } from "./hazard-tables.ts";
import { forecastTables, ShortageForecast } from "./shortage-forecast.ts";

const beliefs = referenceBeliefs();
const { mix, liveRing, talk, wrap, patience } = beliefs;
const horizons = horizonsOf(beliefs);
const forecast = new ShortageForecast(forecastTables(beliefs));

/** The chance that a call which has rung for `age` is answered by a person within `tau`, straight from the formula. */
function answered(age: number, tau: number): number {
  const others =
    mix.machine * (age < 20 ? 1 : 0) +
    mix.noAnswer * (age < 25 ? 1 : 0) +
    mix.busy * (age < 4 ? 1 : 0) +
    mix.invalid * (age < 2 ? 1 : 0);
  return (mix.live * (liveRing(age + tau) - liveRing(age))) / (mix.live * (1 - liveRing(age)) + others);
}

/** The chance that an agent is free within tau and the patience: the convolution by the trapezium rule at 0.01 s. */
function freed(state: string, elapsed: number, tau: number): number {
  const within = tau + patience;
  if (state === "wrapping") return (wrap(elapsed + within) - wrap(elapsed)) / (1 - wrap(elapsed));
  let sum = 0;
  for (let x = 0; x < within; x += 0.01) {
    const step = Math.min(0.01, within - x);
    sum += (talk(elapsed + x + step) - talk(elapsed + x)) * wrap(within - x - step / 2);
  }
  return sum / (1 - talk(elapsed));
}

/** P by walking through every outcome of every call and agent. */
function enumerate({ agents = [], ringing = [], waiting = [] }: ViewParts, extra: number): number {
  let total = 0;
  for (const tau of horizons) {
    const idle = agents.filter(({ state, leavesIn }) => state === "idle" && (leavesIn ?? Infinity) > tau).length;
    const back = agents.filter(({ returnsIn }) => (returnsIn ?? Infinity) <= tau + patience).length;
    const calls = [...ringing, ...Array<number>(extra).fill(0)].map((age) => answered(age, tau));
    const free = agents
      .filter(({ state, leavesIn }) => (state === "talking" || state === "wrapping") && (leavesIn ?? Infinity) > tau)
      .map((agent) => freed(agent.state, agent.for ?? 0, tau));
    const events = [...calls, ...free];
    for (let bits = 0; bits < 1 << events.length; bits++) {
      let chance = 1;
      let balance = idle + back - waiting.length;
      for (const [i, q] of events.entries()) {
        const comes = ((bits >> i) & 1) === 1;
        chance *= comes ? q : 1 - q;
        if (comes) balance += i < calls.length ? -1 : 1;
      }
      if (balance <= 0) total += chance / horizons.length;
    }
  }
  return total;
}

const age = fc.integer({ min: 0, max: 96 }).map((quarters) => quarters / 4);
const agent = fc.record(
  {
    state: fc.constantFrom("idle", "talking", "wrapping", "reserved", "onBreak"),
    for: fc.integer({ min: 0, max: 60 }),
    leavesIn: fc.integer({ min: 1, max: 60 }),
    returnsIn: fc.integer({ min: 1, max: 60 }),
  },
  { requiredKeys: ["state"] },
);

test("P is what enumeration of all outcomes gives, before and after further calls", () => {
  fc.assert(
    fc.property(
      fc.array(agent, { maxLength: 4 }),
      fc.array(age, { maxLength: 4 }),
      fc.array(fc.constant(1), { maxLength: 1 }),
      (drawn, ringing, waiting) => {
        const agents = drawn.map(({ returnsIn, leavesIn, ...rest }) => ({
          ...rest,
          ...(rest.state === "onBreak"
            ? returnsIn === undefined
              ? {}
              : { returnsIn }
            : leavesIn === undefined
              ? {}
              : { leavesIn }),
        }));
        const parts = { agents, ringing, waiting };
        expect(forecast.evaluate(viewOf(parts), mix.live)).toBeCloseTo(enumerate(parts, 0), 2);
        expect(forecast.add()).toBeCloseTo(enumerate(parts, 1), 2);
        expect(forecast.add()).toBeCloseTo(enumerate(parts, 2), 2);
      },
    ),
    { numRuns: 30 },
  );
});

describe("what the forecast makes of the state", () => {
  const idle = (count: number) => Array.from({ length: count }, () => ({ state: "idle" as const }));
  const risk = (parts: ViewParts) => forecast.evaluate(viewOf(parts), mix.live);

  test("fewer calls than idle agents cannot lose a caller; without agents everybody is lost", () => {
    expect(risk({ agents: idle(3), ringing: [0, 5] })).toBe(0);
    expect(risk({ agents: [], ringing: [] })).toBe(1);
  });

  test("a call grows less dangerous with its age", () => {
    const risks = [1, 10, 15, 20].map((ringing) => risk({ agents: idle(1), ringing: [ringing] }));
    expect(risks).toEqual([...risks].sort((a, b) => b - a));
    expect(risks[3]).toBeLessThan(0.2 * risks[0]!);
  });

  test("a call in detection that would have been passed on at once is no person", () => {
    expect(risk({ agents: idle(1), detecting: [1, 2, 3] })).toBe(0);
  });

  test("agents who leave before the answer do not count, agents who return in time do", () => {
    expect(risk({ agents: [{ state: "idle", leavesIn: 2 }], ringing: [] })).toBe(1);
    expect(risk({ agents: [{ state: "onBreak", returnsIn: 2 }], ringing: [] })).toBe(0);
    expect(risk({ agents: [{ state: "onBreak", returnsIn: 600 }], ringing: [] })).toBe(1);
  });

  test("a long wrap-up is nearer to its end than one just begun", () => {
    const of = (seconds: number) => risk({ agents: [{ state: "wrapping", for: seconds }], ringing: [] });
    expect(of(20)).toBeLessThan(of(0));
  });

  test("an early stop is only for a P that is above what was asked", () => {
    const busy = viewOf({
      agents: Array.from({ length: 20 }, () => ({ state: "talking" as const, for: 50 })),
      ringing: [1, 2, 3],
    });
    const whole = forecast.evaluate(busy, mix.live);
    expect(forecast.evaluate(busy, mix.live, 0.01)).toBeGreaterThan(0.01);
    expect(whole).toBeGreaterThan(0.01);
    expect(forecast.evaluate(busy, mix.live, whole + 1e-9)).toBe(whole);
  });
});
