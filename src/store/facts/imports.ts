// Imports of fact files and their results, each with an audit entry. An import whose process died is marked with how much of it
// is in force.

import type { AuditInput } from "../audit/entry.ts";
import type { StoreCore } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { endImport, takenForBroken, UNDER_WAY } from "./in-force.ts";
import { discardFile } from "./registry.ts";
import type { FactImport, ImportCounts, ImportRow, PrefixOfFile, RowsInForce, UnderWay } from "./types.ts";

/** From this many new rows on, the planner's statistics are updated. */
const ANALYZE_ROWS = 10_000;
const TABLES: Readonly<Record<string, readonly string[]>> = {
  consent: ["consents", "revocations", "suppressions"],
  dnc: ["suppressions"],
  attempts: ["attempts"],
};
/** At most so many broken off imports are compared with a new file. */
const COMPARED = 100;

const ROW = `id, kind, source_name as "sourceName", actor, started_at as "startedAt", finished_at as "finishedAt", counts, in_force as "inForce",
  bytes, prefix_hash as "prefixHash", broken_off_at as "brokenOffAt", reason, completed_by as "completedBy"`;

/** Records the start of an import; its rows carry its id. */
export async function startImport(store: StoreCore, given: FactImport): Promise<void> {
  await store.query(
    `insert into outdial.fact_imports (id, kind, source_name, actor, started_at, size, beat_at) values ($1, $2, $3, $4, $5, $6, clock_timestamp())
     on conflict (id) do nothing`,
    [given.id, given.kind, storable(given.sourceName), storable(given.actor), new Date(store.now()), given.size ?? null],
  );
}

/** Records that an import is still running. Throws StoreError `not_owner` when it was marked as broken off. */
export async function beatImport(store: StoreCore, id: string): Promise<void> {
  const [row] = await store.query(
    `update outdial.fact_imports set beat_at = clock_timestamp() where id = $1 and ${UNDER_WAY} returning 1`,
    [id],
  );
  if (row === undefined) throw takenForBroken(id);
}

/** Records how much of the file was read. */
export async function noteImport(store: StoreCore, id: string, { bytes, hash }: PrefixOfFile): Promise<void> {
  await store.query(`update outdial.fact_imports set bytes = $2, prefix_hash = $3 where id = $1 and ${UNDER_WAY}`, [
    id,
    bytes,
    hash,
  ]);
}

/** The imports of calls that are under way; undefined when there are none. One that is silent for long is none.
 * @param leastLine bytes that a line has at least */
export async function importsUnderWay(
  store: StoreCore,
  kind: "attempts",
  { silentMs, leastLine }: { readonly silentMs: number; readonly leastLine: number },
): Promise<UnderWay | undefined> {
  const [row] = await store.query<{ since: number | null; toCome: number | null }>(
    `select (extract(epoch from min(started_at)) * 1000)::float8 as since,
       case when bool_and(size is not null) then sum(greatest(0, size / $3 - coalesce((in_force ->> kind)::bigint, 0)))::float8 end as "toCome"
     from outdial.fact_imports where kind = $1 and ${UNDER_WAY} and beat_at > clock_timestamp() - $2 * interval '1 millisecond'`,
    [kind, silentMs, leastLine],
  );
  return row === undefined || row.since === null ? undefined : { since: row.since, toCome: row.toCome };
}

/** The state of an import. */
export async function findImport(store: StoreCore, id: string): Promise<ImportRow | undefined> {
  const [row] = await store.query<ImportRow>(`select ${ROW} from outdial.fact_imports where id = $1`, [id]);
  return row;
}

/** Newest first. @param only.brokenOff only imports that broke off and that no later import completed */
export function listImports(
  store: StoreCore,
  {
    brokenOff = false,
    after,
    limit,
  }: { readonly brokenOff?: boolean; readonly after?: string | undefined; readonly limit: number },
): Promise<ImportRow[]> {
  return store.query<ImportRow>(
    `select ${ROW} from outdial.fact_imports i
     where (not $1 or broken_off_at is not null and completed_by is null)
       and ($2::text is null or (started_at, id) < (select b.started_at, b.id from outdial.fact_imports b where b.id = $2))
     order by started_at desc, id desc limit $3`,
    [brokenOff, after ?? null, limit],
  );
}

/** Imports of a kind that broke off and that no later import completed: the present file may be one of theirs. */
export function brokenImports(store: StoreCore, kind: string): Promise<ImportRow[]> {
  return store.query<ImportRow>(
    `select ${ROW} from outdial.fact_imports where kind = $1 and broken_off_at is not null and completed_by is null
     order by started_at desc limit ${COMPARED}`,
    [kind],
  );
}

/**
 * Records the end of an import, with an audit entry of its counts and the file's hash. Throws StoreError `not_owner`, see
 * `countInForce`.
 * @param completes ids of imports of the same file that had broken off and that this one completes
 */
export async function finishImport(
  store: StoreCore,
  given: FactImport,
  contentHash: string,
  counts: ImportCounts,
  completes: readonly string[] = [],
): Promise<void> {
  await store.commit(async (tx) => {
    await endImport(tx, given.id, { contentHash, counts, completes, now: store.now() });
    const details = { import: given.id, file: given.sourceName, contentHash, ...counts };
    const more = completes.length === 0 ? {} : { completes };
    tx.audit([
      { actor: given.actor, action: `${given.kind}.import`, subject: given.sourceName, details: { ...details, ...more } },
    ]);
  });
  if (counts.added < ANALYZE_ROWS) return;
  for (const table of TABLES[given.kind] ?? []) await store.query(`analyze outdial.${table}`);
}

/**
 * Records that an import did not finish, with an audit entry of what is in force; false when that was recorded before. For a
 * caller that is told of it: when nothing was added, nothing is left to be done.
 */
export function breakOffImport(store: StoreCore, id: string, reason: string): Promise<boolean> {
  return breakOff(store, id, { reason, condition: "", isTold: true });
}

/**
 * Marks imports that no process works on any more: it died or is frozen. When it wakes up, its further work has no effect.
 * @param silentMs time without a sign of life
 * @returns the marked imports
 */
export async function nameBrokenImports(store: StoreCore, silentMs: number): Promise<ImportRow[]> {
  const silent = `and (beat_at is null or beat_at < clock_timestamp() - ${Math.round(silentMs)} * interval '1 millisecond')`;
  const found = await store.query<{ id: string }>(
    `select id from outdial.fact_imports where ${UNDER_WAY} ${silent} order by started_at`,
  );
  const named: ImportRow[] = [];
  for (const { id } of found) {
    if (!(await breakOff(store, id, { reason: SILENCE, condition: silent, isTold: false }))) continue;
    const row = await findImport(store, id);
    if (row !== undefined) named.push(row);
  }
  return named;
}

const SILENCE = "its process ended, or said nothing for too long";
/** Whether the import added rows that are in force. */
const ADDED = `exists (select from jsonb_each_text(in_force - 'registryNumbers') as added where added.value::bigint > 0)`;

async function breakOff(
  store: StoreCore,
  id: string,
  { reason, condition, isTold }: { readonly reason: string; readonly condition: string; readonly isTold: boolean },
): Promise<boolean> {
  const broken = await store.commit(async (tx) => {
    const [row] = await tx.query<ImportRow>(
      `update outdial.fact_imports set broken_off_at = $2, reason = $3, completed_by = case when $4 and not ${ADDED} then id end
       where id = $1 and ${UNDER_WAY} ${condition} returning ${ROW}`,
      [id, new Date(store.now()), storable(reason), isTold],
    );
    if (row !== undefined) tx.audit([brokenOffEntry(row, reason)]);
    return row;
  });
  if (broken === undefined) return false;
  const files = await store.query<{ id: number }>(
    "select id from outdial.registry_files where import_id = $1 and status = 'loading'",
    [id],
  );
  for (const file of files) await discardFile(store, file.id);
  return true;
}

function brokenOffEntry({ id, kind, sourceName, actor, inForce, bytes }: ImportRow, reason: string): AuditInput {
  const details: { readonly inForce: RowsInForce } & Record<string, unknown> = {
    import: id,
    file: sourceName,
    inForce,
    bytesRead: bytes,
    reason,
  };
  return { actor, action: `${kind}.import.broken-off`, subject: sourceName, details };
}
