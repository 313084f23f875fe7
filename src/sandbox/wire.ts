// Plain objects for requests and replies: what both transports (in process, socket) exchange with the tenant.

import { OutdialError } from "../kernel/index.ts";

/** A request as it came over the wire. */
export interface SandboxRequest {
  readonly method: string;
  /** Path and query, starting with "/". */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The body was larger than the limit and was not read completely. */
  readonly oversize?: boolean;
}

/** What happens to the connection: broken without a reply, or in the middle of it. */
type WireDamage = "reset" | "truncate";

/** A reply before a transport writes it. */
export interface SandboxResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly damage?: WireDamage;
  /** The length announced when the body is cut short. */
  readonly declaredLength?: number;
}

/** What a handler answers; `body` undefined means no content. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stored refusal that is given again instead of the body. */
  readonly refusal?: { readonly code: RefusalCode; readonly message: string };
}

/** Why the tenant refuses a request. The codes appear in the error body. */
type RefusalCode =
  | "bad_request"
  | "token_missing"
  | "token_unknown"
  | "token_expired"
  | "token_revoked"
  | "forbidden"
  | "other_organization"
  | "not_found"
  | "method_not_allowed"
  | "call_status"
  | "disposition_locked"
  | "etag_stale"
  | "already_in_state"
  | "version_stale"
  | "payload_too_large"
  | "unsupported_encoding"
  | "idempotency_conflict"
  | "precondition_required"
  | "rate_limited"
  | "internal";

/** A refusal in the vendor's own shape; the pipeline turns it into the error body. */
export class Refusal extends OutdialError<RefusalCode> {
  readonly status: number;
  /** Further facts, one text or object each, shown in the error body. */
  readonly items: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: RefusalCode,
    message: string,
    more: { items?: readonly unknown[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, message);
    this.status = status;
    this.items = more.items ?? [];
    this.headers = more.headers ?? {};
  }
}

/** A 400 with the offending places listed. */
export function badRequest(message: string, items: readonly unknown[] = []): Refusal {
  return new Refusal(400, "bad_request", message, { items });
}

/** A 404 naming the kind of thing and its id. */
export function notFound(kind: string, id: string): Refusal {
  return new Refusal(404, "not_found", `There is no ${kind} "${id}".`);
}

/** The error body of contract §1. */
export function errorBody(code: string, message: string, items: readonly unknown[], correlationId: string): string {
  return JSON.stringify({ error: { code, message, details: items }, correlationId });
}

/** A reply with a JSON body; a body of undefined gives an empty reply without content type. */
export function jsonReply(
  status: number,
  body: unknown,
  correlationId: string,
  headers?: Readonly<Record<string, string>>,
): SandboxResponse {
  if (body === undefined) return { status, headers: { "x-correlation-id": correlationId, ...headers }, body: "" };
  return {
    status,
    headers: { "content-type": "application/json", "x-correlation-id": correlationId, ...headers },
    body: JSON.stringify(body),
  };
}

/** A refusal as a reply. */
export function refusalReply(refusal: Refusal, correlationId: string): SandboxResponse {
  return {
    status: refusal.status,
    headers: { "content-type": "application/json", "x-correlation-id": correlationId, ...refusal.headers },
    body: errorBody(refusal.code, refusal.message, refusal.items, correlationId),
  };
}
