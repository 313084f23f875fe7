// Keeps the latest head at one place.

import type { Appended } from "./append.ts";
import type { HeadPlace } from "./places.ts";

/** Waits for work, but at most so many ms; after that its result is ignored. Rejects when the work rejects in that time. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  work.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Updates one place after commits: one update at a time, with a pause after each. */
export class Keeper {
  readonly #place: HeadPlace;
  readonly #update: (latest: Appended) => Promise<unknown>;
  #latest: Appended | undefined;
  #writing: Promise<void> | undefined;
  #hurry = false;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(place: HeadPlace, update: (latest: Appended) => Promise<unknown>) {
    this.#place = place;
    this.#update = update;
  }

  note(appended: Appended): void {
    if (this.#closed) return;
    this.#latest = appended;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async flush(): Promise<void> {
    if (this.#place.remote) return;
    this.#hurry = true;
    this.#wake();
    try {
      await this.#writing;
    } finally {
      this.#hurry = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #write(): Promise<void> {
    for (let written: Appended | undefined; this.#latest !== undefined && this.#latest !== written && !this.#closed; ) {
      written = this.#latest;
      // When the database is away, the regular comparison updates the place later.
      await this.#update(written).catch(() => undefined);
      await this.#rest();
    }
  }

  /** Waits for further checkpoints, unless a caller is waiting. */
  async #rest(): Promise<void> {
    if (this.#hurry || this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#place.restMs);
      // A command that ends does not wait for the pause.
      if (this.#place.remote) timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
