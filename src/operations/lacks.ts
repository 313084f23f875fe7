// What a tenant's profile does not offer, for pages and whoever asks: so that nobody is offered what would be refused.

import type { Capabilities, Capability, TenantLink } from "../tenant/port.ts";

/** A capability that a profile has not. */
export interface Lack {
  readonly capability: keyof Capabilities | "campaignDocuments" | "vendorSimulator";
  readonly reason: string;
  readonly alternative: string | null;
}

/** What the tenant cannot do, by its profile alone: nothing is asked. `outdial tenant probe` asks. */
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
