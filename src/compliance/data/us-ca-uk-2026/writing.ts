// Short forms for writing the rules of the pack.

import type { CallType, RuleOf, WeekHours } from "../../pack/schema.ts";

/** The kinds of call that state sales-call rules bind; debt collection is not one of them. */
export const SALES: CallType[] = ["telemarketing", "prerecorded"];
/** Kinds of call for rules about prerecorded messages alone; the note says which words of the source leave live calls out. */
export const RECORDED: CallType[] = ["prerecorded"];
/** Kinds of call for rules about debt collection. */
export const COLLECTION: CallType[] = ["collection"];
/** Kinds of call for rules that hold for all of them. */
export const EVERY: CallType[] = ["telemarketing", "prerecorded", "collection"];

/** Default date of the last reading of a rule's source; the note of a rule says what was not found. */
export const READ_EARLIER = "2026-07-01";
/** Date of the last reading for the rules that name it. */
export const READ = "2026-11-22";
/** Date on which the texts of statutes were read for the calendars and for what binds live and recorded calls. */
export const READ_TEXT = "2026-11-26";

/** Begins the note of a number that a lawyer or a live source should confirm before it is relied on. */
export const TO_CONFIRM = "To confirm: ";

type Window = WeekHours["mon"][number];
/** Calling hours of a day as two times of the called person's clock, or none. */
export type Hours = Window | "closed";

/** The hours of a day on which a state adds nothing to the federal hours. */
export const ANY_TIME: Hours = ["00:00", "24:00"];

/** A week of calling hours. */
export function week(weekdays: Hours, saturday: Hours = weekdays, sunday: Hours = saturday): WeekHours {
  const windows = (hours: Hours): Window[] => (hours === "closed" ? [] : [hours]);
  const [day, sat, sun] = [windows(weekdays), windows(saturday), windows(sunday)];
  return { sun, mon: day, tue: day, wed: day, thu: day, fri: day, sat };
}

/** The fields that all rules made from one source share. */
export type Source = Pick<RuleOf<"calling-hours">, "citation" | "confidence"> &
  Partial<Pick<RuleOf<"calling-hours">, "note" | "effective" | "ends" | "exempt" | "lookedUp">>;

/**
 * The calling hours of a state, such as `stateHours("US-FL", SALES, week(...), {...})`; `part` tells two rules of one state
 * apart.
 */
export function stateHours(
  jurisdiction: string,
  binds: CallType[],
  hours: WeekHours,
  source: Source,
  part = "hours",
): RuleOf<"calling-hours"> {
  return {
    kind: "calling-hours",
    id: `${jurisdiction.toLowerCase()}-${part}`,
    jurisdiction,
    binds,
    week: hours,
    violation: "HOURS_STATE",
    closedDayViolation: "DAY_CLOSED",
    ...source,
  };
}

/** Hours of recorded sales calls beside a state's hours for all sales calls: both bind. */
export function recordedHours(jurisdiction: string, hours: WeekHours, source: Source): RuleOf<"calling-hours"> {
  const rule = stateHours(jurisdiction, RECORDED, hours, source, "recorded-hours");
  return { ...rule, violation: "HOURS_RECORDED", closedDayViolation: "HOURS_RECORDED" };
}

/** The rule that bans recorded sales calls. */
export function recordedBan(jurisdiction: string, source: Source): RuleOf<"calling-hours"> {
  return {
    ...stateHours(jurisdiction, RECORDED, week("closed"), source, "recorded"),
    violation: "RECORDED_BANNED",
    closedDayViolation: "RECORDED_BANNED",
  };
}

/** The rule that forbids sales calls on a state's holidays. */
export function stateHolidays(jurisdiction: string, binds: CallType[], source: Source): RuleOf<"closed-days"> {
  return {
    kind: "closed-days",
    id: `${jurisdiction.toLowerCase()}-holidays`,
    jurisdiction,
    binds,
    calendar: jurisdiction,
    violation: "HOLIDAY",
    ...source,
  };
}

/** The rule that requires consent for sales calls. */
export function stateConsent(jurisdiction: string, level: "express" | "written", source: Source): RuleOf<"consent-required"> {
  return {
    kind: "consent-required",
    id: `${jurisdiction.toLowerCase()}-consent`,
    jurisdiction,
    binds: SALES,
    level,
    violation: "CONSENT_REQUIRED",
    reassignedViolation: "CONSENT_REASSIGNED",
    ...source,
  };
}

/**
 * The cap of `max` collection calls about one debt in seven days, counted as 168 elapsed hours: counting by dates or calendar
 * weeks never allows more.
 */
export function collectionCap(jurisdiction: string, max: number, source: Source): RuleOf<"attempt-cap"> {
  return {
    kind: "attempt-cap",
    id: `${jurisdiction.toLowerCase()}-collection-calls`,
    jurisdiction,
    binds: COLLECTION,
    max,
    period: { hours: 168 },
    scope: "subject",
    violation: "COLLECTION_7D",
    ...source,
  };
}

/** The cap of three calls in 24 hours. */
export function threeInADay(jurisdiction: string, scope: "subject" | "all", source: Source): RuleOf<"attempt-cap"> {
  return {
    kind: "attempt-cap",
    id: `${jurisdiction.toLowerCase()}-cap`,
    jurisdiction,
    binds: SALES,
    max: 3,
    period: { hours: 24 },
    scope,
    violation: "FREQ_24H",
    ...source,
  };
}
