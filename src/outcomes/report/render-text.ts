// The report for a terminal.

import { percent } from "../../kernel/index.ts";
import { POSITIVE_ABOVE_PERCENT, type Rate } from "../meaning/conversion.ts";
import type { Covers, OutcomeReport, ReportGroup } from "./model.ts";

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
  if (report.calls === null) labelled("Conversion", "not known", bold);
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
  if (unknown === undefined && (report.calls ?? 0) > 0)
    labelled(
      "In one word",
      `${documented.performance_trend} (positive is a conversion above ${POSITIVE_ABOVE_PERCENT} %, whatever the trend)`,
      dim,
    );
  labelled("Duration", `${duration(report.averageSeconds)} on average`);
  lines.push("");

  const most = Math.max(...report.categories.map(({ calls }) => calls ?? 0), 1);
  push(
    lines,
    bold,
    table(
      [
        { head: "Category", cells: report.categories.map(({ category }) => category) },
        { head: "Calls", cells: report.categories.map(({ calls }) => number(calls)), right: true },
        { head: "Share", cells: report.categories.map(({ share }) => percent(share.rate)), right: true },
        { head: "", cells: report.categories.map(({ calls }) => bar((calls ?? 0) / most, 20)), rank: 2 },
      ],
      width,
    ),
  );
  if (report.unmapped.codes.length > 0) {
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
    { head: name, cells: groups.map(groupName) },
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

// Tables and small plots of characters, for terminals of any width.

/** One column; `cells` are its texts by row. */
interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  readonly right?: boolean;
  /** Columns with a higher rank are left out first in a narrow terminal; columns of rank 0 are always shown. */
  readonly rank?: number;
}

const GAP = "  ";

/** Width of a text in terminal columns: East Asian wide characters take two, combining marks none. */
export function cellWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (/\p{M}/u.test(character)) continue;
    const isWide =
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3) ||
      (point >= 0xf900 && point <= 0xfaff) ||
      (point >= 0xfe30 && point <= 0xfe6f) ||
      (point >= 0xff00 && point <= 0xff60) ||
      (point >= 0x1f300 && point <= 0x1faff) ||
      (point >= 0x20000 && point <= 0x3fffd);
    width += isWide ? 2 : 1;
  }
  return width;
}

function fit(text: string, width: number, right: boolean): string {
  const shown = cellWidth(text) > width ? `${cut(text, width - 1)[0] ?? ""}…` : text;
  const space = " ".repeat(Math.max(0, width - cellWidth(shown)));
  return right ? space + shown : shown + space;
}

/** Lines of a table, with the header first. Columns are left out by rank until it fits into `width`. */
export function table(columns: readonly Column[], width: number): string[] {
  let shown = columns.map((column) => ({ ...column, width: Math.max(...[column.head, ...column.cells].map(cellWidth)) }));
  const total = () => shown.reduce((sum, column) => sum + column.width, GAP.length * (shown.length - 1));
  while (total() > width && shown.some(({ rank = 0 }) => rank > 0)) {
    const most = Math.max(...shown.map(({ rank = 0 }) => rank));
    const out = shown.findLastIndex(({ rank = 0 }) => rank === most);
    shown = shown.filter((_, i) => i !== out);
  }
  // The remaining columns must stay: the first one, the name, is cut.
  const over = total() - width;
  shown = shown.map((column, i) => (i === 0 && over > 0 ? { ...column, width: Math.max(4, column.width - over) } : column));
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  return Array.from({ length: rows + 1 }, (_, row) =>
    shown
      .map((column) => fit(row === 0 ? column.head : (column.cells[row - 1] ?? ""), column.width, column.right ?? false))
      .join(GAP)
      .trimEnd(),
  );
}

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * Values as a line of block characters, the lowest at the bottom; a dot for a missing value. When there are more values than
 * `width`, neighbours are averaged.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const points = values.length <= width ? values : squeeze(values, width);
  const known = points.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return points
    .map((value) => {
      if (value === null) return "·";
      const level = high === low ? 3 : Math.round(((value - low) / (high - low)) * (LEVELS.length - 1));
      return LEVELS.charAt(level);
    })
    .join("");
}

function squeeze(values: readonly (number | null)[], width: number): (number | null)[] {
  return Array.from({ length: width }, (_, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width))
      .filter((value) => value !== null);
    return part.length === 0 ? null : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `share` (0 to 1) of `width` characters, in steps of an eighth of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/**
 * Breaks text at spaces (not before a percent sign) into lines of at most `width`; the second and later ones are indented by
 * `indent` spaces.
 */
function wrap(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  const room = () => Math.max(10, width - (lines.length === 0 ? 0 : indent));
  for (const word of text.split(/ (?!%)/).flatMap((one) => cut(one, Math.max(10, width - indent)))) {
    if (line !== "" && cellWidth(line) + 1 + cellWidth(word) > room()) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, i) => (i === 0 ? one : " ".repeat(indent) + one));
}

/** A word, cut into pieces that fit. */
function cut(word: string, width: number): string[] {
  const pieces = [""];
  for (const character of word) {
    const last = pieces.at(-1) ?? "";
    if (cellWidth(last) + cellWidth(character) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}

// Figures and names as text, the same in every rendering.

/** 1,234,567; a dash for what is not known. */
export function number(value: number | null): string {
  return value === null ? "–" : Math.round(value).toLocaleString("en-US");
}

/** The interval of a rate: "11.5–12.8 %", with an asterisk when all calls were taken as independent; why there is none. */
export function interval({ low, high, denominator, method, days }: Rate): string {
  if (method === "none") return `none: on one of ${dayCount(days)}`;
  return denominator === 0 ? "–" : `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %${method === "calls" ? "*" : ""}`;
}

/** The note that the asterisk refers to. */
export const CALLS_NOTE =
  "* too few days to tell how much days vary: the interval takes all calls as independent and says nothing about other days";

/** Level and method of an interval: "95 % interval over days". */
export function intervalKind({ confidence, method }: Pick<Rate, "confidence" | "method">): string {
  const level = `${Number((100 * confidence).toFixed(2))} % interval`;
  if (method === "none") return "no interval,";
  return method === "days" ? `${level} over days` : `${level} of these calls alone, as if independent,`;
}

/** Whether the report's tables of groups contain an interval that takes all calls as independent. */
export function hasCallsOnly({ by, categories }: OutcomeReport): boolean {
  const { code, ...groups } = by;
  return [
    ...categories.map(({ share }) => share),
    ...Object.values(groups).flatMap((rows) => (rows ?? []).map(({ conversion }) => conversion)),
    ...(code ?? []).map(({ share }) => share),
  ].some(({ method, denominator }) => method === "calls" && denominator > 0);
}

/** A difference of shares in percentage points: "+1.20", "-0.35". */
function points(difference: number, digits = 2): string {
  return `${difference < 0 ? "−" : "+"}${Math.abs(100 * difference).toFixed(digits)}`;
}

/** "12 days", "1 day". */
export function dayCount(days: number): string {
  return `${number(days)} ${days === 1 ? "day" : "days"}`;
}

/** "1,210 of 10,000". */
export function fraction({ numerator, denominator }: Rate): string {
  return `${number(numerator)} of ${number(denominator)}`;
}

/** From this share of calls with unknown codes on, a conversion says more about the map than about the calls. */
const MOSTLY_UNKNOWN = 0.2;

/** The text in place of a conversion that is not known because the map does not know the codes; undefined when it is known. */
export function unknownMeaning({ unmapped, conversion }: OutcomeReport): string | undefined {
  const { denominator } = conversion;
  if (denominator === 0 || unmapped.calls === null || unmapped.calls < MOSTLY_UNKNOWN * denominator) return undefined;
  return `the map does not know the codes of ${number(unmapped.calls)} of ${number(denominator)} calls (${percent(unmapped.calls / denominator)}): whether they converted is not known. Say in the outcome map what they mean (outcomes.map in outdial.yaml, or --map)`;
}

/** Most days that a sentence names. */
const NAMED_DAYS = 3;
/** Most campaigns that a sentence names. */
const NAMED_CAMPAIGNS = 3;

/**
 * What was read, in a sentence: "12 of 14 days; 2 were read with code CONVERTED only; 20 calls are left out". Null when every day is whole.
 * @param isOfSome whether the report is of several campaigns
 */
export function coverWords({ known, of, lacks, leftOut }: Omit<Covers, "words">, isOfSome: boolean): string | null {
  if (lacks.length === 0) return null;
  const left = leftOut === 0 ? [] : [`${number(leftOut)} ${leftOut === 1 ? "call is" : "calls are"} left out`];
  return [`${number(known)} of ${dayCount(of)}`, ...lacks.map((lack) => lackWords(lack, isOfSome)), ...left].join("; ");
}

/** Why dials are missing: "list 501 is gone". */
export function goneWords(lists: readonly string[]): string {
  const named = lists.map((list) => visible(list)).join(", ");
  return lists.length === 1 ? `list ${named} is gone` : `lists ${named} are gone`;
}

function lackWords({ reason, campaigns, days, codes, dials, gone }: Covers["lacks"][number], isOfSome: boolean): string {
  const named =
    campaigns.length > NAMED_CAMPAIGNS
      ? `${number(campaigns.length)} campaigns`
      : campaigns.map((name) => visible(name)).join(", ");
  const some = `${number(days.length)}${isOfSome && campaigns.length > 0 ? ` of ${named}` : ""}`;
  const [was, has] = days.length === 1 ? ["was", "has"] : ["were", "have"];
  switch (reason) {
    case "codes":
      return `${some} ${was} read with ${codes.length === 1 ? "code" : "codes"} ${codes.map((code) => visible(code)).join(", ")} only`;
    case "unread":
      return `${some} ${was} not read`;
    case "begun":
      return `${some} ${was} not read to the end`;
    case "short":
      return `${some} ${has} fewer calls than are known`;
    case "part":
      return `of ${some} only a part was read`;
    case "untold":
      return `of ${some} the tenant did not say how many dials there were`;
    case "dials": {
      const { known, of } = dials ?? { known: 0, of: 0 };
      const when =
        days.length > NAMED_DAYS ? `on ${some} days from ${days[0] ?? ""} to ${days.at(-1) ?? ""}` : `on ${days.join(", ")}`;
      const why = gone.length === 0 ? "" : `: ${goneWords(gone)}`;
      return `${number(of - known)} of ${number(of)} dials are missing ${when}${isOfSome && days.length <= NAMED_DAYS ? ` of ${named}` : ""}${why}`;
    }
  }
}

/** A mean duration: "3 min 05 s". */
export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${number(Math.floor(whole / 60))} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Text from outside on one line: control and format characters, which could control a terminal or hide text, become U+FFFD. */
export function visible(text: string, most = 60): string {
  const plain = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
  return plain.length > most ? `${plain.slice(0, most - 1).toWellFormed()}…` : plain;
}

/** Name of a group: its value, or that it has none; of an agent whose name is known that, too. */
export function groupName({ value, name }: { readonly value: string | null; readonly name?: string | undefined }): string {
  if (value === null) return "(none)";
  return name === undefined ? visible(value) : `${visible(name)} (${visible(value)})`;
}

/** An ISO time for people, in UTC: "2026-03-09 08:00". */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** "camp_1, camp_2", or "all campaigns". */
export function campaigns({ scope }: OutcomeReport): string {
  if (scope.campaigns === null) return "all campaigns";
  const shown = scope.campaigns.slice(0, 5).map((name) => visible(name));
  return shown.join(", ") + (scope.campaigns.length > 5 ? ` and ${scope.campaigns.length - 5} more` : "");
}

/** Which definition the figures follow, and what it counts as success. */
export function definition({ definition }: OutcomeReport): string {
  const eras = definition.eras.map(({ version, from, success }) => {
    const since = definition.eras.length > 1 && from !== null ? ` since ${minute(from)} UTC` : "";
    return `${version === definition.id ? "" : `${visible(version)}${since}: `}success is ${success.map((code) => visible(code)).join(", ") || "no code"}`;
  });
  return `Definition ${visible(definition.id)}; ${eras.join("; ")}`;
}

/** The trend in a word: of no day nothing is known, which is not "too few". */
export const trendWord = ({ days, verdict }: OutcomeReport["trend"]): string => (days === 0 ? "not known" : verdict);

/** The real trend in one sentence. */
export function trendSentence({ trend }: OutcomeReport): string {
  if (trend.days === 0) return "not known: there are no days with calls to tell it by";
  const size = `${number(trend.days)} days with calls, ${number(trend.calls)} calls`;
  if (trend.slope === null)
    return `too few to tell a trend (${size}; needed are ${trend.minimum.days} days and ${trend.minimum.calls} calls)`;
  const { perDay, low, high, confidence } = trend.slope;
  const slope = `${points(perDay, 3)} points a day (${Number((100 * confidence).toFixed(2))} % interval ${points(low, 3)} to ${points(high, 3)}, which allows for effects that last for days; ${size})`;
  return trend.verdict === "none shown" ? `no trend shown: ${slope}` : `${trend.verdict}: ${slope}`;
}

/** One sentence for each level shift, or why none is looked for. */
export function changeSentences({ trend }: OutcomeReport): string[] {
  if (trend.slope !== null && trend.days < trend.minimum.levelDays) {
    return [
      `new levels are not looked for: on ${dayCount(trend.days)} they cannot be told from effects that last for days (needed are ${trend.minimum.levelDays})`,
    ];
  }
  return trend.changes.map(
    ({ day, before, after, pValue }) =>
      `since ${day} on another level: ${percent(before.rate)} (${fraction(before)}) before, ${percent(after.rate)} (${fraction(after)}) since; p ${pValue < 0.0015 ? "≤ 0.001" : `= ${pValue.toFixed(3)}`}`,
  );
}

/** Restated figures that are listed; the rest is only counted. JSON, CSV and the file's table contain all. */
const MOST_RESTATED = 8;

/** One sentence for each figure that was reported otherwise. */
export function restatementSentences({ restatements }: OutcomeReport): string[] {
  const more = restatements.length - MOST_RESTATED;
  return [
    ...restatements.slice(0, MOST_RESTATED).map(restatementSentence),
    ...(more > 0 ? [`… and ${number(more)} more figures restated`] : []),
  ];
}

function restatementSentence({ day, was, now, late, changed, withdrawn }: OutcomeReport["restatements"][number]): string {
  const because = [
    ...(late > 0 ? [`${number(late)} ${late === 1 ? "call" : "calls"} arrived late`] : []),
    ...(changed > 0 ? [`${number(changed)} changed`] : []),
    ...(withdrawn > 0 ? [`${number(withdrawn)} left the period`] : []),
  ];
  const of = ({ conversion }: typeof was) =>
    `${percent(conversion.rate)} (${number(conversion.numerator)}/${number(conversion.denominator)})`;
  const why = because.length === 0 ? "" : `, because ${because.join(", ")}`;
  return `restated${day === null ? "" : ` ${day}`}: was ${of(was)} on ${minute(was.reportedAt)} UTC, now ${of(now)}${why}`;
}

/** A comparison in one sentence. */
export function comparisonSentence({
  first,
  second,
  difference,
  minimum,
  verdict,
}: OutcomeReport["comparisons"][number]): string {
  const sides = [first, second]
    .map(
      ({ name, conversion }) =>
        `${visible(name, 120)} ${percent(conversion.rate)} (${fraction(conversion)} on ${dayCount(conversion.days)})`,
    )
    .join(", ");
  if (verdict === "too few days")
    return `${sides}: no comparison, because too few days are left to tell how much days vary (the groups were worked on days of their own)`;
  if (difference === null) return `${sides}: too few to compare, each side needs ${number(minimum)} calls`;
  const level = Number((100 * difference.confidence).toFixed(3));
  const together =
    difference.comparisons === 1
      ? ""
      : `; ${number(difference.comparisons)} comparisons hold together at ${Number((100 * difference.together).toFixed(2))} %`;
  return `${sides}: ${verdict === "none shown" ? "no difference shown" : verdict}, ${points(difference.value)} points (${level} % interval over days ${points(difference.low)} to ${points(difference.high)}${together})`;
}
