// The request journal: a bounded ring of received requests, without secrets (contract §3, control plane).

import type { Instant } from "../kernel/index.ts";

/** One request as it is recorded. Headers in lower case, the body as text. */
export interface JournalInput {
  readonly at: Instant;
  readonly method: string;
  readonly path: string;
  /** The query string without `?`. */
  readonly query: string;
  readonly operation?: string | undefined;
  readonly status: number;
  readonly latencyMs: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly clientId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Id of the fault that was applied. */
  readonly fault?: string | undefined;
}

/** One request as it is listed. `seq` counts from 1 and never repeats; the body is parsed when it is JSON. */
export interface JournalEntry {
  readonly seq: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly operation: string | null;
  readonly status: number;
  readonly latencyMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly clientId: string | null;
  readonly correlationId: string | null;
  readonly fault: string | null;
}

export interface JournalFilter {
  /** Only entries with a greater `seq`. */
  readonly since?: number | undefined;
  /** At most so many entries, the newest ones. */
  readonly limit?: number | undefined;
  readonly operation?: string | undefined;
}

export type Journal = Readonly<ReturnType<typeof createJournal>>;

interface Kept extends Omit<JournalInput, "headers"> {
  readonly seq: number;
  readonly headers: Record<string, string>;
}

/** Longer bodies are cut in the journal. */
const BODY_LIMIT = 16_384;

export function createJournal(options: { readonly limit?: number } = {}) {
  const capacity = Math.max(1, Math.floor(options.limit ?? 100_000));
  let ring: Kept[] = [];
  let seq = 0;
  let total = 0;
  return {
    /** All requests since the start or the last `clear`, including those no longer in the ring. */
    get total(): number {
      return total;
    },
    /** Entries in the ring. */
    get size(): number {
      return ring.length;
    },
    record(input: JournalInput): void {
      seq += 1;
      total += 1;
      const entry: Kept = {
        ...input,
        seq,
        query: redactQuery(input.query),
        headers: redactHeaders(input.headers),
        body: redactBody(input.body.length > BODY_LIMIT ? `${input.body.slice(0, BODY_LIMIT)}…` : input.body),
      };
      // Entry n lives at (n - 1) mod capacity, so that the oldest is overwritten.
      if (ring.length < capacity) ring.push(entry);
      else ring[(total - 1) % capacity] = entry;
    },
    /** In the order of arrival. */
    list({ since = 0, limit = Number.POSITIVE_INFINITY, operation }: JournalFilter = {}): JournalEntry[] {
      const found: JournalEntry[] = [];
      for (let n = total; n > total - ring.length && found.length < limit; n--) {
        const kept = ring[(n - 1) % capacity];
        if (kept === undefined || kept.seq <= since) break;
        if (operation === undefined || kept.operation === operation) found.push(shown(kept));
      }
      return found.reverse();
    },
    clear(): void {
      ring = [];
      total = 0;
    },
  };
}

function shown({ at, operation, clientId, correlationId, fault, body, ...rest }: Kept): JournalEntry {
  return {
    ...rest,
    at: new Date(at).toISOString(),
    operation: operation ?? null,
    body: parsed(body),
    clientId: clientId ?? null,
    correlationId: correlationId ?? null,
    fault: fault ?? null,
  };
}

function parsed(body: string): unknown {
  if (body === "") return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

// Removes secrets from what the journal keeps: headers, query strings, and bodies in JSON, form or unreadable form.

const MASK = "[redacted]";
const SECRET_HEADER = /authorization|cookie|secret|password|api-?key|(^|-)token$/;
/** Field names in lower case without `_` and `-`. Page and version tokens are not secrets. */
const SECRET_FIELD =
  /^(?:\w*secret|\w*password|passwd|token|\w*(?:access|refresh|id|bearer|auth|api)token|\w*authorization|\w*apikey|\w*assertion|cookie)$/;
/** A quick check: most bodies contain no secret. */
const SUSPECT = /secret|passw|token|authori[sz]ation|api[-_]?key|assertion|cookie/i;
/** A field and its value in text that cannot be parsed. */
const LOOSE_FIELD = /((["']?)([\w-]{2,40})\2\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^&\s,;}\]]*)/g;

const isSecret = (name: string): boolean => SECRET_FIELD.test(name.replaceAll(/[-_]/g, "").toLowerCase());

/** Keeps the scheme of `Authorization`, so that a journal still tells Basic from Bearer. */
function redactHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (!SECRET_HEADER.test(name)) kept[name] = value;
    else kept[name] = name === "authorization" ? `${/^[A-Za-z]{1,20}(?= )/.exec(value)?.[0] ?? ""} ${MASK}`.trim() : MASK;
  }
  return kept;
}

function redactQuery(query: string): string {
  return SUSPECT.test(query) ? redactForm(query) : query;
}

/** The body with every secret field masked; text that is neither JSON nor a form is masked wherever it looks like `name: value`. */
function redactBody(body: string): string {
  if (!SUSPECT.test(body)) return body;
  try {
    return JSON.stringify(masked(JSON.parse(body)));
  } catch {
    return /^[^\s{["<]+=/.test(body) ? redactForm(body) : redactLoose(body);
  }
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, isSecret(name) ? MASK : masked(field)]));
}

function redactForm(text: string): string {
  return text
    .split("&")
    .map((pair) => {
      const name = pair.split("=", 1)[0] ?? "";
      return isSecret(decoded(name)) ? `${name}=${MASK}` : pair;
    })
    .join("&");
}

function redactLoose(text: string): string {
  return text.replace(LOOSE_FIELD, (whole, head: string, _quote, name: string) => (isSecret(name) ? `${head}${MASK}` : whole));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
