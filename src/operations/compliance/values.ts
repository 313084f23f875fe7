// Parses the cells of a file: each gives the value, or one sentence that says what is needed. Pure.

import { isDay, nearest } from "../../kernel/index.ts";
import type { PhoneKey } from "../../store/index.ts";
import type { Parsed } from "../table/records.ts";

const ok = <T>(value: T): Parsed<T> => ({ ok: value });
const wrong = (text: string, wanted: string): { readonly problem: string } => ({
  problem: `${JSON.stringify(text.slice(0, 60))} is not ${wanted}`,
});

/**
 * A telephone number as the store's key: E.164 with a plus sign or 00, or a North American number in any usual notation (ten
 * digits, or eleven with a leading 1). Invisible characters, which some spreadsheets and address books add, are ignored.
 */
export function phone(text: string): Parsed<PhoneKey> {
  const bare = text.replace(/^\s*tel:/i, "").replace(/[\s\p{Cf}().,/‐‑–-]/gu, "");
  const national = /^1?[2-9]\d{9}$/.test(bare) ? bare.padStart(11, "1") : "";
  const digits = /^(?:\+|00)(\d*)$/.exec(bare)?.[1] ?? national;
  // A leading 1 must be followed by ten digits; more means an addition: an extension, a second number, the ".0" of a spreadsheet.
  if (/^(?:1\d{10}|[2-9]\d{6,14})$/.test(digits)) return ok(Number(digits));
  return wrong(text, "a telephone number; write it as E.164, such as +12125550123");
}

/** The E.164 text of a key. */
export function phoneText(number: PhoneKey): string {
  return `+${number}`;
}

const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * An instant: ISO 8601 with its offset from UTC. With `dates`, a bare date is allowed and means its beginning in UTC.
 * @param latest later instants are refused: an event in the future is not a fact
 */
export function instant(text: string, latest: number, dates = false): Parsed<number> {
  const [, date, time, zone] = INSTANT.exec(text) ?? [];
  if (date === undefined) return wrong(text, "a time; write it as 2026-06-16T15:00:00Z");
  if (time === undefined && !dates) return wrong(text, "a time: the time of day is missing, write it as 2026-06-16T15:00:00Z");
  if (time !== undefined && zone === undefined) return wrong(text, "clear: the offset from UTC is missing, such as Z or -05:00");
  const at = Date.parse(`${date}T${time ?? "00:00"}${zone ?? "Z"}`);
  if (Number.isNaN(at) || !isDay(date)) return wrong(text, "a time that exists");
  if (at > latest) return { problem: `${text} is in the future` };
  if (at < 0) return { problem: `${text} is before 1970` };
  return ok(at);
}

/** A calendar date, YYYY-MM-DD; refused when it is after the date of `latest` in every zone. */
export function civilDate(text: string, latest: number): Parsed<string> {
  if (!isDay(text)) return wrong(text, "a date; write it as 2026-06-16");
  if (Date.parse(text) > latest + 14 * 3_600_000) return { problem: `${text} is in the future` };
  return ok(text);
}

/** One of a set of words, in any case. */
export function word<Word extends string>(text: string, words: readonly Word[]): Parsed<Word> {
  const found = words.find((one) => one === text.toLowerCase());
  if (found !== undefined) return ok(found);
  const near = nearest(text, words);
  return wrong(text, `one of ${words.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`);
}

/** A length of time in seconds; undefined when the cell is empty. */
export function seconds(text: string): Parsed<number | undefined> {
  if (text === "") return ok(undefined);
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? ok(value) : wrong(text, "a number of seconds");
}

const YES = ["true", "yes", "1"];
const NO = ["false", "no", "0"];

/** Yes or no; undefined when the cell is empty. */
export function flag(text: string): Parsed<boolean | undefined> {
  if (text === "") return ok(undefined);
  if (YES.includes(text.toLowerCase())) return ok(true);
  return NO.includes(text.toLowerCase()) ? ok(false) : wrong(text, "true or false");
}
