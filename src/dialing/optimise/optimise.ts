// Finds the pacing parameters with the highest occupancy that keep the measured period within its limit with 99 % probability,
// and the frontier of all values tried.

import { studentQuantile } from "../../kernel/index.ts";
import { refuse, requireProbability, requireWhole } from "../arguments.ts";
import { Count } from "../engine/meter.ts";
import { DAY } from "../engine/model.ts";
import type { Pacing } from "../pacing/schema.ts";
import type { Replication } from "../replicate.ts";
import { combine } from "../results/combine.ts";
import type { FigureInterval } from "../results/figure.ts";
import { sumOf } from "../results/sums.ts";
import { windowDaysOf } from "../scenario/compile.ts";
import { seconds } from "../scenario/fields.ts";
import type { SimulationScenario } from "../scenario/schema.ts";

// A small plot as SVG text: axes with round numbers, points, lines, error bars. Readable on light and dark backgrounds.

/** One line or set of points of a plot. */
export interface PlotSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
  /** Draw a line through the points. Default true. */
  readonly line?: boolean;
  /** Draw the points. Default true. */
  readonly marks?: boolean;
}

/** A plot as data; `svgPlot` draws it. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly PlotSeries[];
  /** Vertical and horizontal reference lines. */
  readonly vertical?: readonly { readonly x: number; readonly name: string }[];
  readonly horizontal?: readonly { readonly y: number; readonly name: string }[];
  /** Logarithmic x axis. */
  readonly logX?: boolean;
  readonly width?: number;
  readonly height?: number;
}

const COLOURS = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f"];
const MARGIN = { left: 62, right: 16, top: 34, bottom: 44 };
const LEGEND_LINE = 16;

/** Round numbers that divide [low, high] into four to eight parts. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function range(values: readonly number[], margin: number): [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const room = (high - low || Math.abs(high) || 1) * margin;
  return [low - room, high + room];
}

/** The plot as an SVG document. Coordinates are rounded to a tenth, so that the same data gives the same text. */
export function svgPlot(plot: Plot): string {
  const { width = 720, height = 400, logX = false } = plot;
  const bottom = height - MARGIN.bottom - LEGEND_LINE * Math.ceil(plot.series.length / 4);
  const scaleX = (x: number) => (logX ? Math.log(x) : x);
  const all = plot.series.flatMap(({ points }) => points);
  const [x0, x1] = range([...all.map(({ x }) => scaleX(x)), ...(plot.vertical ?? []).map(({ x }) => scaleX(x))], 0.04);
  const [y0, y1] = range(
    [...all.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]), ...(plot.horizontal ?? []).map(({ y }) => y)],
    0.06,
  );
  const px = (x: number) => (MARGIN.left + ((scaleX(x) - x0) / (x1 - x0)) * (width - MARGIN.left - MARGIN.right)).toFixed(1);
  const py = (y: number) => (bottom - ((y - y0) / (y1 - y0)) * (bottom - MARGIN.top)).toFixed(1);
  const xTicks = logX ? [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b) : ticks(x0, x1);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="14" font-weight="600">${escape(plot.title)}</text>`,
    ...xTicks.map(
      (x) =>
        `<path d="M${px(x)} ${MARGIN.top}V${bottom}" stroke="#e5e7eb"/><text x="${px(x)}" y="${bottom + 16}" text-anchor="middle">${x}</text>`,
    ),
    ...ticks(y0, y1).map(
      (y) =>
        `<path d="M${MARGIN.left} ${py(y)}H${width - MARGIN.right}" stroke="#e5e7eb"/><text x="${MARGIN.left - 6}" y="${py(y)}" dy="4" text-anchor="end">${y}</text>`,
    ),
    `<text x="${(MARGIN.left + width - MARGIN.right) / 2}" y="${bottom + 34}" text-anchor="middle">${escape(plot.xLabel)}</text>`,
    `<text transform="translate(16 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(plot.yLabel)}</text>`,
    ...(plot.vertical ?? []).map(
      ({ x, name }) =>
        `<path d="M${px(x)} ${MARGIN.top}V${bottom}" stroke="#6b7280" stroke-dasharray="5 4"/><text x="${px(x)}" dx="4" y="${MARGIN.top + 12}" fill="#6b7280">${escape(name)}</text>`,
    ),
    ...(plot.horizontal ?? []).map(
      ({ y, name }) =>
        `<path d="M${MARGIN.left} ${py(y)}H${width - MARGIN.right}" stroke="#6b7280" stroke-dasharray="5 4"/><text x="${width - MARGIN.right - 4}" y="${py(y)}" dy="-4" text-anchor="end" fill="#6b7280">${escape(name)}</text>`,
    ),
  ];
  for (const [i, series] of plot.series.entries()) {
    const colour = COLOURS[i % COLOURS.length] ?? "#000";
    const { points } = series;
    if (series.line !== false && points.length > 1) {
      parts.push(
        `<path d="M${points.map(({ x, y }) => `${px(x)} ${py(y)}`).join("L")}" fill="none" stroke="${colour}" stroke-width="1.6"/>`,
      );
    }
    for (const { x, y, low, high } of points) {
      if (low !== undefined && high !== undefined) parts.push(`<path d="M${px(x)} ${py(low)}V${py(high)}" stroke="${colour}"/>`);
      if (series.marks !== false) parts.push(`<circle cx="${px(x)}" cy="${py(y)}" r="3" fill="${colour}"/>`);
    }
    const column = MARGIN.left + (i % 4) * ((width - MARGIN.left) / 4);
    const line = bottom + 44 + LEGEND_LINE * Math.floor(i / 4);
    parts.push(
      `<rect x="${column.toFixed(1)}" y="${line}" width="10" height="10" fill="${colour}"/><text x="${(column + 14).toFixed(1)}" y="${line + 9}">${escape(series.name)}</text>`,
    );
  }
  return `${[...parts, "</svg>"].join("\n")}\n`;
}

// The frontier of occupancy against abandonment, as CSV and as SVG.

const COLUMNS: readonly (readonly [string, (point: FrontierPoint) => string | number | boolean])[] = [
  ["strategy", ({ strategy }) => strategy],
  ["parameter", ({ parameter }) => parameter ?? ""],
  ["value", ({ parameter, value }) => (parameter === undefined ? "" : value)],
  ["occupancy", ({ occupancy }) => occupancy.rate],
  ["occupancy_low", ({ occupancy }) => occupancy.low],
  ["occupancy_high", ({ occupancy }) => occupancy.high],
  ["abandonment", ({ abandonment }) => abandonment.rate],
  ["abandonment_low", ({ abandonment }) => abandonment.low],
  ["abandonment_high", ({ abandonment }) => abandonment.high],
  ["abandoned", ({ abandonment }) => abandonment.numerator],
  ["live_answers", ({ abandonment }) => abandonment.denominator],
  ["contacts_per_agent_hour", ({ contactsPerAgentHour }) => contactsPerAgentHour.rate],
  ["period_ceiling", ({ assurance }) => assurance.ceiling],
  ["variance_over_binomial", ({ assurance }) => assurance.inflation],
  ["keeps_limit", ({ keeps }) => keeps],
];

/** One line per point; shares of 1, numbers to six digits; a bound that is not known is empty. The header names the columns. */
export function frontierCsv({ points }: Optimum): string {
  const cell = (value: string | number | boolean) =>
    typeof value !== "number" ? String(value) : Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "";
  const lines = points.map((point) => COLUMNS.map(([, of]) => cell(of(point))).join(","));
  return `${[COLUMNS.map(([name]) => name).join(","), ...lines].join("\n")}\n`;
}

/** Occupancy over abandonment in per cent, one line per strategy, with the limit and the best point. */
export function frontierSvg({ points, limit, best }: Optimum, title = "Occupancy and abandonment"): string {
  const names = [...new Set(points.map(({ strategy }) => strategy))];
  const at = ({ abandonment, occupancy }: FrontierPoint) => ({
    x: 100 * abandonment.rate,
    y: 100 * occupancy.rate,
    low: 100 * occupancy.low,
    high: 100 * occupancy.high,
  });
  return svgPlot({
    title,
    xLabel: "abandoned, % of live answers",
    yLabel: "occupancy, %",
    series: [
      ...names.map((name) => ({
        name,
        points: points
          .filter(({ strategy }) => strategy === name)
          .map(at)
          .sort((a, b) => a.x - b.x),
      })),
      ...(best === undefined ? [] : [{ name: "best that keeps the limit", points: [at(best)], line: false }]),
    ],
    vertical: [{ x: 100 * limit, name: `limit ${Number((100 * limit).toPrecision(4))} %` }],
  });
}

/** Runs replications 0 to `replications` - 1 of a scenario, in this thread (`runReplication`) or in workers. */
export type Runner = (scenario: SimulationScenario, replications: number) => Promise<readonly Replication[]>;

/** What is searched, and how reliably the limit must be kept. */
export interface OptimiseOptions {
  /** One run is one day, or whatever the measured period consists of. The scenario's own pacing is tried too. */
  readonly scenario: SimulationScenario;
  /** Strategies whose parameter is searched. Default: the scenario's and state-aware. */
  readonly strategies?: readonly Pacing[];
  /** Limit of the abandonment rate over the period. Default: the scenario's abandonmentTarget. */
  readonly limit?: number;
  /** Probability with which a period must keep the limit. Default 0.99. */
  readonly probability?: number;
  /** Independent runs per period. Default: as many as fit into the scenario's window, at most one a day. */
  readonly runsPerPeriod?: number;
  /** Runs of each candidate. Default 20. */
  readonly replications?: number;
  /**
   * Number of values tried first, and number of halvings between the most aggressive value that keeps the limit and the next.
   * Default 7 and 4.
   */
  readonly values?: number;
  readonly refinements?: number;
}

/** A candidate with its results. */
export interface FrontierPoint {
  readonly strategy: Pacing["strategy"];
  readonly parameter: string | undefined;
  readonly value: number;
  readonly pacing: Pacing;
  readonly occupancy: FigureInterval;
  readonly abandonment: FigureInterval;
  readonly contactsPerAgentHour: FigureInterval;
  readonly assurance: Assurance;
  /** Whether a period keeps the limit with the requested probability. */
  readonly keeps: boolean;
}

/** The result of the search. */
export interface Optimum {
  readonly limit: number;
  readonly probability: number;
  readonly runsPerPeriod: number;
  /** The point of highest occupancy that keeps the limit; undefined when none does. */
  readonly best: FrontierPoint | undefined;
  /** All points, by strategy and value. */
  readonly points: readonly FrontierPoint[];
}

/**
 * Searches each strategy's parameter: first a geometric grid, then halving between the last value that keeps the limit and the
 * first that does not. All candidates get the same calls when the runner uses one seed.
 * @throws DialingError `invalid_input` for a scenario without pacing, or numbers out of range
 */
export async function optimise(options: OptimiseOptions, runner: Runner): Promise<Optimum> {
  const { scenario, replications = 20, values = 7, refinements = 4, probability = 0.99 } = options;
  const { limit = scenario.abandonmentTarget, runsPerPeriod = runsInPeriod(scenario) } = options;
  requireProbability("limit", limit);
  requireProbability("probability", probability);
  requireWhole("replications", replications, 2);
  requireWhole("values", values, 2, 100);
  requireWhole("runsPerPeriod", runsPerPeriod, 1);
  if (scenario.arrivals !== undefined) refuse("scenario.arrivals", "given", "a scenario whose calls are paced");
  const strategies = options.strategies ?? ownAndStateAware(scenario.pacing);
  const measure = async (dial: Dial, value: number): Promise<FrontierPoint> => {
    const pacing = dial.at(value);
    const runs = await runner({ ...scenario, pacing }, replications);
    const { occupancy, abandonment, contactsPerAgentHour } = combine(runs);
    const assurance = assure(runs.map(countsOf), runsPerPeriod, probability);
    const { parameter } = dial;
    const keeps = assurance.ceiling <= limit;
    return {
      strategy: pacing.strategy,
      parameter,
      value,
      pacing,
      occupancy,
      abandonment,
      contactsPerAgentHour,
      assurance,
      keeps,
    };
  };
  const points: FrontierPoint[] = [];
  for (const strategy of strategies) {
    const dial = dialOf(strategy, limit, values);
    const own: FrontierPoint[] = [];
    for (const value of dial.values) own.push(await measure(dial, value));
    for (let i = 0; i < refinements; i++) {
      const [low, high] = bracket(own);
      if (low === undefined || high === undefined || high.value / low.value < 1.02) break;
      own.push(await measure(dial, Math.sqrt(low.value * high.value)));
    }
    points.push(...own.sort((a, b) => a.value - b.value));
  }
  const kept = points.filter(({ keeps }) => keeps).sort((a, b) => b.occupancy.rate - a.occupancy.rate);
  return { limit, probability, runsPerPeriod, best: kept[0], points };
}

function ownAndStateAware(own: Pacing): readonly Pacing[] {
  return own.strategy === "state-aware" ? [own] : [own, { strategy: "state-aware" }];
}

/** The most aggressive value that keeps the limit, and the next value above it. */
function bracket(points: readonly FrontierPoint[]): [FrontierPoint | undefined, FrontierPoint | undefined] {
  const kept = points.filter(({ keeps }) => keeps);
  const low = kept.reduce<FrontierPoint | undefined>(
    (best, point) => (best === undefined || point.value > best.value ? point : best),
    undefined,
  );
  const above = points.filter(({ value }) => low !== undefined && value > low.value);
  const high = above.reduce<FrontierPoint | undefined>(
    (best, point) => (best === undefined || point.value < best.value ? point : best),
    undefined,
  );
  return [low, high];
}

function countsOf({ buckets }: Replication): { abandoned: number; liveAnswers: number } {
  const sums = sumOf(buckets);
  return { abandoned: sums.count(Count.abandoned), liveAnswers: sums.count(Count.liveAnswers) };
}

function runsInPeriod(scenario: SimulationScenario): number {
  return Math.max(1, Math.floor(windowDaysOf(scenario) / Math.max(1, seconds(scenario.duration) / DAY)));
}

// The one parameter of each pacing strategy that trades abandonment for occupancy, and the values worth trying.

/** A strategy with its aggressiveness as one parameter. */
interface Dial {
  /** Name of the parameter in the scenario's pacing section; undefined for a strategy without one. */
  readonly parameter: string | undefined;
  /** Values from cautious to aggressive. */
  readonly values: readonly number[];
  /** The pacing section with the parameter set. */
  readonly at: (value: number) => Pacing;
}

/** `count` values from `low` to `high`, each greater than the one before by the same factor. */
function geometric(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

/**
 * The parameter of a pacing section and the values to try. @param limit allowed abandonment rate; @param count number of values
 * to begin with
 */
function dialOf(pacing: Pacing, limit: number, count: number): Dial {
  switch (pacing.strategy) {
    case "progressive":
      return { parameter: undefined, values: [0], at: () => pacing };
    case "ratio": {
      const [low, high] = pacing.of === "idle" ? [1, 8] : [0.7, 3];
      return { parameter: "ratio", values: geometric(low, high, count), at: (ratio) => ({ ...pacing, ratio }) };
    }
    case "open-loop": {
      const middle = pacing.callsPerSecond ?? 1;
      return {
        parameter: "callsPerSecond",
        values: geometric(middle / 4, middle * 2, count),
        at: (callsPerSecond) => ({ ...pacing, callsPerSecond }),
      };
    }
    case "adaptive-level":
      return {
        parameter: "dropLimit",
        values: geometric(0.25 * 100 * limit, 200 * limit, count),
        at: (dropLimit) => ({ ...pacing, dropLimit }),
      };
    case "look-ahead":
      return {
        parameter: "target",
        values: geometric(0.3 * limit, 8 * limit, count),
        at: (target) => ({ ...pacing, target: Math.min(0.9, target) }),
      };
    case "state-aware":
      return {
        parameter: "target",
        values: geometric(0.1 * limit, 1.5 * limit, count),
        at: (target) => ({ ...pacing, target: Math.min(0.9, target) }),
      };
  }
}

// Will a measured period keep its limit? Computed from independent runs: the period's rate, its scatter, and the uncertainty that
// the runs leave.

/** Abandoned calls and live answers of one run. */
export interface RunCounts {
  readonly abandoned: number;
  readonly liveAnswers: number;
}

/** How reliably a setting keeps the limit on abandonment over a measured period. */
export interface Assurance {
  /** Abandoned calls divided by live answers, over all runs. */
  readonly rate: number;
  /** Expected live answers of a measured period. */
  readonly periodAnswers: number;
  /** Standard deviation of a period's rate: chance within the period, and the uncertainty of the mean that the runs leave. */
  readonly standardDeviation: number;
  /** The rate that a period does not exceed with the requested probability. Infinity with fewer than two runs. */
  readonly ceiling: number;
  /**
   * Variance of a run's rate divided by the binomial variance: abandoned calls come in clusters (3 to 17 is usual), so that naive
   * intervals are too narrow.
   */
  readonly inflation: number;
}

/**
 * The rate that a period of `runsPerPeriod` independent runs stays below with probability `probability`. Only the scatter between
 * runs is used, so that autocorrelation within a run is included: linearised residuals a_i - R n_i, their variance once for the
 * period and once for the estimate of R (a prediction interval for a ratio; Student's quantile with runs - 1 degrees of freedom).
 */
export function assure(runs: readonly RunCounts[], runsPerPeriod: number, probability: number): Assurance {
  let [abandoned, answers] = [0, 0];
  for (const run of runs) {
    abandoned += run.abandoned;
    answers += run.liveAnswers;
  }
  const mean = answers / Math.max(1, runs.length);
  const rate = answers > 0 ? abandoned / answers : 0;
  const periodAnswers = mean * runsPerPeriod;
  if (runs.length < 2 || answers === 0) {
    return {
      rate,
      periodAnswers,
      standardDeviation: Number.POSITIVE_INFINITY,
      ceiling: Number.POSITIVE_INFINITY,
      inflation: Number.NaN,
    };
  }
  let squares = 0;
  for (const run of runs) squares += (run.abandoned - rate * run.liveAnswers) ** 2;
  // Runs without an abandoned call do not prove that there never is one: the variance is that of one in all runs.
  const variance = Math.max(squares / (runs.length - 1), 1 / runs.length);
  const binomial = rate * (1 - rate) * mean;
  const standardDeviation = Math.sqrt(variance * (1 / runsPerPeriod + 1 / runs.length)) / mean;
  return {
    rate,
    periodAnswers,
    standardDeviation,
    ceiling: rate + studentQuantile(probability, runs.length - 1) * standardDeviation,
    inflation: binomial > 0 ? variance / binomial : Number.NaN,
  };
}
