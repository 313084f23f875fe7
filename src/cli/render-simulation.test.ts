import { expect, test } from "vitest";
import { variationLines } from "./render-simulation.ts";

test("a figure that is the same in all runs has no deviation, whatever the rounding of its sum leaves", () => {
  const same = { rate: 0.2, low: 0.2 - 2e-15, high: 0.2 + 2e-15, numerator: 1, denominator: 5, confidence: 0.95 };
  const figure = { ...same, low: 0.19, high: 0.21 };
  const figures = { abandonment: figure, occupancy: figure, contactsPerAgentHour: figure, attemptsPerAgentHour: figure };
  const result = { ...figures, waits: { mean: same } } as unknown as Parameters<typeof variationLines>[0][number]["result"];
  const [, line = ""] = variationLines([{ values: { agents: 40 }, result }]);
  expect(line.trim()).toMatch(/0\.2 s +0 s$/);
  expect(line).toContain("1.00 %");
});
