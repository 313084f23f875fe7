// Carries out the commands of an apply at the tenant and returns the result as an event. No other file of an apply uses the
// network.

import type { Clock } from "../../../kernel/index.ts";
import type { CallOptions, CampaignProvisioning, CampaignRunner } from "../../../tenant/port.ts";
import { TenantError } from "../../../tenant/port.ts";
import { OperationError } from "../../error.ts";
import { type ListedCampaigns, SAY_GONE } from "../../known/index.ts";
import { type Leave, whileWanted } from "../../run/leave.ts";
import { readPlannedRecords } from "../file/records.ts";
import { campaignDraftSchema } from "../file/schema.ts";
import { type CampaignWebhooks, readCampaign, readRegistrations, type WebhookDraft } from "../plan/read-tenant.ts";
import { sentOf } from "../plan/sent.ts";
import type { PlanEntry, Registration, TenantCampaign } from "../plan/types.ts";
import type { ApplyCommand, ApplyEvent, ApplyState, Found } from "./state.ts";

/** An event without its time. */
export type Happening = ApplyEvent extends infer Each ? (Each extends ApplyEvent ? Omit<Each, "at"> : never) : never;

/** Whether a campaign may be activated now, and if not, the reason as a sentence. */
type ActivationGate = (campaignId: string) => Promise<{ readonly pass: boolean; readonly message: string }>;

/** What commands are carried out with. */
export interface ActDeps {
  readonly provisioning: CampaignProvisioning;
  readonly runner: CampaignRunner;
  readonly webhooks: CampaignWebhooks;
  readonly gate: ActivationGate;
  /**
   * Why a campaign must not be activated although its gate allowed it: everything was stopped, or it was paused, in the meantime.
   * Null when it may.
   */
  readonly held: (campaignId: string) => Promise<string | null>;
  readonly clock: Clock;
  /** Reads the tenant's list of campaigns, compared with those that are known. */
  readonly list: (signal: AbortSignal) => Promise<ListedCampaigns>;
  /** Throws OperationError `not_available` when outdial has made this registration: the tenant's list lacks it. */
  readonly refuseSecond: (draft: WebhookDraft) => Promise<void>;
  /** Records a registration that was made. */
  readonly registered: (id: string, draft: WebhookDraft) => Promise<void>;
  /** Runs work that no other process runs at the same time under the same name. */
  readonly inTurn: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** The idempotency key for a campaign and a plan: the same in every process at every time. */
  readonly key: (what: "write" | "activate") => string;
  /** Ends what waits. */
  readonly signal: AbortSignal;
  /** Of the run: a write is given it. */
  readonly leave: Leave;
}

const FATAL: ReadonlySet<string> = new Set([
  "unauthorized",
  "missing_scope",
  "invalid_config",
  "invalid_request",
  "unsupported",
  "host_not_allowed",
  "redirect_refused",
]);

/** Carries out one command at the tenant. Rejects only when aborted, or for errors that are not answers of the tenant. */
export async function act(
  command: Exclude<ApplyCommand, { kind: "intend" }>,
  entry: PlanEntry,
  state: ApplyState,
  deps: ActDeps,
): Promise<Happening> {
  const { provisioning, signal } = deps;
  try {
    switch (command.kind) {
      case "look":
        return await look(entry, state, deps);
      case "read":
        return foundOf(state.id === null ? undefined : await readCampaign(provisioning, state.id, signal));
      case "send":
        return await written(state, () =>
          entry.status === "active" ? sendActive(entry, state, deps) : send(entry, state, deps),
        );
      case "register":
        return await register(entry, deps);
      case "gate":
        return { type: "gated", ...(await deps.gate(state.id ?? "")) };
      case "activate":
        return await written(state, () => activate(state.id ?? "", deps));
    }
  } catch (thrown) {
    if (thrown instanceof OperationError && thrown.code === "invalid_input")
      return { type: "unanswered", code: thrown.code, message: thrown.message, fatal: true };
    if (thrown instanceof OperationError && thrown.code === "not_available")
      return { type: "refused", message: `${thrown.message}. ${thrown.advice ?? ""}` };
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return { type: "unanswered", code: thrown.code, message: thrown.message, fatal: FATAL.has(thrown.code) };
  }
}

/** Activates a campaign, unless everything is stopped meanwhile: an activation that was sent may come into force after the stop's own pause. */
async function activate(id: string, { runner, held, key, leave, clock }: ActDeps): Promise<Happening> {
  const started = await whileWanted({ clock, leave, calledOff: () => held(id) }, (wanted) =>
    runner.setStatus(id, "active", { idempotencyKey: key("activate"), ...callOf(wanted) }),
  );
  const undo = async (message: string): Promise<Happening> => {
    await runner.setStatus(id, "paused", { idempotencyKey: `${key("activate")}-undone`, lane: "stop" });
    return { type: "refused", message };
  };
  if ("calledOff" in started) return undo(started.calledOff);
  const stop = await held(id);
  return stop === null ? { type: "activated", already: started.result.already } : undo(stop);
}

/** Changes a campaign that dials. The document says that it does: written after a stop, it would let it dial again. */
async function sendActive(entry: PlanEntry, state: ApplyState, deps: ActDeps): Promise<Happening> {
  const { runner, held, key, leave, clock } = deps;
  const id = state.id ?? "";
  const started = await whileWanted({ clock, leave, calledOff: () => held(id) }, (wanted) =>
    send(entry, state, { ...deps, leave: wanted }),
  );
  const isSent = "result" in started || (started.error instanceof TenantError && started.error.outcomeUnknown);
  const stop = "calledOff" in started ? started.calledOff : await held(id);
  if (stop !== null && isSent) await runner.setStatus(id, "paused", { idempotencyKey: `${key("write")}-undone`, lane: "stop" });
  if (stop === null && "result" in started) return started.result;
  const done = isSent ? "its settings may be written, and it was paused again" : "nothing was sent";
  return { type: "refused", message: `${stop}; ${done}` };
}

function foundOf(campaign: TenantCampaign | undefined): Happening {
  if (campaign === undefined) return { type: "found", campaign: null };
  const { id, status, etag, document }: Found = campaign;
  return { type: "found", campaign: { id, status, etag, document } };
}

/**
 * The campaign by its id; a campaign to create by its name, which no campaign had when the plan was made. One that is known by that
 * name and not on the list is not made a second time.
 */
async function look(entry: PlanEntry, state: ApplyState, { provisioning, signal, list }: ActDeps): Promise<Happening> {
  if (state.id !== null) return foundOf(await readCampaign(provisioning, state.id, signal));
  const { campaigns, comparison, shorter } = await list(signal);
  const there = campaigns.find(({ name }) => name === entry.name);
  if (there !== undefined) return foundOf(await readCampaign(provisioning, there.id, signal));
  const lacking = comparison.lacks.some(({ name }) => name === entry.name);
  return lacking ? { type: "refused", message: `${shorter}; ${SAY_GONE}` } : foundOf(undefined);
}

/** What a write is told. */
const callOf = ({ halt, confirmed }: Leave) => ({ halt, confirmed });

async function send(entry: PlanEntry, { id, onto }: ApplyState, deps: ActDeps): Promise<Happening> {
  const { provisioning, key, signal } = deps;
  const call = callOf(deps.leave);
  if (provisioning.place !== undefined) {
    const records = () => readPlannedRecords(entry.records);
    const placing = { status: entry.status, fileName: `${key("write")}.csv`, records };
    const placed = await provisioning.place({ ...entry.wanted.document, ...sentOf(entry) }, id, placing, { ...call, signal });
    return placed.done
      ? { type: "sent", id: placed.id, notes: placed.notes }
      : { type: "placed", piece: placed.piece, id: placed.id };
  }
  const campaign = campaignDraftSchema.parse(sentOf(entry));
  const document = { ...campaign, status: entry.status };
  if (id === null) return { type: "sent", id: (await provisioning.create(document, key("write"), call)).id };
  const lock = onto === null ? undefined : { tag: onto, style: ETAG };
  await provisioning.replace(id, document, lock, key("write"), call);
  return { type: "sent", id };
}

const ETAG = { tagIn: "etag-header", required: false, staleStatus: 412 } as const;

/** Runs a write, and distinguishes refusals from lost replies. */
async function written({ phase }: ApplyState, write: () => Promise<Happening>): Promise<Happening> {
  try {
    return await write();
  } catch (thrown) {
    if (!(thrown instanceof TenantError)) throw thrown;
    if (thrown.code === "stale_lock" && phase === "sending") return { type: "stale", message: thrown.message };
    if (thrown.outcomeUnknown || thrown.report.earlierUnknown || thrown.code === "unknown_outcome")
      return { type: "lost", message: thrown.message };
    if (["refused", "conflict", "not_found", "stale_lock"].includes(thrown.code))
      return { type: "refused", message: thrown.message };
    throw thrown;
  }
}

/** Makes the registrations that a campaign names, or brings them up to date; one that is in order is left alone. */
async function register({ own }: PlanEntry, deps: ActDeps): Promise<Happening> {
  const { webhooks, inTurn, signal, leave } = deps;
  const wanted = own.webhooks ?? [];
  if (wanted.length === 0) return { type: "registered", webhooks: 0 };
  return inTurn("vendor webhook metrics", async () => {
    const there = await readRegistrations(webhooks, signal);
    for (const { name, callbackUrl, events, enabled = true } of wanted) {
      const draft: WebhookDraft = { name, callbackUrl, events, enabled };
      const found = there.find((one) => one.name === name);
      if (found === undefined) {
        await deps.refuseSecond(draft);
        await deps.registered(await created(webhooks, draft, { ...callOf(leave), signal }), draft);
      } else if (!isAsDrafted(found, draft)) await webhooks.update(found.id, draft, callOf(leave));
    }
    return { type: "registered", webhooks: wanted.length };
  });
}

/** Creates a registration; a reply that was lost is settled by listing. @returns its id */
async function created(webhooks: CampaignWebhooks, draft: WebhookDraft, { signal, ...call }: CallOptions): Promise<string> {
  try {
    return await webhooks.create(draft, call);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || !(thrown.outcomeUnknown || thrown.code === "unknown_outcome")) throw thrown;
    const there = (await readRegistrations(webhooks, signal)).find(({ name }) => name === draft.name);
    if (there === undefined) throw thrown;
    return there.id;
  }
}

const isAsDrafted = (found: Registration, { callbackUrl, events, enabled }: WebhookDraft): boolean =>
  found.callbackUrl === callbackUrl && found.enabled === enabled && [...found.events].sort().join() === [...events].sort().join();
