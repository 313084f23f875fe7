// The state rules that differ from federal law for sales calls to consumers. Debt collection is in collection.ts. Where sources
// disagree, the strictest reading is used and the others are in the note.

import type { Rule } from "../../pack/schema.ts";
import {
  ANY_TIME,
  READ,
  READ_TEXT,
  RECORDED,
  recordedBan,
  recordedHours,
  SALES,
  type Source,
  stateConsent,
  stateHolidays,
  stateHours,
  TO_CONFIRM,
  threeInADay,
  week,
} from "./writing.ts";

/** The rules of all states, by name of the state. */
export function stateRules(): Rule[] {
  return [...recordedLaws(), ...alabamaToMichigan(), ...minnesotaToRhodeIsland(), ...southDakotaToWyoming()];
}

/**
 * Laws on recorded sales calls, all read on READ_TEXT: place | banned, or hours with the last day of the week | whom they exempt | what was read |
 * citation | note. None names live calls; California, Illinois, Indiana, Maine and Nebraska stand below.
 */
const RECORDED_LAWS = `
US-AR | banned | | statute | Ark. Code 5-63-204(a) | No automated system that selects and dials numbers and plays recordings is used to offer goods or services. (a)(2) leaves out news about an order and answers to a call of the person: no sales calls, so no exemption is used. Consent is not among the exceptions.
US-MA | banned | | statute | 201 CMR 12.02(4) | No unsolicited sales call "by the use of a recorded message device". ${TO_CONFIRM}the definition of "unsolicited" (M.G.L. c. 159C s. 1, not read) leaves out calls that were asked for and calls to customers; this rule does not. A company that reads it so replaces the rule by one of its own.
US-MI | banned | | summary | MCL 445.111a(1) | The section's own heading, "telephonic solicitation using recorded message prohibited", was read on the legislature's page, its text was not. ${TO_CONFIRM}a summary of MCL 445.111(m) leaves calls that were permitted and calls to existing customers out of "telephone solicitation"; this rule does not.
US-MS | banned | ebr | statute | Miss. Code 77-3-723(2) | No recorded voice message, unless there is an established business relationship and the recording tells of a new product or service (what it tells is not decided here).
US-MT | banned | | statute | Mont. Code 45-8-216(1)-(2) | No automated system that dials and plays recordings offers goods or services. (2) leaves out the status of a purchase, answers to an inquiry, "other pertinent information" in a business relationship, and recordings for which a live operator obtained permission; none is told apart from other sales calls here, so every one is banned.
US-NM | banned | ebr | statute | N.M. Stat. 57-12-22(A) | A prerecorded sales message needs an established business relationship and consent to hear it as well (the consent is that of the federal rule). Copy of 2006.
US-NV | 09:00-21:00 sun | ebr | statute | NRS 597.814(2)(a), (3) | A device that dials and announces places no call between 21:00 and 9:00. Calls to somebody with a preexisting business relationship are outside of the section (3). The hours of NRS 598.0918(3) bind recorded calls as well, and customers.
US-OK | 09:00-21:00 sun | | statute | 15 O.S. 755.1(C)(2) | An announcing device is not used before 9 or after 21; for collection the hours of 15 U.S.C. 1692c hold instead. Of the conditions in (C)(3) a written request is that of the federal rule; none lifts the hours.
US-SC | 08:00-19:00 sun | | statute | S.C. Code 16-17-446(C)(3) | Recorded calls that (B) leaves (asked for, about a debt, to customers) are prohibited after 19:00 or before 8:00. ${TO_CONFIRM}a court held the section invalid for political calls (Cahaly v. LaRosa, 796 F.3d 399, 2015); it is in the code, so it stands here.
US-SD | 09:00-21:00 fri | | statute | SDCL 37-30-28 | An automated telephone dialing system makes solicitations on weekdays only, 9 to 21. ${TO_CONFIRM}37-30-23, which says whether a dialer without a recording is such a system, was not read; live calls are bound by 37-30A-3 here.
US-WA | banned | | statute | RCW 80.36.400(2) | No automatic dialing and announcing device, which "plays a recorded message", for commercial solicitation; consent is no exemption. The copy is older than ch. 103 of 2023, which by summaries adds artificial voices. ${TO_CONFIRM}solicitation is an "unsolicited" call, so a call that the person asked for may be outside; a company that reads it so replaces the rule by one of its own.
US-WY | banned | | statute | Wyo. Stat. 40-12-303(a) | No sales call by an automated system that selects or dials numbers or plays a recording. (b) lifts that for live messages only.`;

function recordedLaws(): Rule[] {
  return RECORDED_LAWS.trim()
    .split("\n")
    .map((line): Rule => {
      const [place = "", when = "", exempt, read, citation = "", note = ""] = line.split(/ ?\| /);
      const confidence = read === "statute" ? "statute" : "summary";
      const source: Source = {
        citation,
        confidence,
        lookedUp: READ_TEXT,
        note,
        ...(exempt === "ebr" ? { exempt: ["ebr"] } : {}),
      };
      const [hours = "", lastDay] = when.split(" ");
      if (lastDay === undefined) return recordedBan(place, source);
      const [open = "", close = ""] = hours.split("-");
      return recordedHours(place, week([open, close], lastDay === "fri" ? "closed" : undefined), source);
    });
}

function alabamaToMichigan(): Rule[] {
  const alabama: Source = {
    citation: "Ala. Admin. Code r. 770-X-5-.17(1)(b), (2)(b)",
    confidence: "statute",
    lookedUp: READ_TEXT,
    note: `(2) is about live calls to consumers (a quotation was read), (1) about automated ones. ${TO_CONFIRM}whether the Commission can bind others than telephone utilities; charts apply it to all.`,
  };
  const connecticut: Source = {
    citation: "Conn. Gen. Stat. 42-288a(c) as amended by P.A. 23-98",
    confidence: "summary",
    effective: "2023-10-01",
    lookedUp: READ_TEXT,
  };
  const florida: Source = {
    citation: "Fla. Stat. 501.616(6)",
    confidence: "statute",
    effective: "2021-07-01",
    lookedUp: READ_TEXT,
  };
  const louisiana: Source = {
    citation: "La. PSC General Order R-29617 V(A)(1)-(2)",
    confidence: "summary",
    note: "Holds even for calls that are exempt otherwise.",
  };
  const maryland: Source = {
    citation: "Stop the Spam Calls Act of 2023 (SB 90, ch. 413)",
    confidence: "summary",
    effective: "2024-01-01",
  };
  return [
    stateHours("US-AL", SALES, week(["08:00", "20:00"], ["08:00", "20:00"], "closed"), alabama),
    stateHolidays("US-AL", SALES, {
      ...alabama,
      citation: "Ala. Admin. Code r. 770-X-5-.17(1)(b), (2)(b); Ala. Code 1-3-8",
      note: `The rule closes "holidays"; the calendar says of each day what names it. Perry County keeps the second Monday of November, which is not told apart. ${TO_CONFIRM}as for the hours.`,
    }),
    stateHolidays("US-AL-MOBILE", SALES, {
      ...alabama,
      citation: "Ala. Admin. Code r. 770-X-5-.17(1)(b), (2)(b); Ala. Code 1-3-8(c)",
      note: `Mardi Gras is a holiday of these two counties only. ${TO_CONFIRM}as for the hours.`,
    }),
    {
      ...stateConsent("US-AZ", "express", {
        citation: "A.R.S. 44-1278(B)(3)",
        confidence: "summary",
        lookedUp: READ_TEXT,
        note: `No unsolicited sales call to a mobile, whatever else of the article exempts a seller (44-1273(A)); read as a quotation. ${TO_CONFIRM}whether a call to a customer is unsolicited; no relationship exempts here.`,
      }),
      lines: ["mobile"],
    },
    stateHours("US-CT", SALES, week(["09:00", "20:00"]), {
      ...connecticut,
      note: "The end moved from 21:00 to 20:00 in 2023.",
    }),
    stateConsent("US-CT", "written", {
      ...connecticut,
      note: "For any sales call; a Connecticut area code is presumed to be a resident's.",
    }),
    stateHours(
      "US-CA",
      RECORDED,
      week(["09:00", "21:00"]),
      {
        citation: "Cal. Pub. Util. Code 2872(c)",
        confidence: "statute",
        lookedUp: READ_TEXT,
        note: "An announcing device is not used between 21:00 and 9:00 California time. The exemptions of schools, members of organisations, cable and utility appointments and emergencies are not sales calls; one for customers was not seen, so none is used. Live calls follow federal hours.",
      },
      "recorded-hours",
    ),
    stateHours("US-FL", SALES, week(["08:00", "20:00"]), {
      ...florida,
      note: "In the called party's time zone, also by automated dialing or recordings.",
    }),
    threeInADay("US-FL", "subject", { ...florida, note: "Same subject, whatever number is shown." }),
    stateConsent("US-FL", "written", {
      citation: "Fla. Stat. 501.059(1), (8)(a) as amended by HB 761 (2023)",
      confidence: "summary",
      effective: "2023-05-25",
      exempt: ["ebr"],
      lookedUp: READ,
      note: `For an unsolicited sales call by an automated system that selects and dials numbers. The strict reading counts a dialer that takes numbers from a list. A call to somebody with a prior or existing business relationship is not unsolicited. ${TO_CONFIRM}whether a list dialer "selects".`,
    }),
    stateHours(
      "US-IL",
      RECORDED,
      week(["09:00", "21:00"]),
      {
        citation: "815 ILCS 305/15(a), 305/20(a)",
        confidence: "summary",
        exempt: ["ebr"],
        lookedUp: READ,
        note: `An autodialer with a recorded sales message is not used between 21:00 and 9:00. Calls to somebody with a prior or existing business relationship are exempt (305/20(a)(2)); calls at the express request of the person called are too, which is not told apart from consent here. Live calls follow federal hours. ${TO_CONFIRM}the text of the hours in 305/15(a) was not seen; the exemptions in 305/20 were.`,
      },
      "recorded-hours",
    ),
    stateHours("US-IN", RECORDED, week(["09:00", "20:00"]), {
      citation: "Ind. Code 24-5-14",
      confidence: "tables",
      note: "Autodialed recorded messages; live calls follow federal hours.",
    }),
    stateHours("US-KY", SALES, week(["10:00", "21:00"]), {
      citation: "KRS 367.46955(16)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: `No solicitation of a residence but from 10 to 21, local time of the called person (a quotation of (16) was read); binds "a live or recorded communication" to residential and mobile numbers (367.46951(1)(a), read). Recorded calls 8-21 by 367.461(2)(e), read: the stricter stands. ${TO_CONFIRM}whether a mobile is a "residence"; the strict reading binds every line.`,
    }),
    stateHours("US-LA", SALES, week(["08:00", "20:00"], ["08:00", "20:00"], "closed"), {
      ...louisiana,
      citation: "La. R.S. 45:811(2); PSC General Order R-29617 V(A)(1)-(2)",
      confidence: "statute",
      lookedUp: "2026-11-25",
    }),
    stateHolidays("US-LA", SALES, {
      citation: "La. R.S. 45:811(3), 1:55",
      confidence: "statute",
      lookedUp: "2026-11-25",
      note: `Binds live calls as well as recorded ones. The calendar says of each day what names it. Saturdays are legal holidays in Orleans, Baton Rouge and some other parishes (1:55(A)(1)), which is not read as closing them, because 45:811(2) allows calls from Monday to Saturday. ${TO_CONFIRM}which proclaimed days of a year are kept; governors proclaim further days.`,
    }),
    stateConsent("US-LA", "express", {
      citation: "La. R.S. 45:811(1), 45:812, 45:816(1), (6)",
      confidence: "statute",
      exempt: ["ebr"],
      lookedUp: READ_TEXT,
      note: `"ADAD equipment or … a live operator": consent is needed for live calls as well. Calls at the request of the person and calls to somebody with a business relationship are outside of the chapter. ${TO_CONFIRM}45:812 knows only consent to one call, given when a live operator introduces it, and 45:816(4) leaves out calls that a live operator introduces and ends at once when asked; a company that reads its live calls so replaces this rule by one of its own.`,
    }),
    {
      ...stateConsent("US-LA", "express", {
        citation: "La. PSC General Order R-29617 V(A)(12)(b)",
        confidence: "summary",
        lookedUp: READ_TEXT,
        note: `No sales call to a mobile without prior express consent; read as a summary tells it. ${TO_CONFIRM}whether a customer is outside: no relationship exempts here.`,
      }),
      id: "us-la-mobile-consent",
      lines: ["mobile"],
    },
    {
      kind: "emergency-ban",
      id: "us-la-emergency",
      jurisdiction: "US-LA",
      binds: SALES,
      violation: "EMERGENCY",
      ...louisiana,
      note: "Only while the Commission must report to the operations centre (LPSC, 2024-09-24). R.S. 45:844.31(A) (read 2026-11-26) leaves out calls asked for within six months and customers; the order does not.",
    },
    stateHours("US-ME", RECORDED, week(["09:00", "17:00"], "closed"), {
      citation: "10 M.R.S. 1498(3)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: "Automated calling devices, weekdays from 9 to 5; live calls follow federal hours. Read as a bill of 2003 (LD 392) quotes it.",
    }),
    {
      ...recordedBan("US-ME", {
        citation: "10 M.R.S. 1498(2)(B)",
        confidence: "summary",
        lookedUp: READ_TEXT,
        note: `Automated calling devices make no solicitation calls to cellular phones; live calls use none. ${TO_CONFIRM}the text of 1989 was read as a bill of 2003 (LD 392) quotes it, that of today was not. Consent is not among its exceptions.`,
      }),
      lines: ["mobile"],
    },
    {
      kind: "attempt-cap",
      id: "us-me-recorded-cap",
      jurisdiction: "US-ME",
      binds: RECORDED,
      max: 1,
      period: { hours: 8 },
      scope: "all",
      violation: "FREQ_8H",
      citation: "10 M.R.S. 1498(3)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: "One solicitation call by an automated calling device in eight hours; live calls use none. Read as a bill of 2003 (LD 392) quotes it. Every call to the person is counted.",
    },
    {
      kind: "reassigned-query",
      id: "us-me-reassigned",
      jurisdiction: "US-ME",
      binds: SALES,
      maxAgeDays: 31,
      exempt: ["ebr"],
      violation: "REASSIGNED_NOT_ASKED",
      citation: "10 M.R.S. 1499-B(6) as amended by L.D. 2234 (2024)",
      confidence: "summary",
      effective: "2024-07-16",
      lookedUp: READ,
      note: "Before a sales call the Reassigned Numbers Database must be asked whether the number was reassigned. Calls to somebody with an established business relationship are exempt. The text names no age of the answer: 31 days are a policy of this pack. Read in two law firms' quotations.",
    },
    stateHolidays("US-ME", RECORDED, {
      citation: "10 M.R.S. 1498(3)",
      confidence: "tables",
      lookedUp: READ_TEXT,
      note: `The section is about automated calling devices that play recordings, and allows them on weekdays. ${TO_CONFIRM}it names no holidays; tables close them.`,
    }),
    stateHours("US-MD", SALES, week(["08:00", "20:00"]), maryland),
    threeInADay("US-MD", "subject", maryland),
    stateConsent("US-MD", "written", {
      citation: "Md. Code, Com. Law 14-4501(d), 14-4502(a)(3)",
      confidence: "statute",
      effective: "2024-01-01",
      lookedUp: READ,
      note: "For any sales call that an automated system selects or dials, or that plays a recording. An existing relationship does not replace the consent: its exemption is for calls meant to inform. The exemptions for maintenance of goods sold, one answer to an inquiry and business-to-business sales are not used.",
    }),
    stateHours("US-MA", SALES, week(["08:00", "20:00"]), { citation: "201 CMR 12.02(2)", confidence: "statute" }),
    stateHours("US-MI", SALES, week(["09:00", "21:00"]), {
      citation: "MCL 750.540e(1)(f)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: `An unsolicited commercial call, by a person or a recording device, is not received between 21:00 and 9:00 (a quotation was read). ${TO_CONFIRM}the section is about malicious calls; the strict reading binds every sales call.`,
    }),
  ];
}

function minnesotaToRhodeIsland(): Rule[] {
  const pennsylvania: Source = { citation: "73 P.S. 2245(a)(10)", confidence: "summary" };
  const rhodeIsland: Source = { citation: "R.I. Gen. Laws 5-61-2(2), 5-61-3.6", confidence: "statute" };
  // The act does not apply to calls to a person with an established business relationship (775C.5).
  const oklahoma: Source = {
    citation: "15 O.S. 775C.4, 775C.5",
    confidence: "summary",
    effective: "2022-11-01",
    exempt: ["ebr"],
    lookedUp: READ,
  };
  const oregon: Source = {
    citation: "ORS 646.563(1)(b) as amended by HB 3865 (2025)",
    confidence: "summary",
    effective: "2026-01-01",
    lookedUp: READ_TEXT,
  };
  return [
    stateHours("US-MN", SALES, week(["09:00", "21:00"]), {
      citation: "Minn. Stat. 325E.30",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: `No commercial telephone solicitation before 9 or after 21 (a quotation was read). ${TO_CONFIRM}it is of calls to a "residential subscriber" (325E.26); the strict reading binds every line.`,
    }),
    stateHours("US-MS", SALES, week(["08:00", "20:00"], ["08:00", "20:00"], "closed"), {
      citation: "Miss. Code 77-3-723(1)",
      confidence: "statute",
      lookedUp: READ_TEXT,
      note: "Central time, which is that of the whole state; 77-3-603 says 8-21. The holiday ban went with the Commission's rules.",
    }),
    {
      ...stateHours("US-NE", RECORDED, week(ANY_TIME, ANY_TIME, ["13:00", "21:00"]), {
        citation: "Neb. Rev. Stat. 86-236 ff.",
        confidence: "tables",
        lookedUp: READ_TEXT,
        note: `Recorded calls 13-21 on Sundays and holidays. ${TO_CONFIRM}one vendor's chart only: 86-248(1) names 8 to 21 for every day, and 86-242 leaves out live calls, customers and calls that were permitted.`,
      }),
      onHolidays: { calendar: "US-NE", windows: [["13:00", "21:00"]] },
    },
    {
      ...stateConsent("US-NJ", "written", {
        citation: "N.J.S.A. 56:8-120, 56:8-130 as amended by S1382 (2015)",
        confidence: "summary",
        effective: "2015-01-29",
        exempt: ["ebr"],
        lookedUp: READ,
        note: "No unsolicited sales call to a mobile: unsolicited is any call but one at the express written request of the consumer or to an existing customer (somebody who owes money or has a written contract, which a purchase stands for here; an inquiry does not).",
      }),
      lines: ["mobile"],
    },
    {
      kind: "relationship",
      id: "us-nj-relationship",
      jurisdiction: "US-NJ",
      binds: SALES,
      months: { transaction: 18, inquiry: 0 },
      citation: "N.J.S.A. 56:8-120",
      confidence: "summary",
      lookedUp: READ,
      note: "An inquiry makes nobody an existing customer.",
    },
    stateHours("US-NV", SALES, week(["09:00", "20:00"]), {
      citation: "NRS 598.0918(3)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: `No solicitation by telephone or text message from 20:00 to 9:00, whether a person speaks or a recording. ${TO_CONFIRM}read as a quotation; whether "at his or her residence" leaves mobiles out (the strict reading binds every line).`,
    }),
    stateHours("US-NM", SALES, week(["09:00", "21:00"]), {
      citation: "N.M. Stat. 57-12-22(B)(5)",
      confidence: "statute",
      lookedUp: READ_TEXT,
      note: "Calls that are received before 9 or after 21, to any line; copy of 2006, quoted alike lately.",
    }),
    {
      kind: "emergency-ban",
      id: "us-ny-emergency",
      jurisdiction: "US-NY",
      binds: SALES,
      exempt: ["ebr", "express", "written"],
      violation: "EMERGENCY",
      citation: "N.Y. Gen. Bus. Law 399-z(2), (5-a)",
      confidence: "statute",
      note: "No unsolicited call into a declared emergency area; a bill of 2025 (A1250) would narrow it.",
    },
    stateHours("US-OK", SALES, week(["08:00", "20:00"]), oklahoma),
    threeInADay("US-OK", "subject", { ...oklahoma, note: "An Oklahoma area code is presumed to be a resident's." }),
    stateConsent("US-OK", "written", {
      ...oklahoma,
      citation: "15 O.S. 775C.3, 775C.5",
      note: "For any sales call by an automated system for the selection or dialing of numbers. A relationship exempts.",
    }),
    stateHours("US-OR", SALES, week(["08:00", "20:00"]), {
      ...oregon,
      note: "A caller may rely on the area code of a mobile. Missing in every public table that was read.",
    }),
    threeInADay("US-OR", "all", { ...oregon, exempt: ["ebr"] }),
    stateHours("US-PA", SALES, week(["09:00", "19:00"], ["09:00", "19:00"], "closed"), {
      citation: "73 P.S. 2245(a)(1) as amended by Act 47 of 2026 (SB 992)",
      confidence: "summary",
      effective: "2026-10-18",
      lookedUp: READ_TEXT,
      note: `No telemarketing on Sundays, after 19:00 or before 9:00; approved 2026-07-20, in force 90 days later; until then the federal hours. Read in the Senate's release and as three quotations. ${TO_CONFIRM}the act's own text, and whether calls to customers are outside (no exemption is used).`,
    }),
    stateHolidays("US-PA", SALES, {
      ...pennsylvania,
      citation: "73 P.S. 2245(a)(10); 44 P.S. 11",
      exempt: ["ebr"],
      lookedUp: READ_TEXT,
      note: `No sales calls on a legal holiday; the act's exemption of customers and its wording were read in summaries. The calendar says of each day what names it. ${TO_CONFIRM}44 P.S. 11 also names the afternoon of every Saturday as a half-holiday, which is not read as closing Saturdays; a company that reads it so adds a rule of its own.`,
    }),
    stateHours("US-RI", SALES, week(["09:00", "18:00"], ["10:00", "17:00"], "closed"), rhodeIsland),
    stateHolidays("US-RI", SALES, {
      ...rhodeIsland,
      citation: "R.I. Gen. Laws 5-61-2(2), 5-61-3.6, 25-1-1",
      lookedUp: READ_TEXT,
      note: 'The hours of weekdays are "except a state or federal holiday"; read strictly, a holiday that is a Saturday is closed as well.',
    }),
  ];
}

function southDakotaToWyoming(): Rule[] {
  const utah: Source = { citation: "Utah Code 13-25a-103(3)", confidence: "statute", lookedUp: READ_TEXT };
  return [
    stateHours("US-SD", SALES, week(["09:00", "21:00"], ["09:00", "21:00"], "closed"), {
      citation: "SDCL 37-30A-3(2)",
      confidence: "tables",
      lookedUp: READ_TEXT,
      note: `Consumer calls to a residence from 9 to 21, none on Sundays, as two tables give it. ${TO_CONFIRM}the text; the strict reading binds every line.`,
    }),
    stateHours("US-TX", SALES, week(["09:00", "21:00"], ["09:00", "21:00"], ["12:00", "21:00"]), {
      citation: "Tex. Bus. & Com. Code 301.051, SB 140 (2025)",
      confidence: "summary",
      effective: "2025-09-01",
      note: "Recipient's local time by four summaries, Central by one, which would be wrong for El Paso.",
    }),
    stateHours("US-UT", SALES, week(["08:00", "21:00"], ["08:00", "21:00"], "closed"), {
      ...utah,
      note: "Lifted by prior express consent, as are the holidays. One open-source table has 9-20; the text has not.",
    }),
    stateHolidays("US-UT", SALES, {
      ...utah,
      citation: "Utah Code 13-25a-103(3); 63G-1-301",
      note: "The calendar says of each day what names it. Of Juneteenth only the Monday is closed that the section names.",
    }),
    stateHours("US-WA", SALES, week(["08:00", "20:00"]), {
      citation: "RCW 19.158.040(2)",
      confidence: "statute",
      note: "Hang up within 10 seconds of the wish to end.",
    }),
    stateHours("US-WY", SALES, week(["08:00", "20:00"]), {
      citation: "Wyo. Stat. 40-12-302(d)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: `No unsolicited sales call before 8 or after 20, local time at the consumer's location (a quotation was read). ${TO_CONFIRM}whether a call to a customer is unsolicited; no exemption is used.`,
    }),
    {
      kind: "national-registry",
      id: "us-wy-registry",
      jurisdiction: "US-WY",
      binds: ["telemarketing"],
      exempt: ["ebr"],
      violation: "DNC_NATIONAL",
      citation: "Wyo. Stat. 40-12-303(b)(ii)-(iii)",
      confidence: "statute",
      lookedUp: READ_TEXT,
      note: `An automated system that selects or dials numbers places live sales calls only to numbers screened against the national list, or to customers, or in answer to a call: consent does not replace the screening. ${TO_CONFIRM}unlisted numbers must be screened out too, which no line of facts tells.`,
    },
  ];
}
