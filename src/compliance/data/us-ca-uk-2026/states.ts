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
  return [...alabamaToMichigan(), ...minnesotaToRhodeIsland(), ...southDakotaToWyoming()];
}

/** Three states have the same section, which no source that was read here quotes. */
const automatedBan = (jurisdiction: string, citation: string) =>
  recordedBan(jurisdiction, {
    citation,
    confidence: "unconfirmed",
    note: `An automated system that selects and dials numbers and plays a recorded message is not used to offer goods or services for sale; live calls are not named. A call that informs a purchaser or a customer is outside, and one for which a live operator obtained permission before the recording; neither is told apart here, so every recorded sales call is banned. ${TO_CONFIRM}the text was not read: the section is given from general knowledge of it.`,
  });

function alabamaToMichigan(): Rule[] {
  const alabama: Source = {
    citation: "Ala. Admin. Code r. 770-X-5-.17(1)(b)",
    confidence: "statute",
    note: `${TO_CONFIRM}the heading speaks of automated solicitations and one reading binds telephone utilities only; charts apply it to all.`,
  };
  const connecticut: Source = {
    citation: "Conn. Gen. Stat. 42-288a as amended by P.A. 23-98",
    confidence: "summary",
    effective: "2023-10-01",
  };
  const florida: Source = { citation: "Fla. Stat. 501.616(6)", confidence: "statute", effective: "2021-07-01" };
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
      citation: "Ala. Admin. Code r. 770-X-5-.17(1)(b); Ala. Code 1-3-8",
      lookedUp: READ_TEXT,
      note: `The rule closes "holidays"; the calendar says of each day what names it. Perry County keeps the second Monday of November, which is not told apart. ${TO_CONFIRM}as for the hours.`,
    }),
    stateHolidays("US-AL-MOBILE", SALES, {
      ...alabama,
      citation: "Ala. Admin. Code r. 770-X-5-.17(1)(b); Ala. Code 1-3-8(c)",
      lookedUp: READ_TEXT,
      note: `Mardi Gras is a holiday of these two counties only. ${TO_CONFIRM}as for the hours.`,
    }),
    automatedBan("US-AR", "Ark. Code 5-63-204"),
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
        lookedUp: READ,
        note: "An announcing device is not used between 21:00 and 9:00 California time. The exemptions of schools, members of organisations, cable and utility appointments and emergencies are not sales calls; one for customers was not seen, so none is used. Live calls follow federal hours.",
      },
      "recorded-hours",
    ),
    stateHours("US-FL", SALES, week(["08:00", "20:00"]), { ...florida, note: "In the called party's time zone." }),
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
      citation: "KRS 367.46955",
      confidence: "tables",
      lookedUp: READ_TEXT,
      note: `Binds "a live or recorded communication" (367.46951(1)(a), read). ${TO_CONFIRM}four tables cite the section, its text as read has no hour; recorded calls 8-21 by 367.461(2)(e), read: the stricter stands.`,
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
    recordedBan("US-MA", {
      citation: "201 CMR 12.02(4)",
      confidence: "statute",
      lookedUp: READ_TEXT,
      note: `No unsolicited sales call "by the use of a recorded message device": live calls are not named. ${TO_CONFIRM}the definition of "unsolicited" (M.G.L. c. 159C s. 1, not read) leaves out calls that were asked for and calls to customers; this rule does not. A company that reads it so replaces the rule by one of its own.`,
    }),
    stateHours("US-MI", SALES, week(["09:00", "21:00"]), {
      citation: "MCL 750.540e",
      confidence: "tables",
      note: `${TO_CONFIRM}not in the parts of MCL 445.111 ff. that were read.`,
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
  const oregon: Source = { citation: "HB 3865 (2025)", confidence: "summary", effective: "2026-01-01" };
  return [
    stateHours("US-MN", SALES, week(["09:00", "21:00"]), {
      citation: "Minn. Stat. 325E.30",
      confidence: "tables",
      note: `${TO_CONFIRM}only tables agree.`,
    }),
    stateHours("US-MS", SALES, week(["08:00", "20:00"], ["08:00", "20:00"], "closed"), {
      citation: "Miss. Code 77-3-723(1)",
      confidence: "statute",
      note: "Central time, which is that of the whole state; 77-3-603 says 8-21. The holiday ban went with the Commission's rules.",
    }),
    automatedBan("US-MT", "Mont. Code 45-8-216"),
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
    recordedHours("US-NV", week(["09:00", "21:00"]), {
      citation: "NRS 597.814(2)(a), (3)",
      confidence: "statute",
      exempt: ["ebr"],
      lookedUp: READ_TEXT,
      note: "A device that dials and announces places no call between 21:00 and 9:00; live calls use none. Calls to somebody with a preexisting business relationship are outside of the section (3). The hours of NRS 598.0918(3) bind recorded calls as well, and customers.",
    }),
    stateHours("US-NV", SALES, week(["09:00", "20:00"]), {
      citation: "NRS 598.0918(3)",
      confidence: "summary",
      lookedUp: READ_TEXT,
      note: `No solicitation by telephone or text message from 20:00 to 9:00, whether a person speaks or a recording. ${TO_CONFIRM}read as a quotation; whether "at his or her residence" leaves mobiles out (the strict reading binds every line).`,
    }),
    stateHours("US-NM", SALES, week(["09:00", "21:00"]), {
      citation: "N.M. Stat. 57-12-22(B)(5)",
      confidence: "statute",
      note: "Copy of 2006.",
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
    recordedHours("US-OK", week(["09:00", "21:00"]), {
      citation: "15 O.S. 755.1(C)(2)",
      confidence: "statute",
      lookedUp: READ,
      note: "An announcing device is not used before 9 or after 21; for collection the hours of 15 U.S.C. 1692c hold instead. The other conditions of (C) do not lift the hours.",
    }),
    stateHours("US-OR", SALES, week(["08:00", "20:00"]), {
      ...oregon,
      note: "A caller may rely on the area code of a mobile. Missing in every public table that was read.",
    }),
    threeInADay("US-OR", "all", { ...oregon, exempt: ["ebr"] }),
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
  const utah: Source = { citation: "Utah Code 13-25a-103(3)", confidence: "statute" };
  return [
    recordedHours("US-SD", week(["09:00", "21:00"], "closed"), {
      citation: "SDCL 37-30-28",
      confidence: "statute",
      note: "Automated calls with recorded messages, weekdays only; text of 1991.",
    }),
    stateHours("US-SD", SALES, week(ANY_TIME, ANY_TIME, "closed"), {
      citation: "tables only",
      confidence: "tables",
      note: "No calls on Sundays; federal hours otherwise.",
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
      lookedUp: READ_TEXT,
      note: "The calendar says of each day what names it. Of Juneteenth only the Monday is closed that the section names.",
    }),
    stateHours("US-WA", SALES, week(["08:00", "20:00"]), {
      citation: "RCW 19.158.040(2)",
      confidence: "statute",
      note: "Hang up within 10 seconds of the wish to end.",
    }),
    recordedBan("US-WA", {
      citation: "RCW 80.36.400(2)",
      confidence: "statute",
      lookedUp: READ_TEXT,
      note: `No automatic dialing and announcing device, which "plays a recorded message", for commercial solicitation: live calls are not named, and consent is no exemption. The copy is older than ch. 103 of 2023, which widened the section (read in summaries). ${TO_CONFIRM}solicitation is an "unsolicited" call, so a call that the person asked for may be outside; a company that reads it so replaces the rule by one of its own.`,
    }),
    automatedBan("US-WY", "Wyo. Stat. 6-6-104"),
    stateHours("US-WY", SALES, week(["08:00", "20:00"]), {
      citation: "Wyo. Stat. 40-12-302",
      confidence: "tables",
      note: `${TO_CONFIRM}only tables agree; automated calls are conditional by 40-12-303.`,
    }),
  ];
}
