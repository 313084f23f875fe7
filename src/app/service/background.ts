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

  /** Waits for everything that runs. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }
}
