// Hooks for logs, metrics and traces. Events contain facts, never secrets; a hook that throws or rejects does not affect the
// call.

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
  /** Absent when there was no reply; `error` gives the reason. */
  readonly status?: number;
  readonly error?: string;
  /** For a 5xx reply: its body as in `TenantError.vendorBody`. */
  readonly body?: string;
  readonly latencyMs: number;
  /**
   * The tenant's clock from the reply's `Date`, ms since the epoch, in whole seconds; absent without a reply or a readable date.
   */
  readonly tenantTime?: number;
}

/** An attempt failed and another one follows after `delayMs`. */
export interface RetryEvent extends CallEvent {
  readonly delayMs: number;
  /** Result of the last attempt: a status, or `not_sent`, `lost`, `unreadable`. */
  readonly because: string;
}

/** The tenant answered 429. */
export interface RateLimitedEvent extends CallEvent {
  readonly family: string;
  readonly lane: Lane;
  /** The requested pause; undefined when the tenant gave none. */
  readonly retryAfterMs: number | undefined;
}

/** An event of the token: `fetched`, `failed` (with the error's code), `dropped` after a 401. */
export interface TokenEvent {
  readonly outcome: "fetched" | "failed" | "dropped";
  readonly expiresInSeconds?: number;
  readonly grantedScopes?: readonly string[] | undefined;
  /** Scopes that were requested and not granted. */
  readonly missingScopes?: readonly string[];
  readonly code?: TenantErrorCode;
}

/** The shape of an operation's reply when it is first seen. Only for tenants that answer in several shapes. */
interface ShapeEvent {
  readonly operationId: string;
  readonly shape: string;
}

/** An operation's reply has another shape than before. Sent once per change. */
export interface DriftEvent {
  readonly operationId: string;
  readonly before: string;
  readonly after: string;
}

/** Called while requests run, for logs and metrics. An error in a hook does not affect the request. */
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

/** Calls a hook, if there is one, and ignores its errors. */
export function emit<Name extends keyof TenantHooks>(hooks: TenantHooks, name: Name, event: HookEvent<Name>): void {
  const listener = hooks as { readonly [Each in Name]?: (event: HookEvent<Name>) => unknown };
  try {
    const pending = listener[name]?.(event);
    if (pending instanceof Promise) pending.catch(() => {});
  } catch {
    // A hook must not affect the request.
  }
}
