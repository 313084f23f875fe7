// What the ledger, the audit log and the outbox hold, for commands that only read or cancel.

import { hostname } from "node:os";
import {
  cancelJob,
  createStoreRecords,
  DISPOSITIONS,
  livesOf,
  type ResultCounts,
  type RowJob,
  type RowsLeft,
  TAG,
} from "../operations/index.ts";
import type { AuditEntry, AuditVerdict, Delivery, DeliveryStatus, ItemResult, Store } from "../store/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { type ResultRow, resultRows } from "./result-rows.ts";
import { type Environment, processLives, storeOf } from "./workplace.ts";

/** What the ledger, the audit log and the outbox hold; needs no tenant. */
export interface Records extends AsyncDisposable {
  jobs(limit: number): Promise<RowJob[]>;
  /** Throws OperationError `job_not_found`. */
  job(id: string): Promise<RowJob>;
  /** Cancels a job, and waits until nothing more of it is sent; see `cancelJob`. */
  cancel(id: string): Promise<void>;
  counts(id: string): Promise<ResultCounts>;
  /** How it stands with the rows that have no result. */
  rowsLeft(job: RowJob, counts: ResultCounts): Promise<RowsLeft>;
  /** The result of every row, by line. */
  rows(id: string, only?: ItemResult): AsyncIterable<ResultRow>;
  audit(query: { limit: number; subject?: string; job?: string; after?: number }): Promise<AuditEntry[]>;
  verifyAudit(): Promise<AuditVerdict>;
  /** The proof that entry `seq` is in the log, as JSON. Throws StoreError `not_found`. */
  auditProof(seq: number): Promise<object>;
  deliveries(query: { limit: number; status?: DeliveryStatus }): Promise<Delivery[]>;
}

/** Opens the records of a store. */
export async function openRecords(flags: Flags, environment: Environment): Promise<Records> {
  const config = await loadConfig(flags, environment);
  const store = await storeOf(config, environment);
  return { ...recordsOf(store, config), [Symbol.asyncDispose]: () => store.close() };
}

export function recordsOf(store: Store, { actor, clock }: Pick<Config, "actor" | "clock">): Omit<Records, keyof AsyncDisposable> {
  const jobs = createStoreRecords(store.jobs, [TAG, DISPOSITIONS]);
  return {
    jobs: (limit) => jobs.list(limit),
    job: (id) => jobs.get(id),
    cancel: (id) =>
      cancelJob(id, {
        jobs,
        replicas: livesOf(store.replicas, { host: hostname(), processLives }),
        record: () => store.audit.append([{ actor, action: "job.cancel", subject: id, job: id }]),
        clock,
      }),
    counts: (id) => jobs.counts(id),
    rowsLeft: (job, counts) => jobs.rowsLeft(job, counts),
    rows: (id, only) => resultRows(store, id, only),
    audit: (query) => store.audit.list(query),
    verifyAudit: () => store.audit.verify(),
    auditProof: (seq) => store.audit.proof(seq),
    deliveries: (query) => store.outbox.listDeliveries({ ...query, newestFirst: true }),
  };
}
