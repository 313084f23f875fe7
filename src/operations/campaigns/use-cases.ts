// Use cases of campaigns for command line, API and dashboard: status, preview of an action, the actions, the emergency stop.

import { ABANDONMENT_LIMIT, DAY_MS, HOUR_MS, isWhole, nearest } from "../../kernel/index.ts";
import { StoreError } from "../../store/index.ts";
import { type AgentView, type CallOptions, TenantError } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { inTime } from "../in-time.ts";
import { timesOf } from "../readings.ts";
import type { TenantRefresh } from "../refresh/refresh.ts";
import { type StoriesOf, storiesOf } from "../stories.ts";
import { Together } from "../together.ts";
import { gateChecks, pairChecks } from "../views/campaign-checks.ts";
import { campaignResultOf, campaignStatusOf, campaignSummaryOf, healthViewOf, pointOf } from "../views/campaign-views.ts";
import type { Planned } from "../views/plan.ts";
import type { CampaignPreview, CampaignResult, CampaignVerb } from "../views/schemas/campaign-verbs.ts";
import type { CampaignDetail, CampaignList, CampaignNames, CampaignStatusList, HealthView } from "../views/schemas/campaigns.ts";
import type { EmergencyStop, StopResult } from "../views/schemas/stops.ts";
import type { Story } from "../views/schemas/stories.ts";
import { stopResultOf, stopViewOf } from "../views/stop-views.ts";
import { partOf, timeText } from "../views/texts.ts";
import { noSuchPair, type PairReport } from "./failover/pair.ts";
import type { FailoverUseCases } from "./failover/use-cases.ts";
import { orderRefusal } from "./failover/words.ts";
import { happened } from "./happened.ts";
import type { KnownHealth } from "./health/known.ts";
import { knownCampaign, knownList } from "./health/known-campaigns.ts";
import { coversOf } from "./health/why.ts";
import type { CampaignReading } from "./metrics/service.ts";
import { suggesting } from "./nearest.ts";
import type { VerbPlan } from "./preview.ts";
import type { StateChange } from "./state/change.ts";
import type { EmergencyStops } from "./state/emergency-stop.ts";
import { GateLooks } from "./state/gate-looks.ts";
import type { LeftChanges, LeftEnd } from "./state/left-changes.ts";
import type { ResumeVerdict } from "./state/resume.ts";
import { type CampaignStates, pairOf, type StateContext } from "./states.ts";

/** How long a request waits for calls under way to end, ms; the pause continues in any case. */
const DRAIN_WAIT_MS = 10_000;
/** After this time a request for the emergency stop is answered, ms; the stop continues in any case. */
const STOP_WAIT_MS = 600;
/** After so long without an answer of the database a pause goes on without it, ms. */
const STORE_MS = 2_000;
/** A person waits for it. */
const CALL: CallOptions = { lane: "pacing" };

interface ResumeParts {
  readonly states: CampaignStates;
  /** Keeps stored data about the tenant fresh. */
  readonly refresh: TenantRefresh;
  /** Ends a resume that a person does not wait for any more. */
  readonly signal?: AbortSignal | undefined;
}

interface CampaignParts extends ResumeParts {
  readonly stops: EmergencyStops;
  /** Runs an emergency stop in the background. */
  readonly runStop: (id: string) => void;
  readonly failover: FailoverUseCases;
}

/** Resumes of campaigns: preview and verb; needs a tenant and a store. Errors: OperationError, TenantError, StoreError. */
export class CampaignResumes {
  readonly #context: StateContext;
  readonly #parts: ResumeParts;
  readonly #looks: GateLooks;

  constructor(context: StateContext, parts: ResumeParts) {
    this.#context = context;
    this.#parts = parts;
    const { states, refresh } = parts;
    this.#looks = new GateLooks(
      states.gate,
      context.tenant.capabilities.campaignRunner,
      () => context.clock.now(),
      (id) => refresh.verdict(id) ?? null,
      () => context.store.audit.isHeld,
      () => context.store.facts.lastSuppression(),
    );
  }

  /** Who is on a campaign; asks the tenant. Throws TenantError `unsupported`, `not_found`. */
  agents(id: string, call: CallOptions): Promise<readonly AgentView[]> {
    return this.#parts.states.agents(id, { ...CALL, ...call });
  }

  /** The preview of a resume. */
  async plan(id: string, _verb: "resume"): Promise<Planned<VerbPlan>> {
    const { states } = this.#parts;
    const stopMark = await this.#context.store.stops.mark();
    // A stored look may be old, so the pair is read each time.
    const look = await suggesting(
      id,
      () => states.list(),
      () => this.#looks.look(id),
    );
    return resumePlanOf(await states.previewOfResume(id, CALL, look), stopMark);
  }

  /** To call before a plan that allows calls: throws StoreError `audit_set_back` on a database that was set back. */
  requireFits(): Promise<void> {
    return this.#parts.states.requireFits();
  }

  /** Writes into the audit log that a resume was asked for which is refused. */
  recordRefusal(plan: VerbPlan, by: string, reason: string | undefined): Promise<void> {
    return this.#parts.states.recordRefusal(plan, reason, by);
  }

  /**
   * Starts dialing if the pre-dial gate allows it. @param plan.stopMark a later stop calls it off. @returns the refusals of the
   * gate, if it refuses now
   */
  async resume(
    id: string,
    by: string,
    { reason, stopMark }: { readonly reason?: string | undefined } & Pick<VerbPlan, "stopMark">,
  ): Promise<CampaignResult | { readonly refusals: readonly string[] }> {
    const { states, signal } = this.#parts;
    const ended = signal === undefined ? {} : { signal, call: { signal } };
    const { verdict, change } = await states.resume(id, { reason, stopMark, ...ended }, by);
    return change === null ? { refusals: verdict.refusals.map(({ text }) => text) } : this.changed(change);
  }

  /** Stores the state that the tenant showed; the rest is read again. */
  async saw({ campaignId, target, shown }: Pick<LeftEnd, "campaignId" | "target" | "shown">): Promise<void> {
    const { store, clock } = this.#context;
    if (shown) await store.knownCampaigns.saw(campaignId, target, clock.now());
    await this.#parts.refresh.changed({ campaign: campaignId });
  }

  protected async changed(change: StateChange): Promise<CampaignResult> {
    const { campaignId, target, shown } = change;
    await this.saw({ campaignId, target, shown: shown === true });
    return campaignResultOf(change);
  }
}

/**
 * Campaigns for users: list, status, pause, resume, hand-over, and the emergency stop. Errors: OperationError, TenantError,
 * StoreError.
 */
export class CampaignUseCases extends CampaignResumes {
  /** The list for those who ask at once. */
  readonly #lists = new Together<CampaignList>();
  readonly #context: Context;
  readonly #parts: CampaignParts;
  readonly #reads: CampaignReads;
  readonly #handOvers: HandOvers;

  constructor(context: Context, parts: CampaignParts) {
    super(context, parts);
    this.#context = context;
    this.#parts = parts;
    this.#reads = new CampaignReads(context, parts.refresh);
    this.#handOvers = new HandOvers(context, parts.failover);
  }

  /**
   * All campaigns from stored data; outdated data is read in the background. @param fresh reads the list first, and throws
   * TenantError
   */
  async list(fresh: boolean): Promise<CampaignList> {
    if (fresh) await this.#parts.refresh.listNow();
    return this.#lists.get(async () => {
      const { campaigns, readAt, failed } = await this.#reads.list(false);
      return { items: campaigns.map(campaignSummaryOf), next: null, known: partOf(readAt, failed) };
    });
  }

  /** Ids and names of the known campaigns. */
  async names(): Promise<CampaignNames> {
    const listed = await this.#context.store.knownCampaigns.list();
    return { items: listed.map(({ id, name }) => ({ id, name })), next: null };
  }

  /**
   * One campaign, or all of the list, with everything that is shown of one.
   * @param fresh reads the campaign, or the list, first; when the tenant does not answer, the answer says so and is of before
   * @throws OperationError, TenantError `not_found` for a campaign that the tenant does not know
   */
  async statuses(id: string | undefined, fresh: boolean): Promise<CampaignStatusList> {
    const { clock } = this.#context;
    const problem = fresh ? await this.#reads.readNow(id) : null;
    if (id !== undefined) {
      const known = await this.#reads.campaign(id, false);
      const items = [campaignStatusOf(known, clock.now())];
      return { items, next: null, known: partOf(known.readAt.status, lasting(problem, known.failed)) };
    }
    const { campaigns, readAt, failed } = await this.#reads.list(false);
    const items = campaigns.map((one) => campaignStatusOf(one, clock.now()));
    return { items, next: null, known: partOf(readAt, lasting(problem, failed)) };
  }

  /**
   * One campaign as it is known, with its figures and what happened over so many hours, and the figures of the same hours some days before.
   * @param given.fresh reads the campaign first. Throws OperationError `not_found` when the list does not name it; TenantError
   */
  async show(id: string, { hours, daysBefore, fresh }: DetailAsked): Promise<CampaignDetail> {
    const { store, clock } = this.#context;
    const to = clock.now();
    const from = to - hours * HOUR_MS;
    const series = (back: number) => this.#parts.states.metrics.series(id, from - back, to - back);
    const health = await this.#reads.campaign(id, fresh);
    const [readings, earlier, events] = await Promise.all([
      series(0),
      daysBefore === undefined ? null : series(daysBefore * DAY_MS),
      happened(store, id, from),
    ]);
    const shown = (those: readonly CampaignReading[]) => shownSeries(those, health.failover?.windowMinutes).map(pointOf);
    const status = campaignStatusOf(health, clock.now());
    return {
      ...status,
      abandonmentLimit: status.abandonment?.limit ?? ABANDONMENT_LIMIT,
      series: shown(readings),
      earlier: earlier === null ? null : shown(earlier),
      events,
      configuration: health.document === null ? null : { ...health.document },
      known: { ...status.known, configuration: partOf(health.readAt.document, health.campaignProblem) },
    };
  }

  /**
   * The documented health view of a campaign; without an id, of the most relevant one: the primary of a pair, otherwise one that
   * dials. Throws OperationError `not_found`, `not_available` when the tenant has no campaign, `not_read_yet` when the list was
   * not read yet.
   */
  async health(id: string | undefined, fresh: boolean): Promise<HealthView> {
    return healthViewOf(await this.#reads.campaign(id ?? (await this.#reads.foremost(fresh)), fresh));
  }

  /** The preview of an action. Throws OperationError `job_not_found` when the campaign is in no pair. */
  override async plan(id: string, verb: CampaignVerb): Promise<Planned<VerbPlan>> {
    if (verb === "resume") return super.plan(id, verb);
    if (verb === "pause" || verb === "drill") {
      const summary = verb === "pause" ? `Pause ${id}` : `Rehearse a hand-over of ${id}`;
      const on = verb === "drill" ? (await this.#pair(id)).primary : id;
      const plan = { id: on, verb, campaignId: id, judged: null, checks: [], stopMark: 0 };
      return { operation: `campaigns.${verb}`, summary, relies: { id, verb }, refusals: [], plan };
    }
    return this.#handOvers.plan(id, verb);
  }

  /**
   * Stops dialing; confirmed when no call is under way. Throws OperationError `not_found` when the tenant has no such campaign.
   */
  async pause(id: string, by: string, reason?: string): Promise<CampaignResult> {
    const [change] = await this.#paused([id], by, reason);
    if (change === undefined) throw new Error(`the pause of ${id} said nothing`);
    if (change.outcome === "failed" && change.code === "not_found") {
      const near = nearest(id, await this.#reads.ids());
      throw new OperationError("not_found", change.message ?? `the tenant knows no campaign ${id}`, {
        advice: near === undefined ? "Nothing was paused. The list of campaigns has the ids." : `Did you mean ${near}?`,
      });
    }
    return this.#told(change);
  }

  /**
   * Pauses several campaigns at once, each once; a failure does not affect the others. @param timeoutMs how long calls under way are
   * waited for @returns results in the given order
   */
  async pauseSeveral(
    ids: readonly string[],
    by: string,
    reason: string | undefined,
    timeoutMs: number,
  ): Promise<CampaignResult[]> {
    const changes = await this.#paused([...new Set(ids)], by, reason, timeoutMs);
    return await Promise.all(changes.map((change) => this.#told(change)));
  }

  async #paused(
    ids: readonly string[],
    by: string,
    reason: string | undefined,
    timeoutMs = DRAIN_WAIT_MS,
  ): Promise<readonly Paused[]> {
    let changes: readonly Paused[];
    try {
      changes = await this.#pausedBeside(ids, by, { timeoutMs, reason });
    } catch (thrown) {
      if (!(thrown instanceof StoreError)) throw thrown;
      // Without the database nothing is known of earlier changes of state: a stop needs none of them.
      const { id, changes: stopped } = await this.stop(by, reason, ids);
      const how = `the database does not answer (${thrown.message}); it is carried out as the stop ${id}`;
      return stopped.map(({ campaignId, status, already, message, confirmed, activeCalls, code }): Paused => {
        const isPaused = status === "paused";
        const outcome = isPaused ? (already ? "already" : "changed") : "unknown";
        return {
          campaignId,
          target: "paused",
          outcome,
          confirmed,
          activeCalls,
          code,
          shown: isPaused,
          message: `${how}: ${message}`,
          isStored: false,
        };
      });
    }
    const refused = new Set(changes.filter(({ code }) => code === "unauthorized").map(({ campaignId }) => campaignId));
    if (refused.size === 0 || !(await this.#parts.stops.isLeft())) return changes;
    // A service whose token is refused cannot pause: another one can, and takes what this one enters.
    const { id } = await this.stop(by, reason, [...refused]);
    const message = `the tenant refuses the token of this service; another one carries it out as the stop ${id}`;
    return changes.map((change) =>
      refused.has(change.campaignId)
        ? { ...change, outcome: "unknown" as const, shown: null, confirmed: false, message }
        : change,
    );
  }

  /** Rejects with a StoreError when the database does not answer before anything is sent. */
  async #pausedBeside(
    ids: readonly string[],
    by: string,
    options: { readonly timeoutMs: number; readonly reason: string | undefined },
  ) {
    const begun = Promise.withResolvers<void>();
    const left = new AbortController();
    const given = { ...options, signal: left.signal, onBegun: () => begun.resolve() };
    const work = this.#parts.states.pause(ids, given, () => undefined, by);
    work.then(() => begun.resolve(), begun.reject);
    const late = () => {
      throw new StoreError("store_unavailable", `no answer within ${STORE_MS / 1000} s`);
    };
    await inTime(this.#context.clock, STORE_MS, begun.promise, late).catch((thrown: unknown) => {
      left.abort();
      throw thrown;
    });
    return work;
  }

  /** Orders a hand-over, as planned. */
  order(...asked: Parameters<HandOvers["order"]>): Promise<CampaignResult> {
    return this.#handOvers.order(...asked);
  }

  /** Rehearses a hand-over: reads and decides in the same way, but changes nothing. Throws OperationError `job_not_found`. */
  async drill(id: string, by: string, signal: AbortSignal): Promise<CampaignResult> {
    const { primary } = await this.#pair(id);
    const { passed, steps, alarms } = await this.#parts.failover.drill(primary, signal, by);
    const told = [
      passed ? "The other campaign would dial at the end." : "It would NOT end with a campaign that dials.",
      ...steps.map(({ would, found }) => `${would} ${found}`),
      ...alarms.map((alarm) => `It would raise ${JSON.stringify(alarm)}.`),
    ];
    return {
      campaignId: id,
      status: passed ? "passed" : "failed",
      confirmed: passed,
      already: false,
      message: told.join(" "),
      code: null,
    };
  }

  /**
   * Begins to pause every campaign of the tenant, or those named; returns the progress when each was tried once, or after a moment.
   * It needs no database.
   */
  async stop(by: string, reason: string | undefined, campaigns?: readonly string[]): Promise<StopResult> {
    const { stops, refresh, runStop } = this.#parts;
    const id = await stops.begin(by, reason, campaigns);
    runStop(id);
    const waited = new AbortController();
    const late = this.#context.clock.sleep(STOP_WAIT_MS, waited.signal).catch(() => undefined);
    await Promise.race([stops.firstRound(id), late]);
    waited.abort();
    const report = await stops.report(id);
    for (const { campaignId, outcome } of report.campaigns)
      if (outcome === "changed") void refresh.changed({ campaign: campaignId }).catch(() => undefined);
    return stopResultOf(report);
  }

  /** Interrupted changes of state. */
  left(): LeftChanges {
    return this.#parts.states.left(this.#context.replica);
  }

  /** The progress of an emergency stop. Throws OperationError `job_not_found`. */
  async stopped(id: string): Promise<StopResult> {
    return stopResultOf(await this.#parts.stops.report(id));
  }

  /** The latest emergency stops, newest first. */
  async stops(limit: number): Promise<readonly EmergencyStop[]> {
    return (await this.#parts.stops.list(limit)).map(stopViewOf);
  }

  /** Hand-overs, guarded changes and stops step by step, newest first. */
  stories(of: StoriesOf): Promise<readonly Story[]> {
    const { store, clock } = this.#context;
    return storiesOf(of, { store, stops: this.#parts.stops, now: clock.now() });
  }

  async #pair(id: string) {
    return (await pairOf(this.#context.store, id)) ?? noSuchPair(id);
  }

  async #told({ isStored, ...change }: Paused): Promise<CampaignResult> {
    return isStored === false ? campaignResultOf(change) : this.changed(change);
  }
}

/** Hand-overs that a person orders: preview and verb. Errors: OperationError, TenantError, StoreError. */
export class HandOvers {
  readonly #context: Pick<Context, "store">;
  readonly #failover: FailoverUseCases;

  constructor(context: Pick<Context, "store">, failover: FailoverUseCases) {
    this.#context = context;
    this.#failover = failover;
  }

  /** To call before a plan: throws StoreError `audit_set_back` on a database that was set back. */
  requireFits(): Promise<void> {
    return this.#context.store.audit.requireFits();
  }

  /** The preview. Throws OperationError `job_not_found` when the campaign is in no pair. */
  async plan(id: string, verb: "failover" | "failback"): Promise<Planned<VerbPlan>> {
    const stopMark = await this.#failover.stopMark();
    const pair = await this.#failover.find(id);
    const refusal = orderRefusal(pair.state, verb === "failover" ? "fail-over" : "fail-back");
    const takes = verb === "failover" ? pair.backup : pair.primary;
    const verdict = refusal === null ? await this.#failover.mayTakeOver(takes) : null;
    return handOverPlanOf(id, pair, verb, { refusal, verdict, stopMark });
  }

  /** Orders it, as planned: the watch over the pair carries it out at its next look. */
  async order(
    { id: primary, campaignId: id, stopMark: mark }: Pick<VerbPlan, "id" | "campaignId" | "stopMark">,
    verb: "failover" | "failback",
    by: string,
  ): Promise<CampaignResult> {
    await this.#failover.order(primary, verb === "failover" ? "fail-over" : "fail-back", { by, mark });
    const message = "the watch over the pair carries it out at its next look";
    return { campaignId: id, status: "ordered", confirmed: true, already: false, message, code: null };
  }
}

/** A pause; `isStored` is false when the database did not answer. */
type Paused = StateChange & { readonly isStored?: false };

// Campaigns as they are known: from stored data, and read first when that is asked for. Outdated data is read in the background.

/** Reads campaigns from the store, or from the tenant first. Errors: OperationError, TenantError. */
class CampaignReads {
  readonly #context: Context;
  /** Keeps stored data about the tenant fresh. */
  readonly #refresh: TenantRefresh;

  constructor(context: Context, refresh: TenantRefresh) {
    this.#context = context;
    this.#refresh = refresh;
  }

  /** All campaigns. @param fresh reads the list first */
  async list(fresh: boolean) {
    const refresh = this.#refresh;
    if (fresh) await refresh.listNow();
    const known = await knownList(this.#context.store, this.#context.clock);
    // Not earlier: due readings are looked up in the same process, and would delay the answer.
    refresh.looking("campaigns");
    return known;
  }

  /** One campaign. Throws OperationError `not_found` when the list does not name it. @param fresh reads it first */
  async campaign(id: string, fresh: boolean): Promise<KnownHealth> {
    const refresh = this.#refresh;
    const { store, clock } = this.#context;
    if (fresh)
      await suggesting(
        id,
        () => this.ids(),
        () => refresh.campaignNow(id),
      );
    const known = await knownCampaign(store, id, clock.now());
    if (known.readAt.status === null || known.isGone) {
      const { readAt } = timesOf(await store.tenantReadings.find({ what: "campaigns" }));
      if (readAt !== null) {
        const near = nearest(id, await this.ids());
        throw new OperationError("not_found", `the tenant's list of campaigns, read ${timeText(readAt)}, does not have ${id}`, {
          advice: `${near === undefined ? "" : `Did you mean ${near}? `}A campaign that was created since then is listed within a minute. With fresh=true the API reads the tenant first.`,
        });
      }
    }
    refresh.looking({ campaign: id });
    return known;
  }

  /**
   * Id of the most relevant campaign: the primary of a pair, otherwise one that dials. Throws OperationError `not_available` when
   * there is none, `not_read_yet`.
   */
  async foremost(fresh: boolean): Promise<string> {
    const { campaigns, readAt, failed } = await this.list(fresh);
    const primary = campaigns.find(({ failover }) => failover?.role === "primary");
    const one = primary ?? campaigns.find(({ status }) => status === "active") ?? campaigns[0];
    if (one !== undefined) return one.id;
    if (readAt !== null) throw new OperationError("not_available", "the tenant has no campaign");
    const why = failed === null ? "" : `: ${failed.message}`;
    throw new OperationError("not_read_yet", `the tenant's list of campaigns has not been read yet${why}`, {
      advice: "Ask again in a few seconds, or with fresh=true.",
    });
  }

  /** Reads a campaign, or the list. @returns why the tenant could not be read */
  async readNow(id: string | undefined): Promise<KnownHealth["failed"]> {
    const refresh = this.#refresh;
    try {
      await (id === undefined
        ? refresh.listNow()
        : suggesting(
            id,
            () => this.ids(),
            () => refresh.campaignNow(id),
          ));
      return null;
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || thrown.code === "not_found") throw thrown;
      const at = this.#context.clock.now();
      return { code: thrown.code, message: thrown.message, at, since: at };
    }
  }

  /** Ids of the campaigns that are known. */
  async ids(): Promise<readonly string[]> {
    return (await this.#context.store.knownCampaigns.list()).map((one) => one.id);
  }
}

/** Why a reading failed just now, since when readings fail; why the stored one did when it did not. */
function lasting(now: KnownHealth["failed"], stored: KnownHealth["failed"]): KnownHealth["failed"] {
  return now === null ? stored : { ...now, since: stored?.since ?? now.since };
}

// The series of figures that is shown of a campaign.

/** More points than this are thinned out: no screen shows them. */
const POINTS = 720;
/** Readings for one curve, no more than a screen shows. @param watched the window of the watch over its pair, minutes */
interface DetailAsked {
  readonly hours: number;
  readonly daysBefore?: number | undefined;
  readonly fresh: boolean;
}

function shownSeries(readings: readonly CampaignReading[], watched: number | undefined): readonly CampaignReading[] {
  return thinned(ofOneWindow(readings, watched));
}

/**
 * Only readings over windows of one length, since others would not make a curve: of the watch's window if there are any,
 * otherwise of the most frequent one.
 */
function ofOneWindow(readings: readonly CampaignReading[], watched: number | undefined): readonly CampaignReading[] {
  const counts = new Map<number | null, number>();
  for (const { windowMinutes } of readings) counts.set(windowMinutes, (counts.get(windowMinutes) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a);
  const wanted = watched !== undefined && counts.has(watched) ? watched : usual?.[0];
  return readings.filter(({ windowMinutes }) => windowMinutes === wanted);
}

function thinned<T>(readings: readonly T[]): readonly T[] {
  const every = Math.ceil(readings.length / POINTS);
  return every <= 1 ? readings : readings.filter((_, i) => (readings.length - 1 - i) % every === 0);
}

// The plans of a resume and of a hand-over, by what gate and pair say. Beside their preview, which the library shows without the gate.

/** The plan of a resume, by the verdict of gate and pair. @param stopMark the latest emergency stop before that was asked for */
function resumePlanOf(verdict: ResumeVerdict, stopMark: number): Planned<VerbPlan> {
  const { campaign, refusals, windows } = verdict;
  const { id, name, status } = campaign;
  const open = windows.filter((one) => one.open > 0).length;
  const judged = judgedOf(verdict);
  return {
    operation: "campaigns.resume",
    summary: `Resume ${name ?? id}: ${status} now, ${open} of ${windows.length} zones open${callableOf(judged)}`,
    // Without the counts: they change every minute, and the gate is asked again when the action is carried out.
    relies: { id, status, allowed: refusals.length === 0, stopMark },
    refusals: refusals.map(({ text }) => text),
    plan: {
      id,
      verb: "resume",
      campaignId: id,
      judged,
      checks: gateChecks(verdict),
      against: refusals.map(({ code }) => code),
      stopMark,
    },
  };
}

/** What the gate has looked at; null when it judged nobody. */
const judgedOf = (verdict: ResumeVerdict): CampaignPreview["judged"] =>
  verdict.manifest === null
    ? null
    : { covers: coversOf(verdict), callable: verdict.manifest.counts.dial, at: timeText(verdict.at) };

function callableOf(judged: CampaignPreview["judged"]): string {
  if (judged === null) return "";
  const { covers, callable } = judged;
  const rest =
    isWhole(covers) || covers.of === null
      ? ""
      : ` (of ${covers.of} on the list; the gate reads on when nobody of these may be called)`;
  return `, ${callable} of ${covers.known} contacts looked at callable now${rest}`;
}

/**
 * The plan of a hand-over. @param id the campaign that it was asked for, of either side. @param given.refusal why there is nothing
 * to hand over; `verdict`: whether the one that takes over may start, null when there is nothing; `stopMark` as for a resume
 */
function handOverPlanOf(
  id: string,
  pair: PairReport,
  verb: "failover" | "failback",
  given: { readonly refusal: string | null; readonly verdict: ResumeVerdict | null; readonly stopMark: number },
): Planned<VerbPlan> {
  const { refusal, verdict, stopMark } = given;
  const { primary, backup, state } = pair;
  const [gives, takes] = verb === "failover" ? [primary, backup] : [backup, primary];
  const texts = (verdict?.refusals ?? []).map(({ text }) => text).join("; ");
  const against = texts === "" ? [] : [`${takes} may not take over: ${texts}`];
  return {
    operation: `campaigns.${verb}`,
    summary: `${verb === "failover" ? "Hand over" : "Fail back"} from ${gives} to ${takes}`,
    relies: { primary, backup, phase: state.phase, side: state.side, stopMark },
    refusals: refusal === null ? against : [refusal],
    plan: {
      id: primary,
      verb,
      campaignId: id,
      judged: verdict === null ? null : judgedOf(verdict),
      checks: [...pairChecks(pair, verb === "failover" ? "primary" : "backup"), ...(verdict === null ? [] : gateChecks(verdict))],
      stopMark,
    },
  };
}
