// Durations in constant memory: moments of the value and of its logarithm, and counts in narrow bins.

const LEAST = 1e-3;
const GROWTH = Math.log(1.01);
const BUCKETS = Math.ceil(Math.log(86_400 / LEAST) / GROWTH) + 1;
/** Whole seconds up to this value are counted one by one, since most systems record only whole seconds. */
const WHOLE = 3600;

/** The number of values in (from, to]. */
interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Adds values from 0 to 86,400 s. Zeros are counted separately: they have no logarithm. */
export class DurationSample {
  readonly #buckets = new Float64Array(BUCKETS);
  readonly #whole = new Float64Array(WHOLE + 1);
  #isWhole = true;
  #zeros = 0;
  #count = 0;
  #mean = 0;
  #squares = 0;
  #logMean = 0;
  #logSquares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  add(seconds: number): void {
    if (seconds === 0) {
      this.#zeros += 1;
      return;
    }
    const value = Math.max(LEAST, seconds);
    this.#count += 1;
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
    const log = Math.log(value);
    const logDelta = log - this.#logMean;
    this.#logMean += logDelta / this.#count;
    this.#logSquares += logDelta * (log - this.#logMean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(Math.log(value / LEAST) / GROWTH)));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    if (Number.isInteger(value) && value <= WHOLE) this.#whole[value] = (this.#whole[value] ?? 0) + 1;
    else if (!Number.isInteger(value)) this.#isWhole = false;
  }

  /** Number of values above 0. */
  get count(): number {
    return this.#count;
  }
  get zeros(): number {
    return this.#zeros;
  }
  get mean(): number {
    return this.#mean;
  }
  /** Maximum-likelihood variance (divided by the count, not by count - 1). */
  get variance(): number {
    return this.#count === 0 ? 0 : this.#squares / this.#count;
  }
  get logMean(): number {
    return this.#logMean;
  }
  get logVariance(): number {
    return this.#count === 0 ? 0 : this.#logSquares / this.#count;
  }
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }
  get max(): number {
    return this.#max;
  }

  /**
   * The values above 0 in narrow bins, in order. Bins are 1 % wide; when all values were whole seconds, they are one second wide
   * around each, since the values are taken as rounded.
   */
  bins(): Bin[] {
    const bins: Bin[] = [];
    if (this.#isWhole) {
      this.#whole.forEach((count, k) => {
        if (count > 0) bins.push({ from: k - 0.5, to: k + 0.5, count });
      });
    }
    const beyond = this.#isWhole ? WHOLE + 0.5 : 0;
    this.#buckets.forEach((count, i) => {
      const [from, to] = [LEAST * Math.exp((i - 1) * GROWTH), LEAST * Math.exp(i * GROWTH)];
      if (count > 0 && to > beyond) bins.push({ from: Math.max(from, beyond), to, count });
    });
    return bins;
  }

  /** The value below which the share `p` of the values above 0 lies, to within a bin's width. */
  quantile(p: number): number {
    let rest = p * this.#count;
    for (const { from, to, count } of this.bins()) {
      if (rest <= count) return Math.min(this.#max, Math.max(this.#min, from + (to - from) * (rest / count)));
      rest -= count;
    }
    return this.#max;
  }

  /** `points` quantiles at 0, 1/(points - 1), …, 1, in one pass. */
  quantiles(points: number): number[] {
    const bins = this.bins();
    const result: number[] = [];
    let [i, before] = [0, 0];
    for (let k = 0; k < points; k++) {
      const rank = (k / (points - 1)) * this.#count;
      while (i < bins.length - 1 && before + (bins[i]?.count ?? 0) < rank) before += bins[i++]?.count ?? 0;
      const bin = bins[i];
      if (bin === undefined) continue;
      const value = bin.from + (bin.to - bin.from) * Math.min(1, (rank - before) / bin.count);
      result.push(Math.min(this.#max, Math.max(this.#min, value)));
    }
    return result;
  }
}
