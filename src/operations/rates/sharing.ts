// Shares a tenant's limits with other processes on the same database: each holds a part of a limit for a few seconds and renews
// it while it sends. A process that dies keeps its part until that time is over; one that has nothing to send returns it.
//
// Without the database a process uses the whole limit by itself, like one without a store: pausing campaigns must not wait for a
// database. Writes of a job end then by the job's own lease.

import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../kernel/index.ts";
import type { RateLedger } from "../../store/index.ts";
import type { RateShares } from "../../tenant/port.ts";
import { divide } from "./divide.ts";

type RateFamily = RateShares["families"][number];

/** How often a sending process renews its part, ms, and how often when it has the whole limit. */
const EXCHANGE_MS = 250;
const ONLY_MS = 500;
/** How long a part is valid, ms. */
const HELD_MS = 3000;
/** How long the database may take before the process continues by itself, ms. */
const PATIENCE_MS = 2000;
/** How long it continues by itself before it asks again, ms. */
const ALONE_MS = 2000;
/** Time without demand after which a part is returned, ms. */
const QUIET_MS = 2000;

interface SharingDeps {
  readonly shares: RateShares;
  readonly ledger: RateLedger;
  /** Identifies the tenant and the credentials. */
  readonly scope: string;
  /** Identifies this process. */
  readonly holder: string;
  readonly warn: (message: string) => void;
}

/**
 * Begins to share; nothing is requested before the first demand. At the end the parts are returned and the limits are this
 * process's alone.
 */
export function shareRates(deps: SharingDeps): AsyncDisposable {
  const ended = new AbortController();
  const families = new Map(deps.shares.families.map((family) => [family, new Family(family, deps, ended.signal)]));
  deps.shares.share((family) => families.get(family)?.want());
  return {
    async [Symbol.asyncDispose]() {
      ended.abort();
      await Promise.all([...families.values()].map((family) => family.ended()));
    },
  };
}

/** States: idle → asking, two or four times a second while there is demand → idle. */
class Family {
  readonly #family: RateFamily;
  readonly #deps: SharingDeps;
  readonly #end: AbortSignal;
  #asking: Promise<void> | undefined;
  /** A grant was wanted while the last round was ending. */
  #again = false;
  #alone = false;
  /** An exchange without an answer of the database so far. */
  #pending: Promise<unknown> | undefined;

  constructor(family: RateFamily, deps: SharingDeps, end: AbortSignal) {
    this.#family = family;
    this.#deps = deps;
    this.#end = end;
  }

  want(): void {
    this.#again = true;
    if (this.#asking !== undefined || this.#end.aborted) return;
    this.#asking = this.#ask().finally(() => {
      this.#asking = undefined;
      if (this.#again) this.want();
    });
  }

  async ended(): Promise<void> {
    await this.#asking;
    this.#deps.shares.grant(this.#family, { part: 1, permits: 0, forMs: Number.POSITIVE_INFINITY });
  }

  async #ask(): Promise<void> {
    // The call that wants the grant is queued only after that.
    await Promise.resolve();
    this.#again = false;
    let wanted = performance.now();
    for (let now = wanted; !this.#end.aborted && now - wanted < QUIET_MS; now = performance.now()) {
      const demand = this.#deps.shares.demand(this.#family);
      if (demand.some((part) => part > 0)) wanted = now;
      const pause = await this.#exchange(demand);
      await sleep(pause, undefined, { signal: this.#end, ref: false }).catch(() => undefined);
    }
    await this.#release();
  }

  /** @returns when to ask again, ms */
  async #exchange(demand: readonly number[]): Promise<number> {
    const { shares, ledger, scope, holder, warn } = this.#deps;
    const shape = shares.shape(this.#family);
    const began = performance.now();
    try {
      if (this.#pending !== undefined) throw new Error("the database has not answered yet");
      const asked = ledger.exchange({ scope, family: this.#family, holder, demand, heldMs: HELD_MS }, shape.burst, (limit) =>
        divide(limit, { id: holder, demand }, shape),
      );
      this.#pending = asked
        .catch(() => undefined)
        .finally(() => {
          this.#pending = undefined;
        });
      const { part, permits } = await inTime(asked);
      shares.grant(this.#family, { part, permits, forMs: HELD_MS - (performance.now() - began) });
      this.#alone = false;
      return part === 1 ? ONLY_MS : EXCHANGE_MS;
    } catch (thrown) {
      if (!this.#alone)
        warn(`the limit of ${this.#family} is not shared with other processes for the moment: ${messageOf(thrown)}`);
      this.#alone = true;
      shares.grant(this.#family, { part: 1, permits: 0, forMs: ALONE_MS + PATIENCE_MS });
      return ALONE_MS;
    }
  }

  async #release(): Promise<void> {
    const { shares, ledger, scope, holder } = this.#deps;
    this.#again = false;
    shares.grant(this.#family, { part: 0, permits: 0, forMs: 0 });
    // When this fails the part is kept until its time is over.
    await inTime(ledger.release({ scope, family: this.#family, holder })).catch(() => undefined);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`the database did not answer within ${PATIENCE_MS / 1000} s`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
