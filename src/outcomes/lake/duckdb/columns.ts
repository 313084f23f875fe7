// The columns of the lake's files for DuckDB.

import { FILE_METADATA } from "../columns.ts";
import type { LakeConnection } from "./engine.ts";
import { literal } from "./engine.ts";

/** Columns of files of calls. */
export const CALL_COLUMNS =
  "call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds, direction, agent_id, contact_id, list_id, attempt, raw, digest, observed_at, run_id";
/** Columns of files of quarantined rows. */
export const QUARANTINE_COLUMNS = "run_id, campaign_id, reason, detail, call_id, row, observed_at";

/** Rows per row group: the writer keeps a whole row group in memory. */
const ROW_GROUP = 20_480;

/** Copies the result of a SELECT to a Parquet file. @returns number of rows */
export async function copyToParquet(
  connection: LakeConnection,
  select: string,
  path: string,
  compression: "snappy" | "zstd",
): Promise<number> {
  const result = await connection.run(
    `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION ${compression}, ROW_GROUP_SIZE ${ROW_GROUP}, KV_METADATA {outdial_schema: '${FILE_METADATA.outdial_schema}'})`,
  );
  const [row] = await result.getRowsJS();
  return Number(row?.[0] ?? 0);
}
