// Builds a tenant from a scenario, and ends it.

import { z } from "zod";
import { dialerSettingsAccepted } from "../contract/index.ts";
import type { Instant } from "../kernel/index.ts";
import { createTokenStore } from "./auth/tokens.ts";
import type { DialedCampaign, DialedSettings } from "./call-engine.ts";
import type { SandboxClock } from "./clock.ts";
import { createFaultList } from "./faults.ts";
import { createRequestLimiter } from "./limits.ts";
import { createLivingEngine } from "./living/engine.ts";
import type { Scenario } from "./scenario/index.ts";
import { createAuditTrail } from "./state/audit-trail.ts";
import { type CampaignRecord, createCampaignBook } from "./state/campaigns.ts";
import { createDialerDesk } from "./state/dialer-desk.ts";
import { createIdempotencyKeys } from "./state/idempotency.ts";
import { createIdMaker } from "./state/ids.ts";
import { createInteractionBook } from "./state/interactions.ts";
import { createDialingOverrides } from "./state/overrides.ts";
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
const DEFAULT_ANSWER_RATIO = 0.85;

const dialing = z.looseObject({
  status: z.string(),
  contactListId: z.string().optional().catch(undefined),
  dialerConfig: z
    .looseObject({
      predictiveSettings: z.looseObject({
        callRate: z.number(),
        maxCallsInFlight: z.number(),
        answerRatio: z.number().optional(),
        abandonmentThreshold: z.number().optional(),
      }),
    })
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
    answerRatio: dialerConfig?.predictiveSettings.answerRatio ?? DEFAULT_ANSWER_RATIO,
    abandonmentThreshold: dialerConfig?.predictiveSettings.abandonmentThreshold ?? 1,
    maxCallsPerContactPerDay: complianceConfig?.rateLimits?.maxCallsPerContactPerDay,
  };
}

const inForce = dialerSettingsAccepted.pick({ concurrency: true, algorithm: true });

/**
 * What the call engine needs to know about the dialer settings; the scenario's settings when a writer has stored something
 * unreadable.
 */
function dialedSettings(settings: unknown, scenario: Scenario): DialedSettings {
  const { concurrency, algorithm } = inForce.catch(scenario.dialer.settings).parse(settings);
  return {
    agents: Math.floor(concurrency.max_agents * algorithm.agent_availability_estimate + 1e-9),
    lines: concurrency.max_simultaneous_calls,
    spacing: concurrency.call_spacing_ms / 1000,
    dialRatio: algorithm.dial_ratio,
    abandonmentTarget: algorithm.abandonment_rate_target,
    warmLineTimeout: algorithm.warm_line_timeout_sec,
  };
}

/** Caches what was made from an object: records and settings are replaced, never changed. */
function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = make(key)));
    return value;
  };
}

/** Builds the world of a scenario. Nothing happens in it until its engine's `sync` is called. */
export function createTenant({ scenario, seed, start, clock, webhookFetch }: TenantOptions): Tenant {
  const ids = createIdMaker(seed);
  const campaigns = createCampaignBook(scenario, ids, start);
  const contacts = new Map(scenario.contactLists.map((list) => [list.id, createContactStore({ list, seed, start })]));
  const calls = createCallStore({ scenario, seed, start });
  const campaignOf = remembered(dialed);
  const pacing = createDialingOverrides();
  const overridden = (record: CampaignRecord): DialedCampaign => {
    const campaign = campaignOf(record);
    const override = pacing.get(campaign.id);
    if (override === undefined) return campaign;
    const { linesPerAgent, abandonmentTarget } = override;
    return { ...campaign, linesPerAgent, abandonmentTarget };
  };
  const settingsOf = remembered((settings: object) => dialedSettings(settings, scenario));
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
    engine: createLivingEngine({
      clock,
      seed,
      behaviours: scenario.contactLists.map(({ id, answerRate, abandonRate, mix, talk, wrap }) => [
        id,
        { answerRate, abandonRate, mix, talk, wrap },
      ]),
      world: {
        campaign: (id) => {
          const record = campaigns.get(id);
          return record === undefined ? undefined : overridden(record);
        },
        campaigns: () => [...campaigns.all()].map(overridden),
        contacts: (listId) => contacts.get(listId),
        settings: () => settingsOf(tenant.dialer.inForce().settings),
        mayDial: (id, phone) => pacing.mayDial(id, phone),
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
    dialects: new Map(),
    pacing,
    contactList(id) {
      let list = contacts.get(id);
      if (list === undefined) {
        list = createContactStore({ list: { id, contacts: [] }, seed, start });
        contacts.set(id, list);
      }
      return list;
    },
  };
  return tenant;
}

/** Stops timers, deliveries and calls. */
export function stopTenant({ engine, webhooks, clock }: Tenant): void {
  engine.stop();
  webhooks.stop();
  clock.stop();
}
