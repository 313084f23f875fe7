// Page and service hold on to nothing: what they hold after a forced collection grows neither with the pages that were opened, nor with the figures
// that ticked, nor with the times that the line broke off. Bounds stand for a leak in each of the rounds, not for a speed.

import { expect, test } from "vitest";
import { scaled } from "../support/scale.ts";
import { openSoak } from "./soak.ts";

const ROUNDS = scaled(12, 6);
const UPDATES = scaled(240, 48);
/** Rounds between the two measurements. */
const BETWEEN = ROUNDS - ROUNDS / 3;

test("a long walk leaks neither memory nor listeners", { timeout: 900_000 }, async () => {
  await using soak = await openSoak();
  const run = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) await soak.round(UPDATES);
    return soak.measure();
  };
  const first = await run(ROUNDS / 3);
  const last = await run(BETWEEN);
  const more = Object.fromEntries(Object.entries(last).map(([name, value]) => [name, value - first[name as keyof typeof first]]));
  // One listener kept in each of the rounds would already be more than this.
  expect.soft(more["pageListeners"]).toBeLessThan(BETWEEN);
  expect.soft(more["serviceListeners"]).toBeLessThan(BETWEEN / 2);
  expect.soft(more["serviceTimers"]).toBeLessThan(8);
  // The parts of one page are more than a thousand nodes.
  expect.soft(more["pageNodes"]).toBeLessThan(1000);
  expect.soft(more["pageHeap"]).toBeLessThan(1.5);
  expect.soft(more["serviceHeap"]).toBeLessThan(8);
  expect.soft(last.serviceReaders).toBe(1);
});
