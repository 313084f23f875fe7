// Numbers, times and external text in the form for people.

import { stripVTControlCharacters } from "node:util";
import { percent } from "../kernel/index.ts";

/** 1234567 as 1,234,567. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A number with its noun: `1 row`, `2,000 rows`. */
export const numberOf = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** An instant for machines and people: 2026-03-01T08:00:00.000Z; what is none stays what it is. */
export const timeText = <None extends null | undefined = never>(at: number | None): string | None =>
  typeof at === "number" ? new Date(at).toISOString() : at;

/** 75 as "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** External text without control characters, so that a file cannot control the terminal. */
export function printable(text: string): string {
  return cut(printableWhole(text), 200);
}

/** External text of any length without control characters: for sentences whose end says what to do. */
export function printableWhole(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "�");
}

/** Text of at most `width` characters, with a mark when it was cut. */
export const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;

/**
 * A line of prose wrapped to at most `width` columns where words allow it: further lines are indented below the text, or below
 * the last column when the line has columns. Ids and paths stay whole. @param width undefined does not wrap
 */
export function wrapped(line: string, width: number | undefined): string[] {
  const long = (text: string) => stripVTControlCharacters(text).length;
  if (width === undefined || long(line) <= width) return [line];
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const column = /^.*\S {2,}(?=\S)/.exec(stripVTControlCharacters(line).slice(0, width))?.[0].length ?? 0;
  const hang = " ".repeat(
    column > 0 && column <= width / 2 ? column : Math.min(indent < 8 ? indent + 2 : indent, Math.floor(width / 2)),
  );
  const lines: string[] = [];
  let current = "";
  for (const [token] of line.matchAll(/\s*\S+/g)) {
    if (current !== "" && long(current) + long(token) > width) {
      lines.push(current);
      current = hang + token.trimStart();
    } else current += token;
  }
  return [...lines, current];
}

/** A number with this many significant digits, thousands grouped; a dash for infinite values and NaN. */
export function number(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  return Number(value.toPrecision(digits)).toLocaleString("en-US", { maximumSignificantDigits: digits });
}

/** A share in the form of all simulation figures: 0.0123 as "1.23 %". */
export const shareText = (share: number): string => percent(share, 2);

/** 0.0123 as "+1.23 points". */
export function points(share: number): string {
  return Number.isFinite(share) ? `${share > 0 ? "+" : ""}${(100 * share).toFixed(2)} points` : "–";
}
