// Requests to the service: JSON in and out, problems as errors, the header that a page of another site cannot set, an idempotency
// key on writes.

import { messageOf } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";
import { type Answer, type AnyAsking, type Asking, addressOf, type Operation } from "./operation.ts";
import { RequestError } from "./problem-error.ts";

export interface Client {
  /**
   * Calls an operation of the service. Another call is a new intent; a repetition of the same one passes the same key. @throws
   * RequestError
   */
  readonly ask: <Id extends Operation>(id: Id, asking: Asking<Id>, more?: AskOptions) => Promise<Answer<Id>>;
  /**
   * Sends a file and reads the file that is made from it. The answer is not stored, and a repetition makes it again. @throws
   * RequestError
   */
  readonly made: <Id extends Operation>(id: Id, asking: Asking<Id>, file: Blob) => Promise<Blob>;
  /** Begins to read what a page is about to request: the first `ask` for the same gets this answer. */
  readonly ahead: <Id extends Operation>(id: Id, asking: Asking<Id>) => void;
  /** Reads NDJSON, one value per line. @throws RequestError */
  readonly lines: <Id extends Operation>(id: Id, asking: Asking<Id>, signal?: AbortSignal) => Promise<readonly Answer<Id>[]>;
}

interface AskOptions {
  readonly signal?: AbortSignal;
  /** Idempotency key of a write. */
  readonly key?: string;
  /** A file that is sent unchanged. */
  readonly file?: Blob;
}

interface ClientOptions {
  readonly fetch: typeof fetch;
  /** A new idempotency key. */
  readonly newKey: () => string;
  /** Called when the session has ended. */
  readonly onSignedOut: () => void;
}

const LINES = { accept: "application/x-ndjson" };
/** Shows the service that a script of its own page sends the request: another origin would need permission to set this header. */
const OWN_PAGE = { "x-outdial-request": "dashboard" };

export function createClient({ fetch, newKey, onSignedOut }: ClientOptions): Client {
  // Same origin, same build: the service checks its answers against the schemas from which these types follow.
  const send = (path: string, init: RequestInit): Promise<Response> =>
    fetch(path, { credentials: "same-origin", redirect: "error", ...init }).catch((cause: unknown) => {
      if (init.signal?.aborted === true) throw cause;
      throw new RequestError(0, `The service did not answer: ${messageOf(cause)}`, undefined, cause);
    });
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    return answerOf<T>(await send(path, init), init);
  }
  async function answerOf<T>(response: Response, init: RequestInit): Promise<T> {
    const text = await response.text().catch((cause: unknown) => {
      throw new RequestError(0, `The answer broke off: ${messageOf(cause)}`, undefined, cause);
    });
    const body =
      response.ok && init.headers === LINES
        ? text.split("\n").flatMap((line) => (line === "" ? [] : [parsed(line)]))
        : parsed(text);
    if (response.ok) return body as T;
    if (response.status === 401) onSignedOut();
    const problem = isProblem(body) ? body : undefined;
    throw new RequestError(
      response.status,
      problem?.detail ?? problem?.title ?? `The service answered ${response.status}`,
      problem,
    );
  }
  const begun = new Map<string, Promise<unknown>>();
  const read = <T>(url: string, signal?: AbortSignal): Promise<T> =>
    ask(url, { headers: { accept: "application/json" }, ...(signal === undefined ? {} : { signal }) });
  const write = (key: string) => ({ ...OWN_PAGE, "idempotency-key": key });
  return {
    async ask<Id extends Operation>(id: Id, asking: Asking<Id>, { signal, key = newKey(), file }: AskOptions = {}) {
      const { method, url } = addressOf(id, asking);
      if (method === "GET") {
        const early = begun.get(url);
        begun.delete(url);
        // An aborted request is sent again for the next caller; one that was begun ahead of time is never aborted.
        return (early as Promise<Answer<Id>> | undefined) ?? read<Answer<Id>>(url, signal);
      }
      const { body } = asking as AnyAsking;
      if (file !== undefined)
        return ask<Answer<Id>>(url, { method, headers: { ...write(key), "content-type": file.type || "text/csv" }, body: file });
      return ask<Answer<Id>>(url, {
        method,
        headers: { ...write(key), ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    async made(id, asking, file) {
      const { method, url } = addressOf(id, asking);
      const init = { method, headers: { ...OWN_PAGE, "content-type": file.type }, body: file };
      const response = await send(url, init);
      return response.ok ? response.blob() : answerOf<Blob>(response, init);
    },
    ahead(id, asking) {
      const { url } = addressOf(id, asking);
      const early = read<unknown>(url);
      begun.set(url, early);
      // The person may have signed in by the time the page opens: it requests again.
      early.catch(() => begun.delete(url));
    },
    lines: (id, asking, signal) =>
      ask(addressOf(id, asking).url, { headers: LINES, ...(signal === undefined ? {} : { signal }) }),
  };
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
