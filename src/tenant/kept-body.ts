// Bodies of 5xx replies as they are kept for diagnosis: bounded, on one line, without secrets and telephone numbers. Pure.

import type { SecretScrubber } from "./secrets.ts";

const MOST = 2000;
/** Characters that are searched, so that a reply of megabytes costs no time. */
const LOOKED_AT = 10_000;
/** The end of the searched text is left out: a secret or number that is cut there would not be recognised. */
const UNSURE = 1000;
/**
 * Secrets recognised by their name, quoted or not, in JSON, a form or a header. The lookahead group makes each name match once as
 * a whole, without backtracking, so that the time is proportional to the length of the text.
 */
const NAMED_SECRET =
  /((?<![\w-])(?=[\w-]*?(?:token|secret|passw(?:or)?d|api[_-]?key|cookie|signature|credential))(?=([\w-]+))\2["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&}\]"'<]+)/gi;
const AUTHORIZATION = /(authorization["']?\s*[:=]\s*["']?)[^\r\n,;"'}<]+/gi;
const WEB_TOKEN = /\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g;
/**
 * UUIDs, dates, addresses and decimal numbers are kept; other digits that may be a telephone number are masked, however they are
 * spaced.
 */
const NUMBERS =
  /((?<![\da-f])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f])|(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.]+)?(?!\d)|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![\d.])\d{1,6}\.\d+(?![\d.]))|(?:\+|(?<!\d))\(?\d(?:[ .()/-]{0,3}\d){6,}/gi;

/** The body of a 5xx reply as it may be kept: at most 2000 characters; undefined for an empty one. */
export function keptBody(body: string, scrubber: SecretScrubber): string | undefined {
  const scrubbed = scrubber.clean(body, Number.POSITIVE_INFINITY);
  const clean = scrubbed
    .slice(0, LOOKED_AT)
    .replace(AUTHORIZATION, "$1[secret]")
    .replace(NAMED_SECRET, "$1[secret]")
    .replace(WEB_TOKEN, "[secret]")
    .replaceAll(/\s{2,}/g, " ");
  const all = withoutNumbers(clean);
  const kept = scrubbed.length > LOOKED_AT ? all.slice(0, -UNSURE) : all;
  if (kept === "") return undefined;
  return kept.length > MOST ? `${kept.slice(0, MOST - 1)}…` : kept;
}

/** Masks telephone numbers except for their last two digits. */
export function withoutNumbers(text: string): string {
  return text.replace(NUMBERS, (found: string, plain: string | undefined) => {
    if (plain !== undefined) return found;
    const digits = found.replaceAll(/\D/g, "");
    if (digits.length < (found.startsWith("+") ? 7 : 10)) return found;
    return `${"•".repeat(digits.length - 2)}${digits.slice(-2)}`;
  });
}
