// outdial simulate: one scenario, two compared, variations, or the best pacing.

import { basename } from "node:path";
import { openStudies, parseAxis, readScenario, type Studies, type StudyProgress, variationsOf } from "../../app/index.ts";
import { frontierCsv, frontierSvg, parseScenario, type SimulationScenario } from "../../dialing/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { csvLine } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { comparisonLines, headLine, resultLines, VARIATION_FIGURES, valueText, variationLines } from "../render-simulation.ts";
import { chartLines } from "../render-simulation-chart.ts";
import { optimumLines } from "../render-simulation-optimum.ts";
import { stripStyle } from "../render-strip.ts";
import { duration, grouped, Pace, printable } from "../render-tagging.ts";
import { words } from "../time-options.ts";

interface SimulateFlags extends GlobalFlags {
  readonly replications: string;
  readonly seed: string;
  readonly workers?: string;
  readonly compare?: readonly string[];
  readonly whatIf: readonly string[];
  readonly optimise?: boolean;
  readonly target?: string;
  readonly probability: string;
  readonly strategy?: string;
  readonly svg?: string;
  readonly csv?: string;
}

const PLAIN_WIDTH = 100;

export async function simulate([file]: readonly string[], flags: SimulateFlags, io: Io): Promise<number> {
  const files = [...(file === undefined ? [] : [file]), ...(flags.compare ?? [])];
  checkFlags(files, flags);
  const scenarios: SimulationScenario[] = [];
  for (const one of files) scenarios.push(await readScenario(one, io.stdin));
  const [scenario, other] = scenarios;
  if (scenario === undefined) throw wrong("no scenario was given");
  const replications = wholeNumber("--replications", flags.replications, 1, 100_000);
  const workers = flags.workers === undefined ? undefined : wholeNumber("--workers", flags.workers, 1, 256);
  await using studies = openStudies({ replications, seed: flags.seed, workers, onProgress: progressTo(io) });
  const interrupt = () => studies.interrupt();
  using _listening = io.onInterrupt(interrupt);
  io.say(`simulating ${grouped(replications)} runs of each scenario, seed ${printable(flags.seed)}`);
  if (other !== undefined) await compare(studies, [scenario, other], files, io);
  else if (flags.whatIf.length > 0) await whatIf(studies, scenario, flags, io);
  else if (flags.optimise === true) await optimise(studies, scenario, flags, io);
  else await once(studies, scenario, io);
  return EXIT.done;
}

async function once(studies: Studies, scenario: SimulationScenario, io: Io): Promise<void> {
  const result = await studies.run(scenario);
  if (io.json) {
    await io.data(JSON.stringify({ scenario: scenario.name, result }));
    return;
  }
  const width = io.width ?? PLAIN_WIDTH;
  const style = { width: Math.min(width, 140), blocks: stripStyle(io.env).open !== "#" };
  const [hours = 0, minutes = 0] = scenario.start.split(":").map(Number);
  const charts = chartLines(result.series, hours * 3600 + minutes * 60, scenario.abandonmentTarget, style);
  const lines = [headLine(scenario, result), "", ...resultLines(result), ...(charts.length === 0 ? [] : ["", ...charts])];
  for (const line of lines) await io.data(line);
}

async function compare(
  studies: Studies,
  scenarios: [SimulationScenario, SimulationScenario],
  files: readonly string[],
  io: Io,
): Promise<void> {
  const { first, second, comparison } = await studies.compare(...scenarios);
  // Two scenarios of one name are told apart by their files.
  const isTold = scenarios[0].name !== scenarios[1].name;
  const names: [string, string] = isTold
    ? [scenarios[0].name, scenarios[1].name]
    : [basename(files[0] ?? ""), basename(files[1] ?? "")];
  if (io.json) {
    await io.data(JSON.stringify({ names, comparison, first, second }));
    return;
  }
  const lines = [headLine(scenarios[0], first), headLine(scenarios[1], second), "", ...comparisonLines(names, comparison)];
  for (const line of lines) await io.data(line);
}

async function whatIf(studies: Studies, scenario: SimulationScenario, flags: SimulateFlags, io: Io): Promise<void> {
  const axes = await Promise.all(flags.whatIf.map(parseAxis));
  const variations = await studies.vary(variationsOf(scenario, axes));
  if (flags.csv !== undefined) {
    await using output = await openOutput(flags.csv, io);
    const paths = axes.map(({ path }) => path);
    await output.text(
      csvLine([...paths, ...VARIATION_FIGURES.flatMap(({ column }) => [column, `${column}_low`, `${column}_high`])]),
    );
    for (const { values, result } of variations) {
      const figures = VARIATION_FIGURES.flatMap(({ of }) => {
        const { rate, low, high } = of(result);
        return [rate, low, high].map((value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : ""));
      });
      await output.text(
        csvLine([
          ...paths.map((path) => (typeof values[path] === "number" ? values[path] : valueText(values[path]))),
          ...figures,
        ]),
      );
    }
  }
  if (io.json)
    await io.data(
      JSON.stringify({ scenario: scenario.name, variations: variations.map(({ values, result }) => ({ values, result })) }),
    );
  else if (flags.csv !== "-") for (const line of variationLines(variations)) await io.data(line);
}

async function optimise(studies: Studies, scenario: SimulationScenario, flags: SimulateFlags, io: Io): Promise<void> {
  const strategies = words(flags.strategy)?.map((name) => pacingOf(scenario, name));
  const optimum = await studies.optimise({
    scenario,
    probability: shareOf("--probability", flags.probability),
    ...(flags.target === undefined ? {} : { limit: shareOf("--target", flags.target) }),
    ...(strategies === undefined ? {} : { strategies }),
  });
  if (flags.svg !== undefined) await write(flags.svg, frontierSvg(optimum, `${scenario.name}: occupancy and abandonment`), io);
  if (flags.csv !== undefined) await write(flags.csv, frontierCsv(optimum), io);
  if (io.json) await io.data(JSON.stringify({ scenario: scenario.name, optimum }));
  else if (flags.csv !== "-" && flags.svg !== "-") for (const line of optimumLines(optimum)) await io.data(line);
}

async function write(path: string, text: string, io: Io): Promise<void> {
  await using output = await openOutput(path, io);
  await output.text(text.trimEnd());
}

/** The scenario's own section when it names the strategy, else the strategy with its defaults. */
function pacingOf({ pacing }: SimulationScenario, strategy: string): SimulationScenario["pacing"] {
  if (pacing.strategy === strategy) return pacing;
  // The ratio is what is searched: where it begins does not matter.
  return parseScenario({ pacing: { strategy, ...(strategy === "ratio" ? { ratio: 2 } : {}) } }, "--strategy").pacing;
}

function checkFlags(
  files: readonly string[],
  { compare: others, whatIf: axes, optimise: isSearch, target, strategy, svg, csv }: SimulateFlags,
): void {
  if (files.length === 0) throw wrong("no scenario was given; examples/simulation.yaml is one");
  const modes = [others !== undefined, axes.length > 0, isSearch === true].filter(Boolean).length;
  if (modes > 1) throw wrong("--compare, --what-if and --optimise exclude each other");
  if (others !== undefined && files.length !== 2) throw wrong(`--compare needs two scenarios in all; given were ${files.length}`);
  if (isSearch !== true && (target !== undefined || strategy !== undefined || svg !== undefined))
    throw wrong("--target, --strategy and --svg go with --optimise");
  if (isSearch !== true && axes.length === 0 && csv !== undefined) throw wrong("--csv goes with --optimise or --what-if");
}

/** `3%`, `3 %` or `0.03`. */
function shareOf(flag: string, text: string): number {
  const [, digits = "", sign] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(text) ?? [];
  const share = Number(digits) / (sign === "%" ? 100 : 1);
  if (digits !== "" && share > 0 && share < 1) return share;
  throw wrong(`${flag} ${text} is not a share above 0 and below 1, such as 3% or 0.03`);
}

const wrong = (message: string): OutdialError => new OutdialError("invalid_input", message);

function progressTo(io: Io): (progress: StudyProgress) => void {
  let what = "";
  let pace = new Pace();
  return (progress) => {
    // A candidate of a search is as long as the one before; how many there will be is not known.
    if (progress.done === 1 || progress.what !== what) pace = new Pace();
    what = progress.what;
    const speed = pace.note(performance.now(), progress.done, progress.all);
    const left = speed === undefined ? "" : ` · ${duration(speed.secondsLeft)} left`;
    io.progress(`simulating ${what === "" ? "" : `${what} · `}${progress.done} of ${progress.all} runs${left}`);
  };
}
