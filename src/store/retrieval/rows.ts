// Retrievals as rows: the SELECT with the sums over windows, and the conversion of a row.

import type { JobStatus } from "../jobs/types.ts";
import type { Retrieval } from "./types.ts";

/** A row of `RETRIEVAL_COLUMNS`. */
export interface RetrievalRow {
  readonly jobId: string;
  readonly campaignId: string;
  readonly from: number;
  readonly to: number;
  readonly codes: string[] | null;
  readonly pageLimit: number;
  readonly actor: string;
  readonly status: JobStatus;
  readonly executor: string | null;
  readonly run: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly error: unknown;
  readonly calls: number | null;
  readonly complianceHash: string | null;
  readonly compared: unknown;
  readonly windows: number;
  readonly windowsDone: number;
  readonly pagesOk: number;
  readonly pagesFailed: number;
  readonly attempts: number;
  readonly restarts: number;
  readonly rows: number;
  readonly unfinished: number;
  readonly earliestUnfinished: number | null;
  readonly quarantined: Record<string, number> | null;
  readonly bytes: number;
  readonly pageMs: number;
}

/** The `select` of a retrieval with its totals, without its conditions. */
export const RETRIEVAL_COLUMNS = `select r.job_id as "jobId", r.campaign_id as "campaignId", r.from_ms as "from", r.to_ms as "to", r.codes, r.page_limit as "pageLimit",
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
export function toRetrieval(row: RetrievalRow): Retrieval {
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
