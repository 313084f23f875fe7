// Parses the cells of a file: each gives the value, or one sentence that says what is needed. Pure.

import { certainText, readAtHome, readNumber } from "../../compliance/opt-outs.ts";
import { isDay, nearest } from "../../kernel/index.ts";
import type { PhoneKey } from "../../store/index.ts";
import type { Parsed } from "../table/records.ts";

const ok = <T>(value: T): Parsed<T> => ({ ok: value });
const wrong = (text: string, wanted: string): { readonly problem: string } => ({
  problem: `${JSON.stringify(text.slice(0, 60))} is not ${wanted}`,
});

/** The numbers that a text names, as keys of the store, the likeliest first. */
export interface NumbersNamed {
  readonly keys: readonly [PhoneKey, ...PhoneKey[]];
  /** Why the text does not certainly name the line of one person; undefined when it does. */
  readonly doubt: string | undefined;
}

/**
 * Every number that a text names: a prohibition, or a fact that only ever forbids, holds for all of them.
 * @param home the country of which all numbers are, outside the North American plan
 */
export function phones(text: string, home?: string): Parsed<NumbersNamed> {
  const read = home === undefined ? readNumber(text) : readAtHome(text, home);
  if ("problem" in read) return { problem: `${JSON.stringify(text.slice(0, 60))} ${read.problem}` };
  const [first, ...others] = read.numbers;
  return ok({ keys: [keyOf(first), ...others.map(keyOf)], doubt: read.doubt });
}

/** Whether a text names a number. */
export const isNumber = (text: string): boolean => "ok" in phones(text);

/** The one number that a text certainly names. What permits a call, or asks about one person, needs certainty. */
export function phone(text: string): Parsed<PhoneKey> {
  const read = phones(text);
  if ("problem" in read) return read;
  const { keys, doubt } = read.ok;
  if (doubt === undefined) return ok(keys[0]);
  return { problem: `${JSON.stringify(text.slice(0, 60))} ${doubt}; ${howToBeClear(keys)}` };
}

function howToBeClear(keys: readonly PhoneKey[]): string {
  return `write the one that is meant: ${keys.map(askedAs).join(" or ")}`;
}

const keyOf = (number: string): PhoneKey => Number(number.slice(1));

/** The E.164 text of a key. */
export function phoneText(number: PhoneKey): string {
  return `+${number}`;
}

/** The text of a key that names this number alone, wherever it is read again; mostly E.164. */
export function askedAs(number: PhoneKey): string {
  return certainText(phoneText(number));
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
  if (text < "1900") return { problem: `${text} is before 1900` };
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
