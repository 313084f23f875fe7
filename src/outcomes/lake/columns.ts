// The columns of the lake's files (version 2), for writing without a database.

import { hash } from "node:crypto";
import { canonicalText } from "../record/canonical.ts";
import { type OutcomeRecord, SCHEMA_VERSION } from "../record/record.ts";
import type { QuarantinedRow } from "./lake.ts";
import type { ColumnSpec } from "./parquet/file.ts";

/** Metadata of every file. */
export const FILE_METADATA = { outdial_schema: String(SCHEMA_VERSION) } as const;

/** The columns of a file of records. */
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

/** The columns of a file of rows that are not records. */
export const QUARANTINED: readonly ColumnSpec<QuarantinedRow>[] = [
  { name: "run_id", type: "text", value: ({ runId }) => runId },
  { name: "campaign_id", type: "text", value: ({ campaignId }) => campaignId },
  { name: "reason", type: "text", value: ({ reason }) => reason },
  { name: "detail", type: "text", value: ({ detail }) => detail.toWellFormed() },
  { name: "call_id", type: "text", value: ({ callId }) => callId },
  { name: "row", type: "text", value: ({ row }) => row },
  { name: "observed_at", type: "instant", value: ({ observedAt }) => observedAt },
];
