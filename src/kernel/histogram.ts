// A mergeable latency histogram with logarithmic buckets: every quantile is within 1 % of the true value, for any number of
// values.

const GROWTH = Math.log(1.02);

/** Count and quantiles of what was recorded, in the unit that was recorded (milliseconds everywhere in outdial). */
export interface HistogramSummary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Records non-negative numbers in O(1) time and bounded space (about 1,200 buckets between a microsecond and a day). */
export class Histogram {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #max = 0;

  /** Adds one value; negative and non-finite values count as 0. */
  record(value: number): void {
    const safe = Number.isFinite(value) && value > 0 ? value : 0;
    const bucket = safe < 0.001 ? Number.MIN_SAFE_INTEGER : Math.ceil(Math.log(safe) / GROWTH);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count += 1;
    if (safe > this.#max) this.#max = safe;
  }

  /** Adds the values of `other`. */
  merge(other: Histogram): void {
    for (const [bucket, count] of other.#buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += other.#count;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** The value below which the share `q` (0..1) of the recorded values lies, within 1 %; 0 when nothing was recorded. */
  quantile(q: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return bucket === Number.MIN_SAFE_INTEGER ? 0 : Math.min(this.#max, Math.exp((bucket - 0.5) * GROWTH));
    }
    return this.#max;
  }

  summary(): HistogramSummary {
    return { count: this.#count, p50: this.quantile(0.5), p95: this.quantile(0.95), p99: this.quantile(0.99), max: this.#max };
  }

  /** A JSON form that `Histogram.from` reads back. */
  toJSON(): { max: number; buckets: [number, number][] } {
    return { max: this.#max, buckets: [...this.#buckets] };
  }

  static from(json: { max: number; buckets: readonly (readonly [number, number])[] }): Histogram {
    const histogram = new Histogram();
    for (const [bucket, count] of json.buckets) {
      histogram.#buckets.set(bucket, count);
      histogram.#count += count;
    }
    histogram.#max = json.max;
    return histogram;
  }
}
