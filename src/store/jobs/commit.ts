// The path of every item: results, audit entries, events and the chunk's progress in one transaction, each exactly once.
//
// Two flights of statements: first the items go in (whatever was there already is left alone) and the audit log's lock is taken; then,
// knowing which items are new, their entries and events follow. Locks are always taken in the order items, audit log, job: two writers
// can wait for each other, but not in a circle.

import { lockHead } from "../audit/append.ts";
import type { AuditLog } from "../audit/log.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { type Connection, type Database, together } from "../database/database.ts";
import { StoreError } from "../error.ts";
import { insertEvents } from "../outbox/insert.ts";
import type { Batch, BatchWritten, ItemResult, ItemUpdate, NewItem } from "./types.ts";

const INSERT_ITEMS = {
  name: "items-insert",
  text: `insert into outdial.job_items (job_id, line, call_id, result, status_code, reason, attempts, latency_ms, call_status, finished_at)
    select $1, line, call_id, result, status_code, reason, attempts, latency_ms, call_status, to_timestamp(finished_at / 1000)
    from unnest($2::int[], ${textColumn("$3")}, ${textColumn("$4")}, $5::smallint[], ${textColumn("$6")}, $7::smallint[], $8::real[], ${textColumn("$9")}, $10::float8[])
      as item (line, call_id, result, status_code, reason, attempts, latency_ms, call_status, finished_at)
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
export async function commitBatch(database: Database, audit: AuditLog, batch: Batch, now: number): Promise<BatchWritten> {
  const { jobId, items } = batch;
  const entries = batch.audit ?? [];
  const { lines, appended } = await database.transaction(async (connection) => {
    const [lines, head] = await together([
      insertItems(connection, jobId, items, now),
      entries.length > 0 ? lockHead(connection) : Promise.resolve(undefined),
    ]);
    const all = lines.length === items.length;
    const isNew = all ? () => true : newOnly(lines);
    const dueEntries = entries.filter(isNew);
    const dueEvents = (batch.events ?? []).filter(isNew);
    const written = head && dueEntries.length > 0 ? audit.appendBehind(connection, head, dueEntries) : undefined;
    await together([
      ...(written?.sent ?? []),
      ...(dueEvents.length > 0 ? [insertEvents(connection, dueEvents, now)] : []),
      ...(lines.length > 0 ? [addCounts(connection, jobId, countNew(items, lines), batch.executor)] : []),
      ...(batch.intentUpto !== undefined || batch.chunkDone ? [advanceChunk(connection, batch)] : []),
    ]);
    return { lines, appended: written?.appended };
  });
  if (appended) audit.committed(appended);
  return { lines };
}

function newOnly(lines: readonly number[]): (one: { line?: number | undefined }) => boolean {
  const fresh = new Set(lines);
  return ({ line }) => line === undefined || fresh.has(line);
}

async function insertItems(connection: Connection, jobId: string, items: readonly NewItem[], now: number): Promise<number[]> {
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
    numberArray(items.map(({ finishedAt }) => finishedAt ?? now)),
  ];
  const { rows } = await connection.query<{ line: number }>({ ...INSERT_ITEMS, values });
  return rows.map(({ line }) => line);
}

function countNew(items: readonly NewItem[], lines: readonly number[]): Partial<Record<ItemResult, number>> {
  const fresh = new Set(lines);
  const counts: Partial<Record<ItemResult, number>> = {};
  for (const { line, result } of items) if (fresh.delete(line)) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

async function addCounts(
  connection: Connection,
  jobId: string,
  delta: Partial<Record<ItemResult, number>>,
  executor: string | undefined,
): Promise<void> {
  const { rowCount } = await connection.query({ ...ADD_COUNTS, values: [jobId, JSON.stringify(delta), executor ?? null] });
  if (rowCount !== 1) throw executor === undefined ? noJob(jobId) : notOwner(jobId, executor);
}

async function advanceChunk(connection: Connection, { jobId, chunkNo, intentUpto, chunkDone }: Batch): Promise<void> {
  const { rowCount } = await connection.query({
    ...ADVANCE_CHUNK,
    values: [jobId, chunkNo, intentUpto ?? 0, chunkDone ?? false],
  });
  if (rowCount !== 1) throw new StoreError("not_found", `job ${jobId} has no chunk ${chunkNo}`);
}

/** The error for a job that is not in the ledger. */
export function noJob(jobId: string): StoreError {
  return new StoreError("not_found", `there is no job ${jobId}`, { advice: "List jobs with: outdial jobs list" });
}

/** The error for a job that another replica has taken, or that was ended meanwhile. */
export function notOwner(jobId: string, executor: string): StoreError {
  return new StoreError("not_owner", `job ${jobId} is not run by ${executor} any more`);
}

/** Settles one item; see JobLedger.updateItem. */
export async function updateItem(database: Database, audit: AuditLog, update: ItemUpdate, now: number): Promise<boolean> {
  const { jobId, line, set } = update;
  const entries = update.audit ?? [];
  const { changed, appended } = await database.transaction(async (connection) => {
    const before = await readForUpdate(connection, jobId, line);
    if (before === undefined) throw new StoreError("not_found", `job ${jobId} has no item of line ${line}`);
    if (!(update.from ?? ["unknown", "locked"]).some((state) => state === before)) return { changed: false, appended: undefined };
    await connection.query({
      text: `update outdial.job_items set result = coalesce($3, result), status_code = coalesce($4, status_code), reason = case when $5 then $6 else reason end,
          attempts = coalesce($7, attempts), latency_ms = coalesce($8, latency_ms), call_status = coalesce($9, call_status), finished_at = $10
        where job_id = $1 and line = $2`,
      values: [
        jobId,
        line,
        set.result ?? null,
        set.statusCode ?? null,
        set.reason !== undefined,
        typeof set.reason === "string" ? storable(set.reason) : null,
        set.attempts ?? null,
        set.latencyMs ?? null,
        typeof set.callStatus === "string" ? storable(set.callStatus) : null,
        new Date(set.finishedAt ?? now),
      ],
    });
    const head = entries.length > 0 ? await lockHead(connection) : undefined;
    if (set.result !== undefined && set.result !== before) {
      await addCounts(connection, jobId, { [before]: -1, [set.result]: 1 }, update.executor);
    }
    const written = head && audit.appendBehind(connection, head, entries);
    const events = update.events ?? [];
    await together([...(written?.sent ?? []), ...(events.length > 0 ? [insertEvents(connection, events, now)] : [])]);
    return { changed: true, appended: written?.appended };
  });
  if (appended) audit.committed(appended);
  return changed;
}

async function readForUpdate(connection: Connection, jobId: string, line: number): Promise<ItemResult | undefined> {
  const { rows } = await connection.query<{ result: ItemResult }>({
    text: "select result from outdial.job_items where job_id = $1 and line = $2 for update",
    values: [jobId, line],
  });
  return rows[0]?.result;
}
