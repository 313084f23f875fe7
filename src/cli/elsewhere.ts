// Which tenant and store a command works on. Loaded when it works through a service, or asks before it acts.

import { type ServiceAddress, ServiceClient, Silence, serviceAddress } from "../app/index.ts";
import { type Clock, OutdialError } from "../kernel/index.ts";
import { tenantWords } from "../store/index.ts";
import type { Surroundings } from "./surroundings.ts";

/** The tenant and the store that a command works on, or the service. */
export async function workplaceWords(
  service: ServiceAddress | undefined,
  given: Parameters<typeof import("./late.ts").readContext>[0],
  env: Surroundings["env"],
  signal: AbortSignal,
): Promise<string> {
  if (service !== undefined) {
    const { tenant } = (await new ServiceClient(service, signal).ask("session.me", {})).service;
    return `tenant ${tenantWords(tenant?.address ?? null, tenant?.name)} · service ${service.url}`;
  }
  const { readContext } = await import("./late.ts");
  const { tenant, tenantName, store } = await readContext(given, env);
  return `tenant ${tenantWords(tenant.value, tenantName.value)} · store ${store.value ?? "none"}`;
}

/** Options for things that a service has decided for itself. */
const CHOSEN_THERE = {
  config: "--config",
  dir: "--dir",
  tenant: "--tenant",
  tenantUrl: "--tenant-url",
  databaseUrl: "--database-url",
};

/**
 * The service in OUTDIAL_URL. Throws `invalid_input` for a command that does not work through one. @param alone why it does not
 */
export function serviceOf(
  env: Surroundings["env"],
  alone: string | undefined,
  given: Readonly<Record<string, unknown>>,
  path: string,
  told: { readonly clock: Clock; readonly warn: (message: string) => void },
): ServiceAddress | undefined {
  const service = serviceAddress(env);
  if (alone !== undefined)
    throw new OutdialError("invalid_input", `outdial ${path} cannot use a service, but OUTDIAL_URL is set: ${alone}`, {
      advice:
        "Use the service's dashboard or API, or run the command without OUTDIAL_URL on a machine where store and tenant are configured.",
    });
  const flag = Object.entries(CHOSEN_THERE).find(([key]) => given[key] !== undefined)?.[1];
  if (flag !== undefined)
    throw new OutdialError("invalid_input", `${flag} cannot be used with OUTDIAL_URL: the service has its own store and tenant`);
  return service === undefined ? undefined : { ...service, silence: new Silence(told) };
}
