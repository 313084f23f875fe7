// What a tenant's profile cannot do, so that pages and commands do not offer what would be refused.

import type { Capabilities, Capability, TenantLink } from "../tenant/port.ts";

/** A capability that a profile does not have. */
interface Lack {
  readonly capability: keyof Capabilities | "campaignOfSettings" | "vendorSimulator" | "agents" | "recordings";
  readonly reason: string;
  readonly alternative: string | null;
}

/** The missing capabilities of the tenant's profile; no request is made. `outdial tenant probe` asks the tenant itself. */
export function lacksOf({ capabilities }: Pick<TenantLink, "capabilities">): readonly Lack[] {
  const lack = (name: Lack["capability"], { supported, reason = "", alternative }: Capability): Lack[] =>
    supported ? [] : [{ capability: name, reason, alternative: alternative ?? null }];
  const names = Object.keys(capabilities) as (keyof Capabilities)[];
  const { pacingSettings, metricsSource, callReader } = capabilities;
  const absent = (capability: Lack["capability"], isThere: boolean, reason: string, alternative: string | null): Lack[] =>
    isThere ? [] : [{ capability, reason, alternative }];
  return [
    ...names.flatMap((name) => lack(name, capabilities[name].capability)),
    ...lack("campaignOfSettings", pacingSettings.making),
    ...absent("vendorSimulator", pacingSettings.simulate !== undefined, "the tenant has no simulator", "outdial simulate"),
    ...absent("agents", metricsSource.agents !== undefined, "this interface does not tell the agents of a campaign", null),
    ...absent("recordings", callReader.recordings !== undefined, "this interface does not tell recordings", null),
  ];
}
