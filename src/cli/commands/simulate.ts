// outdial simulate: one scenario, two compared, variations, or the best pacing; calibrate: from call records to a report and a
// scenario.

import { basename } from "node:path";
import type { RulePack } from "../../compliance/index.ts";
import {
  type Calibration,
  type DayMeanInterval,
  type DurationFit,
  frontierCsv,
  frontierSvg,
  parseScenario,
  type Series,
  type SeriesPoint,
  type SimulationScenario,
  scenarioWarnings,
} from "../../dialing/index.ts";
import type { DayRateInterval, RateInterval } from "../../kernel/index.ts";
import {
  calibrateCalls,
  openStudies,
  parseAxis,
  type RefusedLine,
  readScenario,
  type Studies,
  type StudyProgress,
  underLaw,
  variationsOf,
} from "../../operations/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { SHIPPED_PACK, wrong } from "../declare.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/simulate.ts";
import type { Io } from "../io.ts";
import { type Output, withOutput } from "../output.ts";
import { Refusals } from "../refusals.ts";
import { comparisonLines, headLine, optimumLines, resultLines, variationLines, variationsCsv } from "../render-simulation.ts";
import { stripStyle } from "../render-strip.ts";
import { Pace } from "../render-tagging.ts";
import { rowSource } from "../source.ts";
import { table } from "../table.ts";
import { duration, grouped, number, printable, shareText } from "../text.ts";

const HEIGHT = 6;
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const HOUR = 3600;

interface ChartStyle {
  /** Width of a chart in columns, including its scale. */
  readonly width: number;
  /** Block characters; plain ones otherwise. */
  readonly blocks: boolean;
}

interface Plotted {
  readonly title: string;
  /** The rate of several neighbouring points; NaN without a denominator. */
  readonly of: (points: readonly SeriesPoint[]) => number;
  readonly write: (value: number) => string;
  /** Values that the scale must include. */
  readonly includes: readonly number[];
  /** The scale ends at a multiple of it; without it the scale begins at 0 and ends at the highest value. */
  readonly step?: number;
  /** A value to mark, such as a limit. */
  readonly mark?: number;
}

const sum = (points: readonly SeriesPoint[], of: (point: SeriesPoint) => number): number =>
  points.reduce((total, point) => total + of(point), 0);
const mean = (points: readonly SeriesPoint[], of: (point: SeriesPoint) => number): number =>
  sum(points, (point) => of(point) * (point.to - point.from)) / sum(points, ({ from, to }) => to - from);
const whole = (value: number): string => String(Number(value.toPrecision(3)));

/**
 * Occupancy, abandonment, agents and trunks over the day.
 * @param startOfDay second of the day at which the run begins; @param limit abandonment rate allowed
 */
function chartLines(series: Series, startOfDay: number, limit: number, style: ChartStyle): string[] {
  const plotted: readonly Plotted[] = [
    {
      title: "occupancy",
      of: (points) => sum(points, ({ busySeconds }) => busySeconds) / sum(points, ({ loggedInSeconds }) => loggedInSeconds),
      write: shareText,
      includes: [],
      step: 0.05,
    },
    {
      title: "abandoned",
      of: (points) => sum(points, ({ abandoned }) => abandoned) / sum(points, ({ liveAnswers }) => liveAnswers),
      write: shareText,
      includes: [0, limit],
      mark: limit,
    },
    { title: "agents at work", of: (points) => mean(points, ({ meanAgents }) => meanAgents), write: whole, includes: [0] },
    { title: "trunks in use", of: (points) => mean(points, ({ meanTrunks }) => meanTrunks), write: whole, includes: [0] },
  ];
  if (series.length < 2) return [];
  const scale = 9;
  const columns = groups(series, Math.max(10, style.width - scale - 2));
  const isFlat = ({ of, mark }: Plotted) => mark === undefined && new Set(columns.map(of).map(whole)).size === 1;
  const told = plotted.filter((one) => !isFlat(one));
  return told.flatMap((one) => [...chart(one, columns, scale, style), ...clock(columns, startOfDay, scale), ""]).slice(0, -1);
}

/** At most `width` groups of neighbouring points; when there are few points, each gets several columns. */
function groups(series: Series, width: number): SeriesPoint[][] {
  if (series.length > width)
    return Array.from({ length: width }, (_, i) =>
      series.slice(Math.floor((i * series.length) / width), Math.floor(((i + 1) * series.length) / width)),
    );
  const times = Math.max(1, Math.min(6, Math.floor(width / series.length)));
  return series.flatMap((point) => Array.from({ length: times }, () => [point]));
}

function chart(plotted: Plotted, columns: readonly SeriesPoint[][], scale: number, style: ChartStyle): string[] {
  const values = columns.map(plotted.of);
  const known = [...values.filter(Number.isFinite), ...plotted.includes];
  const [low, high] = ends(Math.min(...known), Math.max(...known), plotted.step);
  const unit = (high - low || 1) / HEIGHT;
  const lines = Array.from({ length: HEIGHT }, (_, i) => {
    const floor = low + (HEIGHT - 1 - i) * unit;
    const cells = values.map((value) => cell((value - floor) / unit, style));
    const marked = plotted.mark !== undefined && plotted.mark > floor && plotted.mark <= floor + unit;
    const label =
      i === 0 ? plotted.write(high) : i === HEIGHT - 1 ? plotted.write(low) : marked ? plotted.write(plotted.mark ?? 0) : "";
    // The limit's line is drawn where the chart is empty.
    const dotted = marked ? cells.map((character) => (character === " " ? (style.blocks ? "┄" : "-") : character)) : cells;
    return `${label.padStart(scale)} ${style.blocks ? "│" : "|"}${dotted.join("")}`.trimEnd();
  });
  return [plotted.title, ...lines];
}

function ends(least: number, most: number, step: number | undefined): [number, number] {
  if (step === undefined) return [Math.min(0, least), most];
  return [step * Math.floor(least / step - 1e-9), step * Math.ceil(most / step + 1e-9)];
}

function cell(filled: number, { blocks }: ChartStyle): string {
  if (Number.isNaN(filled)) return " ";
  const eighths = Math.round(8 * Math.min(1, Math.max(0, filled)));
  return blocks ? (EIGHTHS[eighths] ?? " ") : eighths >= 4 ? "#" : " ";
}

/** Times of day at full hours, with enough space between them. */
function clock(columns: readonly SeriesPoint[][], startOfDay: number, scale: number): string[] {
  const line = Array<string>(columns.length + 6).fill(" ");
  let free = 0;
  let before: number | undefined;
  for (const [i, points] of columns.entries()) {
    const from = points[0]?.from ?? 0;
    const hour = Math.floor((startOfDay + from + 1e-6) / HOUR);
    if (i >= free && hour !== before && (before !== undefined || (startOfDay + from) % HOUR === 0)) {
      const text = `${String(hour % 24).padStart(2, "0")}:00`;
      for (let k = 0; k < text.length; k++) line[i + k] = text.charAt(k);
      free = i + text.length + 2;
    }
    before = hour;
  }
  return [`${" ".repeat(scale + 2)}${line.join("")}`.trimEnd()];
}

const FITS = table<DurationFit & { readonly name: string; readonly interval: DayMeanInterval | undefined }>([
  { title: "seconds", value: ({ name }) => name },
  { title: "values", value: ({ count }) => grouped(count), align: "right" },
  { title: "mean", value: ({ mean }) => number(mean, 4), align: "right" },
  {
    title: "95 % interval",
    value: ({ interval }) => (interval === undefined ? "–" : `${number(interval.low, 3)} to ${number(interval.high, 3)}`),
    align: "right",
  },
  { title: "cv", value: ({ cv }) => number(cv, 3), align: "right" },
  { title: "10 %", value: ({ p10 }) => number(p10, 3), align: "right" },
  { title: "half", value: ({ median }) => number(median, 3), align: "right" },
  { title: "90 %", value: ({ p90 }) => number(p90, 3), align: "right" },
  { title: "fit", value: ({ distribution, verdict }) => `${distribution.kind} (${verdict})` },
  { title: "", value: ({ explanation }) => explanation },
]);

/** What the intervals take into account. */
function intervalsOf({ method, days, confidence }: DayRateInterval): string {
  const level = `${Number((100 * confidence).toFixed(2))} % intervals`;
  if (method === "days") return `with ${level} over ${grouped(days)} days`;
  const why = days === 0 ? "the records have no day" : `there are only ${grouped(days)} days`;
  return `with ${level} that assume independent calls, because ${days === 1 ? "there is only one day" : why}`;
}

/** The whole report. */
function calibrationLines(calibration: Calibration, width?: number): string[] {
  const { overall, byHour, attemptDecay, attemptsPerLead, abandonment, ring, talk, wrap, means, thin } = calibration;
  const rate = ({ rate: share, low, high }: RateInterval) => `${shareText(share)} (${shareText(low)} to ${shareText(high)})`;
  const outcomes = [
    { name: "live", of: overall.rates.live },
    { name: "machine", of: overall.rates.machine },
    { name: "no answer", of: overall.rates.noAnswer },
    { name: "busy", of: overall.rates.busy },
    { name: "invalid", of: overall.rates.invalid },
  ];
  const fits = [
    { name: "ring, live", fit: ring.live, interval: means["ring.live"] },
    { name: "ring, machine", fit: ring.machine, interval: means["ring.machine"] },
    { name: "ring, no answer", fit: ring.noAnswer, interval: means["ring.noAnswer"] },
    { name: "ring, busy", fit: ring.busy, interval: means["ring.busy"] },
    { name: "ring, invalid", fit: ring.invalid, interval: means["ring.invalid"] },
    { name: "talk", fit: talk, interval: means.talk },
    { name: "wrap-up", fit: wrap, interval: means.wrap },
  ].flatMap(({ name, fit, interval }) => (fit === undefined ? [] : [{ name, interval, ...fit }]));
  const lines = [
    `${grouped(overall.attempts)} attempts, ${intervalsOf(overall.rates.live)}`,
    ...table<(typeof outcomes)[number]>([
      { title: "outcome", value: ({ name }) => name },
      { title: "share", value: ({ of }) => rate(of), align: "right" },
      { title: "of", value: ({ of }) => `${grouped(of.numerator)} / ${grouped(overall.attempts)}` },
    ]).lines(outcomes, width),
    "",
    ...table<(typeof byHour)[number]>([
      { title: "hour", value: ({ hour }) => `${String(hour).padStart(2, "0")}:00` },
      { title: "attempts", value: ({ attempts }) => grouped(attempts), align: "right" },
      { title: "live", value: ({ rates }) => rate(rates.live), align: "right" },
      { title: "machine", value: ({ rates }) => shareText(rates.machine.rate), align: "right" },
      { title: "no answer", value: ({ rates }) => shareText(rates.noAnswer.rate), align: "right" },
      { title: "busy", value: ({ rates }) => shareText(rates.busy.rate), align: "right" },
      { title: "invalid", value: ({ rates }) => shareText(rates.invalid.rate), align: "right" },
      { title: "", value: ({ isThin }) => (isThin ? "thin" : "") },
    ]).lines(byHour, width),
  ];
  if (fits.length > 0) lines.push("", ...FITS.lines(fits, width));
  lines.push("");
  if (attemptDecay !== undefined)
    lines.push(
      `live rate from one attempt to the next: × ${number(attemptDecay.value, 3)} (95 % interval ${number(attemptDecay.low, 3)} to ${number(attemptDecay.high, 3)})`,
    );
  if (attemptsPerLead !== undefined)
    lines.push(
      `${grouped(attemptsPerLead.leads)} leads, ${number(attemptsPerLead.mean, 3)} attempts each, ${attemptsPerLead.most} at most`,
    );
  if (abandonment !== undefined) {
    const answers = `${grouped(abandonment.denominator)} live answers that say`;
    // Calls are abandoned in bursts: an interval of independent calls would be far too narrow.
    if (abandonment.method === "days") lines.push(`abandoned: ${rate(abandonment)} of ${answers}, ${intervalsOf(abandonment)}`);
    else
      lines.push(
        `abandoned: ${shareText(abandonment.rate)} of ${answers}, no interval: ${abandonment.days === 0 ? "the records have no day" : "too few days"}`,
      );
  }
  if (thin.length === 0) lines.push("no part of the data is thin");
  else
    lines.push(
      "thin data:",
      ...thin.map(({ where, count, needed, message }) => `  ${where}: ${grouped(count)} of the ${needed} needed. ${message}`),
    );
  return lines;
}

type Options = OptionsOf<typeof declared.simulate>;

const PLAIN_WIDTH = 100;

export const simulate: Run<typeof declared.simulate> = async ({ args, options, io }) => {
  const files = [...(args.scenario === undefined ? [] : [args.scenario]), ...options.compare];
  checkOptions(files, options);
  const scenarios: SimulationScenario[] = [];
  const pack = options.jurisdiction === undefined ? undefined : await rulePack(options.pack);
  for (const one of files) {
    const read = await readScenario(one, io.stdin);
    scenarios.push(pack === undefined ? read : underLaw(read, pack, options.jurisdiction ?? []));
  }
  const [scenario, other] = scenarios;
  if (scenario === undefined) throw wrong("no scenario was given");
  for (const warning of new Set(scenarios.flatMap(scenarioWarnings))) io.complain(warning);
  const { replications, seed, workers } = options;
  await using studies = openStudies({ replications, seed, workers, onProgress: progressTo(io) });
  io.signal.addEventListener("abort", () => studies.interrupt());
  io.say(`simulating ${grouped(replications)} runs of each scenario, seed ${printable(seed)}`);
  if (other !== undefined) await compare(studies, [scenario, other], files, io);
  else if (options.whatIf.length > 0) await withOutput(options.csv, io, (csv) => whatIf(studies, scenario, options, csv, io));
  else if (options.optimise)
    await withOutput(options.svg, io, (svg) =>
      withOutput(options.csv, io, (csv) => optimise(studies, scenario, options, { svg, csv }, io)),
    );
  else await once(studies, scenario, io);
};

/** The code that reads packs is loaded only here: most simulations need none. */
async function rulePack(named: string | undefined): Promise<RulePack> {
  const { readRulePack } = await import("../late.ts");
  return readRulePack(named === SHIPPED_PACK ? undefined : named);
}

async function once(studies: Studies, scenario: SimulationScenario, io: Io): Promise<void> {
  const result = await studies.run(scenario);
  await io.answer({ scenario: scenario.name, result }, () => {
    const style = { width: Math.min(io.width ?? PLAIN_WIDTH, 140), blocks: stripStyle(io.env).open !== "#" };
    const [hours = 0, minutes = 0] = scenario.start.split(":").map(Number);
    const charts = chartLines(result.series, hours * 3600 + minutes * 60, scenario.abandonmentTarget, style);
    return [headLine(scenario, result), "", ...resultLines(result, io.width), ...(charts.length === 0 ? [] : ["", ...charts])];
  });
}

async function compare(
  studies: Studies,
  scenarios: [SimulationScenario, SimulationScenario],
  files: readonly string[],
  io: Io,
): Promise<void> {
  const { first, second, comparison } = await studies.compare(...scenarios);
  // Two scenarios with the same name are distinguished by their files.
  const isTold = scenarios[0].name !== scenarios[1].name;
  const names: [string, string] = isTold
    ? [scenarios[0].name, scenarios[1].name]
    : [basename(files[0] ?? ""), basename(files[1] ?? "")];
  await io.answer({ names, comparison, first, second }, () => [
    headLine(scenarios[0], first),
    headLine(scenarios[1], second),
    "",
    ...comparisonLines(names, comparison, io.width),
  ]);
}

async function whatIf(
  studies: Studies,
  scenario: SimulationScenario,
  options: Options,
  csv: Output | undefined,
  io: Io,
): Promise<void> {
  const variations = await studies.vary(variationsOf(scenario, await Promise.all(options.whatIf.map(parseAxis))));
  await csv?.text(variationsCsv(variations).trimEnd());
  const json = { scenario: scenario.name, variations: variations.map(({ values, result }) => ({ values, result })) };
  await io.answer(json, () => (csv?.isStdout === true ? [] : variationLines(variations, io.width)));
}

async function optimise(
  studies: Studies,
  scenario: SimulationScenario,
  options: Options,
  { svg, csv }: { readonly svg: Output | undefined; readonly csv: Output | undefined },
  io: Io,
): Promise<void> {
  const { probability, target: limit } = options;
  const strategies = options.strategy?.map((name) => pacingOf(scenario, name));
  const optimum = await studies.optimise({ scenario, probability, ...known({ limit, strategies }) });
  await svg?.text(frontierSvg(optimum, `${scenario.name}: occupancy and abandonment`).trimEnd());
  await csv?.text(frontierCsv(optimum).trimEnd());
  await io.answer({ scenario: scenario.name, optimum }, () =>
    csv?.isStdout === true || svg?.isStdout === true ? [] : optimumLines(optimum, io.width),
  );
}

/** The scenario's own section when it is for the strategy, else the strategy with its defaults. */
function pacingOf({ pacing }: SimulationScenario, strategy: string): SimulationScenario["pacing"] {
  if (pacing.strategy === strategy) return pacing;
  // The search varies the ratio, so its start value does not matter.
  return parseScenario({ pacing: { strategy, ...(strategy === "ratio" ? { ratio: 2 } : {}) } }, "--strategy").pacing;
}

function checkOptions(
  files: readonly string[],
  { compare: others, whatIf: axes, optimise: isSearch, target, strategy, svg, csv, jurisdiction, pack }: Options,
): void {
  if (files.length === 0) throw wrong("no scenario was given; examples/simulation.yaml is one");
  const modes = [others.length > 0, axes.length > 0, isSearch].filter(Boolean).length;
  if (modes > 1) throw wrong("--compare, --what-if and --optimise exclude each other");
  if (others.length > 0 && files.length !== 2) throw wrong(`--compare needs two scenarios in all; given were ${files.length}`);
  if (!isSearch && (target !== undefined || strategy !== undefined || svg !== undefined))
    throw wrong("--target, --strategy and --svg go with --optimise");
  if (pack !== undefined && jurisdiction === undefined) throw wrong("--pack goes with --jurisdiction");
  if (!isSearch && axes.length === 0 && csv !== undefined) throw wrong("--csv goes with --optimise or --what-if");
}

function progressTo(io: Io): (progress: StudyProgress) => void {
  let what = "";
  let pace = new Pace();
  return (progress) => {
    // Each candidate of a search takes about as long as the one before; how many there will be is not known.
    if (progress.done === 1 || progress.what !== what) pace = new Pace();
    what = progress.what;
    const speed = pace.note(performance.now(), progress.done, progress.all);
    const left = speed === undefined ? "" : ` · ${duration(speed.secondsLeft)} left`;
    io.progress(`simulating ${what === "" ? "" : `${what} · `}${progress.done} of ${progress.all} runs${left}`);
  };
}

export const calibrate: Run<typeof declared.calibrate> = async ({ args, options, io }) => {
  const { out, refused, zone } = options;
  const input = await rowSource(args.calls, options, io);
  using told = new Refusals(io);
  const calibrated = (output: Output | undefined) =>
    calibrateCalls(input.bytes(), {
      ...input.read,
      name: options.name ?? (input.name.replace(/\.\w+$/, "") || "calibrated"),
      zone,
      done: "Nothing was fitted.",
      onRefused: async (line: RefusedLine) => {
        await output?.line(line);
        told.tell(line);
      },
      onProgress: (records) => io.progress(`reading calls · ${grouped(records)}`),
    });
  const done = await withOutput(out, io, async (output) => {
    const made = await withOutput(refused, io, calibrated);
    io.say(`${grouped(made.records)} calls read, ${grouped(made.refused)} lines refused`);
    if (output !== undefined) await writeScenario(output, made, input.name);
    return made;
  });
  if (out !== undefined && out !== "-") io.say(`scenario written to ${out}`);
  const { records, calibration, scenario } = done;
  const lines = calibrationLines(calibration, io.width);
  if (out === "-" && !io.json) io.say(lines);
  else await io.answer({ records, refused: done.refused, calibration, scenario }, lines);
  return done.refused > 0 ? EXIT.partlyFailed : EXIT.done;
};

async function writeScenario(
  output: Output,
  { records, scenario }: { records: number; scenario: object },
  source: string,
): Promise<void> {
  const { stringify } = await import("yaml");
  await output.text(
    `# Fitted to ${grouped(records)} calls of ${printable(source)}. Add agents, leads, lines and pacing: schemas/simulation.schema.json lists them.`,
  );
  await output.text(stringify(scenario, { lineWidth: 100 }).trimEnd());
}
