// The calendars of the pack: the days on which each state's rule forbids calls, and the days that are no business days. Every day
// that a statute names is in, whatever lists of the trade say; each says what names it, whether that was read, and when.

import type { RulePack } from "../../pack/schema.ts";
import * as day from "./holidays.ts";
import { FEDERAL, type Holiday, moved, type Sometimes } from "./holidays.ts";
import { READ_TEXT } from "./writing.ts";

type Calendar = RulePack["calendars"][string];
type Source = NonNullable<Calendar["sources"]>[number];
type Named = readonly [holiday: Sometimes, name: string, note?: string];
type Entry = readonly [Sometimes, Source];

/** Days that one source names; `note` is for all that have none of their own. */
const named =
  (citation: string, confidence: Source["confidence"], note?: string, lookedUp = READ_TEXT) =>
  (...days: readonly Named[]): Entry[] =>
    days.map(([holiday, name, own = note]) => [
      holiday,
      { name, citation, confidence, lookedUp, ...(own === undefined ? {} : { note: own }) },
    ]);

function calendar(title: string, ...entries: readonly (readonly Entry[])[]): Calendar {
  const all = entries.flat();
  return { title, days: day.datesOf(...all.map(([holiday]) => holiday)), sources: all.map(([, source]) => source) };
}

const FRIDAY_OR_MONDAY = { saturday: -1, sunday: 1 } as const;
const MONDAY = { saturday: 2, sunday: 1 } as const;
const SUNDAYS_MONDAY = { sunday: 1 } as const;

/** The same holidays on the days on which they are kept when they fall on a weekend. */
const kept = (to: Parameters<typeof moved>[1], ...days: readonly Named[]): Named[] =>
  days.map(([holiday, name]) => [moved(holiday, to), `${name} as kept`]);

const federal = named("5 U.S.C. 6103(a)", "statute", "read on the pages of federal courts");
const federalKept = named("5 U.S.C. 6103(b)", "statute", "read on the pages of federal courts");
const without = (...left: readonly Holiday[]) => FEDERAL.filter(([holiday]) => !left.includes(holiday));

function alabama(): Calendar {
  const days: Named[] = [
    ...without(day.juneteenth),
    [day.confederateMemorial, "Confederate Memorial Day"],
    [day.jeffersonDavis, "Jefferson Davis' birthday"],
  ];
  return calendar(
    "Alabama (Ala. Admin. Code r. 770-X-5-.17(1)(b); Ala. Code 1-3-8)",
    named("Ala. Code 1-3-8(a)-(b)", "statute")(...days, ...kept(FRIDAY_OR_MONDAY, ...days)),
    named(
      "Ala. Code 1-3-8",
      "summary",
      "in the copy that was read it is missing; summaries of 2025 have it, and it is federal",
    )([day.juneteenth, "Juneteenth"], ...kept(FRIDAY_OR_MONDAY, [day.juneteenth, "Juneteenth"])),
    named(
      "proclamation of the governor",
      "summary",
      "in the state's calendar of 2023; proclaimed each year",
    )([day.dayAfterThanksgiving, "the Friday after Thanksgiving"]),
  );
}

/** R.S. 45:811(3) forbids sales calls, by machine or by a person, on days "declared to be a state holiday". */
function louisiana(): Calendar {
  const on = "2026-11-25";
  const neighbour = named(
    "La. R.S. 1:55(E)",
    "summary",
    "its text was not read; of the court clerks' holidays, read strictly",
    on,
  );
  return calendar(
    "Louisiana (La. R.S. 45:811(3), 1:55)",
    named("La. R.S. 1:55(A)(1)", "statute", undefined, on)(
      [day.newYear, "New Year's Day"],
      [day.battleOfNewOrleans, "Battle of New Orleans"],
      [
        day.inaugurationOfLouisiana,
        "Inauguration Day",
        "in the city of Baton Rouge, which no number tells apart: the whole state is closed",
      ],
      [day.martinLutherKing, "Dr. Martin Luther King, Jr.'s Birthday"],
      [day.washington, "Washington's Birthday and Presidents' Day"],
      [day.mardiGras, "Mardi Gras"],
      [day.goodFriday, "Good Friday"],
      [day.memorial, "National Memorial Day"],
      [day.independence, "Independence Day"],
      [day.hueyLong, "Huey P. Long Day"],
      [day.labor, "Labor Day"],
      [day.columbus, "Christopher Columbus Day"],
      [day.allSaints, "All Saints' Day"],
      [day.veterans, "Veterans' Day"],
      [day.thanksgiving, "Thanksgiving Day"],
      [day.christmas, "Christmas Day"],
    ),
    named(
      "La. R.S. 1:58.2(B)",
      "statute",
      undefined,
      on,
    )([day.juneteenthOfLouisiana, "Juneteenth Day, the third Saturday of June"]),
    neighbour(
      ...kept(
        FRIDAY_OR_MONDAY,
        [day.newYear, "New Year's Day"],
        [day.independence, "Independence Day"],
        [day.christmas, "Christmas Day"],
      ),
    ),
    named(
      "Acts 2021, No. 128",
      "summary",
      "its text was not read; state offices close on it",
      on,
    )([day.dayBefore(day.juneteenthOfLouisiana), "the Friday before Juneteenth Day"]),
    named(
      "La. R.S. 1:55(B)",
      "summary",
      "the subsection was read in a summary",
      on,
    )(
      [day.inEvenYears(day.election), "general election day of even years"],
      [
        day.dayAfterThanksgiving,
        "Acadian Day, the Friday after Thanksgiving",
        "when the governor proclaims it; the subsection was read in a summary",
      ],
    ),
    named(
      "proclamation of the governor",
      "summary",
      undefined,
      on,
    )([day.juneteenth, "19 June", "the statute that was read names another day; proclaimed in some years"]),
  );
}

function maine(): Calendar {
  const days: Named[] = [...FEDERAL, [day.patriots, "Patriot's Day"]];
  const tables = "10 M.R.S. 1498(3) names weekdays and no holidays; tables close them, read strictly";
  return calendar(
    "Maine (4 M.R.S. 1051)",
    named("4 M.R.S. 1051 as enacted by P.L. 2021, c. 140", "statute", tables)(...days, ...kept(SUNDAYS_MONDAY, ...days)),
    federalKept(...kept({ saturday: -1 }, ...FEDERAL)),
    named("no statute", "unconfirmed", "state offices close on it")([day.dayAfterThanksgiving, "the Friday after Thanksgiving"]),
  );
}

/** The regulation says "statutory holiday"; Boxing Day and Easter Monday are none by the Employment Standards Act. */
function britishColumbia(): Calendar {
  const note = "the act's text was not read: lists of 2023 by law firms and an employers' association";
  return calendar(
    "British Columbia (B.C. Reg. 83/2005)",
    named("Employment Standards Act (R.S.B.C. 1996, c. 113) s. 1", "summary", note)(
      ...([
        [day.newYear, "New Year's Day"],
        [day.washington, "Family Day"],
        [day.goodFriday, "Good Friday"],
      ] as const),
      ...([
        [day.victoria, "Victoria Day"],
        [day.canada, "Canada Day"],
        [day.britishColumbia, "B.C. Day"],
      ] as const),
      ...([
        [day.labor, "Labour Day"],
        [day.truthAndReconciliation, "Truth and Reconciliation"],
      ] as const),
      ...([
        [day.columbus, "Thanksgiving Day"],
        [day.veterans, "Remembrance Day"],
        [day.christmas, "Christmas Day"],
      ] as const),
    ),
  );
}

function nebraska(): Calendar {
  const days: Named[] = [...FEDERAL, [day.arbor, "Arbor Day"], [day.dayAfterThanksgiving, "the day after Thanksgiving"]];
  return calendar("Nebraska", named("Neb. Rev. Stat. 62-301(1)", "statute")(...days, ...kept(FRIDAY_OR_MONDAY, ...days)));
}

function pennsylvania(): Calendar {
  const bank: Named[] = [
    [day.newYear, "New Year's Day"],
    [day.independence, "Independence Day"],
    [day.christmas, "Christmas Day"],
  ];
  const strictly = 'whether "legal holiday" takes in what federal law alone names was not read; read strictly';
  return calendar(
    "Pennsylvania (73 P.S. 2245(a)(10), 44 P.S. 11)",
    named("44 P.S. 11", "summary", "the section was read in summaries that name its days")(
      ...bank,
      [day.flag, "Flag Day"],
      [day.veterans, "Veterans' Day"],
      [day.martinLutherKing, "Dr. Martin Luther King, Jr. Day"],
      [day.washington, "Presidents' Day"],
      [day.goodFriday, "Good Friday"],
      [day.memorial, "Memorial Day"],
      [day.labor, "Labor Day"],
      [day.columbus, "Columbus Day"],
      [day.election, "Election Day"],
      [day.thanksgiving, "Thanksgiving Day"],
    ),
    named("7 P.S. 113(a)(viii)", "statute", "holidays of banks, read strictly")(...kept(SUNDAYS_MONDAY, ...bank)),
    named("5 U.S.C. 6103", "statute", strictly)([day.juneteenth, "Juneteenth"], ...kept(FRIDAY_OR_MONDAY, ...FEDERAL)),
  );
}

function rhodeIsland(): Calendar {
  const four: Named[] = [
    [day.newYear, "New Year's Day"],
    [day.independence, "Independence Day"],
    [day.veterans, "Veterans' Day"],
    [day.christmas, "Christmas Day"],
  ];
  return calendar(
    "Rhode Island: state and federal holidays (R.I. Gen. Laws 5-61-2(2), 25-1-1)",
    named("R.I. Gen. Laws 25-1-1", "statute")(
      ...four,
      ...kept(MONDAY, ...four),
      [day.martinLutherKing, "Dr. Martin Luther King, Jr.'s Birthday"],
      [day.washington, "Washington's Birthday"],
      [day.rhodeIslandIndependence, "Rhode Island Independence Day"],
      ...kept(SUNDAYS_MONDAY, [day.rhodeIslandIndependence, "Rhode Island Independence Day"]),
      [day.memorial, "Memorial Day"],
      [day.victory, "Victory Day"],
      [day.labor, "Labor Day"],
      [day.columbus, "Columbus Day"],
      [day.inEvenYears(day.election), "election day", "where state officers are elected, which is in even years"],
      [day.thanksgiving, "Thanksgiving Day", "a day of thanksgiving that is appointed"],
    ),
    federal([day.juneteenth, "Juneteenth", "federal; whether the state's section has it now was not read"]),
    federalKept(...kept(FRIDAY_OR_MONDAY, ...FEDERAL)),
  );
}

function utah(): Calendar {
  const fixed: Named[] = [
    [day.newYear, "New Year's Day"],
    [day.independence, "Independence Day"],
    [day.pioneer, "Pioneer Day"],
    [day.veterans, "Veterans Day"],
    [day.christmas, "Christmas"],
  ];
  return calendar(
    "Utah (Utah Code 63G-1-301)",
    named("Utah Code 63G-1-301(1)(a)", "statute")(...fixed),
    named("Utah Code 63G-1-301(2)(a)-(b)", "statute")(...kept(FRIDAY_OR_MONDAY, ...fixed)),
    named("Utah Code 63G-1-301(1)(b)", "statute")(
      [day.martinLutherKing, "Dr. Martin Luther King, Jr. Day"],
      [day.washington, "Presidents' Day"],
      [
        day.fromYear(2027, day.goodFriday),
        "Good Friday",
        "in force since 2026-05-06, subject to a subsection (6) that was not read",
      ],
      [day.memorial, "Memorial Day"],
      [day.labor, "Labor Day"],
      [day.columbus, "Columbus Day"],
      [day.thanksgiving, "Thanksgiving Day"],
    ),
    named("Utah Code 63G-1-301(2)(c)-(d)", "statute")([day.juneteenthOfUtah, "Juneteenth National Freedom Day"]),
    named(
      "HB 104 of 2026",
      "unconfirmed",
      "the bill was read as introduced; the section that was read ends on 2026-12-31",
    )([day.fromYear(2027, day.election), "Election Day"]),
  );
}

/** All calendars, written out. */
export function calendars(): RulePack["calendars"] {
  return {
    // When New Year is a Saturday, its observed day is in December of the year before; it is in the list under its own year.
    US: calendar(
      "Federal holidays as kept, for business days (5 U.S.C. 6103)",
      federal(...FEDERAL.map(([holiday, name]): Named => [day.onWeekdays(holiday), name])),
      federalKept(...kept(FRIDAY_OR_MONDAY, ...FEDERAL)),
    ),
    "CA-BC": britishColumbia(),
    "US-AL": alabama(),
    "US-AL-MOBILE": calendar(
      "Mobile and Baldwin counties (Ala. Code 1-3-8)",
      named("Ala. Code 1-3-8(c)", "statute", "read on the page of the state's archives")([day.mardiGras, "Mardi Gras"]),
    ),
    "US-LA": louisiana(),
    "US-ME": maine(),
    "US-NE": nebraska(),
    "US-PA": pennsylvania(),
    "US-RI": rhodeIsland(),
    "US-UT": utah(),
  };
}
