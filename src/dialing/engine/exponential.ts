// Exponential values from 32-bit uniform numbers, without calling Math.log: logarithms take most of the time of a plain queue.

const CELLS = 256;
const LN2 = Math.LN2;
/** For each of 256 cells of [1, 2): the reciprocal of its centre, and minus the logarithm of exactly that reciprocal. */
const INVERSES = Float64Array.from({ length: CELLS }, (_, i) => 1 / (1 + (i + 0.5) / CELLS));
const LOGARITHMS = INVERSES.map((inverse) => -Math.log(inverse));
/** 2^-(31 - z), which brings a number with z leading zeros into [1, 2). */
const SCALES = Float64Array.from({ length: 32 }, (_, zeros) => 2 ** (zeros - 31));

/**
 * -ln(1 - u) for u = (k + 1/2) / 2^32, where k are the 32 bits of `word`, as `Uniforms` gives them. Absolute error at most 1e-14.
 * The logarithm is that of the cell's centre plus the series of ln(1 + r), |r| <= 1/512, to the fourth power.
 */
export function exponentialOfWord(word: number): number {
  // 2^32 (1 - u) is a whole number plus a half.
  const whole = ~word;
  const rest = (whole >>> 0) + 0.5;
  const zeros = Math.clz32(whole);
  // For so small a number the half would change the choice of the cell.
  if (zeros > 20) return 32 * LN2 - Math.log(rest);
  const cell = ((whole << zeros) >>> 23) & 255;
  const r = rest * SCALES[zeros]! * INVERSES[cell]! - 1;
  const square = r * r;
  return (zeros + 1) * LN2 - LOGARITHMS[cell]! - (r + square * (-1 / 2 + r * (1 / 3)) - square * square * (1 / 4));
}

/** The same for the uniform number itself, 0 < u < 1. */
export function unitExponential(u: number): number {
  return exponentialOfWord(Math.floor(u * 4294967296));
}
