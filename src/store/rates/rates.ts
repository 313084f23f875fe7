// Request limits that processes share: who holds which part of a limit, and for how long. All times are the database's. Nothing
// here survives a crash of the database: the tables are unlogged, and each sender asks again within half a second.

import { Ledger } from "../commit.ts";

/** A part of a limit and its holder. */
interface RateHold {
  /** Identifies the tenant and the credentials. */
  readonly scope: string;
  readonly family: string;
  /** Identifies the process. */
  readonly holder: string;
}

/** A limit with its holders. */
interface HeldLimit {
  /** ms since the epoch, by the database's clock. */
  readonly now: number;
  /** Permits that nobody held at `countedAt`. */
  readonly permits: number;
  readonly countedAt: number;
  /** `gone`: since `countedAt` its time has expired, or it returned its part. */
  readonly holders: readonly {
    readonly id: string;
    readonly part: number;
    readonly demand: readonly number[];
    readonly gone: boolean;
  }[];
}

/** The part of a holder, and the permits left for others. */
export interface HeldPart {
  readonly part: number;
  readonly permits: number;
  /** Permits that nobody holds now. */
  readonly left: number;
}

/** Number of tries when other processes write at the same time; after that it fails. */
const MOST_TRIES = 50;

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** The table of shared limits. */
export class RateLedger extends Ledger {
  /**
   * Replaces the part that the process holds by the one that `decide` chooses. No lock is held in between: when another process
   * was faster, `decide` is called again.
   * @param hold.heldMs how long the part is valid @param burst permits that exist before anybody has asked
   */
  async exchange(
    hold: RateHold & { readonly demand: readonly number[]; readonly heldMs: number },
    burst: number,
    decide: (limit: HeldLimit) => HeldPart,
  ): Promise<HeldPart> {
    for (let tried = 0; tried < MOST_TRIES; tried++) {
      const read = await this.#read(hold, burst);
      const decided = decide(read);
      if (await this.#write(hold, read, decided)) return decided;
    }
    throw new Error(`other processes were faster ${MOST_TRIES} times`);
  }

  async #read({ scope, family }: RateHold, burst: number): Promise<HeldLimit & { readonly stamp: string | null }> {
    const rows = await this.store.query<{
      now: number;
      stamp: string | null;
      permits: number | null;
      countedAt: number | null;
      holders: HeldLimit["holders"];
    }>(
      `select ${MS("t.now")} as now, l.counted_at::text as stamp, l.permits, ${MS("l.counted_at")} as "countedAt",
         coalesce((select json_agg(json_build_object('id', holder, 'part', part, 'demand', demand, 'gone', held_until <= t.now))
           from outdial.rate_parts where scope = $1 and family = $2), '[]') as holders
         from (select clock_timestamp() as now) t left join outdial.rate_limits l on scope = $1 and family = $2`,
      [scope, family],
    );
    const { now = 0, stamp = null, permits, countedAt, holders = [] } = rows[0] ?? {};
    return { now, stamp, permits: permits ?? burst, countedAt: countedAt ?? now, holders };
  }

  /** @returns false when the limit is no longer as it was read */
  async #write(
    { scope, family, holder, demand, heldMs }: RateHold & { readonly demand: readonly number[]; readonly heldMs: number },
    { stamp, holders }: HeldLimit & { readonly stamp: string | null },
    { part, left }: HeldPart,
  ): Promise<boolean> {
    const gone = holders.filter((one) => one.gone && one.id !== holder).map(({ id }) => id);
    const written = await this.store.query(
      `with counted as (
         insert into outdial.rate_limits as l (scope, family, permits, counted_at) values ($1, $2, $3, clock_timestamp())
           on conflict (scope, family) do update set permits = excluded.permits, counted_at = clock_timestamp()
           where l.counted_at = $4::timestamptz
           returning scope, family),
       cleared as (
         delete from outdial.rate_parts p using counted c where p.scope = c.scope and p.family = c.family and holder = any($5)),
       held as (
         insert into outdial.rate_parts (scope, family, holder, part, demand, held_until)
           select scope, family, $6, $7::float8, $8::float8[], clock_timestamp() + make_interval(secs => $9) from counted
           on conflict (scope, family, holder) do update
           set part = excluded.part, demand = excluded.demand, held_until = excluded.held_until)
       select 1 from counted`,
      [scope, family, left, stamp, gone, holder, part, demand, heldMs / 1000],
    );
    return written.length === 1;
  }

  /** Returns a part. */
  async release({ scope, family, holder }: RateHold): Promise<void> {
    await this.store.query("delete from outdial.rate_parts where scope = $1 and family = $2 and holder = $3", [
      scope,
      family,
      holder,
    ]);
  }
}
