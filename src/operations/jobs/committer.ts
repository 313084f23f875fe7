// Collects finished items and commits them in small batches: while one batch is written the next one fills.

import type { Clock } from "../../kernel/index.ts";

const MAX_BATCH = 500;
/** With fewer items it waits a moment for more: a transaction costs as much for one item as for a hundred. */
const SMALL_BATCH = 128;
const LINGER_MS = 10;
/** With more unwritten items than this, senders wait. */
const HIGH_WATER = 2000;

interface Waiting<Item> {
  readonly item: Item;
  readonly chunkNo: number;
}

/** Writes one batch in one transaction; rejects when the job no longer belongs to this replica. */
type WriteBatch<Item> = (batch: readonly Waiting<Item>[]) => Promise<void>;

/** One committer per running job. A failed write is kept and rethrown to everyone who waits. */
export class Committer<Item> {
  readonly #write: WriteBatch<Item>;
  readonly #clock: Clock;
  #queue: Waiting<Item>[] = [];
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #drained: (() => void)[] = [];

  constructor(write: WriteBatch<Item>, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /** Adds an item; after a failed write it is dropped, and waiting callers get the failure. */
  add(chunkNo: number, item: Item): void {
    if (this.broken) return;
    this.#queue.push({ item, chunkNo });
    this.#running ??= this.#run();
  }

  /** True when senders should wait for `room()`. */
  get full(): boolean {
    return this.#queue.length >= HIGH_WATER;
  }

  /** True when a write failed: nothing more can be recorded, so nothing more may be sent. */
  get broken(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when there is room again. */
  async room(): Promise<void> {
    this.#check();
    if (this.full) await new Promise<void>((resolve) => this.#drained.push(resolve));
    this.#check();
  }

  /** Resolves when everything added so far is durable. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    // One turn, so that `#running` is set before it is cleared, however soon this ends.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0 && this.#failure === undefined) {
        if (this.#queue.length < SMALL_BATCH) await this.#clock.sleep(LINGER_MS);
        const batch = this.#queue.splice(0, MAX_BATCH);
        await this.#write(batch);
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#queue = [];
    } finally {
      this.#running = undefined;
      this.#wake();
    }
  }

  #wake(): void {
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
