// What a person is told about a service that does not answer: once that it does not, and once that it does again.

import type { Clock } from "../../kernel/index.ts";

/** A service that has said nothing for so long is told of, ms. */
const QUIET_MS = 10_000;

/** Asks, and tells since when there is no answer once there is none for a while. */
export async function tellingSilence<T>(
  { clock, quietMs, tell }: { readonly clock: Clock; readonly quietMs: number; readonly tell: (since: string) => void },
  ask: () => Promise<T>,
): Promise<T> {
  const since = new Date(clock.now()).toISOString();
  const end = new AbortController();
  clock.sleep(quietMs, end.signal).then(
    () => {
      if (!end.signal.aborted) tell(since);
    },
    () => undefined,
  );
  try {
    return await ask();
  } finally {
    end.abort();
  }
}

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
  during<T>(url: string, ask: () => Promise<T>, takesMs = 0): Promise<T> {
    const tell = (since: string) =>
      this.tell(
        `${url} has not answered since ${since}; waiting for it. Ctrl-C ends the waiting, not what the service has begun`,
      );
    return tellingSilence({ clock: this.#options.clock, quietMs: QUIET_MS + takesMs, tell }, ask);
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
