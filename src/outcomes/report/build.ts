// Builds a report from counts: classification, sums, intervals, trend. Pure.

import { DAY_MS, type Instant, lastingTrend, levelShifts, WEEKDAYS } from "../../kernel/index.ts";
import { CATEGORIES, type Category } from "../meaning/category.ts";
import { conversionOfDay, dailyGroups, documentedSummary, type Rate, rateOfDays, shareOfDays } from "../meaning/conversion.ts";
import { classifyIn } from "../meaning/outcome-map.ts";
import type { ReportedFigure } from "../meaning/restatement.ts";
import { Counter, DailyCounter, type Tally } from "../meaning/tally.ts";
import type { Facts } from "./facts.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
import { COLUMN_DIMENSIONS, type Dimension, daysOf, type ReportScope, scopeKey } from "./scope.ts";

// The trend of conversion over days, and the days on which its level changed.

/** A day's calls. */
interface DayCount {
  /** For example 2026-03-08. */
  readonly day: string;
  readonly calls: number;
  readonly successes: number;
}

/**
 * A trend needs at least so many days and calls. With fewer than `levelDays` days, a new level cannot be told from lasting day
 * effects.
 */
const TREND_MINIMUM = { days: 7, calls: 100, levelDays: 10 } as const;

type TrendVerdict = "rising" | "falling" | "none shown" | "too few";

/** The course of conversion from day to day, with the interval of its slope. */
interface Trend {
  /**
   * `rising` and `falling`: the slope's interval excludes 0. `too few`: fewer days with calls, or fewer calls, than the minimum.
   */
  readonly verdict: TrendVerdict;
  /** Number of days with calls, and of their calls. */
  readonly days: number;
  readonly calls: number;
  readonly minimum: { readonly days: number; readonly calls: number; readonly levelDays: number };
  /**
   * Change of the conversion per day, as a share (0.001 is a tenth of a percentage point), with an interval that allows for
   * lasting day effects; null when there is too little data.
   */
  readonly slope: { readonly perDay: number; readonly low: number; readonly high: number; readonly confidence: number } | null;
  /** The level shifts. */
  readonly changes: readonly LevelChange[];
}

interface LevelChange {
  /** The first day of the new level. */
  readonly day: string;
  readonly before: Rate;
  readonly after: Rate;
  readonly pValue: number;
}

/**
 * The trend of days, given in order: a line through the daily rates and the days on which a new level began, both beyond what
 * lasting day effects explain (see the kernel's `lastingTrend` and `levelShifts`).
 * @param confidence of the interval; 1 - confidence is the level of the test for level shifts
 */
export function trendOf(days: readonly DayCount[], confidence = 0.95): Trend {
  const used = days.filter(({ calls }) => calls > 0);
  const calls = used.reduce((sum, day) => sum + day.calls, 0);
  const size = { days: used.length, calls, minimum: TREND_MINIMUM };
  if (used.length < TREND_MINIMUM.days || calls < TREND_MINIMUM.calls)
    return { verdict: "too few", ...size, slope: null, changes: [] };
  const first = Date.parse(used[0]?.day ?? "");
  const rates = used.map(({ day, calls: trials, successes }) => ({
    day: Math.round((Date.parse(day) - first) / DAY_MS),
    successes,
    trials,
  }));
  const { slope, low, high } = lastingTrend(rates, confidence);
  const shifts = used.length < TREND_MINIMUM.levelDays ? [] : levelShifts(rates, { alpha: 1 - confidence });
  const bounds = [0, ...shifts.map(({ index }) => index), used.length];
  const levels = dailyGroups(
    new Map(bounds.slice(1).map((end, level) => [level, new Map(used.slice(bounds[level], end).map((day) => [day.day, day]))])),
  );
  return {
    verdict: low > 0 ? "rising" : high < 0 ? "falling" : "none shown",
    ...size,
    slope: { perDay: slope, low, high, confidence },
    changes: shifts.map(({ index, pValue }, i) => ({
      day: used[index]?.day ?? "",
      before: levels.rate(i, confidence),
      after: levels.rate(i + 1, confidence),
      pValue,
    })),
  };
}

type Codes = NonNullable<OutcomeReport["by"]["code"]>;

/** Counts by category, in each of the report's groupings. */
export interface Tallies {
  readonly all: DailyCounter;
  /** In order, every day of the period. */
  readonly days: ReadonlyMap<string, Counter>;
  readonly hours: ReadonlyMap<string, DailyCounter>;
  readonly weekdays: ReadonlyMap<string, DailyCounter>;
  readonly columns: Readonly<Record<(typeof COLUMN_DIMENSIONS)[number], ReadonlyMap<string | null, DailyCounter>>>;
  readonly codes: ReadonlyMap<string, { readonly tally: DailyCounter; readonly categories: Set<Category>; mapped: boolean }>;
}

function counterOf<Key>(map: Map<Key, DailyCounter>, key: Key): DailyCounter {
  let counter = map.get(key);
  if (counter === undefined) map.set(key, (counter = new DailyCounter()));
  return counter;
}

/** Classifies counts and adds them up. */
export function tally(scope: ReportScope, facts: Facts): Tallies {
  const all = new DailyCounter();
  const days = new Map(daysOf(scope).map(({ day }) => [day, new Counter()]));
  const hours = new Map<string, DailyCounter>();
  const weekdays = new Map<string, DailyCounter>();
  const columns = { campaign: new Map(), attempt: new Map(), list: new Map(), agent: new Map() } as Record<
    (typeof COLUMN_DIMENSIONS)[number],
    Map<string | null, DailyCounter>
  >;
  const codes = new Map<string, { tally: DailyCounter; categories: Set<Category>; mapped: boolean }>();
  // The counters for the calls of a span: each span occurs once per code.
  const places = new Map<
    Instant,
    { readonly day: string; readonly counter: Counter; readonly groups: readonly DailyCounter[] }
  >();
  for (const { at, era, code, calls, seconds } of facts.times) {
    const classified = classifyIn(scope.map.eras[era], code);
    // A span may begin before the period does.
    const begin = Math.max(at, scope.from);
    let place = places.get(begin);
    if (place === undefined) {
      const { day, hour, weekday } = scope.time.local(begin);
      const counter = days.get(day) ?? new Counter();
      days.set(day, counter);
      const groups = [counterOf(hours, String(hour).padStart(2, "0")), counterOf(weekdays, WEEKDAYS[weekday] ?? "")];
      places.set(begin, (place = { day, counter, groups }));
    }
    const { day } = place;
    all.addOn(day, classified, calls, seconds);
    place.counter.add(classified, calls, seconds);
    for (const group of place.groups) group.addOn(day, classified, calls, seconds);
    let known = codes.get(code);
    if (known === undefined) codes.set(code, (known = { tally: new DailyCounter(), categories: new Set(), mapped: true }));
    known.tally.addOn(day, classified, calls, seconds);
    known.categories.add(classified.category);
    known.mapped &&= classified.mapped;
  }
  for (const { dimension, value, era, code, calls, seconds } of facts.values)
    counterOf(columns[dimension], value).add(classifyIn(scope.map.eras[era], code), calls, seconds);
  for (const { dimension, value, day, calls, successes } of facts.days)
    counterOf(columns[dimension], value).countOn(day, calls, successes);
  return { all, days, hours, weekdays, columns, codes };
}

/** Options of a report. */
export interface BuildOptions {
  readonly now: Instant;
  /** Of all intervals; 0.95 by default. */
  readonly confidence?: number | undefined;
  /** Dimensions that the report shows groups of; default all. */
  readonly by?: readonly Dimension[] | undefined;
  /** The vendor profile of the tenant, when it is not `rest`. */
  readonly profile?: string | undefined;
}

/** The report without comparisons and restatements. */
export function buildReport(
  scope: ReportScope,
  tallies: Tallies,
  { now, confidence = 0.95, by, profile }: BuildOptions,
): OutcomeReport {
  const { all, days } = tallies;
  const wants = (dimension: Dimension) => by === undefined || by.includes(dimension);
  const iso = (at: Instant) => new Date(at).toISOString();
  const codes = codeGroups(tallies, confidence);
  const { covers } = scope.coverage;
  const read = new Map(covers.days.map(({ day, covered }) => [day, covered]));
  /** Of a day of which nothing was read there is no count, nor of one whose read part has no calls. */
  const ofDay = (day: string, { calls }: Counter) =>
    read.get(day) === "whole" || (read.get(day) === "part" && calls > 0) ? calls : null;
  const isKnown = [...days].some(([day, counter]) => ofDay(day, counter) !== null);
  const counted = (calls: number) => (isKnown ? calls : null);
  const shown: OutcomeReport["by"] = {};
  const sorted = <Key extends string | null>(
    map: ReadonlyMap<Key, DailyCounter>,
    order: (a: Entry<Key>, b: Entry<Key>) => number,
  ) => groupsOf(new Map<string | null, DailyCounter>([...map].sort(order)), confidence);
  if (wants("hour")) shown.hour = sorted(tallies.hours, ([a], [b]) => (a < b ? -1 : 1));
  if (wants("weekday")) shown.weekday = sorted(tallies.weekdays, ([a], [b]) => weekday(a) - weekday(b));
  if (wants("code")) shown.code = codes;
  for (const dimension of COLUMN_DIMENSIONS) {
    if (!wants(dimension)) continue;
    const groups = tallies.columns[dimension];
    // A dimension in which no call has a value is not shown.
    if ([...groups.keys()].every((value) => value === null)) continue;
    shown[dimension] = sorted(groups, dimension === "attempt" ? byNumber : bySize);
  }
  return {
    kind: "outdial.outcome-report",
    version: 1,
    generatedAt: iso(now),
    scope: {
      campaigns: scope.campaigns ?? null,
      from: iso(scope.from),
      to: iso(scope.to),
      zone: scope.time.zone,
      ...(profile !== undefined && { profile }),
    },
    definition: {
      id: scope.map.id,
      eras: scope.map.eras
        .filter((era) => era.from < scope.to && era.to > scope.from)
        .map(({ version, from, to, categories }) => ({
          version,
          from: Number.isFinite(from) ? iso(from) : null,
          to: Number.isFinite(to) ? iso(to) : null,
          success: [...categories].filter(([, category]) => category === "success").map(([code]) => code),
        })),
    },
    covers,
    calls: counted(all.calls),
    conversion: rateOfDays(all.days, confidence),
    averageSeconds: average(all),
    categories: CATEGORIES.map((category) => ({
      category,
      calls: counted(all.counts[category]),
      share: shareOfDays(
        new Map([...days].map(([day, { calls, counts }]) => [day, { calls, successes: counts[category] }])),
        confidence,
      ),
    })),
    unmapped: {
      calls: counted(all.unmapped),
      codes: codes.filter(({ mapped }) => !mapped).map(({ code, calls }) => ({ code, calls })),
    },
    documented: documentedSummary(all, isKnown),
    trend: trendOf(
      [...days].map(([day, { calls, counts }]) => ({ day, calls, successes: counts.success })),
      confidence,
    ),
    days: [...days].map(([day, counter]) => ({
      day,
      calls: ofDay(day, counter),
      conversion: conversionOfDay(counter, confidence),
    })),
    by: shown,
    comparisons: [],
    restatements: [],
  };
}

const weekday = (name: string) => WEEKDAYS.findIndex((one) => one === name);

type Entry<Key = string | null> = readonly [Key, DailyCounter];
const bySize = (a: Entry, b: Entry) => b[1].calls - a[1].calls || ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1);
const byNumber = (a: Entry, b: Entry) => Number(a[0] ?? Number.POSITIVE_INFINITY) - Number(b[0] ?? Number.POSITIVE_INFINITY);

/** Disjoint groups of calls, with rates that allow for the variation between their days. */
export function dailyGroupsOf<Key>(counters: ReadonlyMap<Key, DailyCounter>) {
  return dailyGroups(new Map([...counters].map(([key, { days }]) => [key, days])));
}

function groupsOf(counters: ReadonlyMap<string | null, DailyCounter>, confidence: number): ReportGroup[] {
  const groups = dailyGroupsOf(counters);
  return [...counters].map(([value, counter]) => ({
    value,
    calls: counter.calls,
    conversion: groups.rate(value, confidence),
    counts: { ...counter.counts },
    unmapped: counter.unmapped,
    averageSeconds: average(counter),
  }));
}

function codeGroups({ codes, all }: Tallies, confidence: number): Codes {
  return [...codes]
    .map(([code, { tally, categories, mapped }]) => ({
      code,
      categories: CATEGORIES.filter((category) => categories.has(category)),
      mapped,
      calls: tally.calls,
      share: shareOfDays(
        new Map([...all.days].map(([day, { calls }]) => [day, { calls, successes: tally.days.get(day)?.calls ?? 0 }])),
        confidence,
      ),
      averageSeconds: average(tally),
    }))
    .sort((a, b) => b.calls - a.calls || (a.code < b.code ? -1 : 1));
}

function average({ calls, seconds }: Tally): number | null {
  return calls === 0 ? null : seconds / calls;
}

/**
 * The figures of a report that are kept for later comparison: the whole period and each whole day of it, as far as they have
 * ended, and as no calls of theirs are left out.
 */
export function figuresOf(scope: ReportScope, tallies: Tallies, now: Instant): ReportedFigure[] {
  const isLeftOut = (from: Instant, to: Instant) => scope.coverage.out.some((span) => span.from < to && span.to > from);
  const base = { scope: scopeKey(scope.campaigns), definition: scope.map.id, reportedAt: now };
  const of = (from: Instant, to: Instant, { calls, counts }: Tally): ReportedFigure => ({
    ...base,
    from,
    to,
    calls,
    counts: { ...counts },
  });
  const isOver = scope.to <= now && !isLeftOut(scope.from, scope.to);
  const figures = isOver ? [of(scope.from, scope.to, tallies.all)] : [];
  for (const { day, from, to } of daysOf(scope)) {
    const isWhole = from >= scope.from && to <= scope.to && to <= now && !isLeftOut(from, to);
    const isPeriod = from === scope.from && to === scope.to;
    if (isWhole && !isPeriod) figures.push(of(from, to, tallies.days.get(day) ?? new Counter()));
  }
  return figures;
}
