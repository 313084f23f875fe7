// The ACD part of a tenant: its router, its tokens, its reply forms. Loaded at the first request to it.

import {
  ACD_OPERATION_IDS,
  type AcdOperationId,
  acdOperationOf,
  SERVICES_PREFIX,
  STATUS_DESCRIPTION_HEADER,
} from "../../contract/acd/index.ts";
import type { Instant } from "../../kernel/index.ts";
import type { TokenHolder } from "../auth/tokens.ts";
import { createRouter, type Router } from "../router.ts";
import type { Tenant } from "../tenant.ts";
import { Refusal, type SandboxRequest, type SandboxResponse } from "../wire.ts";
import { type AcdAnswer, AcdRefusal, invalid, invalidUri, ok } from "./answer.ts";
import type { AcdCall } from "./call.ts";
import { answerAcdCall } from "./handlers/index.ts";
import { endJobs } from "./handlers/lists.ts";
import { Parameters } from "./query.ts";
import { stateOf } from "./state.ts";
import { answerOpen, openPlace } from "./token.ts";
import { settle } from "./world.ts";

/** The place that a request's path leads to. */
export type AcdPlace =
  | { readonly kind: "open"; readonly open: NonNullable<ReturnType<typeof openPlace>> }
  | { readonly kind: "operation"; readonly id: AcdOperationId; readonly version: number; readonly params: Record<string, string> }
  | { readonly kind: "signal"; readonly version: number }
  | { readonly kind: "refused"; readonly refusal: AcdRefusal };

/** What happened, for the journal. */
export interface AcdReply {
  readonly response: SandboxResponse;
  readonly clientId: string | undefined;
}

const VERSIONED = /^\/+incontactapi\/+services\/+v(\d{1,2})\.0(\/.*)$/i;
const SIGNAL = /^\/interactions\/\d+\/signal$/i;
/** The last version that answers under older paths. */
const OLDER_UP_TO = 28;
const CLASSIC = 23;
const MODERN = 33;

const present = routerOf(false);
const older = routerOf(true);
const free = createRouter<AcdOperationId>(
  ACD_OPERATION_IDS.flatMap((id) => {
    const { method, path, versions } = acdOperationOf(id);
    return versions === undefined ? [{ operation: id, method, path }] : [];
  }),
  { ignoreCase: true },
);

/** The versioned operations under current or older paths. */
function routerOf(asOlder: boolean): Router<AcdOperationId> {
  return createRouter<AcdOperationId>(
    ACD_OPERATION_IDS.flatMap((id) => {
      const { method, path, olderPath, versions } = acdOperationOf(id);
      return versions === undefined
        ? []
        : [{ operation: id, method, path: asOlder && olderPath !== undefined ? olderPath.path : path }];
    }),
    { ignoreCase: true },
  );
}

/** The operation of a method and path; the fixed parts of the path match in any case. */
export function placeOf(method: string, path: string): AcdPlace {
  try {
    const open = openPlace(method, path);
    if (open !== undefined) return { kind: "open", open };
    const match = VERSIONED.exec(path);
    const version = Number(match?.[1] ?? 0);
    const rest = match?.[2] ?? path;
    if (match === null && path.toLowerCase().replaceAll(/\/+/g, "/").startsWith(`${SERVICES_PREFIX}/`)) throw invalidUri();
    if (match !== null && SIGNAL.test(rest) && method === "POST") return { kind: "signal", version };
    // An empty id: for the upload of a list, 405 was recorded.
    if (/\/call-lists\/+upload$/i.test(rest) && method === "POST")
      throw new AcdRefusal(405, "MethodNotAllowed", "The requested resource does not support this method");
    if (rest.slice(1).split("/").includes("")) throw invalidUri();
    const router = match === null ? free : version <= OLDER_UP_TO ? older : present;
    const { operation, params } = router(method, rest);
    return { kind: "operation", id: operation, version, params: { ...params } };
  } catch (thrown) {
    if (thrown instanceof AcdRefusal) return { kind: "refused", refusal: thrown };
    if (thrown instanceof Refusal) {
      const refusal = thrown.status === 404 ? invalidUri() : new AcdRefusal(thrown.status, "MethodNotAllowed", thrown.message);
      return { kind: "refused", refusal };
    }
    throw thrown;
  }
}

/** The name of a place for faults and the journal. */
export function placeName(place: AcdPlace): string | undefined {
  if (place.kind === "operation") return `acd.${place.id}`;
  return place.kind === "open" ? `acd.${place.open}` : undefined;
}

interface AcdRequest {
  readonly tenant: Tenant;
  readonly request: SandboxRequest;
  readonly place: AcdPlace;
  readonly holder: TokenHolder | undefined;
  readonly correlationId: string;
}

/** Answers a request to the ACD API. Never throws: an internal error becomes a 500. */
export function answerAcd({ tenant, request, place, holder, correlationId }: AcdRequest): AcdReply {
  const switches = tenant.scenario.acd;
  const reply = { correlationId, now: tenant.clock.now() };
  let clientId = holder?.clientId;
  let answer: AcdAnswer;
  try {
    if (place.kind === "refused") throw place.refusal;
    const search = request.target.split("?")[1] ?? "";
    const origin = originOf(request);
    if (place.kind === "open") {
      const opened = answerOpen(tenant, place.open, request, search, origin, switches);
      clientId = opened.clientId;
      answer = opened;
    } else {
      if (holder === undefined) return { response: responseOf({ status: 401 }, reply), clientId };
      if (switches.requireAccept && request.headers["accept"] === undefined)
        throw new AcdRefusal(406, "NotAcceptable", "There is no known way to render data for the request");
      const { version } = place;
      if (version !== 0 && (version < switches.versions.from || version > switches.versions.to)) throw invalidUri();
      answer = place.kind === "signal" ? ok() : operate(tenant, request, place, holder, search, origin);
    }
  } catch (thrown) {
    if (thrown === DROPPED) return { response: { ...responseOf({ status: 500 }, reply), damage: "reset" }, clientId };
    answer = refusalOf(thrown, switches.headerOnlyErrors);
  }
  return { response: responseOf(answer, reply), clientId };
}

/** Thrown to break the connection. */
const DROPPED = new Error("the connection is broken");

function operate(
  tenant: Tenant,
  request: SandboxRequest,
  { id, version, params }: Extract<AcdPlace, { kind: "operation" }>,
  holder: TokenHolder,
  search: string,
  origin: string,
): AcdAnswer {
  const switches = tenant.scenario.acd;
  const state = stateOf(tenant);
  const now = tenant.clock.now();
  settle(tenant, state, now);
  const row = acdOperationOf(id);
  if (row.permission !== undefined && switches.withoutPermissions.includes(row.permission))
    throw new AcdRefusal(403, "AccessDenied", "Access is denied");
  if (id === "createSkills" && version === CLASSIC && switches.dropSkillsV23) throw DROPPED;
  const generation = switches.generation[row.section as keyof typeof switches.generation];
  const v = generation === "classic" ? Math.min(version, CLASSIC) : generation === "modern" ? Math.max(version, MODERN) : version;
  const body = readBody(request);
  const call: AcdCall = {
    id,
    tenant,
    state,
    switches,
    version,
    // Resources without versions have only one form.
    v: version === 0 && generation === undefined ? MODERN : v,
    section: row.section,
    params,
    query: new Parameters(search),
    body,
    target: request.target,
    origin,
    clientId: holder.clientId,
    now,
  };
  endJobs(call);
  return answerAcdCall(call);
}

function readBody({ body }: SandboxRequest): unknown {
  if (body.length === 0) return undefined;
  const text = Buffer.from(body).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    // Some clients send forms.
    if (/^[\w.%-]+=/.test(text)) return Object.fromEntries(new URLSearchParams(text));
    throw invalid("Invalid parameter");
  }
}

/** Scheme and host as the client wrote them: tokens and discovery name this origin. */
function originOf({ headers }: SandboxRequest): string {
  return `${headers["x-forwarded-proto"] ?? "http"}://${headers["host"] ?? "localhost"}`;
}

function refusalOf(thrown: unknown, headerOnly: boolean): AcdAnswer {
  if (!(thrown instanceof AcdRefusal)) {
    const text = thrown instanceof Error ? thrown.message : "Internal Server Error";
    return { status: 500, description: text, body: { error: "InternalServerError", error_description: text } };
  }
  const { status, code, message } = thrown;
  return { status, description: message, ...(headerOnly ? {} : { body: { error: code, error_description: message } }) };
}

function responseOf(
  { status, body, description, file }: AcdAnswer,
  { correlationId, now }: { readonly correlationId: string; readonly now: Instant },
): SandboxResponse {
  const words = description ?? (status === 204 ? "No Content" : status >= 400 ? "" : "Success");
  const headers: Record<string, string> = {
    correlationid: correlationId,
    // On the tenant's clock, which may differ from this machine's: all times of this API are on the server's clock.
    date: new Date(now).toUTCString(),
    [STATUS_DESCRIPTION_HEADER.toLowerCase()]: words.replaceAll(/[^\x20-\x7e]/g, "?"),
    ...(status === 429 ? { "retry-after": "30" } : {}),
  };
  if (file !== undefined) return { status, headers: { ...headers, "content-type": "text/csv; charset=utf-8" }, body: file };
  if (body === undefined) return { status, headers, body: "" };
  return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}
