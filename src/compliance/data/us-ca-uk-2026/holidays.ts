// Computes the days on which sales calls are not allowed or offices are closed.

import { dayNumber, textOfDay, weekdayOf } from "../../time/civil.ts";

/** The years that calendars cover. After them, a rule that needs a calendar forbids nothing. */
const YEARS = Array.from({ length: 16 }, (_, i) => 2024 + i);

const [SUN, MON, TUE, THU, FRI, SAT] = [0, 1, 2, 4, 5, 6] as const;

/** The day of a holiday in a year, as days since 1970-01-01; undefined in a year that does not have it. */
export type Holiday<Day = number> = (year: number) => Day;
export type Sometimes = Holiday<number | undefined>;

/** A fixed date. */
const on =
  (month: number, day: number): Holiday =>
  (year) =>
    dayNumber(year, month, day);

/** The nth given weekday of a month. */
const nth =
  (n: number, weekday: number, month: number): Holiday =>
  (year) => {
    const first = dayNumber(year, month, 1);
    return first + ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7;
  };

/** The last given weekday of a month. */
const last =
  (weekday: number, month: number): Holiday =>
  (year) => {
    const end = dayNumber(year, month + 1, 1) - 1;
    return end - ((weekdayOf(end) - weekday + 7) % 7);
  };

/** Easter Sunday of the Gregorian calendar (Gauss, in the form of Meeus, Astronomical Algorithms, chapter 8). */
export const easter: Holiday = (year) => {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const counted = epact + toSunday - 7 * late + 114;
  return dayNumber(year, Math.floor(counted / 31), (counted % 31) + 1);
};

export const newYear = on(1, 1);
export const martinLutherKing = nth(3, MON, 1);
export const washington = nth(3, MON, 2);
export const goodFriday: Holiday = (year) => easter(year) - 2;
/** Shrove Tuesday. */
export const mardiGras: Holiday = (year) => easter(year) - 47;
export const patriots = nth(3, MON, 4);
export const confederateMemorial = nth(4, MON, 4);
export const arbor = last(FRI, 4);
export const battleOfNewOrleans = on(1, 8);
/** The second Monday of January after an election of the governor, from 2024 on every fourth year. */
export const inaugurationOfLouisiana: Sometimes = (year) => (year % 4 === 0 ? nth(2, MON, 1)(year) : undefined);
export const hueyLong = on(8, 30);
export const allSaints = on(11, 1);
/** The third Saturday of June. */
export const juneteenthOfLouisiana = nth(3, SAT, 6);
export const dayBefore =
  (holiday: Holiday): Holiday =>
  (year) =>
    holiday(year) - 1;
export const rhodeIslandIndependence = on(5, 4);
export const memorial = last(MON, 5);
/** The Monday before 25 May. */
export const victoria: Holiday = (year) => on(5, 24)(year) - ((weekdayOf(on(5, 24)(year)) + 6) % 7);
export const canada = on(7, 1);
export const britishColumbia = nth(1, MON, 8);
export const truthAndReconciliation = on(9, 30);
export const jeffersonDavis = nth(1, MON, 6);
export const flag = on(6, 14);
export const juneteenth = on(6, 19);
/** The Monday before when the 19th is a Tuesday to Friday, the Monday after when it is a Saturday or Sunday (Utah Code 63G-1-301(2)(c)-(d)). */
export const juneteenthOfUtah: Holiday = (year) => {
  const day = juneteenth(year);
  const weekday = weekdayOf(day);
  return weekday === SAT ? day + 2 : weekday === SUN ? day + 1 : day - (weekday - MON);
};
export const independence = on(7, 4);
export const pioneer = on(7, 24);
export const victory = nth(2, MON, 8);
export const labor = nth(1, MON, 9);
export const columbus = nth(2, MON, 10);
/** The Tuesday after the first Monday of November. */
export const election: Holiday = (year) => nth(1, MON, 11)(year) + (TUE - MON);
export const veterans = on(11, 11);
export const thanksgiving = nth(4, THU, 11);
export const dayAfterThanksgiving: Holiday = (year) => thanksgiving(year) + (FRI - THU);
export const christmas = on(12, 25);

/** The eleven legal public holidays of 5 U.S.C. 6103(a). */
export const FEDERAL: readonly (readonly [Holiday, string])[] = [
  [newYear, "New Year's Day"],
  [martinLutherKing, "Birthday of Martin Luther King, Jr."],
  [washington, "Washington's Birthday"],
  [memorial, "Memorial Day"],
  [juneteenth, "Juneteenth"],
  [independence, "Independence Day"],
  [labor, "Labor Day"],
  [columbus, "Columbus Day"],
  [veterans, "Veterans Day"],
  [thanksgiving, "Thanksgiving Day"],
  [christmas, "Christmas Day"],
];

/** The day on which a holiday is kept that falls on a weekend, so many days away; undefined when it is kept on its own day. */
export const moved =
  (holiday: Sometimes, { saturday = 0, sunday = 0 }: { readonly saturday?: number; readonly sunday?: number }): Sometimes =>
  (year) => {
    const day = holiday(year);
    if (day === undefined) return undefined;
    const by = { [SAT]: saturday, [SUN]: sunday }[weekdayOf(day)] ?? 0;
    return by === 0 ? undefined : day + by;
  };

/** The holiday unless it falls on a weekend. */
export const onWeekdays =
  (holiday: Holiday): Sometimes =>
  (year) => {
    const day = holiday(year);
    return weekdayOf(day) === SAT || weekdayOf(day) === SUN ? undefined : day;
  };

/** The holiday in even years only. */
export const inEvenYears =
  (holiday: Holiday): Sometimes =>
  (year) =>
    year % 2 === 0 ? holiday(year) : undefined;

/** The holiday from a given year on. */
export const fromYear =
  (first: number, holiday: Holiday): Sometimes =>
  (year) =>
    year >= first ? holiday(year) : undefined;

/** The dates of the holidays in all years of the calendars, sorted, without duplicates. */
export function datesOf(...holidays: readonly Sometimes[]): string[] {
  const days = YEARS.flatMap((year) => holidays.flatMap((holiday) => holiday(year) ?? []));
  return [...new Set(days)].sort((a, b) => a - b).map(textOfDay);
}
