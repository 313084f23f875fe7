// The job ledger: what was asked, how far it got, and how every line ended.

import { type Selectable, sql } from "kysely";
import type { Clock } from "../../kernel/index.ts";
import type { AuditLog } from "../audit/log.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import type { Database } from "../database/database.ts";
import type { Tables } from "../database/schema.ts";
import { StoreError } from "../error.ts";
import { commitBatch, noJob, notOwner, updateItem } from "./commit.ts";
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
  type NewChunk,
  type NewJob,
} from "./types.ts";

const ENDS: readonly JobStatus[] = ["done", "partly_failed", "failed", "stopped", "cancelled"];
const ITEM_PAGE = 2_000;

/** Reads and writes jobs; every method is one statement or one transaction. */
export class JobLedger {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #clock: Clock;

  constructor(database: Database, audit: AuditLog, clock: Clock) {
    this.#database = database;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Enters a new job. */
  async createJob(job: NewJob): Promise<Job> {
    const row = await this.#database.kysely
      .insertInto("outdial.jobs")
      .values({
        id: job.id,
        kind: job.kind,
        campaign_id: job.campaignId ?? null,
        source_name: storable(job.sourceName),
        content_hash: job.contentHash,
        options: JSON.stringify(job.options ?? null),
        actor: job.actor,
        status: job.status ?? "planning",
        executor: job.executor ?? null,
        created_at: new Date(this.#clock.now()),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toJob(row);
  }

  /** Removes a job that is still being planned, with all that was planned. False when there is none in `planning`. */
  async deletePlan(jobId: string): Promise<boolean> {
    return this.#database.transaction(async (connection) => {
      const { rowCount } = await connection.query({
        text: "delete from outdial.jobs where id = $1 and status = 'planning'",
        values: [jobId],
      });
      if (rowCount !== 1) return false;
      await connection.query({ text: "delete from outdial.job_conflicts where job_id = $1", values: [jobId] });
      return true;
    });
  }

  async getJob(jobId: string): Promise<Job | undefined> {
    const row = await this.#database.kysely.selectFrom("outdial.jobs").selectAll().where("id", "=", jobId).executeTakeFirst();
    return row && toJob(row);
  }

  /** The latest job that was planned from the same content for the same campaign; jobs still in planning do not count. */
  async findJobByContent(content: {
    kind: string;
    campaignId?: string | undefined;
    contentHash: string;
  }): Promise<Job | undefined> {
    const row = await this.#database.kysely
      .selectFrom("outdial.jobs")
      .selectAll()
      .where("content_hash", "=", content.contentHash)
      .where("kind", "=", content.kind)
      .where("campaign_id", "is not distinct from", content.campaignId ?? null)
      .where("status", "!=", "planning")
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    return row && toJob(row);
  }

  /** Jobs, newest first. `after` is the last job of the page before. */
  async listJobs(
    query: { status?: readonly JobStatus[]; kinds?: readonly string[]; after?: Job; limit?: number } = {},
  ): Promise<Job[]> {
    let select = this.#database.kysely
      .selectFrom("outdial.jobs")
      .selectAll()
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(query.limit ?? 50);
    const { status, kinds, after } = query;
    if (status !== undefined) select = select.where("status", "in", [...status]);
    if (kinds !== undefined) select = select.where("kind", "in", [...kinds]);
    if (after !== undefined) {
      const at = new Date(after.createdAt);
      select = select.where(sql<boolean>`(created_at, id) < (${at}, ${after.id})`);
    }
    return (await select.execute()).map(toJob);
  }

  /**
   * Changes a job. With `from`, only when its status is one of these, so that of two who want to take a job one does; with `by`, only while
   * it is this replica's. Throws StoreError `not_found`, `not_owner`, or `invalid_state` naming the status it is in.
   */
  async updateJob(jobId: string, change: JobChange, from?: readonly JobStatus[], by?: string): Promise<Job> {
    const now = new Date(this.#clock.now());
    const { status } = change;
    let update = this.#database.kysely.updateTable("outdial.jobs").where("id", "=", jobId);
    if (from !== undefined) update = update.where("status", "in", [...from]);
    if (by !== undefined) update = update.where("executor", "=", by);
    if (status !== undefined) {
      update = update.set({ status, finished_at: ENDS.includes(status) ? now : null });
      if (status === "running") update = update.set({ started_at: sql<Date>`coalesce(started_at, ${now})` });
    }
    if (change.contentHash !== undefined) update = update.set({ content_hash: change.contentHash });
    if (change.totalRows !== undefined) update = update.set({ total_rows: change.totalRows });
    if (change.summary !== undefined) update = update.set({ summary: JSON.stringify(change.summary) });
    if (change.error !== undefined) update = update.set({ error: change.error === null ? null : JSON.stringify(change.error) });
    if (change.executor !== undefined) update = update.set({ executor: change.executor });
    const row = await update.set({ id: jobId }).returningAll().executeTakeFirst();
    if (row) return toJob(row);
    const there = await this.getJob(jobId);
    if (!there) throw noJob(jobId);
    if (by !== undefined && (from ?? [there.status]).includes(there.status)) throw notOwner(jobId, by);
    throw new StoreError("invalid_state", `job ${jobId} is ${there.status}; this needs ${(from ?? []).join(" or ")}`, {
      details: { status: there.status },
    });
  }

  /**
   * Takes a job to run it, if it is still as `seen`: of several replicas that try, exactly one does.
   * @returns the number of this run, or undefined when the job has moved on
   */
  async claimJob(seen: Pick<Job, "id" | "run" | "executor" | "status">, executor: string): Promise<number | undefined> {
    const [row] = await this.#database.query<{ run: number }>(
      `update outdial.jobs set executor = $4, run = run + 1, status = 'running', started_at = coalesce(started_at, $5), finished_at = null, error = null
       where id = $1 and run = $2 and executor is not distinct from $3 and status = $6 and status in ('ready', 'running', 'stopped', 'failed') returning run`,
      [seen.id, seen.run, seen.executor, executor, new Date(this.#clock.now()), seen.status],
    );
    return row?.run;
  }

  /**
   * Cancels a job that has not ended. One that runs stays with its replica, which lets go of it once nothing of it is under way.
   * Throws StoreError `not_found`, or `invalid_state` naming the end that it has come to.
   */
  async cancelJob(jobId: string): Promise<void> {
    const rows = await this.#database.query(
      `update outdial.jobs set status = 'cancelled', finished_at = $2, executor = case when status = 'running' then executor end
       where id = $1 and status in ('planning', 'ready', 'running', 'stopped', 'failed') returning 1`,
      [jobId, new Date(this.#clock.now())],
    );
    if (rows.length === 1) return;
    const there = await this.getJob(jobId);
    if (!there) throw noJob(jobId);
    throw new StoreError("invalid_state", `job ${jobId} is ${there.status} already`, { details: { status: there.status } });
  }

  /**
   * Rows without a result that may have been sent all the same: those of chunks that a process announced and neither finished nor withdrew,
   * because it still runs or because it died.
   */
  async countAnnounced(jobId: string): Promise<number> {
    const [row] = await this.#database.query<{ count: number }>(
      `select coalesce(sum(greatest(intent_upto - (select count(*) from outdial.job_items
           where job_id = $1 and line between chunk.first_line and chunk.last_line), 0)), 0)::int as count
         from outdial.job_chunks as chunk where job_id = $1 and not done and intent_upto > 0`,
      [jobId],
    );
    return row?.count ?? 0;
  }

  /** Stores chunks of a job; a chunk stored before is left as it is. */
  async addChunks(jobId: string, chunks: readonly NewChunk[]): Promise<void> {
    if (chunks.length === 0) return;
    await this.#database.query(
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

  /** Records lines that contradict another line; the first record of a line stays. */
  async addConflicts(jobId: string, conflicts: readonly JobConflict[]): Promise<void> {
    if (conflicts.length === 0) return;
    await this.#database.query(
      `insert into outdial.job_conflicts (job_id, line, other_line) select $1, * from unnest($2::int[], $3::int[]) on conflict do nothing`,
      [jobId, numberArray(conflicts.map(({ line }) => line)), numberArray(conflicts.map(({ otherLine }) => otherLine))],
    );
  }

  /** Numbers of the chunks that are not done, ascending. */
  async listChunkNumbers(jobId: string): Promise<number[]> {
    const rows = await this.#database.query<{ no: number }>(
      "select chunk_no as no from outdial.job_chunks where job_id = $1 and not done order by chunk_no",
      [jobId],
    );
    return rows.map(({ no }) => no);
  }

  /** Number of the chunk that holds a line, or undefined. */
  async chunkOfLine(jobId: string, line: number): Promise<number | undefined> {
    const [row] = await this.#database.query<{ no: number }>(
      "select chunk_no as no from outdial.job_chunks where job_id = $1 and first_line <= $2 and last_line >= $2 limit 1",
      [jobId, line],
    );
    return row?.no;
  }

  /** A chunk with its progress. Throws StoreError `not_found`. */
  async readChunk(jobId: string, chunkNo: number): Promise<Chunk> {
    const lines = "line between (select first_line from chunk) and (select last_line from chunk)";
    const [row] = await this.#database.query<Omit<Chunk, "doneLines"> & { doneLines: number[] }>(
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
   * Records, durably when it resolves, that sends up to `upto` (in the caller's count within the chunk) may have happened. Never goes back.
   * With `executor`, only while the job runs under that replica. Throws StoreError `not_found`, `not_owner`.
   */
  async advanceIntent(jobId: string, chunkNo: number, upto: number, executor?: string): Promise<void> {
    const rows = await this.#database.query(
      `update outdial.job_chunks set intent_upto = greatest(intent_upto, $3) where job_id = $1 and chunk_no = $2
       and ($4::text is null or exists (select from outdial.jobs where id = $1 and executor = $4 and status = 'running')) returning 1`,
      [jobId, chunkNo, upto, executor ?? null],
    );
    if (rows.length !== 1 && executor !== undefined) throw notOwner(jobId, executor);
    if (rows.length !== 1) throw new StoreError("not_found", `job ${jobId} has no chunk ${chunkNo}`);
  }

  /**
   * Takes an announcement back to `upto`: what was announced behind it was surely not sent, or has its result. Only by the replica that has
   * the job; throws StoreError `not_owner`.
   */
  async withdrawIntent(jobId: string, chunkNo: number, upto: number, executor: string): Promise<void> {
    const rows = await this.#database.query(
      `update outdial.job_chunks set intent_upto = least(intent_upto, $3) where job_id = $1 and chunk_no = $2
       and exists (select from outdial.jobs where id = $1 and executor = $4) returning 1`,
      [jobId, chunkNo, upto, executor],
    );
    if (rows.length !== 1) throw notOwner(jobId, executor);
  }

  /**
   * Writes results with their audit entries and events, the intent and the chunk's end: one transaction, each item exactly once.
   * An item that is there already stays as it is, and the entries and events of its line are not written again.
   * Throws StoreError `not_found`, `audit_key`.
   */
  commitBatch(batch: Batch): Promise<BatchWritten> {
    return commitBatch(this.#database, this.#audit, batch, this.#clock.now());
  }

  /**
   * Settles an `unknown` item or completes a `locked` one, with its audit entries and events in the same transaction.
   * False, and nothing written, when the item is in another state. Throws StoreError `not_found`.
   */
  updateItem(update: ItemUpdate): Promise<boolean> {
    return updateItem(this.#database, this.#audit, update, this.#clock.now());
  }

  /** A page of items by line. */
  async listItems(
    jobId: string,
    query: { results?: readonly ItemResult[] | undefined; after?: number | undefined; limit?: number | undefined } = {},
  ): Promise<JobItem[]> {
    let select = this.#database.kysely
      .selectFrom("outdial.job_items")
      .selectAll()
      .where("job_id", "=", jobId)
      .where("line", ">", query.after ?? -1)
      .orderBy("line")
      .limit(query.limit ?? ITEM_PAGE);
    if (query.results !== undefined) select = select.where("result", "in", [...query.results]);
    return (await select.execute()).map(toItem);
  }

  /** Items by line, page by page: constant memory. @param query.most so many at most; all by default */
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

  /** Items by result, counted from the items themselves. */
  async countItems(jobId: string): Promise<ItemCounts> {
    const rows = await this.#database.query<{ result: ItemResult; count: number }>(
      "select result, count(*)::int as count from outdial.job_items where job_id = $1 group by result",
      [jobId],
    );
    return Object.fromEntries(rows.map(({ result, count }) => [result, count]));
  }
}

type JobRow = Selectable<Tables["outdial.jobs"]>;

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    campaignId: row.campaign_id,
    sourceName: row.source_name,
    contentHash: row.content_hash,
    options: row.options,
    actor: row.actor,
    status: oneOf(JOB_STATUSES, row.status),
    totalRows: row.total_rows,
    counts: Object.fromEntries(Object.entries(row.counts).filter(([, count]) => count > 0)),
    summary: row.summary,
    error: row.error,
    executor: row.executor,
    run: row.run,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

function toItem(row: Selectable<Tables["outdial.job_items"]>): JobItem {
  return {
    line: row.line,
    callId: row.call_id,
    result: oneOf(ITEM_RESULTS, row.result),
    statusCode: row.status_code,
    reason: row.reason,
    attempts: row.attempts,
    latencyMs: row.latency_ms,
    callStatus: row.call_status,
    finishedAt: row.finished_at,
  };
}

/** A text that the table's check constraint allows, as its type. */
function oneOf<T extends string>(allowed: readonly T[], text: string): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined)
    throw new StoreError("invalid_state", `the database holds ${JSON.stringify(text)}; allowed are ${allowed.join(", ")}`);
  return found;
}
