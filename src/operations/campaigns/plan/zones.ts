// A window of hours by the clocks of other time zones, and the countries of a zone.

import { createBuiltinGeography, type RulePack, type Zone } from "../../../compliance/index.ts";
import { DAY_MS, type Instant, MINUTE_MS } from "../../../kernel/index.ts";

/** A year and a week: includes every weekday in every season, and every night in which a clock changes. */
const DAYS = 53 * 7;
/** No local time differs from UTC by more. */
const FARTHEST_MS = 16 * 3_600_000;

/** Hours of one weekday, on two clocks; all in minutes since midnight of that day by the first. */
export interface WindowElsewhere {
  /** 0 Sunday … 6 Saturday, by the first clock. */
  readonly weekday: number;
  /** By the first clock. */
  readonly opens: number;
  readonly closes: number;
  /** By the other clock: below 0 on the day before, from 1440 on the day after. */
  readonly from: number;
  readonly to: number;
}

/**
 * A window of hours in one zone by the clock of another, over the year to come: each case once, the most frequent first. Only
 * instants inside the window are compared, so that it does not matter that two zones change their clocks some hours apart, unless
 * calls are placed in these hours; a window in which a clock changes results in two cases.
 * @param window in the zone `home`, in minutes of its day
 * @param weekdays on which it is open there, 0 Sunday … 6 Saturday
 */
export function windowElsewhere(
  home: Zone,
  place: Zone,
  window: { readonly opens: number; readonly closes: number },
  { weekdays, now }: { readonly weekdays: ReadonlySet<number>; readonly now: Instant },
): WindowElsewhere[] {
  const found = new Map<string, WindowElsewhere>();
  const often = new Map<string, number>();
  const shift = ({ opens, from }: WindowElsewhere) => `${from - opens}`;
  const today = home.day(now);
  for (let day = today; day < today + DAYS; day++) {
    const midnight = day * DAY_MS;
    const weekday = new Date(midnight).getUTCDay();
    if (!weekdays.has(weekday)) continue;
    const last = midnight + DAY_MS + FARTHEST_MS;
    for (let at = midnight - FARTHEST_MS, end = at; at < last; at = end) {
      const [here, there] = [home.offset(at), place.offset(at)];
      // A stretch may also end at the end of a year, without a clock change.
      do end = Math.min(home.stretchEnd(end), place.stretchEnd(end));
      while (end < last && home.offset(end) === here && place.offset(end) === there);
      const first = Math.max(at, midnight + window.opens * MINUTE_MS - here);
      const until = Math.min(end, midnight + window.closes * MINUTE_MS - here);
      if (first >= until) continue;
      const minute = (instant: Instant, offset: number) => Math.round((instant + offset - midnight) / MINUTE_MS);
      const one = {
        weekday,
        opens: minute(first, here),
        closes: minute(until, here),
        from: minute(first, there),
        to: minute(until, there),
      };
      found.set(JSON.stringify(one), one);
      often.set(shift(one), (often.get(shift(one)) ?? 0) + 1);
    }
  }
  const frequency = (one: WindowElsewhere) => often.get(shift(one)) ?? 0;
  return [...found.values()].sort(
    (a, b) => frequency(b) - frequency(a) || a.from - a.opens - (b.from - b.opens) || a.weekday - b.weekday || a.opens - b.opens,
  );
}

/** `*` and the countries of a zone, as far as the pack and the tables of numbers know them. */
export function jurisdictionsOfZone(zone: string, pack: RulePack): string[] {
  const geography = createBuiltinGeography();
  const countries = new Set<string>();
  for (let code = 200; code < 1000; code++) {
    const area = geography.areaCode(code);
    if (area?.zones.includes(zone)) countries.add(area.country);
  }
  for (const { jurisdiction } of pack.rules) {
    const country = jurisdiction.split("-")[0] ?? "";
    if (country !== "*" && geography.countryZones(country).includes(zone)) countries.add(country);
  }
  return ["*", ...[...countries].sort()];
}
