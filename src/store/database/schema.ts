// The tables as Kysely sees them. The migrations are the truth; these types say what the driver's parsers make of the columns.

import type { ColumnType, Generated, GeneratedAlways } from "kysely";

/** timestamptz: read as ms since the epoch, written as Date. */
type Time = ColumnType<number, Date, Date>;
type OptionalTime = ColumnType<number | null, Date | null, Date | null>;
/** json: read as a value, written as text. */
type Json = ColumnType<unknown, string, string>;
type OptionalJson = ColumnType<unknown, string | null, string | null>;

export interface Tables {
  "outdial.jobs": {
    id: string;
    kind: string;
    campaign_id: string | null;
    source_name: string;
    content_hash: string;
    options: Json;
    actor: string;
    status: string;
    total_rows: number | null;
    counts: Generated<Record<string, number>>;
    summary: OptionalJson;
    error: OptionalJson;
    executor: string | null;
    run: Generated<number>;
    created_at: Time;
    started_at: OptionalTime;
    finished_at: OptionalTime;
  };
  "outdial.job_chunks": {
    job_id: string;
    chunk_no: number;
    first_line: number;
    last_line: number;
    payload: string;
    intent_upto: Generated<number>;
    done: Generated<boolean>;
  };
  "outdial.job_conflicts": { job_id: string; line: number; other_line: number };
  "outdial.job_items": {
    job_id: string;
    line: number;
    call_id: string | null;
    result: string;
    status_code: number | null;
    reason: string | null;
    attempts: number;
    latency_ms: number | null;
    call_status: string | null;
    finished_at: Time;
  };
  "outdial.audit": {
    seq: number;
    time: string;
    actor: string;
    action: string;
    subject: string;
    job: string | null;
    details: string;
    leaf: Buffer;
    seal: Buffer;
  };
  "outdial.audit_checkpoints": { size: number; note: string };
  "outdial.audit_nodes": { level: number; index: number; hash: Buffer };
  "outdial.outbox": {
    id: GeneratedAlways<number>;
    event_id: string;
    endpoint: string;
    subject: string;
    type: string;
    body: string;
    status: Generated<string>;
    attempts: Generated<number>;
    created_at: Time;
    next_attempt_at: OptionalTime;
    claimed_by: string | null;
    claimed_until: OptionalTime;
    last_status: number | null;
    last_error: string | null;
    delivered_at: OptionalTime;
  };
  "outdial.replicas": { id: string; pid: number; host: string; interval_ms: number; started_at: Time; heartbeat_at: Time };
}
