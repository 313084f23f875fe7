// The steps of one request through the tenant: route, token, fault, scope, limit, body, handler, journal.

import { performance } from "node:perf_hooks";
import { OPERATION_IDS, type OperationId, operationOf, TOKEN_PATHS } from "../contract/index.ts";
import { type Instant, OutdialError } from "../kernel/index.ts";
import type { AcdPlace } from "./acd/index.ts";
import { isAcdPath } from "./acd/paths.ts";
import type { TokenClient, TokenHolder, TokenStore } from "./auth/tokens.ts";
import { readBody } from "./bodies.ts";
import type { FaultEffect } from "./fault-schema.ts";
import type { Strike } from "./faults.ts";
import { campaigns } from "./handlers/campaigns.ts";
import { dialer } from "./handlers/dialer.ts";
import type { ApiCall, Handlers } from "./handlers/handler.ts";
import { interactions } from "./handlers/interactions.ts";
import { outbound } from "./handlers/outbound.ts";
import { webhooks } from "./handlers/webhooks.ts";
import type { Journal } from "./journal.ts";
import { NO_TWISTS, type Twists } from "./paging.ts";
import { createRouter, type Route, rawPath, splitTarget } from "./router.ts";
import type { Tenant } from "./tenant.ts";
import { type Answer, errorBody, jsonReply, Refusal, refusalReply, type SandboxRequest, type SandboxResponse } from "./wire.ts";

// The handlers of all operations of the contract.

const HANDLERS: Handlers = { ...outbound, ...interactions, ...campaigns, ...dialer, ...webhooks };

/** Runs the handler of a call's operation. */
function answerCall(tenant: Tenant, call: ApiCall<OperationId>): Answer {
  // Path parameters and body were parsed by the same row of the table that types the handler.
  const handler = HANDLERS[call.operation] as (tenant: Tenant, call: ApiCall<OperationId>) => Answer;
  return handler(tenant, call);
}

// The token endpoint as a pure function: three ways of client authentication, told apart by header and content type. Contract §1.

/** The facts of a request to the token endpoint. Header names in lower case. */
export interface TokenRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Undefined when no scope was requested, which means all of the client's. */
  readonly scopes: readonly string[] | undefined;
}

type TokenErrorCode = "invalid_request" | "invalid_client" | "unsupported_grant_type" | "invalid_scope" | "method_not_allowed";

interface TokenRefusal {
  readonly ok: false;
  readonly status: 400 | 401 | 405;
  readonly code: TokenErrorCode;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface TokenAnswer {
  readonly ok: true;
  readonly clientId: string;
  readonly body: { access_token: string; token_type: "Bearer"; expires_in: number; scope: string };
}

const refuse = (
  status: TokenRefusal["status"],
  code: TokenErrorCode,
  message: string,
  headers: Record<string, string> = {},
): TokenRefusal => ({ ok: false, status, code, message, headers });

const malformed = (message: string): TokenRefusal => refuse(400, "invalid_request", message);

type Fields = Readonly<Partial<Record<"grant_type" | "client_id" | "client_secret" | "scope", string>>>;
const FIELD_NAMES = ["grant_type", "client_id", "client_secret", "scope"] as const;

function readForm(body: string): Fields | TokenRefusal {
  const form = new URLSearchParams(body);
  const fields: Record<string, string> = {};
  for (const name of FIELD_NAMES) {
    const values = form.getAll(name);
    if (values.length > 1) return malformed(`the form names ${name} ${values.length} times`);
    if (values[0] !== undefined) fields[name] = values[0];
  }
  return fields;
}

function readJson(body: string): Fields | TokenRefusal {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return malformed("the body is not JSON, as its content type says");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return malformed("the body is not a JSON object");
  const given = new Map<string, unknown>(Object.entries(value));
  const fields: Record<string, string> = {};
  for (const name of FIELD_NAMES) {
    const field = given.get(name);
    if (field === undefined || field === null) continue;
    if (typeof field !== "string") return malformed(`${name} is not a string`);
    fields[name] = field;
  }
  return fields;
}

/** The pair in `Authorization: Basic`: base64 of `id:secret` in UTF-8, not form-decoded; undefined without such a header. */
function readBasic(header: string | undefined): { clientId: string; clientSecret: string } | TokenRefusal | undefined {
  const match = /^basic +(\S*) *$/i.exec(header ?? "");
  if (match === null) return undefined;
  const encoded = match[1] ?? "";
  const bytes = Buffer.from(encoded, "base64");
  const pair = bytes.toString("utf8");
  const colon = pair.indexOf(":");
  if (colon <= 0 || bytes.toString("base64").replace(/=+$/, "") !== encoded.replace(/=+$/, "")) {
    return refuse(401, "invalid_client", "the Basic credentials are not base64 of id:secret", { "www-authenticate": "Basic" });
  }
  return { clientId: pair.slice(0, colon), clientSecret: pair.slice(colon + 1) };
}

/**
 * Reads the credentials of a request in any of the documented forms; the Basic header takes precedence over fields of the body.
 */
function readTokenRequest(request: TokenRequest): ({ readonly ok: true } & ClientCredentials) | TokenRefusal {
  if (request.method !== "POST") return refuse(405, "method_not_allowed", "the token endpoint takes POST", { allow: "POST" });
  const type = (request.headers["content-type"] ?? "application/x-www-form-urlencoded").split(";", 1)[0]?.trim().toLowerCase();
  let fields: Fields | TokenRefusal;
  if (type === "application/x-www-form-urlencoded") fields = readForm(request.body);
  else if (type === "application/json") fields = readJson(request.body);
  else return malformed("the content type is neither application/x-www-form-urlencoded nor application/json");
  if ("ok" in fields) return fields;

  const basic = readBasic(request.headers["authorization"]);
  if (basic !== undefined && "ok" in basic) return basic;
  if (fields.grant_type === undefined || fields.grant_type === "") return malformed("grant_type is missing");
  if (fields.grant_type !== "client_credentials") {
    return refuse(400, "unsupported_grant_type", "the only grant type is client_credentials");
  }
  const clientId = basic?.clientId ?? fields.client_id;
  const clientSecret = basic?.clientSecret ?? fields.client_secret;
  if (!clientId || clientSecret === undefined) {
    return refuse(401, "invalid_client", "the request carries neither a Basic header nor client_id and client_secret");
  }
  const scopes = fields.scope?.split(/\s+/).filter((scope) => scope !== "");
  return { ok: true, clientId, clientSecret, scopes: scopes === undefined || scopes.length === 0 ? undefined : scopes };
}

/** Answers a token request: reads it, checks the secret, issues a token. */
export function answerTokenRequest(
  request: TokenRequest,
  clients: ReadonlyMap<string, TokenClient & { readonly secret: string }>,
  tokens: TokenStore,
  now: Instant,
): TokenAnswer | TokenRefusal {
  const read = readTokenRequest(request);
  if (!read.ok) return read;
  const client = clients.get(read.clientId);
  if (client === undefined || client.secret !== read.clientSecret) {
    const challenge = request.headers["authorization"] === undefined ? {} : { "www-authenticate": "Basic" };
    return refuse(401, "invalid_client", "unknown client id or wrong secret", challenge);
  }
  const grant = tokens.grant(client, read.scopes, now);
  if (grant === "invalid_scope") return refuse(400, "invalid_scope", "the client holds none of the scopes asked for");
  return {
    ok: true,
    clientId: client.id,
    body: {
      access_token: grant.accessToken,
      token_type: "Bearer",
      expires_in: grant.expiresInSeconds,
      scope: grant.scopes.join(" "),
    },
  };
}

const MAX_BODY_BYTES = 1_048_576;
/** A file of 500,000 records. */
const MAX_FILE_BYTES = 268_435_456;

/** Larger bodies are refused with 413. */
export const maxBodyBytes = (path: string): number => (isAcdPath(path) ? MAX_FILE_BYTES : MAX_BODY_BYTES);

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
type Pipeline = (request: SandboxRequest) => Promise<SandboxResponse>;

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
        if (request.oversize === true || request.body.length > maxBodyBytes(path)) throw tooLarge(path);
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

function tooLarge(path: string): Refusal {
  return new Refusal(413, "payload_too_large", `The body is larger than ${maxBodyBytes(path)} bytes.`);
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
