// Builds a tenant from a scenario, and ends it.

import { z } from "zod";
import type { Instant } from "../kernel/index.ts";
import { createTokenStore } from "./auth/tokens.ts";
import type { DialedCampaign } from "./call-engine.ts";
import type { SandboxClock } from "./clock.ts";
import { createFaultList } from "./faults.ts";
import { createRequestLimiter } from "./limits.ts";
import type { Scenario } from "./scenario/index.ts";
import { createSeededCallEngine } from "./seeded-calls.ts";
import { createAuditTrail } from "./state/audit-trail.ts";
import { type CampaignRecord, createCampaignBook } from "./state/campaigns.ts";
import { createDialerDesk } from "./state/dialer-desk.ts";
import { createIdempotencyKeys } from "./state/idempotency.ts";
import { createIdMaker } from "./state/ids.ts";
import { createInteractionBook } from "./state/interactions.ts";
import { createShadows } from "./state/shadows.ts";
import { activationEnded, metricsUpdated } from "./state-changes.ts";
import type { Tenant } from "./tenant.ts";
import { createVendorWebhooks } from "./vendor-webhooks.ts";
import { createCallStore } from "./world/calls.ts";
import { createContactStore } from "./world/contacts.ts";

interface TenantOptions {
  readonly scenario: Scenario;
  readonly seed: number | string;
  readonly start: Instant;
  readonly clock: SandboxClock;
  readonly webhookFetch?: typeof fetch | undefined;
}

const DEFAULT_CALL_RATE = 12;
const DEFAULT_CALLS_IN_FLIGHT = 50;

const dialing = z.looseObject({
  status: z.string(),
  contactListId: z.string().optional().catch(undefined),
  dialerConfig: z
    .looseObject({ predictiveSettings: z.looseObject({ callRate: z.number(), maxCallsInFlight: z.number() }) })
    .optional()
    .catch(undefined),
  complianceConfig: z
    .looseObject({ rateLimits: z.looseObject({ maxCallsPerContactPerDay: z.number() }).optional() })
    .optional()
    .catch(undefined),
});

/** What the call engine needs to know of a campaign. */
function dialed({ document }: CampaignRecord): DialedCampaign {
  const { status, contactListId, dialerConfig, complianceConfig } = dialing.parse(document);
  return {
    id: document.id,
    status,
    contactListId,
    callRate: dialerConfig?.predictiveSettings.callRate ?? DEFAULT_CALL_RATE,
    maxCallsInFlight: dialerConfig?.predictiveSettings.maxCallsInFlight ?? DEFAULT_CALLS_IN_FLIGHT,
    maxCallsPerContactPerDay: complianceConfig?.rateLimits?.maxCallsPerContactPerDay,
  };
}

/** Builds the world of a scenario. Nothing moves in it until its engine is told to `sync`. */
export function createTenant({ scenario, seed, start, clock, webhookFetch }: TenantOptions): Tenant {
  const ids = createIdMaker(seed);
  const campaigns = createCampaignBook(scenario, ids, start);
  const contacts = new Map(scenario.contactLists.map((list) => [list.id, createContactStore({ list, seed, start })]));
  const calls = createCallStore({ scenario, seed, start });
  const tenant: Tenant = {
    scenario,
    seed,
    start,
    clock,
    ids,
    clients: new Map(scenario.clients.map((client) => [client.id, client])),
    tokens: createTokenStore({ seed, lifetimeSeconds: scenario.tokenLifetimeSeconds }),
    limiter: createRequestLimiter(scenario.limits),
    faults: createFaultList({ seed }),
    campaigns,
    contacts,
    calls,
    interactions: createInteractionBook(scenario, ids),
    dialer: createDialerDesk({ scenario, clock, ids, onEnd: (operation, before) => activationEnded(tenant, operation, before) }),
    audit: createAuditTrail(scenario, seed, start),
    webhooks: createVendorWebhooks({ clock, seed, fetch: webhookFetch }),
    engine: createSeededCallEngine({
      clock,
      seed,
      behaviours: scenario.contactLists.map(({ id, answerRate, abandonRate, mix }) => [id, { answerRate, abandonRate, mix }]),
      world: {
        campaign: (id) => {
          const record = campaigns.get(id);
          return record === undefined ? undefined : dialed(record);
        },
        campaigns: () => [...campaigns.all()].map(dialed),
        contacts: (listId) => contacts.get(listId),
        calls,
      },
      onEvent(event) {
        if (event.type !== "metrics") return;
        const record = campaigns.get(event.campaignId);
        if (record !== undefined) metricsUpdated(tenant, record);
      },
    }),
    keys: createIdempotencyKeys(),
    shadows: createShadows(),
  };
  return tenant;
}

/** Ends everything that moves: timers, deliveries, calls. */
export function stopTenant({ engine, webhooks, clock }: Tenant): void {
  engine.stop();
  webhooks.stop();
  clock.stop();
}
