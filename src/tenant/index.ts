// The SDK: a typed client for one tenant, and the capabilities that operations depend on.

export type {
  AssignOutcome,
  AssignResult,
  CallReader,
  CallState,
  CampaignProvisioning,
  CampaignRunner,
  Capabilities,
  Capability,
  ContactSource,
  DispositionCatalog,
  DispositionWriter,
  InteractionDispositions,
  MetricsSource,
  OutcomeSource,
  PacingSettings,
  VendorEvents,
} from "./capabilities.ts";
export type { LimitSetting, TenantConfig } from "./config.ts";
export { type Attempt, type CallReport, TenantError, type TenantErrorCode } from "./errors.ts";
export { type FetchLike, fetchTransport } from "./fetch-transport.ts";
export type { RateLimitedEvent, RequestEvent, ResponseEvent, RetryEvent, TenantHooks, TokenEvent } from "./hooks.ts";
export { type Lock, type Locked, sameLock, withLock } from "./lock.ts";
export {
  type ListOptions,
  type OpenedBody,
  type OpenedPage,
  type Page,
  type PagedList,
  type PageOpener,
  parseItem,
} from "./paging.ts";
export { type FamilyStatus, LANES, type Lane, type RateGrant, type RateLimiter, type RateShares } from "./rate-limiter.ts";
export type { CallOptions, ReplyOf, Requester, RequestInput, RequestResult } from "./requester.ts";
export { requireSupported } from "./require-supported.ts";
export { createRestProfile } from "./rest-profile.ts";
export { systemClock } from "./system-clock.ts";
export { createTenant, type Tenant, type TenantDependencies } from "./tenant.ts";
export { type Transport, TransportFailure, type TransportRequest, type TransportResponse } from "./transport.ts";
