// Limits that processes share: who holds which part of a limit, and for how long. All times are the database's. Nothing here outlives a crash of
// the database: the tables are unlogged, and whoever sends asks again within a quarter of a second.

import { Ledger } from "../commit.ts";

/** Which part of which limit. */
export interface RateHold {
  /** Names the tenant and the credentials. */
  readonly scope: string;
  readonly family: string;
  /** Names the process. */
  readonly holder: string;
}

/** A limit as its holders share it. */
export interface HeldLimit {
  /** ms since the epoch, by the database's clock. */
  readonly now: number;
  /** Permits that nobody held at `countedAt`. */
  readonly permits: number;
  readonly countedAt: number;
  /** `gone`: its time is over, or it gave its part back, since `countedAt`. */
  readonly holders: readonly {
    readonly id: string;
    readonly part: number;
    readonly demand: readonly number[];
    readonly gone: boolean;
  }[];
}

/** What a holder gets, and the permits that are left for others. */
export interface HeldPart {
  readonly part: number;
  readonly permits: number;
  readonly left: number;
}

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** The table of shared limits. */
export class RateLedger extends Ledger {
  /**
   * Gives up the part that the process holds for the one that `decide` makes of the whole; one process at a time. Fails when another one, which
   * may be frozen, is at it for longer than a second.
   * @param hold.heldMs for how long the part is its own @param burst permits that are there when nobody has ever asked
   */
  exchange(
    { scope, family, holder, demand, heldMs }: RateHold & { readonly demand: readonly number[]; readonly heldMs: number },
    burst: number,
    decide: (limit: HeldLimit) => HeldPart,
  ): Promise<HeldPart> {
    return this.store.commit(async (tx) => {
      await tx.query("set local lock_timeout = '1s'");
      const [limit] = await tx.query<{ permits: number; countedAt: number; now: number }>(
        `insert into outdial.rate_limits as l (scope, family, permits, counted_at) values ($1, $2, $3, clock_timestamp())
           on conflict (scope, family) do update set permits = l.permits
           returning permits, ${MS("counted_at")} as "countedAt", ${MS("clock_timestamp()")} as now`,
        [scope, family, burst],
      );
      const holders = await tx.query<{ id: string; part: number; demand: number[]; gone: boolean }>(
        `with old as (delete from outdial.rate_parts where scope = $1 and family = $2 and held_until <= $3
           returning holder as id, part, demand, true as gone)
         select * from old union all
         select holder, part, demand, false from outdial.rate_parts where scope = $1 and family = $2 and held_until > $3`,
        [scope, family, new Date(limit?.now ?? 0)],
      );
      const decided = decide({ now: limit?.now ?? 0, permits: limit?.permits ?? 0, countedAt: limit?.countedAt ?? 0, holders });
      await Promise.all([
        tx.query("update outdial.rate_limits set permits = $3, counted_at = clock_timestamp() where scope = $1 and family = $2", [
          scope,
          family,
          decided.left,
        ]),
        tx.query(
          `insert into outdial.rate_parts (scope, family, holder, part, demand, held_until)
             values ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6))
             on conflict (scope, family, holder) do update
             set part = excluded.part, demand = excluded.demand, held_until = excluded.held_until`,
          [scope, family, holder, decided.part, demand, heldMs / 1000],
        ),
      ]);
      return decided;
    });
  }

  /** Gives a part back. */
  async release({ scope, family, holder }: RateHold): Promise<void> {
    await this.store.query("delete from outdial.rate_parts where scope = $1 and family = $2 and holder = $3", [
      scope,
      family,
      holder,
    ]);
  }
}
