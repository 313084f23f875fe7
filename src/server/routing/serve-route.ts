// From a request to the answer of its route: who makes it, whether they may, whether another site caused it, whether it is a
// repetition, whether a second person must agree; and its audit entry.

import { createHash } from "node:crypto";
import type { Context } from "hono";
import { type Clock, messageOf, OutdialError } from "../../kernel/index.ts";
import { approvalOf, maskedCsv, maskedText, maskedValue, ROLES, type Role } from "../../operations/views/index.ts";
import { type Access, type AuditInput, type Principal, type ServiceRequests } from "../../store/index.ts";
import { authenticate, type Remembered, withinMs } from "../access/authenticate.ts";
import { refuseCrossSite } from "../access/cross-site.ts";
import type { LoginThrottle } from "../access/throttle.ts";
import { ServerError } from "../error.ts";
import { boundedBytes, mediaTypeOf, readJson } from "../http/body.ts";
import { refuseUnusable } from "../http/usable.ts";
import { withEnd } from "./ndjson.ts";
import type { Answer, ApiRoute, RawRequest, Upload, Waiting } from "./route-types.ts";

/** What serving routes needs. */
export interface RouteHost {
  readonly clock: Clock;
  readonly access: Access;
  readonly requests: ServiceRequests;
  readonly throttle: LoginThrottle;
  readonly remembered: Remembered;
  /** Writes into the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly https: boolean;
  readonly origins: readonly string[];
  readonly fourEyes: boolean;
  readonly uploadLimit: number;
  /** Time limit for receiving a JSON body, ms. */
  readonly bodyMs: number;
  /** Stores an uploaded file until the request has ended. */
  readonly spool: (bytes: AsyncIterable<Uint8Array>) => Promise<Upload & AsyncDisposable>;
}

/** A request and what is known about it. */
export interface Incoming {
  readonly context: Context;
  readonly requestId: string;
  readonly address: string;
  /** The client, when this process has already recognised it. */
  readonly who: Principal | undefined;
}

/** Time limit for the body of a route that acts whatever the body is, ms. */
const MENDED_BODY_MS = 2_000;
const NOBODY: Principal = { name: "nobody", role: "viewer", via: "token", expiresAt: null, sessionId: null, tokenId: null };
const KEY = /^[\x21-\x7e]{1,200}$/;

/** Whether a role includes another. */
const mayAs = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** What a person is told who may not: the role that is needed, and the one that they have. */
function notPermitted(needed: Role, { name, role }: Principal): ServerError {
  return new ServerError("not_permitted", `this needs the role ${needed}; ${name} has the role ${role}`, {
    details: { needed, name, role },
  });
}

/** Answers a request. Throws OutdialError when it is refused. */
export async function serveRoute(route: ApiRoute, incoming: Incoming, host: RouteHost): Promise<Response> {
  const { context, requestId, address } = incoming;
  const request = context.req.raw;
  const changes = route.method !== "get";
  const { who, setCookie } =
    route.role === "public"
      ? { who: NOBODY, setCookie: undefined }
      : incoming.who === undefined
        ? await authenticate(request, address, { ...host, storeless: route.storeless, now: () => host.clock.now() })
        : { who: incoming.who, setCookie: undefined };
  // A login has no cookie yet, and a forged request would begin with a login.
  if (who.via === "session" || route.role === "public") refuseCrossSite(request, host.origins, changes);
  if (route.role !== "public" && !mayAs(who.role, route.role)) throw notPermitted(route.role, who);
  const given = await givenOf(route, context, host);
  await using stack = new AsyncDisposableStack();
  const upload = route.upload === undefined ? undefined : stack.use(await takeUpload(request, route.upload, host));
  const raw: RawRequest = {
    ...given,
    upload,
    headers: request.headers,
    who,
    requestId,
    address,
    signal: request.signal,
  };
  const besides = besidesOf(route);
  const answer = () => route.answer(raw, (plan) => secondPerson(route, raw, plan, host));
  const answered = ended(await once(route, raw, request, { ...host, besides }, answer));
  await besides(() => recordRoute(route, raw, answered, host));
  const shown = who.role === "viewer" && !route.asItIs ? maskedAnswer(answered) : answered;
  // A stream may still be reading the upload.
  const response = responseOf(shown, request, answered.kind === "stream" ? stack.move() : undefined);
  if (setCookie !== undefined) response.headers.append("set-cookie", setCookie);
  return response;
}

/** Through a connection, the end of lines has to be told. */
const ended = (answer: Answer): Answer =>
  answer.kind === "stream" && answer.isEndAsked !== undefined
    ? { ...answer, texts: withEnd(answer.texts, answer.isEndAsked) }
    : answer;

/** The answer for somebody who may not see telephone numbers. A raw response is made by its route, which masks by itself. */
function maskedAnswer(answer: Answer): Answer {
  if (answer.kind === "json") return { ...answer, value: maskedValue(answer.value, { keepIds: true }) };
  if (answer.kind === "response") return answer;
  // Texts are whole lines.
  const maskedLine = (line: string) => (line === "" ? line : JSON.stringify(maskedValue(JSON.parse(line), { keepIds: true })));
  const { contentType } = answer;
  const shown = (text: string) => {
    if (contentType.includes("ndjson")) return text.split("\n").map(maskedLine).join("\n");
    return contentType.includes("csv") ? maskedCsv(text) : maskedText(text);
  };
  return { ...answer, texts: mapped(answer.texts, shown) };
}

async function* mapped(texts: AsyncIterable<string | Uint8Array>, change: (text: string) => string): AsyncGenerator<string> {
  for await (const text of texts) {
    if (typeof text !== "string") throw new TypeError("what is no text cannot be masked");
    yield change(text);
  }
}

/** The parts of the request, not yet checked against schemas. Throws ServerError for what no handler can use, except for routes with `mend`. */
async function givenOf(
  { body, mend }: ApiRoute,
  context: Context,
  { bodyMs }: RouteHost,
): Promise<Pick<RawRequest, "params" | "query" | "body" | "ignored">> {
  const request = context.req.raw;
  const [params, query] = [context.req.param(), queryOf(context)];
  if (mend === undefined) {
    const given = { params, query, body: body === undefined ? undefined : await readJson(request, bodyMs) };
    refuseUnusable(given);
    return { ...given, ignored: [] };
  }
  try {
    const read = await readJson(request, Math.min(bodyMs, MENDED_BODY_MS));
    refuseUnusable({ params: {}, query: {}, body: read });
    return { params, query: {}, ...mend(read) };
  } catch (thrown) {
    return { params, query: {}, body: mend(undefined).body, ignored: [`the whole body: ${messageOf(thrown)}`] };
  }
}

function queryOf(context: Context): RawRequest["query"] {
  const query: Record<string, string | readonly string[]> = {};
  for (const [name, values] of Object.entries(context.req.queries())) {
    const [only] = values;
    query[name] = values.length === 1 && only !== undefined ? only : values;
  }
  return query;
}

async function takeUpload(request: Request, allowed: readonly string[], host: RouteHost): Promise<Upload & AsyncDisposable> {
  const contentType = mediaTypeOf(request.headers);
  if (!allowed.includes(contentType))
    throw new ServerError(
      "unsupported_media_type",
      `the body is ${contentType || "of no type"}; allowed are ${allowed.join(", ")}`,
    );
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > host.uploadLimit)
    throw new ServerError("request_too_large", `the file is larger than ${host.uploadLimit} bytes`);
  const spooled = await host.spool(boundedBytes(request.body, host.uploadLimit));
  return { ...spooled, contentType, [Symbol.asyncDispose]: () => spooled[Symbol.asyncDispose]() };
}

/** In four-eyes mode a dangerous verb waits; the answer contains the approval. */
async function secondPerson(route: ApiRoute, raw: RawRequest, plan: Waiting, host: RouteHost): Promise<Answer | undefined> {
  if (!host.fourEyes) return undefined;
  const { params, query, body } = raw;
  const approval = await host.requests.askApproval({
    operation: route.id,
    ...plan,
    request: { params, query, body },
    requestedBy: raw.who.name,
    requestedPerson: raw.who.person ?? null,
    requestedWith: raw.who,
  });
  return { kind: "json", status: 202, value: { approval: approvalOf(approval, host.clock.now()) } };
}

/** Carries out a request with an Idempotency-Key once; a repetition gets the first answer. */
async function once(
  route: ApiRoute,
  raw: RawRequest,
  request: Request,
  { besides, ...host }: RouteHost & { readonly besides: Besides },
  run: () => Promise<Answer>,
): Promise<Answer> {
  const key = route.method === "get" || route.question ? null : request.headers.get("idempotency-key");
  if (key === null || route.role === "public") return run();
  const certain = route.mend !== undefined;
  if (!KEY.test(key) && certain) return run();
  if (!KEY.test(key)) throw new ServerError("invalid_request", "the Idempotency-Key is 1 to 200 visible ASCII characters");
  const { name } = raw.who;
  const hash = await hashOf(route, raw);
  const taken = await besides(() => host.requests.takeKey(name, key, hash));
  if (taken === undefined) return run();
  if (certain && (taken.state === "other" || taken.state === "busy")) return run();
  if (taken.state === "lost" && (certain || PAUSES.has(route.id))) return run();
  if (taken.state === "lost") throw answerLost(taken.wrote);
  if (taken.state === "other") throw new ServerError("key_reused", "this Idempotency-Key was used with another request before");
  if (taken.state === "busy") throw new ServerError("key_busy", "the request with this Idempotency-Key is still being processed");
  if (taken.state === "done") {
    const value: unknown = JSON.parse(taken.body);
    return { kind: "json", status: taken.status, value, headers: { "idempotency-replayed": "true" } };
  }
  const keep = (work: () => Promise<void>) => kept(work, host.clock);
  try {
    const answer = await host.requests.keyed(name, key, run);
    const { kind } = answer;
    await besides(() =>
      keep(() =>
        kind === "json"
          ? host.requests.completeKey(name, key, { status: answer.status, body: JSON.stringify(answer.value) })
          : // What is kept nowhere, such as the text of a token, cannot be given again.
            host.requests.loseKey(name, key),
      ),
    );
    return answer;
  } catch (thrown) {
    // After a refusal the caller knows where it is; after anything else a repetition must not do again what may have been done.
    const lost = !(thrown instanceof OutdialError) || LOST.has(thrown.code);
    await besides(() => keep(() => (lost ? host.requests.loseKey(name, key) : host.requests.releaseKey(name, key))));
    throw thrown;
  }
}

/** How long a route that needs no database waits for all that is written beside it, ms; and at least, for each thing. */
const BESIDE_MS = 250;
const LEAST_BESIDE_MS = 20;

/** Does what the database does beside a request; undefined when it does not, for a route that is answered without it. */
type Besides = <T>(work: () => Promise<T>) => Promise<T | undefined>;

function besidesOf({ storeless }: ApiRoute): Besides {
  if (!storeless) return (work) => work();
  let left = BESIDE_MS;
  return async (work) => {
    const began = performance.now();
    try {
      return await withinMs(work(), Math.max(LEAST_BESIDE_MS, left));
    } catch (thrown) {
      // Nothing that the database says holds such a route up.
      if (thrown instanceof ServerError) throw thrown;
      return undefined;
    } finally {
      left -= performance.now() - began;
    }
  };
}

/** What only stops dialing is carried out again rather than told. */
const PAUSES: ReadonlySet<string> = new Set(["campaigns.pause", "campaigns.pauseSeveral"]);
/** Errors after which it is not known what of a request was written. */
const LOST: ReadonlySet<string> = new Set(["store_unavailable", "store_full", "aborted", "interrupted"]);
/** Pauses before the state of a key is written again, ms: a connection that was lost is replaced at once. */
const KEEP_AGAIN_MS = [0, 250, 1000];

/** Writes the state of a key. When that fails the key stays taken, and says so to whoever comes with it: the answer is the caller's all the same. */
async function kept(work: () => Promise<void>, clock: Clock): Promise<void> {
  for (const pauseMs of KEEP_AGAIN_MS) {
    if (pauseMs > 0) await clock.sleep(pauseMs).catch(() => undefined);
    try {
      await work();
      return;
    } catch (thrown) {
      if (!(thrown instanceof OutdialError) || !LOST.has(thrown.code)) throw thrown;
    }
  }
}

/** What a repetition is told when the first request wrote something and its answer was lost. */
function answerLost(wrote: readonly { readonly action: string; readonly subject: string }[]): ServerError {
  const said = wrote.map(({ action, subject }) => `${action} ${subject}`).join(", ");
  return new ServerError(
    "answer_lost",
    `the answer to the request with this Idempotency-Key was lost or is kept nowhere, and how it ended is not known; it wrote: ${said}`,
    {
      advice:
        "Look at what it is about, or in the audit log (GET /api/v1/audit), before it is asked for again with another key: it is not carried out a second time with this one.",
      details: { wrote },
    },
  );
}

async function hashOf(route: ApiRoute, { params, query, body, upload }: RawRequest): Promise<Buffer> {
  const hash = createHash("sha256").update(JSON.stringify([route.id, params, query, body ?? null]));
  if (upload !== undefined) for await (const chunk of upload.bytes()) hash.update(chunk);
  return hash.digest();
}

/** Every write and every reading of personal data is in the audit log before the answer is sent. */
async function recordRoute(route: ApiRoute, raw: RawRequest, answer: Answer, host: RouteHost): Promise<void> {
  const writes = route.method !== "get" && !route.question;
  const personal = route.personal === "revealed" ? isRevealed(raw) : route.personal;
  if ((!writes && !personal) || route.role === "public") return;
  const { params, who, requestId, address } = raw;
  const subject = Object.values(params).join("/") || numberIn(raw.body) || route.id;
  const details = {
    requestId,
    role: who.role,
    via: who.via,
    address,
    status: answer.kind === "json" ? answer.status : 200,
    ...(Object.keys(raw.query).length === 0 ? {} : { query: raw.query }),
    ...(raw.ignored.length === 0 ? {} : { ignored: raw.ignored }),
    ...(answer.kind === "json" && answer.headers !== undefined ? { replayed: true } : {}),
  };
  const job = answer.kind === "json" ? jobIn(answer.value) : undefined;
  await host.record({ actor: who.name, action: `api.${route.id}`, subject, details, ...(job === undefined ? {} : { job }) });
}

/** The job that an answer names. */
function jobIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("jobId" in value && typeof value.jobId === "string") return value.jobId;
  const job = "job" in value ? value.job : undefined;
  return typeof job === "object" && job !== null && "id" in job && typeof job.id === "string" ? job.id : undefined;
}

/** The telephone number of a question or a change. */
function numberIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("number" in body) || typeof body.number !== "string") return undefined;
  return body.number.slice(0, 40);
}

/** Requested in the query, or in the body of a question. */
function isRevealed({ query, body }: RawRequest): boolean {
  if (query["reveal"] === "true") return true;
  return typeof body === "object" && body !== null && "reveal" in body && body.reveal === true;
}

// The response to a request, from the answer of its route.

function responseOf(answer: Answer, request: Request, owned: AsyncDisposableStack | undefined): Response {
  if (answer.kind === "response") return answer.response;
  if (answer.kind === "json") return jsonOf(answer, request);
  const headers = new Headers({ "content-type": answer.contentType, "cache-control": "no-store", ...answer.headers });
  if (answer.fileName !== undefined)
    headers.set("content-disposition", `attachment; filename="${answer.fileName.replaceAll(/[^\w.-]/g, "_")}"`);
  return new Response(textStream(answer.texts, owned), { headers });
}

/** What was read has a tag: whoever has this answer already is told so, and gets no body. */
function jsonOf({ value, status, headers: own }: Extract<Answer, { kind: "json" }>, request: Request): Response {
  const text = JSON.stringify(value);
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store", ...own });
  headers.set("content-length", String(Buffer.byteLength(text)));
  if (request.method !== "GET" || status !== 200) return new Response(text, { status, headers });
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
  headers.set("etag", tag);
  const known = request.headers.get("if-none-match")?.split(/\s*,\s*/) ?? [];
  if (!known.some((one) => one.replace(/^W\//, "") === tag)) return new Response(text, { headers });
  headers.delete("content-length");
  return new Response(null, { status: 304, headers });
}

/** Texts at the reader's pace; the resources they need are released at the end. */
function textStream(
  texts: AsyncIterable<string | Uint8Array>,
  owned: AsyncDisposableStack | undefined,
): ReadableStream<Uint8Array> {
  const iterator = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await iterator.next();
        if (done !== true) {
          controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
          return;
        }
        await owned?.disposeAsync();
        controller.close();
      } catch (thrown) {
        await owned?.disposeAsync();
        throw thrown;
      }
    },
    async cancel() {
      await iterator.return?.();
      await owned?.disposeAsync();
    },
  });
}
