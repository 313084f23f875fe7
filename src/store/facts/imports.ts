// Which files of facts were read, and how that went: an audit entry each.

import type { AuditLog } from "../audit/log.ts";
import { storable } from "../database/arrays.ts";
import type { Database } from "../database/database.ts";
import { withEntries } from "./suppression.ts";
import type { FactImport, ImportCounts } from "./types.ts";

/** From this many new rows on the planner's figures are brought up to date. */
const ANALYZE_ROWS = 10_000;
const TABLES: Readonly<Record<string, readonly string[]>> = {
  consent: ["consents", "revocations", "suppressions"],
  dnc: ["suppressions"],
  attempts: ["attempts"],
};

/** Notes that a file is being read; rows that follow carry its id. */
export async function startImport(database: Database, given: FactImport, now: number): Promise<void> {
  await database.query(
    "insert into outdial.fact_imports (id, kind, source_name, actor, started_at) values ($1, $2, $3, $4, $5)",
    [given.id, given.kind, storable(given.sourceName), storable(given.actor), new Date(now)],
  );
}

/** Notes how it went, with an audit entry of the counts and the file's hash. */
export async function finishImport(
  database: Database,
  audit: AuditLog,
  given: FactImport,
  contentHash: string,
  counts: ImportCounts,
  now: number,
): Promise<void> {
  await withEntries(database, audit, async (connection) => {
    await connection.query("update outdial.fact_imports set finished_at = $2, content_hash = $3, counts = $4 where id = $1", [
      given.id,
      new Date(now),
      contentHash,
      JSON.stringify(counts),
    ]);
    const details = { import: given.id, file: given.sourceName, contentHash, ...counts };
    return {
      result: undefined,
      entries: [{ actor: given.actor, action: `${given.kind}.import`, subject: given.sourceName, details }],
    };
  });
  if (counts.added < ANALYZE_ROWS) return;
  for (const table of TABLES[given.kind] ?? []) await database.query(`analyze outdial.${table}`);
}
