// The report for a terminal.

import { percent } from "../../kernel/index.ts";
import { POSITIVE_ABOVE_PERCENT } from "../meaning/conversion.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
import { bar, type Column, sparkline, table, wrap } from "./table.ts";
import {
  CALLS_NOTE,
  campaigns,
  changeSentences,
  comparisonSentence,
  dayCount,
  definition,
  duration,
  fraction,
  groupName,
  interval,
  intervalKind,
  minute,
  number,
  restatementSentences,
  trendSentence,
  unknownMeaning,
  visible,
} from "./words.ts";

interface TextOptions {
  /** Width of the terminal in columns. */
  readonly width: number;
  /** Whether escape sequences for bold and dim are used. */
  readonly color: boolean;
}

/** Most rows of a table; the rest is only counted. The other formats contain all. */
const MOST_ROWS = 15;
const LABEL = 13;

/** Lines of the report. No line is wider than the terminal, unless it has fewer than 40 columns. */
export function renderText(report: OutcomeReport, { width: columns, color }: TextOptions): string[] {
  const width = Math.max(40, columns);
  const bold = (text: string) => (color ? `\u001b[1m${text}\u001b[22m` : text);
  const dim = (text: string) => (color ? `\u001b[2m${text}\u001b[22m` : text);
  const lines: string[] = [];
  const labelled = (label: string, text: string, style = (line: string) => line) =>
    lines.push(...wrap(text, width - LABEL, 0).map((line, i) => bold((i === 0 ? label : "").padEnd(LABEL)) + style(line)));

  lines.push(...wrap(`Outcomes of ${campaigns(report)}`, width, 2).map(bold));
  lines.push(
    ...wrap(
      `${minute(report.scope.from)} to ${minute(report.scope.to)} UTC; days and hours in ${report.scope.zone}${report.scope.profile === undefined ? "" : `; profile ${report.scope.profile}`}`,
      width,
      2,
    ).map(dim),
  );
  lines.push(...wrap(definition(report), width, 2).map(dim), "");

  const { conversion, documented } = report;
  const unknown = unknownMeaning(report);
  if (unknown !== undefined) labelled("Not known", unknown, bold);
  if (report.covers.words !== null) labelled("Read", report.covers.words, bold);
  const figure = `${percent(conversion.rate, 2)}  ${fraction(conversion)} calls on ${dayCount(conversion.days)}`;
  if (report.covers.days.every(({ covered }) => covered === "none")) labelled("Conversion", "not known", bold);
  else
    labelled(
      unknown === undefined ? "Conversion" : "At least",
      `${figure}, ${intervalKind(conversion)} ${interval(conversion)}`,
      bold,
    );
  for (const sentence of restatementSentences(report)) labelled("", sentence);
  labelled("Trend", trendSentence(report));
  if (report.days.length > 1) {
    const rates = report.days.map(({ conversion }) => conversion.rate);
    const known = rates.filter((rate) => rate !== null);
    if (known.length > 0)
      labelled("", `${sparkline(rates, width - LABEL - 20)}  ${percent(Math.min(...known))} to ${percent(Math.max(...known))}`);
  }
  for (const sentence of changeSentences(report)) labelled("", sentence);
  if (unknown === undefined && report.calls > 0)
    labelled(
      "In one word",
      `${documented.performance_trend} (positive is a conversion above ${POSITIVE_ABOVE_PERCENT} %, whatever the trend)`,
      dim,
    );
  labelled("Duration", `${duration(report.averageSeconds)} on average`);
  lines.push("");

  const most = Math.max(...report.categories.map(({ calls }) => calls), 1);
  push(
    lines,
    bold,
    table(
      [
        { head: "Category", cells: report.categories.map(({ category }) => category) },
        { head: "Calls", cells: report.categories.map(({ calls }) => number(calls)), right: true },
        { head: "Share", cells: report.categories.map(({ share }) => percent(share.rate)), right: true },
        { head: "", cells: report.categories.map(({ calls }) => bar(calls / most, 20)), rank: 2 },
      ],
      width,
    ),
  );
  if (report.unmapped.calls > 0) {
    const codes = report.unmapped.codes.slice(0, MOST_ROWS).map(({ code, calls }) => `${visible(code)} ${number(calls)}`);
    const more = report.unmapped.codes.length - codes.length;
    lines.push(
      ...wrap(
        `${number(report.unmapped.calls)} neutral calls have codes that the map does not know: ${codes.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
        width,
        2,
      ),
    );
  }

  const { by } = report;
  if (by.code !== undefined && by.code.length > 0) {
    const rows = by.code.slice(0, MOST_ROWS);
    push(
      lines,
      bold,
      [
        "",
        ...table(
          [
            { head: "Code", cells: rows.map(({ code }) => visible(code, 40)) },
            {
              head: "Category",
              cells: rows.map(({ categories, mapped }) => (mapped ? categories.join(", ") : "neutral (unmapped)")),
              rank: 1,
            },
            { head: "Calls", cells: rows.map(({ calls }) => number(calls)), right: true },
            { head: "Share", cells: rows.map(({ share }) => percent(share.rate)), right: true },
            { head: "Mean duration", cells: rows.map(({ averageSeconds }) => duration(averageSeconds)), right: true, rank: 3 },
          ],
          width,
        ),
      ],
      1,
    );
    rest(lines, by.code.length, dim);
  }
  for (const [name, groups] of groupTables(report)) {
    push(lines, bold, ["", ...table(groupColumns(name, groups.slice(0, name === "Hour" ? 24 : MOST_ROWS)), width)], 1);
    if (name !== "Hour") rest(lines, groups.length, dim);
  }
  const groups = groupTables(report).map(([, rows]) => rows);
  if (groups.some((rows) => rows.some(({ conversion }) => conversion.method === "calls")))
    lines.push(...wrap(CALLS_NOTE, width, 2).map(dim));
  if (report.comparisons.length > 0) {
    lines.push("", bold("Comparisons"));
    for (const comparison of report.comparisons) lines.push(...wrap(comparisonSentence(comparison), width, 2));
  }
  return lines;
}

/** The groups with rows, each with the heading of its table. */
export function groupTables({ by }: OutcomeReport): [string, readonly ReportGroup[]][] {
  const tables: [string, readonly ReportGroup[] | undefined][] = [
    ["Hour", by.hour],
    ["Weekday", by.weekday],
    ["Attempt", by.attempt],
    ["List", by.list],
    ["Agent", by.agent],
    ["Campaign", by.campaign],
  ];
  return tables.flatMap(([name, groups]): [string, readonly ReportGroup[]][] =>
    groups === undefined || groups.length === 0 ? [] : [[name, groups]],
  );
}

function groupColumns(name: string, groups: readonly ReportGroup[]): Column[] {
  const most = Math.max(...groups.map(({ conversion }) => conversion.rate ?? 0), 0.0001);
  return [
    { head: name, cells: groups.map(({ value }) => groupName(value)) },
    { head: "Calls", cells: groups.map(({ calls }) => number(calls)), right: true },
    { head: "Success", cells: groups.map(({ counts }) => number(counts.success)), right: true, rank: 2 },
    { head: "Conversion", cells: groups.map(({ conversion }) => percent(conversion.rate)), right: true },
    {
      head: `${level(groups.map(({ conversion }) => conversion))} % interval`,
      cells: groups.map(({ conversion }) => interval(conversion)),
      right: true,
      rank: 1,
    },
    { head: "Days", cells: groups.map(({ conversion }) => number(conversion.days)), right: true, rank: 2 },
    { head: "Mean duration", cells: groups.map(({ averageSeconds }) => duration(averageSeconds)), right: true, rank: 4 },
    { head: "", cells: groups.map(({ conversion }) => bar((conversion.rate ?? 0) / most, 16)), rank: 3 },
  ];
}

/** Confidence of the intervals of a table, in percent. */
export function level(rates: readonly { readonly confidence: number }[]): number {
  return Number((100 * (rates[0]?.confidence ?? 0.95)).toFixed(2));
}

/** Adds a table whose header is in line `head`. */
function push(lines: string[], bold: (text: string) => string, rows: readonly string[], head = 0): void {
  lines.push(...rows.map((row, i) => (i === head ? bold(row) : row)));
}

function rest(lines: string[], all: number, dim: (text: string) => string): void {
  if (all > MOST_ROWS) lines.push(dim(`… and ${number(all - MOST_ROWS)} more; --format json, csv and html have them`));
}
