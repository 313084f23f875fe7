// From an operation and its input to an HTTP request, with all checks before sending. Pure.

import { type AnyOperation, fillPath, type Operation } from "../contract/index.ts";
import { issueText, messageOf } from "../kernel/index.ts";
import type { ResolvedConfig } from "./config.ts";
import { TenantError } from "./errors.ts";
import type { Lane } from "./rate-limiter.ts";
import { otherThing } from "./reply.ts";
import type { AnyInput, BodyOpener } from "./requester.ts";

/** A checked request, without the token. */
export interface Prepared {
  readonly origin: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly lane: Lane;
  readonly keyed: boolean;
  /** True when the body only requests a state, so that "already in that state" is a possible answer. */
  readonly transition: boolean;
  /** Reads the body of a successful reply instead of the client. */
  readonly open: BodyOpener | undefined;
  /** As in AnyInput. */
  readonly flaw: AnyInput["flaw"];
}

const HEADER_TEXT = /^[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?$/;
const KEY_TEXT = /^[\x21-\x7e]{1,200}$/;
const MAX_ISSUES = 5;

function invalid(id: string, message: string, advice?: string): TenantError {
  return new TenantError("invalid_request", `${id}: ${message}`, { operationId: id, ...(advice !== undefined && { advice }) });
}

/** A body or query, checked against the contract. @throws TenantError `invalid_request`, before anything is sent */
export function parseExactly(id: string, part: "body" | "query", schema: AnyOperation["request"], value: unknown): unknown {
  if (schema === undefined) {
    if (value !== undefined) throw invalid(id, `takes no ${part}`);
    return undefined;
  }
  if (value === undefined && part === "query") return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${[part, ...issue.path].join(".")}: ${issueText(issue)}`);
  throw invalid(id, issues.join("; "));
}

/** The encoded query with its question mark, or an empty text. */
export function writeQuery(operation: AnyOperation, query: unknown): string {
  if (typeof query !== "object" || query === null) return "";
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) written.append(name, String(value));
    else if (operation.lists?.[name] === "repeated") for (const each of value) written.append(name, String(each));
    else if (value.length > 0) written.append(name, value.join(operation.lists?.[name] === "piped" ? "|" : ","));
  }
  const text = written.toString();
  return text === "" ? "" : `?${text}`;
}

function defaultLane(operation: Operation): Lane {
  if (operation.rate === "outbound-write") return "tagging";
  return operation.paging === undefined ? "pacing" : "extraction";
}

/**
 * Checks and writes a request.
 * @throws TenantError `invalid_request`, or `invalid_config` when no host is configured for the operation's family
 */
export function prepare(id: string, operation: Operation, input: AnyInput, config: ResolvedConfig): Prepared {
  const host = config.hosts[operation.host];
  if (host === undefined) {
    throw new TenantError("invalid_config", `${id}: no address is configured for the ${operation.host} API`, {
      operationId: id,
      advice: `Set hosts.${operation.host} or hosts.default.`,
    });
  }
  const body = parseExactly(id, "body", operation.request, input.body);
  const query = parseExactly(id, "query", operation.query, input.query);
  let path: string;
  try {
    path = host.prefix + fillPath(operation.path, input.path ?? {}) + writeQuery(operation, query);
  } catch (thrown) {
    throw invalid(id, messageOf(thrown));
  }

  const headers: Record<string, string> = { authorization: "", accept: "application/json" };
  // Lists are long and compress well; for single replies it is not worth it.
  if (operation.paging !== undefined) headers["accept-encoding"] = "gzip";
  if (body !== undefined) headers["content-type"] = "application/json";
  addLock(id, operation, input, headers);
  addKey(id, operation, input, headers);
  return {
    origin: host.origin,
    path,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    lane: input.lane ?? defaultLane(operation),
    keyed: input.idempotencyKey !== undefined,
    transition: isTransition(body),
    open: input.open,
    flaw: (reply) => otherThing(operation.path, input.path, reply) ?? input.flaw?.(reply),
  };
}

function addLock(id: string, operation: Operation, input: AnyInput, headers: Record<string, string>): void {
  const tag = input.lock?.tag ?? input.ifMatch;
  if (operation.retry === "safe") return;
  if (tag === undefined) {
    if (operation.lock?.required === true) {
      throw invalid(id, "needs the lock of the version it changes", "Read with readLocked first and pass its lock.");
    }
    return;
  }
  if (operation.lock === undefined) throw invalid(id, "takes no lock");
  if (input.lock !== undefined && input.lock.style.tagIn !== operation.lock.tagIn) {
    throw invalid(id, `the lock is a ${input.lock.style.tagIn}, needed is a ${operation.lock.tagIn}`);
  }
  if (!HEADER_TEXT.test(tag)) throw invalid(id, "the lock's tag holds characters that a header cannot carry");
  headers["if-match"] = tag;
}

function addKey(id: string, operation: Operation, input: AnyInput, headers: Record<string, string>): void {
  const key = input.idempotencyKey;
  if (key === undefined) return;
  if (operation.idempotencyKey !== true) throw invalid(id, "takes no idempotency key");
  if (!KEY_TEXT.test(key)) throw invalid(id, "the idempotency key must be 1 to 200 printable ASCII characters");
  headers["x-idempotency-key"] = key;
}

function isTransition(body: unknown): boolean {
  if (body === undefined) return true;
  if (typeof body !== "object" || body === null) return false;
  const names = Object.keys(body);
  return names.length === 1 && names[0] === "status";
}
