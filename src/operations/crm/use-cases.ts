// Use cases of the CRM: it is sent an event for each retrieval, and the records that it does not have.

import { type Clock, newId, OutdialError, type RandomStream } from "../../kernel/index.ts";
import {
  type CategoryCounts,
  type Covers,
  cohortTally,
  documentedSummary,
  type LakeRange,
  localTime,
  type OutcomeLake,
  type OutcomeMap,
  type ReportSource,
  readCoverage,
  readRun,
} from "../../outcomes/index.ts";
import {
  type AuditInput,
  type CrmLedger,
  type CrmPushProgress,
  type Job,
  PUSH,
  type Retrieval,
  type RetrievalLedger,
  type Store,
} from "../../store/index.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { cloudEvent } from "../events/index.ts";
import type { DeliveryWorker } from "../events/worker.ts";
import { ENDED } from "../jobs/record.ts";
import { noteRequest } from "../jobs/request.ts";
import { resultRows } from "../jobs/result-rows.ts";
import { heldIn } from "../retrieval/held.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { Membership } from "../run/members.ts";
import { CANCELLED, reasonOf, type StopReason, stopOf } from "../run/reason.ts";
import type { Runs } from "../run/runs.ts";
import type { ResultRow } from "../views/schemas/jobs.ts";
import { type CrmPush, type CrmPushAsked, crmPushOf, DEFAULT_BATCH, hashOf, scopeOf } from "./asked.ts";
import { createCrmSender } from "./sender.ts";
import { pushToCrm } from "./upsert.ts";

// Pushes to the CRM as jobs: begin one, run it to its end or follow the process that does, take it over from a dead process.

// Announces each retrieval to the CRM once: the event is written to the outbox in the transaction that records it, and delivered
// from there.

/** Runs per query. */
const BATCH = 50;

interface AnnouncerDependencies {
  readonly ledger: Pick<CrmLedger, "announce" | "unannounced">;
  readonly retrievals: Pick<RetrievalLedger, "get" | "held">;
  readonly lake: ReportSource;
  /** The tenant's vendor profile. */
  readonly profile: string | undefined;
  readonly map: OutcomeMap;
  readonly actor: string;
}

/** Makes what announces each ended retrieval to the CRM once, as an event in the outbox. */
export function createCrmAnnouncer(deps: AnnouncerDependencies) {
  const announce = async (run: Retrieval): Promise<boolean> => {
    const { jobId, campaignId, from, to, codes, status, startedAt, finishedAt, complianceHash, totals } = run;
    if ((status !== "done" && status !== "partly_failed") || finishedAt === null) return false;
    const asked = { campaigns: [campaignId], from, to: to + 1, map: deps.map, time: localTime("UTC") };
    const coverage = await readCoverage(deps.lake, asked, { held: heldIn(deps), now: to + 1 });
    const scope = { ...asked, coverage: { ...coverage, ...(codes !== null && { out: [] }) } };
    const tally = cohortTally(scope, await readRun(deps.lake, scope, jobId));
    const { covers } = coverage;
    const { pagesOk, attempts } = totals;
    const quarantined = Object.keys(totals.quarantined).length > 0;
    const ended = { jobId, campaignId, from, to, status, pagesOk, attempts, finishedAt, codes, covers, quarantined };
    const data = crmEnvelope(
      { ...ended, startedAt: startedAt ?? finishedAt, complianceHash: complianceHash ?? "" },
      tally,
      deps.map.id,
    );
    const event = { id: `${jobId}-outcomes`, type: "OUTCOMES_RETRIEVED", subject: campaignId, time: finishedAt, data } as const;
    const body = cloudEvent({ ...event, source: `/outdial/campaigns/${encodeURIComponent(campaignId)}` });
    return deps.ledger.announce(
      jobId,
      { eventId: event.id, subject: event.subject, type: event.type, body },
      {
        actor: deps.actor,
        action: "crm.announce",
        subject: campaignId,
        job: jobId,
        details: { campaign: campaignId, event: event.id, calls: tally.calls, definition: deps.map.id },
      },
    );
  };
  return {
    /** Queues the event of a run that has ended; false when it is not at its end or was announced before. */
    announce,
    /**
     * Queues the events of all ended runs that were never announced: left by a killed process, or retrieved before there was a CRM.
     */
    async announceAll(): Promise<number> {
      let announced = 0;
      for (;;) {
        const ids = await deps.ledger.unannounced(BATCH);
        let moved = 0;
        for (const id of ids) {
          const run = await deps.retrievals.get(id);
          if (run !== undefined && (await announce(run))) moved += 1;
        }
        announced += moved;
        // None of a full batch could be announced: another process is doing it.
        if (ids.length < BATCH || moved === 0) return announced;
      }
    },
  };
}

// The event on a retrieval for the CRM: the documented envelope with the documented names. Pure.

/** A completed retrieval. */
interface AnnouncedRun {
  readonly jobId: string;
  readonly campaignId: string;
  /** Earliest and latest start of the requested calls, ms since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly status: "done" | "partly_failed";
  /** Whether rows of the vendor were put into quarantine. */
  readonly quarantined: boolean;
  readonly pagesOk: number;
  /** Requests sent for pages. */
  readonly attempts: number;
  readonly complianceHash: string;
  /** The codes that were asked for; null for all. */
  readonly codes: readonly string[] | null;
  /** What was read of the days; the figures count the calls of days that have a conversion. */
  readonly covers: Pick<Covers, "known" | "of" | "words" | "days">;
}

/** The calls that the run brought, each once. */
interface RunTally {
  readonly calls: number;
  readonly seconds: number;
  readonly counts: CategoryCounts;
  readonly unmapped: number;
}

function statusOf({ status, quarantined }: AnnouncedRun): string {
  if (status === "done") return "COMPLETED";
  return quarantined ? "COMPLETED_WITH_QUARANTINE" : "COMPLETED_IN_PART";
}

/**
 * The data of the event. `download_success_rate` (share of page requests that brought a page; null when none was sent) and
 * `conversion_rate` are in percent, with two decimals. `COMPLETED_WITH_QUARANTINE`: some rows of the vendor were not records and
 * are not included; `COMPLETED_IN_PART`: fewer calls came than are known. Without all calls of at least one day, `conversion_rate` is null. In addition to the documented members, `audit.outcome_definition`, `disposition_codes`, `covers` and `metrics.unmapped_records` say what the
 * figures are based on.
 */
function crmEnvelope(run: AnnouncedRun, tally: RunTally, definition: string): Readonly<Record<string, unknown>> {
  const { known, of, words, days } = run.covers;
  const isCovered = days.some(({ covered }) => covered !== "none");
  const summary = documentedSummary(tally, run.codes === null && isCovered);
  // With codes, or of days that were read, these are the calls that it brought; else nothing that is said of the days would be true of them.
  const counted = (calls: number) => (run.codes !== null || isCovered ? calls : null);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    metrics: {
      extraction_latency_seconds: Math.max(0, run.finishedAt - run.startedAt) / 1000,
      download_success_rate: run.attempts === 0 ? null : Math.round((10_000 * run.pagesOk) / run.attempts) / 100,
      total_records: counted(tally.calls),
      conversion_rate: summary.conversion_rate_percent,
      summary,
      unmapped_records: counted(tally.unmapped),
    },
    audit: {
      job_id: run.jobId,
      campaign_id: run.campaignId,
      start_time: iso(run.from),
      end_time: iso(run.to),
      initiated_at: iso(run.startedAt),
      status: statusOf(run),
      records_processed: counted(tally.calls),
      compliance_hash: run.complianceHash,
      completed_at: iso(run.finishedAt),
      outcome_definition: definition,
      disposition_codes: run.codes,
      covers: { known, of, words },
    },
  };
}

/** Access to the CRM. */
export interface CrmAccess {
  readonly endpoint: Parameters<typeof createCrmSender>[0];
  /** Address for records; undefined when not configured. */
  readonly recordsUrl: string | undefined;
  /** The map of disposition codes: from a given file's text, otherwise the configured one. Throws MeaningError */
  readonly map: (given?: { readonly name: string; readonly text: string }) => Promise<OutcomeMap>;
}

interface CrmPushingDependencies {
  readonly store: Pick<Store, "crm" | "crmPushes" | "profile" | "retrievals" | "jobs" | "audit">;
  readonly lake: OutcomeLake;
  readonly access: CrmAccess;
  readonly runs: Runs;
  readonly members: Pick<Membership, "id" | "isDead">;
  /** See `Kind`. */
  readonly scope: string;
  readonly clock: Clock;
  readonly random: RandomStream;
}

/** Pushes to the CRM as jobs: begin, run or follow, find. Errors: OperationError, StoreError. */
export class CrmPushing {
  readonly #deps: CrmPushingDependencies;
  /** Pushes that run in this process, with their progress. */
  readonly #here = new Map<string, CrmPushProgress>();

  constructor(deps: CrmPushingDependencies) {
    this.#deps = deps;
  }

  /** The kind of run for the engine. */
  kind(): Kind {
    const { scope, store } = this.#deps;
    return {
      name: PUSH,
      scope,
      // A push of all campaigns and one of a single campaign exclude each other when they are taken.
      partition: ({ campaignId }) => (campaignId === null ? "push of all campaigns" : `push of ${campaignId}`),
      goOn: "go on with the same command, or with outdial jobs resume",
      take: (run, executor) => store.crmPushes.take(run, executor),
      body: (running) => this.#body(running),
    };
  }

  /**
   * Begins a push. When an equal one exists that no process works on, that one is returned, to be continued. An equal one that is
   * running is not returned: it may have passed newer calls.
   */
  async submit(asked: CrmPushAsked, actor: string): Promise<{ readonly job: Job; readonly earlier: boolean }> {
    const { store, clock, random, members, scope } = this.#deps;
    const { campaignId } = asked;
    const contentHash = hashOf(asked);
    const there = await store.jobs.findJobByContent({ kind: PUSH, campaignId, contentHash });
    if (there !== undefined && !ENDED.includes(there.status)) {
      const isAtWork = there.status === "running" && there.executor !== null && !(await members.isDead(there.executor));
      if (!isAtWork) return { job: there, earlier: true };
    }
    const jobId = newId("job", clock.now(), random);
    return { job: await store.crmPushes.begin({ jobId, campaignId, options: asked, contentHash, actor, scope }), earlier: false };
  }

  /** Throws OperationError `job_not_found`. */
  async find(jobId: string): Promise<CrmPush> {
    const job = await this.#deps.store.jobs.getJob(jobId);
    if (job?.kind === PUSH) return crmPushOf(job);
    throw new OperationError("job_not_found", `there is no push ${jobId}`, {
      advice: "outdial jobs list shows the jobs of this store.",
    });
  }

  /** Runs a push to its end, or follows the process that does. @returns the push when it has ended or is paused */
  async run(jobId: string, onProgress?: (progress: CrmPushProgress, here: boolean) => void): Promise<CrmPush> {
    const { status } = (await this.find(jobId)).job;
    if (ENDED.includes(status)) return this.find(jobId);
    await this.#deps.runs.run(jobId, async (here) => {
      if (onProgress !== undefined) onProgress(this.#here.get(jobId) ?? (await this.find(jobId)).progress, here);
    });
    const ended = await this.find(jobId);
    onProgress?.(ended.progress, false);
    return ended;
  }

  async #body({ jobId, run, step, leave }: Running): Promise<void> {
    const { store, members, lake, clock, random } = this.#deps;
    const { access } = this.#deps;
    const push = await this.find(jobId);
    const { asked, job } = push;
    const { actor } = job;
    const executor = members.id;
    await store.audit.append([this.#entry("crm.push.begin", push, { run, replica: executor, records: asked.records })]);
    const stopped = async (work: () => Promise<void>): Promise<StopReason | null> => {
      try {
        await work();
        return null;
      } catch (thrown) {
        if (!leave.halt.aborted && thrown instanceof OutdialError && STOPS.has(thrown.code)) return reasonOf(thrown);
        throw thrown;
      }
    };
    let { progress } = push;
    const announce = async () => {
      const map = await access.map();
      const announcer = createCrmAnnouncer({
        ledger: store.crm,
        retrievals: store.retrievals,
        profile: store.profile,
        lake,
        map,
        actor,
      });
      progress = { ...progress, announced: progress.announced + (await announcer.announceAll()) };
      await store.crmPushes.progress({ jobId, executor, progress });
    };
    const records = async () => {
      const { endpoint, recordsUrl: url } = access;
      if (url === undefined) throw noRecordsUrl();
      const map = await access.map(asked.map);
      const before = (await this.find(jobId)).progress;
      const sender = createCrmSender({ ...endpoint, url });
      const onProgress = (now: CrmPushProgress) => {
        progress = now;
        this.#here.set(jobId, now);
      };
      const ledger = store.crmPushes;
      const given = { lake, ledger, sender, map, clock, random, jobId, executor, actor, leave, before, onProgress };
      try {
        onProgress(await pushToCrm(given, scopeOf(asked)));
      } catch (thrown) {
        // The final progress is worth recording, but the reason of the end is more important.
        await ledger.progress({ jobId, executor, progress }).catch(() => undefined);
        throw thrown;
      } finally {
        // An aborted request need not be waited for.
        void sender.close().catch(() => undefined);
      }
      await ledger.progress({ jobId, executor, progress });
    };
    try {
      let stop = await step("announce", () => stopped(announce));
      if (asked.records) stop ??= await step("records", () => stopped(records));
      await step("close", async () => {
        await this.#close(jobId, stop);
        return null;
      });
    } finally {
      this.#here.delete(jobId);
    }
  }

  async #close(jobId: string, stop: StopReason | null): Promise<void> {
    const { store, members } = this.#deps;
    const push = await this.find(jobId);
    const { progress } = push;
    const isPartly = progress.refused + progress.refusedBefore > 0;
    const status = stop === null ? (isPartly ? "partly_failed" : "done") : "stopped";
    await store.crmPushes.end({
      jobId,
      executor: members.id,
      progress,
      status,
      error: stop ?? undefined,
      audit: this.#entry("crm.push", push, { status, ...(stop === null ? {} : { error: stop.code }), ...progress }),
    });
  }

  #entry(action: string, { job, asked }: CrmPush, details: Record<string, unknown>): AuditInput {
    const { campaignId, from, to } = asked;
    const window = { from: textOf(from), to: textOf(to) };
    const about = { ...(campaignId === undefined ? {} : { campaign: campaignId }), ...window };
    return { actor: job.actor, action, subject: campaignId ?? "all campaigns", job: job.id, details: { ...about, ...details } };
  }
}

/** Errors that pause a push; the engine handles all others. */
const STOPS: ReadonlySet<string> = new Set(["receiver_refuses", "receiver_unavailable", "invalid_input"]);

const textOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

/** The error for a push of records where no address for them is configured. */
const noRecordsUrl = (): OperationError =>
  new OperationError("invalid_input", "the CRM has no address for records", {
    advice: "Set webhooks.crm.recordsUrl in outdial.yaml, or OUTDIAL_CRM_RECORDS_URL.",
  });

interface CrmParts {
  /** Makes pushes; throws OperationError `invalid_input` when no CRM is configured. */
  readonly pushing: () => CrmPushing;
  /** Whether there is an address for records. */
  readonly takesRecords: boolean;
  /** Reads and checks a map of disposition codes, by its path or its text. Throws MeaningError */
  readonly readMap: (given: NonNullable<CrmPushRequest["map"]>) => Promise<NonNullable<CrmPushAsked["map"]>>;
  /** Delivers due events. */
  readonly deliver: () => ReturnType<DeliveryWorker["drain"]>;
  /** The id of the present request. */
  readonly requestId: () => string | undefined;
}

/** What is pushed: calls by start, both ends inclusive. */
export interface CrmPushRequest extends LakeRange {
  /** Also records, not only the events of retrievals. */
  readonly records: boolean;
  /** Most records per request, default 500. */
  readonly batch?: number | undefined;
  /** Also sends records that the CRM refused before. */
  readonly again?: boolean | undefined;
  /** A map of disposition codes instead of the configured one: its file, or its text. */
  readonly map?: string | { readonly name: string; readonly text: string } | undefined;
}

interface CrmPushBegun {
  readonly jobId: string;
  /** An equal push had not ended: this is that one. */
  readonly earlier: boolean;
}

/** The result for the records of a push. */
type CrmPushReport = Omit<CrmPushProgress, "announced">;

/** The result of a push. */
export interface CrmPushed extends CrmPushBegun {
  /** Events of retrievals queued. */
  readonly announced: number;
  /** Null when a service delivers them. */
  readonly delivery: Awaited<ReturnType<CrmParts["deliver"]>> | null;
  /** Null when no records were requested. */
  readonly records: CrmPushReport | null;
}

/** What is told of a push under way. */
export interface CrmPushOptions {
  readonly onBegun?: ((begun: CrmPushBegun) => void) | undefined;
  /** @param here whether this process runs it */
  readonly onProgress?: ((progress: CrmPushProgress, here: boolean) => void) | undefined;
  /** Called for each record that the CRM refused, when the push is over. */
  readonly onRefused?: ((refused: ResultRow) => Promise<void> | void) | undefined;
}

/** Tells the CRM of retrievals and pushes records to it. Errors: OperationError, StoreError. */
export class CrmUseCases {
  readonly #context: Pick<Context, "store" | "runs">;
  readonly #parts: CrmParts;

  constructor(context: Pick<Context, "store" | "runs">, parts: CrmParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Begins a push and lets it run. Throws OperationError `invalid_input`, also without a CRM; MeaningError */
  async begin(request: CrmPushRequest, by: string): Promise<CrmPushBegun> {
    const begun = await this.#submit(request, by);
    await this.#context.runs.start(begun.jobId);
    return begun;
  }

  /**
   * Queues announcements, sends records if requested, and delivers due events, to the end, wherever it runs. Throws
   * OperationError `invalid_input`; OutdialError with the code of what stopped it: `receiver_refuses`, `receiver_unavailable`,
   * `interrupted`, `cancelled`, …
   */
  async push(request: CrmPushRequest, by: string, options: CrmPushOptions = {}): Promise<CrmPushed> {
    const begun = await this.#submit(request, by);
    options.onBegun?.(begun);
    const ended = await this.#parts.pushing().run(begun.jobId, options.onProgress);
    const { onRefused } = options;
    if (onRefused !== undefined)
      for await (const row of resultRows(this.#context.store, { id: begun.jobId, kind: PUSH }, {})) await onRefused(row);
    refuseUnended({ ...ended.job, stop: stopOf(ended.job.error) });
    const { announced, ...records } = ended.progress;
    const delivery = await this.#parts.deliver();
    return { ...begun, announced, delivery, records: request.records ? records : null };
  }

  async #submit({ records, campaignId, from, to, map, ...rest }: CrmPushRequest, by: string): Promise<CrmPushBegun> {
    const { pushing, takesRecords, readMap, requestId } = this.#parts;
    const pushes = pushing();
    if (records && !takesRecords) throw noRecordsUrl();
    if (from !== undefined && to !== undefined && from > to)
      throw new OperationError(
        "invalid_input",
        `the start ${new Date(from).toISOString()} is after the end ${new Date(to).toISOString()}`,
      );
    const asked: CrmPushAsked = {
      records,
      batch: rest.batch ?? DEFAULT_BATCH,
      again: rest.again ?? false,
      ...(campaignId === undefined ? {} : { campaignId }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(map === undefined ? {} : { map: await readMap(map) }),
    };
    const { job, earlier } = await pushes.submit(asked, by);
    if (!earlier) await noteRequest(this.#context.store.audit, job.id, by, requestId());
    return { jobId: job.id, earlier };
  }
}

/** Throws the reason when a push did not complete. */
export function refuseUnended({
  id,
  status,
  stop,
}: Pick<Job, "id" | "status"> & { readonly stop: StopReason | null | undefined }): void {
  if (status === "done" || status === "partly_failed") return;
  if (status === "cancelled")
    throw new OutdialError(CANCELLED, `job ${id} was cancelled`, {
      advice: `outdial jobs show ${id} shows what it had sent.`,
    });
  if (status === "ready" || status === "running")
    throw new OutdialError("interrupted", `no longer followed: a service continues ${id}`);
  const { code, message, advice } = stop ?? { code: "internal", message: `job ${id} is ${status}` };
  throw new OutdialError(code, message, advice === undefined ? {} : { advice });
}
