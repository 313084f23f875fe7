// Failed logins are slowed down, per address and over all addresses: each address gets a few, then waits ever longer.

import type { Clock } from "../../kernel/index.ts";
import { ServerError } from "../error.ts";

/** Failures of one address before it waits, and of all addresses together within the window. */
const FREE = 5;
const FREE_OVER_ALL = 100;
const FIRST_MS = 2000;
const MOST_MS = 15 * 60_000;
/** An address without failures for so long begins anew. */
const FORGET_MS = 30 * 60_000;
/** Addresses remembered at most; the oldest are forgotten first. */
const REMEMBERED = 10_000;

interface Failures {
  count: number;
  last: number;
}

/** Counts failed logins of this process. */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Failures>();
  readonly #all: Failures = { count: 0, last: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws ServerError `too_many_attempts` while the address must wait. */
  check(address: string): void {
    const now = this.#clock.now();
    const wait = Math.max(waitOf(this.#byAddress.get(address), FREE, now), waitOf(this.#all, FREE_OVER_ALL, now));
    if (wait <= 0) return;
    throw new ServerError("too_many_attempts", `too many failed logins; try again in ${Math.ceil(wait / 1000)} s`, {
      details: { retryAfterSeconds: Math.ceil(wait / 1000) },
    });
  }

  failed(address: string): void {
    const now = this.#clock.now();
    const seen = this.#byAddress.get(address);
    const count = seen === undefined || now - seen.last > FORGET_MS ? 1 : seen.count + 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count, last: now });
    if (this.#byAddress.size > REMEMBERED) {
      const [oldest] = this.#byAddress.keys();
      if (oldest !== undefined) this.#byAddress.delete(oldest);
    }
    this.#all.count = now - this.#all.last > FORGET_MS ? 1 : this.#all.count + 1;
    this.#all.last = now;
  }

  succeeded(address: string): void {
    this.#byAddress.delete(address);
  }
}

/** How much longer to wait, ms: doubling with each failure beyond the free ones. */
function waitOf(failures: Failures | undefined, free: number, now: number): number {
  if (failures === undefined || failures.count < free || now - failures.last > FORGET_MS) return 0;
  const pause = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(20, failures.count - free));
  return failures.last + pause - now;
}
