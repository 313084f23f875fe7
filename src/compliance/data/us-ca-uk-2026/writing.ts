// Short forms for writing the rules of the pack.

import type { CallType, WeekHours } from "../../pack/schema.ts";

/** The kinds of call that state sales-call rules bind; debt collection is not one of them. */
export const SALES: CallType[] = ["telemarketing", "prerecorded"];
/** Kinds of call for rules about prerecorded messages alone; the note says which words of the source leave live calls out. */
export const RECORDED: CallType[] = ["prerecorded"];
/** Kinds of call for rules about debt collection. */
export const COLLECTION: CallType[] = ["collection"];
/** Kinds of call for rules that hold for all of them. */
export const EVERY: CallType[] = ["telemarketing", "prerecorded", "collection"];

/** Date of the last reading for the rules that name it. */
export const READ = "2026-11-22";
/** Date on which the texts of statutes were read for the calendars and for what binds live and recorded calls. */
export const READ_TEXT = "2026-11-26";
/** Date on which the texts of the federal rules and of Canada's act were read, and some summaries again. */
export const READ_FEDERAL = "2026-11-27";
/** Date on which the Canadian commission's own pages were read. */
export const READ_COMMISSION = "2026-11-28";

/** Begins the note of a number that a lawyer or a live source should confirm before it is relied on. */
export const TO_CONFIRM = "To confirm: ";

type Window = WeekHours["mon"][number];
/** Calling hours of a day as two times of the called person's clock, or none. */
export type Hours = Window | "closed";

/** A week of calling hours. */
export function week(weekdays: Hours, saturday: Hours = weekdays, sunday: Hours = saturday): WeekHours {
  const windows = (hours: Hours): Window[] => (hours === "closed" ? [] : [hours]);
  const [day, sat, sun] = [windows(weekdays), windows(saturday), windows(sunday)];
  return { sun, mon: day, tue: day, wed: day, thu: day, fri: day, sat };
}
