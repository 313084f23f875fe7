// What a tenant's own failure said, kept for whoever must find out why: bounded, on one line, without secrets and without telephone numbers. Pure.

import type { SecretScrubber } from "./secrets.ts";

const MOST = 2000;
/** Characters that are looked at: a page of megabytes is no reason to search all of it. */
const LOOKED_AT = 10_000;
/** Left out at the end of what was looked at: a secret or a number that was cut in two there would not be known for one. */
const UNSURE = 1000;
/**
 * What is told by its name, quoted or not, in JSON, a form or a header. A name is read once, from its first character to its last (the group within a
 * lookahead gives nothing back): the time is proportional to the text, whatever a tenant answers.
 */
const NAMED_SECRET =
  /((?<![\w-])(?=[\w-]*?(?:token|secret|passw(?:or)?d|api[_-]?key|cookie|signature|credential))(?=([\w-]+))\2["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&}\]"'<]+)/gi;
const AUTHORIZATION = /(authorization["']?\s*[:=]\s*["']?)[^\r\n,;"'}<]+/gi;
const WEB_TOKEN = /\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g;
/** UUIDs, dates, addresses and decimal numbers stay; of the rest, what may be a telephone number, however it is spaced. */
const NUMBERS =
  /((?<![\da-f])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f])|(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.]+)?(?!\d)|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![\d.])\d{1,6}\.\d+(?![\d.]))|(?:\+|(?<!\d))\(?\d(?:[ .()/-]{0,3}\d){6,}/gi;

/** The body of a reply with 5xx as it may be kept: at most 2000 characters; undefined for an empty one. */
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

/** A text whose telephone numbers keep their last two digits. */
export function withoutNumbers(text: string): string {
  return text.replace(NUMBERS, (found: string, plain: string | undefined) => {
    if (plain !== undefined) return found;
    const digits = found.replaceAll(/\D/g, "");
    if (digits.length < (found.startsWith("+") ? 7 : 10)) return found;
    return `${"•".repeat(digits.length - 2)}${digits.slice(-2)}`;
  });
}
