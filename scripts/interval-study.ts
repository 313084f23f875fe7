// The study behind docs/intervals.md. `measure` runs what docs/interval-study.json lacks (an hour on one core for all) and keeps the counts there; `write` makes the
// document's tables and plots from them; `check` says whether they are up to date. Everything is seeded: the same code gives the same counts.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { svgPlot } from "../src/dialing/optimise/optimise.ts";
import {
  CALIBRATION_INTERVALS,
  type CalibrationCondition,
  type CalibrationResult,
  studyCalibration,
} from "../studies/calibration.ts";
import {
  STUDY_ERRORS,
  STUDY_INTERVALS,
  STUDY_NAIVE,
  type StudyCondition,
  type StudyCount,
  type StudyResult,
  studyIntervals,
} from "../studies/intervals.ts";
import { studyUnevenDays, UNEVEN_INTERVALS, type UnevenCondition, type UnevenResult } from "../studies/uneven-days.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const FIGURES = `${root}docs/interval-study.json`;
const DOCUMENT = `${root}docs/intervals.md`;
/** Reports of each condition: a share of 6 % then has a standard error of 0.4 points. */
const REPORTS = 4000;
/** Calibrations of each condition. */
const CALIBRATIONS_EACH = 1000;
/** Repetitions after which counts are kept. */
const PIECE = 250;
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

const UNEVEN: readonly UnevenCondition[] = [5, 14, 30].flatMap((days) =>
  [100, 400].flatMap((callsPerDay) =>
    [
      { effect: 0, shape: "even" as const },
      { effect: 0.1, shape: "even" as const },
      { effect: 0.2, shape: "even" as const },
      { effect: 0.5, shape: "skewed" as const },
      { effect: 1, shape: "skewed" as const },
      { effect: 1, shape: "lognormal" as const },
      { effect: 0.7, shape: "rare" as const },
    ].flatMap((effects) => [false, true].map((bursts) => ({ days, callsPerDay, ...effects, bursts }))),
  ),
);

/** Counts of the first so many repetitions of a condition. */
interface Entry<Condition, Result> {
  readonly condition: Condition;
  readonly repetitions: number;
  readonly result: Result;
}

interface Figures {
  readonly calibrations: readonly Entry<CalibrationCondition, CalibrationResult>[];
  readonly conditions: readonly Entry<StudyCondition, StudyResult>[];
  readonly uneven: readonly Entry<UnevenCondition, UnevenResult>[];
}

/** Measures what the kept figures lack, in pieces that are kept when they are done, so a run that was broken off goes on. */
function measure(): void {
  const known = existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, "utf8")) as Partial<Figures>) : {};
  const conditions = [...(known.conditions ?? [])];
  const calibrations = [...(known.calibrations ?? [])];
  const uneven = [...(known.uneven ?? [])];
  const each = <Condition, Result extends Counts>(
    all: readonly Condition[],
    done: Entry<Condition, Result>[],
    repetitions: number,
    study: (condition: Condition, options: { from: number; repetitions: number; seed: string }) => Result,
  ) => {
    for (const condition of all) {
      for (;;) {
        const before = done.find((one) => isDeepStrictEqual(one.condition, condition));
        const from = before?.repetitions ?? 0;
        if (from >= repetitions) break;
        const piece = Math.min(PIECE, repetitions - from);
        const found = study(condition, { from, repetitions: piece, seed: "interval study" });
        const result = before === undefined ? found : sum(before.result, found);
        const entry = { condition, repetitions: from + piece, result };
        if (before === undefined) done.push(entry);
        else done[done.indexOf(before)] = entry;
        done.sort((a, b) => placeOf(all, a.condition) - placeOf(all, b.condition));
        const shares = Object.entries(result).map(([name, of]) => `${name} ${share(of)}`);
        process.stderr.write(`${JSON.stringify(condition)}, ${entry.repetitions}: ${shares.join(", ")}\n`);
        writeFileSync(FIGURES, `${JSON.stringify({ conditions, calibrations, uneven }, null, 1)}\n`);
      }
    }
  };
  each(CONDITIONS, conditions, REPORTS, studyIntervals);
  each(CALIBRATIONS, calibrations, CALIBRATIONS_EACH, studyCalibration);
  each(UNEVEN, uneven, REPORTS, studyUnevenDays);
}

type Counts = Record<string, Count>;

/** The counts of both, name by name. */
function sum<Result extends Counts>(first: Result, second: Result): Result {
  const added = Object.entries(first).map(([name, of]) => {
    const other = second[name] ?? of;
    return [name, Object.fromEntries(Object.entries(of).map(([key, n]) => [key, n + (other[key as keyof Count] ?? 0)]))];
  });
  return Object.fromEntries(added) as Result;
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

function unevenTable({ uneven }: Figures): string {
  const head = ["days", "calls a day", "day effects", ...UNEVEN_INTERVALS, "in bursts: abandonment", "naive abandonment"];
  return [
    row(head),
    row(head.map(() => "---:")),
    ...uneven
      .filter(({ condition }) => !condition.bursts)
      .map(({ condition, result }) => {
        const inBursts = uneven.find((one) => isDeepStrictEqual(one.condition, { ...condition, bursts: true }))?.result;
        const { days, callsPerDay, effect, shape } = condition;
        return row([
          `${days}`,
          `${callsPerDay}`,
          `${100 * effect} %${shape === "even" ? "" : `, ${shape}`}`,
          ...UNEVEN_INTERVALS.map((name) => share(result[name])),
          ...(inBursts === undefined ? ["–", "–"] : [share(inBursts.abandonment), share(inBursts["naive abandonment"])]),
        ]);
      }),
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
  put("uneven", unevenTable(figures));
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
