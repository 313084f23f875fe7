import fc from "fast-check";
import { expect, test } from "vitest";
import { skewOf } from "./clock-skew.ts";

const NOW = Date.parse("2026-06-16T17:00:00.400Z");

test("a slow reply and whole seconds are no difference, a clock that is wrong is", () => {
  expect(skewOf(NOW - 400, NOW, 20)).toBe(0);
  expect(skewOf(NOW - 40_400, NOW, 41_000)).toBe(0);
  expect(skewOf(NOW + 36_000_000, NOW, 20)).toBe(36_000_000);
  expect(skewOf(NOW - 36_000_000, NOW, 20)).toBe(-36_000_000 + 1020);
});

test("whatever the tenant's clock and the reply's time on the way, the difference is told within a second and that time", () => {
  const ms = fc.integer({ min: -1e8, max: 1e8 });
  fc.assert(
    fc.property(ms, fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (off, latencyMs, part) => {
      const made = NOW - latencyMs * part + off;
      const told = skewOf(Math.floor(made / 1000) * 1000, NOW, latencyMs);
      expect(Math.abs(told)).toBeLessThanOrEqual(Math.abs(off));
      expect(Math.abs(told - off)).toBeLessThanOrEqual(latencyMs + 1000);
    }),
  );
});
