// Says when the service's thread was held up, and by which requests: while it is, nobody is answered and no heartbeat goes out.

/** A thread that was held up for longer is told, ms. */
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
  /** Requests that ended since the last look: the one that held up the thread may be among them. */
  #ended: StalledRequest[] = [];
  #due: number;
  readonly #timer: NodeJS.Timeout;

  /** @param told is called after a thread was held up for more than a second @param elapsed ms from any origin, of a clock that nobody sets */
  constructor(told: (ms: number, during: readonly StalledRequest[]) => void, elapsed: () => number = () => performance.now()) {
    this.#told = told;
    this.#elapsed = elapsed;
    this.#due = elapsed() + TICK_MS;
    this.#timer = setInterval(() => this.look(), TICK_MS).unref();
  }

  /** @returns ends it */
  begin(request: StalledRequest): () => void {
    this.#underWay.add(request);
    return () => {
      this.#underWay.delete(request);
      this.#ended.push(request);
    };
  }

  /** Compares the time with when it should have been called. */
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
