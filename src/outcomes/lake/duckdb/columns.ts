// The columns of the lake's files, version 1, and what DuckDB copies into files.

import { hash } from "node:crypto";
import { canonicalText, type OutcomeRecord, SCHEMA_VERSION } from "../../record/index.ts";
import type { QuarantinedRow } from "../lake.ts";
import type { ColumnSpec } from "../parquet/index.ts";
import type { Connection } from "./engine.ts";
import { literal } from "./engine.ts";

/** Columns of calls as files hold them. */
export const CALL_COLUMNS =
  "call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds, direction, agent_id, contact_id, list_id, attempt, raw, digest, observed_at, run_id";
export const QUARANTINE_COLUMNS = "run_id, campaign_id, reason, detail, call_id, row, observed_at";

/** What every file says of itself. */
export const FILE_METADATA = { outdial_schema: String(SCHEMA_VERSION) } as const;

/** The columns of a part. */
export function callColumns(records: readonly OutcomeRecord[]): readonly ColumnSpec<OutcomeRecord>[] {
  const digests = records.map((record) => hash("sha256", canonicalText(record), "binary"));
  return [
    { name: "call_id", type: "text", value: ({ callId }) => callId },
    { name: "campaign_id", type: "text", value: ({ campaignId }) => campaignId },
    { name: "disposition_code", type: "text", value: ({ dispositionCode }) => dispositionCode },
    { name: "start_time", type: "instant", value: ({ startTime }) => startTime },
    { name: "end_time", type: "instant", value: ({ endTime }) => endTime },
    { name: "duration_seconds", type: "double", value: ({ durationSeconds }) => durationSeconds },
    { name: "direction", type: "text", value: ({ direction }) => direction },
    { name: "agent_id", type: "text", value: ({ agentId }) => agentId },
    { name: "contact_id", type: "text", value: ({ contactId }) => contactId },
    { name: "list_id", type: "text", value: ({ listId }) => listId },
    { name: "attempt", type: "int32", value: ({ attempt }) => attempt },
    { name: "raw", type: "text", value: ({ raw }) => raw },
    { name: "digest", type: "binary", value: (_, at) => digests[at] },
    { name: "observed_at", type: "instant", value: ({ observedAt }) => observedAt },
    { name: "run_id", type: "text", value: ({ runId }) => runId },
  ];
}

/** The columns of a file of rows that are no records. */
export const QUARANTINED: readonly ColumnSpec<QuarantinedRow>[] = [
  { name: "run_id", type: "text", value: ({ runId }) => runId },
  { name: "campaign_id", type: "text", value: ({ campaignId }) => campaignId },
  { name: "reason", type: "text", value: ({ reason }) => reason },
  { name: "detail", type: "text", value: ({ detail }) => detail.toWellFormed() },
  { name: "call_id", type: "text", value: ({ callId }) => callId },
  { name: "row", type: "text", value: ({ row }) => row },
  { name: "observed_at", type: "instant", value: ({ observedAt }) => observedAt },
];

/** Copies what a SELECT gives to a Parquet file. @returns how many rows */
export async function copyToParquet(
  connection: Connection,
  select: string,
  path: string,
  compression: "snappy" | "zstd",
): Promise<number> {
  const result = await connection.run(
    `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION ${compression}, KV_METADATA {outdial_schema: '${FILE_METADATA.outdial_schema}'})`,
  );
  const [row] = await result.getRowsJS();
  return Number(row?.[0] ?? 0);
}
