// Figures and names as text, the same in every rendering.

import { percent } from "../../kernel/index.ts";
import type { Rate } from "../meaning/conversion.ts";
import type { Covers, OutcomeReport } from "./model.ts";

/** 1,234,567 */
export function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
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
  if (denominator === 0 || unmapped.calls < MOSTLY_UNKNOWN * denominator) return undefined;
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

/** Name of a group: its value, or that it has none. */
export function groupName(value: string | null): string {
  return value === null ? "(none)" : visible(value);
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

/** The real trend in one sentence. */
export function trendSentence({ trend }: OutcomeReport): string {
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
