// outdial simulate: one scenario, two compared, variations, or the best pacing; calibrate: from call records to a report and a
// scenario.

import { basename } from "node:path";
import type { RulePack } from "../../compliance/index.ts";
import { frontierCsv, frontierSvg, parseScenario, type SimulationScenario, scenarioWarnings } from "../../dialing/index.ts";
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
import { calibrationLines } from "../render-simulation-calibration.ts";
import { chartLines } from "../render-simulation-chart.ts";
import { stripStyle } from "../render-strip.ts";
import { Pace } from "../render-tagging.ts";
import { rowSource } from "../source.ts";
import { duration, grouped, printable } from "../text.ts";

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
  const { readRulePack } = await import("../../app/index.ts");
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
