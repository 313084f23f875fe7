// The service's background work: each kind of work runs at most once at a time, each failure is reported, and all of it ends
// before the store closes.

import { type Clock, messageOf } from "../../kernel/index.ts";

/** How often work is repeated, and until when. */
interface Rhythm {
  readonly clock: Clock;
  /** Pause between the end of a turn and the next one, ms. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

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

  /** Starts work, unless work with this name is running. */
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

  /**
   * Repeats work until the signal. A failed turn does not end it, and is reported once: again when the error is a different one,
   * or after a turn that succeeded.
   * @param turn gets the number of earlier turns
   */
  repeat(name: string, { clock, everyMs, signal }: Rhythm, turn: (before: number) => Promise<void>): void {
    this.start(name, async () => {
      let told: string | undefined;
      for (let before = 0; !signal.aborted; before++) {
        try {
          await turn(before);
          told = undefined;
        } catch (thrown) {
          const message = messageOf(thrown);
          if (message !== told && !signal.aborted) this.#warn(`${name}: ${message}`);
          told = message;
        }
        await clock.sleep(everyMs, signal).catch(() => undefined);
      }
    });
  }

  /** Reports work that did not end normally. */
  tell(name: string, message: string): void {
    this.#warn(`${name}: ${message}`);
  }

  /** Waits for all running work, for at most a time; what is still running then is reported. */
  async settled(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    await Promise.race([Promise.all(this.#running.values()), late.promise]);
    clearTimeout(timer);
    for (const name of this.#running.keys()) this.tell(name, "did not end in time; it goes on where it was");
  }
}
