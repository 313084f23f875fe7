// What every page needs, created once and passed down: requests, live updates, the session, messages to the person.

import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { messageOf } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";
import { type Answer, type AnyAsking, type Asking, addressOf, type Operation } from "./operation.ts";
import { RequestError } from "./problem-error.ts";
import { createSession, type Session } from "./session.ts";
import { createToasts, type Toasts } from "./toasts.ts";

// Live updates: one stream for the whole page, resumed where it broke off. Its state is a signal, so that the page can show since
// when it is lost.

/** Parses server-sent events from a stream of text (WHATWG HTML, "Interpreting an event stream"), in pieces of any size. */
export interface SseMessage {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

interface SseParser {
  /** Messages that the piece completes, in order. A comment is not a message; one with only an id has empty data. */
  readonly push: (piece: string) => readonly SseMessage[];
  /** The pause between two connections that the stream requested, ms; undefined when it did not. */
  readonly retry: () => number | undefined;
}

export function createSseParser(): SseParser {
  let rest = "";
  let retry: number | undefined;
  let draft: { id: string | undefined; event: string; data: string[] } = { id: undefined, event: "message", data: [] };

  function line(text: string): SseMessage | undefined {
    if (text === "") {
      const { id, event, data } = draft;
      draft = { id: undefined, event: "message", data: [] };
      // Without data it is not an event, but its id still counts.
      return data.length === 0 && id === undefined ? undefined : { id, event, data: data.join("\n") };
    }
    const colon = text.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "data") draft.data.push(value);
    else if (field === "event") draft.event = value;
    else if (field === "id" && !value.includes("\0")) draft.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) retry = Number(value);
    return undefined;
  }

  return {
    push(piece) {
      rest += piece;
      const messages: SseMessage[] = [];
      for (;;) {
        const end = /\r\n|\n|\r/.exec(rest);
        // A carriage return at the very end may be the first half of a pair.
        if (end === null || (end[0] === "\r" && end.index === rest.length - 1)) return messages;
        const message = line(rest.slice(0, end.index));
        rest = rest.slice(end.index + end[0].length);
        if (message !== undefined) messages.push(message);
      }
    },
    retry: () => retry,
  };
}

const FIRST = 500;
const LONGEST = 15_000;

/**
 * Doubles from half a second to a quarter of a minute, half of it random, so that many pages do not reconnect at the same time.
 * @param failures failed connections since the last successful one, from 1
 * @param chance 0 to 1
 * @param least the pause requested by the service, ms
 */
export function waitBeforeRetry(failures: number, chance: number, least = 0): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.max(least, Math.round(full / 2 + (full / 2) * chance));
}

type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** `since`: when it was noticed, ms since the epoch. */
  | { readonly kind: "lost"; readonly since: number };

interface Live {
  readonly link: ReadonlySignal<LinkState>;
  /** Calls back for each event until the returned function is called. */
  readonly subscribe: (listener: (event: ApiTypes.ServiceEvent) => void) => () => void;
  readonly start: () => void;
  readonly stop: () => void;
  /** The rows of the list of campaigns as they were told last; undefined: not yet. */
  readonly rows: ReadonlySignal<ListedAt | undefined>;
  /** Has the stream bring the rows until the returned function is called. */
  readonly withRows: () => () => void;
}

/** The list, and when something of it came, ms since the epoch. */
export interface ListedAt {
  readonly list: ApiTypes.CampaignList;
  readonly at: number;
}

/** The list with what has changed of it. */
function changed(before: ApiTypes.CampaignList | undefined, told: Extract<ApiTypes.ServiceEvent, { type: "rows" }>) {
  const rows = new Map<string, object>(before?.items.map((row) => [row.id, row]));
  for (const row of told.rows) rows.set(row.id, { ...rows.get(row.id), ...row });
  const ids = told.ids ?? before?.items.map(({ id }) => id) ?? [];
  // The first time each row is whole.
  const items = ids.flatMap((id) => (rows.get(id) ?? []) as ApiTypes.CampaignSummary | []);
  return { items, next: null, known: told.known };
}

interface LiveOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly chance: () => number;
  /** Longest silence of a stream that counts as alive, ms: the service sends heartbeats more often. Default 45 s. */
  readonly silence?: number;
  readonly onSignedOut: () => void;
}

function createLive({ fetch, now, chance, silence = 45_000, onSignedOut }: LiveOptions): Live {
  const link = signal<LinkState>({ kind: "connecting" });
  const rows = signal<ListedAt | undefined>(undefined);
  const listeners = new Set<(event: ApiTypes.ServiceEvent) => void>();
  let wanting = 0;
  let lastId: string | undefined;
  let failures = 0;
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(event: ApiTypes.ServiceEvent): void {
    if (event.type === "rows") rows.value = { list: changed(rows.peek()?.list, event), at: now() };
    for (const listener of listeners) listener(event);
  }

  function lost(least: number): void {
    failures += 1;
    if (link.value.kind !== "lost") link.value = { kind: "lost", since: now() };
    timer = setTimeout(() => void connect(), waitBeforeRetry(failures, chance(), least));
  }

  async function connect(): Promise<void> {
    const control = new AbortController();
    running = control;
    const parser = createSseParser();
    let watch: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(watch);
      watch = setTimeout(() => control.abort("silent"), silence);
    };
    try {
      heard();
      const response = await fetch(`/api/v1/events${wanting > 0 ? "?rows=true" : ""}`, {
        headers: { accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) },
        credentials: "same-origin",
        cache: "no-store",
        signal: control.signal,
      });
      if (response.status === 401) {
        running = undefined;
        return onSignedOut();
      }
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
      const wasLost = link.value.kind === "lost";
      link.value = { kind: "open" };
      // Without an id there is nothing to resume from, so everything must be read again.
      if (wasLost && lastId === undefined) tell({ type: "reset", at: new Date(now()).toISOString() });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        heard();
        failures = 0;
        for (const message of parser.push(value)) {
          if (message.id !== undefined) lastId = message.id;
          const event = eventOf(message.data);
          if (event !== undefined) tell(event);
        }
      }
    } catch {
      // After any error: the state says that the stream is lost, and it is tried again.
    } finally {
      clearTimeout(watch);
    }
    if (running === control) lost(parser.retry() ?? 0);
  }

  /** Opens the stream anew, where it was; who looks on is told of no loss. */
  function again(): void {
    if (running === undefined) return;
    const former = running;
    running = undefined;
    former.abort();
    clearTimeout(timer);
    void connect();
  }

  return {
    link,
    rows,
    withRows() {
      if (++wanting === 1) again();
      return () => {
        if (--wanting > 0) return;
        rows.value = undefined;
        again();
      };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      if (running !== undefined) return;
      link.value = { kind: "connecting" };
      void connect();
    },
    stop() {
      clearTimeout(timer);
      const control = running;
      running = undefined;
      control?.abort();
    },
  };
}

function eventOf(data: string): ApiTypes.ServiceEvent | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && "type" in value ? (value as ApiTypes.ServiceEvent) : undefined;
  } catch {
    return undefined;
  }
}

// Requests to the service: JSON in and out, problems as errors, the header that a page of another site cannot set, an idempotency
// key on writes.

interface Client {
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

/** So many answers are kept for when they are read again. */
const MOST_HAD = 20;
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
  /** Answers with their tags, the latest last: one that is the same when it is read again is not sent again. */
  const had = new Map<string, { readonly tag: string; readonly value: unknown }>();
  async function read<T>(url: string, signal?: AbortSignal): Promise<T> {
    const before = had.get(url);
    had.delete(url);
    const headers = { accept: "application/json", ...(before === undefined ? {} : { "if-none-match": before.tag }) };
    const init = { headers, ...(signal === undefined ? {} : { signal }) };
    const response = await send(url, init);
    const same = response.status === 304 ? before : undefined;
    const value = same === undefined ? await answerOf<T>(response, init) : (same.value as T);
    const tag = same?.tag ?? response.headers?.get("etag");
    if (tag !== null && tag !== undefined) had.set(url, { tag, value });
    for (const oldest of had.keys()) if (had.size > MOST_HAD) had.delete(oldest);
    return value;
  }
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

export interface Dashboard {
  readonly client: Client;
  readonly live: Live;
  readonly session: Session;
  readonly toasts: Toasts;
  readonly now: () => number;
  /** Asks the service who is signed in, and starts live updates if anybody is. */
  readonly identify: () => Promise<void>;
  readonly signOut: () => Promise<void>;
}

interface DashboardOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly chance: () => number;
  readonly newKey: () => string;
  /** Goes to another site. */
  readonly leave?: (url: string) => void;
  /** How long messages that are not errors stay, ms. */
  readonly toastLife?: number;
}

export function createDashboard({ fetch, now, chance, newKey, leave = toSite, toastLife }: DashboardOptions): Dashboard {
  const session = createSession();
  const signedOut = (ended: boolean) => {
    live.stop();
    session.set({ kind: "signed_out", ended });
  };
  // More than one request may be answered so.
  const onSignedOut = () => {
    const { kind, ...was } = session.state.peek();
    signedOut(kind === "signed_in" || ("ended" in was && was.ended));
  };
  const client = createClient({ fetch, newKey, onSignedOut });
  const live = createLive({ fetch, now, chance, onSignedOut });
  return {
    client,
    live,
    session,
    toasts: createToasts(toastLife === undefined ? {} : { life: toastLife }),
    now,
    async identify() {
      try {
        session.set({ kind: "signed_in", me: await client.ask("session.me", {}) });
        live.start();
      } catch (thrown) {
        if (thrown instanceof RequestError && thrown.code === "not_signed_in") return;
        session.set({ kind: "unreachable", message: thrown instanceof Error ? thrown.message : String(thrown) });
      }
    },
    async signOut() {
      const closed = await client.ask("session.close", {}).catch(() => undefined);
      signedOut(false);
      // Sign out at the provider as well: otherwise the next click would sign in again without a question.
      if (closed?.signOutUrl !== null && closed?.signOutUrl !== undefined) leave(closed.signOutUrl);
    },
  };
}

function toSite(url: string): void {
  location.assign(url);
}

export const DashboardContext = createContext<Dashboard | undefined>(undefined);

/** @throws Error outside of the context, which is a mistake in the page's code */
export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) throw new Error("used outside of DashboardContext");
  return dashboard;
}
