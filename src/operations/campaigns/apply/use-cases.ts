// Use cases of campaign files for command line, API and dashboard: plan, begin an apply, run it to its end or watch the replica
// that runs it, take it over from a dead process, show its progress.

import { APPLY_PHASE_WORDS, type Clock, issueText, newId, phaseWords } from "../../../kernel/index.ts";
import { type AuditInput, CAMPAIGN_APPLY, type CampaignApply, type CampaignLedger } from "../../../store/index.ts";
import { type CallOptions, type CampaignProvisioning, type CampaignRunner, TenantError } from "../../../tenant/port.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import { cloudEvent, type OutboundEventType } from "../../events/index.ts";
import { INBOUND_PATH } from "../../inbound/address.ts";
import { type ListedCampaigns, listCampaigns, SAY_GONE } from "../../known/index.ts";
import { failedWrite, runJournal, strangerTo, unanswered } from "../../run/journal.ts";
import type { Kind, Running } from "../../run/kind.ts";
import { type Leave, whileWanted } from "../../run/leave.ts";
import { executorIsDead, leftWords } from "../../run/left.ts";
import { dncBeforeStart, dncWords } from "../../tenant-dnc/index.ts";
import { applySummaryOf, applyViewOf } from "../../views/campaign-file-views.ts";
import type { CampaignApplySummary, CampaignApplyView } from "../../views/schemas/campaign-files.ts";
import { type DeliveryProof, ownRegistration, recordedOf, refuseSecond } from "../../webhook-registration/use-cases.ts";
import { readPlannedRecords } from "../file/records.ts";
import { campaignDraftSchema, type OwnPolicy, uploadedOf } from "../file/schema.ts";
import { readPlan } from "../plan/plan-file.ts";
import { type CampaignWebhooks, readCampaign, readRegistrations, type WebhookDraft } from "../plan/read-tenant.ts";
import { sentOf } from "../plan/sent.ts";
import type { CampaignPlan, PlanEntry, Registration, TenantCampaign } from "../plan/types.ts";
import { CampaignPlanner, type PlanRules } from "../plan/use-cases.ts";
import { campaignWebhooksOf } from "../plan/webhooks.ts";
import type { CampaignGate } from "../state/gate.ts";
import { notedStarts } from "../state/left-changes.ts";
import { type ResumeDeps, resumeVerdict } from "../state/resume.ts";
import { pairAgainstOf } from "../states.ts";
import { APPLY_MACHINE, applyBeginning, applyOutcomeOf, applyTransition, type Course, stepsOf } from "./machine.ts";
import {
  APPLY_PHASES,
  type ApplyCommand,
  type ApplyEvent,
  type ApplyPatience,
  type ApplyState,
  applyEvent,
  DEFAULT_APPLY_PATIENCE,
  type EntryResult,
  type FoundCampaign,
} from "./state.ts";

// Carries out the commands of an apply at the tenant and returns the result as an event. No other file of an apply uses the
// network.

/** An event without its time. */
type Happening = ApplyEvent extends infer Each ? (Each extends ApplyEvent ? Omit<Each, "at"> : never) : never;

/** Whether a campaign may be activated now, and if not, the reason as a sentence. */
type ActivationGate = (campaignId: string) => Promise<{ readonly pass: boolean; readonly message: string }>;

/** What commands are carried out with. */
interface ActDeps {
  readonly provisioning: CampaignProvisioning;
  readonly runner: CampaignRunner;
  readonly webhooks: CampaignWebhooks;
  readonly deliveryHeaders: () => Promise<DeliveryProof["headers"]>;
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
  /** Notes that the tenant shows a start with a key in force. */
  readonly inForce: (key: string) => Promise<void>;
  /** The idempotency key for a campaign and a plan: the same in every process at every time. */
  readonly key: (what: "write" | "activate") => string;
  /** Ends what waits. */
  readonly signal: AbortSignal;
  /** Of the run: a write is given it. */
  readonly leave: Leave;
}

/** Carries out one command at the tenant. Rejects only when aborted, or for errors that are not answers of the tenant. */
async function act(
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
      case "read": {
        const campaign = state.id === null ? undefined : await readCampaign(provisioning, state.id, signal);
        if (state.phase === "confirming" && campaign?.status === "active") await deps.inForce(deps.key("activate"));
        return foundOf(campaign);
      }
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
    return unanswered(thrown);
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
  const { id, status, etag, document }: FoundCampaign = campaign;
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
    const failed = failedWrite(thrown);
    if (failed !== undefined) return failed;
    if (thrown.code === "stale_lock") return { type: "refused", message: thrown.message };
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
    const headers = await deps.deliveryHeaders();
    for (const { name, callbackUrl, events, enabled = true } of wanted) {
      const isOwn = headers !== undefined && new URL(callbackUrl).pathname.endsWith(`${INBOUND_PATH}/omnichannel`);
      const draft: WebhookDraft = { name, callbackUrl, events: [...events], enabled, ...(isOwn && { headers }) };
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

type Step = Parameters<CampaignLedger["append"]>[0];

/** What goes into the same transaction as the event. */
type Notices = Pick<Step, "audit" | "events" | "policy" | "made" | "end">;

interface NoticeInput {
  readonly jobId: string;
  readonly actor: string;
  readonly plan: CampaignPlan;
  readonly before: ApplyState;
  readonly state: ApplyState;
  readonly event: ApplyEvent;
  readonly newId: () => string;
}

/** Events with an audit entry of their own; readings are recorded with their consequences. */
const AUDITED: Readonly<Partial<Record<ApplyEvent["type"], string>>> = {
  resumed: "campaign.apply_resumed",
  placed: "campaign.piece",
  sent: "campaign.accepted",
  stale: "campaign.stale",
  refused: "campaign.tenant_refused",
  lost: "campaign.reply_lost",
  gated: "campaign.gated",
  activated: "campaign.activation_accepted",
};

/** The audit entries and events of a step of an apply, to be committed with it. */
function noticesOf(input: NoticeInput): Notices {
  const { plan, before, state, event } = input;
  const entry = stepsOf(plan)[before.at];
  const audit: AuditInput[] = [];
  const subject = before.id ?? entry?.name ?? "campaigns";
  const add = (action: string, details: Readonly<Record<string, unknown>>, about = subject) =>
    audit.push({
      actor: input.actor,
      action,
      subject: about,
      job: input.jobId,
      time: event.at,
      details: { plan: plan.hash, ...details },
    });
  if (event.type === "intended" && entry !== undefined)
    add("campaign.send", {
      name: entry.name,
      action: entry.action,
      onto: before.onto,
      changes: entry.changes,
      status: entry.status,
    });
  const action = AUDITED[event.type];
  if (action !== undefined) {
    const { at: _, type: __, ...facts } = event;
    add(action, { name: entry?.name, ...facts });
  }
  const settled = state.results.slice(before.results.length);
  for (const result of settled) {
    const { id, name, outcome, message, fields } = result;
    add(
      `campaign.${outcome}`,
      { name, ...(message === null ? {} : { message }), ...(fields.length === 0 ? {} : { fields }) },
      id ?? name,
    );
  }
  const policy = event.type === "registered" && entry !== undefined ? kept(input, entry) : undefined;
  if (policy !== undefined) add("campaign.policy", { name: entry?.name, policy: policy.policy });
  const end = endOf(input);
  if (end?.outcome !== undefined) add(`campaign.plan_${end.outcome}`, { results: state.results }, "campaigns");
  else if (end !== undefined) add("campaign.apply_stopped", { phase: state.phase, ...state.stop }, "campaigns");
  return {
    audit,
    events: eventsOf(input, settled, end),
    ...(policy === undefined ? {} : { policy }),
    ...(event.type !== "activated" || event.already || before.id === null
      ? {}
      : {
          made: {
            campaignId: before.id,
            target: "active",
            actor: input.actor,
            reason: `plan ${plan.hash.slice(0, 12)}`,
            at: event.at,
          },
        }),
    ...(end === undefined ? {} : { end }),
  };
}

/** What is kept about the campaign from now on; a backup that the same plan made is named by its id. */
function kept({ plan, actor, before, event }: NoticeInput, entry: PlanEntry): Step["policy"] {
  const { failover } = entry.own;
  const { records, wanted } = entry;
  const list = String(wanted.document["contactListId"]);
  const uploaded =
    records === undefined
      ? uploadedOf(entry.before?.own)
      : { list, sha256: records.sha256, records: records.records, at: new Date(event.at).toISOString() };
  const made = before.results.find(({ name, action }) => action === "create" && name === failover?.backup);
  const own: OwnPolicy =
    failover === undefined || made === undefined || made.id === null
      ? entry.own
      : { ...entry.own, failover: { ...failover, backup: made.id } };
  const policy = uploaded === undefined ? own : { ...own, uploaded };
  return { campaignId: before.id ?? "", name: entry.name, policy, planHash: plan.hash, actor };
}

function endOf({ before, state }: NoticeInput): Notices["end"] {
  if (state.phase === "ended" && before.phase !== "ended") {
    const outcome = applyOutcomeOf(state);
    const failed = state.results.filter((result) => result.outcome !== "applied");
    const message =
      failed.length === 0 ? null : failed.map(({ name, outcome: how }) => `${name}: ${how.replace("_", " ")}`).join("; ");
    return { status: outcome === "applied" ? "done" : "partly_failed", message, outcome };
  }
  if (state.stop !== null && before.stop === null) return { status: "stopped", error: state.stop, message: state.stop.message };
  return undefined;
}

/** A person should know about a campaign that dials from now on, and about a plan that did not succeed. */
function eventsOf(input: NoticeInput, settled: readonly EntryResult[], end: Notices["end"]): Notices["events"] {
  const { plan, actor, jobId, state, event } = input;
  const make = (type: OutboundEventType, subject: string, data: Readonly<Record<string, unknown>>) => {
    const eventId = input.newId();
    const facts = { jobId, actor, plan: plan.hash, ...data };
    const body = cloudEvent({ id: eventId, source: "/outdial/campaigns", type, subject, time: event.at, data: facts });
    return { eventId, subject, type, body };
  };
  const activated = settled.filter(
    ({ outcome, name }) => outcome === "applied" && stepsOf(plan).some((entry) => entry.name === name && entry.activates),
  );
  return [
    ...activated.map(({ id, name }) => make("CAMPAIGN_ACTIVATED", id ?? name, { campaignId: id, name })),
    ...(end === undefined || end.outcome === "applied"
      ? []
      : [make("CAMPAIGN_APPLY_INCOMPLETE", "campaigns", { message: end.message, results: state.results, stop: state.stop })]),
  ];
}

/** What applies need besides the rules of plans. */
export interface ApplyRules extends PlanRules {
  /** Makes the pre-dial gate for each activation, so that a process that runs for weeks uses the current rules. */
  readonly gate: () => Promise<CampaignGate>;
  /** Headers that the service expects in deliveries to its own address; undefined without a secret. */
  readonly deliveryHeaders?: (() => Promise<DeliveryProof["headers"]>) | undefined;
  /** How often things that may succeed later are tried. */
  readonly patience?: ApplyPatience | undefined;
  /** Awaited at every named point of an apply: for test harnesses that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** An apply and the state that its journal leads to. */
export interface ApplyReport {
  readonly apply: CampaignApply;
  readonly state: ApplyState;
}

/**
 * Plans campaign files against the tenant, applies them, and reports the progress. Errors: OperationError, TenantError,
 * StoreError.
 */
export class CampaignFileUseCases extends CampaignPlanner {
  readonly #context: Context;
  readonly #rules: ApplyRules;

  constructor(context: Context, rules: ApplyRules) {
    super(context, rules);
    this.#context = { ...context, clock: rules.clock ?? context.clock };
    this.#rules = rules;
  }

  /** The kind of run for the engine. */
  kind(): Kind {
    return {
      name: CAMPAIGN_APPLY,
      scope: this.#context.scope,
      partition: () => "campaigns",
      goOn: "outdial campaign resume-apply goes on",
      body: (running) => this.#body(running),
    };
  }

  /**
   * Creates an apply with its plan in the ledger. Nothing is sent yet.
   * @param asked `stopMark`: the latest emergency stop when the person asked; a later one activates nothing
   * @throws OperationError `invalid_input` for a plan with violations or without changes, `job_state` when another apply is open
   */
  async begin(
    plan: CampaignPlan,
    sourceName: string,
    {
      actor = this.#context.actor,
      ...asked
    }: { readonly actor?: string | undefined; readonly stopMark?: number | undefined } = {},
  ): Promise<CampaignApply> {
    const { store, clock, random, replica } = this.#context;
    const ledger = store.campaigns;
    if (plan.violations.length > 0)
      throw new OperationError("invalid_input", `plan ${plan.hash} breaks ${plan.violations.length} rules and cannot be applied`);
    if (stepsOf(plan).length === 0)
      throw new OperationError("invalid_input", `plan ${plan.hash} changes nothing: tenant and files agree`);
    const jobId = newId("job", clock.now(), random);
    const changes = stepsOf(plan).map(({ name, id, action, changes }) => ({ name, id, action, changes }));
    const details = { source: sourceName, plan: plan.hash, activate: plan.activate, pack: plan.pack, changes };
    const audit = [{ actor, action: "campaign.apply", subject: "campaigns", job: jobId, details }];
    const stopMark = asked.stopMark ?? (await store.stops.mark());
    await ledger.keepPlan(plan.hash, plan, stopMark);
    const entry = {
      jobId,
      planHash: plan.hash,
      sourceName,
      actor,
      plan,
      machine: APPLY_MACHINE,
      phase: "looking",
      stopMark,
      audit,
    };
    const begun = await ledger.begin(entry);
    if (!begun) {
      const open = await ledger.open();
      throw busy(open, await executorIsDead(open, replica));
    }
    return this.find(jobId);
  }

  /** Throws OperationError `job_not_found`. */
  async find(jobId: string): Promise<CampaignApply> {
    const apply = await this.#context.store.campaigns.byJob(jobId);
    if (apply !== undefined) return apply;
    throw new OperationError("job_not_found", `there is no apply ${jobId}`);
  }

  /** The apply that has not ended, if any. */
  open(): Promise<CampaignApply | undefined> {
    return this.#context.store.campaigns.open();
  }

  /** Newest first. @param after job of the last one of the page before. Throws OperationError `job_not_found` */
  async list({
    limit,
    after,
  }: {
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<readonly CampaignApplySummary[]> {
    const { store, runs } = this.#context;
    if (after !== undefined) await this.find(after);
    const last = after === undefined ? undefined : await store.jobs.getJob(after);
    const jobs = await store.jobs.listJobs({ kinds: [CAMPAIGN_APPLY], limit, ...(last === undefined ? {} : { after: last }) });
    return Promise.all(jobs.map(async ({ id }) => applySummaryOf(await this.find(id), await runs.standingOf(id))));
  }

  /** The progress of an apply, or the result for each campaign. Throws OperationError `job_not_found`. */
  async show(jobId: string): Promise<CampaignApplyView> {
    const report = await this.report(jobId);
    const steps = stepsOf(this.#courseOf(report.apply).plan);
    return applyViewOf({ ...report, steps }, await this.#context.runs.standingOf(jobId));
  }

  /**
   * Runs or continues an apply in this process, and returns at once; one that has ended stays as it is. Throws OperationError
   * `job_not_found`.
   */
  async start(jobId: string): Promise<CampaignApplyView> {
    if ((await this.find(jobId)).endedAt === null) await this.#context.runs.start(jobId);
    return this.show(jobId);
  }

  /** An apply with the state from its journal. */
  async report(jobId: string): Promise<ApplyReport> {
    const apply = await this.find(jobId);
    return { apply, state: (await this.#load(apply)).state };
  }

  /**
   * Runs an apply to its end, or follows the process that does.
   * @returns the apply when it has ended or is paused: without an answer of the tenant, or interrupted
   */
  async run(jobId: string): Promise<ApplyReport> {
    if ((await this.find(jobId)).endedAt === null) await this.#context.runs.run(jobId);
    return this.report(jobId);
  }

  async #body(running: Running): Promise<void> {
    const apply = await this.find(running.jobId);
    const stranger = strangerTo(APPLY_MACHINE, apply);
    if (stranger !== undefined) throw stranger;
    const course = this.#courseOf(apply);
    await runJournal<ApplyState, ApplyCommand, Happening>(running, {
      load: () => this.#load(apply),
      opening: (seq) => ({ type: seq === 0 ? "begun" : "resumed" }),
      perform: (command, state, leave) => this.#perform(apply, course, state, command, leave),
      record: (before, seq, happening) => this.#record(apply.jobId, course, before, seq, happening),
    });
  }

  async #perform(
    { jobId, createdAt, stopMark }: CampaignApply,
    { plan }: Course,
    state: ApplyState,
    command: ApplyCommand,
    leave: Leave,
  ): Promise<Happening> {
    const signal = leave.halt;
    const { clock, store, tenant, actor } = this.#context;
    const { campaignProvisioning: provisioning, campaignRunner: runner } = notedStarts(tenant, store);
    const { pause } = this.#rules;
    if ("afterMs" in command && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
    const entry = stepsOf(plan)[state.at];
    if (entry === undefined) throw new Error("the plan has no entry at which the apply stands");
    const pieces = state.placed.length === 0 ? "" : `.${state.placed.length}`;
    const point = `${state.at}.${state.phase}${pieces}.${command.kind}`;
    await pause?.(`${point}.before`);
    const happening: Happening =
      command.kind === "intend"
        ? { type: "intended" }
        : await act(command, entry, state, {
            provisioning,
            runner,
            webhooks: campaignWebhooksOf(tenant),
            deliveryHeaders: async () => this.#rules.deliveryHeaders?.(),
            gate: (id) => this.#gate(id, jobId, signal),
            async held(id) {
              const stop = await store.stops.holding(id, stopMark);
              if (stop !== undefined) return `${stop.actor} gave an emergency stop (${stop.id})`;
              const [last] = await store.stateIntents.list(id, 1);
              return last?.target === "paused" && last.askedAt > createdAt ? `${last.actor} paused it since` : null;
            },
            clock,
            async refuseSecond(draft) {
              const { known } = await ownRegistration(store.audit, recordedOf("metrics", draft.name, draft.callbackUrl));
              refuseSecond(known, "the tenant's list of registrations");
            },
            registered: (id, { name, callbackUrl }) =>
              store.audit.append([
                { actor, action: "webhook.register", subject: id, job: jobId, details: recordedOf("metrics", name, callbackUrl) },
              ]),
            list: (asked) => listCampaigns({ provisioning, store, clock }, { signal: asked }),
            inForce: (key) => store.stateIntents.startInForce(key),
            inTurn: (name, work) => store.dialer.inTurn(name, work),
            signal,
            leave,
            key: (what) => `plan-${plan.hash.slice(0, 40)}-${plan.entries.indexOf(entry)}-${what}`,
          });
    await pause?.(`${point}.after`);
    return happening;
  }

  /** Whether the gate and the failover pair allow to activate a campaign now. */
  async #gate(
    campaignId: string,
    jobId: string,
    signal: AbortSignal,
  ): Promise<{ readonly pass: boolean; readonly message: string }> {
    const { tenant, store, clock, actor } = this.#context;
    const gate = await this.#rules.gate();
    const call = { signal };
    const pairAgainst = pairAgainstOf(tenant, store);
    const doNotCall: ResumeDeps["doNotCall"] = (id, options, start) =>
      dncBeforeStart({ tenant, store, clock }, id, options, start);
    const start = { what: `apply ${jobId}`, by: actor };
    const verdict = await resumeVerdict({ pairAgainst, doNotCall }, await gate(campaignId, { call }), { call, start });
    const { allowed, refusals, doNotCall: groups } = verdict;
    if (!allowed) return { pass: false, message: refusals.map(({ text }) => text).join("; ") };
    return { pass: true, message: groups === undefined ? "" : `the tenant's do-not-call groups: ${dncWords(groups)}` };
  }

  /** Writes an event with its consequences, and returns the next decision. */
  async #record(jobId: string, course: Course, before: ApplyState, seq: number, happening: Happening) {
    const { store, clock, replica, actor, random } = this.#context;
    const { plan } = course;
    const event = { ...happening, at: clock.now() };
    const { state, command } = applyTransition(course, before, event);
    const id = () => newId("evt", event.at, random);
    const notices = noticesOf({ jobId, actor, plan, before, state, event, newId: id });
    await store.campaigns.append({ jobId, executor: replica.id, seq, event, at: event.at, phase: state.phase, ...notices });
    // A list that has got records is known from then on. How many the tenant took is not.
    const uploaded = uploadedOf(notices.policy?.policy);
    if (uploaded !== undefined)
      await store.knownCounts.keep("contacts", uploaded.list, Math.min(1, uploaded.records), { at: event.at, believed: true });
    return { state, command };
  }

  #courseOf(apply: CampaignApply): Course {
    return { plan: readPlan(apply.plan, `the plan of ${apply.jobId}`), patience: this.#rules.patience ?? DEFAULT_APPLY_PATIENCE };
  }

  async #load(apply: CampaignApply): Promise<{ state: ApplyState; seq: number }> {
    const journal = await this.#context.store.campaigns.journal(apply.jobId);
    const course = this.#courseOf(apply);
    const stranger = strangerTo(APPLY_MACHINE, apply);
    if (stranger === undefined) return { state: replay(course, journal), seq: journal.length };
    // What the store says of it: its journal is not replayed.
    const phase = APPLY_PHASES.find((one) => one === apply.phase) ?? "looking";
    const stop = { code: stranger.code, message: `${stranger.message}. ${stranger.advice}` };
    return { state: { ...applyBeginning(course), phase, stop }, seq: journal.length };
  }
}

function busy(open: CampaignApply | undefined, isLeft: boolean): OperationError {
  if (open === undefined) return new OperationError("job_state", "another apply of campaigns has just begun; try again");
  const working = isLeft ? leftWords(open.executor) : `${open.executor} is at work on it`;
  const how = open.status === "running" ? working : `it stands still (${phaseWords(APPLY_PHASE_WORDS, open.phase)})`;
  return new OperationError("job_state", `an apply of campaigns has not ended (plan ${open.planHash.slice(0, 12)}): ${how}`, {
    advice: "outdial campaign resume-apply continues it or watches it.",
  });
}

// The journal of an apply: parsed, then folded to the present state.

/** The state that a journal leads to. Throws OperationError `invalid_input` when it cannot be read. */
function replay(course: Course, journal: readonly unknown[]): ApplyState {
  return journal.reduce<ApplyState>((state, entry) => {
    const parsed = applyEvent.safeParse(entry);
    if (!parsed.success)
      throw new OperationError(
        "invalid_input",
        `the journal of this apply cannot be read: ${issueText(parsed.error.issues[0])}`,
        {
          advice: "It was written by another version of outdial; finish the apply with that one.",
        },
      );
    const happened: ApplyEvent = parsed.data;
    return applyTransition(course, state, happened).state;
  }, applyBeginning(course));
}
