// From counts to a report: classification, sums, intervals, trend. Pure.

import { createRandom, type Instant } from "../../kernel/index.ts";
import { CATEGORIES, type Category } from "../meaning/category.ts";
import { type Cohort, type Comparison, compare } from "../meaning/comparison.ts";
import { conversionOf, documentedSummary, rateOf } from "../meaning/conversion.ts";
import { WEEKDAYS } from "../meaning/local-time.ts";
import { classifyIn } from "../meaning/outcome-map.ts";
import type { ReportedFigure } from "../meaning/restatement.ts";
import { Counter, type Tally } from "../meaning/tally.ts";
import { trendOf } from "../meaning/trend.ts";
import type { CohortSpec } from "./cohort.ts";
import type { Facts, TimeCount } from "./facts.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
import { COLUMN_DIMENSIONS, type Dimension, type ReportScope, scopeKey } from "./scope.ts";

type Codes = NonNullable<OutcomeReport["by"]["code"]>;

/** Counts by category, by whatever they are grouped by. */
export interface Tallies {
  readonly all: Counter;
  /** In order of time, every day of the period. */
  readonly days: ReadonlyMap<string, Counter>;
  readonly hours: ReadonlyMap<string, Counter>;
  readonly weekdays: ReadonlyMap<string, Counter>;
  readonly columns: Readonly<Record<(typeof COLUMN_DIMENSIONS)[number], ReadonlyMap<string | null, Counter>>>;
  readonly codes: ReadonlyMap<string, { readonly tally: Counter; readonly categories: Set<Category>; mapped: boolean }>;
}

function counterOf<Key>(map: Map<Key, Counter>, key: Key): Counter {
  let counter = map.get(key);
  if (counter === undefined) map.set(key, (counter = new Counter()));
  return counter;
}

/** Classifies and sums up. */
export function tally(scope: ReportScope, facts: Facts): Tallies {
  const all = new Counter();
  const days = new Map(daysOf(scope).map(({ day }) => [day, new Counter()]));
  const hours = new Map<string, Counter>();
  const weekdays = new Map<string, Counter>();
  const columns = { campaign: new Map(), attempt: new Map(), list: new Map(), agent: new Map() } as Record<
    (typeof COLUMN_DIMENSIONS)[number],
    Map<string | null, Counter>
  >;
  const codes = new Map<string, { tally: Counter; categories: Set<Category>; mapped: boolean }>();
  // Where the calls of a stretch are counted: every stretch comes once a code.
  const places = new Map<Instant, readonly Counter[]>();
  for (const { at, era, code, calls, seconds } of facts.times) {
    const classified = classifyIn(scope.map.eras[era], code);
    // A stretch may begin before the period does.
    const begin = Math.max(at, scope.from);
    let counters = places.get(begin);
    if (counters === undefined) {
      const { day, hour, weekday } = scope.time.local(begin);
      counters = [
        counterOf(days, day),
        counterOf(hours, String(hour).padStart(2, "0")),
        counterOf(weekdays, WEEKDAYS[weekday] ?? ""),
      ];
      places.set(begin, counters);
    }
    all.add(classified, calls, seconds);
    for (const counter of counters) counter.add(classified, calls, seconds);
    let known = codes.get(code);
    if (known === undefined) codes.set(code, (known = { tally: new Counter(), categories: new Set(), mapped: true }));
    known.tally.add(classified, calls, seconds);
    known.categories.add(classified.category);
    known.mapped &&= classified.mapped;
  }
  for (const { dimension, value, era, code, calls, seconds } of facts.values)
    counterOf(columns[dimension], value).add(classifyIn(scope.map.eras[era], code), calls, seconds);
  return { all, days, hours, weekdays, columns, codes };
}

/** The days of a scope's wall clock that its period touches, each with its begin and end. */
export function daysOf({ from, to, time }: ReportScope): { day: string; from: Instant; to: Instant }[] {
  const days: { day: string; from: Instant; to: Instant }[] = [];
  for (let at = from; at < to; ) {
    const { day } = time.local(at);
    const start = time.startOfDay(day);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const end = time.startOfDay(next);
    days.push({ day, from: start, to: end });
    at = end;
  }
  return days;
}

export interface BuildOptions {
  readonly now: Instant;
  /** Of all intervals; 0.95 by default. */
  readonly confidence?: number | undefined;
  /** What to show groups of; all by default. */
  readonly by?: readonly Dimension[] | undefined;
}

/** Makes the report, without comparisons and restatements. */
export function buildReport(scope: ReportScope, tallies: Tallies, { now, confidence = 0.95, by }: BuildOptions): OutcomeReport {
  const { all, days } = tallies;
  const wants = (dimension: Dimension) => by === undefined || by.includes(dimension);
  const iso = (at: Instant) => new Date(at).toISOString();
  const codes = codeGroups(tallies, confidence);
  const shown: OutcomeReport["by"] = {};
  const order = (keys: readonly string[], map: ReadonlyMap<string, Counter>) =>
    keys.flatMap((key) => groupsOf(map.has(key) ? [[key, map.get(key) ?? new Counter()]] : [], confidence));
  if (wants("hour")) shown.hour = order([...tallies.hours.keys()].sort(), tallies.hours);
  if (wants("weekday")) shown.weekday = order(WEEKDAYS, tallies.weekdays);
  if (wants("code")) shown.code = codes;
  for (const dimension of COLUMN_DIMENSIONS) {
    if (!wants(dimension)) continue;
    const groups = [...tallies.columns[dimension]];
    // A column that no call has a value in says nothing.
    if (groups.every(([value]) => value === null)) continue;
    shown[dimension] = groupsOf(groups.sort(dimension === "attempt" ? byNumber : bySize), confidence);
  }
  return {
    kind: "outdial.outcome-report",
    version: 1,
    generatedAt: iso(now),
    scope: { campaigns: scope.campaigns ?? null, from: iso(scope.from), to: iso(scope.to), zone: scope.time.zone },
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
    calls: all.calls,
    conversion: conversionOf(all, confidence),
    averageSeconds: average(all),
    categories: CATEGORIES.map((category) => ({
      category,
      calls: all.counts[category],
      share: rateOf(all.counts[category], all.calls, confidence),
    })),
    unmapped: { calls: all.unmapped, codes: codes.filter(({ mapped }) => !mapped).map(({ code, calls }) => ({ code, calls })) },
    documented: documentedSummary(all),
    trend: trendOf(
      [...days].map(([day, { calls, counts }]) => ({ day, calls, successes: counts.success })),
      createRandom("outcome-report", "trend"),
      confidence,
    ),
    days: [...days].map(([day, counter]) => ({ day, calls: counter.calls, conversion: conversionOf(counter, confidence) })),
    by: shown,
    comparisons: [],
    restatements: [],
  };
}

type Entry = readonly [string | null, Counter];
const bySize = (a: Entry, b: Entry) => b[1].calls - a[1].calls || ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1);
const byNumber = (a: Entry, b: Entry) => Number(a[0] ?? Number.POSITIVE_INFINITY) - Number(b[0] ?? Number.POSITIVE_INFINITY);

function groupsOf(entries: readonly Entry[], confidence: number): ReportGroup[] {
  return entries.map(([value, counter]) => ({
    value,
    calls: counter.calls,
    conversion: conversionOf(counter, confidence),
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
      share: rateOf(tally.calls, all.calls, confidence),
      averageSeconds: average(tally),
    }))
    .sort((a, b) => b.calls - a.calls || (a.code < b.code ? -1 : 1));
}

function average({ calls, seconds }: Tally): number | null {
  return calls === 0 ? null : seconds / calls;
}

/** The calls of counts by time that meet a group's conditions on the wall clock. */
export function cohortTally(
  scope: ReportScope,
  times: readonly TimeCount[],
  cohort: Partial<Pick<CohortSpec, "hours" | "weekdays">> = {},
): Counter {
  const counter = new Counter();
  for (const { at, era, code, calls, seconds } of times) {
    const { hour, weekday } = scope.time.local(Math.max(at, scope.from));
    if (cohort.hours?.has(hour) === false || cohort.weekdays?.has(weekday) === false) continue;
    counter.add(classifyIn(scope.map.eras[era], code), calls, seconds);
  }
  return counter;
}

/** Each value of a dimension against all other calls, all intervals holding together. */
export function compareEach(
  tallies: Tallies,
  dimension: Exclude<Dimension, "code">,
  options: { readonly minimum?: number; readonly confidence?: number },
): Comparison[] {
  const map: ReadonlyMap<string | null, Counter> =
    dimension === "hour" ? tallies.hours : dimension === "weekday" ? tallies.weekdays : tallies.columns[dimension];
  const groups = [...map].sort(([a], [b]) => ((a ?? "") < (b ?? "") ? -1 : 1));
  return groups.map(([value, counter]) => {
    const name = `${dimension}=${value ?? "(none)"}`;
    const first: Cohort = { name, tally: counter };
    return compare(
      first,
      { name: `all others`, tally: without(tallies.all, counter) },
      { ...options, comparisons: groups.length },
    );
  });
}

function without(all: Tally, part: Tally): Counter {
  const rest = new Counter();
  rest.calls = all.calls - part.calls;
  rest.seconds = all.seconds - part.seconds;
  rest.unmapped = all.unmapped - part.unmapped;
  for (const category of CATEGORIES) rest.counts[category] = all.counts[category] - part.counts[category];
  return rest;
}

/** The figures of a report that are kept, to be held against later ones: the whole period and each whole day of it, as far as they are over. */
export function figuresOf(scope: ReportScope, tallies: Tallies, now: Instant): ReportedFigure[] {
  const base = { scope: scopeKey(scope.campaigns), definition: scope.map.id, reportedAt: now };
  const of = (from: Instant, to: Instant, { calls, counts }: Tally): ReportedFigure => ({
    ...base,
    from,
    to,
    calls,
    counts: { ...counts },
  });
  const figures = scope.to <= now ? [of(scope.from, scope.to, tallies.all)] : [];
  for (const { day, from, to } of daysOf(scope)) {
    const isWhole = from >= scope.from && to <= scope.to && to <= now;
    const isPeriod = from === scope.from && to === scope.to;
    if (isWhole && !isPeriod) figures.push(of(from, to, tallies.days.get(day) ?? new Counter()));
  }
  return figures;
}
