// Retrievals in the store: begun, taken by one replica, advanced page by page, ended. A page's files and the checkpoint are
// written together.

import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { numberArray } from "../database/arrays.ts";
import { together } from "../database/database.ts";
import { notOwner } from "../error.ts";
import { endJob, insertJob } from "../jobs/rows.ts";
import { type OwnedRun, takeRun } from "../jobs/take.ts";
import type { JobEnd, JobStatus } from "../jobs/types.ts";
import { addFiles, endTurn } from "./schedules.ts";
import {
  type Blocker,
  type NewRetrieval,
  type PageCommit,
  RETRIEVE,
  type ReadStretch,
  type Retrieval,
  type RetrievalTotals,
  type RetrievalWindow,
  type ToldDials,
} from "./types.ts";

/** Serialises begins and takes of one campaign. "retr" in ASCII. */
const CAMPAIGN_LOCK = "select pg_advisory_xact_lock(x'72657472'::int, hashtext($1))";

/** Reads and writes retrievals. */
export class RetrievalLedger extends Ledger {
  /**
   * Begins a retrieval, unless one of the same campaign, window and codes has not ended: then that one is returned. Of several
   * concurrent callers one begins it.
   */
  async begin(retrieval: NewRetrieval): Promise<{ readonly jobId: string; readonly earlier: boolean }> {
    const { jobId, campaignId, from, to, codes, windows, scope, turnOf } = retrieval;
    return this.store.commit(async (tx) => {
      await tx.query(CAMPAIGN_LOCK, [campaignId]);
      const [there] = await tx.query<{ id: string }>(
        `select job_id as id from outdial.retrievals join outdial.jobs on id = job_id
         where retrievals.campaign_id = $1 and from_ms = $2 and to_ms = $3 and codes is not distinct from $4::text[]
           and status in ('ready', 'running', 'stopped') order by job_id desc limit 1`,
        [campaignId, from, to, codes],
      );
      if (turnOf !== undefined) await endTurn(tx, campaignId, turnOf);
      if (there !== undefined) return { jobId: there.id, earlier: true };
      const job = { id: jobId, kind: RETRIEVE, campaignId, sourceName: "vendor", contentHash: "", actor: retrieval.actor, scope };
      await insertJob(this.store, tx, { ...job, status: "ready" });
      await tx.query(
        "insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, codes, page_limit) values ($1, $2, $3, $4, $5, $6)",
        [jobId, campaignId, from, to, codes, retrieval.pageLimit],
      );
      await tx.query(
        `insert into outdial.retrieval_windows (job_id, no, from_ms, to_ms, page_size)
         select $1, n - 1, from_ms, to_ms, $4 from unnest($2::bigint[], $3::bigint[]) with ordinality as w (from_ms, to_ms, n)`,
        [jobId, numberArray(windows.map((w) => w.from)), numberArray(windows.map((w) => w.to)), retrieval.pageLimit],
      );
      return { jobId, earlier: false };
    });
  }

  /** Those of these jobs, by job. */
  async ofJobs(jobIds: readonly string[]): Promise<ReadonlyMap<string, Retrieval>> {
    if (jobIds.length === 0) return new Map();
    const rows = await this.store.query<RetrievalRow>(`${RETRIEVAL_COLUMNS} where r.job_id = any($1)`, [[...jobIds]]);
    return new Map(rows.map((row) => [row.jobId, toRetrieval(row)]));
  }

  async get(jobId: string): Promise<Retrieval | undefined> {
    const [row] = await this.store.query<RetrievalRow>(`${RETRIEVAL_COLUMNS} where r.job_id = $1`, [jobId]);
    return row && toRetrieval(row);
  }

  /** Retrievals, newest first. */
  async list(query: {
    readonly limit: number;
    readonly campaignId?: string | undefined;
    readonly status?: readonly JobStatus[] | undefined;
    /** Id of a job: only jobs after it in the list, which are older. */
    readonly after?: string | undefined;
  }): Promise<Retrieval[]> {
    const { campaignId, status, after, limit } = query;
    // The page first: only its windows are counted. Ids sort by time, so that those of a campaign come from its own index.
    const page =
      campaignId === undefined
        ? `select id from outdial.jobs where kind = '${RETRIEVE}' and $1::text is null and ($2::text[] is null or status = any($2))
             and ($4::text is null or (created_at, id) < (select f.created_at, f.id from outdial.jobs f where f.id = $4)) order by created_at desc, id desc limit $3`
        : `select o.job_id from outdial.retrievals o join outdial.jobs on id = o.job_id where o.campaign_id = $1 and ($2::text[] is null or status = any($2))
             and ($4::text is null or o.job_id < $4) order by o.job_id desc limit $3`;
    const rows = await this.store.query<RetrievalRow>(
      `${RETRIEVAL_COLUMNS} where r.job_id in (${page}) order by ${campaignId === undefined ? "j.created_at desc, j.id" : "r.job_id"} desc`,
      [campaignId ?? null, status ?? null, limit, after ?? null],
    );
    return rows.map(toRetrieval);
  }

  /** Windows by time. */
  windows(jobId: string): Promise<RetrievalWindow[]> {
    return this.store.query<RetrievalWindow>(
      `select no, from_ms as "from", to_ms as "to", done, page_token as "pageToken", page_size as "pageSize", pages_ok as "pagesOk", restarts
       from outdial.retrieval_windows where job_id = $1 order by no`,
      [jobId],
    );
  }

  /**
   * Takes a retrieval for a process (see JobLedger.take), unless another one of the campaign is running for an overlapping
   * window: then that one is returned.
   */
  take(run: OwnedRun, executor: string): Promise<"taken" | "gone" | { readonly blockedBy: Blocker }> {
    return this.store.commit(async (tx) => {
      const [retrieval] = await tx.query<{ campaignId: string; from: string; to: string }>(
        `select campaign_id as "campaignId", from_ms as "from", to_ms as "to" from outdial.retrievals where job_id = $1`,
        [run.jobId],
      );
      if (retrieval === undefined) return "gone" as const;
      await tx.query(CAMPAIGN_LOCK, [retrieval.campaignId]);
      const others = await tx.query<Blocker>(
        `select id as "jobId", executor from outdial.jobs join outdial.retrievals on job_id = id
         where retrievals.campaign_id = $1 and id <> $2 and status = 'running' and from_ms <= $4 and to_ms >= $3 limit 1`,
        [retrieval.campaignId, run.jobId, retrieval.from, retrieval.to],
      );
      if (others[0] !== undefined) return { blockedBy: others[0] };
      return takeRun(tx, run, executor, this.store.now());
    });
  }

  /** The latest observation of any call of a campaign; 0 when there is none. */
  async observedUpto(campaignId: string): Promise<number> {
    const [row] = await this.store.query<{ upto: number | null }>(
      `select greatest((select max(observed_upto) from outdial.retrieval_windows join outdial.retrievals using (job_id) where campaign_id = $1),
         (select max(observed_upto) from outdial.read_periods where campaign_id = $1)) as upto`,
      [campaignId],
    );
    return row?.upto ?? 0;
  }

  /** Adds a page's files to the list and moves the checkpoint, in one transaction. Throws StoreError `not_owner`. */
  async commitPage(page: PageCommit): Promise<void> {
    await this.store.commit(async (tx) => {
      const [, , moved] = await together([
        tx.fence(page.jobId, page.executor, "share"),
        addFiles(tx, page.files, this.store.now()),
        advance(tx, page),
      ]);
      if (moved !== 1) throw notOwner(page.jobId, page.executor);
    });
  }

  /**
   * Records a page that could not be fetched. With `restart`, the window is read again from its first page. Throws StoreError
   * `not_owner`.
   */
  async noteFailure(failure: {
    readonly jobId: string;
    readonly executor: string;
    readonly windowNo: number;
    readonly pageSize: number;
    /** Number of requests sent for it. */
    readonly attempts: number;
    readonly restart: boolean;
  }): Promise<void> {
    const { jobId, executor, windowNo, pageSize, attempts, restart } = failure;
    const rows = await this.store.query(
      `update outdial.retrieval_windows set pages_failed = pages_failed + 1, attempts = attempts + $6, page_size = $4, restarts = restarts + $5::boolean::int,
         page_token = case when $5 then null else page_token end
       where job_id = $1 and no = $3 and exists (select from outdial.jobs where id = $1 and executor = $2 and status = 'running') returning 1`,
      [jobId, executor, windowNo, pageSize, restart, attempts],
    );
    if (rows.length !== 1) throw notOwner(jobId, executor);
  }

  /**
   * Cancels a retrieval that nobody runs and that has not ended, with its audit entry in the same transaction. @returns whether it
   * was such a one
   */
  giveUp({
    jobId,
    reason,
    audit,
  }: {
    readonly jobId: string;
    readonly reason: unknown;
    readonly audit: AuditInput;
  }): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const given = await tx.change(
        `update outdial.jobs set status = 'cancelled', error = $2, executor = null, finished_at = $3
         where id = $1 and status in ('ready', 'stopped')`,
        [jobId, JSON.stringify(reason), new Date(this.store.now())],
      );
      if (given === 1) tx.audit([audit]);
      return given === 1;
    });
  }

  /** Ends a run, with its audit entry in the same transaction. Throws StoreError `not_owner`. */
  async end(
    end: JobEnd & {
      readonly jobId: string;
      readonly executor: string;
      readonly calls?: number | undefined;
      readonly complianceHash?: string | undefined;
      readonly compared?: unknown;
      readonly audit: AuditInput;
    },
  ): Promise<void> {
    const { jobId, executor, calls, complianceHash, compared } = end;
    await this.store.commit(async (tx) => {
      await tx.fence(jobId, executor);
      await endJob(tx, jobId, end, this.store.now());
      await tx.query(
        `update outdial.retrievals set calls = coalesce($2, calls), compliance_hash = coalesce($3, compliance_hash),
           compared = coalesce($4, compared) where job_id = $1`,
        [jobId, calls ?? null, complianceHash ?? null, compared === undefined ? null : JSON.stringify(compared)],
      );
      tx.audit([end.audit]);
    });
  }

  /** What was read of the calls of campaigns within a period, end exclusive. */
  async held({ campaigns, from, to }: HeldQuery): Promise<{ readonly reads: ReadStretch[]; readonly told: ToldDials[] }> {
    const ours = campaigns === undefined ? null : [...campaigns];
    const [reads, told] = await Promise.all([
      this.store.query<ReadStretch>(HELD, [ours, from, to]),
      this.store.query<ToldDials>(
        `select campaign_id as "campaignId", (extract(epoch from day) * 1000)::bigint as day, dials, gone from outdial.told_dials
         where ($1::text[] is null or campaign_id = any($1)) and day >= $2 and day <= $3 order by campaign_id, day`,
        [ours, dayOf(from), dayOf(to)],
      ),
    ]);
    return { reads, told };
  }

  /** Keeps how many dials the tenant says there were; where it says nothing, what it said before stays. */
  async tell(campaignId: string, days: readonly Pick<ToldDials, "day" | "dials">[], lists: readonly string[]): Promise<void> {
    for (const { day, dials } of days)
      await this.store.query(
        `insert into outdial.told_dials as known (campaign_id, day, dials, lists, gone, told_at)
         values ($1, $2, $3, $4, array(select distinct list from outdial.told_dials b, unnest(b.lists || b.gone) list
           where b.campaign_id = $1 and b.day between $2::date - 7 and $2::date + 7 and list <> all($4) order by list), $5)
         on conflict (campaign_id, day) do update set lists = excluded.lists, gone = excluded.gone, told_at = excluded.told_at,
           dials = array(select greatest(told, before) from unnest(excluded.dials, known.dials) with ordinality as u (told, before, n) order by n)`,
        [campaignId, dayOf(day), [...dials], [...lists], new Date(this.store.now())],
      );
  }

  /** Whether the CRM has ever acknowledged a call of the campaign. */
  async hasAcknowledgements(campaignId: string): Promise<boolean> {
    const rows = await this.store.query("select from outdial.crm_acknowledged where campaign_id = $1 limit 1", [campaignId]);
    return rows.length > 0;
  }

  /** Ids of the campaign's calls that the CRM has acknowledged, for the start hours that a window touches, in pages. */
  async *acknowledged(query: {
    readonly campaignId: string;
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<readonly string[]> {
    for (let after = ""; ; ) {
      const rows: { id: string }[] = await this.store.query<{ id: string }>(
        `select call_id as id from outdial.crm_acknowledged
         where campaign_id = $1 and start_hour > $2 and start_hour <= $3 and call_id collate "C" > $4 order by call_id collate "C" limit 10000`,
        [query.campaignId, new Date(query.from - 3_600_000), new Date(query.to), after],
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(({ id }) => id);
      after = last.id;
    }
  }
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

interface HeldQuery {
  /** Undefined for all. */
  readonly campaigns: readonly string[] | undefined;
  readonly from: number;
  readonly to: number;
}

/** Windows of retrievals by what they tell. A retrieval is short when something that is certain counts more; dials are compared day by day. */
export const STRETCHES = `select r.campaign_id, r.codes, w.from_ms, w.to_ms, w.observed_upto, case when not w.done then 'begun' when exists (
      select from json_array_elements(r.compared) c where (c ->> 'certain')::boolean and c ->> 'brought' is null
        and r.calls < (c ->> 'share')::float8 * (c ->> 'count')::float8) then 'short' else 'read' end as kind
  from outdial.retrievals r join outdial.retrieval_windows w using (job_id)`;

const HELD = `select campaign_id as "campaignId", codes, kind, lower(stretch) as "from", upper(stretch) as "to" from (
    select campaign_id, codes, kind, range_agg(stretches) as stretches from (
      select campaign_id, codes, kind, int8multirange(int8range(from_ms, to_ms + 1)) as stretches from (${STRETCHES}
        where ($1::text[] is null or r.campaign_id = any($1)) and w.from_ms < $3 and w.to_ms >= $2 and (w.done or w.pages_ok > 0)) here
      union all select campaign_id, codes, kind, stretches * int8multirange(int8range($2::bigint, $3::bigint)) from outdial.read_periods
        where $1::text[] is null or campaign_id = any($1)) read
    group by campaign_id, codes, kind) merged, unnest(stretches) as stretch order by campaign_id, lower(stretch)`;

const ADVANCE = `update outdial.retrieval_windows set pages_ok = pages_ok + 1, attempts = attempts + $13, page_token = $4, done = $4::text is null, page_size = $5,
    rows = rows + $6, unfinished = unfinished + $7, earliest_unfinished = least(earliest_unfinished, $8),
    quarantined = case when $9 = '{}' then quarantined else quarantined || (
      select jsonb_object_agg(key, value::bigint + coalesce((quarantined ->> key)::bigint, 0)) from jsonb_each_text($9::jsonb)) end,
    bytes = bytes + $10, page_ms = page_ms + $11, observed_upto = greatest(observed_upto, $12)
  where job_id = $1 and no = $2 and pages_ok = $3 and not done`;

function advance(tx: Tx, page: PageCommit): Promise<number> {
  const bytes = page.files.reduce((sum, file) => sum + file.bytes, 0);
  return tx.change({
    name: "retrieval-advance",
    text: ADVANCE,
    values: [
      page.jobId,
      page.windowNo,
      page.after,
      page.nextToken,
      page.pageSize,
      page.rows,
      page.unfinished,
      page.earliestUnfinished ?? null,
      JSON.stringify(page.quarantined),
      bytes,
      page.latencyMs,
      page.observedAt,
      page.attempts,
    ],
  });
}

// Retrievals as rows: the SELECT with the sums over windows, and the conversion of a row.

/** A row of `RETRIEVAL_COLUMNS`. */
interface RetrievalRow extends Omit<Retrieval, "totals">, Omit<RetrievalTotals, "quarantined"> {
  readonly quarantined: Record<string, number> | null;
}

/** The `select` of a retrieval with its totals, without its conditions. */
const RETRIEVAL_COLUMNS = `select r.job_id as "jobId", r.campaign_id as "campaignId", r.from_ms as "from", r.to_ms as "to", r.codes, r.page_limit as "pageLimit",
  j.actor, j.status, j.executor, j.run, j.created_at as "createdAt", j.started_at as "startedAt", j.finished_at as "finishedAt", j.error, r.calls,
  r.compliance_hash as "complianceHash", r.compared, w.*,
  (select json_object_agg(reason, n) from (
     select key as reason, sum(value::bigint)::bigint as n from outdial.retrieval_windows q, jsonb_each_text(q.quarantined) where q.job_id = r.job_id group by key) as sums) as quarantined
  from outdial.retrievals r join outdial.jobs j on j.id = r.job_id cross join lateral (
    select count(*)::int as windows, (count(*) filter (where done))::int as "windowsDone", coalesce(sum(pages_ok), 0)::bigint as "pagesOk",
      coalesce(sum(pages_failed), 0)::bigint as "pagesFailed", coalesce(sum(attempts), 0)::bigint as attempts, coalesce(sum(restarts), 0)::bigint as restarts, coalesce(sum(rows), 0)::bigint as rows,
      coalesce(sum(unfinished), 0)::bigint as unfinished, min(earliest_unfinished) as "earliestUnfinished", coalesce(sum(bytes), 0)::bigint as bytes,
      coalesce(sum(page_ms), 0)::float8 as "pageMs"
    from outdial.retrieval_windows where job_id = r.job_id) w`;

/** A retrieval from its row. */
function toRetrieval(row: RetrievalRow): Retrieval {
  const { windows, windowsDone, pagesOk, pagesFailed, attempts, restarts, rows, ...more } = row;
  const { unfinished, earliestUnfinished, bytes, pageMs, quarantined, ...retrieval } = more;
  return {
    ...retrieval,
    totals: {
      windows,
      windowsDone,
      pagesOk,
      pagesFailed,
      attempts,
      restarts,
      rows,
      unfinished,
      earliestUnfinished,
      quarantined: quarantined ?? {},
      bytes,
      pageMs,
    },
  };
}
