// The compliance hash of a retrieval, computed behind its reading: what has landed is hashed while later windows are still being read.

import type { Instant } from "../../kernel/index.ts";
import { ComplianceHash, type OutcomeLake } from "../../outcomes/index.ts";
import type { Retrieval } from "../../store/index.ts";

export class RunningHash {
  readonly #lake: Pick<OutcomeLake, "digests">;
  readonly #of: Pick<Retrieval, "jobId" | "campaignId" | "from" | "to">;
  readonly #fold = new ComplianceHash();
  /** What starts before is in the hash. */
  #next: Instant;
  #work: Promise<void> = Promise.resolve();

  constructor(lake: Pick<OutcomeLake, "digests">, of: Pick<Retrieval, "jobId" | "campaignId" | "from" | "to">) {
    this.#lake = lake;
    this.#of = of;
    this.#next = of.from;
  }

  /** Every call that starts before `instant` has landed; to be said only when none of this retrieval will land there any more. */
  landed(instant: Instant): void {
    this.#work = this.#work.then(() => this.#add(instant - 1));
    // Whoever asks for the end gets the failure.
    this.#work.catch(() => undefined);
  }

  /** The hash of everything that was brought, and of how many calls. Rejects when the lake could not be read. */
  async end(): Promise<{ readonly calls: number; readonly hash: string }> {
    await this.#work;
    await this.#add(this.#of.to);
    return { calls: this.#fold.count, hash: this.#fold.digest() };
  }

  /** Waits until nothing is being read. */
  async settled(): Promise<void> {
    await this.#work.catch(() => undefined);
  }

  async #add(to: Instant): Promise<void> {
    if (to < this.#next) return;
    const { jobId, campaignId } = this.#of;
    for await (const digests of this.#lake.digests({ runId: jobId, campaignId, from: this.#next, to })) this.#fold.add(digests);
    this.#next = to + 1;
  }
}
