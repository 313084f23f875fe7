// Checks on the clock: calling hours, closed days, declared emergencies.

import { DAY_MS, type Instant, MINUTE_MS } from "../../kernel/index.ts";
import { type RuleOf, WEEK_DAYS } from "../pack/schema.ts";
import { weekdayOf } from "../time/civil.ts";
import type { Zone } from "../time/zone.ts";
import type { Context } from "./context.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Opening and closing times of a day in ms since midnight, alternating. */
type Windows = readonly number[];

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

function windowsOf(windows: readonly (readonly [string, string])[]): Windows {
  return windows.flatMap(([open, close]) => [minutesOf(open) * MINUTE_MS, minutesOf(close) * MINUTE_MS]);
}

/** Calling hours. */
export class HoursCheck {
  readonly #week: readonly Windows[];
  readonly #holidays: ReadonlySet<number> | undefined;
  readonly #holidayWindows: Windows;
  readonly #zone: Zone | undefined;
  readonly #violation: number;
  readonly #closedDay: number;

  /** @param zone the fixed zone of the rule, if it has one; @param holidays days on which other hours apply */
  constructor(
    rule: RuleOf<"calling-hours">,
    zone: Zone | undefined,
    holidays: ReadonlySet<number> | undefined,
    violation: number,
    closedDay: number,
  ) {
    this.#week = WEEK_DAYS.map((day) => windowsOf(rule.week[day]));
    this.#holidays = holidays;
    this.#holidayWindows = windowsOf(rule.onHolidays?.windows ?? []);
    this.#zone = zone;
    this.#violation = violation;
    this.#closedDay = closedDay;
  }

  run(context: Context): void {
    if (this.#zone !== undefined) {
      const local = context.at + this.#zone.offset(context.at);
      const day = Math.floor(local / DAY_MS);
      this.#judge(context, -1, this.#zone, day, local - day * DAY_MS);
      return;
    }
    const { zones, days, times } = context;
    for (let i = 0; i < zones.length; i++) this.#judge(context, i, zones[i], days[i] ?? 0, times[i] ?? 0);
  }

  #judge(context: Context, index: number, zone: Zone | undefined, day: number, time: number): void {
    const windows = this.#windows(day);
    for (let i = 0; i < windows.length; i += 2) {
      if (time >= (windows[i] ?? 0) && time < (windows[i + 1] ?? 0)) return;
    }
    const opens = zone === undefined || !context.wantsNext ? NEVER : this.#opens(zone, context.at, context.limit);
    const onHoliday = this.#holidays?.has(day) === true ? 1 : 0;
    context.report(windows.length === 0 ? this.#closedDay : this.#violation, opens, index, onHoliday);
  }

  #windows(day: number): Windows {
    if (this.#holidays?.has(day) === true) return this.#holidayWindows;
    return this.#week[weekdayOf(day)] ?? [];
  }

  #opens(zone: Zone, from: Instant, limit: Instant): Instant {
    const lastDay = Math.floor(limit / DAY_MS) + 2;
    return zone.first(from, limit, (local) => {
      for (let day = Math.floor(local / DAY_MS); day <= lastDay; day++) {
        const windows = this.#windows(day);
        const time = local - day * DAY_MS;
        for (let i = 0; i < windows.length; i += 2) {
          if (time < (windows[i + 1] ?? 0)) return Math.max(local, day * DAY_MS + (windows[i] ?? 0));
        }
      }
      return NEVER;
    });
  }
}

/** Days on which no call is allowed. */
export class ClosedDaysCheck {
  readonly #days: ReadonlySet<number>;
  readonly #violation: number;

  constructor(days: ReadonlySet<number>, violation: number) {
    this.#days = days;
    this.#violation = violation;
  }

  run(context: Context): void {
    const { zones, days } = context;
    for (let i = 0; i < zones.length; i++) {
      if (!this.#days.has(days[i] ?? 0)) continue;
      const open = context.wantsNext ? zones[i]?.firstDay(context.at, context.limit, (day) => !this.#days.has(day)) : undefined;
      context.report(this.#violation, open ?? NEVER, i, 0, days[i]);
    }
  }
}

/** Declared emergencies of one jurisdiction. */
export class EmergencyCheck {
  readonly #spans: readonly { readonly start: Instant; readonly end: Instant }[];
  readonly #violation: number;

  constructor(spans: readonly { readonly start: Instant; readonly end: Instant }[], violation: number) {
    this.#spans = spans;
    this.#violation = violation;
  }

  run(context: Context): void {
    for (const { start, end } of this.#spans) {
      if (context.at >= start && context.at < end) context.report(this.#violation, end, -1, 0, start);
    }
  }
}
