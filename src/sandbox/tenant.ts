// Everything that the tenant knows. A reset or a restore replaces it by a new one.

import { type Instant, OutdialError } from "../kernel/index.ts";
import type { TokenStore, TokenStoreSnapshot } from "./auth/tokens.ts";
import type { CallEngine, CallEngineSnapshot } from "./call-engine.ts";
import type { ClockSnapshot, SandboxClock } from "./clock.ts";
import type { FaultList, FaultListSnapshot } from "./faults.ts";
import type { LimiterSnapshot, RequestLimiter } from "./limits.ts";
import type { Scenario, ScenarioClient } from "./scenario/index.ts";
import type { AuditTrail, TrailEntry } from "./state/audit-trail.ts";
import type { CampaignBook, CampaignRecord } from "./state/campaigns.ts";
import type { DialerDesk, DialerDeskSnapshot } from "./state/dialer-desk.ts";
import type { IdempotencyKeys, IdempotencySnapshot } from "./state/idempotency.ts";
import type { IdMaker } from "./state/ids.ts";
import type { InteractionBook, InteractionRecord } from "./state/interactions.ts";
import type { DialingOverrides, OverridesSnapshot } from "./state/overrides.ts";
import type { Shadows } from "./state/shadows.ts";
import type { VendorWebhooks, WebhooksSnapshot } from "./vendor-webhooks.ts";
import type { CallStore, CallStoreSnapshot } from "./world/calls.ts";
import type { ContactStore, ContactStoreSnapshot } from "./world/contacts.ts";

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

// A tenant's state as plain data and back: the changes since the start of its scenario, which the snapshot names.

/** A tenant at one moment, as plain data; can be restored in a sandbox with the same scenario and seed. */
export interface SandboxSnapshot {
  readonly format: 1;
  readonly seed: number | string;
  readonly start: number;
  readonly clock: ClockSnapshot;
  readonly ids: number;
  readonly tokens: TokenStoreSnapshot;
  readonly limits: LimiterSnapshot;
  readonly faults: FaultListSnapshot;
  readonly campaigns: readonly CampaignRecord[];
  readonly contacts: readonly (readonly [listId: string, ContactStoreSnapshot])[];
  readonly calls: CallStoreSnapshot;
  readonly interactions: readonly InteractionRecord[];
  readonly dialer: DialerDeskSnapshot;
  readonly audit: readonly TrailEntry[];
  readonly webhooks: WebhooksSnapshot;
  readonly engine: CallEngineSnapshot;
  readonly keys: IdempotencySnapshot;
  readonly dialects?: readonly (readonly [name: string, state: object])[];
  readonly pacing?: OverridesSnapshot;
}

type SnapshotErrorCode = "snapshot_invalid" | "snapshot_of_another";

/** A snapshot that cannot be restored here. */
export class SnapshotError extends OutdialError<SnapshotErrorCode> {}

export function takeSnapshot(tenant: Tenant): SandboxSnapshot {
  const state: SandboxSnapshot = {
    format: 1,
    seed: tenant.seed,
    start: tenant.start,
    clock: tenant.clock.snapshot(),
    ids: tenant.ids.snapshot(),
    tokens: tenant.tokens.snapshot(),
    limits: tenant.limiter.snapshot(),
    faults: tenant.faults.snapshot(),
    campaigns: tenant.campaigns.snapshot(),
    contacts: [...tenant.contacts].map(([id, list]) => [id, list.snapshot()] as const),
    calls: tenant.calls.snapshot(),
    interactions: tenant.interactions.snapshot(),
    dialer: tenant.dialer.snapshot(),
    audit: tenant.audit.snapshot(),
    webhooks: tenant.webhooks.snapshot(),
    engine: tenant.engine.snapshot(),
    keys: tenant.keys.snapshot(),
    dialects: [...tenant.dialects],
    pacing: tenant.pacing.snapshot(),
  };
  // A copy, so that later changes do not affect it; without undefined fields, as over HTTP.
  return JSON.parse(JSON.stringify(state)) as SandboxSnapshot;
}

/** Throws SnapshotError unless the value has the form of a snapshot of this scenario and seed. */
export function checkSnapshot(value: unknown, seed: number | string): SandboxSnapshot {
  const has = (name: string, type: "object" | "number"): boolean =>
    typeof value === "object" && value !== null && typeof new Map<string, unknown>(Object.entries(value)).get(name) === type;
  const objects = ["clock", "tokens", "limits", "faults", "campaigns", "contacts", "calls", "interactions", "dialer", "audit"];
  const sound =
    has("format", "number") &&
    has("start", "number") &&
    [...objects, "webhooks", "engine", "keys"].every((name) => has(name, "object"));
  if (!sound) {
    throw new SnapshotError("snapshot_invalid", "This is not a snapshot of a sandbox.", {
      advice: "Send back what GET /__sandbox/snapshot gave, unchanged.",
    });
  }
  const snapshot = structuredClone(value) as SandboxSnapshot;
  if (snapshot.format !== 1)
    throw new SnapshotError("snapshot_invalid", `Snapshot format ${String(snapshot.format)} is not known; known: 1.`);
  if (snapshot.seed !== seed) {
    throw new SnapshotError(
      "snapshot_of_another",
      "The snapshot is of a sandbox with another seed; generated records would differ.",
    );
  }
  return snapshot;
}

/** Restores the state in a new tenant of the same scenario; the clock first, since the others schedule on it. */
export function restoreSnapshot(tenant: Tenant, snapshot: SandboxSnapshot): void {
  tenant.clock.restore(snapshot.clock);
  tenant.ids.restore(snapshot.ids);
  tenant.tokens.restore(snapshot.tokens);
  tenant.limiter.restore(snapshot.limits);
  tenant.faults.restore(snapshot.faults);
  tenant.campaigns.restore(snapshot.campaigns);
  for (const [id, list] of snapshot.contacts) tenant.contactList(id).restore(list);
  tenant.calls.restore(snapshot.calls);
  tenant.interactions.restore(snapshot.interactions);
  tenant.dialer.restore(snapshot.dialer);
  tenant.audit.restore(snapshot.audit);
  tenant.webhooks.restore(snapshot.webhooks);
  for (const [name, state] of snapshot.dialects ?? []) tenant.dialects.set(name, state);
  tenant.pacing.restore(snapshot.pacing ?? []);
  tenant.engine.restore(snapshot.engine);
  tenant.keys.restore(snapshot.keys);
}
