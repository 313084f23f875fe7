// Reads one call from the tenant; opens no store.

import type { CallRow } from "../tenant/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";

/** Reads a call. Throws TenantError, `not_found` when the tenant has no call with that id. */
export async function readCall(id: string, flags: Flags, environment: Environment): Promise<CallRow> {
  const tenant = await tenantFromConfig(await loadConfig(flags, environment), environment);
  try {
    return await tenant.capabilities.callReader.show(id);
  } finally {
    await tenant.close();
  }
}
