// The calendars of the pack: the days on which each state's rule forbids calls, and the days that are no business days.

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
  fromYear,
  goodFriday,
  type Holiday,
  independence,
  inEvenYears,
  jeffersonDavis,
  juneteenth,
  juneteenthOfUtah,
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

/** The holiday itself and the day on which it is observed: a rule that closes "legal holidays" is read as closing both. */
const kept = (...holidays: readonly Holiday<number | undefined>[]) =>
  datesOf(...holidays, ...holidays.map((one) => observed(one)));

/** All calendars, written out. */
export function calendars(): RulePack["calendars"] {
  return {
    US: {
      title: "Federal holidays as kept, for business days (5 U.S.C. 6103)",
      // When New Year is a Saturday, its observed day is in December of the year before; it is in the list under its own year.
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
      // Election day is a holiday where state officers are elected, which is in even years (R.I. Gen. Laws 25-1-1).
      days: kept(...FEDERAL, rhodeIslandIndependence, victory, inEvenYears(election)),
    },
    "US-UT": {
      title: "Utah (Utah Code 63G-1-301)",
      days: datesOf(
        ...[...FEDERAL.filter((holiday) => holiday !== juneteenth), pioneer].flatMap((one) => [one, observed(one)]),
        juneteenthOfUtah,
        fromYear(2027, goodFriday),
      ),
    },
  };
}
