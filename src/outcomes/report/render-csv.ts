// The report as CSV (RFC 4180), one row per figure, for spreadsheets.

import { csvLine } from "../../kernel/index.ts";
import type { Rate } from "../meaning/conversion.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
import { groupTables, trendWord } from "./render-text.ts";

const HEAD = [
  "section",
  "name",
  "measure",
  "calls",
  "numerator",
  "denominator",
  "rate",
  "low",
  "high",
  "confidence",
  "method",
  "days",
  "detail",
] as const;

/**
 * Lines of the file, with the header first. A text that a spreadsheet would run as a formula gets an apostrophe in front, as
 * OWASP advises, since codes, lists and names come from outside.
 */
export function* renderCsv(report: OutcomeReport): Generator<string> {
  yield HEAD.join(",");
  const { scope, definition } = report;
  const period = `${scope.from}/${scope.to} ${scope.zone} ${definition.id}`;
  const { covers } = report;
  const name = scope.campaigns?.join(" ") ?? "";
  yield row("total", name, "conversion", report.calls, report.conversion, period);
  yield row("read", "days", "whole", undefined, undefined, covers.words ?? `${covers.known} of ${covers.of} days`);
  for (const { day, covered } of covers.days) if (covered !== "whole") yield row("read", day, covered, undefined);
  for (const { category, calls, share } of report.categories) yield row("category", category, "share", calls, share);
  for (const { code, calls } of report.unmapped.codes) yield row("unmapped", code, "calls", calls);
  for (const { day, calls, conversion } of report.days) yield row("day", day, "conversion", calls, conversion);
  for (const { code, categories, calls, share } of report.by.code ?? [])
    yield row("code", code, "share", calls, share, categories.join(" "));
  for (const [name, groups] of groupTables(report)) yield* groupRows(name.toLowerCase(), groups);
  const { trend } = report;
  yield row(
    "trend",
    trendWord(trend),
    "slope per day",
    trend.days === 0 ? null : trend.calls,
    trend.slope && { ...trend.slope, rate: trend.slope.perDay, days: trend.days },
  );
  for (const { day, before, after, pValue } of trend.changes) {
    yield row("level before", day, "conversion", before.denominator, before);
    yield row("level since", day, "conversion", after.denominator, after, `p ${pValue}`);
  }
  for (const { first, second, difference, verdict } of report.comparisons) {
    for (const { name, conversion } of [first, second])
      yield row("compared", name, "conversion", conversion.denominator, conversion);
    const name = `${first.name} against ${second.name}`;
    yield row("comparison", name, "difference", undefined, difference && { ...difference, rate: difference.value }, verdict);
  }
  for (const { day, was, now, late, changed, withdrawn } of report.restatements) {
    yield row("restated from", day ?? "period", "conversion", was.conversion.denominator, was.conversion, was.reportedAt);
    yield row(
      "restated to",
      day ?? "period",
      "conversion",
      now.conversion.denominator,
      now.conversion,
      `${late} late, ${changed} changed, ${withdrawn} withdrawn`,
    );
  }
}

function* groupRows(section: string, groups: readonly ReportGroup[]): Generator<string> {
  for (const { value, calls, conversion } of groups)
    yield row(section, value ?? "", "conversion", calls, conversion, value === null ? "no value" : "");
}

type Figure = Partial<Pick<Rate, "numerator" | "denominator" | "method" | "days">> &
  Pick<Rate, "rate" | "low" | "high" | "confidence">;

/** @param calls null: not known, and so there is no figure either */
function row(
  section: string,
  name: string,
  measure: string,
  calls: number | null | undefined,
  figure?: Figure | null,
  detail = "",
): string {
  const { numerator, denominator, rate, low, high, confidence, method, days } = (calls === null ? null : figure) ?? {};
  const numbers = [calls ?? undefined, numerator, denominator, rate, low, high, confidence, method, days];
  return csvLine([section, name, measure, ...numbers, detail]);
}
