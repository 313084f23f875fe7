// How far this machine's clock is from the tenant's, by the `Date` of its replies.

import type { Clock } from "../kernel/index.ts";
import { emit, type TenantHooks } from "./hooks.ts";
import { systemClock } from "./system-clock.ts";

/** `Date` has whole seconds: the reply may have been made up to this much later, ms. */
const WITHIN_MS = 1000;

/**
 * The difference that a reply shows, ms: above 0 when this machine's clock is behind the tenant's. The reply was made between
 * `receivedAt - latencyMs` and `receivedAt`; a `Date` that fits is no difference.
 */
export function skewOf(tenantTime: number, receivedAt: number, latencyMs: number): number {
  if (tenantTime > receivedAt) return tenantTime - receivedAt;
  return Math.min(0, tenantTime + WITHIN_MS - (receivedAt - latencyMs));
}

/** The difference between the tenant's clock and this machine's, from the latest reply. */
export class ClockSkew {
  readonly #clock: Clock | undefined;
  #latest: number | null = null;

  /** @param clock what times of replies are compared with; nothing is compared unless it is this machine's */
  constructor(clock: Clock | undefined) {
    this.#clock = clock;
  }

  /** The hooks, extended to read every reply's `Date`. */
  hearing(hooks: TenantHooks): TenantHooks {
    const clock = this.#clock;
    if (clock !== systemClock) return hooks;
    return {
      ...hooks,
      onResponse: (response) => {
        const { tenantTime, latencyMs } = response;
        if (tenantTime !== undefined) this.#latest = skewOf(tenantTime, clock.now(), latencyMs);
        emit(hooks, "onResponse", response);
      },
    };
  }

  /** Null while no reply told a time. */
  get ms(): number | null {
    return this.#latest;
  }
}
