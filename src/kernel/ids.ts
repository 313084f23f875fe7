// Identifiers that sort by time: a prefix that says what it names, ten characters of time, ten of randomness.

import type { Instant } from "./clock.ts";
import type { RandomStream } from "./random.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new id such as `job_01k2x9c4qz7m3v8t5r6w`: Crockford base 32 in lower case, 50 bits of time, 50 of randomness.
 * @param prefix what is named, for example "job"
 */
export function newId(prefix: string, now: Instant, random: RandomStream): string {
  let time = "";
  for (let rest = Math.floor(now), i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time;
  let tail = "";
  for (let i = 0; i < 10; i++) tail += ALPHABET.charAt(random.int(32));
  return `${prefix}_${time}${tail}`;
}
