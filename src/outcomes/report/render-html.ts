// The report as one HTML file without script and without external resources; plots inline, for light and dark.

import { percent } from "../../kernel/index.ts";
import { POSITIVE_ABOVE_PERCENT } from "../meaning/conversion.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
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
  groupTables,
  hasCallsOnly,
  interval,
  intervalKind,
  level,
  minute,
  number,
  restatementSentences,
  trendSentence,
  trendWord,
  unknownMeaning,
  visible,
} from "./render-text.ts";

/** Finished markup: every text and attribute is escaped when it is inserted, so that names from outside cannot become markup. It is made only by `element`, by `join`, and by `raw` from constants of this module. */
interface Markup {
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text, escaped. Control characters, which a document may not contain, become U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" || character === "\t" ? character : "\ufffd"))
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

type Child = Markup | string | number | undefined;
type Attributes = Readonly<Record<string, string | number | undefined>>;

const VOID: ReadonlySet<string> = new Set(["meta", "br", "col"]);

/** An element with attributes and children; strings are text. Element and attribute names must be constants of the caller. */
function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const open = `<${name}${given.map(([key, value]) => ` ${key}="${escapeText(String(value))}"`).join("")}>`;
  return { html: VOID.has(name) ? open : `${open}${join(children).html}</${name}>` };
}

/** Children, concatenated. */
function join(children: readonly Child[]): Markup {
  return {
    html: children
      .map((child) => (child === undefined ? "" : typeof child === "object" ? child.html : escapeText(String(child))))
      .join(""),
  };
}

// Plots as SVG: conversion over days with its interval, and conversion by group. Colours come from the page's style sheet, for
// light and dark.

const WIDTH = 760;
const LEFT = 52;
const RIGHT = 10;
const TOP = 20;

/** Round numbers from 0 to at least `most`, for an axis. */
export function ticks(most: number): number[] {
  const rough = Math.max(most, 1e-6) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999) ?? 10 * power;
  const count = Math.ceil((most / step) * 0.9999);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Axis labels of shares, with decimals only where the steps need them. */
function shareTicks(most: number): { at: number; label: string }[] {
  const values = ticks(Math.min(1, most));
  const step = values[1] ?? 1;
  const digits = step >= 0.0999 || Number.isInteger(Math.round(step * 1e6) / 1e4) ? 0 : step >= 0.00099 ? 1 : 2;
  return values.map((at) => ({ at, label: percent(at, digits) }));
}

function grid(lines: readonly { at: number; label: string }[], y: (share: number) => number): Markup {
  return join(
    lines.flatMap(({ at, label }) => [
      element("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: rounded(y(at)), y2: rounded(y(at)) }),
      element("text", { class: "tick", x: LEFT - 8, y: rounded(y(at) + 4), "text-anchor": "end" }, label),
    ]),
  );
}

function figure(
  title: string,
  height: number,
  shape: { readonly class?: string; readonly preserveAspectRatio?: string },
  ...children: readonly Markup[]
): Markup {
  return element(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, ...shape, role: "img", "aria-label": title, xmlns: "http://www.w3.org/2000/svg" },
    element("title", {}, title),
    ...children,
  );
}

/** The daily conversion as a line with its interval as a band, calls as bars below, level shifts as vertical lines. */
function daysPlot({ days, trend, scope }: OutcomeReport): Markup {
  const height = 270;
  const bottom = 196;
  const [barsTop, barsBottom] = [206, 240];
  // The wide intervals of days with few calls would flatten the line: the scale follows the rates and the interval of an ordinary
  // day.
  const most = Math.max(
    ...days.map(({ conversion }) => conversion.rate ?? 0),
    median(days.filter(({ conversion }) => conversion.denominator > 0).map(({ conversion }) => conversion.high)),
    0.01,
  );
  const lines = shareTicks(most);
  const top = lines.at(-1)?.at ?? 1;
  const y = (share: number) => bottom - (Math.min(share, top) / top) * (bottom - TOP);
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, days.length);
  const x = (i: number) => LEFT + (i + 0.5) * step;
  const mostCalls = Math.max(...days.map(({ calls }) => calls ?? 0), 1);
  const parts: Markup[] = [grid(lines, y)];
  for (const run of runs(days.map(({ calls }) => (calls ?? 0) > 0))) {
    const upper = run.map((i) => `${rounded(x(i))},${rounded(y(days[i]?.conversion.high ?? 0))}`);
    const lower = run.map((i) => `${rounded(x(i))},${rounded(y(days[i]?.conversion.low ?? 0))}`).reverse();
    parts.push(element("polygon", { class: "band", points: [...upper, ...lower].join(" ") }));
    parts.push(
      element("polyline", {
        class: "line",
        points: run.map((i) => `${rounded(x(i))},${rounded(y(days[i]?.conversion.rate ?? 0))}`).join(" "),
      }),
    );
  }
  for (const { day, pValue } of trend.changes) {
    const at = rounded(LEFT + days.findIndex((one) => one.day === day) * step);
    parts.push(
      element("line", { class: "change", x1: at, x2: at, y1: TOP, y2: bottom }),
      element(
        "text",
        { class: "mark", x: at + 4, y: TOP + 10 },
        `new level, p ${pValue < 0.0015 ? "≤ 0.001" : `= ${pValue.toFixed(3)}`}`,
      ),
    );
  }
  for (const [i, { day, calls: some, conversion }] of days.entries()) {
    const calls = some ?? 0;
    const tall = (calls / mostCalls) * (barsBottom - barsTop);
    const words =
      some === null
        ? `${day}: not read`
        : `${day}: ${percent(conversion.rate, 2)}, ${fraction(conversion)} calls, ${intervalKind(conversion)} ${interval(conversion)}`;
    parts.push(
      element("rect", {
        class: "volume",
        x: rounded(x(i) - step * 0.4),
        y: rounded(barsBottom - tall),
        width: rounded(step * 0.8),
        height: rounded(tall),
      }),
    );
    if (calls > 0 && days.length <= 120)
      parts.push(
        element("circle", {
          class: "point",
          cx: rounded(x(i)),
          cy: rounded(y(conversion.rate ?? 0)),
          r: days.length > 45 ? 2 : 3,
        }),
      );
    parts.push(
      element(
        "rect",
        { class: "hover", x: rounded(x(i) - step / 2), y: TOP, width: rounded(step), height: barsBottom - TOP },
        element("title", {}, words),
      ),
    );
  }
  const every = Math.max(1, Math.ceil(days.length / 9));
  for (const [i, { day }] of days.entries())
    if (i % every === 0)
      parts.push(
        element(
          "text",
          { class: "tick", x: rounded(x(i)), y: 256, "text-anchor": "middle" },
          days.length > 300 ? day.slice(0, 7) : day.slice(5),
        ),
      );
  parts.push(element("text", { class: "tick", x: LEFT - 8, y: barsBottom, "text-anchor": "end" }, "calls"));
  const level = Number((100 * (days[0]?.conversion.confidence ?? 0.95)).toFixed(2));
  return figure(
    `Conversion by day (${scope.zone}), with the ${level} % interval of the day's calls alone; bars: calls`,
    height,
    {},
    ...parts,
  );
}

/** Runs of consecutive indices at which `known` is true. */
function runs(known: readonly boolean[]): number[][] {
  const all: number[][] = [];
  let run: number[] = [];
  for (const [i, isKnown] of [...known, false].entries()) {
    if (isKnown) run.push(i);
    else if (run.length > 0) {
      all.push(run);
      run = [];
    }
  }
  return all;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Vertical bars of conversion with their intervals. */
function groupsPlot(title: string, groups: readonly ReportGroup[]): Markup {
  const height = 210;
  const bottom = 170;
  const most = Math.max(
    ...groups.map(({ conversion }) => conversion.rate ?? 0),
    median(groups.map(({ conversion }) => conversion.high)),
    0.01,
  );
  const lines = shareTicks(most);
  const top = lines.at(-1)?.at ?? 1;
  const y = (share: number) => bottom - (Math.min(share, top) / top) * (bottom - TOP);
  const step = Math.min(90, (WIDTH - LEFT - RIGHT) / Math.max(1, groups.length));
  const parts: Markup[] = [grid(lines, y)];
  const letters = Math.max(2, Math.floor(step / 7));
  for (const [i, { value, name: of, calls, conversion }] of groups.entries()) {
    const middle = rounded(LEFT + (i + 0.5) * step);
    const height = bottom - y(conversion.rate ?? 0);
    const name = groupName({ value, name: of });
    parts.push(
      element(
        "rect",
        {
          class: "bar",
          x: rounded(middle - step * 0.32),
          y: rounded(bottom - height),
          width: rounded(step * 0.64),
          height: rounded(height),
        },
        element(
          "title",
          {},
          `${name}: ${percent(conversion.rate, 2)}, ${fraction(conversion)} calls, ${intervalKind(conversion)} ${interval(conversion)}`,
        ),
      ),
    );
    if (calls > 0) {
      const [high, low, arm] = [rounded(y(conversion.high)), rounded(y(conversion.low)), rounded(Math.min(6, step * 0.16))];
      parts.push(
        element("path", {
          class: "whisker",
          d: `M${middle - arm} ${high}h${2 * arm}M${middle} ${high}V${low}M${middle - arm} ${low}h${2 * arm}`,
        }),
      );
    }
    const short = name.length > letters ? `${name.slice(0, letters - 1).toWellFormed()}…` : name;
    parts.push(element("text", { class: "tick", x: middle, y: 188, "text-anchor": "middle" }, short));
  }
  return figure(title, height, {}, ...parts);
}

/** One bar, divided by category. */
function categoriesPlot({ categories, calls }: OutcomeReport): Markup {
  let at = 0;
  const parts = categories.map(({ category, calls: some, share }) => {
    const width = some === null || !calls ? 0 : (some / calls) * WIDTH;
    const part = element(
      "rect",
      { class: `category ${category}`, x: rounded(at), y: 0, width: rounded(width), height: 26 },
      element("title", {}, `${category}: ${number(some)} calls, ${percent(share.rate)}`),
    );
    at += width;
    return part;
  });
  return figure("Calls by category", 26, { class: "short", preserveAspectRatio: "none" }, ...parts);
}

/** Most rows of a table, and most bars of a plot. */
const MOST_ROWS = 100;
const MOST_BARS = 24;

/** The HTML of the report. Names from outside are always escaped. */
export function renderHtml(report: OutcomeReport): string {
  const { documented, restatements } = report;
  const title = `Outcomes of ${campaigns(report)}`;
  const body = element(
    "main",
    {},
    element(
      "header",
      {},
      element("h1", {}, title),
      element(
        "p",
        { class: "soft" },
        `${minute(report.scope.from)} to ${minute(report.scope.to)} UTC; days and hours in ${report.scope.zone}${report.scope.profile === undefined ? "" : `; profile ${report.scope.profile}`}. Made ${minute(report.generatedAt)} UTC.`,
      ),
      element("p", { class: "soft" }, `${definition(report)}.`),
    ),
    figures(report),
    section(
      "Conversion",
      report.covers.words === null ? undefined : element("p", { class: "alert" }, `${report.covers.words}.`),
      ...restatementSentences(report).map((sentence) => element("p", { class: "alert" }, sentence)),
      report.days.length > 1 ? plot(daysPlot(report)) : undefined,
      element("p", {}, `Trend: ${trendSentence(report)}.`),
      ...changeSentences(report).map((sentence) => element("p", {}, `${sentence}.`)),
      !report.calls || unknownMeaning(report) !== undefined
        ? undefined
        : element(
            "p",
            { class: "soft" },
            `In one word, as documented: ${documented.performance_trend} (positive is a conversion above ${POSITIVE_ABOVE_PERCENT} %, whatever the trend).`,
          ),
    ),
    section("Categories", plot(categoriesPlot(report)), categoryTable(report), unmapped(report)),
    ...groupTables(report).map(([name, groups]) => groupSection(name, groups)),
    codes(report),
    report.comparisons.length === 0
      ? undefined
      : section("Comparisons", element("ul", {}, ...report.comparisons.map((one) => element("li", {}, comparisonSentence(one))))),
    restatements.length === 0 ? undefined : restatementTable(report),
    hasCallsOnly(report) ? element("p", { class: "soft" }, `${CALLS_NOTE}.`) : undefined,
  );
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    // Nothing can run or load, whatever names the report contains.
    element("meta", { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" }),
    element("title", {}, title),
    { html: `<style>${STYLE}</style>` },
  );
  return `<!doctype html>\n${element("html", { lang: "en" }, head, element("body", {}, body)).html}\n`;
}

/** The figures at the top of the dashboard's page on outcomes, in the same order. */
function figures({ conversion, calls, averageSeconds, trend, unmapped }: OutcomeReport): Markup {
  const one = (name: string, value: string, note: string, tone?: string) =>
    element(
      "div",
      {},
      element("dt", {}, name),
      element("dd", { class: tone === undefined ? "value" : `value ${tone}` }, value),
      element("dd", { class: "note" }, note),
    );
  return element(
    "dl",
    { class: "figures" },
    one(
      "Conversion",
      percent(conversion.rate, 2),
      calls === null
        ? "no day was read whole"
        : `${fraction(conversion)} calls on ${dayCount(conversion.days)}, ${intervalKind(conversion)} ${interval(conversion)}`,
    ),
    one("Calls", number(calls), `mean duration ${duration(averageSeconds)}`),
    one("Trend", trendWord(trend), `over ${dayCount(conversion.days)}`),
    one(
      "Unmapped codes",
      number(unmapped.calls),
      unmapped.calls === null ? "" : unmapped.calls > 0 ? "calls, counted as neutral" : "all codes are mapped",
    ),
  );
}

/** A plot or table with a scroll bar of its own in a narrow window. */
const wide = (kind: "plot" | "table", content: Markup): Markup => element("div", { class: `wide ${kind}` }, content);
const plot = (content: Markup): Markup => wide("plot", content);

function section(heading: string, ...children: readonly (Markup | undefined)[]): Markup {
  return element("section", {}, element("h2", {}, heading), ...children);
}

interface Cell {
  readonly text: string | Markup;
  readonly numeric?: boolean;
}

const text = (value: string | Markup): Cell => ({ text: value });
const numeric = (value: string): Cell => ({ text: value, numeric: true });

function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): Markup {
  const cells = (name: string, row: readonly Cell[]) =>
    element("tr", {}, ...row.map(({ text, numeric }) => element(name, { class: numeric ? "n" : undefined }, text)));
  return wide(
    "table",
    element("table", {}, element("thead", {}, cells("th", head)), element("tbody", {}, ...rows.map((row) => cells("td", row)))),
  );
}

function categoryTable({ categories }: OutcomeReport): Markup {
  return table(
    [text("Category"), numeric("Calls"), numeric("Share"), numeric(`${level(categories.map(({ share }) => share))} % interval`)],
    categories.map(({ category, calls, share }) => [
      text(join([element("span", { class: `key ${category}` }), category])),
      numeric(number(calls)),
      numeric(percent(share.rate)),
      numeric(interval(share)),
    ]),
  );
}

function unmapped({ unmapped }: OutcomeReport): Markup | undefined {
  if (unmapped.codes.length === 0) return undefined;
  const names = unmapped.codes.slice(0, MOST_ROWS).map(({ code, calls }) => `${visible(code)} (${number(calls)})`);
  return element(
    "p",
    { class: "alert" },
    `${number(unmapped.calls)} neutral calls have codes that the map does not know: ${names.join(", ")}.`,
  );
}

function groupSection(name: string, groups: readonly ReportGroup[]): Markup {
  const rows = groups.slice(0, MOST_ROWS);
  const head = `${level(groups.map(({ conversion }) => conversion))} % interval`;
  return section(
    `By ${name.toLowerCase()}`,
    groups.length > 1
      ? plot(groupsPlot(`Conversion by ${name.toLowerCase()}, with ${head}`, groups.slice(0, MOST_BARS)))
      : undefined,
    table(
      [
        text(name),
        numeric("Calls"),
        numeric("Success"),
        numeric("Conversion"),
        numeric(head),
        numeric("Days"),
        numeric("Mean duration"),
      ],
      rows.map(({ value, name: of, calls, counts, conversion, averageSeconds }) => [
        text(groupName({ value, name: of })),
        numeric(number(calls)),
        numeric(number(counts.success)),
        numeric(percent(conversion.rate)),
        numeric(interval(conversion)),
        numeric(number(conversion.days)),
        numeric(duration(averageSeconds)),
      ]),
    ),
    groups.length > rows.length
      ? element("p", { class: "soft" }, `… and ${number(groups.length - rows.length)} more.`)
      : undefined,
  );
}

function codes({ by }: OutcomeReport): Markup | undefined {
  if (by.code === undefined || by.code.length === 0) return undefined;
  return section(
    "By code",
    table(
      [text("Code"), text("Category"), numeric("Calls"), numeric("Share"), numeric("Mean duration")],
      by.code
        .slice(0, MOST_ROWS)
        .map(({ code, categories, mapped, calls, share, averageSeconds }) => [
          text(visible(code)),
          text(mapped ? categories.join(", ") : "neutral (unmapped)"),
          numeric(number(calls)),
          numeric(percent(share.rate)),
          numeric(duration(averageSeconds)),
        ]),
    ),
  );
}

function restatementTable({ restatements }: OutcomeReport): Markup {
  return section(
    "Restated figures",
    table(
      [text("Period"), numeric("Was"), text("Reported"), numeric("Now"), numeric("Late"), numeric("Changed"), numeric("Left")],
      restatements.map(({ day, from, to, was, now, late, changed, withdrawn }) => [
        text(day ?? `${minute(from)} to ${minute(to)}`),
        numeric(`${percent(was.conversion.rate)} (${fraction(was.conversion)})`),
        text(minute(was.reportedAt)),
        numeric(`${percent(now.conversion.rate)} (${fraction(now.conversion)})`),
        numeric(number(late)),
        numeric(number(changed)),
        numeric(number(withdrawn)),
      ]),
    ),
  );
}

// How a report looks as HTML: colours, light and dark, and the style sheet.

/** The dashboard's colours, by their names in its tokens.css: light, dark. */
export const COLOURS = {
  page: ["#f5f5f1", "#121517"],
  surface: ["#ffffff", "#1a1e21"],
  line: ["#dcdcd4", "#2e3439"],
  "line-strong": ["#8b8b82", "#6b747b"],
  text: ["#1b1f1e", "#e6e9e8"],
  muted: ["#5a605d", "#9ea8a8"],
  accent: ["#0b5f58", "#5cc4b8"],
  good: ["#1f6b34", "#74c98a"],
  warn: ["#7f5200", "#e8b44f"],
  bad: ["#a5281f", "#f28b80"],
  info: ["#2c4f8f", "#93b4ee"],
} as const;

const palette = (scheme: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, colours]) => `--${name}:${colours[scheme]}`)
    .join(";");

// Printed light, whatever the screen's colour scheme.
const STYLE = `
:root{color-scheme:light dark;${palette(0)};--font:"Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue","Open Sans",sans-serif}
@media screen and (prefers-color-scheme:dark){:root{${palette(1)}}}
*{box-sizing:border-box}html{background:var(--page);color:var(--text);font:14px/1.45 var(--font);font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
body{margin:0}main{display:grid;gap:12px;max-width:1120px;margin:0 auto;padding:20px 16px 48px;grid-template-columns:minmax(0,1fr)}
h1,h2{margin:0;line-height:1.2;font-weight:620;text-wrap:balance;overflow-wrap:anywhere}h1{font-size:22px;letter-spacing:-.012em}h2{font-size:16px;margin-bottom:10px}
p{margin:0;max-width:90ch;overflow-wrap:anywhere}section p+p{margin-top:6px}.soft{color:var(--muted)}header{display:grid;gap:4px}
section{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:14px 16px;min-width:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));margin:0;background:var(--surface);border:1px solid var(--line);border-radius:6px;overflow:hidden}
.figures>div{padding:10px 13px;box-shadow:0 0 0 .5px var(--line)}dt,.figures .note{font-size:12.5px;color:var(--muted)}dd{margin:0}.figures .value{font-size:22px;font-weight:620;line-height:1.2;letter-spacing:-.01em}
.alert{color:var(--warn);font-weight:600}
.wide{overflow-x:auto}section>.wide{margin:0 -16px}section>.wide:last-child{margin-bottom:-14px}.wide.plot{padding:0 16px}*+.wide.table{margin-top:10px;border-top:1px solid var(--line)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:7px 12px;overflow-wrap:anywhere}th:first-child,td:first-child{padding-left:16px;min-width:9em}th:last-child,td:last-child{padding-right:16px}
thead th{font-size:12.5px;font-weight:550;color:var(--muted);white-space:nowrap;border-bottom:1px solid var(--line)}tbody tr+tr>td{border-top:1px solid var(--line)}td.n,th.n{text-align:right;white-space:nowrap}
svg{display:block;width:100%;min-width:600px;height:auto;margin:4px 0}svg.short{min-width:0;height:22px;border-radius:3px}.grid{stroke:var(--line)}.tick,.mark{fill:var(--muted);font-size:11px;font-family:var(--font)}.band{fill:var(--accent);opacity:.18}
.line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}.point{fill:var(--accent)}.volume{fill:var(--line-strong);opacity:.55}.bar{fill:var(--accent);opacity:.75}.hover{fill:transparent}
.whisker{stroke:var(--text);fill:none;stroke-width:1.2}.change{stroke:var(--warn);stroke-dasharray:4 3;stroke-width:1.5}.mark{fill:var(--warn)}
.success{--of:var(--good)}.warm{--of:var(--warn)}.cold{--of:var(--info)}.neutral{--of:var(--line-strong)}.failure{--of:var(--bad)}.category{fill:var(--of);stroke:var(--surface)}.key{background:var(--of)}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}li{margin-bottom:4px}ul{margin:0;padding-left:20px}
@page{margin:14mm}@media print{html{background:none;font-size:10pt}main{padding:0;max-width:none}section,.figures>div,tr,svg{break-inside:avoid}section:has(tr:nth-child(25)){break-inside:auto}thead{display:table-header-group}h2{break-after:avoid}
.wide{overflow:visible}svg{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
