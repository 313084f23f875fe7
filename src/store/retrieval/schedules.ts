// What is retrieved regularly: one schedule a campaign; each time it falls due, one replica takes it.

import { Ledger, type Tx } from "../commit.ts";
import type { RetrievalSchedule } from "./types.ts";

const COLUMNS = `campaign_id as "campaignId", every_ms as "everyMs", codes, page_limit as "pageLimit", overlap_ms as "overlapMs", first_ms as "firstMs",
  read_to as "readTo", actor, next_at as "nextAt"`;

/** The schedules of a store. */
export class RetrievalSchedules extends Ledger {
  /** Sets schedules of campaigns, all or none; how far one has read stays, unless other codes are asked for now. */
  async set(schedules: readonly Omit<RetrievalSchedule, "readTo">[]): Promise<void> {
    await this.store.commit(async (tx) => {
      for (const schedule of schedules) await this.#setOne(tx, schedule);
    });
  }

  async #setOne(tx: Tx, schedule: Omit<RetrievalSchedule, "readTo">): Promise<void> {
    await tx.query(
      `insert into outdial.retrieval_schedules (campaign_id, every_ms, codes, page_limit, overlap_ms, first_ms, actor, next_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (campaign_id) do update set every_ms = excluded.every_ms, codes = excluded.codes, page_limit = excluded.page_limit,
         overlap_ms = excluded.overlap_ms, first_ms = excluded.first_ms, actor = excluded.actor,
         read_to = case when retrieval_schedules.codes is not distinct from excluded.codes then retrieval_schedules.read_to end,
         next_at = excluded.next_at`,
      [
        schedule.campaignId,
        schedule.everyMs,
        schedule.codes,
        schedule.pageLimit,
        schedule.overlapMs,
        schedule.firstMs,
        schedule.actor,
        new Date(schedule.nextAt),
      ],
    );
  }

  list(): Promise<RetrievalSchedule[]> {
    return this.store.query<RetrievalSchedule>(`select ${COLUMNS} from outdial.retrieval_schedules order by campaign_id`);
  }

  /** True when there was one. */
  async remove(campaignId: string): Promise<boolean> {
    const rows = await this.store.query("delete from outdial.retrieval_schedules where campaign_id = $1 returning 1", [
      campaignId,
    ]);
    return rows.length === 1;
  }

  /**
   * Takes a due schedule and sets its next time, a whole number of intervals on; undefined when none is due. On a database that was set back none is
   * taken: its turn waits until a person has accepted that.
   */
  async take(campaignIds?: readonly string[]): Promise<RetrievalSchedule | undefined> {
    if (this.store.hold.conflicts.length > 0) return undefined;
    const [row] = await this.store.query<RetrievalSchedule>(
      `update outdial.retrieval_schedules set next_at = next_at + (floor(extract(epoch from $2::timestamptz - next_at) * 1000 / every_ms) + 1) * every_ms * interval '1 millisecond'
       where campaign_id = (select campaign_id from outdial.retrieval_schedules where next_at <= $2 and ($1::text[] is null or campaign_id = any($1))
         order by next_at limit 1 for update skip locked) returning ${COLUMNS}`,
      [campaignIds ?? null, new Date(this.store.now())],
    );
    return row;
  }

  /** Notes how far a schedule has read; never back. */
  async readUpTo(campaignId: string, readTo: number): Promise<void> {
    await this.store.query("update outdial.retrieval_schedules set read_to = greatest(read_to, $2) where campaign_id = $1", [
      campaignId,
      readTo,
    ]);
  }
}
