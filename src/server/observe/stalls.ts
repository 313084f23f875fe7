// Reports when the service's thread was blocked, and by which requests: during that time no request is answered and no heartbeat
// is sent.

/** A longer blocking is reported, ms. */
const TOLD_MS = 1000;
const TICK_MS = 250;

/** A request that was under way. */
export interface StalledRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
}

export class StallWatch {
  readonly #told: (ms: number, during: readonly StalledRequest[]) => void;
  readonly #elapsed: () => number;
  readonly #underWay = new Set<StalledRequest>();
  /** Requests that ended since the last look: one of them may have blocked the thread. */
  #ended: StalledRequest[] = [];
  #due: number;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param told called after the thread was blocked for more than a second @param elapsed ms from any origin, from a clock that
   * nobody can set
   */
  constructor(told: (ms: number, during: readonly StalledRequest[]) => void, elapsed: () => number = () => performance.now()) {
    this.#told = told;
    this.#elapsed = elapsed;
    this.#due = elapsed() + TICK_MS;
    this.#timer = setInterval(() => this.look(), TICK_MS).unref();
  }

  /** @returns a function that ends the request */
  begin(request: StalledRequest): () => void {
    this.#underWay.add(request);
    return () => {
      this.#underWay.delete(request);
      this.#ended.push(request);
    };
  }

  /** Compares the present time with the time at which it should have been called. */
  look(): void {
    const now = this.#elapsed();
    const late = now - this.#due;
    if (late > TOLD_MS) this.#told(late, [...this.#ended, ...this.#underWay]);
    this.#ended = [];
    this.#due = now + TICK_MS;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
