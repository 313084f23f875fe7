// Schedules of regular retrievals: one per campaign; each time one is due, one replica takes it.

import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { CatalogFile, RetrievalSchedule } from "./types.ts";

const COLUMNS = `campaign_id as "campaignId", every_ms as "everyMs", codes, page_limit as "pageLimit", overlap_ms as "overlapMs", first_ms as "firstMs",
  read_to as "readTo", actor, next_at as "nextAt"`;

/** Whoever holds the turn of `s` has been silent for longer than a living process is. */
const HOLDER_IS_GONE = `not exists (select from outdial.replicas r where r.id = s.turn_of
  and r.heartbeat_at > clock_timestamp() - 3 * r.interval_ms * interval '1 millisecond')`;

/**
 * The next time is further from `$2` than an interval, and than the clocks of two machines may differ (30 s) before a service says
 * that it is not ready.
 */
const AHEAD = "next_at > $2::timestamptz + (every_ms + 60000) * interval '1 millisecond'";

/** Ends the turn of a campaign's schedule inside of a transaction. Throws StoreError `not_owner` when another process has it. */
export async function endTurn(tx: Tx, campaignId: string, by: string): Promise<void> {
  const ended = await tx.change("update outdial.retrieval_schedules set turn_of = null where campaign_id = $1 and turn_of = $2", [
    campaignId,
    by,
  ]);
  if (ended === 0) throw notHolder(campaignId);
}

const notHolder = (campaignId: string) => new StoreError("not_owner", `another process runs the schedule of ${campaignId}`);

/** The schedules of a store. */
export class RetrievalSchedules extends Ledger {
  /** Sets schedules of campaigns, all or none. How far one has read is kept, unless its codes change. */
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
         next_at = excluded.next_at, turn_of = null`,
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
   * Takes a due schedule and sets its next time, a whole number of intervals away; undefined when none is due. One whose next time
   * is further ahead than an interval is due as well: it was set while a machine's clock was ahead. This process
   * holds the turn until it has begun the retrieval (`NewRetrieval.turnOf`) or ends the turn; when it dies before, another one
   * takes the turn. On a database that was set back no turn is taken, nor for a tenant that the store no longer belongs to: it
   * waits.
   * @param by id of this process among the replicas
   * @param of.campaignIds only these campaigns' schedules
   * @param of.besides not these: their turns are under way in this process
   */
  async take(
    by: string,
    of: { readonly campaignIds?: readonly string[] | undefined; readonly besides?: readonly string[] } = {},
  ): Promise<RetrievalSchedule | undefined> {
    if (this.store.hold.stands) return undefined;
    const [row] = await this.store.query<RetrievalSchedule>(
      `update outdial.retrieval_schedules set turn_of = $3, next_at = case when next_at > $2 and not ${AHEAD} then next_at else
           next_at + (floor(extract(epoch from $2::timestamptz - next_at) * 1000 / every_ms) + 1) * every_ms * interval '1 millisecond' end
       where campaign_id = (select campaign_id from outdial.retrieval_schedules s
         where ($1::text[] is null or campaign_id = any($1)) and campaign_id <> all($4::text[])
           and case when turn_of is null then next_at <= $2 or ${AHEAD} else turn_of = $3 or ${HOLDER_IS_GONE} end
         order by next_at limit 1 for update skip locked) returning ${COLUMNS}`,
      [of.campaignIds ?? null, new Date(this.store.now()), by, of.besides ?? []],
    );
    return row;
  }

  /** Ends a turn without a new retrieval. Throws StoreError `not_owner` when another process has it. */
  async endTurn(campaignId: string, by: string): Promise<void> {
    await this.store.commit((tx) => endTurn(tx, campaignId, by));
  }

  /**
   * Ends a turn whose window the tenant has no call of: no retrieval is kept of it, and the window counts as read. Throws StoreError `not_owner` when
   * another process has the turn.
   * @param window ms since the epoch, both inclusive
   */
  async foundNothing(
    { campaignId, codes }: Pick<RetrievalSchedule, "campaignId" | "codes">,
    window: { readonly from: number; readonly to: number },
    by: string,
  ): Promise<void> {
    const { from, to } = window;
    await this.store.commit(async (tx) => {
      const ended = await tx.change(
        "update outdial.retrieval_schedules set turn_of = null, read_to = greatest(read_to, $3) where campaign_id = $1 and turn_of = $2",
        [campaignId, by, to],
      );
      if (ended === 0) throw notHolder(campaignId);
      await tx.query(
        `insert into outdial.read_periods as p (campaign_id, codes, kind, stretches) values ($1, $2, 'read', int8multirange(int8range($3, $4)))
         on conflict (campaign_id, codes, kind) do update set stretches = p.stretches + excluded.stretches`,
        [campaignId, codes, from, to + 1],
      );
    });
  }

  /** Records how far a schedule has read; never decreases. */
  async readUpTo(campaignId: string, readTo: number): Promise<void> {
    await this.store.query("update outdial.retrieval_schedules set read_to = greatest(read_to, $2) where campaign_id = $1", [
      campaignId,
      readTo,
    ]);
  }
}

// The list of the lake's files that readers use; it is changed only in transactions.

/** Adds files inside of the caller's transaction. */
export async function addFiles(tx: Tx, files: readonly CatalogFile[], now: number): Promise<void> {
  if (files.length === 0) return;
  await tx.query({
    name: "lake-files-add",
    text: `insert into outdial.lake_files (path, kind, campaign_id, day, rows, bytes, run_id, added_at)
      select path, kind, campaign_id, day, rows, bytes, run_id, $8
      from unnest(${textColumn("$1")}, ${textColumn("$2")}, ${textColumn("$3")}, ${textColumn("$4")}, $5::bigint[], $6::bigint[], ${textColumn("$7")})
        as f (path, kind, campaign_id, day, rows, bytes, run_id)`,
    values: [
      joinTexts(files.map(({ path }) => path)),
      joinTexts(files.map(({ kind }) => kind)),
      joinTexts(files.map(({ campaignId }) => campaignId)),
      joinTexts(files.map(({ day }) => day)),
      numberArray(files.map(({ rows }) => rows)),
      numberArray(files.map(({ bytes }) => bytes)),
      joinTexts(files.map(({ runId }) => runId ?? null)),
      new Date(now),
    ],
  });
}

/** The list of valid files; implements the lake's catalog. */
export class LakeFiles extends Ledger {
  /** Valid files by day and time of adding; quarantine only when asked for. `fromDay` and `toDay` are inclusive. */
  async files(
    query: {
      readonly campaignId?: string | undefined;
      readonly fromDay?: string | undefined;
      readonly toDay?: string | undefined;
      readonly kind?: CatalogFile["kind"] | undefined;
      /** Those of any kind that were replaced, and may be there for a while. */
      readonly removed?: true | undefined;
    } = {},
  ): Promise<readonly CatalogFile[]> {
    const rows = await this.store.query<CatalogFile & { runId: string | null }>(
      `select path, kind, campaign_id as "campaignId", day, rows, bytes, run_id as "runId" from outdial.lake_files
       where ${query.removed === true ? "removed_at is not null" : "removed_at is null"}
         and ($1::text is null or campaign_id = $1) and ($2::text is null or day >= $2) and ($3::text is null or day <= $3)
         and case when $4::text is null then ${query.removed === true ? "true" : "kind <> 'quarantine'"} else kind = $4 end
       order by day, added_at, path`,
      [query.campaignId ?? null, query.fromDay ?? null, query.toDay ?? null, query.kind ?? null],
    );
    return rows.map((row) => ({ ...row, runId: row.runId ?? undefined }));
  }

  /** Adds `added` and removes `removed` at once. False, and nothing is changed, when one of `removed` is no longer valid. */
  async replace(removed: readonly CatalogFile[], added: readonly CatalogFile[]): Promise<boolean> {
    try {
      await this.store.commit(async (tx) => {
        const now = this.store.now();
        const gone = await tx.change(
          `update outdial.lake_files set removed_at = $2 where removed_at is null and path = any(${textColumn("$1")})`,
          [joinTexts(removed.map(({ path }) => path)), new Date(now)],
        );
        if (gone !== removed.length) throw new Overtaken();
        await addFiles(tx, added, now);
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof Overtaken) return false;
      throw thrown;
    }
  }

  /** Paths of files that were replaced within the last `ms`. */
  async replacedWithin(ms: number): Promise<readonly string[]> {
    const rows = await this.store.query<{ path: string }>("select path from outdial.lake_files where removed_at > $1", [
      new Date(this.store.now() - ms),
    ]);
    return rows.map(({ path }) => path);
  }
}

/** Rolls back a replacement whose files another writer has replaced. */
class Overtaken extends Error {}
