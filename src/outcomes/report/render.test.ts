import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { unmarkedCell } from "../../kernel/index.ts";
import { compareAll } from "../meaning/comparison.ts";
import { localTime } from "../meaning/local-time.ts";
import { DOCUMENTED_MAP } from "../meaning/outcome-map.ts";
import { buildReport, tally } from "./build.ts";
import { allRead } from "./coverage.ts";
import type { Facts } from "./facts.ts";
import { type Covers, type OutcomeReport, reportSchema } from "./model.ts";
import { renderCsv } from "./render-csv.ts";
import { COLOURS, renderHtml, ticks } from "./render-html.ts";
import { bar, cellWidth, renderText, sparkline, table } from "./render-text.ts";
import { contestsOf } from "./report.ts";
import type { ReportScope } from "./scope.ts";

const DAY = 86_400_000;
const from = Date.UTC(2026, 2, 2);

test("days that were not read have no counts: nothing that is not known is a 0", () => {
  const whole = reportOf("One");
  const asked = { campaigns: ["One"], from, to: from + 12 * DAY, map: DOCUMENTED_MAP, time: localTime("UTC") };
  const covers = { ...whole.covers, known: 0, days: whole.covers.days.map(({ day }) => ({ day, covered: "none" as const })) };
  const none = { times: [], values: [], days: [] };
  const unread = (days: Covers["days"]) => {
    const scope: ReportScope = { ...asked, coverage: { covers: { ...covers, days }, out: [] } };
    return buildReport(scope, tally(scope, none), { now: from + 20 * DAY });
  };
  const report = unread(covers.days);
  const json = reportSchema.parse(JSON.parse(JSON.stringify(report)));
  expect([json.calls, json.unmapped.calls, json.documented]).toEqual([
    null,
    null,
    { total_calls: null, conversion_rate_percent: null, category_distribution: null, performance_trend: null },
  ]);
  for (const { calls } of [...json.days, ...json.categories]) expect(calls).toBeNull();
  // Days that have not begun are not read either, nor is one whose read part has no calls known.
  expect(unread([]).days.map(({ calls }) => calls)).toEqual(json.days.map(() => null));
  const part = unread(covers.days.map(({ day }, i) => ({ day, covered: i === 0 ? "whole" : "part" })));
  expect(part.days.map(({ calls }) => calls)).toEqual([0, ...json.days.slice(1).map(() => null)]);
  expect(part.calls).toBe(0);
  expect(unread(covers.days.map(({ day }) => ({ day, covered: "part" }))).calls).toBeNull();
  const rows = [...renderCsv(report)].map((line) => line.split(","));
  const counted = rows.filter(([section]) => ["total", "category", "day"].includes(section ?? ""));
  expect(counted.length).toBeGreaterThan(12);
  for (const row of counted) expect(row.slice(3, 12).join("")).toBe("");
  const text = stripVTControlCharacters([...renderText(report, { width: 100, color: false })].join("\n"));
  expect(text).toMatch(/^success +– /m);
  expect(text).toMatch(/^Conversion +not known$/m);
  expect(renderHtml(report)).not.toMatch(/all codes are mapped|0 of 0|>0</);
});

/** Twelve days of calls in which every name from outside is `name`. */
function reportOf(name: string): OutcomeReport {
  const asked = { campaigns: [name], from, to: from + 12 * DAY, map: DOCUMENTED_MAP, time: localTime("UTC") };
  const scope: ReportScope = { ...asked, coverage: allRead(asked) };
  const codes = [name, "CONVERTED", "NO_ANSWER"];
  const times = Array.from({ length: 12 }, (_, day) =>
    codes.map((code, i) => ({
      at: from + day * DAY + 9 * 3_600_000,
      era: 0,
      code,
      calls: [10, day > 6 ? 50 : 15, 100][i] ?? 0,
      seconds: 900,
    })),
  ).flat();
  const values: Facts["values"] = (["campaign", "list", "agent"] as const).flatMap((dimension) =>
    [name, "other", null].flatMap((value) =>
      codes.map((code) => ({ dimension, value, era: 0, code, calls: 150, seconds: 9000 })),
    ),
  );
  const days = values.flatMap(({ dimension, value, code }) =>
    Array.from({ length: 12 }, (_, day) => ({
      dimension,
      value,
      day: new Date(from + day * DAY).toISOString().slice(0, 10),
      calls: 12,
      successes: code === "CONVERTED" ? 12 : 0,
    })),
  );
  const tallies = tally(scope, { times, values, days });
  const report = buildReport(scope, tallies, { now: from + 20 * DAY });
  const conversion = report.conversion;
  const counts = report.documented.category_distribution ?? { success: 0, warm: 0, cold: 0, neutral: 0, failure: 0 };
  const figure = { conversion, counts, reportedAt: report.generatedAt };
  const restated = { from: report.scope.from, to: report.scope.to, was: figure, now: figure, late: 37, changed: 2, withdrawn: 1 };
  return {
    ...report,
    comparisons: compareAll(contestsOf(tallies, "list")),
    restatements: [
      { ...restated, day: "2026-03-03" },
      { ...restated, day: null },
    ],
  };
}

const NASTY = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</title></style><svg onload=alert(1)>",
  "'-alert(1)-'",
  "&lt;b&gt;",
  "javascript:alert(1)",
  "\u001b]0;owned\u0007\u001b[2J",
  "\u202egpj.exe",
  '=HYPERLINK("http://x","y")',
  "@SUM(1)",
  "+1",
  "-1",
  'a "quoted", name\nin two lines',
  "漢字かな",
  "\ud800",
  "",
];
const names = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: "binary" }), fc.string());

const TAGS = new Set(
  "html head meta title style body main header h1 h2 p section dl dt dd div span table thead tbody tr th td ul li svg line text rect polygon polyline circle path".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(
  "lang charset name content http-equiv class viewBox role aria-label xmlns preserveAspectRatio x y x1 x2 y1 y2 width height points cx cy r d text-anchor".split(
    " ",
  ),
);

test("no name from outside becomes markup", () => {
  fc.assert(
    fc.property(names, (name) => {
      const html = renderHtml(reportOf(name));
      const markup = html.replace("<!doctype html>", "").replace(/<style>[^<]*<\/style>/, "");
      // Thousands of tags: what is not expected is gathered and judged once.
      const strange = new Set<string>();
      for (const [, inside = ""] of markup.matchAll(/<([^>]*)>/g)) {
        const [, tag = "", rest = ""] = /^\/?([a-z0-9]+)(.*)$/s.exec(inside) ?? [];
        if (!TAGS.has(tag)) strange.add(`<${tag}`);
        for (const [, attribute = ""] of rest.matchAll(/([A-Za-z0-9-]+)="[^"<>]*"/g))
          if (!ATTRIBUTES.has(attribute)) strange.add(`${attribute}=`);
        const left = rest.replaceAll(/ [A-Za-z0-9-]+="[^"<>]*"/g, "");
        if (left !== "") strange.add(left);
      }
      expect([...strange]).toEqual([]);
      // What is no tag holds no angle bracket and no quote.
      expect(markup.replaceAll(/<[^>]*>/g, "")).not.toMatch(/[<>"']/);
      expect(html.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
    { numRuns: 30 },
  );
});

test("the file loads nothing, runs nothing, and shows all that is asked of it", () => {
  const html = renderHtml(reportOf("camp_1"));
  expect(html).toContain("default-src &#39;none&#39;");
  expect(html).not.toMatch(/src=|href=|url\(|@import|<script/);
  for (const text of [
    "prefers-color-scheme:dark",
    "restated 2026-03-03",
    "37 calls arrived late, 2 changed, 1 left the period",
    "new level",
    "By agent",
    "Comparisons",
    "Restated figures",
  ])
    expect(html).toContain(text);
  expect(html.match(/<svg/g)?.length).toBeGreaterThan(4);
  expect(html).not.toContain("NaN");
  expect(html).not.toContain("undefined");
});

test("its colours are those of the dashboard, in both schemes", () => {
  const tokens = readFileSync(new URL("../../web/design/tokens.css", import.meta.url), "utf8");
  for (const [name, [light, dark]] of Object.entries(COLOURS))
    expect(tokens).toContain(`--${name}: light-dark(${light}, ${dark});`);
});

test("no line is wider than the terminal, whatever the names", () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 40, max: 160 }), (name, width) => {
      for (const line of renderText(reportOf(name), { width, color: false })) {
        expect(cellWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
    }),
    { numRuns: 25 },
  );
});

test("where the map knows next to no code, the headline says that, and neither a rate nor a word for it", () => {
  const report = { ...reportOf("camp_1"), unmapped: { calls: 1407, codes: [] } };
  const [, ...lines] = renderText(report, { width: 400, color: false });
  const above = lines.slice(
    0,
    lines.findIndex((line) => line.includes("21.19")),
  );
  expect(above.join("\n")).toContain("the map does not know the codes of 1,407 of 1,675 calls (84.0 %)");
  expect(renderText(reportOf("camp_1"), { width: 400, color: false }).join("\n")).not.toContain(
    "whether they converted is not known",
  );
});

test("colour is bold and dim around the same words, and none without it", () => {
  const report = reportOf("camp_1");
  const plain = renderText(report, { width: 100, color: false });
  const styled = renderText(report, { width: 100, color: true });
  expect(styled.join("\n")).toContain("\u001b[1m");
  expect(styled.map((line) => stripVTControlCharacters(line))).toEqual(plain);
});

test("the text says the figure with its parts, the real trend beside the documented word, and the restatement", () => {
  const text = renderText(reportOf("camp_1"), { width: 400, color: false }).join("\n");
  // Seven days with 15 and five with 50 conversions, and 110 other calls each day.
  expect(text).toMatch(/21\.19 % {2}355 of 1,675 calls on 12 days, 95 % interval over days \d+\.\d–\d+\.\d %/);
  expect(text).toMatch(/Trend +(rising|falling|none)/);
  expect(text).toContain("since 2026-03-09 on another level");
  expect(text).toContain("In one word  positive (positive is a conversion above 15 %");
  expect(text).toMatch(
    /restated 2026-03-03: was 21\.2 % \(355\/\d[\d,]*\) on 2026-03-22 00:00 UTC, now .*because 37 calls arrived late, 2 changed, 1 left the period/,
  );
  expect(text).toContain("codes that the map does not know: camp_1 120");
});

test("CSV is read back by a parser, and no cell is a formula", () => {
  fc.assert(
    fc.property(names, (name) => {
      const text = [...renderCsv(reportOf(name))].join("\n");
      const rows: string[][] = parse(text, { relax_column_count: false });
      expect(rows[0]).toHaveLength(13);
      for (const row of rows) for (const column of [0, 1, 2, 12]) expect(row[column]).not.toMatch(/^\s*[=+\-@]|^[\t\r]/);
      const listed = rows.filter(([section]) => section === "list").map(([, value]) => value);
      expect(listed.map((one = "") => unmarkedCell(one))).toContain(unmarkedCell(name.toWellFormed()));
    }),
    { numRuns: 30 },
  );
});

test("a narrow table gives up its less important columns, in order", () => {
  const columns = [
    { head: "Name", cells: ["aaaa"] },
    { head: "Second", cells: ["b"], rank: 2 },
    { head: "First", cells: ["c"], rank: 1, right: true },
  ];
  expect(table(columns, 100)).toEqual(["Name  Second  First", "aaaa  b           c"]);
  expect(table(columns, 15)).toEqual(["Name  First", "aaaa      c"]);
  expect(table(columns, 3)).toEqual(["Name", "aaaa"]);
});

test("small plots of characters", () => {
  expect(sparkline([0, 1, null, 0.5], 10)).toBe("▁█·▅");
  expect(sparkline([2, 2], 10)).toBe("▄▄");
  expect(
    sparkline(
      Array.from({ length: 100 }, (_, i) => i),
      4,
    ),
  ).toBe("▁▃▆█");
  expect(bar(0.5, 4)).toBe("██");
  expect(bar(2, 4)).toBe("████");
  expect(bar(0.03, 4)).toBe("▏");
});

test("axes end at or above what they show, in even steps", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 1, noNaN: true }), (most) => {
      const values = ticks(most);
      expect(values[0]).toBe(0);
      expect(values.at(-1)).toBeGreaterThanOrEqual(most * 0.9998);
      expect(values.length).toBeGreaterThan(2);
      expect(values.length).toBeLessThan(8);
    }),
  );
});
