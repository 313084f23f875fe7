// Shares a tenant's limits with other processes on the same database: each holds a part of a limit for a few seconds and renews
// it while it sends. A process that dies keeps its part until that time is over; one that has nothing to send returns it.
//
// Without the database a process uses the whole limit by itself, like one without a store: pausing campaigns must not wait for a
// database. Writes of a job end then by the job's own lease.

import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../kernel/index.ts";
import type { HeldPart, RateLedger } from "../../store/index.ts";
import { type RateShares, systemClock } from "../../tenant/port.ts";
import { inTime } from "../in-time.ts";

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
      const { part, permits } = await answerOf(asked);
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
    await answerOf(ledger.release({ scope, family: this.#family, holder })).catch(() => undefined);
  }
}

const answerOf = <T>(work: Promise<T>): Promise<T> =>
  inTime(systemClock, PATIENCE_MS, work, () => {
    throw new Error(`the database did not answer within ${PATIENCE_MS / 1000} s`);
  });

// How processes divide a shared limit. Pure. The demand of each process, by lane, decides; a more urgent lane never waits for a
// less urgent one.

/** A process with a part of a limit. */
export interface Holder {
  readonly id: string;
  /** The part (0..1) that it may use. */
  readonly part: number;
  /** Its demand by lane in order of precedence, as parts of the limit. */
  readonly demand: readonly number[];
  /** Since `countedAt` it has returned its part, or has died. */
  readonly gone?: boolean | undefined;
}

/** The state of a shared limit; times are ms since the epoch. */
interface SharedLimit {
  readonly now: number;
  /** Permits that nobody held at `countedAt`. */
  readonly permits: number;
  readonly countedAt: number;
  /** Every process with a part, including the asking one if it has one. */
  readonly holders: readonly Holder[];
}

/**
 * The part of one process: its share by the demands of all, but never more than the others leave. So the sum of all parts never
 * exceeds the limit: a process whose share shrinks returns some when it next asks, and only then another can get more. Permits
 * that nobody holds add up to at most one burst, and go to the next process that asks.
 */
export function divide(
  limit: SharedLimit,
  me: Pick<Holder, "id" | "demand">,
  shape: { readonly perMs: number; readonly burst: number },
): HeldPart {
  const others = limit.holders.filter(({ id, gone }) => id !== me.id && gone !== true);
  // It is not known since when processes that are gone have sent nothing: their parts count as used until now.
  const held = limit.holders.reduce((sum, { part }) => sum + part, 0);
  const wanted = partsOf([...others, me]).at(-1) ?? 0;
  const part = Math.max(0, Math.min(wanted, 1 - others.reduce((sum, one) => sum + one.part, 0)));
  const free = Math.max(0, 1 - held) * shape.perMs * Math.max(0, limit.now - limit.countedAt);
  const there = Math.min(shape.burst, limit.permits + free);
  const permits = Math.min(there, Math.max(1, shape.burst * part));
  return { part, permits, left: there - permits };
}

/**
 * The part of each process: lane by lane what it demands, divided evenly when it is not enough; the rest is divided evenly among
 * all.
 */
function partsOf(holders: readonly Pick<Holder, "demand">[]): readonly number[] {
  const parts = holders.map(() => 0);
  const lanes = Math.max(0, ...holders.map(({ demand }) => demand.length));
  let left = 1;
  for (let lane = 0; lane < lanes && left > 0; lane += 1) {
    const given = waterLevel(
      holders.map(({ demand }) => demand[lane] ?? 0),
      left,
    );
    for (const [i, part] of given.entries()) parts[i] = (parts[i] ?? 0) + part;
    left -= given.reduce((sum, part) => sum + part, 0);
  }
  return parts.map((part) => part + Math.max(0, left) / parts.length);
}

/** Gives each what it wants, up to an equal level that uses up `whole`. */
function waterLevel(wanted: readonly number[], whole: number): readonly number[] {
  const given = wanted.map(() => 0);
  let left = whole;
  const order = [...wanted.keys()].sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  for (const [place, i] of order.entries()) {
    const part = Math.min(wanted[i] ?? 0, left / (order.length - place));
    given[i] = part;
    left -= part;
  }
  return given;
}
