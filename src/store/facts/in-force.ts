// The rows of an import that are in force, counted in the transactions that add them. Such a transaction is refused when the
// import was marked as broken off in the meantime.

import type { Tx } from "../commit.ts";
import { StoreError } from "../error.ts";
import type { FactTable, ImportCounts } from "./types.ts";

/** A process works on it, as far as is known. */
export const UNDER_WAY = "finished_at is null and broken_off_at is null";

/**
 * For other facts, last in their transaction: counts the import's rows that are in force with it. Throws StoreError `not_owner`
 * when the import was marked as broken off in the meantime: nothing more may take effect, or the recorded counts would be wrong.
 */
export async function countInForce(tx: Tx, importId: string | undefined, table: FactTable, rows: number): Promise<void> {
  if (importId === undefined) return;
  const counted = await tx.change(
    `update outdial.fact_imports set beat_at = clock_timestamp(),
       in_force = in_force || jsonb_build_object($2::text, coalesce((in_force->>$2::text)::bigint, 0) + $3)
     where id = $1 and ${UNDER_WAY}`,
    [importId, table, rows],
  );
  if (counted === 0) throw takenForBroken(importId);
}

/** The error of a process that continues an import too late. */
export function takenForBroken(id: string): StoreError {
  return new StoreError("not_owner", `the import ${id} gave no sign of life for too long and counts as broken off`, {
    advice: "Import the file again: the part that was read is in force, the rest is added.",
  });
}

/** Looks of the gate that were made without facts that are there now are made again. */
export async function expireLooks(tx: Tx, now: number): Promise<void> {
  await tx.query("update outdial.tenant_readings set good_until = $1 where what = 'gate'", [new Date(now)]);
}

/** Ends an import inside of a transaction that writes its audit entry. Throws StoreError `not_owner`. */
export async function endImport(
  tx: Tx,
  id: string,
  {
    contentHash,
    counts,
    completes,
    now,
  }: {
    readonly contentHash: string;
    readonly counts: ImportCounts;
    readonly completes: readonly string[];
    readonly now: number;
  },
): Promise<void> {
  const ended = await tx.change(
    `update outdial.fact_imports set finished_at = $2, content_hash = $3, counts = $4 where id = $1 and ${UNDER_WAY}`,
    [id, new Date(now), contentHash, JSON.stringify(counts)],
  );
  if (ended === 0) throw takenForBroken(id);
  await expireLooks(tx, now);
  if (completes.length > 0)
    await tx.query("update outdial.fact_imports set completed_by = $2 where id = any($1::text[])", [[...completes], id]);
}
