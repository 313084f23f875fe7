// Less knowledge never makes a value younger, better founded or more complete, nor a verdict ok.

import fc from "fast-check";
import { expect, test } from "vitest";
import { aggregate, allHold, type Known, measured, NOT_KNOWN, SOURCES, type Verdict } from "./known.ts";

const part: fc.Arbitrary<Known<number>> = fc.oneof(
  fc.constant<Known<number>>(NOT_KNOWN),
  fc.record({
    value: fc.integer(),
    at: fc.option(fc.nat()),
    from: fc.constantFrom("measured" as const, "given" as const, "assumed" as const),
  }),
);
const parts = fc.array(part, { minLength: 1, maxLength: 8 });
const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.constant<Verdict>({ is: "ok" }),
  fc.constant<Verdict>({ is: "not_ok" }),
  fc.record({ is: fc.constant("unknown" as const), missing: fc.constantFrom([], [{ what: "figures", count: 1 }]) }),
);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test("a whole is as old and as assumed as the worst of its parts, and covers those that are known", () => {
  fc.assert(
    fc.property(parts, (all) => {
      const whole = aggregate(all, sum);
      const told = all.filter(({ value }) => value !== null);
      expect(whole.covers).toEqual({ known: told.length, of: all.length });
      expect(whole.value === null).toBe(told.length === 0);
      expect(whole.from === "none").toBe(told.length === 0);
      for (const { at, from } of told) {
        expect(whole.at ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(at ?? Number.NEGATIVE_INFINITY);
        expect(SOURCES.indexOf(whole.from)).toBeGreaterThanOrEqual(SOURCES.indexOf(from));
      }
      // A whole of wholes covers what the parts cover.
      expect(aggregate([whole, aggregate(all, sum)], sum).covers).toEqual({ known: 2 * told.length, of: 2 * all.length });
    }),
  );
});

test("a verdict is ok only when each is, and losing one never makes it so", () => {
  const lost: Verdict = { is: "unknown", missing: [{ what: "windows", count: 1 }] };
  fc.assert(
    fc.property(fc.array(verdict, { minLength: 1 }), fc.nat(), (all, which) => {
      expect(allHold(all).is === "ok").toBe(all.every(({ is }) => is === "ok"));
      expect(allHold(all.with(which % all.length, lost)).is).not.toBe("ok");
    }),
  );
  expect(allHold([lost, { is: "ok" }, lost])).toEqual({ is: "unknown", missing: [{ what: "windows", count: 2 }] });
  expect(allHold([lost, { is: "not_ok" }])).toEqual({ is: "not_ok" });
  expect(measured(3, null)).toBe(NOT_KNOWN);
});
