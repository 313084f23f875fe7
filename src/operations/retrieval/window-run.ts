// One window read to its end: page after page into the lake, the checkpoint behind each, whatever the vendor does in between.
//
//   ask ──▶ page ──▶ into the lake ──▶ checkpoint ──▶ next page …… ──▶ done
//    ▲         (the next page is fetched while this one is written)
//    ├── again, after a pause, maybe with a smaller page: cut off, too slow, away, the same page once more
//    └── from the first page: the token is no good, or the listing goes round in circles

import { hash } from "node:crypto";
import type { Clock, Instant, RandomStream } from "../../kernel/index.ts";
import type { OutcomeLake } from "../../outcomes/index.ts";
import type { RetrievalLedger, RetrievalWindow } from "../../store/index.ts";
import { type OutcomeSource, type Page, TenantError } from "../../tenant/index.ts";
import { INTERRUPTED, remedyFor, type StopReason } from "./failure.ts";
import { countReasons, sortRows, writeRows } from "./land.ts";
import { PageSize } from "./page-size.ts";

const BASE_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** Pages in a row without a row after which a listing is taken to lead nowhere. */
const MAX_EMPTY = 200;

/** What reading a window works with. */
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
  /** Observations of this run are later than this, whatever this machine's clock says: those of earlier runs must not win over them. */
  readonly observedAfter: Instant;
  /** Given the raw rows of each page before its checkpoint. */
  readonly onRows: ((rows: readonly unknown[], campaignId: string) => Promise<void>) | undefined;
  readonly onPage: (page: { readonly rows: number }) => void;
  readonly onFailure: () => void;
}

type CallsPage = Page<"listCalls">;

/** Reads a window from where it was left. @returns why it ended early, or undefined when it is done */
export async function readWindow(setting: WindowSetting, window: RetrievalWindow): Promise<StopReason | undefined> {
  return new WindowRun(setting, window).read();
}

class WindowRun {
  readonly #with: WindowSetting;
  readonly #window: RetrievalWindow;
  readonly #size: PageSize;
  #token: string | undefined;
  #pages: number;
  /** Of this process: one that goes on later gets as many again. */
  #restarts = 0;
  #failures = 0;
  #loops = 0;
  /** Hashes of the pages and tokens of this pass through the window. */
  #seen = new Set<string>();
  /** Pages without rows in a row. */
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

  /** Reads from the present page on. @returns true at the end of the window, false when the listing is to be asked with another page size */
  async #readOn(): Promise<boolean> {
    const { source, campaignId, codes, signal, clock } = this.#with;
    const pages = source
      .calls(
        {
          campaignId,
          startDateTime: new Date(this.#window.from).toISOString(),
          endDateTime: new Date(this.#window.to).toISOString(),
          limit: this.#size.size,
          ...(codes === null ? {} : { dispositionCode: [...codes] }),
          ...(this.#token === undefined ? {} : { nextPageToken: this.#token }),
        },
        { signal },
      )
      .pages();
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
          // Whoever awaits it gets the failure; until then it is nobody's unhandled one.
          coming.catch(() => undefined);
        }
        await this.#land(page, latencyMs);
        if (page.nextToken === undefined) return true;
        if (this.#size.good()) return false;
      }
    } finally {
      await coming.catch(() => undefined);
      await pages.return();
    }
  }

  async #land(page: CallsPage, latencyMs: number): Promise<void> {
    const { lake, ledger, clock, jobId, executor, campaignId, observedAfter, onPage, onRows } = this.#with;
    const { no, from, to } = this.#window;
    const { known, circling } = this.#place(page);
    await onRows?.(page.items, campaignId);
    const observedAt = Math.max(clock.now(), observedAfter + 1);
    const rows = sortRows(known ? [] : page.items, { campaignId, from, to, observedAt, runId: jobId });
    const files = await writeRows(lake, rows, `${jobId}-w${no}-p${this.#pages}`);
    await ledger.commitPage({
      jobId,
      executor,
      windowNo: no,
      after: this.#pages,
      files,
      nextToken: page.nextToken ?? null,
      pageSize: this.#size.size,
      rows: rows.records.length,
      unfinished: rows.unfinished,
      earliestUnfinished: rows.earliestUnfinished,
      quarantined: countReasons(rows.poison),
      latencyMs,
      observedAt,
    });
    this.#pages += 1;
    this.#token = page.nextToken;
    this.#failures = 0;
    onPage({ rows: rows.records.length });
    // What follows a page that came round may be new: the next asking begins there.
    if (circling) {
      const message = "listCalls: the tenant's listing goes round: it gave a page or a page token that it had given before";
      throw new TenantError("paging_loop", message, { operationId: "listCalls" });
    }
    this.#loops = 0;
  }

  /**
   * What a page is to what came before in this pass: the list's own guard sees what comes round within one asking, this one over several.
   * `known`: its rows came before. `circling`: going on from it leads where the listing has been, or nowhere for very long.
   */
  #place({ items, nextToken }: CallsPage): { readonly known: boolean; readonly circling: boolean } {
    const ids = items.map((item) => (typeof item === "object" && item !== null && "id" in item ? item.id : item));
    const known = items.length > 0 && !this.#isNew(JSON.stringify(ids));
    this.#empty = items.length === 0 ? this.#empty + 1 : 0;
    if (nextToken === undefined) return { known, circling: false };
    const beenThere = !this.#isNew(`token ${nextToken}`);
    return { known, circling: known || beenThere || this.#empty > MAX_EMPTY };
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
      restarts: this.#restarts,
    });
    onFailure();
    if (remedy.kind === "again" && remedy.smaller) this.#size.bad();
    const restart = remedy.kind === "restart";
    await ledger.noteFailure({ jobId, executor, windowNo: this.#window.no, pageSize: this.#size.size, restart });
    if (remedy.kind === "stop") return remedy.reason;
    if (restart) {
      this.#restarts += 1;
      this.#token = undefined;
      this.#loops = 0;
      this.#seen = new Set();
    }
    const pause = Math.min(LONGEST_PAUSE_MS, BASE_PAUSE_MS * 2 ** (this.#failures + this.#loops));
    await clock.sleep(pause * (0.5 + random.next() / 2), signal).catch(() => undefined);
    return undefined;
  }
}
