// Numbers and times as text. Their width stays equal while numbers change: fixed decimals, digits of equal width.

const NOTHING = "–";

/** Until somebody reads. */
let locale = "en-GB";
/** Formats by what they do: making one takes the browser longer than a row of a table. */
const NUMBERS = new Map<string, Intl.NumberFormat>();

/** Sets the reader's locale, "de-DE". Some browsers give one that is none, such as "en-US@posix": what stands before is taken, and nothing of what cannot be read. */
export function readIn(language: string): void {
  const [tag = ""] = language.split(/[^A-Za-z0-9-]/);
  try {
    [locale = locale] = Intl.getCanonicalLocales(tag);
  } catch {
    return;
  }
  NUMBERS.clear();
  FORMATS.clear();
}

function numberText(value: number | null | undefined, digits: number, style: "percent" | "decimal" = "decimal"): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  const options = { style, minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = NUMBERS.get(`${style} ${digits}`) ?? new Intl.NumberFormat(locale, options);
  NUMBERS.set(`${style} ${digits}`, format);
  return format.format(value);
}

/** A share in percent: "39.8%", or "39,8 %", with no line break before the sign. @param digits after the point, default 1 */
export const percent = (share: number | null | undefined, digits = 1): string => numberText(share, digits, "percent");

/** A whole number: "1,234,567". */
export const whole = (value: number | null | undefined): string => numberText(value, 0);

export const decimal = (value: number | null | undefined, digits = 1): string => numberText(value, digits);

/** "n of N", the counts behind a share. */
export function counted(numerator: number, denominator: number): string {
  return `${whole(numerator)} of ${whole(denominator)}`;
}

/** An interval of shares in percent: "4.1–6.3%". */
export const interval = (low: number, high: number, digits = 1): string =>
  `${decimal(100 * low, digits)}–${percent(high, digits)}`;

/**
 * The interval of a share, with its method if the share names one; live figures name none, and their calls are assumed to be
 * independent.
 */
export interface IntervalKind {
  readonly confidence: number;
  readonly method?: "days" | "calls" | "none";
  readonly days?: number;
}

/** A level of confidence in percent, with as many decimals as it has, at most three: "95%", "99.375%". */
export const levelText = (level: number): string =>
  percent(level, [0, 1, 2].find((digits) => Math.abs(1e2 * level - Number((1e2 * level).toFixed(digits))) < 1e-6) ?? 3);

/** Level and method of an interval: "95 % interval over 30 days"; or why there is none. */
export function intervalKind({ confidence, method = "calls", days }: IntervalKind): string {
  const level = `${levelText(confidence)} interval`;
  if (method === "none") return `no interval: all of them on one of ${whole(days)} days`;
  if (method === "calls") return `${level} of these calls alone, as if independent`;
  return `${level} over ${whole(days)} ${days === 1 ? "day" : "days"}`;
}

/** A time span in its two largest units: "3 d 4 h", "12 min", "45 s". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

/** Hours: as minutes below one, with one decimal below ten, whole numbers above. */
export function hoursText(hours: number): string {
  if (hours < 1) return `${whole(60 * hours)}\u00a0min`;
  return `${hours < 10 ? decimal(hours) : whole(hours)}\u00a0h`;
}

/** How long ago an instant was, in the largest unit: "just now", "45 s ago", "3 min ago". @param at ISO 8601; null: never */
export function ago(at: string | null | undefined, now: number): string {
  const then = at === null || at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(then)) return "not read yet";
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

/** The zone of the times that are shown: the browser's. */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Further away than this, ms, a day needs its year: it could be taken for one of this year. */
const A_YEAR_AWAY = 300 * 86_400_000;

/** Whether the year of an instant must be told. @param at ISO 8601 */
export const needsYear = (at: string, now: number): boolean => Math.abs(now - Date.parse(at)) > A_YEAR_AWAY;

interface TimeFormat {
  /** "12:03:10", by the reader's locale, as all of these */
  readonly clock: (at: number | string) => string;
  /** "12:03" */
  readonly minute: (at: number | string) => string;
  /** "Sat 21 Nov, 12:03" */
  readonly day: (at: number | string) => string;
  /** "21 Nov 2025, 12:03" */
  readonly longDay: (at: number | string) => string;
  /** "21 Nov" */
  readonly date: (at: number | string) => string;
}

/** Formats by zone: creating one takes the browser longer than a row of a table. */
const FORMATS = new Map<string | undefined, TimeFormat>();

/** @param zone IANA time zone; default: the browser's */
export function timeFormat(zone?: string): TimeFormat {
  const known = FORMATS.get(zone) ?? makeFormat(zone);
  FORMATS.set(zone, known);
  return known;
}

function makeFormat(zone: string | undefined): TimeFormat {
  const make = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, {
      ...options,
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
    return (at: number | string) => {
      const date = new Date(at);
      return Number.isNaN(date.getTime()) ? NOTHING : format.format(date);
    };
  };
  const { hour12 } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
  const hour = { hour: hour12 === true ? "numeric" : "2-digit", minute: "2-digit" } as const;
  return {
    clock: make({ ...hour, second: "2-digit" }),
    minute: make(hour),
    day: make({ ...hour, weekday: "short", day: "numeric", month: "short" }),
    longDay: make({ ...hour, day: "numeric", month: "short", year: "numeric" }),
    date: make({ day: "numeric", month: "short" }),
  };
}

/** Words of the vendor and of outdial's states in the form for people: "partly_failed" becomes "Partly failed". */
export function words(name: string): string {
  const spaced = name.replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Why a campaign does not dial, beside the pill that says that it is paused. */
export const besidePaused = (reason: string): string => reason.replace(/^paused: /, "");
