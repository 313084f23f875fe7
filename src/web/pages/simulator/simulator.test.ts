// The study behind the frontier, and how its answers become one picture.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_INPUTS, type Inputs, planAddress } from "./inputs.ts";
import { answerRateFrom, EMPTY, gather, measuredInputs, type StudyState, verdictOf } from "./page.tsx";
import type { Answer, Point } from "./protocol.ts";
import { candidatesOf, scenarioOf, study } from "./study.ts";

const SMALL: Inputs = { ...DEFAULT_INPUTS, agents: 4 };

test("the operating point comes first, then the rest of the curve, each as good as the model makes it", () => {
  const parts: Answer[] = [];
  for (const part of study({ id: 3, inputs: SMALL })) {
    parts.push(part);
    if (part.kind === "prediction" && !part.isRough) break;
  }
  expect(parts.every(({ id }) => id === 3)).toBe(true);
  expect(parts[0]).toMatchObject({ kind: "point", point: { curve: "ratio", value: SMALL.ratio } });
  expect(parts[1]).toMatchObject({ kind: "prediction", isRough: true });
  const points = parts.flatMap((part) => (part.kind === "point" ? [part.point] : []));
  const timid = points.find(({ value }) => value === 1);
  const bold = points.find(({ value }) => value === 8);
  // One call for each idle agent never abandons anybody; eight do, and keep agents busier.
  expect(timid?.abandonment).toBe(0);
  expect(bold?.abandonment).toBeGreaterThan(0.03);
  expect(bold?.occupancy ?? 0).toBeGreaterThan(timid?.occupancy ?? 1);
});

test("every setting that the sliders allow is a scenario", () => {
  fc.assert(
    fc.property(
      fc.record({
        agents: fc.integer({ min: 1, max: 150 }),
        answerRate: fc.integer({ min: 5, max: 60 }).map((share) => share / 100),
        handleSeconds: fc.integer({ min: 40, max: 600 }),
        patience: fc.integer({ min: 1, max: 20 }).map((halves) => halves / 2),
        ratio: fc.integer({ min: 10, max: 80 }).map((tenths) => tenths / 10),
        target: fc.integer({ min: 10, max: 60 }).map((steps) => steps / 2000),
        maxCalls: fc.integer({ min: 5, max: 600 }),
        spacingMs: fc.integer({ min: 0, max: 2000 }),
      }),
      (inputs) => {
        const candidates = candidatesOf(inputs);
        expect(candidates[0]?.value).toBe(inputs.ratio);
        for (const { pacing } of candidates) expect(scenarioOf(inputs, pacing).calls.answerProbability).toBe(inputs.answerRate);
      },
    ),
    { numRuns: 30 },
  );
});

test("all of the frontier comes from short runs before the first long one", () => {
  const curves = new Set<string>();
  for (const part of study({ id: 1, inputs: SMALL })) {
    if (part.kind === "point") curves.add(`${part.point.curve} ${part.point.value}`);
    if (part.kind === "prediction" && !part.isRough) break;
  }
  expect(curves.size).toBe(candidatesOf(SMALL).length);
});

describe("where it begins", () => {
  const settings = {
    concurrency: { max_agents: 42, max_simultaneous_calls: 152, call_spacing_ms: 120 },
    algorithm: { type: "predictive", abandonment_rate_target: 0.02, dial_ratio: 2.2 },
  };

  test("the settings in force, what was expected of calls, and what was measured since", () => {
    const basis = { expected: { answer_rate: 0.3, handle_seconds: 210 } };
    const expected = { agents: 42, maxCalls: 152, spacingMs: 120, target: 0.02, ratio: 2.2, handleSeconds: 210 };
    const given = { settings, basis, measured: null };
    expect([measuredInputs(given), answerRateFrom(given)]).toEqual([{ ...expected, answerRate: 0.3 }, "given"]);
    const counted = { ...given, measured: { numerator: 180, denominator: 1000 } };
    expect([measuredInputs(counted), answerRateFrom(counted)]).toEqual([{ ...expected, answerRate: 0.18 }, "measured"]);
  });

  test("nothing where nothing is known, and never beyond the sliders", () => {
    const unknown = { settings: null, basis: null, measured: null };
    expect([measuredInputs(unknown), answerRateFrom(unknown)]).toEqual([{}, "assumed"]);
    const wild = { concurrency: { max_agents: 5000 }, algorithm: { dial_ratio: "2" } };
    expect(measuredInputs({ settings: wild, basis: null, measured: { numerator: 99, denominator: 100 } })).toEqual({
      agents: 150,
      answerRate: 0.6,
    });
  });
});

test("a plan carries what was turned to the dialer's page, and nothing else", () => {
  const query = new URL(planAddress({ ratio: 2.5, agents: 20, patience: 3 }), "http://x").searchParams;
  expect(Object.fromEntries(query)).toEqual({ max_agents: "20", dial_ratio: "2.5" });
  expect(planAddress({})).toBe("/dialer");
});

describe("the picture", () => {
  const point = (curve: Point["curve"], value: number, runs = 1): Point => ({
    curve,
    value,
    abandonment: 0.01,
    occupancy: 0.8,
    occupancyLow: 0.78,
    occupancyHigh: 0.82,
    contactsPerAgentHour: 10,
    ceiling: null,
    runs,
  });
  const after = (answers: readonly Answer[], current: number) =>
    answers.reduce<StudyState>((state, answer) => gather(state, answer, current), EMPTY);

  test("takes no notice of late answers to an older question", () => {
    const late: Answer = { id: 1, kind: "point", point: point("ratio", 2) };
    expect(gather(EMPTY, late, 2)).toBe(EMPTY);
  });

  test("a better point takes the place of the one before it", () => {
    const answers: Answer[] = [1, 2].map((runs) => ({ id: 1, kind: "point", point: point("ratio", 2, runs) }));
    expect(after(answers, 1).points).toMatchObject([{ value: 2, runs: 2 }]);
  });

  test("points of the older question stay until the newer one is done, so that nothing flickers", () => {
    let state = after(
      [
        { id: 1, kind: "point", point: point("ratio", 2) },
        { id: 1, kind: "point", point: point("ratio", 5) },
      ],
      1,
    );
    state = gather(state, { id: 2, kind: "point", point: point("ratio", 2.1) }, 2);
    expect(state.points.map(({ value }) => value)).toEqual([2.1, 5]);
    state = gather(state, { id: 2, kind: "done", ms: 900 }, 2);
    expect(state).toMatchObject({ points: [{ value: 2.1 }], doneIn: 900 });
  });
});

test("the verdict goes by the chance of a breach", () => {
  const of = (chanceAboveLimit: number) => verdictOf({ chanceAboveLimit, heldShare: 0, limit: 0.03 });
  expect([of(0), of(0.1), of(0.9)].map(({ tone }) => tone)).toEqual(["good", "warn", "bad"]);
  expect(of(0).text).toBe("Chance of more than 3% abandoned in 30 days: less than 0.1 %.");
  expect(verdictOf({ chanceAboveLimit: 0, heldShare: 0.87, limit: 0.03 }).text).toContain("87% of the time");
});
