// The columns of the lake's files, version 1, and how batches of rows become Parquet.

import { type OutcomeRecord, SCHEMA_VERSION } from "../../record/index.ts";
import type { QuarantinedRow } from "../lake.ts";
import type { Connection, Engine } from "./engine.ts";
import { literal } from "./engine.ts";

/** Columns of calls as files hold them. */
export const CALL_COLUMNS =
  "call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds, direction, agent_id, contact_id, list_id, attempt, raw, digest, observed_at, run_id";
export const QUARANTINE_COLUMNS = "run_id, campaign_id, reason, detail, call_id, row, observed_at";

/** A kind of rows on its way into a file: the staging table, how it is filled, what is copied out. */
export interface Staging<Row> {
  readonly table: string;
  readonly create: string;
  readonly values: readonly ((row: Row) => string | number | null)[];
  /** What is copied out. The campaign, which all rows of a file share, is not staged. */
  readonly select: (campaignId: string) => string;
}

/** Times are staged as DOUBLE: a number of the language as it is, exact far beyond any date. */
export const CALLS: Staging<StagedCall> = {
  table: "staged_calls",
  create: `call_id VARCHAR, disposition_code VARCHAR, start_ms DOUBLE, end_ms DOUBLE, direction VARCHAR, agent_id VARCHAR, contact_id VARCHAR,
    list_id VARCHAR, attempt INTEGER, raw VARCHAR, digest VARCHAR, observed_ms DOUBLE, run_id VARCHAR`,
  values: [
    ({ record }) => record.callId,
    ({ record }) => record.dispositionCode,
    ({ record }) => record.startTime,
    ({ record }) => record.endTime,
    ({ record }) => record.direction,
    ({ record }) => record.agentId ?? null,
    ({ record }) => record.contactId ?? null,
    ({ record }) => record.listId ?? null,
    ({ record }) => record.attempt ?? null,
    ({ record }) => record.raw ?? null,
    ({ digest }) => digest,
    ({ record }) => record.observedAt,
    ({ record }) => record.runId,
  ],
  select: (
    campaignId,
  ) => `SELECT call_id, ${literal(campaignId)} AS campaign_id, disposition_code, epoch_ms(start_ms::BIGINT) AS start_time,
    epoch_ms(end_ms::BIGINT) AS end_time, (end_ms - start_ms) / 1000 AS duration_seconds, direction, agent_id, contact_id, list_id, attempt, raw,
    unhex(digest) AS digest, epoch_ms(observed_ms::BIGINT) AS observed_at, run_id FROM staged_calls`,
};

/** A record with its digest in hex. */
export interface StagedCall {
  readonly record: OutcomeRecord;
  readonly digest: string;
}

export const QUARANTINED: Staging<QuarantinedRow> = {
  table: "staged_quarantine",
  create: "run_id VARCHAR, reason VARCHAR, detail VARCHAR, call_id VARCHAR, row VARCHAR, observed_ms DOUBLE",
  values: [
    (row) => row.runId,
    (row) => row.reason,
    (row) => row.detail,
    (row) => row.callId ?? null,
    (row) => row.row,
    (row) => row.observedAt,
  ],
  select: (campaignId) => `SELECT run_id, ${literal(campaignId)} AS campaign_id, reason, detail, call_id, row,
    epoch_ms(observed_ms::BIGINT) AS observed_at FROM staged_quarantine`,
};

/** Writes rows to a Parquet file through a temporary table of this connection. */
export async function writeParquet<Row>(
  engine: Engine,
  connection: Connection,
  staging: Staging<Row>,
  rows: readonly Row[],
  campaignId: string,
  path: string,
): Promise<void> {
  await connection.run(`CREATE TEMP TABLE IF NOT EXISTS ${staging.table} (${staging.create}); TRUNCATE ${staging.table}`);
  await append(engine, connection, staging, rows);
  // Parts are merged before long: compressing them well would cost more than it saves.
  await copyToParquet(connection, staging.select(campaignId), path, "snappy");
  await connection.run(`TRUNCATE ${staging.table}`);
}

/** Copies what a SELECT gives to a Parquet file. @returns how many rows */
export async function copyToParquet(
  connection: Connection,
  select: string,
  path: string,
  compression: "snappy" | "zstd",
): Promise<number> {
  const result = await connection.run(
    `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION ${compression}, KV_METADATA {outdial_schema: '${SCHEMA_VERSION}'})`,
  );
  const [row] = await result.getRowsJS();
  return Number(row?.[0] ?? 0);
}

/** Rows of one vector of DuckDB. */
const VECTOR = 2048;

async function append<Row>({ duck }: Engine, connection: Connection, staging: Staging<Row>, rows: readonly Row[]): Promise<void> {
  const appender = await connection.createAppender(staging.table);
  try {
    const types = staging.values.map((_, column) => appender.columnType(column));
    for (let from = 0; from < rows.length; from += VECTOR) {
      const some = rows.slice(from, from + VECTOR);
      const chunk = duck.DuckDBDataChunk.create(types, some.length);
      for (const [column, value] of staging.values.entries()) chunk.setColumnValues(column, some.map(value));
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
