// The engine against an independent simulation of the same dialer: what a ratio abandons, with and without a limit of trunks.

import { expect, test } from "vitest";
import { Count, createDialer } from "../../src/dialing/index.ts";
import { yardstickScenario } from "../../studies/pacing/index.ts";
import { simulateReference } from "../support/dialer-reference.ts";
import { IS_DEEP, scaled } from "../support/scale.ts";

const ANSWERS = scaled(2_000_000, 60_000);
const RUNS = 10;

function simulateEngine(trunks: number | undefined): { rate: number; standardError: number } {
  // An agent has some 18 answers an hour.
  const agentHours = ANSWERS / RUNS / 18;
  const rates = Array.from({ length: RUNS }, (_, run) => {
    const scenario = yardstickScenario({
      agents: 20,
      agentHours,
      pacing: { strategy: "ratio", ratio: 4, of: "idle" },
      changes: trunks === undefined ? {} : { lines: { trunks } },
    });
    const dialer = createDialer({ scenario, seed: `reference/${run}` });
    dialer.advance(14_400 + (agentHours / 20) * 3600);
    return dialer.meter.total(Count.abandoned) / dialer.meter.total(Count.liveAnswers);
  });
  const rate = rates.reduce((sum, one) => sum + one, 0) / RUNS;
  const scatter = rates.reduce((sum, one) => sum + (one - rate) ** 2, 0) / (RUNS - 1);
  return { rate, standardError: Math.sqrt(scatter / RUNS) };
}

test.each([
  ["no limit of trunks", undefined],
  ["32 trunks", 32],
] as const)("20 agents at ratio 4 with %s abandon what the independent simulation says", (_, trunks) => {
  const engine = simulateEngine(trunks);
  const reference = simulateReference({
    agents: 20,
    ratio: 4,
    trunks: trunks ?? Number.POSITIVE_INFINITY,
    liveAnswers: ANSWERS,
    seed: 11,
    ties: "either",
    longestRing: Number.POSITIVE_INFINITY,
  });
  const noise = Math.hypot(engine.standardError, reference.standardError);
  // One per cent of the rate; fewer answers tell less.
  expect(Math.abs(engine.rate / reference.abandonment - 1)).toBeLessThan(0.01 + ((IS_DEEP ? 2 : 4) * noise) / engine.rate);
});

test("what comes first at one instant decides over several per cent: neither order is what a dialer without a common clock does", () => {
  const figures = (["ends first", "either", "decision first"] as const).map((ties) =>
    simulateReference({
      agents: 20,
      ratio: 4,
      trunks: Number.POSITIVE_INFINITY,
      liveAnswers: scaled(1_000_000, 200_000),
      seed: 5,
      ties,
      longestRing: Number.POSITIVE_INFINITY,
    }),
  );
  const [endsFirst, either, decisionFirst] = figures.map(({ abandonment }) => abandonment);
  expect(endsFirst).toBeGreaterThan(decisionFirst ?? 1);
  expect(either).toBeGreaterThan((decisionFirst ?? 1) * 0.97);
  expect(either).toBeLessThan((endsFirst ?? 0) * 1.03);
});
