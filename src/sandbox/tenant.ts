// Everything that the tenant knows. A reset or a restore replaces it by a new one.

import type { Instant } from "../kernel/index.ts";
import type { TokenStore } from "./auth/tokens.ts";
import type { CallEngine } from "./call-engine.ts";
import type { SandboxClock } from "./clock.ts";
import type { FaultList } from "./faults.ts";
import type { RequestLimiter } from "./limits.ts";
import type { Scenario, ScenarioClient } from "./scenario/index.ts";
import type { AuditTrail } from "./state/audit-trail.ts";
import type { CampaignBook } from "./state/campaigns.ts";
import type { DialerDesk } from "./state/dialer-desk.ts";
import type { IdempotencyKeys } from "./state/idempotency.ts";
import type { IdMaker } from "./state/ids.ts";
import type { InteractionBook } from "./state/interactions.ts";
import type { DialingOverrides } from "./state/overrides.ts";
import type { Shadows } from "./state/shadows.ts";
import type { VendorWebhooks } from "./vendor-webhooks.ts";
import type { CallStore } from "./world/calls.ts";
import type { ContactStore } from "./world/contacts.ts";

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
  /** Additional state of a dialect, by its name: plain data. */
  readonly dialects: Map<string, object>;
  /** Dialing parameters that a dialect sets for single campaigns. */
  readonly pacing: DialingOverrides;
  /** The contact list with an id; made when there is none. */
  contactList(id: string): ContactStore;
}
