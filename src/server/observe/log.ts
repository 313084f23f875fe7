// Structured logs: one JSON line each, with ids that link a request to the vendor's calls, and without secrets and telephone
// numbers, wherever they appear.

import { AsyncLocalStorage } from "node:async_hooks";
import pino from "pino";
import { maskedText } from "../../operations/views/index.ts";
import type { VendorHooks } from "./vendor-hooks.ts";

/** Levels of lines, the least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";
type LogLine = (level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>) => void;

/** Names of members that hold secrets, at whatever depth. */
const SECRET_NAME = /secret|token|password|passwd|authorization|cookie|api[-_]?key|credential|signature/i;
/** Secrets inside texts: bearer and basic credentials, signing secrets, tokens of the service, passwords in addresses. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, "$1 [redacted]"],
  [/\bwhsec_[\w+/=-]+/g, "[redacted]"],
  [/\bod[tcs]_[\w-]{10,}/g, "[redacted]"],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):(?!PASSWORD@)[^\s@/]+@/gi, "$1:[redacted]@"],
  [/([?&#](?:[\w-]*(?:token|secret|key|code|signature))=)[^&\s#"]+/gi, "$1[redacted]"],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "[redacted]"],
];
const MAX_DEPTH = 6;
const MAX_TEXT = 4_000;

/** What a line is about, added to each line that is written in this context. */
export interface Correlation {
  readonly requestId?: string | undefined;
  readonly job?: string | undefined;
}

/** A log with its correlation. */
export interface ServiceLogger {
  readonly log: LogLine;
  /** Lines below this level are left out from now on. */
  readonly setLevel: (level: LogLevel) => void;
  /** Runs work; every line of it, at any depth and time, carries the correlation. */
  readonly within: <T>(correlation: Correlation, work: () => T) => T;
  /** Logs each attempt at the vendor, with the id that the vendor received. */
  readonly vendorHooks: VendorHooks;
}

/**
 * Makes a log.
 * @param write receives whole lines, each with its line end
 * @param secrets values that must never appear, whatever they look like
 */
export function createLogger(options: {
  readonly write: (line: string) => void;
  readonly level?: LogLevel | undefined;
  readonly secrets?: readonly string[] | undefined;
  readonly now?: (() => number) | undefined;
}): ServiceLogger {
  const { write, now = Date.now } = options;
  const known = (options.secrets ?? []).filter((secret) => secret.length >= 6);
  const current = new AsyncLocalStorage<Correlation>();
  const logger = pino(
    {
      level: options.level ?? "info",
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: "message",
    },
    { write },
  );
  const log: LogLine = (level, message, details) => {
    if (!logger.isLevelEnabled(level)) return;
    const about = current.getStore();
    const fields = { ...about, ...(details === undefined ? {} : redacted(details, known)) };
    logger[level](fields, cleaned(message, known));
  };
  return {
    log,
    setLevel(level) {
      logger.level = level;
    },
    within: (correlation, work) => current.run({ ...current.getStore(), ...correlation }, work),
    vendorHooks: {
      onResponse: ({ operationId, correlationId, attempt, status, error, body, latencyMs }) =>
        log("debug", "vendor replied", { operation: operationId, correlationId, attempt, status, error, body, latencyMs }),
      onRetry: ({ operationId, correlationId, attempt, delayMs, because }) =>
        log("info", "vendor call is repeated", { operation: operationId, correlationId, attempt, delayMs, because }),
      onRateLimited: ({ operationId, correlationId, family, lane, retryAfterMs }) =>
        log("warn", "vendor answered 429", { operation: operationId, correlationId, family, lane, retryAfterMs }),
      onToken: ({ outcome, code }) => log(outcome === "failed" ? "warn" : "debug", `vendor access ${outcome}`, { code }),
    },
  };
}

function redacted(value: Readonly<Record<string, unknown>>, known: readonly string[], depth = 0): Record<string, unknown> {
  const seen: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    seen[name] = SECRET_NAME.test(name) && member !== null && member !== undefined ? "[redacted]" : shown(member, known, depth);
  }
  return seen;
}

function shown(value: unknown, known: readonly string[], depth: number): unknown {
  if (typeof value === "string") return cleaned(value, known);
  if (value instanceof Error) return { name: value.name, message: cleaned(value.message, known) };
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[deeper]";
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => shown(item, known, depth + 1));
  return redacted(value as Readonly<Record<string, unknown>>, known, depth + 1);
}

/** A text without anything that looks like a secret or is known to be one, and without telephone numbers. */
function cleaned(text: string, known: readonly string[]): string {
  let clean = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, "[redacted]");
  for (const [pattern, instead] of SECRET_TEXT) clean = clean.replace(pattern, instead);
  return maskedText(clean);
}
