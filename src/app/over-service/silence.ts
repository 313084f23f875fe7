// What a person is told about a service that does not answer: once that it does not, and once that it does again.

import type { Clock } from "../../kernel/index.ts";

/** A service that has said nothing for so long is told of, ms. */
const QUIET_MS = 10_000;

export interface SilenceOptions {
  readonly clock: Clock;
  /** Told when the service does not answer, and when it does again. */
  readonly warn: (message: string) => void;
}

/** Of one command, whatever it asks its service. */
export class Silence {
  readonly #options: SilenceOptions;
  #told = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Asks, and tells when there is no answer for a while. @param takesMs so long the answer may take on purpose */
  async during<T>(url: string, ask: () => Promise<T>, takesMs = 0): Promise<T> {
    const { clock } = this.#options;
    const since = new Date(clock.now()).toISOString();
    const end = new AbortController();
    clock.sleep(QUIET_MS + takesMs, end.signal).then(
      () => {
        if (!end.signal.aborted)
          this.tell(
            `${url} has not answered since ${since}; waiting for it. Ctrl-C ends the waiting, not what the service has begun`,
          );
      },
      () => undefined,
    );
    try {
      return await ask();
    } finally {
      end.abort();
    }
  }

  /** It does not answer. Said once until it does. */
  tell(message: string): void {
    if (!this.#told) this.#options.warn(message);
    this.#told = true;
  }

  answered(): void {
    if (this.#told) this.#options.warn("the service answers again");
    this.#told = false;
  }
}
