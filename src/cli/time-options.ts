// Times, spans and lists as flags, checked.

import { parseInstantOrNaiveUtc } from "../contract/index.ts";
import { type Instant, OutdialError, parseDuration } from "../kernel/index.ts";

/** An instant, or a day as its first instant in UTC. Throws `invalid_input` naming the flag and what is allowed. */
export function instant(flag: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const at = parseInstantOrNaiveUtc(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at !== undefined) return at;
  throw new OutdialError(
    "invalid_input",
    `${flag} ${text} is no time; give a day such as 2026-03-01, or a time such as 2026-03-01T08:00:00Z`,
  );
}

/** A span of time in ms, above zero. */
export function span(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new OutdialError("invalid_input", `${flag} ${text} is no span of time; give one such as 15m, 36h or 7d`);
}

/** Words separated by commas, without blanks and empty ones. */
export function words(text: string | undefined): string[] | undefined {
  return text
    ?.split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
