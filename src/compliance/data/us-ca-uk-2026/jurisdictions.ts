// All jurisdictions whose law was looked up, including those without a rule of their own.

import type { RulePack } from "../../pack/schema.ts";
import { TO_CONFIRM } from "./writing.ts";

type Jurisdiction = RulePack["jurisdictions"][number];

/** States whose own calling hours equal the federal ones, or that have none. */
const NO_OWN_HOURS = `AZ Arizona; DC District of Columbia; DE Delaware; GA Georgia; HI Hawaii;
ID Idaho; IA Iowa; KS Kansas; MO Missouri; NH New Hampshire; NY New York; NC North Carolina;
ND North Dakota; OH Ohio; TN Tennessee; VT Vermont; VA Virginia; WV West Virginia; WI Wisconsin; AS American Samoa;
GU Guam; MP Northern Mariana Islands; VI US Virgin Islands`;
const OWN_HOURS = `AK Alaska; AL Alabama; AR Arkansas; CA California; CO Colorado; CT Connecticut; FL Florida; IL Illinois; IN Indiana; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts;
MI Michigan; MN Minnesota; MS Mississippi; MT Montana; NE Nebraska; NV Nevada; NJ New Jersey; NM New Mexico; OK Oklahoma; OR Oregon; PA Pennsylvania; PR Puerto Rico; RI Rhode Island; SC South Carolina;
SD South Dakota; TX Texas; UT Utah; WA Washington; WY Wyoming`;
const PROVINCES = `AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; NS Nova Scotia;
NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec; SK Saskatchewan; YT Yukon`;
const FEDERAL_ONLY = "federal only";

const NOTES: Readonly<Record<string, string>> = {
  "US-GA": "Its own hours are the federal ones.",
  "US-NY": "Its own hours are the federal ones; it bans calls into declared emergency areas.",
  "US-TN": "Its own hours are the federal ones.",
  "US-VA": "Its own hours are the federal ones. Opt-outs by text are kept for ten years (SB 1339, from 2026-01-01).",
  "US-WV": "A bill of 2024 only.",
};

/** Law of sales calls that is known by its number, whose text was searched on the day and not had, and of which it is not known what it may bind. */
const UNREAD = `AR Ark. Code 4-99-405 but (3); KY KRS 367.46955(8)-(13), (15), (17) ff.; MA Mass. Gen. Laws ch. 159C s. 4, 5, 7 ff.; ME 32 M.R.S. 14711 ff.;
MT Mont. Code 30-14-1402 ff., 30-14-1602 ff. otherwise; NY N.Y. Gen. Bus. Law 399-p(2) ff. and 399-pp(3) ff.; PA 52 Pa. Code 63.60;
TN Tenn. Code 47-18-1503 ff. otherwise; TX Tex. Util. Code 55.123 ff. otherwise; VI 12A V.I.C. 310, 333`;
const SEARCHED = "2026-11-27";

/** All jurisdictions of the pack. */
export function jurisdictions(): Jurisdiction[] {
  return [
    { id: "US", title: "United States", note: `${TO_CONFIRM}changes of state law after the middle of 2026.` },
    ...states(NO_OWN_HOURS).map((state): Jurisdiction => {
      const note = NOTES[state.id];
      return { ...state, citation: FEDERAL_ONLY, noOwnHours: true, ...(note === undefined ? {} : { note }) };
    }),
    ...states(OWN_HOURS).map(
      (state): Jurisdiction => (state.id === "US-UT" ? { ...state, exempt: ["express", "written"] } : state),
    ),
    {
      id: "US-NY-NYC",
      title: "New York City",
      note: "ZIP codes of the five boroughs, by their first digits: Manhattan and the Bronx 100 to 102 and 104, Staten Island 103, Queens 110 (part), 111, 113, 114, 116, Brooklyn 112.",
      places: {
        areaCodes: ["212", "332", "347", "646", "718", "917", "929", "465"],
        postal: ["100", "101", "102", "103", "104", "11004", "11005", "111", "112", "113", "114", "116"],
      },
    },
    {
      id: "US-AL-MOBILE",
      title: "Alabama's coast (Mobile and Baldwin counties)",
      note: "Area code 251 and the ZIP codes that begin with 365 and 366, which reach into four neighbouring counties.",
      places: { areaCodes: ["251"], postal: ["365", "366"] },
    },
    { id: "CA", title: "Canada" },
    ...named(PROVINCES, "CA").map((province): Jurisdiction => ({ ...province, noOwnHours: true, citation: "CRTC UTR" })),
    { id: "GB", title: "United Kingdom" },
  ];
}

function states(list: string): Jurisdiction[] {
  const unread = new Map(named(UNREAD, "US").map(({ id, title }) => [id, title]));
  return named(list, "US").map((state) => {
    const citation = unread.get(state.id);
    return citation === undefined ? state : { ...state, unread: { citation, searched: SEARCHED } };
  });
}

function named(list: string, country: string): { id: string; title: string }[] {
  return list.split(/;\s/).map((entry) => ({ id: `${country}-${entry.slice(0, 2)}`, title: entry.slice(3) }));
}
