// What a tenant's profile cannot do, so that pages and commands do not offer what would be refused.

import type { Capabilities, Capability, TenantLink } from "../tenant/port.ts";

/** A capability that a profile does not have. */
export interface Lack {
  readonly capability: keyof Capabilities | "campaignDocuments" | "vendorSimulator";
  readonly reason: string;
  readonly alternative: string | null;
}

/** The missing capabilities of the tenant's profile; no request is made. `outdial tenant probe` asks the tenant itself. */
export function lacksOf({ capabilities }: Pick<TenantLink, "capabilities">): readonly Lack[] {
  const lack = (name: Lack["capability"], { supported, reason = "", alternative }: Capability): Lack[] =>
    supported ? [] : [{ capability: name, reason, alternative: alternative ?? null }];
  const names = Object.keys(capabilities) as (keyof Capabilities)[];
  const { campaignProvisioning, pacingSettings } = capabilities;
  return [
    ...names.flatMap((name) => lack(name, capabilities[name].capability)),
    ...lack("campaignDocuments", campaignProvisioning.documents),
    ...(pacingSettings.simulate === undefined
      ? [{ capability: "vendorSimulator", reason: "the tenant has no simulator", alternative: "outdial simulate" } as const]
      : []),
  ];
}
