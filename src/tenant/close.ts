// Closing a tenant's client.

import type { Clock } from "../kernel/index.ts";
import { TenantError } from "./errors.ts";
import type { TenantLink } from "./link.ts";
import type { Transport } from "./transport.ts";

/** See `TenantLink.close`. @param closer ends waiting calls */
export function closerOf(closer: AbortController, transport: Transport, clock: Clock): TenantLink["close"] {
  const cutter = new AbortController();
  let closed: Promise<void> | undefined;
  return async ({ withinMs } = {}) => {
    closer.abort(new TenantError("aborted", "the tenant's client is closed"));
    closed ??= transport.close?.(cutter.signal) ?? Promise.resolve();
    if (withinMs === undefined) return closed;
    const inTime = new AbortController();
    const cutting = clock.sleep(withinMs, inTime.signal).then(
      () => cutter.abort(),
      () => undefined,
    );
    await closed;
    inTime.abort();
    await cutting;
  };
}
