// Hours in which people get only urgent events. Pure.

import { zoneOf } from "../../compliance/index.ts";
import { DAY_MS, type Instant, MINUTE_MS } from "../../kernel/index.ts";
import { HELD_IN_QUIET_HOURS } from "./catalog.ts";

/** A recurring period: on each of the days, or every day, from one time of day to another, which may be on the next day. */
interface QuietPeriod {
  /** Minutes after midnight, 0 to 1,439. */
  readonly from: number;
  /** Minutes after midnight, 0 to 1,440; at or before `from` it is on the next day. */
  readonly to: number;
  /** Days on which it begins, 0 Sunday to 6 Saturday; undefined for every day. */
  readonly days?: readonly number[] | undefined;
}

/** Hours in which a receiver gets only urgent events. */
export interface QuietHours {
  /** IANA time zone of the clock. */
  readonly zone: string;
  readonly periods: readonly QuietPeriod[];
}

const WEEK = 7;

/** The end of the quiet hours around `at`; undefined when `at` is not in quiet hours, or they never end. */
export function quietUntil(hours: QuietHours, at: Instant): Instant | undefined {
  const around = periodsAround(hours, at);
  let until = at;
  for (;;) {
    const ends = around.filter(([from, to]) => from <= until && until < to).map(([, to]) => to);
    if (ends.length === 0) return until === at ? undefined : until;
    until = Math.max(...ends);
  }
}

/** The end of the last quiet hours before `at`; undefined when there were none within a week. */
export function lastQuietEnd(hours: QuietHours, at: Instant): Instant | undefined {
  const over = periodsAround(hours, at)
    .map(([, to]) => to)
    .filter((to) => to <= at);
  return over.length === 0 ? undefined : Math.max(...over);
}

/** The types of events that wait at `at` for the end of quiet hours, and their receivers. */
export function heldAt(
  receivers: Readonly<Record<string, { readonly quiet?: QuietHours | undefined } | undefined>>,
  at: Instant,
): { readonly endpoints: readonly string[]; readonly types: readonly string[] } {
  const isQuiet = ([, one]: readonly [string, { readonly quiet?: QuietHours | undefined } | undefined]) =>
    one?.quiet !== undefined && quietUntil(one.quiet, at) !== undefined;
  const endpoints = Object.entries(receivers)
    .filter(isQuiet)
    .map(([name]) => name);
  return { endpoints, types: endpoints.length === 0 ? [] : HELD_IN_QUIET_HOURS };
}

/** Whether there is an hour of the week that is not quiet. */
export function isEverOver({ periods }: Pick<QuietHours, "periods">): boolean {
  // A week without a clock change.
  const begin = Date.UTC(2026, 0, 4);
  const end = quietUntil({ zone: "UTC", periods }, begin);
  return end === undefined || end < begin + WEEK * DAY_MS;
}

/** Beginning and end of each period that begins within about a week of `at`, either way. */
function periodsAround({ zone: name, periods }: QuietHours, at: Instant): (readonly [from: Instant, to: Instant])[] {
  const zone = zoneOf(name);
  const instantOf = (local: number) => local - zone.offset(local - zone.offset(local));
  const today = zone.day(at);
  const days = Array.from({ length: 2 * WEEK + 4 }, (_, i) => today - WEEK - 2 + i);
  return periods.flatMap(({ from, to, days: chosen }) =>
    days
      .filter((day) => chosen === undefined || chosen.includes(new Date(day * DAY_MS).getUTCDay()))
      .map((day) => {
        const begin = day * DAY_MS + from * MINUTE_MS;
        const end = (to > from ? day : day + 1) * DAY_MS + to * MINUTE_MS;
        return [instantOf(begin), instantOf(end)] as const;
      }),
  );
}
