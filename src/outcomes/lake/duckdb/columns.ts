// The columns of the lake's files as DuckDB reads and copies them.

import { FILE_METADATA } from "../columns.ts";
import type { Connection } from "./engine.ts";
import { literal } from "./engine.ts";

/** Columns of calls as files hold them. */
export const CALL_COLUMNS =
  "call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds, direction, agent_id, contact_id, list_id, attempt, raw, digest, observed_at, run_id";
/** Columns of the file of rows that could not be read. */
export const QUARANTINE_COLUMNS = "run_id, campaign_id, reason, detail, call_id, row, observed_at";

/** Rows of a row group: the writer holds a whole one in memory. */
const ROW_GROUP = 20_480;

/** Copies what a SELECT gives to a Parquet file. @returns how many rows */
export async function copyToParquet(
  connection: Connection,
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
