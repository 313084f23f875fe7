// Civil dates as whole days since 1970-01-01, and the texts of dates and instants.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";

/**
 * Days since 1970-01-01 of a proleptic Gregorian date. `month` is 1..12. Years are counted from March, so that a leap day is the
 * last day of its year and one formula gives the lengths of the months. Several times as fast as a Date; a decision needs a
 * handful of these.
 */
export function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 719_469;
}

/**
 * Days since 1970-01-01 of `YYYY-MM-DD`. Throws `invalid_facts` when the text is not a date of the calendar.
 * @param what names the value in the message
 */
export function parseDay(text: string, what: string): number {
  if (text.length === 10 && text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45) {
    const year = digits(text, 0, 4);
    const month = digits(text, 5, 7);
    const day = digits(text, 8, 10);
    if (year >= 1900 && month >= 1 && day >= 1 && day <= daysInMonth(year, month)) return dayNumber(year, month, day);
  }
  throw new ComplianceError("invalid_facts", `${what} ${JSON.stringify(text)} is not a date such as 2026-06-15`);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month > 12 ? 0 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `YYYY-MM-DD` of a day number. */
export function textOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** 0 Sunday … 6 Saturday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The same day of the month `months` later, clamped to the last day of a shorter month (31 August + 6 months is 28 February). */
export function addMonths(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  const target = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const year = Math.floor(target / 12);
  const month = target - year * 12 + 1;
  return dayNumber(year, month, Math.min(date.getUTCDate(), daysInMonth(year, month)));
}

/** `2026-06-16T00:59:59Z`; milliseconds only when there are any. */
export function formatInstant(at: Instant): string {
  const text = new Date(at).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, 19)}Z` : text;
}
