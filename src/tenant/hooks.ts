// Where logs, metrics and traces attach. Events carry facts, never secrets; a hook that throws or rejects disturbs nothing.

import type { TenantErrorCode } from "./errors.ts";
import type { Lane } from "./rate-limiter.ts";

interface CallEvent {
  readonly operationId: string;
  /** Sent as `X-Correlation-Id`; the same for all attempts of a call. */
  readonly correlationId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** A request is about to be sent; one event for each attempt. */
export interface RequestEvent extends CallEvent {
  readonly method: string;
  readonly host: string;
  /** Path and query as sent. */
  readonly path: string;
}

/** An attempt has ended, with a reply or without. */
export interface ResponseEvent extends CallEvent {
  /** Absent when there was no reply; `error` says why. */
  readonly status?: number;
  readonly error?: string;
  /** Of a reply with 5xx: its body as in `TenantError.vendorBody`. */
  readonly body?: string;
  readonly latencyMs: number;
  /** The tenant's clock by the reply's `Date`, ms since the epoch; absent without a reply or a readable date. Whole seconds. */
  readonly tenantTime?: number;
}

/** An attempt failed and another one follows after `delayMs`. */
export interface RetryEvent extends CallEvent {
  readonly delayMs: number;
  /** What the last attempt ended with: a status or `not_sent`, `lost`, `unreadable`. */
  readonly because: string;
}

/** A 429 of the tenant. */
export interface RateLimitedEvent extends CallEvent {
  readonly family: string;
  readonly lane: Lane;
  /** As asked by the tenant. */
  readonly retryAfterMs: number | undefined;
}

/** The token's life: `fetched`, `failed` (with the error's code), `dropped` after a 401. */
export interface TokenEvent {
  readonly outcome: "fetched" | "failed" | "dropped";
  readonly expiresInSeconds?: number;
  readonly grantedScopes?: readonly string[] | undefined;
  /** Scopes that were asked for and not granted. */
  readonly missingScopes?: readonly string[];
  readonly code?: TenantErrorCode;
}

/** The shape in which a tenant answers an operation, seen for the first time. Only of tenants that answer in several shapes. */
export interface ShapeEvent {
  readonly operationId: string;
  readonly shape: string;
}

/** A tenant answers an operation in another shape than before. Told once for each change. */
export interface DriftEvent {
  readonly operationId: string;
  readonly before: string;
  readonly after: string;
}

/** Called while requests run, for logs and metrics. An error thrown in a hook does not reach the request. */
export interface TenantHooks {
  onRequest?(event: RequestEvent): void | Promise<void>;
  onResponse?(event: ResponseEvent): void | Promise<void>;
  onRetry?(event: RetryEvent): void | Promise<void>;
  onRateLimited?(event: RateLimitedEvent): void | Promise<void>;
  onToken?(event: TokenEvent): void | Promise<void>;
  onShape?(event: ShapeEvent): void | Promise<void>;
  onDrift?(event: DriftEvent): void | Promise<void>;
}

type HookEvent<Name extends keyof TenantHooks> = Parameters<NonNullable<TenantHooks[Name]>>[0];

/** Calls a hook, if there is one, and keeps its failures to itself. */
export function emit<Name extends keyof TenantHooks>(hooks: TenantHooks, name: Name, event: HookEvent<Name>): void {
  const listener = hooks as { readonly [Each in Name]?: (event: HookEvent<Name>) => unknown };
  try {
    const pending = listener[name]?.(event);
    if (pending instanceof Promise) pending.catch(() => {});
  } catch {
    // Observing must not change what is observed.
  }
}
