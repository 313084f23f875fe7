// How many of several independent events come true: the Poisson-binomial law, built one event at a time in a buffer that is used again and again.

/** Probabilities below this are dropped from the upper end of a law. */
const NEGLIGIBLE = 1e-10;

/**
 * The law of a count: `mass[j]` is the chance of exactly j, for j below `length`; what lies above is negligible or was cut off at the capacity.
 * Nothing is allocated after construction.
 */
export class CountLaw {
  readonly mass: Float64Array;
  length = 1;

  /** @param capacity the largest count that is told apart, at least 1 */
  constructor(capacity: number) {
    this.mass = new Float64Array(capacity + 1);
    this.mass[0] = 1;
  }

  /** Back to "certainly zero". */
  reset(): void {
    this.mass[0] = 1;
    this.length = 1;
  }

  /** Adds one event that comes true with probability `q`: one pass over the law. */
  add(q: number): void {
    if (q <= 0) return;
    const { mass } = this;
    const old = this.length;
    const top = mass[old - 1]! * q;
    if (top > NEGLIGIBLE && old < mass.length) {
      mass[old] = top;
      this.length = old + 1;
    }
    const stay = 1 - q;
    for (let j = old - 1; j > 0; j--) mass[j] = mass[j]! * stay + mass[j - 1]! * q;
    mass[0] = mass[0]! * stay;
  }

  /** The expected count. */
  mean(): number {
    let sum = 0;
    for (let j = 1; j < this.length; j++) sum += j * this.mass[j]!;
    return sum;
  }

  /**
   * Sets the law to the binomial one whose mean and variance are those of a sum of independent events: `mean` is the sum of their probabilities,
   * `squares` the sum of the squares. The usual close stand-in for the exact law when the events are many and each is unlikely
   * (Barbour, Holst and Janson, Poisson Approximation, 1992, say how close); its number of trials need not be whole.
   */
  match(mean: number, squares: number): void {
    const { mass } = this;
    mass.fill(0, 0, this.length);
    if (!(mean > 0)) return this.reset();
    const p = Math.min(squares / mean, 1 - 1e-12);
    const trials = mean / p;
    const odds = p / (1 - p);
    const mode = Math.min(Math.floor(Math.min((trials + 1) * p, trials)), mass.length - 1);
    mass[mode] = 1;
    let total = 1;
    for (let j = mode; j > 0; j--) {
      const below = (mass[j]! * j) / ((trials - j + 1) * odds);
      mass[j - 1] = below;
      total += below;
      if (below < NEGLIGIBLE) break;
    }
    let length = mode + 1;
    while (length < mass.length && trials > length - 1) {
      const above = (mass[length - 1]! * (trials - length + 1) * odds) / length;
      if (above < NEGLIGIBLE) break;
      mass[length] = above;
      total += above;
      length += 1;
    }
    for (let j = 0; j < length; j++) mass[j] = mass[j]! / total;
    this.length = length;
  }
}

/**
 * The chance that a demand is at least `spare` plus a supply: Pr[D >= spare + S] for independent D and S.
 * `spare` may be negative (that many are already waiting).
 */
export function shortage(demand: CountLaw, supply: CountLaw, spare: number): number {
  // Pr = sum over s of Pr[S = s] Pr[D >= spare + s]; the tail of D grows as s falls, so one pass from the top of the supply serves.
  const d = demand.mass;
  const s = supply.mass;
  let tail = 0;
  let counted = demand.length;
  let result = 0;
  for (let j = supply.length - 1; j >= 0; j--) {
    const need = spare + j;
    while (counted > need && counted > 0) tail += d[--counted]!;
    result += s[j]! * (need <= 0 ? 1 : tail);
  }
  return result;
}
