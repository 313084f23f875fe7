// The long yardstick of the state-aware pacing rule: 5,000 agent-hours a point after a warm-up, the figures it must clear and those it cannot honestly pass.

import { describe, expect, test } from "vitest";
import { measurePacing, PACING_CONDITIONS, runPacingCondition, yardstickScenario } from "../../src/dialing/index.ts";

const AIM = 0.0298;

// What must be cleared, and what a rule that knows every agent's finish time reaches: above that, the measuring is wrong.
test.each([
  [5, 80.5, 82.4],
  [10, 85.2, 87.1],
  [20, 89.7, 91.4],
  [50, 94.1, 95.4],
  [100, 96.4, 97.4],
])("%d agents at no more than 3.0 per cent abandoned: occupancy above %d and below %d per cent", (agents, clears, suspect) => {
  const scenario = yardstickScenario({ agents, agentHours: 5000, pacing: { strategy: "state-aware", target: AIM } });
  const { occupancy, abandonment, agentHours } = measurePacing({ scenario, seed: "yardstick" });
  expect(agentHours).toBeGreaterThan(4990);
  expect(abandonment.rate).toBeLessThan(0.03 + 2 * abandonment.standardError);
  expect(100 * occupancy.rate).toBeGreaterThan(clears);
  expect(100 * occupancy.rate).toBeLessThan(suspect);
});

describe.each(PACING_CONDITIONS.map((condition) => [condition.name, condition] as const))("%s", (_, condition) => {
  test.each([
    [10, 12],
    [50, 3],
  ])(
    "with %d agents the limit holds, and the rule comes within half a point of one that is told the live rate",
    (agents, days) => {
      const learned = runPacingCondition({ condition, agents, days, told: false });
      const told = runPacingCondition({ condition, agents, days, told: true });
      expect(learned.abandonment.rate).toBeLessThan(0.03 + 2 * learned.abandonment.standardError);
      const noise = Math.hypot(learned.occupancy.standardError, told.occupancy.standardError);
      expect(100 * (told.occupancy.rate - learned.occupancy.rate)).toBeLessThan(0.5 + 100 * noise);
    },
  );
});
