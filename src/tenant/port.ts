// The port that operations use: capabilities and their neutral types. Nothing here belongs to one profile.

export type { CallOptions } from "./call-options.ts";
export type {
  AnsweredHour,
  AssignOutcome,
  AssignResult,
  CallReader,
  CallState,
  CampaignProvisioning,
  CampaignRunner,
  CampaignToFit,
  Capabilities,
  ContactSource,
  CopiedList,
  DispositionCatalog,
  DispositionTagger,
  DispositionWriter,
  FittedCampaign,
  InteractionDispositions,
  Inventory,
  MetricsSource,
  OutcomeSource,
  PacingSettings,
  TakenOff,
  VendorAudit,
  VendorAuditEntry,
  VendorEvents,
} from "./capabilities.ts";
export type { Capability } from "./capability.ts";
export type { CallbackView, DoNotCallGroupName, DoNotCallGroups, ScheduledCallbacks } from "./do-not-call-capabilities.ts";
export { connectionsTo, connectionWords, type EgressProxy } from "./egress.ts";
export { TenantError, type TenantErrorCode } from "./errors.ts";
export { type ParsedItem, parseCall, parseContact } from "./items.ts";
export { PROFILES, type Profile, REACH_DAYS, type TenantLink, type TokenRefusal } from "./link.ts";
export { sameLock, withLock } from "./lock.ts";
export type { Lock, Locked, LockStyle } from "./locked.ts";
export type { OpenedBody, OpenedPage, PageOpener } from "./opened.ts";
export { EMPTY_PAGES, endless } from "./progress-guard.ts";
export { type FamilyStatus, LANES, type Lane, type RateGrant, type RateLimiter, type RateShares } from "./rate-limiter.ts";
export type { Attempt, CallReport, RequestResult } from "./report.ts";
export { requireSupported } from "./require-supported.ts";
export { systemClock } from "./system-clock.ts";
export type * from "./views.ts";
