// Processes the pages of one retrieval on a second thread. The first thread waits for the network, the store and the disk; the
// second one parses, checks, hashes and encodes. Each retrieval has its own second thread, and its memory is freed when the
// thread ends.

import { Worker } from "node:worker_threads";
import { type Instant, messageOf } from "../../kernel/index.ts";
import type { StagedFile, StagingPlace } from "../../outcomes/index.ts";
import { type OpenedBody, TenantError } from "../../tenant/port.ts";
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

interface Waiting {
  readonly resolve: (reply: PageReply) => void;
  readonly reject: (reason: Error) => void;
}

/** A thread that parses pages of outcomes and writes them as files. */
export class PageThread {
  readonly #data: PageThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #pages = 0;

  /** Starts at once, so that the first page does not have to wait. */
  constructor(data: PageThreadData) {
    this.#data = data;
    this.#started();
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
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail(new Error("the retrieval's thread was closed"));
    await worker?.terminate();
  }

  async #land(page: number, place: StagingPlace): Promise<readonly StagedFile[]> {
    const reply = await this.#ask({ kind: "land", page, place });
    if (!("staged" in reply)) throw new Error("the thread answered another question");
    return reply.staged;
  }

  #drop(page: number): void {
    this.#worker?.postMessage({ kind: "drop", page } satisfies PageTask, []);
  }

  async #ask(task: PageTask, transfer: ArrayBuffer[] = []): Promise<PageReply> {
    const worker = this.#started();
    const { promise, resolve, reject } = Promise.withResolvers<PageReply>();
    this.#waiting.set(task.page, { resolve, reject });
    worker.ref();
    worker.postMessage(task, transfer);
    const reply = await promise;
    if ("refused" in reply) throw pageError(reply.refused);
    if ("failed" in reply)
      throw Object.assign(new Error(`a page could not be written down: ${reply.failed}`), { code: reply.code });
    return reply;
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // Built code and sources have different file extensions.
    const file = new URL(import.meta.url.endsWith(".ts") ? "./page-worker.ts" : "./page-worker.js", import.meta.url);
    const worker = new Worker(file, { workerData: this.#data, resourceLimits: LIMITS });
    worker.on("message", (reply: PageReply) => {
      const waiting = this.#waiting.get(reply.page);
      this.#waiting.delete(reply.page);
      // An idle thread does not keep the process alive.
      if (this.#waiting.size === 0) worker.unref();
      waiting?.resolve(reply);
    });
    worker.on("error", (cause: unknown) => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#fail(brokenDown(cause));
    });
    // After adding the listeners, because a listener for messages keeps the process alive.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #fail(reason: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
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
