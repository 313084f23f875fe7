// The store: PostgreSQL with the job ledger, the audit log, the outbox, the replicas' heartbeats, and the facts about people's
// numbers.

export type { Access } from "./access/access.ts";
export type { FeedEvent, FeedPlace, ServiceFeed } from "./access/feed.ts";
export type { ServiceRequests } from "./access/requests.ts";
export {
  type AccessRole,
  type Approval,
  type ApprovalEnd,
  type ApprovalWithPlan,
  ASSISTANT_PREFIX,
  PERSON_PREFIX,
  type Principal,
  type SessionValue,
} from "./access/types.ts";
export type { AttentionWord } from "./attention/attention.ts";
export type { AuditEntry, AuditInput } from "./audit/entry.ts";
export type { EvidenceAbout, FactKind } from "./audit/evidence-queries.ts";
export { EvidenceTree } from "./audit/evidence-tree.ts";
export type { HeadFinding } from "./audit/heads.ts";
export type { StandingConflict } from "./audit/hold.ts";
export type { AuditLog, EvidenceSnapshot } from "./audit/log.ts";
export { verifySignatureLine } from "./audit/note.ts";
export type { HeadPlaceOptions } from "./audit/places.ts";
export { verifyConsistency, verifyProof } from "./audit/proof.ts";
export { CAMPAIGN_APPLY, type CampaignApply, type CampaignLedger } from "./campaigns/campaign-ledger.ts";
export type { CrmLedger } from "./crm/push-ledger.ts";
export {
  type CrmPushLedger,
  type CrmPushProgress,
  type CrmRefusal,
  type CrmSettled,
  type CrmVersion,
  crmPushProgress,
  PUSH,
} from "./crm/push-ledger.ts";
export { LONGEST_NAME } from "./database/arrays.ts";
export { asking, asStoreError, QUIET_TRANSACTION_MS, RIGHTS } from "./database/database.ts";
export { type ServerTrouble, serverFacts, serverText, serverTroubles } from "./database/server.ts";
export { makeFolders, writeWhole } from "./embedded/files.ts";
export { embeddedStoreRuns, hasEmbeddedStore, joinEmbeddedServer } from "./embedded/server.ts";
export { StoreError, type StoreErrorCode } from "./error.ts";
export type { Facts } from "./facts/facts.ts";
export { NO_FACTS } from "./facts/read.ts";
export { OTHERS, RegistryCoverage, registryAreaOf as areaCodeOf } from "./facts/registry.ts";
export type {
  CompanyList,
  CoveredArea,
  FactImport,
  ImportCounts,
  ImportRow,
  NewAttempt,
  NewConsent,
  NewDisconnection,
  NewLineType,
  NewRelationship,
  NewRevocation,
  NewSuppression,
  NumberFacts,
  PhoneKey,
  PlacedCall,
  RegistryFile,
  RevocationState,
  UnderWay,
} from "./facts/types.ts";
export { FAILOVER, type FailoverLedger, pairRunId, primaryOfRun } from "./failover/failover-ledger.ts";
export type { HandoverHolds } from "./failover/holds.ts";
export type { FailoverHappening, FailoverPair } from "./failover/types.ts";
export type { StoreCondition } from "./health.ts";
export {
  type ClaimedInbound,
  INBOUND_CHANNELS,
  type Inbound,
  type InboundChannel,
  type InboundEvent,
  type NewInboundEvent,
  type SettledInbound,
} from "./inbound/inbound.ts";
export type { InteractionChange, InteractionChanges } from "./interactions/changes.ts";
export type { SessionLocks } from "./interactions/session-locks.ts";
export type { JobLedger } from "./jobs/ledger.ts";
export type { OwnedRun } from "./jobs/take.ts";
export {
  type Batch,
  ITEM_RESULTS,
  type ItemCounts,
  type ItemResult,
  isGood,
  type Job,
  type JobItem,
  type JobStatus,
  type LockedRows,
  type NewItem,
  type NewJob,
} from "./jobs/types.ts";
export type { Beyond, Erasure } from "./lives/erasure.ts";
export { type ErasedPerson, type ErasedRows, type PersonRows, patternsOf } from "./lives/person.ts";
export type { LifeStanding, PersonPlace } from "./lives/removal.ts";
export { LIVES, livesDocument } from "./lives/table.ts";
export type { StoreLog } from "./log.ts";
export type { MetricReading } from "./metrics/readings.ts";
export type {
  BegunIntent,
  IntentOutcome,
  MadeChange,
  NewStateIntent,
  StateIntent,
  StateIntents,
  TargetState,
} from "./metrics/state-intents.ts";
export { MIGRATION_COUNT } from "./migrations/migrate.ts";
export type { Endpoints } from "./outbox/endpoints.ts";
export { MAIL } from "./outbox/insert.ts";
export type { Outbox } from "./outbox/outbox.ts";
export type {
  ClaimedEvent,
  Delivery,
  EventOrder,
  FailedAttempt,
  NewEvent,
  OutboxEvent,
} from "./outbox/types.ts";
export type { Ask } from "./plain-types.ts";
export type { HeldPart, RateLedger } from "./rates/rates.ts";
export type { Replica, ReplicaBeat, Replicas } from "./replicas.ts";
export type { RetrievalLedger } from "./retrieval/ledger.ts";
export type { RetrievalSchedules } from "./retrieval/schedules.ts";
export { RETRIEVE, type Retrieval, type RetrievalSchedule, type RetrievalWindow } from "./retrieval/types.ts";
export {
  DIALER_CHANGE,
  type DialerCampaignEntry,
  type DialerChange,
  type DialerLedger,
  type ListedDialerChange,
} from "./settings/dialer-ledger.ts";
export {
  type ListProblem,
  pauseEntry,
  type Stop,
  type StopEvidence,
  type StopLedger,
  type StopPause,
  type StoppedCampaign,
  type StopRow,
} from "./stops/stop-ledger.ts";
export { openDatabase, openStore, type PlainDatabase, type Store } from "./store.ts";
export type { KnownCampaign } from "./tenant/known-campaigns.ts";
export type { ReplyShapes } from "./tenant/reply-shapes.ts";
export { type BoundTenant, type TenantIdentity, tenantWords } from "./tenant/tenant-of-store.ts";
export { AHEAD_MS, type ReadingKey, type ReadingProblem, type TenantReading } from "./tenant/tenant-readings.ts";
