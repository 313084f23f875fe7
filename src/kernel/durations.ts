// Spans of time, and how people write them in files and flags.

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** 24 hours; a day of the calendar has 23 or 25 of them when the clocks change. */
export const DAY_MS = 24 * HOUR_MS;
/** From Monday, as ISO 8601 counts. */
export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const UNIT_MS: Readonly<Record<string, number>> = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: 1000, ms: 1 };
const SPAN = /^(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|d|h|m|s)/g;

/** Milliseconds of a duration such as `90s`, `10m`, `1h30m`, `3d` (units d, h, m, s, ms); undefined when the text is not one. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 40 || !SPAN.test(text)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit] ?? 0);
  return total;
}

const WORDS = [
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["min", MINUTE_MS],
  ["s", 1000],
] as const;

/** A duration for people, to the second: `30 min`, `1 h 30 min`, `1 min 40 s`; `0 s` below half a second. @param ms at least 0 */
export function durationText(ms: number): string {
  let left = Math.round(ms / 1000) * 1000;
  const parts: string[] = [];
  for (const [unit, size] of WORDS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) parts.push(`${amount} ${unit}`);
  }
  return parts.join(" ") || "0 s";
}
