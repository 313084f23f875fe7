// What the ledger, the audit log and the outbox hold, for commands that only read or cancel.

import { createStoreRecords, type ResultCounts, type RowJob, TAG } from "../operations/index.ts";
import type { AuditEntry, AuditVerdict, Delivery, DeliveryStatus, ItemResult, Store } from "../store/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import { type Environment, storeOf } from "./workplace.ts";

/** One line of `--out`. */
export interface ResultRow {
  readonly line: number;
  readonly callId: string;
  readonly result: ItemResult;
  readonly statusCode?: number;
  readonly reason?: string;
  readonly attempts: number;
  readonly latencyMs?: number;
  readonly callStatus?: string;
}

/** What the ledger, the audit log and the outbox hold; needs no tenant. */
export interface Records extends AsyncDisposable {
  jobs(limit: number): Promise<RowJob[]>;
  /** Throws OperationError `job_not_found`. */
  job(id: string): Promise<RowJob>;
  cancel(id: string): Promise<void>;
  counts(id: string): Promise<ResultCounts>;
  rows(id: string, only?: string): AsyncIterable<ResultRow>;
  audit(query: { limit: number; subject?: string; job?: string; after?: number }): Promise<AuditEntry[]>;
  verifyAudit(): Promise<AuditVerdict>;
  /** The proof that entry `seq` is in the log, as JSON. Throws StoreError `not_found`. */
  auditProof(seq: number): Promise<object>;
  deliveries(query: { limit: number; status?: DeliveryStatus }): Promise<Delivery[]>;
}

/** Opens the records of a store. */
export async function openRecords(flags: Flags, environment: Environment): Promise<Records> {
  const config = await loadConfig(flags, environment, process.cwd());
  const store = await storeOf(config, environment);
  return { ...recordsOf(store), [Symbol.asyncDispose]: () => store.close() };
}

export function recordsOf(store: Store): Omit<Records, keyof AsyncDisposable> {
  const jobs = createStoreRecords(store.jobs, [TAG]);
  return {
    jobs: (limit) => jobs.list(limit),
    job: (id) => jobs.get(id),
    cancel: (id) => jobs.cancel(id),
    counts: (id) => jobs.counts(id),
    rows: (id, only) => resultRows(store, id, only),
    audit: (query) => store.audit.list(query),
    verifyAudit: () => store.audit.verify(),
    auditProof: (seq) => store.audit.proof(seq),
    deliveries: (query) => store.outbox.listDeliveries({ ...query, newestFirst: true }),
  };
}

async function* resultRows(store: Store, id: string, only: string | undefined): AsyncGenerator<ResultRow> {
  for await (const item of store.jobs.iterateItems(id, only === undefined ? {} : { results: [only as ItemResult] })) {
    yield {
      line: item.line,
      callId: item.callId ?? "",
      result: item.result,
      attempts: item.attempts,
      ...(item.statusCode === null ? {} : { statusCode: item.statusCode }),
      ...(item.reason === null ? {} : { reason: item.reason }),
      ...(item.latencyMs === null ? {} : { latencyMs: item.latencyMs }),
      ...(item.callStatus === null ? {} : { callStatus: item.callStatus }),
    };
  }
}
