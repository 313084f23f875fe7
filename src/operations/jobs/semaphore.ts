// Limits the number of concurrent sends.

/** A counting semaphore; places are given in the order of asking. */
export class Semaphore {
  #free: number;
  #waiting: (() => void)[] = [];
  #next = 0;

  constructor(size: number) {
    this.#free = size;
  }

  /** Undefined when a place was free at once, otherwise a promise of one. */
  acquire(): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const waiter = this.#waiting[this.#next];
    if (waiter === undefined) {
      this.#free += 1;
      return;
    }
    this.#next += 1;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    waiter();
  }
}
