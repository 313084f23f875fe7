// The study behind docs/intervals.md. `measure` runs what docs/interval-study.json lacks (a quarter of an hour on one core for all) and keeps the counts there; `write` makes the
// document's tables and plots from them; `check` says whether they are up to date. Everything is seeded: the same code gives the same counts.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import {
  CALIBRATION_INTERVALS,
  type CalibrationCondition,
  type CalibrationResult,
  studyCalibration,
} from "../src/dialing/calibrate/study.ts";
import { svgPlot } from "../src/dialing/optimise/index.ts";
import {
  STUDY_ERRORS,
  STUDY_INTERVALS,
  STUDY_NAIVE,
  type StudyCondition,
  type StudyCount,
  type StudyResult,
  studyIntervals,
} from "../src/outcomes/report/study.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const FIGURES = `${root}docs/interval-study.json`;
const DOCUMENT = `${root}docs/intervals.md`;
const REPETITIONS = 1000;
const EFFECTS = [0, 0.1, 0.2, 0.3];
/** Days of a period and the lists that are worked in it, each on days of its own. */
const PERIODS = [
  { days: 7, lists: 3 },
  { days: 14, lists: 6 },
  { days: 30, lists: 20 },
];
const VOLUMES = [200, 1000];
const CONDITIONS: readonly StudyCondition[] = PERIODS.flatMap((period) =>
  VOLUMES.flatMap((callsPerDay) => [
    ...EFFECTS.map((effect) => ({ ...period, callsPerDay, effect, lasting: 0 })),
    { ...period, callsPerDay, effect: 0.2, lasting: 0.6 },
  ]),
);

const CALIBRATIONS: readonly CalibrationCondition[] = [7, 30].flatMap((days) =>
  VOLUMES.flatMap((attemptsPerDay) => EFFECTS.map((effect) => ({ days, attemptsPerDay, effect }))),
);

interface Figures {
  readonly repetitions: number;
  readonly calibrations: readonly { readonly condition: CalibrationCondition; readonly result: CalibrationResult }[];
  readonly conditions: readonly { readonly condition: StudyCondition; readonly result: StudyResult }[];
}

/** Measures what the kept figures lack; each condition is kept when it is done, so a run that was broken off goes on. */
function measure(): void {
  const options = { repetitions: REPETITIONS, seed: "interval study" };
  const known: Figures | undefined = existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, "utf8")) as Figures) : undefined;
  const isUsable = known?.repetitions === REPETITIONS;
  const conditions = isUsable ? [...known.conditions] : [];
  const calibrations = isUsable ? [...known.calibrations] : [];
  const each = <Condition, Result extends object>(
    all: readonly Condition[],
    done: { readonly condition: Condition; readonly result: Result }[],
    study: (condition: Condition) => Result,
  ) => {
    for (const condition of all) {
      if (done.some((one) => isDeepStrictEqual(one.condition, condition))) continue;
      const result = study(condition);
      done.push({ condition, result });
      done.sort((a, b) => placeOf(all, a.condition) - placeOf(all, b.condition));
      const shares = Object.entries(result).map(([name, of]: [string, Count]) => `${name} ${share(of)}`);
      process.stderr.write(`${JSON.stringify(condition)}: ${shares.join(", ")}\n`);
      const figures: Figures = { repetitions: REPETITIONS, conditions, calibrations };
      writeFileSync(FIGURES, `${JSON.stringify(figures, null, 1)}\n`);
    }
  };
  each(CONDITIONS, conditions, (condition) => studyIntervals(condition, options));
  each(CALIBRATIONS, calibrations, (condition) => studyCalibration(condition, options));
}

const placeOf = <Condition>(all: readonly Condition[], condition: Condition): number =>
  all.findIndex((one) => isDeepStrictEqual(one, condition));

type Count = Pick<StudyCount, "count" | "of">;
const share = ({ count, of }: Count): string => (of === 0 ? "–" : ((100 * count) / of).toFixed(1));
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table(figures: Figures, names: readonly (keyof StudyResult)[], isShown: (condition: StudyCondition) => boolean): string {
  const head = ["days", "calls a day", "day effects"];
  return [
    row([...head, ...names]),
    row([...head, ...names].map(() => "---:")),
    ...figures.conditions
      .filter(({ condition }) => isShown(condition))
      .map(({ condition: { days, callsPerDay, effect, lasting }, result }) =>
        row([
          `${days}`,
          callsPerDay.toLocaleString("en-US"),
          lasting === 0 ? `${effect}` : `${effect}, lasting`,
          ...names.map((name) => share(result[name])),
        ]),
      ),
  ].join("\n");
}

function calibrationTable({ calibrations }: Figures): string {
  const head = ["days", "attempts a day", "day effects", ...CALIBRATION_INTERVALS];
  return [
    row(head),
    row(head.map(() => "---:")),
    ...calibrations.map(({ condition: { days, attemptsPerDay, effect }, result }) =>
      row([
        `${days}`,
        attemptsPerDay.toLocaleString("en-US"),
        `${effect}`,
        ...CALIBRATION_INTERVALS.map((name) => share(result[name])),
      ]),
    ),
  ].join("\n");
}

function plot({ conditions }: Figures): string {
  const series = (["conversion", "by list", "naive conversion"] as const).map((name) => ({
    name,
    points: EFFECTS.map((effect) => {
      const some = conditions.filter(({ condition }) => condition.lasting === 0 && condition.effect === effect);
      const sum = (of: (count: StudyCount) => number) => some.reduce((total, { result }) => total + of(result[name]), 0);
      return { x: effect, y: (100 * sum(({ count }) => count)) / sum(({ of }) => of) };
    }),
  }));
  return svgPlot({
    title: "95 % intervals that hold the true rate, of 100",
    xLabel: "standard deviation of the days' effects on the logit",
    yLabel: "intervals that hold",
    series,
    horizontal: [{ y: 95, name: "95" }],
  });
}

/** The files that follow from the figures. */
function files(): ReadonlyMap<string, string> {
  const figures = JSON.parse(readFileSync(FIGURES, "utf8")) as Figures;
  let text = readFileSync(DOCUMENT, "utf8");
  const put = (name: string, content: string) => {
    const [start, end] = [`<!-- ${name} -->`, "<!-- end -->"];
    const from = text.indexOf(start);
    if (from < 0) throw new Error(`docs/intervals.md has no place for ${name}`);
    text = `${text.slice(0, from)}${start}\n${content}\n${text.slice(text.indexOf(end, from))}`;
  };
  const once = ({ lasting }: StudyCondition) => lasting === 0;
  put("intervals", table(figures, STUDY_INTERVALS, once));
  put("errors", table(figures, STUDY_ERRORS, once));
  const last = ["trend", "new level", "conversion", "previous", "all comparisons"] as const;
  put(
    "lasting",
    table(figures, last, ({ lasting }) => lasting > 0),
  );
  put("naive", table(figures, STUDY_NAIVE, once));
  put("calibration", calibrationTable(figures));
  return new Map([
    [DOCUMENT, text],
    [`${root}docs/img/interval-coverage.svg`, plot(figures)],
  ]);
}

switch (process.argv[2]) {
  case "measure":
    measure();
    break;
  case "check":
    for (const [path, text] of files())
      if (readFileSync(path, "utf8") !== text) {
        process.stderr.write(`${path} is not what docs/interval-study.json says: run node scripts/interval-study.ts write\n`);
        process.exitCode = 1;
      }
    break;
  default:
    for (const [path, text] of files()) writeFileSync(path, text);
}
