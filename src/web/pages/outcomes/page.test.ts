// The heat map: levels, thin cells, hours that are shown.

import fc from "fast-check";
import { expect, test } from "vitest";
import { heatMap } from "./page.tsx";

const cell = (weekday: number, hour: number, numerator: number, denominator: number) => ({
  weekday,
  hour,
  calls: denominator,
  conversion: {
    rate: denominator === 0 ? null : numerator / denominator,
    low: 0,
    high: 1,
    numerator,
    denominator,
    confidence: 0.95,
    method: "days" as const,
    days: 4,
  },
});

test("a cell of few calls has no colour, however well it did", () => {
  const { rows, top } = heatMap([cell(1, 9, 5, 5), cell(1, 10, 10, 100)]);
  expect(top).toBe(0.1);
  expect(rows[0]?.cells).toMatchObject([
    { hour: 9, level: 0, text: "·" },
    { hour: 10, level: 5, text: "10" },
  ]);
});

test("hours from the first with calls to the last, all weekdays", () => {
  const { hours, rows } = heatMap([cell(7, 9, 1, 40), cell(3, 12, 4, 40), cell(2, 20, 0, 0)]);
  expect(hours).toEqual([9, 10, 11, 12]);
  expect(rows.map(({ weekday }) => weekday)).toEqual(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
  expect(rows[6]?.cells[0]?.title).toContain("Sun 09:00: 2.5%");
});

test("levels go up with the rate and stay within 0 to 5", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(23), fc.nat(200), fc.integer({ min: 200, max: 400 })), { minLength: 1 }), (drawn) => {
      const cells = [...new Map(drawn.map(([hour, won, all]) => [hour, cell(4, hour, won, all)])).values()];
      const levels = new Map(heatMap(cells).rows[3]?.cells.map(({ hour, level }) => [hour, level]));
      const sorted = cells
        .sort((a, b) => (a.conversion.rate ?? 0) - (b.conversion.rate ?? 0))
        .map(({ hour }) => levels.get(hour) ?? -1);
      expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
      expect(Math.min(...sorted)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...sorted)).toBeLessThanOrEqual(5);
    }),
  );
});
