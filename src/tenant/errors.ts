// Errors of talking to a tenant: one error class, a closed set of codes, and what is known about the attempts.

import { isOperationId, operationWords } from "../contract/index.ts";
import { type ErrorOptionsWithAdvice, OutdialError } from "../kernel/index.ts";
import type { CallReport } from "./report.ts";

/**
 * - `invalid_config`: the configuration of the tenant is malformed or lacks what the call needs.
 * - `invalid_request`: path, query or body break the contract; nothing was sent.
 * - `unauthorized`: the credentials or the token were refused (401, also after one fresh token).
 * - `missing_scope`: 403; `neededScopes` says what the operation asks for, `details` what the token holds.
 * - `not_found`: 404. `conflict`: 409 that is neither a stale lock nor "already there".
 * - `stale_lock`: another writer was faster; read again, merge, write with the new lock.
 * - `rate_limited`: still 429 after all the waiting that was allowed.
 * - `vendor_unavailable`: no usable reply after all attempts, and surely nothing was written.
 * - `unknown_outcome`: a write may or may not have been executed; read back before doing anything else.
 * - `invalid_reply`: a reply that is not what the contract promises; for a write `outcomeUnknown` is true.
 * - `refused`: the tenant refused the content (400, 422, 428 and other 4xx).
 * - `paging_loop`: a list gave a page or a page token that it had given before.
 * - `redirect_refused`: the tenant answered with a redirect; it is never followed.
 * - `host_not_allowed`: an address that is neither https nor loopback, or carries credentials.
 * - `body_too_large`: the reply exceeded the configured limit.
 * - `aborted`: the caller's signal. `deadline_exceeded`: the caller's `deadlineMs`.
 * - `unsupported`: this profile cannot do it; `advice` names the alternative.
 */
export type TenantErrorCode =
  | "invalid_config"
  | "invalid_request"
  | "unauthorized"
  | "missing_scope"
  | "not_found"
  | "conflict"
  | "stale_lock"
  | "rate_limited"
  | "vendor_unavailable"
  | "unknown_outcome"
  | "invalid_reply"
  | "refused"
  | "paging_loop"
  | "redirect_refused"
  | "host_not_allowed"
  | "body_too_large"
  | "aborted"
  | "deadline_exceeded"
  | "unsupported";

const NO_ATTEMPTS: CallReport = { attempts: [], rateLimited: 0, waitedMs: 0, latencyMs: 0, earlierUnknown: false };

/** What a TenantError is made with: its request, and the tenant's answer if there was one. */
export interface TenantErrorOptions extends ErrorOptionsWithAdvice {
  readonly operationId?: string | undefined;
  /** What the operation does, in words. Not needed for operations of the REST contract. */
  readonly summary?: string | undefined;
  readonly status?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly neededScopes?: readonly string[] | undefined;
  readonly vendorMessage?: string | undefined;
  readonly vendorBody?: string | undefined;
  readonly outcomeUnknown?: boolean | undefined;
  readonly report?: CallReport | undefined;
}

/** Every failure of the SDK. Branch on `code`. It never contains a secret or token. */
export class TenantError extends OutdialError<TenantErrorCode> {
  /** The failed operation, if any. */
  readonly operationId: string | undefined;
  /** The last HTTP status, if any. */
  readonly status: number | undefined;
  /** Identifies the call in the tenant's own logs. */
  readonly correlationId: string | undefined;
  /** Any one of these scopes would have been enough. */
  readonly neededScopes: readonly string[];
  /** The tenant's message, bounded in length, without secrets. */
  readonly vendorMessage: string | undefined;
  /** The body of the last 5xx reply: at most 2000 characters, without secrets and telephone numbers. */
  readonly vendorBody: string | undefined;
  /** True when a write may have been executed nevertheless. */
  readonly outcomeUnknown: boolean;
  readonly report: CallReport;

  constructor(code: TenantErrorCode, message: string, options: TenantErrorOptions = {}) {
    super(code, inWords(message, options), options);
    this.operationId = options.operationId;
    this.status = options.status;
    this.correlationId = options.correlationId;
    this.neededScopes = options.neededScopes ?? [];
    this.vendorMessage = options.vendorMessage;
    this.vendorBody = options.vendorBody;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
    this.report = options.report ?? NO_ATTEMPTS;
  }
}

/** The message for people says in words what was asked of the tenant; programs use the operation's id. */
function inWords(message: string, { operationId: id, summary }: TenantErrorOptions): string {
  if (id === undefined || !message.startsWith(id)) return message;
  const words = summary !== undefined ? beginning(summary) : isOperationId(id) ? operationWords(id) : id;
  return `${words}${message.slice(id.length)}`;
}

const beginning = (summary: string): string => `${summary[0]?.toLowerCase() ?? ""}${summary.slice(1)}`;

/** The error for an aborted signal: `deadline_exceeded` for a deadline of ours, `aborted` for anything else. */
export function abortError(signal: AbortSignal, options: TenantErrorOptions = {}): TenantError {
  if (signal.reason instanceof TenantError) {
    return new TenantError(signal.reason.code, signal.reason.message, { cause: signal.reason, ...options });
  }
  return new TenantError("aborted", `${options.operationId ?? "the call"} was aborted`, { cause: signal.reason, ...options });
}
