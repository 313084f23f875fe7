// Jobs as rows: how they are read, and how ledgers create and end them inside of their own transactions.

import type { StoreCore, Tx } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { JOB_STATUSES, type Job, type JobEnd, type NewJob } from "./types.ts";

/** The columns of a job, for `select`. */
export const JOB = `id, kind, campaign_id as "campaignId", source_name as "sourceName", content_hash as "contentHash", options, actor, status,
  total_rows as "totalRows", counts, summary, error, executor, run, profile, scope, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt",
  tenant_name as "tenantName", tenant_address as "tenantAddress"`;

/** A row of `JOB`. */
export type JobRow = Omit<Job, "counts"> & { readonly counts: Readonly<Record<string, number>> };

/** A job from its row. */
export function toJob(row: JobRow): Job {
  const counts = Object.fromEntries(Object.entries(row.counts).filter(([, count]) => count > 0));
  return { ...row, status: oneOf(JOB_STATUSES, row.status), counts };
}

/** A text that the table's check constraint allows, with its type. */
export function oneOf<T extends string>(allowed: readonly T[], text: string): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined)
    throw new StoreError("invalid_state", `the database holds ${JSON.stringify(text)}; allowed are ${allowed.join(", ")}`);
  return found;
}

/**
 * Creates a job. Throws StoreError `audit_set_back` on a database that was set back without anybody accepting it, `other_tenant`.
 */
export async function insertJob(
  store: Pick<StoreCore, "hold" | "now" | "profile">,
  to: Pick<StoreCore | Tx, "query">,
  job: NewJob,
): Promise<Job> {
  store.hold.check();
  const [row] = await to.query<JobRow>(
    `insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, executor, created_at, profile, scope, tenant_name, tenant_address)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
       (select name from outdial.tenant_of_store), (select address from outdial.tenant_of_store)) returning ${JOB}`,
    [
      job.id,
      job.kind,
      job.campaignId ?? null,
      storable(job.sourceName),
      job.contentHash,
      JSON.stringify(job.options ?? null),
      job.actor,
      job.status ?? "planning",
      job.executor ?? null,
      new Date(store.now()),
      store.profile ?? "rest",
      job.scope ?? null,
    ],
  );
  if (row === undefined) throw new TypeError("an insert that returned no row");
  return toJob(row);
}

/** Ends the run of a job that the transaction holds by a fence; it then has no replica. */
export async function endJob(tx: Tx, jobId: string, { status, error }: JobEnd, now: number): Promise<void> {
  await tx.query("update outdial.jobs set status = $2, error = $3, executor = null, finished_at = $4 where id = $1", [
    jobId,
    status,
    error === undefined ? null : JSON.stringify(error),
    new Date(now),
  ]);
}
