// Worker threads: how one is started, how it is asked, and how it answers.

import { parentPort, type ResourceLimits, Worker } from "node:worker_threads";

interface ThreadOptions {
  /** What it does, for people: "the prediction". */
  readonly what: string;
  /** Its module, without extension, relative to `from`. */
  readonly module: string;
  /** `import.meta.url` of the calling module. */
  readonly from: string;
  /** Handed to the module as `workerData`. */
  readonly data?: unknown;
  readonly limits?: ResourceLimits;
  /** False when the process may end before it has answered. */
  readonly holds?: boolean;
}

/** Built code has another extension than the sources. */
export const moduleUrl = (module: string, from: string): URL => new URL(`${module}${from.endsWith(".ts") ? ".ts" : ".js"}`, from);

/** A thread that answers tasks in order. It keeps the process alive only while it has one. */
export class Thread<Task, Reply> {
  readonly #worker: Worker;
  readonly #open: PromiseWithResolvers<Reply>[] = [];
  readonly #holds: boolean;
  #gone: { readonly reason: unknown } | undefined;

  /** Starts at once. */
  constructor({ what, module, from, data, limits, holds = true }: ThreadOptions) {
    this.#holds = holds;
    const worker = new Worker(moduleUrl(module, from), { workerData: data, resourceLimits: limits ?? {} });
    worker.on("message", (reply: Reply) => {
      const first = this.#open.shift();
      if (this.#open.length === 0) worker.unref();
      first?.resolve(reply);
    });
    worker.on("error", (cause) => this.#fail(cause));
    worker.on("exit", () => this.#fail(new Error(`${what} ended without an answer`)));
    // After adding the listeners, because a listener for messages keeps the process alive.
    worker.unref();
    this.#worker = worker;
  }

  /** Whether it has broken down or was ended. */
  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  get isIdle(): boolean {
    return this.#open.length === 0 && !this.isGone;
  }

  /** The answer to a task. Rejects with what the thread broke down of, or why it was ended. @param transfer memory that is handed over */
  async ask(task: Task, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    if (this.#gone !== undefined) throw this.#gone.reason;
    this.#worker.postMessage(task, transfer);
    const open = Promise.withResolvers<Reply>();
    this.#open.push(open);
    if (this.#holds) this.#worker.ref();
    return open.promise;
  }

  /** Sends what is not answered; nothing when it is gone. */
  tell(task: Task): void {
    if (!this.isGone) this.#worker.postMessage(task, []);
  }

  /** Processor time that it has used, ms; rejects where that is not available, or while it does not run. */
  async processorMs(): Promise<number> {
    const { user, system } = await this.#worker.cpuUsage();
    return (user + system) / 1000;
  }

  /** Ends it; open tasks are rejected with the reason. */
  async end(reason: Error): Promise<void> {
    this.#fail(reason);
    await this.#worker.terminate();
  }

  #fail(reason: unknown): void {
    this.#gone ??= { reason };
    for (const { reject } of this.#open.splice(0)) reject(reason);
  }
}

/**
 * Called on the thread: answers its tasks.
 * @param answer undefined for a task that has no answer
 * @param given.blame the answer to a task that failed, or whose answer cannot be sent; without it the thread ends
 * @param given.transferred the memory of an answer that is handed over with it
 */
export function answerTasks<Task, Reply>(
  answer: (task: Task) => Reply | undefined,
  given: { readonly blame?: (thrown: unknown, task: Task) => Reply; readonly transferred?: (reply: Reply) => ArrayBuffer[] } = {},
): void {
  const port = parentPort;
  if (port === null) throw new Error("this file is started as a worker thread");
  const { blame, transferred = () => [] } = given;
  port.on("message", (task: Task) => {
    try {
      const reply = answer(task);
      if (reply !== undefined) port.postMessage(reply, transferred(reply));
    } catch (thrown) {
      if (blame === undefined) throw thrown;
      port.postMessage(blame(thrown, task));
    }
  });
}
