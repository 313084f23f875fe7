// The run of a retrieval in this process: its windows are read concurrently, each as one durable step, then everything that was stored is hashed and
// the retrieval is closed. The progress of a window is stored page by page; a step that is started again continues there.

import { hash } from "node:crypto";
import { type Clock, doubledMs, type Instant, messageOf, type RandomStream } from "../../kernel/index.ts";
import { ComplianceHash, type OutcomeLake, type StagedFile, type StagingPlace, withLake } from "../../outcomes/index.ts";
import type { AuditInput, JobLedger, Retrieval, RetrievalLedger, RetrievalWindow } from "../../store/index.ts";
import {
  type DispositionCatalog,
  EMPTY_PAGES,
  endless,
  type MetricsSource,
  type OpenedBody,
  type OpenedPage,
  type OutcomeSource,
  TenantError,
} from "../../tenant/port.ts";
import type { RawOutcome } from "../compliance/index.ts";
import type { Semaphore } from "../jobs/semaphore.ts";
import type { Step } from "../run/kind.ts";
import type { JobLeave } from "../run/leave.ts";
import { overlapping } from "../run/overlap.ts";
import type { StopReason } from "../run/reason.ts";
import type { Runs } from "../run/runs.ts";
import { Thread } from "../thread.ts";
import { comparedOf, numbersFor } from "./compared.ts";
import { auditEntry, findRetrieval } from "./entry.ts";
import { endsAhead, INTERRUPTED, remedyFor } from "./failure.ts";
import type { OpenedCalls, PageContents, PageContext, PageRefusal, PageReply, PageTask, PageThreadData } from "./page-task.ts";

// Processes the pages of one retrieval on a second thread. The first thread waits for the network, the store and the disk; the
// second one parses, checks, hashes and encodes. Each retrieval has its own second thread, and its memory is freed when the
// thread ends.

/**
 * Memory limits of a thread, MB. Young: pages produce much garbage, and with more room the engine collects it less often. Old:
 * far above the allowed weight of pages, because running out of memory during parsing may end the process; this much is not
 * normally used.
 */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 } as const;

/** A page on the thread. */
interface HeldPage {
  readonly optOuts: OpenedCalls["optOuts"];
  readonly contents: PageContents;
  readonly observedAt: Instant;
  /** Writes its rows to files that the lake can adopt; called once. */
  land(place: StagingPlace): Promise<readonly StagedFile[]>;
  /** Frees the page, unless `land` was called. */
  drop(): void;
}

/** A thread that parses pages of outcomes and writes them as files. */
export class PageThread {
  readonly #data: PageThreadData;
  #thread: Thread<PageTask, PageReply>;
  #pages = 0;
  #isClosed = false;

  /** Starts at once, so that the first page does not have to wait. */
  constructor(data: PageThreadData) {
    this.#data = data;
    this.#thread = this.#start();
  }

  /** Opens the body of a page; the body's memory is transferred. Rejects with TenantError when the page is faulty. */
  async open(body: Uint8Array<ArrayBuffer>, context: PageContext): Promise<OpenedBody<HeldPage> | undefined> {
    const page = ++this.#pages;
    const reply = await this.#ask({ kind: "open", page, body: body.buffer, context }, [body.buffer]);
    if (!("opened" in reply)) throw new Error("the thread answered another question");
    if (reply.opened === undefined) return undefined;
    const { json, items, mark, optOuts, ...contents } = reply.opened;
    const { observedAt } = context;
    const kept = { optOuts, contents, observedAt, land: this.#land.bind(this, page), drop: this.#drop.bind(this, page) };
    return { json, items, mark, kept };
  }

  /** Ends the thread. Open tasks are rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread.end(new Error("the retrieval's thread was closed"));
  }

  async #land(page: number, place: StagingPlace): Promise<readonly StagedFile[]> {
    const reply = await this.#ask({ kind: "land", page, place });
    if (!("staged" in reply)) throw new Error("the thread answered another question");
    return reply.staged;
  }

  #drop(page: number): void {
    this.#thread.tell({ kind: "drop", page });
  }

  async #ask(task: PageTask, transfer: ArrayBuffer[] = []): Promise<PageReply> {
    // Its pages are gone with a thread that broke down; the next ones get another.
    if (this.#thread.isGone && !this.#isClosed) this.#thread = this.#start();
    const reply = await this.#thread.ask(task, transfer).catch((cause: unknown) => {
      throw this.#isClosed ? cause : brokenDown(cause);
    });
    if ("refused" in reply) throw pageError(reply.refused);
    if ("failed" in reply)
      throw Object.assign(new Error(`a page could not be written down: ${reply.failed}`), { code: reply.code });
    return reply;
  }

  #start(): Thread<PageTask, PageReply> {
    return new Thread({ what: "a page", module: "./page-worker", from: import.meta.url, data: this.#data, limits: LIMITS });
  }
}

function brokenDown(cause: unknown): Error {
  const full = cause instanceof Error && "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
  if (full) return pageError({ code: "body_too_large", what: `needs more than ${LIMITS.maxOldGenerationSizeMb} MB of memory` });
  return new Error(`the thread that works on pages broke down: ${messageOf(cause)}`, { cause });
}

function pageError({ code, what }: PageRefusal): TenantError {
  return new TenantError(code, `listCalls: a page ${what}`, { operationId: "listCalls" });
}

// Reads one window to its end: page after page into the lake, with a checkpoint after each page, also when the vendor's replies
// are faulty.
//
//   ask ──▶ page ──▶ into the lake ──▶ checkpoint ──▶ next page …… ──▶ done
//    ▲         (the next page is fetched while this one is written)
//    ├── again, after a pause, maybe with a smaller page: cut off, too slow, away, the same page once more
//    └── from the first page: the token is invalid, or the listing goes round in circles

const BASE_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** What reading a window needs. */
interface WindowSetting {
  readonly source: OutcomeSource;
  readonly lake: OutcomeLake;
  readonly ledger: Pick<RetrievalLedger, "commitPage" | "noteFailure">;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly signal: AbortSignal;
  readonly jobId: string;
  readonly executor: string;
  readonly campaignId: string;
  readonly codes: readonly string[] | null;
  readonly pageLimit: number;
  /**
   * Observations of this run get a later time than this, even when this machine's clock is wrong: observations of earlier runs
   * must not replace them.
   */
  readonly observedAfter: Instant;
  /** Processes the pages. */
  readonly thread: PageThread;
  /** Called with the opt-outs of a page before its checkpoint. */
  readonly onOptOuts: ((optOuts: readonly RawOutcome[]) => Promise<void>) | undefined;
  readonly onPage: (page: { readonly rows: number }) => void;
  readonly onFailure: () => void;
}

/** Contents of a page whose rows were stored before. */
const NOTHING: PageContents = { rows: 0, unfinished: 0, earliestUnfinished: undefined, quarantined: {} };

type CallsPage = OpenedPage<HeldPage>;

/** Reads a window from where the last run stopped. @returns why it ended early, or undefined when it is done */
async function readWindow(setting: WindowSetting, window: RetrievalWindow): Promise<StopReason | undefined> {
  return new WindowRun(setting, window).read();
}

class WindowRun {
  readonly #with: WindowSetting;
  readonly #window: RetrievalWindow;
  readonly #size: PageSize;
  #token: string | undefined;
  #pages: number;
  /** Restarts in this process; a process that continues later has its own count. */
  #restarts = 0;
  #failures = 0;
  #loops = 0;
  /** Hashes of the pages and tokens of this pass through the window. */
  #seen = new Set<string>();
  /** Number of pages without rows in a row. */
  #empty = 0;

  constructor(setting: WindowSetting, window: RetrievalWindow) {
    this.#with = setting;
    this.#window = window;
    this.#size = new PageSize(setting.pageLimit, window.pageSize);
    this.#token = window.pageToken ?? undefined;
    this.#pages = window.pagesOk;
  }

  async read(): Promise<StopReason | undefined> {
    for (;;) {
      if (this.#with.signal.aborted) return INTERRUPTED;
      try {
        if (await this.#readOn()) return undefined;
      } catch (thrown) {
        if (this.#with.signal.aborted && thrown instanceof TenantError) return INTERRUPTED;
        const stop = await this.#recover(thrown);
        if (stop !== undefined) return stop;
      }
    }
  }

  /** Reads on from the present page. @returns true at the end of the window, false when another page size should be requested */
  async #readOn(): Promise<boolean> {
    const { source, campaignId, codes, signal, clock, thread, observedAfter, jobId } = this.#with;
    const { from, to } = this.#window;
    const held: HeldPage[] = [];
    const pages = source.openedCalls(
      {
        campaignId,
        startDateTime: new Date(from).toISOString(),
        endDateTime: new Date(to).toISOString(),
        limit: this.#size.size,
        ...(codes === null ? {} : { dispositionCode: [...codes] }),
        ...(this.#token === undefined ? {} : { nextPageToken: this.#token }),
      },
      async (body) => {
        const observedAt = Math.max(clock.now(), observedAfter + 1);
        const opened = await thread.open(body, { from, to, observedAt, runId: jobId });
        if (opened !== undefined) held.push(opened.kept);
        return opened;
      },
      { signal },
    );
    const fetch = async () => {
      const since = clock.now();
      const { value } = await pages.next();
      return { page: value ?? undefined, latencyMs: Math.max(0, clock.now() - since) };
    };
    let coming = fetch();
    try {
      for (;;) {
        const { page, latencyMs } = await coming;
        if (page === undefined) return true;
        if (page.nextToken !== undefined) {
          coming = fetch();
          // The code that awaits it gets the failure; until then it must not count as unhandled.
          coming.catch(() => undefined);
        }
        held.splice(held.indexOf(page.kept), 1);
        await this.#land(page, latencyMs);
        if (page.nextToken === undefined) return true;
        if (this.#size.good()) return false;
      }
    } finally {
      await coming.catch(() => undefined);
      await pages.return();
      for (const page of held) page.drop();
    }
  }

  async #land(page: CallsPage, latencyMs: number): Promise<void> {
    const { lake, ledger, jobId, executor, onPage, onOptOuts } = this.#with;
    const { no } = this.#window;
    const { kept } = page;
    const { known, circling, isEndless } = this.#place(page);
    if (kept.optOuts.length > 0) await onOptOuts?.(kept.optOuts);
    if (known) kept.drop();
    const staged = known ? [] : await kept.land(await lake.stagingPlace());
    const files = await lake.adopt(staged, `${jobId}-w${no}-p${this.#pages}`);
    const { rows, unfinished, earliestUnfinished, quarantined } = known ? NOTHING : kept.contents;
    await ledger.commitPage({
      jobId,
      executor,
      windowNo: no,
      after: this.#pages,
      attempts: page.attempts ?? 1,
      files,
      nextToken: page.nextToken ?? null,
      pageSize: this.#size.size,
      rows,
      unfinished,
      earliestUnfinished,
      quarantined,
      latencyMs,
      observedAt: kept.observedAt,
    });
    this.#pages += 1;
    this.#token = page.nextToken;
    this.#failures = 0;
    onPage({ rows });
    if (isEndless) throw endless("listCalls");
    // The pages after a repeated page may be new: the next request begins there.
    if (circling) {
      const message = "listCalls: the tenant's listing goes round: it gave a page or a page token that it had given before";
      throw new TenantError("paging_loop", message, { operationId: "listCalls" });
    }
    this.#loops = 0;
  }

  /**
   * Compares a page with the earlier ones of this pass: the listing's own guard detects repetitions within one request, this one
   * across several. `known`: its rows were stored before. `circling`: the next page repeats an earlier one. `isEndless`: there were
   * no rows for very long, and another page follows.
   */
  #place({ items, mark, nextToken }: CallsPage): Readonly<Record<"known" | "circling" | "isEndless", boolean>> {
    const known = items > 0 && !this.#isNew(`page ${mark}`);
    this.#empty = items === 0 ? this.#empty + 1 : 0;
    if (nextToken === undefined) return { known, circling: false, isEndless: false };
    const beenThere = !this.#isNew(`token ${nextToken}`);
    return { known, circling: known || beenThere, isEndless: this.#empty >= EMPTY_PAGES };
  }

  #isNew(text: string): boolean {
    const digest = hash("sha256", text, "base64");
    if (this.#seen.has(digest)) return false;
    this.#seen.add(digest);
    return true;
  }

  async #recover(thrown: unknown): Promise<StopReason | undefined> {
    const { ledger, clock, random, signal, jobId, executor, onFailure } = this.#with;
    const looped = thrown instanceof TenantError && thrown.code === "paging_loop";
    if (looped) this.#loops += 1;
    else this.#failures += 1;
    const remedy = remedyFor({
      thrown,
      hasToken: this.#token !== undefined,
      failures: this.#failures,
      loops: this.#loops,
      isEndless: this.#empty >= EMPTY_PAGES,
      restarts: this.#restarts,
    });
    onFailure();
    if (remedy.kind === "again" && remedy.smaller) this.#size.bad();
    const restart = remedy.kind === "restart";
    // A failure before anything was sent counts as an attempt as well.
    const attempts = Math.max(1, thrown instanceof TenantError ? thrown.report.attempts.length : 0);
    await ledger.noteFailure({ jobId, executor, windowNo: this.#window.no, pageSize: this.#size.size, attempts, restart });
    if (remedy.kind === "stop") {
      const { reason } = remedy;
      const [{ to }, now] = [this.#window, clock.now()];
      return reason.code === "refused" && to > now ? endsAhead(to, now, reason.message) : reason;
    }
    if (restart) {
      this.#restarts += 1;
      this.#token = undefined;
      this.#loops = 0;
      this.#seen = new Set();
    }
    const pause = doubledMs(BASE_PAUSE_MS, LONGEST_PAUSE_MS, this.#failures + this.#loops);
    await clock.sleep(pause * (0.5 + random.next() / 2), signal).catch(() => undefined);
    return undefined;
  }
}

// How large the next page should be: halved when pages are incomplete or too slow, doubled again after several good ones in a
// row. Pure, except for its state.

/** Number of good pages in a row before a larger one is tried. */
const STREAK = 8;
const SMALLEST = 10;

/** How many calls to request per page: halved after a failed page, doubled again after several good ones. */
export class PageSize {
  readonly #most: number;
  #size: number;
  #streak = 0;

  /** @param most the size from the request; @param size the size to begin with */
  constructor(most: number, size: number) {
    this.#most = most;
    this.#size = Math.min(most, size);
  }

  get size(): number {
    return this.#size;
  }

  /** A page was complete. @returns true when a larger page should be requested from now on */
  good(): boolean {
    if (this.#size >= this.#most) return false;
    this.#streak += 1;
    if (this.#streak < STREAK) return false;
    this.#streak = 0;
    this.#size = Math.min(this.#most, this.#size * 2);
    return true;
  }

  /** A page was incomplete, too large or too slow. */
  bad(): void {
    this.#streak = 0;
    this.#size = Math.min(this.#size, Math.max(SMALLEST, Math.floor(this.#size / 2)));
  }
}

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
