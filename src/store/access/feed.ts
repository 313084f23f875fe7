// The feed of live updates: written by database triggers, whichever process makes the change, and read by every service.

import { Ledger } from "../commit.ts";

/** A position in the feed: transaction, then number. As text `tx-id`. */
export interface FeedPlace {
  readonly tx: string;
  readonly id: number;
}

/** One update. */
export interface FeedEvent extends FeedPlace {
  readonly type: string;
  /** JSON. */
  readonly body: unknown;
  /** ms since the epoch. */
  readonly createdAt: number;
}

// Sorted by the column, not by its text: as text, 999 comes after 1000.
const EVENT = `e.tx::text as tx, id, type, body, created_at as "createdAt"`;

/** The feed of a store. Times are the database's. */
export class ServiceFeed extends Ledger {
  /**
   * Keeps the feed being written for another `forMs`. Otherwise its floor rises to the end: what happens then is not recorded.
   * A floor of transactions that this server has not had yet was restored from another one: it does not count.
   */
  async keep(forMs: number): Promise<void> {
    await this.store.query(
      `insert into outdial.service_feed (one, until, floor_tx, floor_id)
       values (true, clock_timestamp() + $1 * interval '1 millisecond', pg_snapshot_xmin(pg_current_snapshot()),
         (select coalesce(max(id), 0) from outdial.service_events))
       on conflict (one) do update set until = greatest(service_feed.until, excluded.until), (floor_tx, floor_id) = (
         select excluded.floor_tx, excluded.floor_id where service_feed.until < clock_timestamp() or service_feed.floor_tx > excluded.floor_tx
         union all select service_feed.floor_tx, service_feed.floor_id limit 1)`,
      [forMs],
    );
  }

  /** The position after everything that is committed. */
  async end(): Promise<FeedPlace> {
    const [row] = await this.store.query<{ tx: string; id: number }>(
      `select e.tx::text as tx, id from outdial.service_events e where tx < pg_snapshot_xmin(pg_current_snapshot()) order by e.tx desc, id desc limit 1`,
    );
    if (row !== undefined) return row;
    const [floor] = await this.store.query<{ tx: string; id: number }>(
      "select floor_tx::text as tx, floor_id as id from outdial.service_feed",
    );
    return floor ?? { tx: "0", id: 0 };
  }

  /** Whether everything after a position is still kept, and the position is one of this server. */
  async reaches(place: FeedPlace): Promise<boolean> {
    const [row] = await this.store.query<{ kept: boolean }>(
      `select (floor_tx, floor_id) <= ($1::text::xid8, $2::bigint) and $1::text::xid8 <= pg_snapshot_xmax(pg_current_snapshot()) as kept
       from outdial.service_feed`,
      [place.tx, place.id],
    );
    return row?.kept ?? false;
  }

  /**
   * Updates after a position, in order. Updates that are newer than a running transaction are held back, so that none is skipped.
   */
  after(place: FeedPlace, limit: number): Promise<FeedEvent[]> {
    return this.store.query<FeedEvent>({
      name: "service-feed",
      text: `select ${EVENT} from outdial.service_events e
        where (tx, id) > ($1::text::xid8, $2::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot()) order by e.tx, id limit $3`,
      values: [place.tx, place.id, limit],
    });
  }

  /** Deletes updates older than `ageMs` and raises the floor accordingly; and those of another server, which this one would tell much later. */
  async sweep(ageMs: number): Promise<number> {
    const [row] = await this.store.query<{ removed: number }>(
      `with gone as (
         delete from outdial.service_events
         where created_at < clock_timestamp() - $1 * interval '1 millisecond' and tx < pg_snapshot_xmin(pg_current_snapshot())
         returning tx, id),
       others as (delete from outdial.service_events where tx >= pg_snapshot_xmax(pg_current_snapshot())),
       last as (select tx, id from gone order by tx desc, id desc limit 1),
       raised as (update outdial.service_feed set floor_tx = last.tx, floor_id = last.id from last where (floor_tx, floor_id) < (last.tx, last.id))
       select count(*)::int as removed from gone`,
      [ageMs],
    );
    return row?.removed ?? 0;
  }
}
