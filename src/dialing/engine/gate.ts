// When the next call may be placed: a token bucket for calls per second, and the least time between two calls.

/** Tokens are sums of products: a value so near to a whole number counts as it. */
const ALMOST = 1e-9;

/** The state of the gate as JSON. */
export interface GateSnapshot {
  /** null means "no limit": JSON has no Infinity. */
  readonly rate: number | null;
  readonly burst: number;
  readonly spacing: number;
  readonly tokens: number;
  readonly filledAt: number;
  readonly placedAt: number | null;
}

/** Limits on new calls: calls per second with a burst, and a least time between two calls. */
export class Gate {
  #rate: number;
  #burst: number;
  #spacing: number;
  #tokens: number;
  #filledAt = 0;
  #placedAt = Number.NEGATIVE_INFINITY;

  /** @param rate calls per second, or Infinity; @param burst calls at once after a pause, at least 1; @param spacing seconds */
  constructor(rate: number, burst: number, spacing: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#spacing = spacing;
    this.#tokens = burst;
  }

  /** Sustained calls per second. */
  get rate(): number {
    return Math.min(this.#rate, 1 / this.#spacing);
  }

  /** The earliest instant, `now` or later, at which a call may be placed. */
  earliest(now: number): number {
    let at = this.#spacing > 0 ? Math.max(now, this.#placedAt + this.#spacing) : now;
    if (this.#rate !== Number.POSITIVE_INFINITY) {
      this.#fill(now);
      if (this.#tokens < 1 - ALMOST) at = Math.max(at, now + (1 - this.#tokens) / this.#rate);
    }
    return at;
  }

  /** Takes the tokens for one call placed at `now`. */
  pass(now: number): void {
    this.#placedAt = now;
    if (this.#rate !== Number.POSITIVE_INFINITY) this.#tokens -= 1;
  }

  /** Number of calls that could be placed at once. */
  tokens(now: number): number {
    if (this.#rate === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    this.#fill(now);
    return Math.max(0, Math.floor(this.#tokens + ALMOST));
  }

  /** Changes limits from now on; those left out stay. */
  set(now: number, limits: { readonly callsPerSecond?: number; readonly burst?: number; readonly spacing?: number }): void {
    this.#fill(now);
    const { callsPerSecond = this.#rate, burst = this.#burst, spacing = this.#spacing } = limits;
    this.#tokens = this.#rate === Number.POSITIVE_INFINITY ? burst : Math.min(this.#tokens, burst);
    this.#rate = callsPerSecond;
    this.#burst = burst;
    this.#spacing = spacing;
  }

  #fill(now: number): void {
    if (now <= this.#filledAt) return;
    if (this.#rate !== Number.POSITIVE_INFINITY)
      this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#rate);
    this.#filledAt = now;
  }

  snapshot(): GateSnapshot {
    return {
      rate: this.#rate === Number.POSITIVE_INFINITY ? null : this.#rate,
      burst: this.#burst,
      spacing: this.#spacing,
      tokens: this.#tokens,
      filledAt: this.#filledAt,
      placedAt: this.#placedAt === Number.NEGATIVE_INFINITY ? null : this.#placedAt,
    };
  }

  restore({ rate, burst, spacing, tokens, filledAt, placedAt }: GateSnapshot): void {
    this.#rate = rate ?? Number.POSITIVE_INFINITY;
    this.#burst = burst;
    this.#spacing = spacing;
    this.#tokens = tokens;
    this.#filledAt = filledAt;
    this.#placedAt = placedAt ?? Number.NEGATIVE_INFINITY;
  }
}
