// The sleep of a loop between its turns: it ends early when there may be something to do.

import type { Clock } from "../../kernel/index.ts";

/** Sleeps of one loop. */
export class LoopSleep {
  readonly #clock: Clock;
  /** Something has happened since the turn began that may have made more events due. */
  #isStirred = false;
  #isOver = false;
  #waken: () => void = ignore;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isStirred(): boolean {
    return this.#isStirred;
  }

  /** Whether the loop is to end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A turn begins. */
  settle(): void {
    this.#isStirred = false;
  }

  /** The loop is to end: nothing sleeps any more. */
  end(): void {
    this.#isOver = true;
    this.wake();
  }

  restart(): void {
    this.#isOver = false;
  }

  wake(): void {
    this.#waken();
  }

  /** Says that something has happened which may have made more events due, and wakes. */
  stir(): void {
    this.#isStirred = true;
    this.wake();
  }

  /** Sleeps until stirred, woken, stopped, or `ms` have passed. */
  async wait(ms: number): Promise<void> {
    if (this.#isStirred || this.#isOver) return;
    const over = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#waken = resolve;
    });
    await Promise.race([woken, this.#clock.sleep(ms, over.signal).catch(ignore)]);
    this.#waken = ignore;
    over.abort();
  }

  /**
   * Sleeps until stopped or `ms` have passed, regardless of other events: a failing outbox is not called again for every finished
   * delivery.
   */
  async pause(ms: number): Promise<void> {
    const until = this.#clock.now() + ms;
    while (!this.#isOver && this.#clock.now() < until) {
      this.#isStirred = false;
      await this.wait(until - this.#clock.now());
    }
  }
}

function ignore(): void {}
