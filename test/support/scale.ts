// How much a run does. Kills, mutations, property runs and sizes are multiplied by TEST_SCALE: `npm test` runs every suite at a small scale, `npm run
// test:deep` at the full one. What is random differs from run to run and follows from TEST_SEED, which a failed run prints.

import { createRandom, type RandomStream } from "../../src/kernel/index.ts";

const DEEP = 1;

/** The share of the full scale; 1 is all of it. */
export const TEST_SCALE = Number(process.env["TEST_SCALE"]);

/** True at the full scale. */
export const IS_DEEP = TEST_SCALE >= DEEP;

/**
 * A number at this run's scale.
 * @param full at the full scale
 * @param least what still tests the thing
 */
export function scaled(full: number, least: number): number {
  return Math.min(full, Math.max(least, Math.round(full * TEST_SCALE)));
}

/** A random stream of this run for one purpose. */
export function seeded(purpose: string): RandomStream {
  return createRandom(process.env["TEST_SEED"] ?? "0", purpose);
}

/** As many of a list as the scale asks for, at least some, picked at random, in their order. */
export function picked<T>(all: readonly T[], least: number, purpose: string): T[] {
  const random = seeded(purpose);
  const chosen = new Set<number>();
  const wanted = scaled(all.length, Math.min(least, all.length));
  while (chosen.size < wanted) chosen.add(random.int(all.length));
  return all.filter((_, index) => chosen.has(index));
}
