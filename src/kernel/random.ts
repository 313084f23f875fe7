// Seeded random streams: the same seed and name give the same numbers for ever, and streams of different names are independent.

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
  let [a, b, c, counter] = hashText(`${seed}/${name}`);
  const next32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  return { next, int: (bound) => Math.floor(next() * bound) };
}
