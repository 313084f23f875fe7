// Jobs that the service runs beside its requests: each at most once at a time, each failure told, all ended before the store closes.

import { messageOf } from "../../kernel/index.ts";

/** Work by name. */
export class Background {
  readonly #running = new Map<string, Promise<void>>();
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** Starts work, unless work of this name runs. */
  start(name: string, work: () => Promise<unknown>): void {
    if (this.#running.has(name)) return;
    const run = work().then(
      () => undefined,
      (thrown: unknown) => this.#warn(`${name}: ${messageOf(thrown)}`),
    );
    this.#running.set(
      name,
      run.finally(() => this.#running.delete(name)),
    );
  }

  /** Tells of work that ended otherwise than it was meant to. */
  tell(name: string, message: string): void {
    this.#warn(`${name}: ${message}`);
  }

  /** Waits for everything that runs, not longer than a time; what runs still is told of. */
  async settled(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    await Promise.race([Promise.all(this.#running.values()), late.promise]);
    clearTimeout(timer);
    for (const name of this.#running.keys()) this.tell(name, "did not end in time; it goes on where it was");
  }
}
