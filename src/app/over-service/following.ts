// Looking at what a service does until it has ended: with patience while the service is away, and until the reader stops following.

import { OutdialError } from "../../kernel/index.ts";
import type { Interruption } from "../../operations/index.ts";
import { Silence, type SilenceOptions } from "./silence.ts";

/** Looks are so far apart, ms. */
const LOOK_MS = 1_000;

export interface FollowingOptions extends SilenceOptions {
  /** That of the service's address, so that silence is told once. */
  readonly silence?: Silence | undefined;
}

/** What is looked at again and again, and how the end of the looking is told. */
interface Looked<Seen> {
  /** @param signal aborted when the reader stops following */
  readonly look: (signal: AbortSignal) => Promise<Seen>;
  readonly ended: (seen: Seen) => boolean;
  /** Told of every look. */
  readonly onLook?: ((seen: Seen) => void) | undefined;
  /** The command that shows it, for whoever can follow it no longer. */
  readonly again: string;
}

/** Follows what a service does. The service goes on with it, whether it is followed or not. */
export class Following {
  readonly #options: FollowingOptions;
  readonly #silence: Silence;
  readonly #interrupt = new AbortController();

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#silence = options.silence ?? new Silence(options);
  }

  /** Ends the following; the service goes on. */
  interrupt(): Interruption {
    this.#interrupt.abort();
    return "goes-on";
  }

  /**
   * Looks until the end.
   * @returns what was seen last, also when the following was ended before
   * @throws OutdialError with the service's code, and advice how it is found again
   */
  async through<Seen>({ look, ended, onLook, again }: Looked<Seen>): Promise<Seen> {
    const { signal } = this.#interrupt;
    let last: Seen | undefined;
    for (;;) {
      const seen = await this.patiently(() => look(signal)).catch((thrown: unknown) => {
        if (signal.aborted && last !== undefined) return last;
        if (!(thrown instanceof OutdialError) || signal.aborted) throw thrown;
        const { code, message, details } = thrown;
        const advice = `What became of it is not known; the service goes on with it. ${again} shows it.`;
        throw new OutdialError(code, message, { advice, details, cause: thrown });
      });
      last = seen;
      onLook?.(seen);
      if (signal.aborted || ended(seen)) return seen;
      await this.#options.clock.sleep(LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) return seen;
    }
  }

  /** Reads, and reads again while the service does not answer: it may be restarted, and what it has begun goes on. */
  async patiently<T>(read: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const { signal } = this.#interrupt;
    for (;;) {
      try {
        const answer = await read();
        this.#silence.answered();
        return answer;
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof OutdialError) || thrown.code !== "service_unavailable") throw thrown;
        this.#silence.tell(`${thrown.message}; looking again until it does`);
      }
      await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }
}
