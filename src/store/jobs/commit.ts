// Writes the results of items: results, audit entries, events and the chunk's progress in one transaction, each exactly once.
//
// There are two groups of statements: first the items are inserted (existing ones are left alone) and the audit log's lock is
// taken; then, when it is known which items are new, their entries and events follow. Locks are always taken in the order items,
// audit log, job, so writers can wait for each other but never deadlock.

import type { StoreCore, Tx } from "../commit.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { together } from "../database/database.ts";
import { noJob, notOwner, StoreError } from "../error.ts";
import type { Batch, BatchWritten, ItemResult, ItemUpdate, NewItem } from "./types.ts";

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
export function commitBatch(store: StoreCore, batch: Batch): Promise<BatchWritten> {
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
export function updateItem(store: StoreCore, update: ItemUpdate): Promise<boolean> {
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
