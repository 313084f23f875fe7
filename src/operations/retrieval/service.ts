// Operations on retrievals: begin one, run it to its end or follow the replica that runs it, take it over from a dead process.

import { type Clock, messageOf, newId, type RandomStream } from "../../kernel/index.ts";
import { ComplianceHash, type OutcomeLake, withLake } from "../../outcomes/index.ts";
import type { AuditInput, JobLedger, JobStatus, Retrieval, RetrievalLedger } from "../../store/index.ts";
import { RETRIEVE } from "../../store/index.ts";
import { type DispositionCatalog, type OutcomeSource, requireSupported } from "../../tenant/port.ts";
import type { RawOutcome } from "../compliance/index.ts";
import { OperationError } from "../error.ts";
import { Semaphore } from "../jobs/semaphore.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { JobLeave } from "../run/leave.ts";
import type { StopReason } from "../run/reason.ts";
import type { Runs } from "../run/runs.ts";
import { readWindows } from "./body.ts";
import { endsAhead, INTERRUPTED } from "./failure.ts";
import { PageThread } from "./page-thread.ts";
import { areOutcomeCodes, checkRequest, earliestStart, type RetrievalInput, type RetrievalRequest } from "./request.ts";
import { readWindow } from "./window-run.ts";
import { splitWindows } from "./windows.ts";

const ENDED: readonly JobStatus[] = ["done", "partly_failed", "cancelled"];
/** A partition is merged when it has this number of files. */
const MERGE_PARTS = 8;
const DAY_MS = 86_400_000;
/** Age from which on nobody can be working on a leftover file any more. */
const LEFTOVER_MS = 3_600_000;

/** The progress of a retrieval. */
export interface RetrievalProgress {
  readonly campaignId: string;
  readonly windows: number;
  readonly windowsDone: number;
  readonly pages: number;
  readonly rows: number;
  readonly failures: number;
  readonly phase: "reading" | "closing" | "watching";
}

interface RetrievalDependencies {
  readonly source: OutcomeSource;
  readonly catalog: DispositionCatalog;
  readonly lake: OutcomeLake;
  readonly ledger: RetrievalLedger;
  readonly runs: Runs;
  /** See `Kind`. */
  readonly scope: string;
  readonly jobs: Pick<JobLedger, "letGo">;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  readonly replicaId: string;
  /** Number of windows that are read at once, over all retrievals of this process. */
  readonly downloads: number;
  /** Called with problems that do no harm. */
  readonly warn: (message: string) => void;
  /** Called with every retrieval that ran to its end in this process, before its `run` returns. */
  readonly onEnded?: ((retrieval: Retrieval) => Promise<void>) | undefined;
  /** The operator's own opt-out codes, in addition to the built-in ones. */
  readonly optOutCodes?: readonly string[] | undefined;
  /** Called with the opt-outs of a page before its checkpoint; called again when the page is read again. */
  readonly onOptOuts?: ((optOuts: readonly RawOutcome[]) => Promise<void>) | undefined;
}

/** A run in this process. */
interface Active {
  readonly retrieval: Retrieval;
  readonly observedAfter: number;
  /** Whether it may continue: it was neither cancelled nor taken over. */
  readonly leave: JobLeave;
  readonly thread: PageThread;
  /** Reads of windows, settled or not. */
  readonly reading: Promise<unknown>[];
  pages: number;
  rows: number;
  failures: number;
  windowsDone: number;
  closing: boolean;
}

/** A retrieval by its id. Throws OperationError `job_not_found`. */
export async function findRetrieval(ledger: Pick<RetrievalLedger, "get">, jobId: string): Promise<Retrieval> {
  const retrieval = await ledger.get(jobId);
  if (retrieval !== undefined) return retrieval;
  throw new OperationError("job_not_found", `there is no retrieval ${jobId}`, {
    advice: "outdial outcomes runs shows the retrievals.",
  });
}

/** Retrievals of outcomes as jobs, and their schedules. Errors: OperationError, TenantError. */
export class Retrieving {
  readonly #deps: RetrievalDependencies;
  readonly #active = new Map<string, Active>();
  readonly #downloads: Semaphore;

  constructor(deps: RetrievalDependencies) {
    this.#deps = deps;
    this.#downloads = new Semaphore(deps.downloads);
  }

  /** The kind for the engine. */
  kind(): Kind {
    return {
      name: RETRIEVE,
      scope: this.#deps.scope,
      // Two retrievals of the same window would write the same calls twice.
      partition: ({ campaignId }) => `retrieval of ${campaignId}`,
      goOn: "go on with: outdial outcomes pull --resume",
      take: (run, executor) => this.#deps.ledger.take(run, executor),
      body: (running) => this.#body(running),
      letGo: (jobId, executor, reason) => this.#letGo(jobId, executor, reason),
      onEnded: (jobId) => this.#onEnded(jobId),
    };
  }

  /** How many days back the tenant gives calls. */
  get reachDays(): number {
    return this.#deps.source.reachDays;
  }

  /**
   * Checks a request. Reads the campaign's own codes from the tenant only when some of the codes are not known to every tenant.
   */
  async check(input: RetrievalInput): Promise<{ readonly request: RetrievalRequest; readonly warnings: readonly string[] }> {
    const now = this.#deps.clock.now();
    const { reachDays } = this.#deps.source;
    const checked = checkRequest(input, now, [], reachDays);
    if (checked.warnings.length === 0 || areOutcomeCodes(input.codes ?? [])) return checked;
    // Without the right to read the matrix, the warning remains.
    const matrix = await this.#deps.catalog.matrix(input.campaignId).catch(() => undefined);
    return checkRequest(input, now, matrix?.dispositionCodes.map(({ id }) => id) ?? [], reachDays);
  }

  /**
   * Begins a retrieval; returns an unended one of the same campaign, window and codes instead when there is one.
   * @param turnOf the process that has the turn of the campaign's schedule; this ends the turn. Throws StoreError `not_owner`
   * when another one has it
   */
  async submit(
    request: RetrievalRequest,
    actor = this.#deps.actor,
    turnOf?: string,
  ): Promise<{ readonly retrieval: Retrieval; readonly earlier: boolean }> {
    const { ledger, clock, random, source, scope } = this.#deps;
    requireSupported("list ended calls", source.capability);
    const { jobId, earlier } = await ledger.begin({
      jobId: newId("job", clock.now(), random),
      campaignId: request.campaignId,
      from: request.from,
      to: request.to,
      codes: request.codes,
      pageLimit: request.limit,
      actor,
      windows: splitWindows(request),
      scope,
      turnOf,
    });
    return { retrieval: await this.find(jobId), earlier };
  }

  /**
   * Requests for the days before `request` in which something changed since `since`: changes that come later than a schedule's
   * overlap. Empty where the tenant does not say what changed. Consecutive days are one request. Throws TenantError
   */
  async changed(request: RetrievalRequest, since: number): Promise<readonly RetrievalRequest[]> {
    const { source, clock } = this.#deps;
    const { campaignId, from: before } = request;
    const earliest = earliestStart(clock.now(), source.reachDays);
    const days = (await source.changedDays?.(campaignId, { since, before })) ?? [];
    const ranges: { from: number; to: number }[] = [];
    for (const day of days) {
      const last = ranges.at(-1);
      if (last !== undefined && last.to === day) last.to = day + DAY_MS;
      else ranges.push({ from: day, to: day + DAY_MS });
    }
    return ranges.map((range) => ({ ...request, from: Math.max(range.from, earliest), to: Math.min(range.to, before) }));
  }

  /** Throws OperationError `job_not_found`. */
  find(jobId: string): Promise<Retrieval> {
    return findRetrieval(this.#deps.ledger, jobId);
  }

  /** The newest retrieval that has not ended, of one campaign or of all. */
  async unended(campaignId?: string): Promise<Retrieval | undefined> {
    return (await this.#deps.ledger.list({ campaignId, status: ["ready", "running", "stopped"], limit: 1 }))[0];
  }

  /**
   * Cancels one that nobody runs, because its window ends after the present: the vendor would refuse it whenever it is asked.
   * @returns it as it ended; undefined when a process runs it, or it has ended by now
   */
  async giveUpAhead(retrieval: Retrieval): Promise<Retrieval | undefined> {
    const { ledger, clock } = this.#deps;
    const { jobId } = retrieval;
    const reason = endsAhead(retrieval.to, clock.now());
    const audit = this.#entry("outcomes.given_up", retrieval, { status: "cancelled", reason: reason.message });
    return (await ledger.giveUp({ jobId, reason, audit })) ? this.find(jobId) : undefined;
  }

  /**
   * Runs a retrieval to its end, or follows the process that does. Waits while another one of the campaign is reading a part of
   * the same window.
   * @returns the retrieval as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(jobId: string, onProgress?: (progress: RetrievalProgress) => void): Promise<Retrieval> {
    const { runs } = this.#deps;
    const seen = await this.find(jobId);
    if (ENDED.includes(seen.status)) return seen;
    let active: Active | undefined;
    await runs.run(jobId, async (here) => {
      active = here ? this.#active.get(jobId) : undefined;
      if (active !== undefined) onProgress?.(progressOf(active));
      else if (!here) onProgress?.(watching(await this.find(jobId)));
    });
    if (active !== undefined) onProgress?.(progressOf(active));
    return this.find(jobId);
  }

  async #body({ jobId, run, step, leave }: Running): Promise<void> {
    const retrieval = await this.find(jobId);
    const { optOutCodes = [], ledger } = this.#deps;
    const { campaignId, pageLimit, totals } = retrieval;
    const active: Active = {
      retrieval,
      observedAfter: await ledger.observedUpto(campaignId),
      leave,
      thread: new PageThread({ campaignId, optOutCodes, pageLimit }),
      reading: [],
      pages: totals.pagesOk,
      rows: totals.rows,
      failures: totals.pagesFailed,
      windowsDone: totals.windowsDone,
      closing: false,
    };
    this.#active.set(jobId, active);
    try {
      await this.#recordStart(retrieval, run);
      const openWindows = async () => {
        const left = (await ledger.windows(jobId)).filter(({ done }) => !done);
        return { windows: left.map(({ no }) => no), atOnce: this.#deps.downloads };
      };
      // Problems of this machine's disk, in whatever step, end by themselves.
      const readWindow = (no: number) => withLake(() => this.#readWindow(active, no));
      await readWindows(step, { openWindows, readWindow, close: (stop) => withLake(() => this.#close(active, stop)) });
    } finally {
      this.#active.delete(jobId);
      // A retrieval that was taken over may still be processing a page.
      void Promise.all(active.reading).then(() => active.thread.close());
    }
  }

  async #readWindow(active: Active, no: number): Promise<StopReason | undefined> {
    await this.#downloads.acquire();
    try {
      return active.leave.halt.aborted ? INTERRUPTED : await this.#downloadWindow(active, no);
    } finally {
      this.#downloads.release();
    }
  }

  async #downloadWindow(active: Active, no: number): Promise<StopReason | undefined> {
    const { jobId, campaignId, codes, pageLimit } = active.retrieval;
    const windows = await this.#deps.ledger.windows(jobId);
    const window = windows.find((one) => one.no === no);
    if (window === undefined) throw new Error(`retrieval ${jobId} has no window ${no}`);
    if (window.done) return undefined;
    const { source, lake, ledger, clock, random, replicaId, onOptOuts } = this.#deps;
    const reading = readWindow(
      {
        source,
        lake,
        ledger,
        clock,
        random,
        signal: active.leave.halt,
        jobId,
        executor: replicaId,
        campaignId,
        codes,
        pageLimit,
        observedAfter: active.observedAfter,
        thread: active.thread,
        onOptOuts,
        onPage: ({ rows }) => {
          active.pages += 1;
          active.rows += rows;
        },
        onFailure: () => {
          active.failures += 1;
        },
      },
      window,
    );
    active.reading.push(reading.catch(() => undefined));
    const stop = await reading;
    if (stop !== undefined) return stop;
    active.windowsDone += 1;
    return undefined;
  }

  async #close(active: Active, stop: StopReason | undefined): Promise<void> {
    const { ledger, replicaId, jobs } = this.#deps;
    const { jobId } = active.retrieval;
    active.closing = true;
    // All windows are read: the thread's memory is freed for the next steps.
    await active.thread.close();
    const retrieval = await this.find(jobId);
    if (retrieval.status === "cancelled") {
      await jobs.letGo(jobId, replicaId, stop);
      return;
    }
    const summary = stop === undefined ? await this.#hashOf(retrieval) : undefined;
    const poison = Object.keys(retrieval.totals.quarantined).length > 0;
    const status = stop === undefined ? (poison ? "partly_failed" : "done") : "stopped";
    await ledger.end({
      jobId,
      executor: replicaId,
      status,
      error: stop,
      calls: summary?.calls,
      complianceHash: summary?.hash,
      audit: this.#entry(stop === undefined ? "outcomes.retrieved" : "outcomes.stopped", retrieval, {
        status,
        ...(stop === undefined ? {} : { error: stop.code }),
        ...(summary === undefined ? {} : { calls: summary.calls, complianceHash: summary.hash }),
        pages: retrieval.totals.pagesOk,
        pagesFailed: retrieval.totals.pagesFailed,
        attempts: retrieval.totals.attempts,
        quarantined: retrieval.totals.quarantined,
      }),
    });
  }

  /** The compliance hash of everything that a retrieval stored, and the number of calls. */
  async #hashOf({ jobId, campaignId, from, to }: Retrieval): Promise<{ readonly calls: number; readonly hash: string }> {
    const fold = new ComplianceHash();
    for await (const digests of this.#deps.lake.digests({ runId: jobId, campaignId, from, to })) fold.add(digests);
    return { calls: fold.count, hash: fold.digest() };
  }

  async #onEnded(jobId: string): Promise<void> {
    const ended = await this.find(jobId);
    if (!ENDED.includes(ended.status) || ended.status === "cancelled") return;
    await this.#tidy(ended);
    await this.#deps.onEnded?.(ended);
  }

  /** Releases a retrieval that this process cannot continue. */
  async #letGo(jobId: string, executor: string, error: StopReason): Promise<void> {
    const { ledger, jobs } = this.#deps;
    const retrieval = await this.find(jobId);
    if (retrieval.status === "cancelled") return jobs.letGo(jobId, executor, error);
    const audit = this.#entry("outcomes.stopped", retrieval, { status: "stopped", error: error.code });
    await ledger.end({ jobId, executor, status: "stopped", error, audit });
  }

  /** Merges small files and removes leftovers. A failure does no harm: the next run tries again. */
  async #tidy({ campaignId, from, to }: Retrieval): Promise<void> {
    const { lake, warn } = this.#deps;
    try {
      await lake.compact({ campaignId, from, to, minParts: MERGE_PARTS });
      await lake.sweep(LEFTOVER_MS);
    } catch (thrown) {
      warn(`the lake was not tidied: ${messageOf(thrown)}`);
    }
  }

  async #recordStart(retrieval: Retrieval, run: number): Promise<void> {
    const { record, replicaId } = this.#deps;
    await record(this.#entry("outcomes.retrieve", retrieval, { run, replica: replicaId, limit: retrieval.pageLimit }));
  }

  #entry(action: string, { jobId, campaignId, from, to, codes }: Retrieval, details: Record<string, unknown>): AuditInput {
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...(codes === null ? {} : { codes }) };
    return {
      actor: this.#deps.actor,
      action,
      subject: campaignId,
      job: jobId,
      details: { campaign: campaignId, ...window, ...details },
    };
  }
}

function progressOf({ retrieval, pages, rows, failures, windowsDone, closing }: Active): RetrievalProgress {
  const { campaignId, totals } = retrieval;
  const phase = closing ? "closing" : "reading";
  return { campaignId, windows: totals.windows, windowsDone, pages, rows, failures, phase };
}

/** The progress of a retrieval that another process runs. */
function watching({ campaignId, totals }: Retrieval): RetrievalProgress {
  const { windows, windowsDone, pagesOk, rows, pagesFailed } = totals;
  return { campaignId, windows, windowsDone, pages: pagesOk, rows, failures: pagesFailed, phase: "watching" };
}
