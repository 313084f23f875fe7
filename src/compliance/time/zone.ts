// Local time: the offsets of one IANA zone as a table of transitions, read from Intl one year at a time when needed, then
// searched.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import { dayNumber } from "./civil.ts";

/** Instants outside of these years are refused: neither rules nor zone data are known for them. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];
// No zone has ever left an offset and returned within a week; a shorter step would only cost time.
const STEP = 7 * DAY_MS;

const FIRST_INSTANT = dayNumber(FIRST_YEAR + 1, 1, 1) * DAY_MS;
const LAST_INSTANT = dayNumber(LAST_YEAR, 1, 1) * DAY_MS;

/** Whether zones can give the local time of an instant (years 1971 to 2198). */
export function isInstantInRange(at: number): boolean {
  return at >= FIRST_INSTANT && at < LAST_INSTANT;
}

/** The offsets of one zone. The table grows with the years asked for; its answers never change. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  /**
   * Beginnings of the spans of constant offset, ascending, and their offsets in ms; they cover whole years, `#from` ≤ year <
   * `#to`.
   */
  #starts: number[] = [];
  #offsets: number[] = [];
  #from = 0;
  #to = 0;
  /** The span used last: most questions are about the same day. */
  #low = 0;
  #high = 0;
  #offset = 0;

  /** Throws `unknown_zone`. */
  constructor(name: string) {
    this.name = name;
    try {
      this.#format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset", year: "numeric" });
    } catch (cause) {
      throw new ComplianceError("unknown_zone", `time zone ${JSON.stringify(name)} is not known to this runtime`, {
        advice: "use a name of the IANA time zone database, such as America/New_York",
        cause,
      });
    }
  }

  /** Local time minus UTC at an instant, ms. */
  offset(at: Instant): number {
    if (at >= this.#low && at < this.#high) return this.#offset;
    this.#find(at);
    return this.#offset;
  }

  /** The end of the span of constant offset that `at` lies in (possibly only the end of the last year in the table). */
  stretchEnd(at: Instant): Instant {
    if (at < this.#low || at >= this.#high) this.#find(at);
    return this.#high;
  }

  /** The local date at an instant, as a day number. */
  day(at: Instant): number {
    return Math.floor((at + this.offset(at)) / DAY_MS);
  }

  /**
   * The first instant at or after `from`, and not after `limit`, whose local time `next` accepts; Infinity when there is none.
   * Local times are those of a wall clock: skipped hours do not exist, repeated hours come twice.
   * @param next returns the first accepted local time (ms since 1970 on the wall clock) at or after the given one, or Infinity
   */
  first(from: Instant, limit: Instant, next: (local: number) => number): Instant {
    for (let at = from; at <= limit; ) {
      const offset = this.offset(at);
      const end = this.stretchEnd(at);
      const found = next(at + offset) - offset;
      if (found < end) return found <= limit ? found : Number.POSITIVE_INFINITY;
      at = end;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The first instant at or after `from` and up to `limit` whose local date `accepts` accepts. */
  firstDay(from: Instant, limit: Instant, accepts: (day: number) => boolean): Instant {
    const lastDay = Math.floor(limit / DAY_MS) + 2;
    return this.first(from, limit, (local) => {
      for (let day = Math.floor(local / DAY_MS); day <= lastDay; day++) {
        if (accepts(day)) return Math.max(local, day * DAY_MS);
      }
      return Number.POSITIVE_INFINITY;
    });
  }

  #find(at: Instant): void {
    const year = new Date(at).getUTCFullYear();
    if (!(year >= FIRST_YEAR && year < LAST_YEAR)) {
      throw new ComplianceError("invalid_facts", `no local time is known for the instant ${at}`);
    }
    if (this.#to === 0) this.#from = this.#to = year;
    while (year < this.#from) this.#readYear(--this.#from, true);
    while (year >= this.#to) this.#readYear(this.#to++, false);
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    this.#low = this.#starts[low] ?? 0;
    this.#high = this.#starts[low + 1] ?? dayNumber(this.#to, 1, 1) * DAY_MS;
    this.#offset = this.#offsets[low] ?? 0;
  }

  #readYear(year: number, before: boolean): void {
    const [start, end] = [dayNumber(year, 1, 1) * DAY_MS, dayNumber(year + 1, 1, 1) * DAY_MS];
    const starts = [start];
    const offsets = [this.#ask(start)];
    for (let at = start; at < end; ) {
      const next = Math.min(at + STEP, end - 1000);
      const offset = this.#ask(next);
      if (offset !== offsets.at(-1)) {
        // Transitions happen on whole seconds.
        let [low, high] = [at / 1000, next / 1000];
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if (this.#ask(middle * 1000) === offsets.at(-1)) low = middle;
          else high = middle;
        }
        starts.push(high * 1000);
        offsets.push(offset);
      }
      at = next === end - 1000 ? end : next;
    }
    if (before) {
      this.#starts = [...starts, ...this.#starts];
      this.#offsets = [...offsets, ...this.#offsets];
    } else {
      this.#starts.push(...starts);
      this.#offsets.push(...offsets);
    }
  }

  #ask(at: Instant): number {
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.#format.format(at));
    if (match === null) throw new ComplianceError("unknown_zone", `the offset of ${this.name} cannot be read from this runtime`);
    const [, sign, hours = "0", minutes = "0", seconds = "0"] = match;
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === "-" ? -size : size;
  }
}

/** What a zone's clock is to show at an instant; older data of a runtime do not know of it. */
interface ZoneChange {
  /** A zone, and other names of it. */
  readonly zones: readonly string[];
  /** ISO 8601 with an offset. */
  readonly at: string;
  /** `±HH:MM`. */
  readonly offset: string;
}

/** The zones of which this runtime's data do not know the change, by the offsets that they give, whatever version they claim. */
export function outdatedZones(changes: readonly ZoneChange[]): ReadonlySet<string> {
  const isKnown = (name: string, at: string, offset: string) => {
    const [hours = 0, minutes = 0] = offset.slice(1).split(":").map(Number);
    const wanted = (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
    try {
      return zoneOf(name).offset(Date.parse(at)) === wanted;
    } catch {
      return false;
    }
  };
  return new Set(changes.flatMap(({ zones: names, at, offset }) => names.filter((name) => !isKnown(name, at, offset))));
}

/** More than there are zones: names are taken in any case, and a rule pack from outside must not fill the memory with spellings. */
const MOST_KEPT = 1000;
const zones = new Map<string, Zone>();

/** The zone of a name, cached: its table costs some milliseconds. Throws `unknown_zone`. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    if (zones.size >= MOST_KEPT) zones.clear();
    zones.set(name, zone);
  }
  return zone;
}
