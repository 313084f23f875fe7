// The report as one HTML file: no script, nothing loaded from anywhere, plots inline, light and dark.

import { percent } from "../../kernel/index.ts";
import { POSITIVE_ABOVE_PERCENT } from "../meaning/conversion.ts";
import { element, join, type Markup } from "./markup.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
import { categoriesPlot, daysPlot, groupsPlot } from "./plots.ts";
import { groupTables, level } from "./render-text.ts";
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
  hasCallsOnly,
  interval,
  intervalKind,
  minute,
  number,
  restatementSentences,
  trendSentence,
  unknownMeaning,
  visible,
} from "./words.ts";

/** Rows of a table in the file, and bars of a plot. */
const MOST_ROWS = 100;
const MOST_BARS = 24;

const STYLE = `
:root{color-scheme:light dark;--ink:#1d2327;--soft:#5b6670;--page:#fbfbfa;--card:#fff;--rule:#dfe3e6;--accent:#1f6feb;--band:#1f6feb2e;--bar:#6aa0ee;--quiet:#c9d2da;--alert:#9a4b00;
--success:#1a7f4b;--warm:#d79a2b;--cold:#5b8fc7;--neutral:#a9b3bb;--failure:#c0453c}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa6b1;--page:#14181b;--card:#1b2024;--rule:#313940;--accent:#79aef8;--band:#79aef838;--bar:#4d7fc9;--quiet:#3b454d;--alert:#e5a75c;
--success:#3fae75;--warm:#d2a24a;--cold:#6c9bd1;--neutral:#6b757d;--failure:#d5675f}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:860px;margin:0 auto;padding:28px 20px 60px}h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:0 0 10px}
p{margin:0 0 6px}.soft{color:var(--soft)}section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:18px 20px;margin-top:18px;overflow-x:auto}
.big{font-size:40px;font-weight:650;line-height:1.15;font-variant-numeric:tabular-nums}.alert{color:var(--alert);font-weight:600;margin:8px 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
th{font-weight:600;color:var(--soft);white-space:nowrap}td.n,th.n{text-align:right;white-space:nowrap}tr:last-child td{border-bottom:0}
svg{display:block;width:100%;height:auto;margin:4px 0 10px}.grid{stroke:var(--rule)}.tick,.note{fill:var(--soft);font-size:11px}.band{fill:var(--band)}
.line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}.point{fill:var(--accent)}.volume{fill:var(--quiet)}.bar{fill:var(--bar)}.hover{fill:transparent}
.whisker{stroke:var(--ink);fill:none;stroke-width:1.2}.change{stroke:var(--alert);stroke-dasharray:4 3;stroke-width:1.5}.note{fill:var(--alert)}
.category.success,.key.success{fill:var(--success);background:var(--success)}.category.warm,.key.warm{fill:var(--warm);background:var(--warm)}.category.cold,.key.cold{fill:var(--cold);background:var(--cold)}
.category.neutral,.key.neutral{fill:var(--neutral);background:var(--neutral)}.category.failure,.key.failure{fill:var(--failure);background:var(--failure)}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:7px}li{margin-bottom:4px}ul{margin:0;padding-left:20px}
@media print{body{background:#fff}section{break-inside:avoid}}
`;

/** Text of the file. Every name from outside is text in it and never markup. */
export function renderHtml(report: OutcomeReport): string {
  const { conversion, documented, restatements } = report;
  const title = `Outcomes of ${campaigns(report)}`;
  const body = element(
    "main",
    {},
    element("h1", {}, title),
    element(
      "p",
      { class: "soft" },
      `${minute(report.scope.from)} to ${minute(report.scope.to)} UTC; days and hours in ${report.scope.zone}${report.scope.profile === undefined ? "" : `; profile ${report.scope.profile}`}. Made ${minute(report.generatedAt)} UTC.`,
    ),
    element("p", { class: "soft" }, `${definition(report)}.`),
    section(
      "Conversion",
      element("div", { class: "big" }, percent(conversion.rate, 2)),
      element(
        "p",
        {},
        `${fraction(conversion)} calls on ${dayCount(conversion.days)}, ${intervalKind(conversion)} ${interval(conversion)}. Mean duration ${duration(report.averageSeconds)}.`,
      ),
      ...restatementSentences(report).map((sentence) => element("p", { class: "alert" }, sentence)),
      report.days.length > 1 ? daysPlot(report) : undefined,
      element("p", {}, `Trend: ${trendSentence(report)}.`),
      ...changeSentences(report).map((sentence) => element("p", {}, `${sentence}.`)),
      report.calls === 0 || unknownMeaning(report) !== undefined
        ? undefined
        : element(
            "p",
            { class: "soft" },
            `In one word, as documented: ${documented.performance_trend} (positive is a conversion above ${POSITIVE_ABOVE_PERCENT} %, whatever the trend).`,
          ),
    ),
    section("Categories", categoriesPlot(report), categoryTable(report), unmapped(report)),
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
    // Nothing may run or load, whatever the names in the report try.
    element("meta", { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" }),
    element("title", {}, title),
    { html: `<style>${STYLE}</style>` },
  );
  return `<!doctype html>\n${element("html", { lang: "en" }, head, element("body", {}, body)).html}\n`;
}

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
  return element(
    "table",
    {},
    element("thead", {}, cells("th", head)),
    element("tbody", {}, ...rows.map((row) => cells("td", row))),
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
  if (unmapped.calls === 0) return undefined;
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
    groups.length > 1 ? groupsPlot(`Conversion by ${name.toLowerCase()}, with ${head}`, groups.slice(0, MOST_BARS)) : undefined,
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
      rows.map(({ value, calls, counts, conversion, averageSeconds }) => [
        text(groupName(value)),
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
