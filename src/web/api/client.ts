// Requests to the service: JSON in and out, problems as errors, the header that a foreign page cannot set, an idempotency key on writes.

import { messageOf } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";
import { RequestError } from "./problem-error.ts";

export type QueryValue = string | number | boolean | readonly string[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

export interface Client {
  /** @throws RequestError */
  readonly get: <T>(path: string, query?: Query, signal?: AbortSignal) => Promise<T>;
  /** Begins to read what a page is about to ask for: the first `get` of it, without a query, takes this answer. */
  readonly ahead: (path: string) => void;
  /** Reads NDJSON, a value a line. @throws RequestError */
  readonly lines: <T>(path: string, query?: Query, signal?: AbortSignal) => Promise<readonly T[]>;
  /** Sends JSON. Repeating the call is a new intent; a repeat of the same one passes the same key. @throws RequestError */
  readonly send: <T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, key?: string) => Promise<T>;
  /** Sends a file as it is. @throws RequestError */
  readonly upload: <T>(path: string, query: Query, body: Blob, key?: string) => Promise<T>;
}

export interface ClientOptions {
  readonly fetch: typeof fetch;
  /** A new idempotency key. */
  readonly newKey: () => string;
  /** The session has ended. */
  readonly onSignedOut: () => void;
}

const BASE = "/api/v1";
const LINES = { accept: "application/x-ndjson" };
/** Its presence shows the service that a script of its own page asks: another origin would need leave to send it. */
const OWN_PAGE = { "x-outdial-request": "dashboard" };

export function createClient({ fetch, newKey, onSignedOut }: ClientOptions): Client {
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(path, { credentials: "same-origin", redirect: "error", ...init }).catch((cause: unknown) => {
      if (init.signal?.aborted === true) throw cause;
      throw new RequestError(0, `The service did not answer: ${messageOf(cause)}`, undefined, cause);
    });
    const text = await response.text().catch((cause: unknown) => {
      throw new RequestError(0, `The answer broke off: ${messageOf(cause)}`, undefined, cause);
    });
    const body =
      response.ok && init.headers === LINES
        ? text.split("\n").flatMap((line) => (line === "" ? [] : [parsed(line)]))
        : parsed(text);
    if (response.ok) return body as T; // Same origin, same build: the service checks what it answers against the schema of this type.
    if (response.status === 401) onSignedOut();
    const problem = isProblem(body) ? body : undefined;
    throw new RequestError(
      response.status,
      problem?.detail ?? problem?.title ?? `The service answered ${response.status}`,
      problem,
    );
  }
  const begun = new Map<string, Promise<unknown>>();
  const read = <T>(path: string, query: Query, signal?: AbortSignal): Promise<T> =>
    ask(urlOf(path, query), { headers: { accept: "application/json" }, ...(signal === undefined ? {} : { signal }) });
  const write = (key: string) => ({ ...OWN_PAGE, "idempotency-key": key });
  return {
    get<T>(path: string, query: Query = {}, signal?: AbortSignal) {
      const url = urlOf(path, query);
      const early = begun.get(url);
      begun.delete(url);
      // What is given up is asked anew by whoever comes next; an answer that was begun early is nobody's to give up.
      return early === undefined ? read<T>(path, query, signal) : (early as Promise<T>);
    },
    ahead(path) {
      const early = read<unknown>(path, {});
      const url = urlOf(path, {});
      begun.set(url, early);
      // Who was not signed in then may be when the page comes: it asks again.
      early.catch(() => begun.delete(url));
    },
    lines: (path, query = {}, signal) => ask(urlOf(path, query), { headers: LINES, ...(signal === undefined ? {} : { signal }) }),
    send: (method, path, body, key = newKey()) =>
      ask(urlOf(path, {}), {
        method,
        headers: { ...write(key), ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    upload: (path, query, body, key = newKey()) =>
      ask(urlOf(path, query), { method: "POST", headers: { ...write(key), "content-type": body.type || "text/csv" }, body }),
  };
}

/** Path below the API's root with its query; what is undefined is left out, a list is repeated. */
export function urlOf(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) search.append(name, one);
  }
  const text = search.toString();
  return `${BASE}${path}${text === "" ? "" : `?${text}`}`;
}

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is ApiTypes.Problem {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}
