// A faster parser for the times of a listing: neighbouring rows are mostly of the same day.

import { parseInstantOrNaiveUtc } from "../../contract/times.ts";
import type { Instant } from "../../kernel/index.ts";

const DAY_LENGTH = "2026-03-01T".length;
const SECONDS_LENGTH = "2026-03-01T08:00:00Z".length;
const MILLIS_LENGTH = "2026-03-01T08:00:00.000Z".length;

/** A parser with the results of `parseInstantOrNaiveUtc` that remembers the last day. Use one for each page. */
export function createInstantReader(): (text: string) => Instant | undefined {
  let day = "";
  let midnight: Instant | undefined;
  return (text) => {
    if ((text.length !== MILLIS_LENGTH && text.length !== SECONDS_LENGTH) || !text.endsWith("Z"))
      return parseInstantOrNaiveUtc(text);
    if (!text.startsWith(day) || day === "") {
      day = text.slice(0, DAY_LENGTH);
      midnight = parseInstantOrNaiveUtc(`${day}00:00:00Z`);
    }
    const hours = twoDigits(text, 11);
    const minutes = twoDigits(text, 14);
    const seconds = twoDigits(text, 17);
    const millis = text.length === SECONDS_LENGTH ? 0 : digit(text, 20) * 100 + twoDigits(text, 21);
    const marked = text[13] === ":" && text[16] === ":" && (text.length === SECONDS_LENGTH || text[19] === ".");
    // Any other form, including the hour 24, is left to the general parser. Comparisons with NaN are false.
    if (midnight === undefined || !marked || !(hours < 24 && minutes < 60 && seconds < 60 && millis < 1000)) {
      return parseInstantOrNaiveUtc(text);
    }
    return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis;
  };
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}
