// The store: PostgreSQL with the job ledger, the audit log, the outbox and the replicas' heartbeats.

export { type EmbeddedServer, type EmbeddedServerOptions, joinEmbeddedServer } from "./embedded/server.ts";
export { StoreError, type StoreErrorCode } from "./error.ts";
export type { StoreLog } from "./log.ts";
