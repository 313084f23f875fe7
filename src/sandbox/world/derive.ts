// Pseudo-random numbers by (seed, index, purpose): record i of a generated world is computed when it is read, in any order.

import { createRandom } from "../../kernel/index.ts";

/** A 32-bit word from a seed and a name, as seed for `hash`. */
export function seedWord(seed: number | string, name: string): number {
  return createRandom(seed, name).int(4294967296);
}

/** A well-mixed unsigned 32-bit word of (seed, index, purpose), two rounds of the murmur3 finaliser. */
export function hash(seed: number, index: number, purpose: number): number {
  let word = seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca77);
  for (let round = 0; round < 2; round++) {
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    word ^= word >>> 16;
  }
  return word >>> 0;
}

/** Uniform in [0, 1). */
export function unit(seed: number, index: number, purpose: number): number {
  return hash(seed, index, purpose) / 4294967296;
}

/** A function that chooses a word by weight, given a number in [0, 1). */
export function weighted<T extends string>(weights: Readonly<Partial<Record<T, number>>>): (at: number) => T | undefined {
  const words = Object.keys(weights) as T[];
  const bounds: number[] = [];
  let total = 0;
  for (const word of words) bounds.push((total += weights[word] ?? 0));
  return (at) => words[bounds.findIndex((bound) => at * total < bound)];
}
