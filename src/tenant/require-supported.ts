// Refuses what a profile cannot do before the first request.

import type { Capability } from "./capability.ts";
import { TenantError } from "./errors.ts";

/**
 * Throws when a profile cannot do something.
 * @param name of the capability, for the message, for example "set the disposition of a finished call"
 * @throws TenantError `unsupported` with the reason; its advice names the alternative
 */
export function requireSupported(name: string, capability: Capability): void {
  if (capability.supported) return;
  const advice = capability.alternative;
  throw new TenantError(
    "unsupported",
    `this tenant cannot ${name}: ${capability.reason ?? "its profile has no such operation"}`,
    {
      ...(advice !== undefined && { advice }),
    },
  );
}
