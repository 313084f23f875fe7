// One reply for many: what the tenant tells about all campaigns at once is requested once for all who ask within a short time.

import type { Instant } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import type { AcdCallOptions } from "./requester.ts";

/** A reply that is kept for a short time. A request under way is waited for only by callers with its lane. */
export class Shared<Value> {
  readonly #forMs: number;
  #kept: { readonly at: Instant; readonly value: Value } | undefined;
  readonly #under = new Map<string, Promise<Value>>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** @param at the tenant's time @param read requests it */
  async get(at: Instant, options: AcdCallOptions, read: () => Promise<Value>): Promise<Value> {
    if (this.#kept !== undefined && Math.abs(at - this.#kept.at) < this.#forMs) return this.#kept.value;
    const lane = options.lane ?? "";
    const under = this.#under.get(lane);
    if (under !== undefined)
      try {
        return await under;
      } catch (thrown) {
        // The other caller gave up, or ran out of time.
        const isTheirs = thrown instanceof TenantError && (thrown.code === "aborted" || thrown.code === "deadline_exceeded");
        if (!isTheirs) throw thrown;
        options.signal?.throwIfAborted();
        return await this.get(at, options, read);
      }
    const reading = read();
    this.#under.set(lane, reading);
    try {
      const value = await reading;
      this.#kept = { at, value };
      return value;
    } finally {
      this.#under.delete(lane);
    }
  }
}
