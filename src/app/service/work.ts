// What the routes of the API use.

import type { ServerPorts } from "../../server/index.ts";
import type { capabilitiesOn } from "../capabilities.ts";
import { tenantLook } from "../tenant-look.ts";
import type { Workplace } from "../workplace.ts";

/** The use cases of a workplace in the form for the server. */
export function workOf(
  able: Omit<Awaited<ReturnType<typeof capabilitiesOn>>, "beside">,
  { store, tenant, config }: Workplace,
): ServerPorts["work"] {
  return {
    attention: () => able.attention,
    campaigns: () => able.campaigns,
    campaignFiles: () => able.campaignFiles,
    contacts: () => able.contacts,
    failover: () => able.failover,
    jobs: () => able.jobs,
    interactions: () => able.corrections,
    dialer: () => able.settings,
    simulate: () => able.simulations,
    outcomes: () => able.outcomes,
    outcomesCrm: () => able.crm,
    compliance: () => able.compliance,
    facts: () => able.facts,
    audit: () => able.audit,
    deliveries: () => able.deliveries,
    inbound: () => store.inbound,
    lives: () => able.lives,
    vendorWebhooks: () => able.webhooks,
    tenant: () => ({
      doNotCall: able.doNotCall,
      callbacks: able.callbacks,
      calls: able.calls,
      known: able.known,
      look: tenantLook(tenant, config.clock),
    }),
  };
}
