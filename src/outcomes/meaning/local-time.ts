// Local time in a time zone: the day, weekday and hour of an instant, and the beginning of a day.

import { DAY_MS, HOUR_MS, type Instant, isDay, parseInstant as readInstant } from "../../kernel/index.ts";
import { MeaningError } from "./error.ts";

/** Every offset in use is a multiple of it, ms. */
const QUARTER = HOUR_MS / 4;

/** An instant in local time. */
interface Local {
  /** For example 2026-03-08. */
  readonly day: string;
  /** 0 to 23. */
  readonly hour: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

/** Conversion between instants and the local time of a zone. */
export type LocalTime = Readonly<ReturnType<typeof localTime>>;

/** The local time of an IANA zone. Throws MeaningError for an unknown zone. */
export function localTime(zone: string) {
  const format = formatter(zone);
  // Offsets change a few times a year: when two samples a day are equal, nothing changed between them.
  const known = new Map<number, number>();
  const lookUp = (at: Instant): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
  };
  const atMidnight = (n: number): number => {
    let offset = known.get(n);
    if (offset === undefined) known.set(n, (offset = lookUp(n * DAY_MS)));
    return offset;
  };
  const offset = (at: Instant): number => {
    const day = Math.floor(at / DAY_MS);
    const before = atMidnight(day);
    return before === atMidnight(day + 1) ? before : lookUp(at);
  };
  return {
    zone,
    /** Local time minus UTC at an instant, ms. */
    offset,
    local(at: Instant): Local {
      const wall = at + offset(at);
      const days = Math.floor(wall / DAY_MS);
      return {
        day: new Date(days * DAY_MS).toISOString().slice(0, 10),
        hour: Math.floor((wall - days * DAY_MS) / HOUR_MS),
        // 1 January 1970 was a Thursday.
        weekday: (((days + 3) % 7) + 7) % 7,
      };
    },
    /** The first instant of a day (for example 2026-03-08), also where the clock skips midnight. */
    startOfDay(day: string): Instant {
      if (!isDay(day)) throw new MeaningError(`${JSON.stringify(day)} is no day; a day is written 2026-03-08`);
      const midnight = Date.parse(`${day}T00:00:00Z`);
      // A day begins when the clock first shows midnight or, where it skips midnight, a later time.
      let at = midnight - Math.max(offset(midnight - DAY_MS), offset(midnight + DAY_MS));
      while (at + offset(at) < midnight) at += QUARTER;
      return at;
    },
  };
}

function formatter(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    throw new MeaningError(
      `time zone ${JSON.stringify(zone)} is not known`,
      "Use an IANA name such as America/New_York, or UTC.",
    );
  }
}

/**
 * An instant from a day (its beginning in `time`'s zone) or from an ISO 8601 time with an offset. Throws MeaningError that names
 * `where`.
 */
export function parseInstant(where: string, text: string, time: LocalTime): Instant {
  // Dates before 1900 are refused: the offsets of those years cannot be computed reliably.
  if (/^(?:0|1[0-8])\d+-/.test(text)) throw new MeaningError(`${where}: ${text.slice(0, 60)} is before the year 1900`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    try {
      return time.startOfDay(text);
    } catch {
      throw new MeaningError(`${where}: ${text} is no day of the calendar`);
    }
  }
  const at = readInstant(text.toUpperCase());
  if (at !== undefined) return at;
  throw new MeaningError(
    `${where}: ${JSON.stringify(text.slice(0, 60))} is neither a day (2026-03-08) nor a time with an offset (2026-03-08T09:00:00-05:00)`,
  );
}
