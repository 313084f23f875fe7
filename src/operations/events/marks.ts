// Collects the results of attempts and writes them to the outbox in batches, one write at a time.

import type { ClaimedEvent, FailedAttempt } from "../../store/index.ts";
import type { DeliveryOutbox } from "./outbox-port.ts";
import type { Verdict } from "./verdict.ts";

/** Durable results of attempts. */
export interface Tally {
  readonly delivered: number;
  /** Failed attempts whose event will be tried again. */
  readonly failed: number;
  readonly dead: number;
}

interface Mark {
  readonly event: ClaimedEvent;
  readonly verdict: Verdict;
}

/** A failed write keeps its marks; the next flush tries them again. */
export class Marks {
  readonly #outbox: Pick<DeliveryOutbox, "markDelivered" | "markFailed">;
  readonly #by: string;
  #waiting: Mark[] = [];
  #writing: Promise<void> | undefined;
  #failing = false;
  #tally: Tally = { delivered: 0, failed: 0, dead: 0 };

  constructor(outbox: Pick<DeliveryOutbox, "markDelivered" | "markFailed">, by: string) {
    this.#outbox = outbox;
    this.#by = by;
  }

  add(event: ClaimedEvent, verdict: Verdict): void {
    this.#waiting.push({ event, verdict });
  }

  /** Marks not yet being written. */
  get size(): number {
    return this.#waiting.length;
  }

  /** True when everything is durable. */
  get empty(): boolean {
    return this.#waiting.length === 0 && this.#writing === undefined;
  }

  /** True when the last write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Results since the beginning. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Resolves when everything added before is durable; rejects with the outbox's error. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#write(batch).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(batch: readonly Mark[]): Promise<void> {
    const delivered: { id: number; status: number }[] = [];
    const failed: FailedAttempt[] = [];
    for (const { event, verdict } of batch) {
      if (verdict.kind === "delivered") delivered.push({ id: event.id, status: verdict.status });
      else failed.push({ id: event.id, status: verdict.status, error: verdict.error, nextAttemptAt: verdict.nextAttemptAt });
    }
    try {
      // Writing a mark twice does no harm, so a batch is kept whole when half of it failed.
      if (delivered.length > 0) await this.#outbox.markDelivered(delivered);
      if (failed.length > 0) await this.#outbox.markFailed(this.#by, failed);
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting];
      this.#failing = true;
      throw error;
    }
    this.#failing = false;
    const dead = failed.filter(({ nextAttemptAt }) => nextAttemptAt === null).length;
    const { tally } = this;
    this.#tally = {
      delivered: tally.delivered + delivered.length,
      failed: tally.failed + failed.length - dead,
      dead: tally.dead + dead,
    };
  }
}
