// Ids and version tags of one tenant: the n-th of a seed is always the same, so that a reset or restored tenant repeats them.

import { createRandom, type Instant, newId } from "../../kernel/index.ts";

export type IdMaker = ReturnType<typeof createIdMaker>;

export function createIdMaker(seed: number | string) {
  let made = 0;
  return {
    /** A new id such as `camp_01k2x9c4qz…`. */
    id(prefix: string, now: Instant): string {
      made += 1;
      return newId(prefix, now, createRandom(seed, `id/${made}`));
    },
    /** A new version tag: 16 hexadecimal digits, never the same twice. */
    tag(): string {
      made += 1;
      const random = createRandom(seed, `tag/${made}`);
      const word = () => random.int(0x1_0000).toString(16).padStart(4, "0");
      // The counter makes it unique; the rest keeps clients from treating it as a number.
      return `${made.toString(16).padStart(4, "0")}${word()}${word()}${word()}`;
    },
    snapshot: (): number => made,
    restore(count: number): void {
      made = count;
    },
  };
}
