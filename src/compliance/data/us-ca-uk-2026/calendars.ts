// The calendars of the pack: which days each state's rule closes, and which days do not count as business days.

import type { RulePack } from "../../pack/schema.ts";
import {
  arbor,
  christmas,
  columbus,
  confederateMemorial,
  datesOf,
  dayAfterThanksgiving,
  election,
  FEDERAL,
  flag,
  goodFriday,
  type Holiday,
  independence,
  jeffersonDavis,
  labor,
  martinLutherKing,
  memorial,
  newYear,
  observed,
  patriots,
  pioneer,
  rhodeIslandIndependence,
  thanksgiving,
  veterans,
  victory,
  washington,
} from "./holidays.ts";

/** Both the day itself and the day on which it is kept: a rule that closes "legal holidays" is read as closing both. */
const kept = (...holidays: readonly Holiday[]) => datesOf(...holidays, ...holidays.map(observed));

/** All calendars, written out. */
export function calendars(): RulePack["calendars"] {
  return {
    US: {
      title: "Federal holidays as kept, for business days (5 U.S.C. 6103)",
      // New Year of the year after falls into December when it is a Saturday; it is in the list of its own year.
      days: datesOf(...FEDERAL.map(observed)),
    },
    "US-AL": { title: "Alabama", days: kept(...FEDERAL, confederateMemorial, jeffersonDavis) },
    "US-LA": {
      title: "Louisiana: the days the Public Service Commission is known to enforce",
      days: datesOf(newYear, martinLutherKing, independence, thanksgiving, christmas),
    },
    "US-ME": { title: "Maine", days: kept(...FEDERAL, patriots, dayAfterThanksgiving) },
    "US-NE": { title: "Nebraska", days: kept(...FEDERAL, arbor, dayAfterThanksgiving) },
    "US-PA": {
      title: "Pennsylvania: the thirteen days named in the summary of 2019",
      days: datesOf(
        newYear,
        martinLutherKing,
        washington,
        goodFriday,
        memorial,
        flag,
        independence,
        labor,
        columbus,
        election,
        veterans,
        thanksgiving,
        christmas,
      ),
    },
    "US-RI": {
      title: "Rhode Island: state and federal holidays",
      days: kept(...FEDERAL, rhodeIslandIndependence, victory, election),
    },
    "US-UT": { title: "Utah", days: kept(...FEDERAL, pioneer) },
  };
}
