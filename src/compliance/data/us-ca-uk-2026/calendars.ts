// The calendars of the pack: the days on which each state's rule forbids calls, and the days that are no business days.

import type { RulePack } from "../../pack/schema.ts";
import {
  allSaints,
  arbor,
  battleOfNewOrleans,
  christmas,
  columbus,
  confederateMemorial,
  datesOf,
  dayAfterThanksgiving,
  dayBefore,
  election,
  FEDERAL,
  flag,
  fromYear,
  goodFriday,
  type Holiday,
  hueyLong,
  inaugurationOfLouisiana,
  independence,
  inEvenYears,
  jeffersonDavis,
  juneteenth,
  juneteenthOfLouisiana,
  juneteenthOfUtah,
  labor,
  mardiGras,
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

type Source = NonNullable<RulePack["calendars"][string]["sources"]>[number];

/** A calendar of which each day has its source. */
function sourced(
  title: string,
  days: readonly (readonly [Holiday<number | undefined>, Source])[],
): RulePack["calendars"][string] {
  return { title, days: datesOf(...days.map(([day]) => day)), sources: days.map(([, source]) => source) };
}

/**
 * The days on which La. R.S. 45:811(3) forbids sales calls, by machine or by a person: those "declared to be a state holiday".
 * Every day that R.S. 1:55 names is in, whatever lists of the trade say the Commission enforces. Robert E. Lee Day and
 * Confederate Memorial Day are not: Acts 2022 (HB 248) struck them from the list.
 */
function louisiana(): RulePack["calendars"][string] {
  const lookedUp = "2026-11-25";
  const read = (day: Holiday<number | undefined>, name: string, note?: string): [typeof day, Source] => [
    day,
    { name, citation: "La. R.S. 1:55(A)(1)", confidence: "statute", lookedUp, ...(note === undefined ? {} : { note }) },
  ];
  const told = (day: Holiday<number | undefined>, name: string, citation: string, note: string): [typeof day, Source] => [
    day,
    { name, citation, confidence: "summary", lookedUp, note },
  ];
  const neighbour = "its text was not read; of the court clerks' holidays, read strictly";
  return sourced("Louisiana (La. R.S. 45:811(3), 1:55)", [
    read(newYear, "New Year's Day"),
    told(observed(newYear), "New Year's Day as kept", "La. R.S. 1:55(E)", neighbour),
    read(battleOfNewOrleans, "Battle of New Orleans"),
    read(
      inaugurationOfLouisiana,
      "Inauguration Day",
      "in the city of Baton Rouge, which no number tells apart: the whole state is closed",
    ),
    read(martinLutherKing, "Dr. Martin Luther King, Jr.'s Birthday"),
    read(washington, "Washington's Birthday and Presidents' Day"),
    read(mardiGras, "Mardi Gras"),
    read(goodFriday, "Good Friday"),
    read(memorial, "National Memorial Day"),
    told(
      juneteenth,
      "19 June",
      "proclamation of the governor",
      "the statute that was read names another day; proclaimed in some years",
    ),
    told(
      dayBefore(juneteenthOfLouisiana),
      "the Friday before Juneteenth Day",
      "Acts 2021, No. 128",
      "its text was not read; state offices close on it",
    ),
    [
      juneteenthOfLouisiana,
      { name: "Juneteenth Day, the third Saturday of June", citation: "La. R.S. 1:58.2(B)", confidence: "statute", lookedUp },
    ],
    read(independence, "Independence Day"),
    told(observed(independence), "Independence Day as kept", "La. R.S. 1:55(E)", neighbour),
    read(hueyLong, "Huey P. Long Day"),
    read(labor, "Labor Day"),
    read(columbus, "Christopher Columbus Day"),
    read(allSaints, "All Saints' Day"),
    told(inEvenYears(election), "general election day of even years", "La. R.S. 1:55(B)", "the subsection was read in a summary"),
    read(veterans, "Veterans' Day"),
    read(thanksgiving, "Thanksgiving Day"),
    told(
      dayAfterThanksgiving,
      "Acadian Day, the Friday after Thanksgiving",
      "La. R.S. 1:55(B)",
      "when the governor proclaims it; the subsection was read in a summary",
    ),
    read(christmas, "Christmas Day"),
    told(observed(christmas), "Christmas Day as kept", "La. R.S. 1:55(E)", neighbour),
  ]);
}

/** All calendars, written out. */
export function calendars(): RulePack["calendars"] {
  return {
    US: {
      title: "Federal holidays as kept, for business days (5 U.S.C. 6103)",
      // When New Year is a Saturday, its observed day is in December of the year before; it is in the list under its own year.
      days: datesOf(...FEDERAL.map(observed)),
    },
    "US-AL": { title: "Alabama", days: kept(...FEDERAL, confederateMemorial, jeffersonDavis) },
    "US-LA": louisiana(),
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
