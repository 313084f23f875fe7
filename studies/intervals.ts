// Measures how often the intervals and verdicts of a report hold: calls with known rates are simulated and reported by the same
// functions as real ones. scripts/interval-study.ts runs it at length; a test runs a small part.

import { createRandom, differenceInterval, normalQuantile, type RandomStream, wilsonInterval } from "../src/kernel/index.ts";
import { compareAll } from "../src/outcomes/meaning/comparison.ts";
import type { Rate } from "../src/outcomes/meaning/conversion.ts";
import { localTime } from "../src/outcomes/meaning/local-time.ts";
import { DOCUMENTED_MAP } from "../src/outcomes/meaning/outcome-map.ts";
import { buildReport, tally } from "../src/outcomes/report/build.ts";
import { allRead } from "../src/outcomes/report/coverage.ts";
import type { Facts } from "../src/outcomes/report/facts.ts";
import { heatCells } from "../src/outcomes/report/heat.ts";
import { contestOfPeriods, contestsOf } from "../src/outcomes/report/report.ts";
import type { ReportScope } from "../src/outcomes/report/scope.ts";

/** Properties of a simulated campaign. Effects are standard deviations on the logit. */
export interface StudyCondition {
  readonly days: number;
  readonly callsPerDay: number;
  /** Standard deviation of the days' effects. */
  readonly effect: number;
  /** Correlation of a day's effect with that of the day before. */
  readonly lasting: number;
  /** Number of lists, each worked on days of its own. */
  readonly lists: number;
}

/** How many intervals contained the true value, or how many reports said something false. */
export interface StudyCount {
  count: number;
  of: number;
  /** Intervals that were not given, because there were too few days. */
  withheld: number;
}

/** Results by name. Intervals: how many contained the true value. Others: how many reports made a false statement. */
export type StudyResult = Record<
  (typeof STUDY_INTERVALS)[number] | (typeof STUDY_ERRORS)[number] | (typeof STUDY_NAIVE)[number],
  StudyCount
>;

/** Intervals that must hold in 93 to 97 of 100 cases. */
export const STUDY_INTERVALS = ["conversion", "by list", "by campaign", "by agent", "by hour", "by weekday", "heat map"] as const;
/** False statements that may occur in at most 6 of 100 reports (trend and new level: 8). */
export const STUDY_ERRORS = ["previous", "all comparisons", "trend", "new level"] as const;
/** Intervals that take all calls as independent, for comparison. */
export const STUDY_NAIVE = ["naive conversion", "naive previous", "naive lists"] as const;

const RATE = 0.12;
const AGENTS = 10;
const AGENT_EFFECT = 0.2;
const CAMPAIGNS = 4;
const HOURS = 8;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const UTC = localTime("UTC");
/** A Monday. */
const BEGIN = Date.UTC(2026, 2, 2);
/** Points over which a normal distribution is averaged. */
const NODES = Array.from({ length: 41 }, (_, i) => normalQuantile((i + 0.5) / 41));

const expit = (x: number): number => 1 / (1 + Math.exp(-x));
const normal = (random: RandomStream): number => normalQuantile((random.next() * 4_294_967_296 + 0.5) / 4_294_967_296);

/** Counts of a day in each grouping. */
interface Day {
  readonly day: string;
  readonly at: number;
  readonly list: number;
  readonly agents: readonly [number, number][];
  readonly campaigns: readonly [number, number][];
  readonly hours: readonly [number, number][];
}

const pairs = (length: number): [number, number][] => Array.from({ length }, () => [0, 0]);

function simulate({ days, callsPerDay, effect, lasting, lists }: StudyCondition, random: RandomStream) {
  const level = Math.log(RATE / (1 - RATE));
  const agents = Array.from({ length: AGENTS }, () => level + AGENT_EFFECT * normal(random));
  // The long-run conversion of each agent, over all days.
  const rates = agents.map((own) => NODES.reduce((sum, node) => sum + expit(own + effect * node), 0) / NODES.length);
  let shared = effect * normal(random);
  const found: Day[] = [];
  for (let n = -days; n < days; n++) {
    if (n > -days) shared = lasting * shared + Math.sqrt(1 - lasting ** 2) * effect * normal(random);
    const chances = agents.map((own) => expit(own + shared));
    const one = { agents: pairs(AGENTS), campaigns: pairs(CAMPAIGNS), hours: pairs(HOURS) };
    for (let call = 0; call < callsPerDay; call++) {
      const agent = random.int(AGENTS);
      const success = random.next() < (chances[agent] ?? 0) ? 1 : 0;
      for (const pair of [one.agents[agent], one.campaigns[random.int(CAMPAIGNS)], one.hours[random.int(HOURS)]]) {
        if (pair === undefined) continue;
        pair[0] += 1;
        pair[1] += success;
      }
    }
    const at = BEGIN + n * DAY;
    const list = Math.floor((Math.max(0, n) * lists) / days);
    found.push({ day: new Date(at).toISOString().slice(0, 10), at, list, ...one });
  }
  return { rates, days: found };
}

const CODES = [
  ["CONVERTED", (_: number, successes: number) => successes],
  ["NO_ANSWER", (calls: number, successes: number) => calls - successes],
] as const;

function factsOf(days: readonly Day[]): Facts {
  const columns = (one: Day) => [
    { dimension: "list" as const, values: [[one.list, ...sumOf(one.hours)] as const] },
    { dimension: "agent" as const, values: one.agents.map((pair, i) => [i, ...pair] as const) },
    { dimension: "campaign" as const, values: one.campaigns.map((pair, i) => [i, ...pair] as const) },
  ];
  return {
    times: days.flatMap(({ at, hours }) =>
      hours.flatMap(([calls, successes], hour) =>
        CODES.map(([code, of]) => ({ at: at + (9 + hour) * HOUR, era: 0, code, calls: of(calls, successes), seconds: 0 })),
      ),
    ),
    values: days.flatMap((one) =>
      columns(one).flatMap(({ dimension, values }) =>
        values.flatMap(([value, calls, successes]) =>
          CODES.map(([code, of]) => ({ dimension, value: `${value}`, era: 0, code, calls: of(calls, successes), seconds: 0 })),
        ),
      ),
    ),
    days: days.flatMap((one) =>
      columns(one).flatMap(({ dimension, values }) =>
        values.map(([value, calls, successes]) => ({ dimension, value: `${value}`, day: one.day, calls, successes })),
      ),
    ),
  };
}

function sumOf(cells: readonly (readonly [number, number])[]): [number, number] {
  return [cells.reduce((sum, [calls]) => sum + calls, 0), cells.reduce((sum, [, successes]) => sum + successes, 0)];
}

/**
 * Simulates and judges a number of reports, beginning with number `from` (default 0). The same seed gives the same counts, in one
 * piece or in several.
 */
export function studyIntervals(
  condition: StudyCondition,
  { from = 0, repetitions, seed }: { from?: number; repetitions: number; seed: string },
): StudyResult {
  const names = [...STUDY_INTERVALS, ...STUDY_ERRORS, ...STUDY_NAIVE];
  const result = Object.fromEntries(names.map((name) => [name, { count: 0, of: 0, withheld: 0 }])) as StudyResult;
  for (let i = from; i < from + repetitions; i++)
    judge(condition, createRandom(seed, `${JSON.stringify(condition)}/${i}`), result);
  return result;
}

function judge(condition: StudyCondition, random: RandomStream, result: StudyResult): void {
  const { rates, days } = simulate(condition, random);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const interval = (name: keyof StudyResult, { low, high, method }: Pick<Rate, "low" | "high" | "method">, truth: number) => {
    const counted = result[name];
    if (method === "calls") counted.withheld += 1;
    else {
      counted.of += 1;
      if (low <= truth && truth <= high) counted.count += 1;
    }
  };
  const error = (name: keyof StudyResult, isFalse: boolean) => {
    result[name].of += 1;
    if (isFalse) result[name].count += 1;
  };

  const of = (some: readonly Day[]): ReportScope => {
    const [from, to] = [some[0]?.at ?? 0, (some.at(-1)?.at ?? 0) + DAY];
    const asked = { campaigns: undefined, from, to, map: DOCUMENTED_MAP, time: UTC };
    return { ...asked, coverage: allRead(asked) };
  };
  const [before, period] = [days.slice(0, condition.days), days.slice(condition.days)];
  const scope = of(period);
  const facts = factsOf(period);
  const tallies = tally(scope, facts);
  const earlier = tally(of(before), { ...factsOf(before), values: [], days: [] });
  const report = buildReport(scope, tallies, { now: scope.to });

  interval("conversion", report.conversion, mean);
  for (const { conversion } of report.by.list ?? []) interval("by list", conversion, mean);
  for (const { conversion } of report.by.campaign ?? []) interval("by campaign", conversion, mean);
  for (const { value, conversion } of report.by.agent ?? []) interval("by agent", conversion, rates[Number(value)] ?? 0);
  for (const { conversion } of report.by.hour ?? []) interval("by hour", conversion, mean);
  for (const { conversion } of report.by.weekday ?? []) interval("by weekday", conversion, mean);
  const cells = heatCells(
    scope,
    facts.times.map(({ at, code, calls }) => ({ at, code, calls })),
  );
  for (const { conversion } of cells) interval("heat map", conversion, mean);

  const previous = contestOfPeriods(tallies.all.days, earlier.all.days);
  const [alone] = compareAll([previous]);
  error("previous", alone?.verdict === "higher" || alone?.verdict === "lower");
  const contests = [previous, ...(["list", "campaign", "hour", "weekday"] as const).flatMap((name) => contestsOf(tallies, name))];
  const agents = contestsOf(tallies, "agent");
  const compared = compareAll([...contests, ...agents]);
  error(
    "all comparisons",
    compared.some(({ first, difference }) => {
      if (difference === null) return false;
      const own = first.name.startsWith("agent ") ? (rates[Number(first.name.slice(6))] ?? 0) : mean;
      // The rate of the others is the mean over their agents.
      const truth = first.name.startsWith("agent ") ? own - (mean * rates.length - own) / (rates.length - 1) : 0;
      return difference.low > truth || difference.high < truth;
    }),
  );
  if (report.trend.slope !== null) error("trend", report.trend.slope.low > 0 || report.trend.slope.high < 0);
  if (report.trend.days >= report.trend.minimum.levelDays) error("new level", report.trend.changes.length > 0);

  const { numerator, denominator } = report.conversion;
  interval("naive conversion", { ...wilsonInterval(numerator, denominator), method: "days" }, mean);
  const old = earlier.all;
  const naive = differenceInterval(numerator, denominator, old.counts.success, old.calls);
  error("naive previous", naive.low > 0 || naive.high < 0);
  const lists = report.by.list ?? [];
  error(
    "naive lists",
    lists.some(({ calls, counts: { success } }) => {
      const { low, high } = differenceInterval(success, calls, numerator - success, denominator - calls, 1 - 0.05 / lists.length);
      return low > 0 || high < 0;
    }),
  );
}
