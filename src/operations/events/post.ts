// One POST to a receiver: over keep-alive connections of its own, or through a fetch that the caller supplies. Follows no redirect.

import type { Readable } from "node:stream";
import { type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { messageOf } from "../../kernel/index.ts";
import { connectionsTo, connectionWords } from "../../tenant/port.ts";
import type { Endpoint } from "./endpoint.ts";

/** What a receiver answered. */
export interface PostAnswer {
  readonly status: number;
  /** The Retry-After header as received. */
  readonly retryAfter?: string | undefined;
  /**
   * Resolves when the body has been read up to a small limit, so that its connection is free again: of a refusal with the beginning
   * of its text, without what the request is authorised by. Never rejects.
   */
  readonly dropped: Promise<string | undefined>;
}

/** Sends bodies to one receiver. */
export interface Poster {
  /** Resolves as soon as there is a status; rejects when there is none, or with the signal's reason. */
  post(headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<PostAnswer>;
  /** Closes the connections. A later post opens new ones. */
  close(): Promise<void>;
}

/** The part of `fetch` that outdial uses, so that a function can replace the network. */
export type Fetch = (
  url: string,
  init: { method: "POST"; headers: Record<string, string>; body: string; redirect: "manual"; signal: AbortSignal },
) => Promise<Response>;

/** Statuses about the event itself, which every further attempt would get as well. None is a reply code of a mail server. */
export const REFUSALS: ReadonlySet<number> = new Set([400, 406, 409, 411, 413, 414, 415, 422]);
/** Only the beginning of a refusal is used; a receiver that sends more than this loses its connection. */
const BODY_LIMIT = 16 * 1024;
/** Most of a refusal's text that is kept, characters. */
const MAX_SAID = 200;
/** Longest text of an error that is stored, characters. */
export const MAX_ERROR = 300;
/** Parse errors quote received text, and the outbox cannot store a zero byte. */
const CONTROL = /\p{Cc}+/gu;
const BLANKS = /[\p{Cc}\s]+/gu;

/**
 * Connections to a receiver, one request on each at a time: so a bound on concurrency is a bound on connections. Its lookup judges the host's addresses
 * for each; through a proxy the proxy does.
 * @param options.connectTimeoutMs for a connection to be established, TLS included
 * @param options.answerTimeoutMs for the answer, and between two pieces of it; 0 where a signal limits the exchange
 */
export function connectionsOf(
  { url, lookup, proxy }: Pick<Endpoint, "url" | "lookup" | "proxy">,
  options: { readonly connections: number; readonly connectTimeoutMs: number; readonly answerTimeoutMs: number },
): Dispatcher {
  const { connections, connectTimeoutMs: timeout, answerTimeoutMs } = options;
  const timeouts = { headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs };
  const connect = { timeout, lookup };
  return connectionsTo(
    { Pool, EnvHttpProxyAgent },
    url.origin,
    { connections, pipelining: 1, allowH2: false, connect, ...timeouts },
    proxy,
  );
}

/** Posts over connections of its own. @param options.connections most at once; see `connectionsOf` */
export function poolPoster(
  endpoint: Pick<Endpoint, "url" | "lookup" | "proxy">,
  options: { readonly connections: number; readonly connectTimeoutMs: number },
): Poster {
  let pool: Dispatcher | undefined;
  const { origin, pathname, search } = endpoint.url;
  // The caller's signal limits the whole exchange.
  const open = () => connectionsOf(endpoint, { ...options, answerTimeoutMs: 0 });
  return {
    async post(headers, body, signal) {
      pool ??= open();
      const answer = await pool.request({ origin, method: "POST", path: pathname + search, headers, body, signal });
      const retryAfter = answer.headers["retry-after"];
      const dropped = REFUSALS.has(answer.statusCode)
        ? beginningOf(answer.body, headers, signal)
        : answer.body.dump({ limit: BODY_LIMIT, signal }).then(ignore, ignore);
      return { status: answer.statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, dropped };
    },
    async close() {
      const closing = pool;
      pool = undefined;
      await closing?.close();
    },
  };
}

/**
 * Opens a connection as a post does, through a proxy and with TLS where a post has them, and sends nothing over it. Rejects as a
 * post does, and with the signal's reason.
 */
export async function openConnection(
  endpoint: Pick<Endpoint, "url" | "lookup" | "proxy">,
  connectTimeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const connection = connectionsOf(endpoint, { connections: 1, connectTimeoutMs, answerTimeoutMs: 0 });
  const end = () => {
    connection.destroy(new Error("ended before there was a connection", { cause: signal.reason })).catch(ignore);
  };
  signal.addEventListener("abort", end, { once: true });
  let opened = false;
  try {
    await new Promise<void>((resolve, reject) => {
      connection.dispatch(
        { origin: endpoint.url.origin, method: "HEAD", path: "/" },
        {
          // The connection is there and nothing of the request is written yet, nor will be.
          onRequestStart(request) {
            opened = true;
            request.abort(new Error("only the connection was wanted"));
          },
          onResponseStart: ignore,
          onResponseData: ignore,
          onResponseEnd: ignore,
          onResponseError: (_, thrown) => (opened ? resolve() : reject(thrown)),
        },
      );
    });
  } finally {
    signal.removeEventListener("abort", end);
    await connection.destroy().catch(ignore);
  }
}

/** Posts through a supplied fetch. */
export function fetchPoster(url: URL, fetch: Fetch): Poster {
  return {
    async post(headers, body, signal) {
      const answer = await fetch(url.href, { method: "POST", headers: { ...headers }, body, redirect: "manual", signal });
      const dropped = answer.body?.cancel().then(ignore, ignore) ?? Promise.resolve(undefined);
      return { status: answer.status, retryAfter: answer.headers.get("retry-after") ?? undefined, dropped };
    },
    close: () => Promise.resolve(),
  };
}

/** What a refusal says, on one line. What authorises the request is left out where the receiver repeats it. */
async function beginningOf(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = () => void body.destroy();
  signal.addEventListener("abort", end, { once: true });
  const pieces: Buffer[] = [];
  try {
    let size = 0;
    for await (const piece of body) {
      pieces.push(Buffer.from(piece));
      size += pieces.at(-1)?.length ?? 0;
      // Leaving the loop ends the connection.
      if (size > BODY_LIMIT) break;
    }
  } catch {
    // What came before it broke off is what it says.
  } finally {
    signal.removeEventListener("abort", end);
  }
  let text = Buffer.concat(pieces).toString("utf8").replaceAll(BLANKS, " ").trim();
  const { authorization = "" } = headers;
  for (const secret of [authorization, authorization.replace(/^Bearer /, ""), headers["webhook-signature"] ?? ""])
    if (secret !== "") text = text.replaceAll(secret, "…");
  return text === "" ? undefined : text.slice(0, MAX_SAID).toWellFormed();
}

/** Why there was no answer: error code and message, bounded. Neither contains the request. */
export function failureText(thrown: unknown): string {
  let deepest = thrown;
  for (let depth = 0; depth < 5 && deepest instanceof Error && deepest.cause instanceof Error; depth++) deepest = deepest.cause;
  if (deepest instanceof AggregateError && deepest.errors.length > 0) deepest = deepest.errors[0];
  const message = connectionWords(messageOf(deepest));
  const code = deepest instanceof Error && "code" in deepest ? String(deepest.code) : "";
  const text = code === "" || message.includes(code) ? message : `${code}: ${message}`;
  return `no answer: ${text.replaceAll(CONTROL, " ")}`.slice(0, MAX_ERROR);
}

function ignore(): undefined {
  return undefined;
}
