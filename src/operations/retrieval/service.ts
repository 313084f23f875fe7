// Retrieval from the outside: begin one, run it to its end or watch the replica that does, take it over from the dead.

import { type Clock, messageOf, newId, type RandomStream } from "../../kernel/index.ts";
import { ComplianceHash, type OutcomeLake } from "../../outcomes/index.ts";
import type { AuditInput, JobStatus, Retrieval, RetrievalLedger } from "../../store/index.ts";
import { RETRIEVE } from "../../store/index.ts";
import { type DispositionCatalog, type OutcomeSource, requireSupported } from "../../tenant/index.ts";
import type { RawOutcome } from "../compliance/index.ts";
import type { Durable } from "../durable.ts";
import { OperationError } from "../error.ts";
import { JobLeave } from "../jobs/index.ts";
import type { RetrievalHost } from "./body.ts";
import { reasonOf, type StopReason } from "./failure.ts";
import { PageThread } from "./page-thread.ts";
import { areOutcomeCodes, checkRequest, type RetrievalInput, type RetrievalRequest } from "./request.ts";
import { readWindow } from "./window-run.ts";
import { splitWindows } from "./windows.ts";

/** How often the retrieval of another replica is looked at, ms. */
const WATCH_MS = 250;
const ENDED: readonly JobStatus[] = ["done", "partly_failed", "cancelled"];
/** A partition is merged when it has so many files of its own. */
const MERGE_PARTS = 8;
/** What nobody can be at work on any more. */
const LEFTOVER_MS = 3_600_000;

export interface RetrievalProgress {
  readonly campaignId: string;
  readonly windows: number;
  readonly windowsDone: number;
  readonly pages: number;
  readonly rows: number;
  readonly failures: number;
  readonly phase: "reading" | "closing" | "watching";
}

export interface RetrievalDependencies {
  readonly source: OutcomeSource;
  readonly catalog: DispositionCatalog;
  readonly lake: OutcomeLake;
  readonly ledger: RetrievalLedger;
  readonly replicas: { isDead(id: string): Promise<boolean>; forget(id: string): Promise<void> };
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  readonly replicaId: string;
  /** Told of what went wrong and does no harm. */
  readonly warn: (message: string) => void;
  /** Told of every retrieval that ran to its end in this process, before its `run` returns. */
  readonly onEnded?: ((retrieval: Retrieval) => Promise<void>) | undefined;
  /** The operator's own codes of opting out, beside the shipped ones. */
  readonly optOutCodes?: readonly string[] | undefined;
  /** Given who opted out on a page, before its checkpoint; a page that is read again is given again. */
  readonly onOptOuts?: ((optOuts: readonly RawOutcome[]) => Promise<void>) | undefined;
}

/** A run in this process. */
interface Active {
  readonly retrieval: Retrieval;
  readonly observedAfter: number;
  readonly lost: () => void;
  /** Whether it may go on: it was not cancelled, or taken over. */
  readonly leave: JobLeave;
  readonly thread: PageThread;
  /** Windows that are being read, settled or not. */
  readonly reading: Promise<unknown>[];
  pages: number;
  rows: number;
  failures: number;
  windowsDone: number;
  closing: boolean;
}

export class Retrieving implements RetrievalHost {
  readonly #deps: RetrievalDependencies;
  readonly #active = new Map<string, Active>();
  readonly #interrupt = new AbortController();
  #durable: Durable | undefined;

  constructor(deps: RetrievalDependencies) {
    this.#deps = deps;
  }

  /** Gives the workflows their engine; once, before the first run. */
  attach(durable: Durable): void {
    this.#durable = durable;
  }

  /** Ends all runs of this process early; what is in the lake stays, and they can be resumed. */
  interrupt(): void {
    this.#interrupt.abort();
  }

  /** Aborted by `interrupt`. */
  get interrupted(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** Checks what is asked for. Asks the tenant only for a campaign's own codes, when some are given that not every tenant has. */
  async check(input: RetrievalInput): Promise<{ readonly request: RetrievalRequest; readonly warnings: readonly string[] }> {
    const now = this.#deps.clock.now();
    const { warnings } = checkRequest(input, now);
    if (warnings.length === 0 || areOutcomeCodes(input.codes ?? [])) return checkRequest(input, now);
    // Without the right to read the matrix the warning stays.
    const matrix = await this.#deps.catalog.matrix(input.campaignId).catch(() => undefined);
    return checkRequest(input, now, matrix?.dispositionCodes.map(({ id }) => id) ?? []);
  }

  /** Begins a retrieval; one of the same campaign, window and codes that has not ended comes back instead. */
  async submit(
    request: RetrievalRequest,
    actor = this.#deps.actor,
  ): Promise<{ readonly retrieval: Retrieval; readonly earlier: boolean }> {
    const { ledger, clock, random, source } = this.#deps;
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
    });
    return { retrieval: await this.find(jobId), earlier };
  }

  /** Throws OperationError `job_not_found`. */
  async find(jobId: string): Promise<Retrieval> {
    const retrieval = await this.#deps.ledger.get(jobId);
    if (retrieval !== undefined) return retrieval;
    throw new OperationError("job_not_found", `there is no retrieval ${jobId}`, {
      advice: "outdial outcomes runs shows the retrievals of this store.",
    });
  }

  /** The newest retrieval that has not ended, of one campaign or of any. */
  async unended(campaignId?: string): Promise<Retrieval | undefined> {
    return (await this.#deps.ledger.list({ campaignId, status: ["ready", "running", "stopped"], limit: 1 }))[0];
  }

  /**
   * Runs a retrieval to its end: in this process, or by watching the replica that runs it and taking over when that one dies. Waits while
   * another one of the campaign is at work on a part of the same window.
   * @returns the retrieval as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(jobId: string, onProgress?: (progress: RetrievalProgress) => void): Promise<Retrieval> {
    const { ledger, replicas, replicaId, clock } = this.#deps;
    for (;;) {
      const seen = await this.find(jobId);
      if (ENDED.includes(seen.status)) return seen;
      const { executor } = seen;
      const free = seen.status !== "running" || executor === null || executor === replicaId || (await replicas.isDead(executor));
      const claim = free ? await ledger.claim(seen, replicaId) : undefined;
      if (claim !== undefined && "run" in claim) {
        if (executor !== null) await replicas.forget(executor);
        return this.#runHere(seen, claim.run, claim.observedUpto, onProgress);
      }
      const blocker = claim?.blockedBy;
      if (blocker !== undefined && (await replicas.isDead(blocker.executor))) {
        await ledger.release(blocker);
        continue;
      }
      if (this.#interrupt.signal.aborted) return seen;
      onProgress?.({
        campaignId: seen.campaignId,
        windows: seen.totals.windows,
        windowsDone: seen.totals.windowsDone,
        pages: seen.totals.pagesOk,
        rows: seen.totals.rows,
        failures: seen.totals.pagesFailed,
        phase: "watching",
      });
      await clock.sleep(WATCH_MS, this.#interrupt.signal).catch(() => undefined);
    }
  }

  /** See RetrievalHost. */
  async openWindows(jobId: string): Promise<number[]> {
    return (await this.#deps.ledger.windows(jobId)).filter(({ done }) => !done).map(({ no }) => no);
  }

  /** See RetrievalHost. */
  async readWindow(jobId: string, no: number): Promise<StopReason | undefined> {
    const active = this.#active.get(jobId);
    const windows = await this.#deps.ledger.windows(jobId);
    const window = windows.find((one) => one.no === no);
    if (active === undefined || window === undefined) throw new Error(`retrieval ${jobId} has no window ${no} here`);
    if (window.done) return undefined;
    const { campaignId, codes, pageLimit } = active.retrieval;
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

  /** See RetrievalHost. */
  async close(jobId: string, stop: StopReason | undefined): Promise<void> {
    const { ledger, replicaId } = this.#deps;
    const active = this.#active.get(jobId);
    if (active !== undefined) active.closing = true;
    // All windows are read: the thread's memory is free for what comes.
    await active?.thread.close();
    const retrieval = await this.find(jobId);
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
        quarantined: retrieval.totals.quarantined,
      }),
    });
  }

  /** The compliance hash of everything that a retrieval brought, and of how many calls. */
  async #hashOf({ jobId, campaignId, from, to }: Retrieval): Promise<{ readonly calls: number; readonly hash: string }> {
    const fold = new ComplianceHash();
    for await (const digests of this.#deps.lake.digests({ runId: jobId, campaignId, from, to })) fold.add(digests);
    return { calls: fold.count, hash: fold.digest() };
  }

  /** See RetrievalHost. */
  lost(jobId: string): void {
    this.#active.get(jobId)?.lost();
  }

  async #runHere(
    retrieval: Retrieval,
    run: number,
    observedAfter: number,
    onProgress: ((progress: RetrievalProgress) => void) | undefined,
  ): Promise<Retrieval> {
    const { jobId, totals } = retrieval;
    const durable = this.#durable;
    if (durable === undefined) throw new Error("attach a durable runtime before running retrievals");
    const ended = new AbortController();
    const leave = new JobLeave(this.#deps.clock, this.#interrupt.signal);
    void leave.watch({ id: jobId, run, replica: this.#deps.replicaId }, () => this.find(jobId), ended.signal);
    const thread = new PageThread({
      campaignId: retrieval.campaignId,
      optOutCodes: this.#deps.optOutCodes ?? [],
      pageLimit: retrieval.pageLimit,
    });
    const reading: Promise<unknown>[] = [];
    const lost = new Promise<void>((resolve) => {
      this.#active.set(jobId, {
        retrieval,
        observedAfter,
        lost: resolve,
        leave,
        thread,
        reading,
        pages: totals.pagesOk,
        rows: totals.rows,
        failures: totals.pagesFailed,
        windowsDone: totals.windowsDone,
        closing: false,
      });
    });
    const ticking = this.#tick(jobId, onProgress, ended.signal);
    try {
      await this.#recordStart(retrieval, run);
      await Promise.race([durable.run(RETRIEVE, jobId, run), lost]);
    } catch (thrown) {
      await this.#abandon(retrieval, thrown);
      throw thrown;
    } finally {
      ended.abort();
      await ticking;
      this.#active.delete(jobId);
      // One that was taken over may still be at work on a page.
      void Promise.all(reading).then(() => thread.close());
    }
    const end = await this.find(jobId);
    if (end.status === "cancelled") {
      await Promise.all(reading);
      await this.#deps.ledger.letGo(jobId, this.#deps.replicaId);
      return end;
    }
    if (ENDED.includes(end.status)) {
      await this.#tidy(end);
      await this.#deps.onEnded?.(end);
    }
    // Taken over: watch the one who took it.
    return end.status === "running" ? this.run(jobId, onProgress) : end;
  }

  /** Lets go of a retrieval whose run failed on our side, so that it is not held until this process ends. */
  async #abandon(retrieval: Retrieval, thrown: unknown): Promise<void> {
    const error = reasonOf(thrown);
    await this.#deps.ledger
      .end({
        jobId: retrieval.jobId,
        executor: this.#deps.replicaId,
        status: "stopped",
        error,
        audit: this.#entry("outcomes.stopped", retrieval, { status: "stopped", error: error.code }),
      })
      .catch(() => this.#deps.ledger.letGo(retrieval.jobId, this.#deps.replicaId))
      .catch(() => undefined);
  }

  /** Merges small files and removes leftovers. Failing at it does no harm: the next run tries again. */
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

  async #tick(jobId: string, onProgress: ((progress: RetrievalProgress) => void) | undefined, ended: AbortSignal): Promise<void> {
    if (onProgress === undefined) return;
    const show = () => {
      const active = this.#active.get(jobId);
      if (active === undefined) return;
      const { retrieval, pages, rows, failures, windowsDone, closing } = active;
      const { campaignId, totals } = retrieval;
      onProgress({
        campaignId,
        windows: totals.windows,
        windowsDone,
        pages,
        rows,
        failures,
        phase: closing ? "closing" : "reading",
      });
    };
    while (!ended.aborted) {
      show();
      await this.#deps.clock.sleep(WATCH_MS, ended).catch(() => undefined);
    }
    show();
  }
}
