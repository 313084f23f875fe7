// Seeded random streams: the same seed and name always give the same numbers, and streams of different names are independent.

/** A stream of pseudo-random numbers. */
export interface RandomStream {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
}

/** Four 32-bit words from a text (cyrb128), enough to seed the generator below. */
function hashText(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  return [a ^ b ^ c ^ d, b, c, d];
}

/**
 * A stream named `name` under `seed` (sfc32, Chris Doty-Humphrey's small fast counting generator).
 * @param seed any integer or text; @param name the purpose, for example "calls/camp_1"
 */
export function createRandom(seed: number | string, name: string): RandomStream {
  // A typed array holds the state: V8 boxes 32-bit numbers that a closure keeps, which costs five times the generator itself.
  const state = Int32Array.from(hashText(`${seed}/${name}`));
  const next32 = (): number => {
    const [a, b, c, counter] = [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0];
    const sum = (((a + b) | 0) + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  return { next, int: (bound) => Math.floor(next() * bound) };
}
