// Text about a simulation: every figure with its interval and its denominator, comparisons, variations, the search for the best
// pacing. Pure text.

import type {
  Comparison,
  FigureInterval,
  FrontierPoint,
  Optimum,
  SimulationResult,
  SimulationScenario,
} from "../dialing/index.ts";
import { table } from "./table.ts";
import { grouped, number, points, printable, shareText } from "./text.ts";

const HOUR = 3600;

/** One figure of a result: its name, its value, its form as text. */
interface Figure {
  readonly name: string;
  readonly of: (result: SimulationResult) => FigureInterval;
  readonly write: (value: number) => string;
  /** Units of the numerator and the denominator, with the factor to the unit. */
  readonly above: Unit;
  readonly below: Unit;
  /** Not shown when it says nothing. */
  readonly isShown?: (result: SimulationResult) => boolean;
}

type Unit = string | { readonly name: string; readonly scale: number };

/** Seconds shown as hours. */
const hours = (name: string): Unit => ({ name, scale: 1 / HOUR });
const seconds = (value: number): string => `${number(value, 3)} s`;
const rate = (value: number): string => number(value, 4);

const LIVE = "live answers";
const LOGGED_IN = hours("agent-hours");
const MACHINES = "people taken for machines";
const lostMore = (r: SimulationResult) => r.lost.numerator !== r.abandonment.numerator;
const hasSilent = (r: SimulationResult) => r.silentCalls.numerator > 0;
const hasBlocked = (r: SimulationResult) => r.blocked.numerator > 0;
const hasList = (r: SimulationResult) => Number.isFinite(r.penetration.rate);

const FIGURES: readonly Figure[] = [
  { name: "abandoned", of: (r) => r.abandonment, write: shareText, above: "abandoned", below: LIVE },
  { name: "lost before an agent spoke", of: (r) => r.lost, write: shareText, above: "lost", below: LIVE, isShown: lostMore },
  { name: "silent calls", of: (r) => r.silentCalls, write: shareText, above: MACHINES, below: LIVE, isShown: hasSilent },
  { name: "occupancy", of: (r) => r.occupancy, write: shareText, above: hours("hours talk and wrap-up"), below: LOGGED_IN },
  { name: "talk", of: (r) => r.talkShare, write: shareText, above: hours("hours of talk"), below: LOGGED_IN },
  { name: "contacts per agent-hour", of: (r) => r.contactsPerAgentHour, write: rate, above: "contacts", below: "agent-hours" },
  {
    name: "attempts per agent-hour",
    of: (r) => r.attemptsPerAgentHour,
    write: rate,
    above: "calls placed",
    below: "agent-hours",
  },
  { name: "answered by a person", of: (r) => r.answerRate, write: shareText, above: LIVE, below: "calls placed" },
  { name: "blocked", of: (r) => r.blocked, write: shareText, above: "found no trunk", below: "arrivals", isShown: hasBlocked },
  { name: "found no idle agent", of: (r) => r.waits.probability, write: shareText, above: "callers", below: "answered callers" },
  { name: "mean wait", of: (r) => r.waits.mean, write: seconds, above: "s waited", below: "answered callers" },
  { name: "trunks in use", of: (r) => r.meanTrunks, write: rate, above: hours("trunk-hours"), below: hours("hours") },
  {
    name: "list penetration",
    of: (r) => r.penetration,
    write: shareText,
    above: "leads tried",
    below: "leads",
    isShown: hasList,
  },
];

/** What was simulated, in a line. */
export function headLine(scenario: SimulationScenario, { replications, window }: SimulationResult): string {
  const { agents, pacing, arrivals, start } = scenario;
  const team = typeof agents === "number" ? agents : agents.reduce((sum, { count }) => sum + count, 0);
  const paced = arrivals === undefined ? `pacing ${pacing.strategy}` : "a plain queue";
  return `${printable(scenario.name)} · ${replications} × ${span(window.to)} from ${start} · ${grouped(team)} agents · ${paced}`;
}

/** The result of a simulation as a table. */
export function resultLines(result: SimulationResult, width?: number): string[] {
  const { waits, window, intervals } = result;
  const shown = FIGURES.filter(({ isShown }) => isShown?.(result) ?? true);
  const lines = table<Figure>([
    { title: "", value: ({ name }) => name },
    { title: "", value: ({ of, write }) => write(of(result).rate), align: "right" },
    { title: `${Math.round(100 * intervals.confidence)} % interval`, value: ({ of, write }) => intervalText(of(result), write) },
    { title: "of", value: (figure) => basis(figure.of(result), figure) },
  ]).lines(shown, width);
  if (!Number.isNaN(waits.p50))
    lines.push(
      `waits from the greeting on, machine detection included: half up to ${seconds(waits.p50)}, 95 % up to ${seconds(waits.p95)}, 99 % up to ${seconds(waits.p99)}`,
    );
  const units =
    intervals.kind === "replications" ? `${intervals.units} independent replications` : `${intervals.units} batches of a run`;
  const unknown = shown.filter(({ of }) => of(result).method === "unknown" && !Number.isNaN(of(result).rate));
  if (unknown.length > 0)
    lines.push(`no variation between the runs, so there is no interval: ${unknown.map(({ name }) => name).join(", ")}`);
  lines.push(
    `measured from ${span(window.from)} to ${span(window.to)}, ${number(window.agentHours, 5)} agent-hours in all; intervals from the scatter between ${units}`,
    "abandoned: no agent spoke within the legal limit (2 s by default) of the end of the greeting",
  );
  return lines;
}

function basis(
  { numerator, denominator }: Pick<FigureInterval, "numerator" | "denominator">,
  { above, below }: Pick<Figure, "above" | "below">,
): string {
  const amount = (value: number, unit: Unit) => {
    const { name, scale } = typeof unit === "string" ? { name: unit, scale: 1 } : unit;
    const scaled = value * scale;
    return `${scaled >= 1000 || Number.isInteger(scaled) ? grouped(scaled) : number(scaled, 4)} ${name}`;
  };
  return `${amount(numerator, above)} / ${amount(denominator, below)}`;
}

/** The wider half of an interval: at 0 and 1 the other half is cut. */
function halfWidth({ rate: value, low, high }: FigureInterval): number {
  return Math.max(high - value, value - low);
}

function intervalText({ low, high }: { readonly low: number; readonly high: number }, write: (value: number) => string): string {
  return Number.isFinite(low) && Number.isFinite(high) ? `${write(low)} to ${write(high)}` : "not known";
}

/** Differences under common random numbers. */
export function comparisonLines(names: readonly [string, string], comparison: Comparison, width?: number): string[] {
  const { abandonment, occupancy, contactsPerAgentHour, attemptsPerAgentHour } = comparison;
  const figures = [
    { name: "abandoned", of: abandonment, write: shareText, apart: points, above: "abandoned", below: LIVE },
    { name: "occupancy", of: occupancy, write: shareText, apart: points, above: hours("hours"), below: LOGGED_IN },
    {
      name: "contacts per agent-hour",
      of: contactsPerAgentHour,
      write: rate,
      apart: signed,
      above: "contacts",
      below: "agent-hours",
    },
    {
      name: "attempts per agent-hour",
      of: attemptsPerAgentHour,
      write: rate,
      apart: signed,
      above: "calls placed",
      below: "agent-hours",
    },
  ];
  const saved = (factor: number) => (Number.isFinite(factor) ? `${number(factor, 3)} ×` : "–");
  const lines = table<(typeof figures)[number]>([
    { title: "", value: ({ name }) => name },
    { title: names[0], value: ({ of, write }) => write(of.first), align: "right" },
    { title: names[1], value: ({ of, write }) => write(of.second), align: "right" },
    { title: "difference", value: ({ of, apart }) => apart(of.difference.mean), align: "right" },
    {
      title: `${Math.round(100 * comparison.confidence)} % interval`,
      value: ({ of, apart }) => intervalText(of.difference, apart),
    },
    { title: "variance saved", value: ({ of }) => saved(of.varianceReduction), align: "right" },
    { title: `${names[0]} of`, value: ({ of, above, below }) => basis(of.ofFirst, { above, below }) },
    { title: `${names[1]} of`, value: ({ of, above, below }) => basis(of.ofSecond, { above, below }) },
  ]).lines(figures, width);
  const unknown = figures.filter(({ of }) => of.difference.method === "unknown" && !Number.isNaN(of.difference.mean));
  if (unknown.length > 0)
    lines.push(
      `no variation between the runs of a scenario, so there is no interval: ${unknown.map(({ name }) => name).join(", ")}`,
    );
  return [
    ...lines,
    `${comparison.pairs} pairs of runs with the same calls; without pairing, the number of runs would have to be multiplied by the variance saved for the same interval`,
  ];
}

const signed = (value: number): string => `${value > 0 ? "+" : ""}${number(value, 3)}`;

/** The figures of a variation, in tables and CSV. */
const VARIATION_FIGURES: readonly (Pick<Figure, "name" | "of" | "write"> & { readonly column: string })[] = [
  { name: "abandoned", column: "abandonment", of: (r) => r.abandonment, write: shareText },
  { name: "occupancy", column: "occupancy", of: (r) => r.occupancy, write: shareText },
  { name: "contacts/agent-hour", column: "contacts_per_agent_hour", of: (r) => r.contactsPerAgentHour, write: rate },
  { name: "attempts/agent-hour", column: "attempts_per_agent_hour", of: (r) => r.attemptsPerAgentHour, write: rate },
  { name: "mean wait", column: "mean_wait_seconds", of: (r) => r.waits.mean, write: seconds },
];

interface Variation {
  readonly values: Readonly<Record<string, unknown>>;
  readonly result: SimulationResult;
}

const pathsOf = ([first]: readonly Variation[]): string[] => Object.keys(first?.values ?? {});
const valueText = (value: unknown): string => (typeof value === "string" ? printable(value) : JSON.stringify(value));

/** One line for each variation: its values, then each figure with half the width of its interval. */
export function variationLines(variations: readonly Variation[], width?: number): string[] {
  const figures = VARIATION_FIGURES.flatMap(({ name, of, write }) => [
    { title: name, value: ({ result }: Variation) => write(of(result).rate) },
    {
      title: "±",
      value: ({ result }: Variation) => {
        const half = halfWidth(of(result));
        // Equal figures of all runs: what is left is the rounding of their sum.
        const isRounding = half < Math.abs(of(result).rate) * 1e-9;
        return Number.isFinite(half) ? write(isRounding ? 0 : half) : "?";
      },
    },
  ]);
  const paths = pathsOf(variations).map((path) => ({ title: path, value: ({ values }: Variation) => valueText(values[path]) }));
  return table([...paths, ...figures].map((column) => ({ ...column, align: "right" as const }))).lines(variations, width);
}

/** Variations as CSV: each figure with the ends of its interval. */
export function variationsCsv(variations: readonly Variation[]): string {
  const digits = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : "");
  const figures = VARIATION_FIGURES.flatMap(({ column, of }) => [
    { title: column, value: ({ result }: Variation) => digits(of(result).rate) },
    { title: `${column}_low`, value: ({ result }: Variation) => digits(of(result).low) },
    { title: `${column}_high`, value: ({ result }: Variation) => digits(of(result).high) },
  ]);
  const paths = pathsOf(variations).map((path) => ({
    title: path,
    value: ({ values }: Variation) => (typeof values[path] === "number" ? values[path] : valueText(values[path])),
  }));
  return table([...paths, ...figures])
    .csv(variations)
    .join("\n");
}

/** A time span: 32400 as "9 h". */
function span(value: number): string {
  if (value === 0) return "0";
  if (value < 120) return `${number(value, 3)} s`;
  return value < 2 * HOUR ? `${number(value / 60, 3)} min` : `${number(value / HOUR, 3)} h`;
}

/** The points of the frontier, and the best that keeps the limit. */
export function optimumLines(optimum: Optimum, width?: number): string[] {
  const { limit, probability, runsPerPeriod, points, best } = optimum;
  const lines = table<FrontierPoint>([
    { title: "", value: (point) => (point === best ? "→" : point.keeps ? "·" : "×") },
    { title: "strategy", value: ({ strategy }) => strategy },
    { title: "parameter", value: parameterText },
    { title: "occupancy", value: ({ occupancy }) => shareText(occupancy.rate), align: "right" },
    { title: "±", value: ({ occupancy }) => shareText(halfWidth(occupancy)), align: "right" },
    { title: "abandoned", value: ({ abandonment }) => shareText(abandonment.rate), align: "right" },
    { title: "±", value: ({ abandonment }) => shareText(halfWidth(abandonment)), align: "right" },
    {
      title: `${number(100 * probability, 4)} % stay under`,
      // One digit more, because it is compared with the limit.
      value: ({ assurance }) => (Number.isFinite(assurance.ceiling) ? `${(100 * assurance.ceiling).toFixed(3)} %` : "–"),
      align: "right",
    },
    { title: "variance / binomial", value: ({ assurance }) => number(assurance.inflation, 3), align: "right" },
  ]).lines(points, width);
  lines.push(
    `→ best, · keeps the limit, × does not: ${shareText(limit)} abandoned over a period of ${runsPerPeriod} runs, with ${number(100 * probability, 4)} % probability`,
  );
  if (best === undefined) {
    lines.push("nothing that was tried keeps the limit; try another strategy, or more agents for the same calls");
    return lines;
  }
  const { assurance } = best;
  lines.push(
    `best: ${best.strategy}${best.parameter === undefined ? "" : ` with ${parameterText(best)}`}: occupancy ${shareText(best.occupancy.rate)}; of ${grouped(assurance.periodAnswers)} live answers in a period ${shareText(assurance.rate)} are abandoned, with a standard deviation of ${shareText(assurance.standardDeviation)}`,
    `pacing: ${JSON.stringify(best.pacing)}`,
  );
  return lines;
}

function parameterText({ parameter, value }: FrontierPoint): string {
  return parameter === undefined ? "" : `${parameter} ${number(value, 4)}`;
}
