// Changes of a tenant by its control: figures, behaviour of lists, calls, and edits by another writer.

import { z } from "zod";
import { CAMPAIGN_STATUSES, interactionPatchAccepted } from "../contract/index.ts";
import { problemsOf } from "../kernel/index.ts";
import { CALL_STATUSES, listBehaviour, metricsFigures } from "./scenario/index.ts";
import { campaignChanged, metricsUpdated, settingsUpdated } from "./state-changes.ts";
import type { Tenant } from "./tenant.ts";
import { badRequest, notFound } from "./wire.ts";
import type { CallRecord } from "./world/calls.ts";

const ACTOR = "another-writer";

const metricsChange = metricsFigures.extend({ campaignId: z.string() });

const callChange = z.strictObject({
  campaignId: z.string(),
  id: z.string().min(1).optional(),
  status: z.enum(CALL_STATUSES).optional(),
  dispositionCode: z.string().optional(),
  startTime: z.iso.datetime({ offset: true }).optional(),
  endTime: z.iso.datetime({ offset: true }).optional(),
  locked: z.boolean().optional(),
  contactId: z.string().optional(),
  phoneNumber: z.string().optional(),
  agentId: z.string().optional(),
});

const listChange = z.strictObject({ id: z.string(), ...listBehaviour.shape });

const editChange = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("interaction"), id: z.string(), body: interactionPatchAccepted }),
  z.strictObject({ kind: z.literal("dialerSettings"), id: z.string().optional(), body: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    kind: z.literal("campaign"),
    id: z.string(),
    body: z.looseObject({ status: z.enum(CAMPAIGN_STATUSES).optional() }),
  }),
]);

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = problemsOf(schema, value, result.error);
  throw badRequest(`Invalid body: ${problems.map(({ path, message }) => `${path || "body"}: ${message}`).join("; ")}`, problems);
}

export function setFigures(tenant: Tenant, change: unknown): { deliveries: number } {
  const { campaignId, ...figures } = read(metricsChange, change);
  if (tenant.campaigns.get(campaignId) === undefined) throw notFound("campaign", campaignId);
  tenant.campaigns.setFigures(campaignId, "pinned", Object.keys(figures).length === 0 ? undefined : figures);
  const record = tenant.campaigns.get(campaignId);
  return { deliveries: record === undefined ? 0 : metricsUpdated(tenant, record) };
}

export function setBehaviour({ contacts, engine }: Tenant, change: unknown): { id: string } {
  const { id, ...behaviour } = read(listChange, change);
  if (!contacts.has(id)) throw notFound("contact list", id);
  engine.setBehaviour(id, behaviour);
  return { id };
}

export function addCall(tenant: Tenant, body: unknown): CallRecord {
  const { campaignId, id, startTime, endTime, status = "completed", ...given } = read(callChange, body);
  if (tenant.campaigns.get(campaignId) === undefined) throw notFound("campaign", campaignId);
  const described = id !== undefined || Object.keys(given).length > 0 || startTime !== undefined;
  if (!described) {
    const placed = tenant.engine.place(campaignId);
    if (placed === undefined) throw badRequest(`Campaign ${campaignId} has no contact that may be called.`);
    return placed;
  }
  const now = tenant.clock.now();
  const ended = status === "wrap_up" || status === "completed" || status === "abandoned" || status === "failed";
  const call: CallRecord = {
    ...given,
    locked: given.locked ?? false,
    id: id ?? tenant.ids.id("call", now),
    campaignId,
    status,
    startTime: startTime === undefined ? now : Date.parse(startTime),
    ...(ended ? { endTime: endTime === undefined ? now : Date.parse(endTime) } : {}),
    direction: "OUTBOUND",
    writes: 0,
    effects: 0,
  };
  tenant.calls.put(call);
  return call;
}

export function editAsAnother(tenant: Tenant, body: unknown): { id: string; version: string } {
  const edit = read(editChange, body);
  switch (edit.kind) {
    case "interaction": {
      const before = tenant.interactions.get(edit.id);
      const after = tenant.interactions.write(edit.id, edit.body.dispositions);
      if (before === undefined || after === undefined) throw notFound("interaction", edit.id);
      tenant.shadows.keep(`interaction/${edit.id}`, before);
      return { id: edit.id, version: after.etag };
    }
    case "campaign": {
      const before = tenant.campaigns.get(edit.id);
      const after = tenant.campaigns.merge(edit.id, edit.body, tenant.clock.now());
      if (before === undefined || after === undefined) throw notFound("campaign", edit.id);
      tenant.shadows.keep(`campaign/${edit.id}`, before);
      campaignChanged(tenant, before, after, ACTOR);
      return { id: edit.id, version: after.etag };
    }
    default: {
      const before = tenant.dialer.current();
      const { versionTag: _, ...changes } = edit.body;
      const after = tenant.dialer.edit({ ...before.settings, ...changes });
      tenant.shadows.keep("dialer/settings", before);
      const entry = { entity: "dialer", entityId: "settings", action: "settings.update", actor: ACTOR };
      tenant.audit.record({ ...entry, before: before.settings, after: after.settings }, tenant.clock.now());
      settingsUpdated(tenant, {});
      return { id: "settings", version: after.versionTag };
    }
  }
}
