// The columns of the lake's files, version 1, and how batches of rows become Parquet.

import { hash } from "node:crypto";
import { canonicalText, type OutcomeRecord, SCHEMA_VERSION } from "../../record/index.ts";
import type { QuarantinedRow } from "../lake.ts";
import type { Connection } from "./engine.ts";
import { literal } from "./engine.ts";

/** Columns of calls as files hold them. */
export const CALL_COLUMNS =
  "call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds, direction, agent_id, contact_id, list_id, attempt, raw, digest, observed_at, run_id";
export const QUARANTINE_COLUMNS = "run_id, campaign_id, reason, detail, call_id, row, observed_at";

/**
 * A kind of rows on its way into a file. Rows reach DuckDB as JSON, all of a batch as one text, and are taken apart on its own threads: handing
 * over each value by itself costs three times as much, on the thread that also reads the vendor's pages.
 */
export interface Staging<Row> {
  /** One row as JSON, without a line break. */
  readonly line: (row: Row) => string;
  /** The form of a line, for from_json. */
  readonly form: object;
  /** The columns of a file, of the struct `r`. The campaign, which all rows of a file share, is given. */
  readonly columns: (campaignId: string) => string;
}

export const CALLS: Staging<OutcomeRecord> = {
  line(record) {
    const text = canonicalText(record);
    return `{"digest":"${hash("sha256", text)}","observedAt":${record.observedAt},"record":${text},"runId":${JSON.stringify(record.runId)}}`;
  },
  form: {
    digest: "VARCHAR",
    observedAt: "BIGINT",
    runId: "VARCHAR",
    record: {
      agentId: "VARCHAR",
      attempt: "INTEGER",
      callId: "VARCHAR",
      contactId: "VARCHAR",
      direction: "VARCHAR",
      dispositionCode: "VARCHAR",
      endTime: "BIGINT",
      listId: "VARCHAR",
      raw: "VARCHAR",
      startTime: "BIGINT",
    },
  },
  columns: (
    campaignId,
  ) => `r.record.callId AS call_id, ${literal(campaignId)} AS campaign_id, r.record.dispositionCode AS disposition_code,
    epoch_ms(r.record.startTime) AS start_time, epoch_ms(r.record.endTime) AS end_time,
    (r.record.endTime - r.record.startTime) / 1000 AS duration_seconds, r.record.direction AS direction, r.record.agentId AS agent_id,
    r.record.contactId AS contact_id, r.record.listId AS list_id, r.record.attempt AS attempt, r.record.raw AS raw, unhex(r.digest) AS digest,
    epoch_ms(r.observedAt) AS observed_at, r.runId AS run_id`,
};

export const QUARANTINED: Staging<QuarantinedRow> = {
  line: ({ runId, reason, detail, callId, row, observedAt }) =>
    JSON.stringify({ runId, reason, detail: detail.toWellFormed(), callId, row, observedAt }),
  form: { runId: "VARCHAR", reason: "VARCHAR", detail: "VARCHAR", callId: "VARCHAR", row: "VARCHAR", observedAt: "BIGINT" },
  columns: (
    campaignId,
  ) => `r.runId AS run_id, ${literal(campaignId)} AS campaign_id, r.reason AS reason, r.detail AS detail, r.callId AS call_id,
    r.row AS row, epoch_ms(r.observedAt) AS observed_at`,
};

/** Writes rows to a Parquet file through a temporary table of this connection. */
export async function writeParquet<Row>(
  connection: Connection,
  staging: Staging<Row>,
  rows: readonly Row[],
  campaignId: string,
  path: string,
): Promise<void> {
  await connection.run("CREATE OR REPLACE TEMP TABLE staged (line VARCHAR)");
  const insert = await connection.prepare("INSERT INTO staged SELECT unnest(string_split($1, chr(10)))");
  try {
    // Bound and destroyed by hand: a parameter handed to `run` lives until the garbage collector, which does not know its size, comes round.
    insert.bindVarchar(1, rows.map(staging.line).join("\n"));
    await insert.run();
  } finally {
    insert.destroySync();
  }
  const parsed = `SELECT from_json(line, ${literal(JSON.stringify(staging.form))}) AS r FROM staged`;
  // Parts are merged before long: compressing them well would cost more than it saves.
  await copyToParquet(connection, `SELECT ${staging.columns(campaignId)} FROM (${parsed})`, path, "snappy");
  await connection.run("DROP TABLE staged");
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
