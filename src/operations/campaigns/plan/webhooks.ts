// Registrations for the tenant's events about campaigns.

import type { TenantLink } from "../../../tenant/port.ts";
import type { CampaignWebhooks } from "./read-tenant.ts";

/** Reads, creates and changes the tenant's registrations for campaign events. */
export function campaignWebhooksOf({ capabilities: { vendorEvents } }: Pick<TenantLink, "capabilities">): CampaignWebhooks {
  return {
    list: (signal) => vendorEvents.registrations("campaign", { signal }),
    create: (draft, call) => vendorEvents.registerCampaignEvents(draft, call),
    update: (id, draft, call) => vendorEvents.updateCampaignEvents(id, draft, call),
  };
}
