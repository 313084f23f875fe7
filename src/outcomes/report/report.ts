// Makes a report: reads the counts, builds it, compares groups, and compares its figures with those reported before.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { type Contest, compareAll } from "../meaning/comparison.ts";
import { dailyGroups, rateOfCalls } from "../meaning/conversion.ts";
import { MeaningError } from "../meaning/error.ts";
import { classifyIn } from "../meaning/outcome-map.ts";
import { type Arrivals, type ReportedFigure, type Restatement, restatements } from "../meaning/restatement.ts";
import { DailyCounter, type DayCounts } from "../meaning/tally.ts";
import { buildReport, dailyGroupsOf, figuresOf, type Tallies, tally } from "./build.ts";
import { type CohortSpec, type ComparisonSpec, groupWords } from "./cohort.ts";
import { type ReportSource, readAgentNames, readArrivals, readCohort, readFacts, type TimeCount } from "./facts.ts";
import type { OutcomeReport } from "./model.ts";
import { COLUMN_DIMENSIONS, checkedPeriod, type Dimension, daysOf, type ReportScope, scopeKey } from "./scope.ts";

/** Keeps reported figures, so that later changes are noticed. */
export interface ReportedFigures {
  /** The latest reported figure of each period within `from`…`to` for the scope and the definition. */
  latest(query: { scope: string; definition: string; from: Instant; to: Instant }): Promise<readonly ReportedFigure[]>;
  /** Keeps figures. */
  keep(figures: readonly ReportedFigure[]): Promise<void>;
}

interface ReportOptions {
  readonly now: Instant;
  readonly confidence?: number | undefined;
  /** Calls that each side of a comparison must have. */
  readonly minimum?: number | undefined;
  readonly by?: readonly Dimension[] | undefined;
  readonly comparisons?: readonly ComparisonSpec[] | undefined;
  /** Without it nothing is restated and no figure is kept. */
  readonly figures?: ReportedFigures | undefined;
  /** See BuildOptions. */
  readonly profile?: string | undefined;
}

/** Makes a report on a scope. Throws MeaningError for a period that is too long, and for compared groups that share calls. */
export async function reportOutcomes(source: ReportSource, scope: ReportScope, options: ReportOptions): Promise<OutcomeReport> {
  checkedPeriod(scope);
  const { by, figures, now } = options;
  const columns = COLUMN_DIMENSIONS.filter(
    (dimension) =>
      by === undefined ||
      by.includes(dimension) ||
      options.comparisons?.some((spec) => spec.kind === "each" && spec.dimension === dimension),
  );
  const tallies = tally(scope, await readFacts(source, scope, columns));
  const built = buildReport(scope, tallies, options);
  const report = options.profile === "acd" ? await withAgentNames(source, scope, built) : built;
  const contests: Contest[] = [];
  for (const spec of options.comparisons ?? []) contests.push(...(await contestsFor(source, scope, tallies, spec)));
  const comparisons = compareAll(contests, options);
  const restated = figures === undefined ? [] : await restate(source, scope, figuresOf(scope, tallies, now), figures, options);
  return { ...report, comparisons, restatements: restated };
}

async function withAgentNames(source: ReportSource, scope: ReportScope, report: OutcomeReport): Promise<OutcomeReport> {
  const { agent } = report.by;
  if (agent === undefined) return report;
  const names = await readAgentNames(source, scope);
  const named = agent.map((group) => {
    const name = names.get(group.value ?? "");
    return name === undefined ? group : { ...group, name };
  });
  return { ...report, by: { ...report.by, agent: named } };
}

async function contestsFor(
  source: ReportSource,
  scope: ReportScope,
  tallies: Tallies,
  spec: ComparisonSpec,
): Promise<readonly Contest[]> {
  switch (spec.kind) {
    case "each":
      return contestsOf(tallies, spec.dimension);
    case "previous": {
      const before: ReportScope = { ...scope, from: scope.from - (scope.to - scope.from), to: scope.from };
      const earlier = cohortTally(before, await readCohort(source, before, {}));
      return [contestOfPeriods(tallies.all.days, earlier.days)];
    }
    case "cohorts": {
      const cohort = async (one: CohortSpec) => ({
        name: one.name,
        days: cohortTally(scope, await readCohort(source, scope, one.columns), one).days,
      });
      const both = intersection(spec.first, spec.second);
      const shared = cohortTally(scope, await readCohort(source, scope, both.columns), both).calls;
      if (shared > 0) {
        throw new MeaningError(
          `--compare: ${shared} calls belong to both ${spec.first.name} and ${spec.second.name}; groups that are compared must not share calls`,
          "Name the same dimension with different values on both sides, for example list=A vs list=B.",
        );
      }
      return [contestOf(tallies.all.days, await cohort(spec.first), await cohort(spec.second))];
    }
  }
}

/** The group of calls that belong to both groups. */
function intersection(a: CohortSpec, b: CohortSpec): Pick<CohortSpec, "columns" | "hours" | "weekdays"> {
  const columns: Record<string, readonly string[]> = { ...a.columns };
  for (const [name, values] of Object.entries(b.columns))
    columns[name] = columns[name]?.filter((value) => values.includes(value)) ?? values;
  const meet = (x: ReadonlySet<number> | undefined, y: ReadonlySet<number> | undefined) =>
    x && y ? new Set([...x].filter((value) => y.has(value))) : (x ?? y);
  return { columns, hours: meet(a.hours, b.hours), weekdays: meet(a.weekdays, b.weekdays) };
}

/** Compares figures with those reported before, and keeps those that are new or changed. */
async function restate(
  source: ReportSource,
  scope: ReportScope,
  now: readonly ReportedFigure[],
  figures: ReportedFigures,
  { confidence }: ReportOptions,
): Promise<OutcomeReport["restatements"]> {
  const query = { scope: scopeKey(scope.campaigns), definition: scope.map.id, from: scope.from, to: scope.to };
  const earlier = await figures.latest(query);
  const found = restatements(earlier, now);
  const arrivals = await readArrivals(
    source,
    scope.campaigns,
    found.map(({ was }) => was),
  );
  const known = new Set(earlier.map(period));
  const restated = new Set(found.map((one) => period(one.now)));
  await figures.keep(now.filter((figure) => !known.has(period(figure)) || restated.has(period(figure))));
  const days = new Map(daysOf(scope).map(({ day, from, to }) => [`${from} ${to}`, day]));
  return found.map((one, i) => {
    const { was, now } = one;
    const iso = (at: Instant) => new Date(at).toISOString();
    const figure = ({ from, to, calls, counts, reportedAt }: ReportedFigure) => ({
      conversion: rateOfCalls(counts.success, calls, Math.max(1, Math.round((to - from) / DAY_MS)), confidence),
      counts: { ...counts },
      reportedAt: iso(reportedAt),
    });
    const isPeriod = now.from === scope.from && now.to === scope.to;
    return {
      from: iso(now.from),
      to: iso(now.to),
      day: isPeriod ? null : (days.get(period(now)) ?? null),
      was: figure(was),
      now: figure(now),
      ...balanced(one, arrivals[i]),
    };
  });
}

const period = ({ from, to }: ReportedFigure): string => `${from} ${to}`;

/**
 * Corrects the arrivals so that they account for the change in the number of calls: rows that were being written to the lake
 * while the earlier figure was computed have an earlier time than the figure, but were not counted in it.
 */
function balanced({ was, now }: Restatement, arrivals: Arrivals = { late: 0, changed: 0, withdrawn: 0 }): Arrivals {
  const missing = now.calls - was.calls - (arrivals.late - arrivals.withdrawn);
  return {
    late: arrivals.late + Math.max(0, missing),
    changed: arrivals.changed,
    withdrawn: arrivals.withdrawn + Math.max(0, -missing),
  };
}

// Comparisons of a report: groups with each other, and a period with the one before.

/** The calls in counts by time that meet a group's conditions on local time. */
export function cohortTally(
  scope: ReportScope,
  times: readonly TimeCount[],
  cohort: Partial<Pick<CohortSpec, "hours" | "weekdays">> = {},
): DailyCounter {
  const counter = new DailyCounter();
  for (const { at, era, code, calls, seconds } of times) {
    const { day, hour, weekday } = scope.time.local(Math.max(at, scope.from));
    if (cohort.hours?.has(hour) === false || cohort.weekdays?.has(weekday) === false) continue;
    counter.addOn(day, classifyIn(scope.map.eras[era], code), calls, seconds);
  }
  return counter;
}

/** Each value of a dimension against all other calls. */
export function contestsOf(tallies: Tallies, dimension: Exclude<Dimension, "code">): Contest[] {
  const map: ReadonlyMap<string | null, DailyCounter> =
    dimension === "hour" ? tallies.hours : dimension === "weekday" ? tallies.weekdays : tallies.columns[dimension];
  const groups = dailyGroupsOf(map);
  return [...map.keys()]
    .sort((a, b) => ((a ?? "") < (b ?? "") ? -1 : 1))
    .map((key) => {
      const own = [groups.number(key)];
      return {
        variation: groups.variation,
        first: { name: groupWords(dimension, [key ?? "(none)"]), groups: own },
        second: { name: "all others", groups: { but: own } },
      };
    });
}

/** Two groups of a report's calls; the report's other calls contribute to the measured variation between days. */
function contestOf(
  all: DayCounts,
  first: { readonly name: string; readonly days: DayCounts },
  second: { readonly name: string; readonly days: DayCounts },
): Contest {
  const rest = [...all].map(([day, { calls, successes }]) => {
    const [one, two] = [first.days.get(day), second.days.get(day)];
    return [
      day,
      {
        calls: calls - (one?.calls ?? 0) - (two?.calls ?? 0),
        successes: successes - (one?.successes ?? 0) - (two?.successes ?? 0),
      },
    ] as const;
  });
  const groups = dailyGroups(
    new Map<string, DayCounts>([
      ["first", first.days],
      ["second", second.days],
      ["rest", new Map(rest.filter(([, { calls }]) => calls > 0))],
    ]),
  );
  return {
    variation: groups.variation,
    first: { name: first.name, groups: [groups.number("first")] },
    second: { name: second.name, groups: [groups.number("second")] },
  };
}

/** A period against the one before. */
export function contestOfPeriods(period: DayCounts, before: DayCounts): Contest {
  const groups = dailyGroups(
    new Map([
      ["this", period],
      ["before", before],
    ]),
  );
  return {
    variation: groups.variation,
    first: { name: "this period", groups: [groups.number("this")] },
    second: { name: "the period before", groups: [groups.number("before")] },
  };
}
