// One POST to a receiver: over keep-alive connections of its own, or through a fetch that the caller supplies. Follows no redirect.

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
   * Resolves when the body has been read up to a small limit and discarded, so that its connection is free again. Never rejects.
   */
  readonly dropped: Promise<void>;
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

/** Answers are not used; a receiver that sends more than this loses its connection. */
const BODY_LIMIT = 16 * 1024;
/** Longest text of an error that is stored, characters. */
export const MAX_ERROR = 300;
/** Parse errors quote received text, and the outbox cannot store a zero byte. */
const CONTROL = /\p{Cc}+/gu;

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
      const dropped = answer.body.dump({ limit: BODY_LIMIT, signal }).catch(ignore);
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
      const dropped = answer.body?.cancel().catch(ignore) ?? Promise.resolve();
      return { status: answer.status, retryAfter: answer.headers.get("retry-after") ?? undefined, dropped };
    },
    close: () => Promise.resolve(),
  };
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

function ignore(): void {}
