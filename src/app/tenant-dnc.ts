// Wiring of the tenant's do-not-call groups and callbacks, over a store and a tenant.

import { TenantCallbacks, TenantDnc } from "../operations/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";

/** The tenant's own records of people who must not be called, or must be called back. */
export interface TenantDncRuntime extends AsyncDisposable {
  readonly dnc: TenantDnc;
  readonly callbacks: TenantCallbacks;
  readonly actor: string;
}

/** Opens both. Throws ConfigError, StoreError. */
export async function openTenantDnc(flags: Flags, environment: Environment): Promise<TenantDncRuntime> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const owned = stack.move();
  return {
    dnc: new TenantDnc({ tenant, store }),
    callbacks: new TenantCallbacks({ tenant, store }),
    actor: config.actor,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
