// Registrations for the tenant's events about campaigns.

import { z } from "zod";
import type { Tenant } from "../../../tenant/index.ts";
import type { CampaignWebhooks } from "./read-tenant.ts";

const withHeaders = z.object({ headers: z.record(z.string(), z.string()).optional().catch(undefined) });

export function campaignWebhooksOf({ campaignWebhooks }: Pick<Tenant, "campaignWebhooks">): CampaignWebhooks {
  return {
    list: async (signal) => (await campaignWebhooks.list({ signal })).webhooks,
    create: (draft) => campaignWebhooks.create(draft),
    async update(id, draft) {
      // An update replaces the registration: the headers of its deliveries stay.
      const { headers } = withHeaders.parse(await campaignWebhooks.get(id));
      return campaignWebhooks.update(id, { ...draft, ...(headers === undefined ? {} : { headers }) });
    },
  };
}
