// The tenant behind the wire: everything it knows, built from a scenario. A reset or a restore builds a new one.

import { z } from "zod";
import type { Instant } from "../kernel/index.ts";
import { createTokenStore, type TokenStore } from "./auth/tokens.ts";
import type { CallEngine, DialedCampaign } from "./call-engine.ts";
import type { SandboxClock } from "./clock.ts";
import { createFaultList, type FaultList } from "./faults.ts";
import { createRequestLimiter, type RequestLimiter } from "./limits.ts";
import type { Scenario, ScenarioClient } from "./scenario/index.ts";
import { createSeededCallEngine } from "./seeded-calls.ts";
import { type AuditTrail, createAuditTrail } from "./state/audit-trail.ts";
import { type CampaignBook, type CampaignRecord, createCampaignBook } from "./state/campaigns.ts";
import { createDialerDesk, type DialerDesk } from "./state/dialer-desk.ts";
import { createIdempotencyKeys, type IdempotencyKeys } from "./state/idempotency.ts";
import { createIdMaker, type IdMaker } from "./state/ids.ts";
import { createInteractionBook, type InteractionBook } from "./state/interactions.ts";
import { createShadows, type Shadows } from "./state/shadows.ts";
import { activationEnded, metricsUpdated } from "./state-changes.ts";
import { createVendorWebhooks, type VendorWebhooks } from "./vendor-webhooks.ts";
import { type CallStore, createCallStore } from "./world/calls.ts";
import { type ContactStore, createContactStore } from "./world/contacts.ts";

export interface Tenant {
  readonly scenario: Scenario;
  readonly seed: number | string;
  /** When this world began; relative times count from here. */
  readonly start: Instant;
  readonly clock: SandboxClock;
  readonly ids: IdMaker;
  readonly clients: ReadonlyMap<string, ScenarioClient>;
  readonly tokens: TokenStore;
  readonly limiter: RequestLimiter;
  readonly faults: FaultList;
  readonly campaigns: CampaignBook;
  readonly contacts: ReadonlyMap<string, ContactStore>;
  readonly calls: CallStore;
  readonly interactions: InteractionBook;
  readonly dialer: DialerDesk;
  readonly audit: AuditTrail;
  readonly webhooks: VendorWebhooks;
  readonly engine: CallEngine;
  readonly keys: IdempotencyKeys;
  readonly shadows: Shadows;
}

export interface TenantOptions {
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

/** Builds the world of a scenario. Nothing moves in it before `startTenant`. */
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
