// Turns an answer other than success into a typed error with advice, from status, operation and scopes. Pure.

import type { AnyOperation } from "../contract/index.ts";
import { TenantError, type TenantErrorCode, type TenantErrorOptions } from "./errors.ts";
import type { VendorWords } from "./reply.ts";
import type { CallReport } from "./report.ts";
import { mayHaveExecuted } from "./retry-decision.ts";

interface RefusalFacts {
  readonly id: string;
  readonly operation: AnyOperation;
  readonly status: number;
  readonly words: VendorWords;
  /** The body of the last 5xx reply. */
  readonly body: string | undefined;
  readonly correlationId: string;
  /** True when an `If-Match` was sent. */
  readonly locked: boolean;
  readonly grantedScopes: readonly string[] | undefined;
  readonly retryAfterMs: number | undefined;
  /** Why no further attempt is made. */
  readonly because: string;
  readonly report: CallReport;
}

/** The error for the last answer of a call. */
export function refusalError(facts: RefusalFacts): TenantError {
  const { id, operation, status, words } = facts;
  const said = words.message === undefined ? "" : `: ${words.message}`;
  const outcomeUnknown =
    operation.retry !== "safe" && (mayHaveExecuted({ kind: "status", status, retryAfterMs: undefined }) || leftOpen(facts));
  const make = (code: TenantErrorCode, message: string, advice?: string, more: TenantErrorOptions = {}): TenantError =>
    new TenantError(code, `${id}: ${message}`, {
      operationId: id,
      summary: operation.summary,
      status,
      correlationId: facts.correlationId,
      vendorMessage: words.message,
      vendorBody: facts.body,
      outcomeUnknown,
      report: facts.report,
      ...(advice !== undefined && { advice }),
      ...more,
    });
  const documented = operation.refusals[status];
  const meaning = documented === undefined ? "" : ` (${documented})`;

  if (status >= 300 && status < 400) {
    return make(
      "redirect_refused",
      `answered with a redirect (${status}), which is never followed`,
      "Configure the host that the tenant really uses.",
    );
  }
  if (status === 401) {
    return make(
      "unauthorized",
      `the token was refused, also a fresh one${said}`,
      operation.scopes.length === 0
        ? "Check that the access key is active, and that its owner is an active employee."
        : "Check the client's state in the tenant's administration.",
      scopeFacts(facts),
    );
  }
  if (status === 403)
    return make("missing_scope", `forbidden: ${scopeText(facts)}${meaning}${said}`, scopeAdvice(facts), scopeFacts(facts));
  if (status === 404) return make("not_found", `not found${meaning}${said}`);
  if (isStale(facts)) {
    return make(
      "stale_lock",
      `another writer was faster (${status})${said}`,
      "Read again, merge the change and write with the new lock.",
    );
  }
  if (status === 409 || status === 412) return make("conflict", `conflict (${status})${meaning}${said}`);
  if (status === 429) {
    if (outcomeUnknown)
      return make(
        "unknown_outcome",
        `an attempt got no answer and the next ones got 429 (${facts.because})`,
        "Read back before sending again.",
      );
    return make(
      "rate_limited",
      `the rate limit of ${operation.rate} is used up (${facts.because})`,
      "Lower the rate, or let fewer clients share it.",
      {
        details: { family: operation.rate, retryAfterMs: facts.retryAfterMs },
      },
    );
  }
  if (status >= 500 || status === 408 || status === 425) {
    if (outcomeUnknown) {
      return make(
        "unknown_outcome",
        `status ${status}, the write may have been carried out (${facts.because})${said}`,
        "Read back before sending again.",
      );
    }
    return make("vendor_unavailable", `status ${status} (${facts.because})${said}`, "Try again later.");
  }
  return make("refused", `refused with ${status}${meaning}${said}`);
}

/** True when an earlier attempt got no answer and the last one did not settle the outcome. */
function leftOpen({ status, report }: RefusalFacts): boolean {
  return report.earlierUnknown && (status === 429 || status === 408 || status === 425);
}

function isStale({ operation, status, locked }: RefusalFacts): boolean {
  if (operation.lock === undefined || operation.retry === "safe") return false;
  // 412 always means a stale lock; 409 only where the operation's lock uses it and a lock was sent.
  return status === 412 || (status === 409 && operation.lock.staleStatus === 409 && locked);
}

function scopeHeld({ operation, grantedScopes }: RefusalFacts): boolean | undefined {
  return grantedScopes === undefined ? undefined : operation.scopes.some((scope) => grantedScopes.includes(scope));
}

function scopeText(facts: RefusalFacts): string {
  if (facts.operation.scopes.length === 0) return `needs ${permissionOf(facts.operation)}`;
  const needed = facts.operation.scopes.join(" or ");
  if (facts.grantedScopes === undefined) return `needs the scope ${needed}`;
  if (scopeHeld(facts) === true) return `the token holds the scope ${needed}, so a role or another organization is in the way`;
  return `needs the scope ${needed}, the token holds ${facts.grantedScopes.join(" ") || "none"}`;
}

const permissionOf = ({ permission }: AnyOperation): string =>
  permission === undefined ? "a right of the employee who owns the access key" : `the permission ${JSON.stringify(permission)}`;

function scopeAdvice(facts: RefusalFacts): string {
  if (facts.operation.scopes.length === 0)
    return `Have ${permissionOf(facts.operation)} given to the role of the employee who owns the access key, and check which views and business units the role may see.`;
  if (scopeHeld(facts) === true) return "Check the client's role and whether the object belongs to this organization.";
  return `Have ${facts.operation.scopes[0]} added to the client in the tenant's administration, and to token.scopes if that is set.`;
}

function scopeFacts(facts: RefusalFacts): TenantErrorOptions {
  const { scopes, permission } = facts.operation;
  if (scopes.length === 0) return { details: permission === undefined ? {} : { permission } };
  return {
    neededScopes: scopes,
    details: { neededScopes: scopes, grantedScopes: facts.grantedScopes, scopeGranted: scopeHeld(facts) },
  };
}
