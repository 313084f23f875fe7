// Consequences of a change of the tenant's state: vendor events, audit entries, and telling the call engine.

import { campaignMetrics } from "./campaign-metrics.ts";
import type { CampaignRecord } from "./state/campaigns.ts";
import type { DeskVersion, DialerOperation } from "./state/dialer-desk.ts";
import type { Tenant } from "./tenant.ts";

/** To call after a campaign was created (`before` undefined) or changed. */
export function campaignChanged(tenant: Tenant, before: CampaignRecord | undefined, after: CampaignRecord, actor: string): void {
  const { id, status } = after.document;
  const now = tenant.clock.now();
  tenant.audit.record(
    {
      entity: "campaign",
      entityId: id,
      action: before === undefined ? "campaign.create" : "campaign.update",
      actor,
      before: before?.document ?? null,
      after: after.document,
    },
    now,
  );
  tenant.engine.sync();
  const previousStatus = before?.document.status ?? null;
  if (previousStatus === status) return;
  const changedAt = new Date(now).toISOString();
  if (before !== undefined) {
    tenant.webhooks.emit("omnichannel.campaign.state.change", { campaignId: id, status, previousStatus, changedAt });
  }
  if (status === "active") tenant.webhooks.emit("dialer.campaign.activated", { campaignId: id, status, activatedAt: changedAt });
}

/** Sends the metrics event of a campaign to its registrations; returns the number of deliveries. */
export function metricsUpdated(tenant: Tenant, record: CampaignRecord): number {
  return tenant.webhooks.emit("omnichannel.campaign.metrics.update", campaignMetrics(tenant, record, 30));
}

/** To call after an activation of dialer settings has ended, either way. */
export function activationEnded(tenant: Tenant, operation: DialerOperation, before: DeskVersion): void {
  const { operationId, status, announced, actor, failure } = operation;
  const done = status === "COMPLETED";
  tenant.audit.record(
    {
      entity: "dialer",
      entityId: "settings",
      action: done ? "settings.update" : "settings.update_failed",
      actor,
      before: { ...before.settings, versionTag: before.versionTag },
      after: done ? { ...announced.settings, versionTag: announced.versionTag } : { errorDetails: failure ?? "unknown" },
    },
    tenant.clock.now(),
  );
  if (done) settingsUpdated(tenant, { operationId });
}

/** To call after other settings came into force. */
export function settingsUpdated(tenant: Tenant, facts: Readonly<Record<string, unknown>>): void {
  tenant.engine.sync();
  const { settings, versionTag } = tenant.dialer.inForce();
  tenant.webhooks.emit("dialer.settings.updated", { ...facts, versionTag, settings });
}
