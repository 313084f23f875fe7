// The run of a retrieval in this process: its windows are read concurrently, each as one durable step, then everything that was stored is hashed and
// the retrieval is closed. The progress of a window is stored page by page; a step that is started again continues there.

import type { Clock, RandomStream } from "../../kernel/index.ts";
import { ComplianceHash, type OutcomeLake, withLake } from "../../outcomes/index.ts";
import type { AuditInput, JobLedger, Retrieval, RetrievalLedger } from "../../store/index.ts";
import type { DispositionCatalog, MetricsSource, OutcomeSource } from "../../tenant/port.ts";
import type { RawOutcome } from "../compliance/index.ts";
import type { Semaphore } from "../jobs/semaphore.ts";
import type { Step } from "../run/kind.ts";
import type { JobLeave } from "../run/leave.ts";
import { overlapping } from "../run/overlap.ts";
import type { StopReason } from "../run/reason.ts";
import type { Runs } from "../run/runs.ts";
import { comparedOf, numbersFor } from "./compared.ts";
import { auditEntry, findRetrieval } from "./entry.ts";
import { INTERRUPTED } from "./failure.ts";
import { PageThread } from "./page-thread.ts";
import { readWindow } from "./window-run.ts";

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

/** What retrievals work with. */
export interface RetrievalDependencies {
  readonly source: OutcomeSource;
  readonly catalog: DispositionCatalog;
  readonly metrics: MetricsSource;
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

/** What a run begins with. */
interface RunStart {
  readonly retrieval: Retrieval;
  readonly observedAfter: number;
  /** Whether it may continue: it was neither cancelled nor taken over. */
  readonly leave: JobLeave;
}

/** A run in this process. */
export class RetrievalRun {
  readonly #deps: RetrievalDependencies;
  /** Shared by all runs of this process. */
  readonly #downloads: Semaphore;
  readonly #retrieval: Retrieval;
  readonly #observedAfter: number;
  readonly #leave: JobLeave;
  readonly #thread: PageThread;
  /** Reads of windows, settled or not. */
  readonly #reading: Promise<unknown>[] = [];
  #pages: number;
  #rows: number;
  #failures: number;
  #windowsDone: number;
  #closing = false;

  constructor(deps: RetrievalDependencies, downloads: Semaphore, { retrieval, observedAfter, leave }: RunStart) {
    const { optOutCodes = [] } = deps;
    const { campaignId, pageLimit, totals } = retrieval;
    this.#deps = deps;
    this.#downloads = downloads;
    this.#retrieval = retrieval;
    this.#observedAfter = observedAfter;
    this.#leave = leave;
    this.#thread = new PageThread({ campaignId, optOutCodes, pageLimit });
    this.#pages = totals.pagesOk;
    this.#rows = totals.rows;
    this.#failures = totals.pagesFailed;
    this.#windowsDone = totals.windowsDone;
  }

  get progress(): RetrievalProgress {
    const { campaignId, totals } = this.#retrieval;
    return {
      campaignId,
      windows: totals.windows,
      windowsDone: this.#windowsDone,
      pages: this.#pages,
      rows: this.#rows,
      failures: this.#failures,
      phase: this.#closing ? "closing" : "reading",
    };
  }

  /** Reads the windows that are left, and closes the retrieval. */
  async read(step: Step): Promise<void> {
    const { ledger, downloads } = this.#deps;
    // The concurrency is part of the result: another number in a replay would begin the steps in another order.
    const { windows, atOnce } = await step("open-windows", async () => {
      const left = (await ledger.windows(this.#retrieval.jobId)).filter(({ done }) => !done);
      return { windows: left.map(({ no }) => no), atOnce: downloads };
    });
    // Problems of this machine's disk, in whatever step, end by themselves.
    const read = (no: number) => step(`window-${no}`, async () => (await withLake(() => this.#readWindow(no))) ?? null);
    const { stop } = await overlapping(windows, atOnce, read, (ended) => ended ?? undefined);
    await step("close", async () => {
      await withLake(() => this.#close(stop));
      return null;
    });
  }

  /** Ends the thread. A retrieval that was taken over may still be processing a page. */
  end(): void {
    void Promise.all(this.#reading).then(() => this.#thread.close());
  }

  async #readWindow(no: number): Promise<StopReason | undefined> {
    await this.#downloads.acquire();
    try {
      return this.#leave.halt.aborted ? INTERRUPTED : await this.#downloadWindow(no);
    } finally {
      this.#downloads.release();
    }
  }

  async #downloadWindow(no: number): Promise<StopReason | undefined> {
    const { jobId, campaignId, codes, pageLimit } = this.#retrieval;
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
        signal: this.#leave.halt,
        jobId,
        executor: replicaId,
        campaignId,
        codes,
        pageLimit,
        observedAfter: this.#observedAfter,
        thread: this.#thread,
        onOptOuts,
        onPage: ({ rows }) => {
          this.#pages += 1;
          this.#rows += rows;
        },
        onFailure: () => {
          this.#failures += 1;
        },
      },
      window,
    );
    this.#reading.push(reading.catch(() => undefined));
    const stop = await reading;
    if (stop !== undefined) return stop;
    this.#windowsDone += 1;
    return undefined;
  }

  async #close(stop: StopReason | undefined): Promise<void> {
    const { ledger, replicaId, jobs, actor } = this.#deps;
    const { jobId } = this.#retrieval;
    this.#closing = true;
    // All windows are read: the thread's memory is freed for the next steps.
    await this.#thread.close();
    const retrieval = await findRetrieval(ledger, jobId);
    if (retrieval.status === "cancelled") {
      await jobs.letGo(jobId, replicaId, stop);
      return;
    }
    const summary = stop === undefined ? await this.#hashOf(retrieval) : undefined;
    const poison = Object.keys(retrieval.totals.quarantined).length > 0;
    const compared = summary === undefined ? undefined : await numbersFor(this.#deps, retrieval, { signal: this.#leave.halt });
    const { doubt, short } = comparedOf({ calls: summary?.calls ?? null, compared, codes: retrieval.codes });
    const status = stop === undefined ? (poison || short ? "partly_failed" : "done") : "stopped";
    await ledger.end({
      jobId,
      executor: replicaId,
      status,
      error: stop,
      calls: summary?.calls,
      complianceHash: summary?.hash,
      compared,
      audit: auditEntry(actor, stop === undefined ? "outcomes.retrieved" : "outcomes.stopped", retrieval, {
        status,
        ...(stop === undefined ? {} : { error: stop.code }),
        ...(summary === undefined ? {} : { calls: summary.calls, complianceHash: summary.hash, compared }),
        ...(doubt === null ? {} : { doubt }),
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
}
