// The time of a simulated history: a queue of what happens when. Nothing waits for real, and the same history runs the same way each time.

interface Due {
  readonly at: number;
  readonly sequence: number;
  readonly happen: () => void;
}

/** 5 January 2026, 12:00 UTC. */
const START = Date.UTC(2026, 0, 5, 12);

export class VirtualTime {
  #now = START;
  #sequence = 0;
  #due: Due[] = [];

  /** ms since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** ms since the history began. */
  get elapsed(): number {
    return this.#now - START;
  }

  /** Lets something happen after some ms. @returns takes it back */
  after(ms: number, happen: () => void): () => void {
    const due = { at: this.#now + Math.max(0, ms), sequence: this.#sequence++, happen };
    // Few things are due at once: the place is found from the end.
    let place = this.#due.length;
    while (place > 0 && isAfter(this.#due[place - 1], due)) place -= 1;
    this.#due.splice(place, 0, due);
    return () => {
      const at = this.#due.indexOf(due);
      if (at >= 0) this.#due.splice(at, 1);
    };
  }

  /** Lets things happen one by one, each with all that follows from it at once, until `over` or for so many ms. @returns whether it is over */
  async run(over: () => boolean, longestMs: number): Promise<boolean> {
    const end = this.#now + longestMs;
    for (;;) {
      await quiet();
      if (over()) return true;
      const next = this.#due.shift();
      if (next === undefined || next.at > end) return false;
      this.#now = next.at;
      next.happen();
    }
  }
}

/** Where two are due at one instant, the one that was asked for first comes first. */
function isAfter(one: Due | undefined, other: Due): boolean {
  return one !== undefined && (one.at > other.at || (one.at === other.at && one.sequence > other.sequence));
}

/** Everything that follows from promises alone has happened: there is no other input or output in a history. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
