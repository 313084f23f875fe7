// The long yardstick of the state-aware pacing rule: 5,000 agent-hours a point after a warm-up, the figures it must clear and those it cannot honestly pass.

import { describe, expect, test } from "vitest";
import { CONDITIONS, measure, runCampaigns, runCondition, yardstickScenario } from "../../studies/pacing/index.ts";
import { IS_DEEP, picked, scaled } from "../support/scale.ts";

const AIM = 0.0298;
const HOURS = scaled(5000, 300);
/** Fewer hours tell less: then the figures are given the width of their own error. */
const noiseOf = ({ standardError }: { readonly standardError: number }) => (IS_DEEP ? 0 : 300 * standardError);

// What must be cleared, and what a rule that knows every agent's finish time reaches: above that, the measuring is wrong.
const SIZES: readonly (readonly [agents: number, clears: number, suspect: number])[] = [
  [5, 80.5, 82.4],
  [10, 85.2, 87.1],
  [20, 89.7, 91.4],
  [50, 94.1, 95.4],
  [100, 96.4, 97.4],
];
test.each(picked(SIZES, 2, "sizes"))(
  "%d agents at no more than 3.0 per cent abandoned: occupancy above %d and below %d per cent",
  (agents, clears, suspect) => {
    const scenario = yardstickScenario({ agents, agentHours: HOURS, pacing: { strategy: "state-aware", target: AIM } });
    const { occupancy, abandonment, agentHours } = measure({ scenario, seed: "yardstick" });
    expect(agentHours).toBeGreaterThan(HOURS - 10);
    expect(abandonment.rate).toBeLessThan(0.03 + 2 * abandonment.standardError);
    expect(100 * occupancy.rate).toBeGreaterThan(clears - noiseOf(occupancy));
    expect(100 * occupancy.rate).toBeLessThan(suspect + noiseOf(occupancy));
  },
);

const CAMPAIGNS = [
  ["one-day campaigns of 3 agents", { agents: 3, days: 1, isEndKnown: true }, scaled(100, 5)],
  ["one-day campaigns of 10 agents", { agents: 10, days: 1, isEndKnown: true }, scaled(100, 3)],
  ["five-day campaigns of 5 agents", { agents: 5, days: 5, isEndKnown: true }, scaled(100, 1)],
  ["months of 3 agents with 120 leads a day", { agents: 3, days: 30, isEndKnown: true, leadsADay: 120 }, scaled(100, 1)],
] as const;
test.each(picked(CAMPAIGNS, 2, "campaigns"))("%s end within the limit", (_, options, campaigns) => {
  const { over, occupancy } = runCampaigns({ ...options, campaigns });
  expect(over).toBeLessThanOrEqual(campaigns >= 100 ? 2 : 1);
  if (!("leadsADay" in options)) {
    const free = runCampaigns({ ...options, campaigns, isEndKnown: false });
    expect(100 * (free.occupancy - occupancy)).toBeLessThan(1.5);
  }
});

test("with a window of 24 hours hardly a day ends above the limit", () => {
  const campaigns = scaled(60, 1);
  const { daysOver } = runCampaigns({ agents: 10, days: 5, campaigns, isEndKnown: false, window: "24h" });
  expect(daysOver).toBeLessThanOrEqual(Math.max(1, 0.02 * 5 * campaigns));
});

describe.each(picked(CONDITIONS, 1, "conditions").map((condition) => [condition.name, condition] as const))(
  "%s",
  (_, condition) => {
    const teams = [
      [10, 12, 4],
      [50, 3, 1],
    ] as const;
    test.each(picked(teams, 1, "teams"))(
      "with %d agents the limit holds, and the rule comes within half a point of one that is told all that can be known",
      (agents, full, least) => {
        // When the rate jumps, nobody can know when: the most that can be known is between which levels.
        const jumps = condition.jumps !== undefined;
        // Under jumps that come again and again a day or two are too short for the account to settle.
        const days = scaled(full, jumps ? 3 * least : least);
        const learned = runCondition({ condition, agents, days, told: "nothing" });
        const told = runCondition({ condition, agents, days, told: jumps ? "levels" : "everything" });
        const noise = Math.hypot(learned.occupancy.standardError, told.occupancy.standardError);
        // A few days tell little of their own scatter: then there is room of a tenth of a point, and of half a point more.
        const over = jumps ? 0.003 : 0;
        const limit = (IS_DEEP ? 0.03 + 2 * learned.abandonment.standardError : 0.031) + over;
        const apart = IS_DEEP ? 0.5 + 100 * noise : 1;
        expect(learned.abandonment.rate).toBeLessThan(limit);
        expect(100 * (told.occupancy.rate - learned.occupancy.rate)).toBeLessThan(apart);
      },
    );
  },
);
