// Reads one window to its end: page after page into the lake, with a checkpoint after each page, also when the vendor's replies
// are faulty.
//
//   ask ──▶ page ──▶ into the lake ──▶ checkpoint ──▶ next page …… ──▶ done
//    ▲         (the next page is fetched while this one is written)
//    ├── again, after a pause, maybe with a smaller page: cut off, too slow, away, the same page once more
//    └── from the first page: the token is invalid, or the listing goes round in circles

import { hash } from "node:crypto";
import { type Clock, doubledMs, type Instant, type RandomStream } from "../../kernel/index.ts";
import type { OutcomeLake } from "../../outcomes/index.ts";
import type { RetrievalLedger, RetrievalWindow } from "../../store/index.ts";
import { EMPTY_PAGES, endless, type OpenedPage, type OutcomeSource, TenantError } from "../../tenant/port.ts";
import type { RawOutcome } from "../compliance/index.ts";
import type { StopReason } from "../run/reason.ts";
import { endsAhead, INTERRUPTED, remedyFor } from "./failure.ts";
import type { PageContents } from "./page-task.ts";
import type { HeldPage, PageThread } from "./page-thread.ts";

const BASE_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** What reading a window needs. */
export interface WindowSetting {
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
export async function readWindow(setting: WindowSetting, window: RetrievalWindow): Promise<StopReason | undefined> {
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
