// The request journal: a bounded ring of received requests, without secrets (contract §3, control plane).

import type { Instant } from "../kernel/index.ts";
import { redactBody, redactHeaders, redactQuery } from "./redact.ts";

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

export interface Journal {
  record(input: JournalInput): void;
  /** In the order of arrival. */
  list(filter?: JournalFilter): JournalEntry[];
  /** All requests since the start or the last `clear`, including those no longer in the ring. */
  readonly total: number;
  /** Entries in the ring. */
  readonly size: number;
  clear(): void;
}

interface Kept extends Omit<JournalInput, "headers"> {
  readonly seq: number;
  readonly headers: Record<string, string>;
}

/** Longer bodies are cut in the journal. */
const BODY_LIMIT = 16_384;

export function createJournal(options: { readonly limit?: number } = {}): Journal {
  const capacity = Math.max(1, Math.floor(options.limit ?? 100_000));
  let ring: Kept[] = [];
  let seq = 0;
  let total = 0;
  return {
    get total() {
      return total;
    },
    get size() {
      return ring.length;
    },
    record(input) {
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
    list({ since = 0, limit = Number.POSITIVE_INFINITY, operation } = {}) {
      const found: JournalEntry[] = [];
      for (let n = total; n > total - ring.length && found.length < limit; n--) {
        const kept = ring[(n - 1) % capacity];
        if (kept === undefined || kept.seq <= since) break;
        if (operation === undefined || kept.operation === operation) found.push(shown(kept));
      }
      return found.reverse();
    },
    clear() {
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
