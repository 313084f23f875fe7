// What people read about a simulation: every figure with its interval and what it was divided by, comparisons, variations. Pure text.

import type { Comparison, SimulationResult, SimulationScenario } from "../dialing/index.ts";
import type { RatioInterval } from "../kernel/index.ts";
import { alignedLines, number, points, shareText } from "./render-simulation-table.ts";
import { grouped, printable } from "./render-tagging.ts";

const HOUR = 3600;

/** One figure of a result: how it is called, where it stands, how it is written. */
interface Figure {
  readonly name: string;
  readonly of: (result: SimulationResult) => RatioInterval;
  readonly write: (value: number) => string;
  /** What stands above and below the line, with the factor to its unit. */
  readonly above: Unit;
  readonly below: Unit;
  /** Not shown when it tells nothing. */
  readonly isShown?: (result: SimulationResult) => boolean;
}

interface Unit {
  readonly name: string;
  readonly scale?: number;
}

const LIVE: Unit = { name: "live answers" };
const AGENT_HOURS: Unit = { name: "agent-hours" };
const HOURS_OF_SECONDS = 1 / HOUR;
const LOGGED_IN: Unit = { name: "agent-hours", scale: HOURS_OF_SECONDS };
const seconds = (value: number): string => `${number(value, 3)} s`;
const rate = (value: number): string => number(value, 4);

const FIGURES: readonly Figure[] = [
  { name: "abandoned", of: (r) => r.abandonment, write: shareText, above: { name: "abandoned" }, below: LIVE },
  {
    name: "lost before an agent spoke",
    of: (r) => r.lost,
    write: shareText,
    above: { name: "lost" },
    below: LIVE,
    isShown: (r) => r.lost.numerator !== r.abandonment.numerator,
  },
  {
    name: "silent calls",
    of: (r) => r.silentCalls,
    write: shareText,
    above: { name: "people taken for machines" },
    below: LIVE,
    isShown: (r) => r.silentCalls.numerator > 0,
  },
  {
    name: "occupancy",
    of: (r) => r.occupancy,
    write: shareText,
    above: { name: "hours talk and wrap-up", scale: HOURS_OF_SECONDS },
    below: LOGGED_IN,
  },
  {
    name: "talk",
    of: (r) => r.talkShare,
    write: shareText,
    above: { name: "hours of talk", scale: HOURS_OF_SECONDS },
    below: LOGGED_IN,
  },
  {
    name: "contacts per agent-hour",
    of: (r) => r.contactsPerAgentHour,
    write: rate,
    above: { name: "contacts" },
    below: AGENT_HOURS,
  },
  {
    name: "attempts per agent-hour",
    of: (r) => r.attemptsPerAgentHour,
    write: rate,
    above: { name: "calls placed" },
    below: AGENT_HOURS,
  },
  { name: "answered by a person", of: (r) => r.answerRate, write: shareText, above: LIVE, below: { name: "calls placed" } },
  {
    name: "blocked",
    of: (r) => r.blocked,
    write: shareText,
    above: { name: "found no trunk" },
    below: { name: "arrivals" },
    isShown: (r) => r.blocked.numerator > 0,
  },
  {
    name: "found no idle agent",
    of: (r) => r.waits.probability,
    write: shareText,
    above: { name: "callers" },
    below: { name: "answered callers" },
  },
  {
    name: "mean wait",
    of: (r) => r.waits.mean,
    write: seconds,
    above: { name: "s waited" },
    below: { name: "answered callers" },
  },
  {
    name: "trunks in use",
    of: (r) => r.meanTrunks,
    write: rate,
    above: { name: "trunk-hours", scale: HOURS_OF_SECONDS },
    below: { name: "hours", scale: HOURS_OF_SECONDS },
  },
  {
    name: "list penetration",
    of: (r) => r.penetration,
    write: shareText,
    above: { name: "leads tried" },
    below: { name: "leads" },
    isShown: (r) => Number.isFinite(r.penetration.rate),
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
export function resultLines(result: SimulationResult): string[] {
  const shown = FIGURES.filter(({ isShown }) => isShown?.(result) ?? true);
  const head = ["", "", `${Math.round(100 * result.intervals.confidence)} % interval`, "of"];
  const rows = shown.map((figure) => {
    const interval = figure.of(result);
    return [figure.name, figure.write(interval.rate), intervalText(interval, figure.write), basis(interval, figure)];
  });
  const { waits, window, intervals } = result;
  const lines = alignedLines(head, rows, [false, true, false, false]);
  if (!Number.isNaN(waits.p50))
    lines.push(
      `waits from the greeting on, machine detection included: half up to ${seconds(waits.p50)}, 95 % up to ${seconds(waits.p95)}, 99 % up to ${seconds(waits.p99)}`,
    );
  const units =
    intervals.kind === "replications" ? `${intervals.units} independent replications` : `${intervals.units} batches of a run`;
  lines.push(
    `measured from ${span(window.from)} to ${span(window.to)}, ${number(window.agentHours, 5)} agent-hours in all; intervals from the scatter between ${units}`,
    "abandoned: no agent spoke within the legal limit (2 s by default) of the end of the greeting",
  );
  return lines;
}

function basis({ numerator, denominator }: RatioInterval, { above, below }: Figure): string {
  const amount = (value: number, { name, scale = 1 }: Unit) => {
    const scaled = value * scale;
    return `${scaled >= 1000 || Number.isInteger(scaled) ? grouped(scaled) : number(scaled, 4)} ${name}`;
  };
  return `${amount(numerator, above)} / ${amount(denominator, below)}`;
}

function intervalText({ low, high }: { readonly low: number; readonly high: number }, write: (value: number) => string): string {
  return Number.isFinite(low) && Number.isFinite(high) ? `${write(low)} to ${write(high)}` : "not known";
}

/** Differences under common random numbers. */
export function comparisonLines(names: readonly [string, string], comparison: Comparison): string[] {
  const figures: readonly [
    string,
    Exclude<keyof Comparison, "pairs" | "confidence">,
    (value: number) => string,
    (value: number) => string,
  ][] = [
    ["abandoned", "abandonment", shareText, points],
    ["occupancy", "occupancy", shareText, points],
    ["contacts per agent-hour", "contactsPerAgentHour", rate, signed],
    ["attempts per agent-hour", "attemptsPerAgentHour", rate, signed],
  ];
  const head = [
    "",
    printable(names[0]),
    printable(names[1]),
    "difference",
    `${Math.round(100 * comparison.confidence)} % interval`,
    "variance saved",
  ];
  const rows = figures.map(([name, key, write, writeDifference]) => {
    const { first, second, difference, varianceReduction } = comparison[key];
    const saved = Number.isFinite(varianceReduction) ? `${number(varianceReduction, 3)} ×` : "–";
    return [
      name,
      write(first),
      write(second),
      writeDifference(difference.mean),
      intervalText(difference, writeDifference),
      saved,
    ];
  });
  return [
    ...alignedLines(head, rows, [false, true, true, true, false, true]),
    `means of ${comparison.pairs} pairs of runs that met the same calls; unpaired runs would need the last column times as many for the same interval`,
  ];
}

const signed = (value: number): string => `${value > 0 ? "+" : ""}${number(value, 3)}`;

/** What a variation is told by, in tables and CSV. */
export const VARIATION_FIGURES: readonly {
  readonly name: string;
  readonly column: string;
  readonly of: (result: SimulationResult) => RatioInterval;
  readonly write: (value: number) => string;
}[] = [
  { name: "abandoned", column: "abandonment", of: (r) => r.abandonment, write: shareText },
  { name: "occupancy", column: "occupancy", of: (r) => r.occupancy, write: shareText },
  { name: "contacts/agent-hour", column: "contacts_per_agent_hour", of: (r) => r.contactsPerAgentHour, write: rate },
  { name: "attempts/agent-hour", column: "attempts_per_agent_hour", of: (r) => r.attemptsPerAgentHour, write: rate },
  { name: "mean wait", column: "mean_wait_seconds", of: (r) => r.waits.mean, write: seconds },
];

/** One line a variation: its values, then each figure with half the width of its interval. */
export function variationLines(
  variations: readonly { readonly values: Readonly<Record<string, unknown>>; readonly result: SimulationResult }[],
): string[] {
  const paths = Object.keys(variations[0]?.values ?? {});
  const head = [...paths, ...VARIATION_FIGURES.flatMap(({ name }) => [name, "±"])];
  const rows = variations.map(({ values, result }) => [
    ...paths.map((path) => valueText(values[path])),
    ...VARIATION_FIGURES.flatMap(({ of, write }) => {
      const { rate: value, high } = of(result);
      return [write(value), Number.isFinite(high) ? write(high - value) : "?"];
    }),
  ]);
  return alignedLines(
    head,
    rows,
    head.map(() => true),
  );
}

export const valueText = (value: unknown): string => (typeof value === "string" ? printable(value) : JSON.stringify(value));

/** 32400 as "9 h". */
function span(value: number): string {
  if (value === 0) return "0";
  if (value < 120) return `${number(value, 3)} s`;
  return value < 2 * HOUR ? `${number(value / 60, 3)} min` : `${number(value / HOUR, 3)} h`;
}
