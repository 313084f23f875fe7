// The SDK: a typed client for one tenant, and the capabilities that operations depend on.

export { isLoopback } from "../kernel/index.ts";
export type { LimitSetting } from "./budget.ts";
export type { TenantConfig } from "./config.ts";
export { type FetchLike, fetchTransport } from "./fetch-transport.ts";
export type { DriftEvent, RateLimitedEvent, RequestEvent, ResponseEvent, RetryEvent, TenantHooks, TokenEvent } from "./hooks.ts";
export { type ListOptions, type Page, type PagedList, parseItem } from "./paging.ts";
export * from "./port.ts";
export type { ReplyOf, Requester, RequestInput } from "./requester.ts";
export { createRestProfile, createTenant, type Tenant, type TenantDependencies } from "./tenant.ts";
export { type Transport, TransportFailure, type TransportRequest, type TransportResponse } from "./transport.ts";
