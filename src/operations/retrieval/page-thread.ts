// Processes the pages of one retrieval on a second thread. The first thread waits for the network, the store and the disk; the
// second one parses, checks, hashes and encodes. Each retrieval has its own second thread, and its memory is freed when the
// thread ends.

import { type Instant, messageOf } from "../../kernel/index.ts";
import type { StagedFile, StagingPlace } from "../../outcomes/index.ts";
import { type OpenedBody, TenantError } from "../../tenant/port.ts";
import { Thread } from "../thread.ts";
import type { OpenedCalls, PageContents, PageContext, PageRefusal, PageReply, PageTask, PageThreadData } from "./page-task.ts";

/**
 * Memory limits of a thread, MB. Young: pages produce much garbage, and with more room the engine collects it less often. Old:
 * far above the allowed weight of pages, because running out of memory during parsing may end the process; this much is not
 * normally used.
 */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 } as const;

/** A page on the thread. */
export interface HeldPage {
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
