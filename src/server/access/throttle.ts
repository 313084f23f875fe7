// Slows down failed attempts to sign in, by the address they come from and by what they presented. A valid token or login link is
// never slowed down, however many others have failed from the same address: behind a proxy all callers may have the same one.

import { type Clock, doubledMs } from "../../kernel/index.ts";
import { ServerError } from "../error.ts";

/** Failures before further attempts must wait. */
const FREE = 5;
const FIRST_MS = 2000;
const MOST_MS = 15 * 60_000;
/** After this long without a failure, ms, counting starts anew. */
const FORGET_MS = 30 * 60_000;
/** Most addresses and secrets remembered; those that failed longest ago are forgotten first. */
const REMEMBERED = 20_000;
/** How many characters of what was presented identify it: its kind and 48 bits. */
const PREFIX = 12;

interface Failures {
  readonly count: number;
  readonly last: number;
}

/** Counts failed logins of this process. */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The refusal of a failed attempt: `too_many_attempts` while its address, or what it presented, must wait; else
   * `not_authenticated` with `message`, and the attempt is counted.
   */
  refusal(address: string, presented: string, message: string): ServerError {
    const now = this.#clock.now();
    const keys = [`address ${address}`, `secret ${presented.slice(0, PREFIX)}`];
    const wait = Math.max(...keys.map((key) => this.#waitOf(key, now)));
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1000);
      return new ServerError("too_many_attempts", `too many failed logins; try again in ${seconds} s`, {
        advice: "A valid token or login link is still accepted.",
        details: { retryAfterSeconds: seconds },
      });
    }
    for (const key of keys) this.#count(key, now);
    return new ServerError("not_authenticated", message);
  }

  #count(key: string, now: number): void {
    const seen = this.#failures.get(key);
    const count = seen === undefined || now - seen.last > FORGET_MS ? 1 : seen.count + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, last: now });
    if (this.#failures.size <= REMEMBERED) return;
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  /** How much longer to wait, ms: doubling with each failure beyond the free ones. */
  #waitOf(key: string, now: number): number {
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.count < FREE || now - failures.last > FORGET_MS) return 0;
    const pause = doubledMs(FIRST_MS, MOST_MS, failures.count - FREE);
    return failures.last + pause - now;
  }
}
