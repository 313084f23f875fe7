// Which files of facts were read, and how that went: an audit entry each.

import type { StoreCore } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import type { FactImport, ImportCounts } from "./types.ts";

/** From this many new rows on the planner's figures are brought up to date. */
const ANALYZE_ROWS = 10_000;
const TABLES: Readonly<Record<string, readonly string[]>> = {
  consent: ["consents", "revocations", "suppressions"],
  dnc: ["suppressions"],
  attempts: ["attempts"],
};

/** Notes that a file is being read; rows that follow carry its id. */
export async function startImport(store: StoreCore, given: FactImport): Promise<void> {
  await store.query("insert into outdial.fact_imports (id, kind, source_name, actor, started_at) values ($1, $2, $3, $4, $5)", [
    given.id,
    given.kind,
    storable(given.sourceName),
    storable(given.actor),
    new Date(store.now()),
  ]);
}

/** Notes how it went, with an audit entry of the counts and the file's hash. */
export async function finishImport(
  store: StoreCore,
  given: FactImport,
  contentHash: string,
  counts: ImportCounts,
): Promise<void> {
  await store.commit(async (tx) => {
    await tx.query("update outdial.fact_imports set finished_at = $2, content_hash = $3, counts = $4 where id = $1", [
      given.id,
      new Date(store.now()),
      contentHash,
      JSON.stringify(counts),
    ]);
    const details = { import: given.id, file: given.sourceName, contentHash, ...counts };
    tx.audit([{ actor: given.actor, action: `${given.kind}.import`, subject: given.sourceName, details }]);
  });
  if (counts.added < ANALYZE_ROWS) return;
  for (const table of TABLES[given.kind] ?? []) await store.query(`analyze outdial.${table}`);
}
