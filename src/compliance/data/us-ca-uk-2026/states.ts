// The rules of states and cities, from the table of their laws.

import type { CallType, Rule, WeekHours } from "../../pack/schema.ts";
import { STATE_LAWS } from "./state-laws.ts";
import { COLLECTION, type Hours, RECORDED, SALES, week } from "./writing.ts";

/** The rules of all states, by place. Throws for a line that says what no rule can say. */
export function stateRules(): Rule[] {
  return STATE_LAWS.trim().split("\n").map(ruleOf);
}

function ruleOf(line: string): Rule {
  const [jurisdiction = "", what = "", written = "", citation = "", note] = line.split(" | ");
  const [about = "", ...says] = what.split(" ");
  const [read = "", ...more] = written.split("; ");
  const marks = new Map(more.map((mark) => [mark.slice(0, mark.indexOf(" ")), mark.slice(mark.indexOf(" ") + 1)]));
  const wrong = [...marks.keys()].find((mark) => !["from", "ends", "except", "lines", "binds", "id"].includes(mark));
  if (wrong !== undefined) throw new Error(`no mark is called "${wrong}" (${jurisdiction} ${what})`);
  const list = (mark: string) => marks.get(mark)?.split(",");
  const [confidence, lookedUp] = read.split(" ") as [Rule["confidence"], string?];
  const text = { note, effective: marks.get("from"), ends: marks.get("ends"), exempt: list("except"), lines: list("lines") };
  const rule = (part: string, binds: CallType[]) => ({
    id: marks.get("id") ?? `${jurisdiction.toLowerCase()}-${part}`,
    jurisdiction,
    binds: (list("binds") as CallType[] | undefined) ?? binds,
    citation,
    confidence,
    ...(lookedUp !== undefined && { lookedUp }),
    ...(Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined)) as { note?: string }),
  });
  const [first = "", second = "", whatever] = says;
  const scope = whatever === "all" ? "all" : "subject";
  const counted = (hours: number) => ({ max: Number(first), period: { hours }, scope }) as const;
  switch (about) {
    case "hours":
      return {
        kind: "calling-hours",
        ...rule("hours", SALES),
        ...hoursOf(jurisdiction, says),
        violation: "HOURS_STATE",
        closedDayViolation: "DAY_CLOSED",
      };
    case "recorded": {
      const ban = first === "ban";
      const violation = ban ? "RECORDED_BANNED" : "HOURS_RECORDED";
      const hours = ban ? { week: week("closed") } : hoursOf(jurisdiction, says);
      const id = ban ? "recorded" : "recorded-hours";
      return { kind: "calling-hours", ...rule(id, RECORDED), ...hours, violation, closedDayViolation: violation };
    }
    case "holidays":
      return { kind: "closed-days", ...rule(about, SALES), calendar: jurisdiction, violation: "HOLIDAY" };
    case "emergency":
      return { kind: "emergency-ban", ...rule(about, SALES), violation: "EMERGENCY" };
    case "cap":
      return { kind: "attempt-cap", ...rule(about, SALES), ...counted(Number(second)), violation: `FREQ_${second}H` };
    // Seven days are 168 elapsed hours: counting by dates or calendar weeks never allows more.
    case "collection":
      return { kind: "attempt-cap", ...rule("collection-calls", COLLECTION), ...counted(168), violation: "COLLECTION_7D" };
    case "consent":
      return {
        kind: "consent-required",
        ...rule(about, SALES),
        level: first === "express" ? "express" : "written",
        ...(second !== "" && { months: Number(second) }),
        violation: "CONSENT_REQUIRED",
        reassignedViolation: "CONSENT_REASSIGNED",
      };
    case "list": {
      const violations = { violation: "DNC_STATE", staleViolation: "DNC_STATE_STALE" };
      return { kind: "do-not-call-list", ...rule(about, SALES), maxAgeDays: Number(first), ...violations };
    }
    case "registry":
      return { kind: "national-registry", ...rule(about, SALES), violation: "DNC_NATIONAL" };
    case "registry-age":
      return { kind: "registry-age", ...rule(about, SALES), maxAgeDays: Number(first), violation: "DNC_STALE" };
    case "relationship":
      return { kind: "relationship", ...rule(about, SALES), months: { transaction: Number(first), inquiry: Number(second) } };
    case "reassigned":
      return { kind: "reassigned-query", ...rule(about, SALES), maxAgeDays: Number(first), violation: "REASSIGNED_NOT_ASKED" };
    default:
      throw new Error(`no rule says "${what}" (${jurisdiction})`);
  }
}

/** `09:00-18:00 sat 10:00-17:00 sun closed holidays 13:00-21:00`; a day that is not named has the hours of the one before it. */
function hoursOf(calendar: string, [weekdays = "", ...more]: string[]): { week: WeekHours } {
  const named = (day: string) => (more.includes(day) ? hours(more[more.indexOf(day) + 1] ?? "") : undefined);
  const hours = (text: string): Hours =>
    text === "closed" ? text : ((text === "any" ? "00:00-24:00" : text).split("-") as [string, string]);
  const holidays = named("holidays");
  const closed = holidays === undefined || holidays === "closed" ? {} : { onHolidays: { calendar, windows: [holidays] } };
  return { week: week(hours(weekdays), named("sat"), named("sun")), ...closed };
}
