// The control plane as functions: inspect the tenant, move its time, inject faults, restore it (contract §3).

import { z } from "zod";
import { CAMPAIGN_STATUSES, interactionPatchAccepted } from "../contract/index.ts";
import { type Instant, problemsOf } from "../kernel/index.ts";
import type { CampaignStaff } from "./call-engine.ts";
import type { ClockMode, ClockModeOption } from "./clock.ts";
import type { Fault } from "./faults.ts";
import { shownCall } from "./handlers/outbound.ts";
import type { Journal, JournalEntry, JournalFilter } from "./journal.ts";
import { CALL_STATUSES, type CallStatus, listBehaviour, metricsFigures } from "./scenario/index.ts";
import { campaignChanged, metricsUpdated, settingsUpdated } from "./state-changes.ts";
import type { SandboxSnapshot, Tenant } from "./tenant.ts";
import type { WebhookDelivery } from "./vendor-webhooks.ts";
import { badRequest, notFound } from "./wire.ts";
import type { CallRecord } from "./world/calls.ts";

/** The sandbox's time. */
export interface ClockState {
  /** ISO 8601, UTC. */
  readonly now: string;
  /** When this world began. */
  readonly start: string;
  readonly mode: ClockMode["mode"];
  /** Virtual seconds per real second; 0 when frozen. */
  readonly speed: number;
}

/** A summary of the tenant. Counts unless stated otherwise. */
export interface SandboxState {
  readonly clock: ClockState;
  readonly seed: number | string;
  /** Requests to the vendor's API since the start or the last clearing of the journal. */
  readonly requests: number;
  readonly campaigns: readonly {
    readonly id: string;
    readonly status: string;
    readonly activeCalls: number;
    /** The campaign's present agents and what they are doing. */
    readonly agents: CampaignStaff;
  }[];
  readonly calls: {
    readonly total: number;
    readonly byStatus: Readonly<Record<CallStatus, number>>;
    /** Dispositions applied, including repetitions of the same body. */
    readonly writes: number;
    /** Dispositions that changed something. */
    readonly effects: number;
  };
  readonly contactLists: readonly { readonly id: string; readonly size: number }[];
  readonly interactions: number;
  readonly dialer: { readonly versionTag: string; readonly versionTagInForce: string; readonly operationsRunning: number };
  readonly webhooks: { readonly omnichannel: number; readonly integration: number };
  readonly tokensAlive: number;
  readonly faults: number;
  readonly auditEntries: number;
}

/** One call with its counters, which show whether anything was done twice. */
export interface ControlCall extends ReturnType<typeof shownCall> {
  readonly locked: boolean;
  /** Dispositions applied, including repetitions of the same body. */
  readonly writes: number;
  /** Dispositions that changed something. */
  readonly effects: number;
}

/**
 * The control plane in process. Bodies of `simulate…` are checked: a wrong one throws a `Refusal` with status 400, an unknown id
 * one with 404.
 */
export interface SandboxControl {
  state(): SandboxState;
  call(id: string): ControlCall | undefined;
  /** Calls in the order of the listing, with their counters. */
  calls(limit?: number): ControlCall[];
  clock(): ClockState;
  setClock(mode: ClockModeOption): ClockState;
  /** Moves time forward by so many seconds and runs whatever becomes due. */
  advance(seconds: number): Promise<ClockState>;
  /** Starts the same scenario again; equals a new sandbox. */
  reset(): void;
  snapshot(): SandboxSnapshot;
  /** Restores a snapshot of a sandbox with the same scenario and seed. Throws SnapshotError. */
  restore(snapshot: unknown): void;
  requests(filter?: JournalFilter): JournalEntry[];
  clearRequests(): void;
  readonly faults: {
    /** Adds a fault, or an array of faults. Throws FaultError with each wrong field. */
    add(fault: unknown): Fault[];
    list(): Fault[];
    clear(id?: string): number;
  };
  /** Revokes all tokens or those of one client; returns how many were valid. */
  revokeTokens(clientId?: string): number;
  /** Makes the next `count` activations of dialer settings fail. */
  failNextActivation(count?: number): void;
  /**
   * Sets a campaign's figures, which take precedence over measured ones (without any figure, measuring resumes), and sends the
   * metrics event.
   */
  simulateMetrics(change: unknown): { deliveries: number };
  /** Adds a call as described, or places one for the campaign when only `campaignId` is given. */
  simulateCall(call: unknown): ControlCall;
  /** Acts as another writer: `{kind: "interaction" | "dialerSettings" | "campaign", id?, body}`. */
  simulateEdit(edit: unknown): { id: string; version: string };
  /**
   * Sets how calls to a list turn out from now on: `{id, answerRate?, abandonRate?, mix?, talk?, wrap?}`; fields that are left
   * out stay.
   */
  simulateList(change: unknown): { id: string };
  /** Makes every due delivery attempt. */
  flushWebhooks(): Promise<{ delivered: number; failed: number; pending: number }>;
  /** The newest webhook deliveries with their attempts. */
  deliveries(): WebhookDelivery[];
}

interface ControlOptions {
  readonly tenant: () => Tenant;
  readonly journal: Journal;
  readonly reset: () => void;
  readonly takeSnapshot: () => SandboxSnapshot;
  readonly restore: (snapshot: unknown) => void;
}

export function createControl({ tenant, journal, ...lifecycle }: ControlOptions): SandboxControl {
  const clock = (): ClockState => {
    const { clock: present, start } = tenant();
    const mode = present.mode();
    const speed = mode.mode === "accelerated" ? mode.speed : mode.mode === "real" ? 1 : 0;
    return { now: timeText(present.now()), start: timeText(start), mode: mode.mode, speed };
  };
  const detailed = (call: CallRecord): ControlCall => ({
    ...shownCall(call),
    locked: call.locked,
    writes: call.writes,
    effects: call.effects,
  });

  return {
    clock,
    state: () => survey(tenant(), journal, clock()),
    call(id) {
      const call = tenant().calls.get(id);
      return call === undefined ? undefined : detailed(call);
    },
    calls: (limit = 1000) => tenant().calls.list({ limit }).calls.map(detailed),
    setClock(mode) {
      tenant().clock.set(mode);
      return clock();
    },
    async advance(seconds) {
      await tenant().clock.advance(seconds);
      return clock();
    },
    reset: lifecycle.reset,
    snapshot: lifecycle.takeSnapshot,
    restore: lifecycle.restore,
    requests: (filter) => journal.list(filter),
    clearRequests: () => journal.clear(),
    faults: {
      add: (fault) => tenant().faults.add(fault),
      list: () => tenant().faults.list(),
      clear: (id) => tenant().faults.clear(id),
    },
    revokeTokens: (clientId) => tenant().tokens.revoke(clientId, tenant().clock.now()),
    failNextActivation: (count = 1) => tenant().dialer.failNext(count),
    simulateMetrics: (change) => setFigures(tenant(), change),
    simulateCall: (call) => detailed(addCall(tenant(), call)),
    simulateEdit: (edit) => editAsAnother(tenant(), edit),
    simulateList: (change) => setBehaviour(tenant(), change),
    flushWebhooks: () => tenant().webhooks.flush(),
    deliveries: () => tenant().webhooks.deliveries(),
  };
}

const timeText = (at: Instant): string => new Date(at).toISOString();

function survey(tenant: Tenant, journal: Journal, clock: ClockState): SandboxState {
  const { dialer, webhooks, calls } = tenant;
  return {
    clock,
    seed: tenant.seed,
    requests: journal.total,
    campaigns: [...tenant.campaigns.all()].map(({ document: { id, status } }) => ({
      id,
      status,
      activeCalls: tenant.engine.activeCalls(id),
      agents: tenant.engine.staff(id),
    })),
    calls: { total: calls.size, byStatus: calls.countByStatus(), ...calls.totals() },
    contactLists: [...tenant.contacts].map(([id, { size }]) => ({ id, size })),
    interactions: tenant.interactions.size,
    dialer: {
      versionTag: dialer.current().versionTag,
      versionTagInForce: dialer.inForce().versionTag,
      operationsRunning: dialer.running(),
    },
    webhooks: { omnichannel: webhooks.list("omnichannel").length, integration: webhooks.list("integration").length },
    tokensAlive: tenant.tokens.alive(tenant.clock.now()),
    faults: tenant.faults.list().length,
    auditEntries: tenant.audit.size,
  };
}

// Changes of a tenant by its control: figures, behaviour of lists, calls, and edits by another writer.

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

function setFigures(tenant: Tenant, change: unknown): { deliveries: number } {
  const { campaignId, ...figures } = read(metricsChange, change);
  if (tenant.campaigns.get(campaignId) === undefined) throw notFound("campaign", campaignId);
  tenant.campaigns.setFigures(campaignId, "pinned", Object.keys(figures).length === 0 ? undefined : figures);
  const record = tenant.campaigns.get(campaignId);
  return { deliveries: record === undefined ? 0 : metricsUpdated(tenant, record) };
}

function setBehaviour({ contacts, engine }: Tenant, change: unknown): { id: string } {
  const { id, ...behaviour } = read(listChange, change);
  if (!contacts.has(id)) throw notFound("contact list", id);
  engine.setBehaviour(id, behaviour);
  return { id };
}

function addCall(tenant: Tenant, body: unknown): CallRecord {
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

function editAsAnother(tenant: Tenant, body: unknown): { id: string; version: string } {
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
