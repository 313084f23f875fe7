// The end of an operator's day. Pure.

import { DAY_MS, messageOf } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";

/**
 * The first instant of the next local date in a zone. Throws OperationError `invalid_input` for a zone that this runtime does not know.
 * @param now ms since the epoch
 */
export function endOfDay(now: number, zone: string): number {
  const wall = wallClock(zone);
  const today = Math.floor(wall(now) / DAY_MS);
  // Local midnight, from the zone's offset; computed twice, because the clock may change in between.
  let at = (today + 1) * DAY_MS - (wall(now) - now);
  at = (today + 1) * DAY_MS - (wall(at) - at);
  // A day whose midnight is skipped begins at the clock change.
  return Math.floor(wall(at) / DAY_MS) > today ? at : at + (DAY_MS - (wall(at) % DAY_MS));
}

/** A function that converts an instant to local time, as ms since the epoch on a wall clock. */
function wallClock(zone: string): (at: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch (thrown) {
    throw new OperationError("invalid_input", `the time zone ${zone} is not known: ${messageOf(thrown)}`);
  }
  return (at) => {
    const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
    const seconds = Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
    return seconds + (at % 1000);
  };
}
