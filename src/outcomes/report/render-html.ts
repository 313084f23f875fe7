// The report as one HTML file without script and without external resources; plots inline, for light and dark.

import { percent } from "../../kernel/index.ts";
import { POSITIVE_ABOVE_PERCENT } from "../meaning/conversion.ts";
import { STYLE } from "./html-style.ts";
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
      report.calls === 0 || unknownMeaning(report) !== undefined
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
      `${fraction(conversion)} calls on ${dayCount(conversion.days)}, ${intervalKind(conversion)} ${interval(conversion)}`,
    ),
    one("Calls", number(calls), `mean duration ${duration(averageSeconds)}`),
    one("Trend", trend.verdict.replaceAll("_", " "), `over ${dayCount(conversion.days)}`),
    one(
      "Codes without a meaning",
      number(unmapped.calls),
      unmapped.calls === 0 ? "all codes are mapped" : "calls, counted as neutral",
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
