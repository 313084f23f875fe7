// Use cases of outcomes: reports, retrievals and their schedules, exports.

import { heatOf, type OutcomeLake } from "../../outcomes/index.ts";
import type { Context } from "../context.ts";
import { noteRequest } from "../jobs/request.ts";
import { findRetrieval } from "../retrieval/entry.ts";
import { type ReconcileReport, type ReconcileSink, reconcile } from "../retrieval/reconcile.ts";
import type { RetrievalInput, RetrievalRequest } from "../retrieval/request.ts";
import type { RetrievalProgress } from "../retrieval/retrieval-run.ts";
import { type Rhythm, setSchedules } from "../retrieval/schedule.ts";
import type { Retrieving } from "../retrieval/service.ts";
import { verifyRetrieval } from "../retrieval/verify.ts";
import { retrievalPlanOf, retrievalViewOf, scheduleViewOf, verdictViewOf } from "../views/outcome-views.ts";
import type {
  OutcomeReportView,
  QuarantinedRow,
  RetrievalBegun,
  RetrievalPlan,
  RetrievalVerdict,
  RetrievalView,
  SchedulesSet,
  ScheduleView,
} from "../views/schemas/outcomes.ts";
import { timeText } from "../views/texts.ts";
import { type ExportQuery, exportedText } from "./export.ts";
import { planReport, type ReportRequest, type ReportRules } from "./report.ts";

interface OutcomeParts {
  readonly lake: OutcomeLake;
  readonly retrieving: Retrieving;
  readonly rules: ReportRules;
  /** As in `reconcile`. */
  readonly takesRecords: boolean;
  /** The id of the present request. */
  readonly requestId: () => string | undefined;
}

/** What was retrieved, and what is retrieved regularly; needs no tenant. Errors: OperationError, StoreError, LakeError. */
export class OutcomeRecordsUseCases {
  readonly #store: Context["store"];
  readonly #lake: OutcomeLake;

  constructor({ store }: Pick<Context, "store">, { lake }: Pick<OutcomeParts, "lake">) {
    this.#store = store;
    this.#lake = lake;
  }

  /** Newest first. @param after the job of the last one of the page before */
  async retrievals(query: {
    readonly limit: number;
    readonly campaignId?: string | undefined;
    readonly after?: string | undefined;
  }): Promise<readonly RetrievalView[]> {
    return (await this.#store.retrievals.list(query)).map(retrievalViewOf);
  }

  /** Throws OperationError `job_not_found`. */
  async retrieval(jobId: string): Promise<RetrievalView> {
    return retrievalViewOf(await this.#find(jobId));
  }

  /** Rows of the vendor that were not valid records, by time. Throws OperationError `job_not_found` */
  async quarantine(jobId: string): Promise<readonly QuarantinedRow[]> {
    return quarantinedIn(this.#lake, await this.#find(jobId));
  }

  /** Whether the lake contains exactly what a retrieval brought. Throws OperationError `job_not_found` */
  async verify(jobId: string): Promise<RetrievalVerdict> {
    return verdictViewOf(jobId, await verifyRetrieval(this.#lake, await this.#find(jobId)));
  }

  /** By campaign; a campaign has one schedule. @param after only campaigns after this one */
  async schedules(after?: string): Promise<readonly ScheduleView[]> {
    return (await this.#store.retrievalSchedules.list())
      .filter(({ campaignId }) => after === undefined || campaignId > after)
      .sort((a, b) => (a.campaignId < b.campaignId ? -1 : 1))
      .map(scheduleViewOf);
  }

  /** Ends a schedule; retrieved data stays. @returns whether there was one */
  removeSchedule(campaignId: string): Promise<boolean> {
    return this.#store.retrievalSchedules.remove(campaignId);
  }

  #find(jobId: string) {
    return findRetrieval(this.#store.retrievals, jobId);
  }
}

/** Retrieves outcomes, reports on them, exports and verifies them. Errors: OperationError, TenantError, StoreError, LakeError. */
export class OutcomeUseCases extends OutcomeRecordsUseCases {
  readonly #context: Context;
  readonly #parts: OutcomeParts;

  constructor(context: Context, parts: OutcomeParts) {
    super(context, parts);
    this.#context = context;
    this.#parts = parts;
  }

  /** Conversion with intervals, categories, trend, comparisons, the heat map. Throws MeaningError for an invalid request */
  async report(request: ReportRequest): Promise<OutcomeReportView> {
    const { lake, rules } = this.#parts;
    const { store } = this.#context;
    const planned = await planReport(rules, request);
    const { report, scope } = await planned.report({ lake, store });
    const heat = await heatOf(lake, scope);
    return { ...report, heat: heat.map((cell) => ({ ...cell, conversion: { ...cell.conversion } })) };
  }

  /** The preview of a retrieval. Throws OperationError `invalid_input` */
  async planRetrieval(input: RetrievalInput): Promise<RetrievalPlan> {
    return retrievalPlanOf(await this.#parts.retrieving.check(input));
  }

  /**
   * Begins and starts a retrieval; an equal unfinished one is returned instead. Throws OperationError `invalid_input`,
   * TenantError
   */
  async retrieve(input: RetrievalInput, by: string): Promise<RetrievalBegun> {
    const { retrieving, requestId } = this.#parts;
    const { request, warnings } = await retrieving.check(input);
    const { retrieval, earlier } = await retrieving.submit(request, by);
    const { jobId } = retrieval;
    if (!earlier) await noteRequest(this.#context.store.audit, jobId, by, requestId());
    await this.#context.runs.start(jobId);
    return { jobId, earlier, warnings };
  }

  /**
   * Retrieves outcomes to the end; an equal unfinished retrieval is continued. Throws OperationError `invalid_input`,
   * TenantError; a paused retrieval has the status `stopped`.
   */
  async pull(
    input: RetrievalInput,
    {
      by,
      onProgress,
    }: { readonly by?: string | undefined; readonly onProgress?: ((progress: RetrievalProgress) => void) | undefined } = {},
  ): Promise<RetrievalView> {
    const { retrieving } = this.#parts;
    const { request } = await retrieving.check(input);
    const { retrieval } = await retrieving.submit(request, by ?? this.#context.actor);
    return retrievalViewOf(await retrieving.run(retrieval.jobId, onProgress));
  }

  /** The preview of a comparison. Throws OperationError `invalid_input` */
  planComparison(input: RetrievalInput): ReturnType<Retrieving["check"]> {
    return this.#parts.retrieving.check(input);
  }

  /** Compares tenant, lake and CRM by hour; reads the tenant's listing again. */
  compare(request: RetrievalRequest, sink: ReconcileSink): Promise<ReconcileReport> {
    return compareOutcomes(this.#context, this.#parts, request, sink);
  }

  /**
   * Retrieves a campaign's outcomes regularly; `input` says how far back the first time. Throws OperationError `invalid_input`
   */
  async setSchedule(
    { campaignId, ...input }: RetrievalInput,
    { by, ...rhythm }: Omit<Rhythm, "staggerMs"> & { readonly by: string },
  ): Promise<void> {
    await this.setSchedules([campaignId], input, { ...rhythm, by });
  }

  /**
   * The same for several campaigns, all or none: their turns are `staggerMs` apart, by default spread evenly over `everyMs`.
   * @returns the first turn of each, and what is doubtful about the request
   */
  async setSchedules(
    campaignIds: readonly string[],
    input: Omit<RetrievalInput, "campaignId">,
    { by, ...rhythm }: Rhythm & { readonly by: string },
  ): Promise<SchedulesSet> {
    const { store, clock } = this.#context;
    const parts = { retrieving: this.#parts.retrieving, schedules: store.retrievalSchedules, clock };
    const { set, warnings } = await setSchedules(parts, campaignIds, input, { rhythm, by });
    return { items: set.map(({ campaignId, nextAt }) => ({ campaignId, nextAt: timeText(nextAt) })), warnings };
  }

  /** The latest version of each call with its category, as text. An audit entry is written before. Throws MeaningError */
  async *export(query: ExportQuery, format: "csv" | "ndjson", by: string): AsyncGenerator<string> {
    const { lake, rules } = this.#parts;
    const map = await rules.map();
    yield* exportedText({ lake, store: this.#context.store }, { query, map, format, target: "service", by });
  }
}

/** Compares tenant, lake and CRM by hour, until the runs of the context are interrupted. */
export function compareOutcomes(
  { tenant, store, clock, runs }: Context,
  { lake, takesRecords }: Pick<OutcomeParts, "lake" | "takesRecords">,
  request: RetrievalRequest,
  sink: ReconcileSink,
): Promise<ReconcileReport> {
  const { outcomeSource: source } = tenant.capabilities;
  return reconcile({ source, lake, ledger: store.retrievals, takesRecords, clock, signal: runs.interrupted }, request, sink);
}

// Rows of the vendor that a retrieval could not read as calls.

/** The rows that a retrieval put in quarantine, by time. */
async function quarantinedIn(
  lake: OutcomeLake,
  { jobId, campaignId }: { readonly jobId: string; readonly campaignId: string },
): Promise<readonly QuarantinedRow[]> {
  const rows = await lake.query<Omit<QuarantinedRow, "observed_at"> & { readonly observed_at: unknown }>(
    "SELECT reason, detail, call_id, observed_at, row FROM quarantine WHERE run_id = $1 ORDER BY observed_at, row",
    [jobId],
    { campaignId },
  );
  return rows.map((row) => ({ ...row, observed_at: timeText(Number(row.observed_at)) }));
}
