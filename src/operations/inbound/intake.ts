// Stores incoming events, many with one statement: events that arrive during a write are collected for the next.

import type { Inbound, NewInboundEvent } from "../../store/index.ts";

/** Most events of one write. */
const BATCH = 500;

interface Waiting {
  readonly event: NewInboundEvent;
  readonly resolve: (isNew: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Stores events; one write runs at a time. */
export class Intake {
  readonly #inbound: Pick<Inbound, "add">;
  readonly #mostWaiting: number;
  readonly #onKept: () => void;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  /**
   * @param mostWaiting most events that may wait for their write; further ones are refused; @param onKept called after each write
   */
  constructor(inbound: Pick<Inbound, "add">, options: { mostWaiting?: number; onKept?: () => void } = {}) {
    this.#inbound = inbound;
    this.#mostWaiting = options.mostWaiting ?? 10_000;
    this.#onKept = options.onKept ?? (() => undefined);
  }

  /** Whether there is no room for further events: the database is too slow, and the vendor should try again later. */
  get full(): boolean {
    return this.#waiting.length >= this.#mostWaiting;
  }

  /**
   * Resolves when the event is durable, with whether it is new; rejects with the store's error, in which case it may or may not
   * be stored.
   */
  keep(event: NewInboundEvent): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when no event waits to be written. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // One turn, so that events of the same network packet are in the first write.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, BATCH));
    this.#writing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const isNew = await this.#inbound.add(batch.map(({ event }) => event));
      for (const [i, { resolve }] of batch.entries()) resolve(isNew[i] === true);
      this.#onKept();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
