// The store: PostgreSQL with the job ledger, the audit log, the outbox and the replicas' heartbeats.

export type { AuditDetails, AuditEntry, AuditInput } from "./audit/entry.ts";
export type { AuditLog, AuditQuery } from "./audit/log.ts";
export { type AuditConsistency, type AuditProof, type ProofVerdict, verifyConsistency, verifyProof } from "./audit/proof.ts";
export type { AuditIntact, AuditTampered, AuditVerdict, TamperKind } from "./audit/verify.ts";
export { type EmbeddedServer, type EmbeddedServerOptions, joinEmbeddedServer } from "./embedded/server.ts";
export { StoreError, type StoreErrorCode } from "./error.ts";
export type { JobLedger } from "./jobs/ledger.ts";
export type {
  Batch,
  BatchWritten,
  Chunk,
  ItemCounts,
  ItemResult,
  ItemUpdate,
  Job,
  JobChange,
  JobConflict,
  JobItem,
  JobStatus,
  NewChunk,
  NewItem,
  NewJob,
  OfLine,
} from "./jobs/types.ts";
export { ITEM_RESULTS, JOB_STATUSES } from "./jobs/types.ts";
export type { StoreLog } from "./log.ts";
export type { Outbox } from "./outbox/outbox.ts";
export type {
  Claim,
  ClaimedEvent,
  Delivery,
  DeliveryQuery,
  DeliveryStatus,
  EndpointCounts,
  FailedAttempt,
  OutboxEvent,
  ReplayQuery,
} from "./outbox/types.ts";
export type { Replica, ReplicaBeat, Replicas } from "./replicas.ts";
export { type OpenStoreOptions, openStore, type Store } from "./store.ts";
