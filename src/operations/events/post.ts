// One POST to a receiver: over keep-alive connections of its own, or through a fetch that the caller supplies. Follows no redirect.

import { Pool } from "undici";
import { messageOf } from "../../kernel/index.ts";
import type { Lookup } from "./address.ts";

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
 * Posts over a pool of connections.
 * @param connections most connections; @param connectTimeoutMs for establishing a connection, including TLS
 * @param lookup resolves and checks the host's addresses for each connection
 */
export function poolPoster(url: URL, options: { connections: number; connectTimeoutMs: number; lookup: Lookup }): Poster {
  let pool: Pool | undefined;
  const path = url.pathname + url.search;
  const open = () =>
    new Pool(url.origin, {
      connections: options.connections,
      pipelining: 1,
      // One request per connection at a time, so that the bound on requests is a bound on connections.
      allowH2: false,
      connect: { timeout: options.connectTimeoutMs, lookup: options.lookup },
      // The caller's signal limits the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  return {
    async post(headers, body, signal) {
      pool ??= open();
      const answer = await pool.request({ method: "POST", path, headers, body, signal });
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
  const message = messageOf(deepest);
  const code = deepest instanceof Error && "code" in deepest ? String(deepest.code) : "";
  const text = code === "" || message.includes(code) ? message : `${code}: ${message}`;
  return `no answer: ${text.replaceAll(CONTROL, " ")}`.slice(0, MAX_ERROR);
}

function ignore(): void {}
