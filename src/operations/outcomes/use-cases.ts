// Use cases of outcomes: reports, retrievals and their schedules, exports.

import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, type Instant, isDay, parseDuration } from "../../kernel/index.ts";
import {
  type AskedScope,
  checkedPeriod,
  DIMENSIONS,
  type Dimension,
  heatOf,
  localTime,
  MeaningError,
  type OutcomeLake,
  type OutcomeMap,
  type OutcomeReport,
  parseComparison,
  parseInstant,
  type RecordQuery,
  type ReportScope,
  readCoverage,
  reportOutcomes,
} from "../../outcomes/index.ts";
import type { Store } from "../../store/index.ts";
import { TenantError } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { noteRequest } from "../jobs/request.ts";
import { findRetrieval } from "../retrieval/entry.ts";
import { heldIn } from "../retrieval/held.ts";
import { type ReconcileReport, type ReconcileSink, reconcile, verifyRetrieval } from "../retrieval/reconcile.ts";
import type { RetrievalInput, RetrievalRequest } from "../retrieval/request.ts";
import type { RetrievalProgress } from "../retrieval/retrieval-run.ts";
import { type Rhythm, setSchedules } from "../retrieval/schedule.ts";
import type { Retrieving } from "../retrieval/service.ts";
import { readMatrix } from "../tagging/service.ts";
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
  readonly #rules: ReportRules;

  constructor({ store }: Pick<Context, "store">, { lake, rules }: Pick<OutcomeParts, "lake" | "rules">) {
    this.#store = store;
    this.#lake = lake;
    this.#rules = rules;
  }

  /** Conversion with intervals, categories, trend, comparisons, the heat map. Throws MeaningError for an invalid request */
  async report(request: ReportRequest): Promise<OutcomeReportView> {
    const { report, scope } = await this.#reported(request);
    const heat = await heatOf(this.#lake, scope);
    return { ...report, heat: heat.map((cell) => ({ ...cell, conversion: { ...cell.conversion } })) };
  }

  /** The same without the heat map. */
  async makeReport(request: ReportRequest): Promise<OutcomeReport> {
    return (await this.#reported(request)).report;
  }

  async #reported(request: ReportRequest) {
    const planned = await planReport(this.#rules, request);
    return planned.report({ lake: this.#lake, store: this.#store });
  }

  /**
   * The latest version of each call with its category, as a file. An audit entry is written before. @returns of how many calls it is.
   * Throws MeaningError
   */
  async export(
    query: ExportQuery,
    format: "csv" | "ndjson" | "parquet",
    by: string,
  ): Promise<{ readonly calls: number; readonly bytes: AsyncIterable<Uint8Array> }> {
    const map = await this.#rules.map();
    const details = { ...query, format, definition: map.id };
    await this.#store.audit.append([
      { actor: by, action: "outcomes.export", subject: query.campaignId ?? "all campaigns", details },
    ]);
    const folder = await mkdtemp(join(tmpdir(), "outdial-export-"));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const file = join(folder, "calls");
      const calls = await this.#lake.exportTo(file, format, map, query);
      return { calls, bytes: readThen(file, remove) };
    } catch (thrown) {
      await remove();
      throw thrown;
    }
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

  /** Why a campaign may have no calls, as a sentence: the tenant does not know it. Null when it does, or does not say. */
  async doubt(campaignId: string): Promise<string | null> {
    try {
      await readMatrix(this.#context.tenant.capabilities, campaignId);
    } catch (thrown) {
      if (thrown instanceof TenantError && thrown.code === "not_found")
        return `the tenant knows no campaign ${campaignId}${thrown.advice === undefined ? "" : `. ${thrown.advice}`}`;
    }
    return null;
  }

  /** The preview of a comparison. Throws OperationError `invalid_input` */
  planComparison(input: RetrievalInput): ReturnType<Retrieving["check"]> {
    return this.#parts.retrieving.check(input);
  }

  /** Compares tenant, lake and CRM by hour, until the runs are interrupted; reads the tenant's listing again. */
  compare(request: RetrievalRequest, sink: ReconcileSink): Promise<ReconcileReport> {
    const { tenant, store, clock, runs } = this.#context;
    const { lake, takesRecords } = this.#parts;
    const { outcomeSource: source } = tenant.capabilities;
    return reconcile({ source, lake, ledger: store.retrievals, takesRecords, clock, signal: runs.interrupted }, request, sink);
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
}

/** Which calls are exported. */
type ExportQuery = Pick<RecordQuery, "campaignId" | "from" | "to" | "codes">;

async function* readThen(file: string, remove: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } finally {
    await remove();
  }
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

// Turns a request for a report into its scope, with checks.

/** A map of disposition codes: a file, or its text. */
export type GivenMap = string | { readonly name: string; readonly text: string };

/** Defaults of reports. */
export interface ReportRules {
  /** IANA zone. */
  readonly zone: string;
  /** The map of disposition codes: the given one, otherwise the configured one. Throws MeaningError */
  readonly map: (given?: GivenMap) => Promise<OutcomeMap>;
  readonly clock: Pick<Clock, "now">;
}

const DEFAULT_SPAN_MS = 30 * 86_400_000;

/** A request, in the words of the command line. */
export interface ReportRequest {
  /** Empty for all. */
  readonly campaigns: readonly string[];
  /** A day in the zone, or an instant with an offset. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Instead of `from`: a duration before the end; default 30d. */
  readonly last?: string | undefined;
  /** The map; default: the configured one, otherwise the documented codes. */
  readonly map?: GivenMap | undefined;
  /** IANA zone; default: the configured one, otherwise UTC. */
  readonly zone?: string | undefined;
  readonly by?: readonly string[] | undefined;
  readonly compare: readonly string[];
  readonly minimum?: number | undefined;
  /** In percent, for example 95. */
  readonly confidence?: number | undefined;
  /** False: nothing is restated, and no figures are kept. */
  readonly keep: boolean;
}

interface Records {
  readonly lake: OutcomeLake;
  readonly store: Pick<Store, "figures" | "profile" | "retrievals">;
}

/** A checked request. */
interface PlannedReport {
  readonly scope: AskedScope;
  /** The report, and its scope without the calls that no figure counts. */
  report(records: Records): Promise<{ readonly report: OutcomeReport; readonly scope: ReportScope }>;
}

/** Checks what is asked for. Throws MeaningError. */
async function planReport({ zone, map, clock }: ReportRules, request: ReportRequest): Promise<PlannedReport> {
  const comparisons = request.compare.map(parseComparison);
  const by = request.by?.map((name) => dimension(name, "by"));
  const time = localTime(request.zone ?? zone);
  const now = clock.now();
  const scope: PlannedReport["scope"] = {
    campaigns: request.campaigns.length === 0 ? undefined : request.campaigns,
    ...periodOf(request, (member, text) => parseInstant(member, text, time), now),
    map: await map(request.map),
    time,
  };
  return {
    scope,
    async report({ lake, store }) {
      const covered = { ...scope, coverage: await readCoverage(lake, scope, { held: heldIn(store), now }) };
      const report = await reportOutcomes(lake, covered, {
        now,
        comparisons,
        by,
        profile: store.profile,
        minimum: request.minimum,
        ...(request.confidence === undefined ? {} : { confidence: request.confidence / 100 }),
        ...(request.keep ? { figures: store.figures } : {}),
      });
      return { report, scope: covered };
    },
  };
}

function dimension(name: string, where: string): Dimension {
  const found = DIMENSIONS.find((one) => one === name);
  if (found !== undefined) return found;
  throw new MeaningError(`${where} ${name}: nothing to group calls by; allowed are ${DIMENSIONS.join(", ")}`);
}

/** The requested period, end exclusive. A day given as the end is included. */
function periodOf(
  { from, to, last }: ReportRequest,
  read: (member: "from" | "to", text: string) => Instant,
  now: Instant,
): { from: Instant; to: Instant } {
  if (from !== undefined && last !== undefined) throw new MeaningError("from and last exclude each other");
  const end = to === undefined ? now : /^\d{4}-\d{2}-\d{2}$/.test(to) ? read("to", dayAfter(to)) : read("to", to);
  const span = last === undefined ? DEFAULT_SPAN_MS : parseDuration(last);
  if (span === undefined || span <= 0) throw new MeaningError(`last ${last} is no span of time; give one such as 7d or 36h`);
  const begin = from === undefined ? end - span : read("from", from);
  return checkedPeriod({ from: begin, to: end });
}

function dayAfter(day: string): string {
  return isDay(day) ? new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) : day;
}
