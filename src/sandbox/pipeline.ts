// The steps of one request through the tenant: route, token, fault, scope, limit, body, handler, journal.

import { performance } from "node:perf_hooks";
import { OPERATION_IDS, type OperationId, operationOf, TOKEN_PATHS } from "../contract/index.ts";
import { OutdialError } from "../kernel/index.ts";
import type { AcdPlace } from "./acd/index.ts";
import { isAcdPath } from "./acd/paths.ts";
import { answerTokenRequest } from "./auth/token-endpoint.ts";
import type { TokenHolder } from "./auth/tokens.ts";
import { readBody } from "./bodies.ts";
import type { FaultEffect } from "./fault-schema.ts";
import type { Strike } from "./faults.ts";
import { answerCall } from "./handlers/index.ts";
import type { Journal } from "./journal.ts";
import { NO_TWISTS, type Twists } from "./paging.ts";
import { createRouter, type Route, rawPath, splitTarget } from "./router.ts";
import type { Tenant } from "./tenant.ts";
import { type Answer, errorBody, jsonReply, Refusal, refusalReply, type SandboxRequest, type SandboxResponse } from "./wire.ts";

/** Larger bodies are refused with 413. */
export const MAX_BODY_BYTES = 1_048_576;

const TOKEN_ENDPOINTS: ReadonlySet<string> = new Set(TOKEN_PATHS);
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** Where a request goes; a refusal when it goes nowhere. */
type Destination = "token" | Route<OperationId> | Refusal | Foreign;

/** A path of the ACD API. */
interface Foreign {
  readonly acd: AcdPlace;
}

/** The ACD part, loaded at the first request to it, so that REST tenants do not pay for it. */
const loadAcd = () => import("./acd/index.ts");
const isForeign = (destination: Destination): destination is Foreign => typeof destination === "object" && "acd" in destination;

interface PipelineOptions {
  /** The present tenant: a reset replaces it. */
  readonly tenant: () => Tenant;
  readonly journal: Journal;
}

/** Answers a request to the vendor's API. Never rejects: an internal error becomes a 500. */
export type Pipeline = (request: SandboxRequest) => Promise<SandboxResponse>;

export function createPipeline({ tenant: present, journal }: PipelineOptions): Pipeline {
  const route = createRouter(OPERATION_IDS.map((operation) => ({ operation, ...operationOf(operation) })));
  let serial = 0;

  const destinationOf = (method: string, path: string): Destination => {
    if (TOKEN_ENDPOINTS.has(path)) return "token";
    try {
      return route(method, path);
    } catch (thrown) {
      if (thrown instanceof Refusal) return thrown;
      throw thrown;
    }
  };

  return async (request) => {
    const began = performance.now();
    const tenant = present();
    const { path, search } = splitTarget(request.target);
    const sent = request.headers["x-correlation-id"];
    const correlationId =
      sent !== undefined && CORRELATION_ID.test(sent) ? sent : `sbx-${(++serial).toString(36).padStart(8, "0")}`;
    const acd = isAcdPath(path) ? await loadAcd() : undefined;
    const destination: Destination =
      acd === undefined ? destinationOf(request.method, path) : { acd: acd.placeOf(request.method, rawPath(request.target)) };
    const operation = nameOf(destination, acd);
    const now = tenant.clock.now();
    const holder = destination === "token" ? undefined : holderOf(tenant, request.headers["authorization"], now);
    let clientId = typeof holder === "object" && !(holder instanceof Refusal) ? holder.clientId : undefined;
    const strike: Strike | undefined = tenant.faults.match({ operation, method: request.method, path, clientId });

    let reply: SandboxResponse | undefined;
    if (strike === undefined || letsThrough(strike.effect)) {
      try {
        if (destination instanceof Refusal) throw destination;
        if (request.oversize === true || request.body.length > MAX_BODY_BYTES) throw tooLarge();
        if (acd !== undefined && isForeign(destination)) {
          const known = holder instanceof Refusal ? undefined : holder;
          const answer = acd.answerAcd({ tenant, request, place: destination.acd, holder: known, correlationId });
          clientId = answer.clientId;
          reply = answer.response;
        } else if (isForeign(destination)) {
          throw new Refusal(404, "not_found", `No operation has the path ${path}.`);
        } else if (destination === "token") {
          const answer = tokenReply(tenant, request, correlationId);
          clientId = answer.clientId;
          reply = answer.reply;
        } else {
          const caller = admit(tenant, destination.operation, holder, now);
          const answer = answerCall(tenant, {
            ...destination,
            query: new URLSearchParams(search),
            headers: request.headers,
            body: readBody(destination.operation, request.body) as never,
            clientId: caller.clientId,
            now,
            twists: twistsOf(strike?.effect),
          });
          reply = answerReply(answer, correlationId);
        }
      } catch (thrown) {
        reply = failureReply(thrown, correlationId);
      }
    }
    const final = strike === undefined ? reply : damage(strike.effect, reply, correlationId);
    const delayMs = strike?.effect.delayMs ?? 0;
    if (delayMs > 0) await tenant.clock.sleep(delayMs).catch(() => {});
    const response = final ?? failureReply(undefined, correlationId);
    journal.record({
      at: now,
      method: request.method,
      path,
      query: search,
      operation,
      status: response.damage === "reset" ? 0 : response.status,
      latencyMs: Math.round((performance.now() - began) * 1000) / 1000,
      headers: request.headers,
      body: Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString("utf8"),
      clientId,
      correlationId,
      fault: strike?.id,
    });
    return response;
  };
}

/** The name of the operation for faults and the journal. */
function nameOf(destination: Destination, acd: Awaited<ReturnType<typeof loadAcd>> | undefined): string | undefined {
  if (destination === "token") return "token";
  if (isForeign(destination)) return acd?.placeName(destination.acd);
  return destination instanceof Refusal ? undefined : destination.operation;
}

/** The holder of the token in the `Authorization` header. One client sends the word `Bearer` twice, which is accepted. */
function holderOf(tenant: Tenant, header: string | undefined, now: number): TokenHolder | Refusal {
  const token = /^(?:bearer\s+)+([^\s,]+)\s*$/i.exec(header ?? "")?.[1];
  if (token === undefined) return unauthorized("token_missing", "The request carries no bearer token.");
  const found = tenant.tokens.lookup(token, now);
  switch (found) {
    case "unknown":
      return unauthorized("token_unknown", "The token is not valid.");
    case "expired":
      return unauthorized("token_expired", "The token has expired.");
    case "revoked":
      return unauthorized("token_revoked", "The token was revoked.");
    default:
      return found;
  }
}

function unauthorized(code: "token_missing" | "token_unknown" | "token_expired" | "token_revoked", message: string): Refusal {
  return new Refusal(401, code, message, { headers: { "www-authenticate": "Bearer" } });
}

/** Throws unless the caller has a valid token, one of the operation's scopes, and requests left. */
function admit(tenant: Tenant, operation: OperationId, holder: TokenHolder | Refusal | undefined, now: number): TokenHolder {
  if (holder === undefined || holder instanceof Refusal)
    throw holder ?? unauthorized("token_missing", "The request carries no token.");
  const { scopes, rate } = operationOf(operation);
  if (!scopes.some((scope) => holder.scopes.has(scope))) {
    // As unspecific as the vendor's: the client says which scope is missing.
    throw new Refusal(403, "forbidden", "Insufficient permissions.");
  }
  const verdict = tenant.limiter.take(rate, holder.clientId, now);
  if (verdict.allowed) return holder;
  throw new Refusal(429, "rate_limited", "Too many requests.", {
    headers: { "retry-after": String(verdict.retryAfterSeconds) },
  });
}

function tokenReply(tenant: Tenant, request: SandboxRequest, correlationId: string) {
  const body = Buffer.from(request.body).toString("utf8");
  const answer = answerTokenRequest(
    { method: request.method, headers: request.headers, body },
    tenant.clients,
    tenant.tokens,
    tenant.clock.now(),
  );
  const headers = { "cache-control": "no-store", ...(answer.ok ? {} : answer.headers) };
  if (answer.ok) return { clientId: answer.clientId, reply: jsonReply(200, answer.body, correlationId, headers) };
  // The vendor's own form has an `error` already; the code inside it is OAuth's.
  const reply = {
    status: answer.status,
    headers: { "content-type": "application/json", "x-correlation-id": correlationId, ...headers },
    body: errorBody(answer.code, answer.message, [], correlationId),
  };
  return { clientId: undefined, reply };
}

function answerReply({ status, body, headers, refusal }: Answer, correlationId: string): SandboxResponse {
  if (refusal !== undefined) return failureReply(new Refusal(status, refusal.code, refusal.message), correlationId);
  return jsonReply(status, body, correlationId, headers);
}

function tooLarge(): Refusal {
  return new Refusal(413, "payload_too_large", `The body is larger than ${MAX_BODY_BYTES} bytes.`);
}

function failureReply(thrown: unknown, correlationId: string): SandboxResponse {
  if (thrown instanceof Refusal) return refusalReply(thrown, correlationId);
  const message = thrown instanceof OutdialError ? thrown.message : "The sandbox failed inside; this is a defect of the sandbox.";
  return refusalReply(new Refusal(500, "internal", message), correlationId);
}

// How the effects of a fault (contract §3) change one exchange: whether the request is handled, the reply, and the connection.

/**
 * Whether the request reaches its handler. An effect that replaces the reply or breaks the connection prevents it, unless the
 * fault asks for the work to be done.
 */
function letsThrough({ status, body, reset, acceptThenFail }: FaultEffect): boolean {
  return acceptThenFail === true || (status === undefined && body === undefined && reset !== true);
}

function twistsOf(effect: FaultEffect | undefined): Twists {
  if (effect === undefined) return NO_TWISTS;
  const { staleRead = false, duplicatePage = false, loopPage = false } = effect;
  return { staleRead, duplicatePage, loopPage };
}

const GARBAGE = '<<%{"dispositions":[\u0000 \ufffd not JSON';

/**
 * The reply as the client is to see it.
 * @param reply the handler's, undefined when the request was kept from it
 */
function damage(effect: FaultEffect, reply: SandboxResponse | undefined, correlationId: string): SandboxResponse {
  const { status, headers, body, reset, truncate, garbage, acceptThenFail } = effect;
  const invented = status !== undefined || body !== undefined;
  let result = reply ?? { status: status ?? 200, headers: { "x-correlation-id": correlationId }, body: "" };
  if (reset === true || (acceptThenFail === true && !invented)) return { ...result, damage: "reset" };
  if (invented) result = inventedReply(status ?? 200, body, correlationId);
  if (garbage === true) result = { ...result, body: GARBAGE };
  if (headers !== undefined) result = { ...result, headers: overlay(result.headers, headers) };
  if (truncate === undefined || truncate === false) return result;
  const whole = typeof result.body === "string" ? Buffer.from(result.body) : result.body;
  const kept = truncate === true ? Math.floor(whole.length / 2) : Math.min(truncate, whole.length);
  return { ...result, body: whole.subarray(0, kept), declaredLength: whole.length, damage: "truncate" };
}

function inventedReply(status: number, body: unknown, correlationId: string): SandboxResponse {
  const headers: Record<string, string> = { "x-correlation-id": correlationId };
  if (status === 429 || status === 503) headers["retry-after"] = "1";
  if (typeof body === "string") return { status, headers: { ...headers, "content-type": "text/plain; charset=utf-8" }, body };
  headers["content-type"] = "application/json";
  if (body !== undefined) return { status, headers, body: JSON.stringify(body) };
  if (status === 204 || status === 304) return { status, headers: { "x-correlation-id": correlationId }, body: "" };
  return { status, headers, body: errorBody("fault", `A fault of the sandbox answers ${status}.`, [], correlationId) };
}

/** Headers with others laid over them, names without regard to case; null removes one. */
function overlay(base: Readonly<Record<string, string>>, over: Readonly<Record<string, string | null>>): Record<string, string> {
  const result = { ...base };
  for (const [name, value] of Object.entries(over)) {
    if (value === null) delete result[name.toLowerCase()];
    else result[name.toLowerCase()] = value;
  }
  return result;
}
