// The job ledger: what was requested, how far it got, and the result of every line.

import { Ledger, type StoreCore, type Tx } from "../commit.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { together } from "../database/database.ts";
import { noJob, notOwner, StoreError } from "../error.ts";
import { type TenantIdentity, tenantWords } from "../tenant/tenant-of-store.ts";
import { insertJob, JOB, type JobRow, oneOf, toJob } from "./rows.ts";
import { type OwnedRun, takeRun } from "./take.ts";
import {
  type Batch,
  type BatchWritten,
  type Chunk,
  ITEM_RESULTS,
  type ItemCounts,
  type ItemResult,
  type ItemUpdate,
  JOB_STATUSES,
  type Job,
  type JobChange,
  type JobConflict,
  type JobItem,
  type JobStatus,
  type LockedRows,
  type NewChunk,
  type NewItem,
  type NewJob,
} from "./types.ts";

const ENDS: readonly JobStatus[] = ["done", "partly_failed", "failed", "stopped", "cancelled"];
const ITEM_PAGE = 2_000;

const ITEM = `line, call_id as "callId", result, status_code as "statusCode", reason, attempts, latency_ms as "latencyMs",
  call_status as "callStatus", vendor_body as "vendorBody", finished_at as "finishedAt"`;

/** Whether the store was another tenant's than `t` when the job was created; a tenant without a name may have got one since. */
const OF_ANOTHER = "(t.address <> tenant_address or (tenant_name is not null and t.name is distinct from tenant_name))";

/** Reads and writes jobs; every method is one statement or one transaction. */
export class JobLedger extends Ledger {
  /** Creates a job. Throws StoreError `audit_set_back`. */
  createJob(job: NewJob): Promise<Job> {
    return insertJob(this.store, this.store, job);
  }

  /** Deletes a job that is still being planned, with everything planned. False when there is none in `planning`. */
  async deletePlan(jobId: string): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const deleted = await tx.change("delete from outdial.jobs where id = $1 and status = 'planning'", [jobId]);
      if (deleted === 1) await tx.query("delete from outdial.job_conflicts where job_id = $1", [jobId]);
      return deleted === 1;
    });
  }

  async getJob(jobId: string): Promise<Job | undefined> {
    const [row] = await this.store.query<JobRow>(`select ${JOB} from outdial.jobs where id = $1`, [jobId]);
    return row && toJob(row);
  }

  /** A job, and whether the engine has assigned a run of it to the process at the same moment. */
  async getOwned(
    { jobId, workflow, owned }: OwnedRun,
    executor: string,
  ): Promise<(Job & { readonly owned: boolean }) | undefined> {
    const [row] = await this.store.query<JobRow & { owned: boolean }>(
      `with owned as (${owned}) select ${JOB}, exists (select from owned) as owned from outdial.jobs where id = $3`,
      [workflow, executor, jobId],
    );
    return row && { ...toJob(row), owned: row.owned };
  }

  /** The latest job planned from the same content for the same campaign; jobs still in planning are ignored. */
  async findJobByContent(content: {
    kind: string;
    campaignId?: string | undefined;
    contentHash: string;
  }): Promise<Job | undefined> {
    const [row] = await this.store.query<JobRow>(
      `select ${JOB} from outdial.jobs where content_hash = $1 and kind = $2 and campaign_id is not distinct from $3 and status <> 'planning'
       order by created_at desc, id desc limit 1`,
      [content.contentHash, content.kind, content.campaignId ?? null],
    );
    return row && toJob(row);
  }

  /** Jobs, newest first. `after` is the last job of the page before. */
  async listJobs(
    query: { status?: readonly JobStatus[]; kinds?: readonly string[]; after?: Job; limit?: number } = {},
  ): Promise<Job[]> {
    const { status, kinds, after, limit = 50 } = query;
    // The statuses are part of the statement, so that an index on these jobs is used.
    const named = status?.map((one) => `'${oneOf(JOB_STATUSES, one)}'`).join(", ");
    const ofStatus = named === undefined ? "true" : named === "" ? "false" : `status in (${named})`;
    const rows = await this.store.query<JobRow>(
      `select ${JOB} from outdial.jobs where ${ofStatus} and ($1::text[] is null or kind = any($1))
         and ($2::timestamptz is null or (created_at, id) < ($2, $3))
       order by created_at desc, id desc limit $4`,
      [kinds ?? null, after === undefined ? null : new Date(after.createdAt), after?.id ?? null, limit],
    );
    return rows.map(toJob);
  }

  /** Jobs that are paused or have failed, newest first. */
  async standingJobs(query: { readonly kinds: readonly string[]; readonly limit: number }): Promise<Job[]> {
    // The statuses are part of the statement, so that an index on these jobs is used.
    const rows = await this.store.query<JobRow>(
      `select ${JOB} from outdial.jobs where status in ('stopped', 'failed') and (kind = any($1)) is true
       order by created_at desc, id desc limit $2`,
      [query.kinds, query.limit],
    );
    return rows.map(toJob);
  }

  /**
   * Changes a job. With `from`, only when its status is one of these, so that one of two competing callers succeeds; with `by`,
   * only while it is this replica's. Throws StoreError `not_found`, `not_owner`, or `invalid_state` with its present status.
   */
  async updateJob(jobId: string, change: JobChange, from?: readonly JobStatus[], by?: string): Promise<Job> {
    const { status, error } = change;
    const [row] = await this.store.query<JobRow>(
      `update outdial.jobs set status = coalesce($4, status),
         finished_at = case when $4 is null then finished_at when $4 = any($5::text[]) then $6::timestamptz end,
         started_at = case when $4 = 'running' then coalesce(started_at, $6) else started_at end,
         content_hash = coalesce($7, content_hash), total_rows = coalesce($8, total_rows), summary = coalesce($9, summary),
         error = case when $10 then $11 else error end, executor = case when $12 then $13 else executor end
       where id = $1 and ($2::text[] is null or status = any($2)) and ($3::text is null or executor = $3) returning ${JOB}`,
      [
        jobId,
        from ?? null,
        by ?? null,
        status ?? null,
        ENDS,
        new Date(this.store.now()),
        change.contentHash ?? null,
        change.totalRows ?? null,
        change.summary === undefined ? null : JSON.stringify(change.summary),
        error !== undefined,
        error === undefined || error === null ? null : JSON.stringify(error),
        change.executor !== undefined,
        change.executor ?? null,
      ],
    );
    if (row) return toJob(row);
    const there = await this.getJob(jobId);
    if (!there) throw noJob(jobId);
    if (by !== undefined && (from ?? [there.status]).includes(there.status)) throw notOwner(jobId, by);
    throw new StoreError("invalid_state", `job ${jobId} is ${there.status}; this needs ${(from ?? []).join(" or ")}`, {
      details: { status: there.status },
    });
  }

  /**
   * Opens a new run of a job if it is still as `seen`; one of several callers succeeds. `take` decides who takes the run.
   * @returns the number of the run, or undefined when the job has moved on. Throws StoreError `other_tenant` when the store was
   * another tenant's when the job was created
   */
  async openRun(seen: Pick<Job, "id" | "run" | "status">, scope?: string): Promise<number | undefined> {
    const [row] = await this.store.query<{ run: number }>(
      `update outdial.jobs set executor = null, run = run + 1, status = 'ready', finished_at = null, error = null, scope = coalesce($4, scope)
       where id = $1 and run = $2 and status = $3 and status in ('ready', 'running', 'stopped', 'failed')
         and not exists (select from outdial.tenant_of_store t where ${OF_ANOTHER}) returning run`,
      [seen.id, seen.run, seen.status, scope ?? null],
    );
    if (row === undefined) await this.#requireOwnTenant(seen.id);
    return row?.run;
  }

  /** Throws StoreError `other_tenant` for a job of the store's previous tenant. */
  async #requireOwnTenant(jobId: string): Promise<void> {
    const [other] = await this.store.query<TenantIdentity & { readonly jobName: string | null; readonly jobAddress: string }>(
      `select t.name, t.address, tenant_name as "jobName", tenant_address as "jobAddress" from outdial.jobs, outdial.tenant_of_store t
       where id = $1 and ${OF_ANOTHER}`,
      [jobId],
    );
    if (other === undefined) return;
    const [of, now] = [tenantWords(other.jobAddress, other.jobName), tenantWords(other.address, other.name)];
    throw new StoreError("other_tenant", `job ${jobId} belongs to the tenant ${of}; the store now belongs to ${now}`, {
      advice:
        "Start a new job with its file for this tenant. When the store was bound to the wrong tenant: outdial context rebind.",
    });
  }

  /**
   * Takes a run of a job for a process; from then on, the ledger's writes are fenced by it. The engine's own assignment of the
   * run is checked in the same statement, so a process that was frozen while its run was given to another takes nothing.
   * @returns "gone" when the job has ended or has another run
   */
  take(run: OwnedRun, executor: string): Promise<"taken" | "gone"> {
    return this.store.commit((tx) => takeRun(tx, run, executor, this.store.now()));
  }

  /** A process releases a job: it paused, failed, or was cancelled. No work of it may still be running. */
  async letGo(jobId: string, executor: string, reason: unknown): Promise<void> {
    await this.store.query(
      `update outdial.jobs set executor = null, status = case status when 'running' then 'stopped' else status end,
         error = case status when 'running' then $3 else error end, finished_at = case status when 'running' then $4 else finished_at end
       where id = $1 and executor = $2 and status in ('running', 'cancelled')`,
      [jobId, executor, JSON.stringify(reason), new Date(this.store.now())],
    );
  }

  /**
   * Cancels a job that has not ended. A running job stays with its replica, which releases it when none of its work is running.
   * Throws StoreError `not_found`, or `invalid_state` with its final status.
   */
  async cancelJob(jobId: string): Promise<void> {
    const rows = await this.store.query(
      `update outdial.jobs set status = 'cancelled', finished_at = $2, executor = case when status = 'running' then executor end
       where id = $1 and status in ('planning', 'ready', 'running', 'stopped', 'failed') returning 1`,
      [jobId, new Date(this.store.now())],
    );
    if (rows.length === 1) return;
    const there = await this.getJob(jobId);
    if (!there) throw noJob(jobId);
    throw new StoreError("invalid_state", `job ${jobId} is ${there.status} already`, { details: { status: there.status } });
  }

  /**
   * Number of rows without a result that may have been sent: those in chunks that a process announced and neither finished nor
   * withdrew, because it is still running or died.
   */
  async countAnnounced(jobId: string): Promise<number> {
    const [row] = await this.store.query<{ count: number }>(
      `select coalesce(sum(greatest(intent_upto - (select count(*) from outdial.job_items
           where job_id = $1 and line between chunk.first_line and chunk.last_line), 0)), 0)::int as count
         from outdial.job_chunks as chunk where job_id = $1 and not done and intent_upto > 0`,
      [jobId],
    );
    return row?.count ?? 0;
  }

  /** Figures of the rows that were locked at the tenant; undefined when there are none. */
  async lockedRows(jobId: string): Promise<LockedRows | undefined> {
    const [row] = await this.store.query<{ rows: number; attempts: number; p50: number | null; p95: number; max: number }>(
      `select count(*)::int as rows, coalesce(sum(attempts), 0)::int as attempts, max(latency_ms)::float8 as max,
         percentile_disc(0.5) within group (order by latency_ms)::float8 as p50, percentile_disc(0.95) within group (order by latency_ms)::float8 as p95
       from outdial.job_items where job_id = $1 and result = 'locked'`,
      [jobId],
    );
    if (row === undefined || row.rows === 0) return undefined;
    const { rows, attempts, p50, p95, max } = row;
    return { rows, attempts, latencyMs: p50 === null ? null : { p50, p95, max } };
  }

  /** Stores chunks of a job; an existing chunk is left as it is. */
  async addChunks(jobId: string, chunks: readonly NewChunk[]): Promise<void> {
    if (chunks.length === 0) return;
    await this.store.query(
      `insert into outdial.job_chunks (job_id, chunk_no, first_line, last_line, payload)
        select $1, * from unnest($2::int[], $3::int[], $4::int[], ${textColumn("$5")}) on conflict do nothing`,
      [
        jobId,
        numberArray(chunks.map(({ chunkNo }) => chunkNo)),
        numberArray(chunks.map(({ firstLine }) => firstLine)),
        numberArray(chunks.map(({ lastLine }) => lastLine)),
        joinTexts(chunks.map(({ payload }) => payload)),
      ],
    );
  }

  /** Records lines that contradict another line; the first record of a line is kept. */
  async addConflicts(jobId: string, conflicts: readonly JobConflict[]): Promise<void> {
    if (conflicts.length === 0) return;
    await this.store.query(
      `insert into outdial.job_conflicts (job_id, line, other_line) select $1, * from unnest($2::int[], $3::int[]) on conflict do nothing`,
      [jobId, numberArray(conflicts.map(({ line }) => line)), numberArray(conflicts.map(({ otherLine }) => otherLine))],
    );
  }

  /** Numbers of the chunks that are not done, ascending. */
  async listChunkNumbers(jobId: string): Promise<number[]> {
    const rows = await this.store.query<{ no: number }>(
      "select chunk_no as no from outdial.job_chunks where job_id = $1 and not done order by chunk_no",
      [jobId],
    );
    return rows.map(({ no }) => no);
  }

  /** Number of the chunk that contains a line, or undefined. */
  async chunkOfLine(jobId: string, line: number): Promise<number | undefined> {
    const [row] = await this.store.query<{ no: number }>(
      "select chunk_no as no from outdial.job_chunks where job_id = $1 and first_line <= $2 and last_line >= $2 limit 1",
      [jobId, line],
    );
    return row?.no;
  }

  /** A chunk with its progress. Throws StoreError `not_found`. */
  async readChunk(jobId: string, chunkNo: number): Promise<Chunk> {
    const lines = "line between (select first_line from chunk) and (select last_line from chunk)";
    const [row] = await this.store.query<Omit<Chunk, "doneLines"> & { doneLines: number[] }>(
      `with chunk as (select * from outdial.job_chunks where job_id = $1 and chunk_no = $2)
       select chunk_no as "chunkNo", first_line as "firstLine", last_line as "lastLine", payload, intent_upto as "intentUpto", done,
         (select coalesce(json_agg(json_build_object('line', line, 'otherLine', other_line) order by line), '[]')
            from outdial.job_conflicts where job_id = $1 and ${lines}) as conflicts,
         (select coalesce(json_agg(line), '[]') from outdial.job_items where job_id = $1 and ${lines}) as "doneLines"
       from chunk`,
      [jobId, chunkNo],
    );
    if (!row) throw new StoreError("not_found", `job ${jobId} has no chunk ${chunkNo}`);
    return { ...row, doneLines: new Set(row.doneLines) };
  }

  /**
   * Records, durably when it resolves, that rows up to `upto` (counted by the caller within the chunk) may be sent. It never
   * decreases. With `executor`, only while the job runs under that replica. Throws StoreError `not_found`, `not_owner`.
   */
  async advanceIntent(jobId: string, chunkNo: number, upto: number, executor?: string): Promise<void> {
    const rows = await this.store.query(
      `update outdial.job_chunks set intent_upto = greatest(intent_upto, $3) where job_id = $1 and chunk_no = $2
       and ($4::text is null or exists (select from outdial.jobs where id = $1 and executor = $4 and status = 'running')) returning 1`,
      [jobId, chunkNo, upto, executor ?? null],
    );
    if (rows.length !== 1 && executor !== undefined) throw notOwner(jobId, executor);
    if (rows.length !== 1) throw new StoreError("not_found", `job ${jobId} has no chunk ${chunkNo}`);
  }

  /**
   * Withdraws an announcement down to `upto`: rows after it were certainly not sent, or have their result. Only by the replica
   * that runs the job; throws StoreError `not_owner`.
   */
  async withdrawIntent(jobId: string, chunkNo: number, upto: number, executor: string): Promise<void> {
    const rows = await this.store.query(
      `update outdial.job_chunks set intent_upto = least(intent_upto, $3) where job_id = $1 and chunk_no = $2
       and exists (select from outdial.jobs where id = $1 and executor = $4) returning 1`,
      [jobId, chunkNo, upto, executor],
    );
    if (rows.length !== 1) throw notOwner(jobId, executor);
  }

  /**
   * Writes results with their audit entries and events, the announcement and the chunk's end in one transaction, each item
   * exactly once. An existing item stays as it is, and entries and events of its line are not written again. Throws StoreError
   * `not_found`, `audit_key`.
   */
  commitBatch(batch: Batch): Promise<BatchWritten> {
    return commitBatch(this.store, batch);
  }

  /**
   * Settles an `unknown` item or completes a `locked` one, with its audit entries and events in the same transaction. False, and
   * nothing is written, when the item is in another state. Throws StoreError `not_found`.
   */
  updateItem(update: ItemUpdate): Promise<boolean> {
    return updateItem(this.store, update);
  }

  /** A page of items by line. */
  async listItems(
    jobId: string,
    query: { results?: readonly ItemResult[] | undefined; after?: number | undefined; limit?: number | undefined } = {},
  ): Promise<JobItem[]> {
    const rows = await this.store.query<JobItem>(
      `select ${ITEM} from outdial.job_items where job_id = $1 and line > $2 and ($3::text[] is null or result = any($3)) order by line limit $4`,
      [jobId, query.after ?? -1, query.results ?? null, query.limit ?? ITEM_PAGE],
    );
    return rows.map((row) => ({ ...row, result: oneOf(ITEM_RESULTS, row.result) }));
  }

  /** Items by line, read in pages: constant memory. @param query.most largest number of items; default all */
  async *iterateItems(
    jobId: string,
    query: { results?: readonly ItemResult[]; after?: number; most?: number } = {},
  ): AsyncGenerator<JobItem> {
    let left = query.most ?? Number.POSITIVE_INFINITY;
    for (let after = query.after; left > 0; ) {
      const limit = Math.min(ITEM_PAGE, left);
      const page: JobItem[] = await this.listItems(jobId, { results: query.results, after, limit });
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < limit) return;
      left -= page.length;
      after = last.line;
    }
  }

  /** Number of items by result, counted from the items themselves. */
  async countItems(jobId: string): Promise<ItemCounts> {
    const rows = await this.store.query<{ result: ItemResult; count: number }>(
      "select result, count(*)::int as count from outdial.job_items where job_id = $1 group by result",
      [jobId],
    );
    return Object.fromEntries(rows.map(({ result, count }) => [result, count]));
  }
}

// Writes the results of items: results, audit entries, events and the chunk's progress in one transaction, each exactly once.
//
// There are two groups of statements: first the items are inserted (existing ones are left alone) and the audit log's lock is
// taken; then, when it is known which items are new, their entries and events follow. Locks are always taken in the order items,
// audit log, job, so writers can wait for each other but never deadlock.

const INSERT_ITEMS = {
  name: "items-insert",
  text: `insert into outdial.job_items (job_id, line, call_id, result, status_code, reason, attempts, latency_ms, call_status, vendor_body, finished_at)
    select $1, line, call_id, result, status_code, reason, attempts, latency_ms, call_status, vendor_body, to_timestamp(finished_at / 1000)
    from unnest($2::int[], ${textColumn("$3")}, ${textColumn("$4")}, $5::smallint[], ${textColumn("$6")}, $7::smallint[], $8::real[], ${textColumn("$9")}, ${textColumn("$10")}, $11::float8[])
      as item (line, call_id, result, status_code, reason, attempts, latency_ms, call_status, vendor_body, finished_at)
    on conflict do nothing returning line`,
};

const ADVANCE_CHUNK = {
  name: "chunk-advance",
  text: `update outdial.job_chunks set intent_upto = greatest(intent_upto, $3), done = done or $4
    where job_id = $1 and chunk_no = $2`,
};

const ADD_COUNTS = {
  name: "job-counts",
  text: `update outdial.jobs set counts = counts || (
      select coalesce(jsonb_object_agg(key, value::bigint + coalesce((counts ->> key)::bigint, 0)), '{}') from jsonb_each_text($2::jsonb)
    ) where id = $1 and ($3::text is null or executor = $3)`,
};

/** Writes a batch; see JobLedger.commitBatch. */
function commitBatch(store: StoreCore, batch: Batch): Promise<BatchWritten> {
  const { jobId, items, audit = [], events = [] } = batch;
  return store.commit(async (tx) => {
    const [lines] = await together([
      insertItems(tx, jobId, items, store.now()),
      audit.length > 0 ? tx.lockAudit() : Promise.resolve(),
    ]);
    const isNew = lines.length === items.length ? () => true : newOnly(lines);
    tx.audit(audit.filter(isNew));
    tx.emit(events.filter(isNew));
    if (lines.length > 0) tx.last(() => addCounts(tx, jobId, countNew(items, lines), batch.executor));
    if (batch.intentUpto !== undefined || batch.chunkDone) tx.last(() => advanceChunk(tx, batch));
    return { lines };
  });
}

function newOnly(lines: readonly number[]): (one: { line?: number | undefined }) => boolean {
  const fresh = new Set(lines);
  return ({ line }) => line === undefined || fresh.has(line);
}

async function insertItems(tx: Tx, jobId: string, items: readonly NewItem[], now: number): Promise<number[]> {
  if (items.length === 0) return [];
  const values = [
    jobId,
    numberArray(items.map(({ line }) => line)),
    joinTexts(items.map(({ callId }) => callId)),
    joinTexts(items.map(({ result }) => result)),
    numberArray(items.map(({ statusCode }) => statusCode ?? null)),
    joinTexts(items.map(({ reason }) => reason ?? null)),
    numberArray(items.map(({ attempts }) => attempts)),
    numberArray(items.map(({ latencyMs }) => latencyMs ?? null)),
    joinTexts(items.map(({ callStatus }) => callStatus ?? null)),
    joinTexts(items.map(({ vendorBody }) => vendorBody ?? null)),
    numberArray(items.map(({ finishedAt }) => finishedAt ?? now)),
  ];
  const rows = await tx.query<{ line: number }>({ ...INSERT_ITEMS, values });
  return rows.map(({ line }) => line);
}

function countNew(items: readonly NewItem[], lines: readonly number[]): Partial<Record<ItemResult, number>> {
  const fresh = new Set(lines);
  const counts: Partial<Record<ItemResult, number>> = {};
  for (const { line, result } of items) if (fresh.delete(line)) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

async function addCounts(
  tx: Tx,
  jobId: string,
  delta: Partial<Record<ItemResult, number>>,
  executor: string | undefined,
): Promise<void> {
  const changed = await tx.change({ ...ADD_COUNTS, values: [jobId, JSON.stringify(delta), executor ?? null] });
  if (changed !== 1) throw executor === undefined ? noJob(jobId) : notOwner(jobId, executor);
}

async function advanceChunk(tx: Tx, { jobId, chunkNo, intentUpto, chunkDone }: Batch): Promise<void> {
  const changed = await tx.change({ ...ADVANCE_CHUNK, values: [jobId, chunkNo, intentUpto ?? 0, chunkDone ?? false] });
  if (changed !== 1) throw new StoreError("not_found", `job ${jobId} has no chunk ${chunkNo}`);
}

/** Settles one item; see JobLedger.updateItem. */
function updateItem(store: StoreCore, update: ItemUpdate): Promise<boolean> {
  const { jobId, line, set, from = ["unknown", "locked"] } = update;
  return store.commit(async (tx) => {
    const [item] = await tx.query<{ result: ItemResult }>(
      "select result from outdial.job_items where job_id = $1 and line = $2 for update",
      [jobId, line],
    );
    if (item === undefined) throw new StoreError("not_found", `job ${jobId} has no item of line ${line}`);
    const before = item.result;
    if (!from.some((state) => state === before)) return false;
    await tx.query(
      `update outdial.job_items set result = coalesce($3, result), status_code = coalesce($4, status_code), reason = case when $5 then $6 else reason end,
          attempts = coalesce($7, attempts), latency_ms = coalesce($8, latency_ms), call_status = coalesce($9, call_status), vendor_body = coalesce($11, vendor_body), finished_at = $10
        where job_id = $1 and line = $2`,
      [
        jobId,
        line,
        set.result ?? null,
        set.statusCode ?? null,
        set.reason !== undefined,
        typeof set.reason === "string" ? storable(set.reason) : null,
        set.attempts ?? null,
        set.latencyMs ?? null,
        typeof set.callStatus === "string" ? storable(set.callStatus) : null,
        new Date(set.finishedAt ?? store.now()),
        typeof set.vendorBody === "string" ? storable(set.vendorBody) : null,
      ],
    );
    const { result } = set;
    if (result !== undefined && result !== before)
      tx.last(() => addCounts(tx, jobId, { [before]: -1, [result]: 1 }, update.executor));
    tx.audit(update.audit ?? []);
    tx.emit(update.events ?? []);
    return true;
  });
}
