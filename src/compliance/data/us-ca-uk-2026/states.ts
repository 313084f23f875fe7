// The rules of states and cities, from the table of their laws.

import type { CallType, Rule, WeekHours } from "../../pack/schema.ts";
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

// The laws of states, cities and provinces that differ from those of their country, a rule a line: place | what it says | marks | citation | note.
// What it says: "hours" of weekdays (sat and sun where they differ, holidays), "recorded" (hours, or ban, of recorded sales calls; both hours bind),
// "holidays" (closed), "emergency", "cap" (calls, hours, scope), "consent" (level, months that it counts), "list" (the state's own; days a file is valid), "registry" (the
// national one), "registry-age" (days its file is valid), "relationship" (months after a transaction, an inquiry), "reassigned" (days since the
// query), "collection" (calls in seven days).
// Marks: what was read and when, "from" (first day), "ends" (last day), "except" (whom it does not bind), "lines", "binds" (instead of all sales calls), "id".
// Where sources disagree, the strictest reading is used and the others are in the note; states.ts reads the table.

/** The table; "statute" of a day is the law's own text read on it, "quotation" its words as others quote them, "summary" and "tables" what others say of it; of the "unconfirmed" nothing was read that says it. */
const STATE_LAWS = `
CA-BC | holidays | summary 2026-11-28 | Telemarketer Licensing Regulation (B.C. Reg. 83/2005) | No telemarketing on statutory holidays, by the regulator's pages (2011, 2014) and a later service; its hours are those of the CRTC. The calendar says of each day what names it. To confirm: the regulation's text; it is about sales to consumers that are concluded at a distance.
CA-BC | cap 1 720 subject | summary 2026-11-28; except express,written | Telemarketer Licensing Regulation (B.C. Reg. 83/2005) | One call in 30 days about the same offer without the consumer's permission, by the regulator's pages of 2011 and 2023 and a reply of the ministry (2005). To confirm: whether a call that nobody answers counts; it does here.
US-AK | recorded ban | statute 2026-11-26 | Alaska Stat. 45.50.475(a)(4) | Nobody "originates a telephone call using an automated or recorded message as a telephonic advertisement or a telephone solicitation". Calls that the person asked for are no "telephone solicitation", but may be an advertisement, so no exemption is used.
US-AL | hours 08:00-20:00 sun closed | statute 2026-11-26 | Ala. Admin. Code r. 770-X-5-.17(1)(b), (2)(b) | (2) is about live calls to consumers (a quotation was read), (1) about automated ones. To confirm: whether the Commission can bind others than telephone utilities; charts apply it to all.
US-AL | holidays | statute 2026-11-26 | Ala. Admin. Code r. 770-X-5-.17(1)(b), (2)(b); Ala. Code 1-3-8 | The rule closes "holidays"; the calendar says of each day what names it. Perry County keeps the second Monday of November, which is not told apart. To confirm: as for the hours.
US-AL-MOBILE | holidays | statute 2026-11-26 | Ala. Admin. Code r. 770-X-5-.17(1)(b), (2)(b); Ala. Code 1-3-8(c) | Mardi Gras is a holiday of these two counties only. To confirm: as for the hours.
US-AR | recorded ban | statute 2026-11-26 | Ark. Code 5-63-204(a) | No automated system that selects and dials numbers and plays recordings is used to offer goods or services. (a)(2) leaves out news about an order and answers to a call of the person: no sales calls, so no exemption is used. Consent is not among the exceptions.
US-AZ | consent express | statute 2026-11-28; lines mobile | A.R.S. 44-1278(B)(3), 44-1273(A) | No "unsolicited telephone sales call to any mobile or telephone paging device" (a quotation, which the Secretary of State's own page on the law confirms), whatever else of the article exempts a seller (44-1273(A)). To confirm: whether a call to a customer is unsolicited; no relationship exempts here.
US-CA | hours 09:00-21:00 | statute 2026-11-26; binds prerecorded; id us-ca-recorded-hours | Cal. Pub. Util. Code 2872(c) | An announcing device is not used between 21:00 and 9:00 California time. The exemptions of schools, members of organisations, cable and utility appointments and emergencies are not sales calls; one for customers was not seen, so none is used. Live calls follow federal hours.
US-CO | list 92 | statute 2026-11-26; except ebr,written | Colo. Rev. Stat. 6-1-903(10), 6-1-904(1)(a), (4) | The copies are renewed within 30 days after each quarter begins. Express permission and a relationship lift it.
US-CO | relationship 18 0 | statute 2026-11-26 | Colo. Rev. Stat. 6-1-903(9), (10) | 18 months from an application, purchase or transaction; an inquiry counts for 30 days, here for its own day alone.
US-CO | recorded ban | unconfirmed; except ebr | Colo. Rev. Stat. 18-9-311 | The section is about automated dialing systems with prerecorded messages; of it two definitions alone were read, its prohibition was not read. The strictest plausible reading, as New Mexico words its own: a recorded sales message needs a relationship, and consent as well (that of the federal rule). To confirm: the text; a company that has it replaces the rule by one of its own.
US-CT | hours 09:00-20:00 | statute 2026-11-26; from 2023-10-01 | Conn. Gen. Stat. 42-288a(c) | To residential and mobile numbers; "not otherwise prohibited" exempts nobody. The end moved from 21:00 to 20:00 in 2023.
US-CT | consent written | statute 2026-11-26; from 2023-10-01 | Conn. Gen. Stat. 42-288a(l), (m) | Prior express written consent to any sales call; no exemption for customers, but for telephone companies (n). A Connecticut area code is presumed to be a resident's (42-289(c)). 52-570c(a) forbids unsolicited recorded sales messages; in writing they are asked for.
US-DC | collection 4 | statute 2026-11-22; from 2023-01-01 | D.C. Code 28-3814, Law 24-154 | Per account, in any seven days; creditors that collect for themselves are bound too. Read in the enrolled act.
US-FL | hours 08:00-20:00 | statute 2026-11-26; from 2021-07-01 | Fla. Stat. 501.616(6) | In the called party's time zone, also by automated dialing or recordings.
US-FL | cap 3 24 subject | statute 2026-11-26; from 2021-07-01 | Fla. Stat. 501.616(6) | Same subject, whatever number is shown.
US-FL | consent written | statute 2026-11-27; from 2023-05-25; except ebr | Fla. Stat. 501.059(1)(g)-(k), (8)(a) as amended by HB 761 (2023) | No unsolicited sales call by "an automated system for the selection and dialing of telephone numbers" or a recording without prior express written consent (as of 2024). The strict reading counts a dialer that takes numbers from a list. Customers, "prior or existing", are not called unsolicited (1)(k)3.: the words name no end, here the federal one ends it. Calls at an express request or about an open contract, (1)(k)1.-2., are not told apart. To confirm: whether a list dialer "selects".
US-FL | list 92 | statute 2026-11-27; except ebr,written | Fla. Stat. 501.059(1)(k), (3)(a), (4) | No unsolicited sales call to a number on the "then-current quarterly listing" (as of 2024). Unsolicited is no call that was asked for, and none to customers. To confirm: whether consent in writing is an "express request".
US-ID | registry | statute 2026-11-26; except ebr,written | Idaho Code 48-1003A(1)(b), (2), (4)(b) | The national registry may serve as the state's list; read so here.
US-ID | relationship 18 0 | statute 2026-11-26 | Idaho Code 48-1002(3) | Formed by an application, purchase, agreement or transaction: an inquiry alone makes none.
US-IL | hours 09:00-21:00 | summary 2026-11-27; except ebr; binds prerecorded; id us-il-recorded-hours | 815 ILCS 305/15(a), 305/20(a) | An autodialer with a recorded sales message is not used between 21:00 and 9:00. Calls to somebody with a prior or existing business relationship are exempt (305/20(a)(2)); calls at the express request of the person called are too, which is not told apart from consent here. Live calls follow federal hours. To confirm: the text of the hours in 305/15(a) was not seen; the exemptions in 305/20 were.
US-IN | hours 09:00-20:00 | tables 2026-11-27; binds prerecorded | Ind. Code 24-5-14-8 | Autodialed recorded messages; live calls follow federal hours. Tables and a reading of others (2026-09) name the section, its words were not had.
US-IN | list 92 | statute 2026-11-22; except written | Ind. Code 24-4.7-1-1, 24-4.7-4 | A relationship does not exempt: only an express request of the person called, or an existing debt or contract, which is not told apart here. A new file comes each quarter.
US-KS | registry-age 30 | statute 2026-11-27; except ebr,written | K.S.A. 50-670(a)(3), 50-670a(a)-(c) | The no-call list is the national registry; it is consulted "not less frequently than every 30 days". Calls asked for, with an agreement in writing, to customers, or about an open contract are not unsolicited.
US-KY | hours 10:00-21:00 | quotation 2026-11-28 | KRS 367.46955(16) | No solicitation of a residence but from 10 to 21, local time of the called person (a quotation of (16) was read); binds "a live or recorded communication" to residential and mobile numbers (367.46951(1)(a), read). Recorded calls 8-21 by 367.461(2)(e), read: the stricter stands. To confirm: whether a mobile is a "residence"; the strict reading binds every line.
US-KY | consent written 24 | statute 2026-11-27; binds prerecorded; id us-ky-recorded-consent | KRS 367.461(2)(a), 367.463(2)(d) | Automated calling equipment, which delivers recorded messages, needs written consent, which counts for two years from its date; what a person allows on the line holds for that call alone. To confirm: 367.461(3) leaves some calls out, its list was not seen.
US-LA | hours 08:00-20:00 sun closed | statute 2026-11-25 | La. R.S. 45:811(2); PSC General Order R-29617 V(A)(1)-(2) | Holds even for calls that are exempt otherwise.
US-LA | holidays | statute 2026-11-25 | La. R.S. 45:811(3), 1:55 | Binds live calls as well as recorded ones. The calendar says of each day what names it. Saturdays are legal holidays in Orleans, Baton Rouge and some other parishes (1:55(A)(1)), which is not read as closing them, because 45:811(2) allows calls from Monday to Saturday. To confirm: which proclaimed days of a year are kept; governors proclaim further days.
US-LA | emergency | statute 2026-11-27 | La. R.S. 45:844.31(A); La. PSC General Order R-29617 V(A)(1)-(2) | No telephonic solicitation during an emergency that the governor declared. The statute leaves out calls asked for within six months, customers of the last six and debts; the order, which was read in the Commission's notices of 2020 and 2024, leaves nobody out, but binds only while the Commission must report to the operations centre. The stricter stands: nobody is exempt. To confirm: the order's own text.
US-LA | consent express | statute 2026-11-26; except ebr | La. R.S. 45:811(1), 45:812, 45:816(1), (6) | "ADAD equipment or … a live operator": consent is needed for live calls as well. Calls at the request of the person and calls to somebody with a business relationship are outside of the chapter. To confirm: 45:812 knows only consent to one call, given when a live operator introduces it, and 45:816(4) leaves out calls that a live operator introduces and ends at once when asked; a company that reads its live calls so replaces this rule by one of its own.
US-LA | consent express | summary 2026-11-26; lines mobile; id us-la-mobile-consent | La. PSC General Order R-29617 V(A)(12)(b) | No sales call to a mobile without prior express consent; read as a summary tells it. To confirm: whether a customer is outside: no relationship exempts here.
US-LA | list 31 | statute 2026-11-27; except ebr,written | La. R.S. 45:844.13(A)(2), 45:844.14(A)(2)(b), (3) | One list with the national registry's numbers of the state in it, of which callers "shall obtain copies"; since 2006 it is brought up to date each month, so a file counts for 31 days. To confirm: 45:844.14(A)(4), on how old a copy may be, was not seen, and its exemptions were read as 45:844.31(A) has them.
US-LA | relationship 6 3 | summary 2026-11-27 | La. R.S. 45:844.12; summary of state terms (bubecklaw.com, The Established Business Relationship) | Six months from the end of a relationship, as 45:844.31(A)(3) (read) has it for emergencies; the definition itself was not seen.
US-MA | hours 08:00-20:00 | statute 2026-11-27 | 201 CMR 12.02(2)
US-MA | list 92 | statute 2026-11-27; except ebr,written | Mass. Gen. Laws ch. 159C s. 2; 201 CMR 12.02(1) | No call to a number on the "then current quarterly" registry, which is brought up to date not less than quarterly. To confirm: section 1, which says whose calls are not unsolicited, was not seen.
US-MA | recorded ban | statute 2026-11-26 | 201 CMR 12.02(4) | No unsolicited sales call "by the use of a recorded message device". To confirm: the definition of "unsolicited" (M.G.L. c. 159C s. 1, not read) leaves out calls that were asked for and calls to customers; this rule does not. A company that reads it so replaces the rule by one of its own.
US-MA | collection 2 | statute 2026-11-22 | 940 CMR 7.04(1)(f); 209 CMR 18.16(1)(d) | Per debt, in each seven days, calls to the residence or a mobile; at other places two in thirty days, which is not told apart. An attempt that could leave no message may not count; here it does.
US-MD | hours 08:00-20:00 | quotation 2026-11-28; from 2024-01-01 | Md. Code, Com. Law 14-4502(c)(1), Stop the Spam Calls Act of 2023 (ch. 413) | "between 8 p.m. and 8 a.m. in the called party's time zone", with a machine or without (a quotation); the exemptions of (a) are not of (c).
US-MD | cap 3 24 subject | quotation 2026-11-27; from 2024-01-01 | Md. Code, Com. Law 14-4502(c)(2), Stop the Spam Calls Act of 2023 (ch. 413) | Three calls to one person in 24 hours about the same subject (a quotation).
US-MD | consent written | statute 2026-11-22; from 2024-01-01 | Md. Code, Com. Law 14-4501(d), 14-4502(a)(3) | For any sales call that an automated system selects or dials, or that plays a recording. An existing relationship does not replace the consent: its exemption is for calls meant to inform. The exemptions for maintenance of goods sold, one answer to an inquiry and business-to-business sales are not used.
US-MD | recorded ban | statute 2026-11-27; except ebr,express,written | Md. Code, Pub. Util. 8-204(a)-(b) (of 2014) | No automated dialing system with a prerecorded message "to solicit persons to purchase", but by who has "a preexisting business relationship with, or the consent of, the person called". Com. Law 14-4502(a)(3) asks for consent in writing besides, of customers too. To confirm: whether the section was amended since the copy of 2014.
US-ME | hours 09:00-17:00 sat closed | statute 2026-11-28; binds prerecorded | 10 M.R.S. 1498(3) (as of 2003) | An "automated telephone calling device", which plays recordings, makes solicitation calls on "weekdays between 9 a.m. and 5 p.m., according to the time in this State"; live calls follow federal hours. Read in the legislature's bill LD 392 of 2003, which sets out the law of then; others read the same hours in 2026.
US-ME | holidays | tables 2026-11-26; binds prerecorded | 10 M.R.S. 1498(3) | The section is about automated calling devices that play recordings, and allows them on weekdays. To confirm: it names no holidays; tables close them.
US-ME | cap 1 8 all | statute 2026-11-28; binds prerecorded; id us-me-recorded-cap | 10 M.R.S. 1498(3) (as of 2003) | By an automated calling device not "more than one solicitation call to any telephone number during each 8-hour period"; live calls use none. Read in LD 392 of 2003, as the hours. The words count calls that are completed; here every call to the person counts.
US-ME | reassigned 31 | quotation 2026-11-27; from 2024-07-16; except ebr | 10 M.R.S. 1499-B(6) as amended by L.D. 2234 (2024) | Before a sales call the Reassigned Numbers Database must be asked whether the number was reassigned. Calls to somebody with an established business relationship are exempt. The text names no age of the answer: 31 days are a policy of this pack. Read in law firms' quotations of the words that were added.
US-ME | recorded ban | statute 2026-11-28; lines mobile | 10 M.R.S. 1498(2)(B), (6) (as of 2003) | Automated calling devices make no solicitation calls to "any paging or cellular phone within the State"; live calls use none. Consent is not among the exceptions (6): word about something bought, answers to an inquiry, duties of government. Read in LD 392 of 2003, as the hours. To confirm: the text of today; unlisted numbers (2)(C), of which no line of facts tells.
US-MI | hours 09:00-21:00 | quotation 2026-11-28 | MCL 750.540e(1)(f) | An unsolicited commercial call, by a person or a recording device, is not received between 21:00 and 9:00 (a quotation was read). To confirm: the section is about malicious calls; the strict reading binds every sales call.
US-MI | recorded ban | statute 2026-11-26 | MCL 445.111a(1) | Neither a home solicitation sale nor a telephone solicitation is made "in whole or in part" by a recorded message. To confirm: 445.111(m) leaves calls with express permission and calls to existing customers out of "telephone solicitation", but not out of "home solicitation sale", so this rule exempts nobody; MCL 484.125(2)(a) allows recordings with consent.
US-MI | registry | statute 2026-11-26; except ebr,written | MCL 445.111(j), (m), 445.111a(5) | The federal list is the state's; existing customers are outside.
US-MI | relationship 12 0 | statute 2026-11-26 | MCL 445.111(j) | An existing customer bought, and paid within twelve months or has not paid yet; an inquiry makes none.
US-MN | hours 09:00-21:00 | quotation 2026-11-27 | Minn. Stat. 325E.30 | No commercial telephone solicitation before 9 or after 21 (a quotation was read). To confirm: it is of calls to a "residential subscriber" (325E.26); the strict reading binds every line.
US-MO | list 92 | statute 2026-11-26; except ebr,written | Mo. Rev. Stat. 407.1095(3), 407.1098, 407.1101 | The statute names no age of the file; its list takes over the national one each quarter. Express permission lifts it.
US-MO | relationship 5 3 | statute 2026-11-26 | Mo. Rev. Stat. 407.1095(3)(b) | A business contact within 180 days, of which five months are the cautious reading, or a current relationship.
US-MS | hours 08:00-20:00 sun closed | statute 2026-11-26 | Miss. Code 77-3-723(1) | "Central Standard Time", which is that of the whole state, in summer the advanced one (15 U.S.C. 260a(a), read 2026-11-27); 77-3-603 says 8-21. The holiday ban went with the Commission's rules.
US-MS | recorded ban | statute 2026-11-26; except ebr | Miss. Code 77-3-723(2) | No recorded voice message, unless there is an established business relationship and the recording tells of a new product or service (what it tells is not decided here).
US-MS | recorded 09:00-21:00 | statute 2026-11-27 | Miss. Code 77-3-453 | No "automatic dialing-announcing device", which plays recordings, from 21 to 9, central time. It is not of a device used "solely" for customers and for calls asked for; whether another list runs on it no line says, so customers are bound.
US-MS | list 92 | statute 2026-11-27 | Miss. Code 77-3-705(d), 77-3-707, 77-3-709, 77-3-717 (of 2022) | No solicitation unless the "no-calls" database was bought; the national registry's numbers of the state are in it. Customers and people who asked are outside only by leave of the commission (77-3-709), so nothing lifts it here. To confirm: how often it is renewed (a rule of the commission, here a quarter), and whether the national registry serves, as summaries say; a company that is told so ends this rule in an overlay.
US-MS | relationship 6 3 | statute 2026-11-27 | Miss. Code 77-3-705(h) (of 2022) | Existing, or ended within six months, also after an inquiry, of which the federal three stand; a purchase on credit makes none with the lender.
US-MT | recorded ban | statute 2026-11-26 | Mont. Code 45-8-216(1)-(2) | No automated system that dials and plays recordings offers goods or services. (2) leaves out the status of a purchase, answers to an inquiry, "other pertinent information" in a business relationship, and recordings for which a live operator obtained permission; none is told apart from other sales calls here, so every one is banned.
US-ND | registry | statute 2026-11-26; except ebr,written | N.D.C.C. 51-28-01(4), (8), 51-28-06 | No solicitation of a number that has been on the list or the national registry for 31 days, but with written consent or to customers; copy of 2022.
US-ND | relationship 18 0 | statute 2026-11-26 | N.D.C.C. 51-28-01(4) | A purchase, rental or financial transaction within 24 months, of which the federal 18 are used; an inquiry makes none.
US-NE | hours 08:00-21:00 sun 13:00-21:00 holidays 13:00-21:00 | statute 2026-11-27; except express,written; binds prerecorded | 291 Neb. Admin. Code 11-003.01 (of 2024); Neb. Rev. Stat. 86-242, 86-243, 86-248(1)(a) | Solicitations and unsolicited advertisements by an automatic dialing-announcing device to a residential line; the statute itself names 8 to 21 for every day. With permission a call is neither (86-242(2)(a), 86-243); customers are left out of the one, not of the other, so no relationship exempts. Live calls are outside (86-242(2)(f)). "Legal holidays" are read as those of 62-301.
US-NJ | consent written | summary 2026-11-28; from 2015-01-29; lines mobile | N.J.S.A. 56:8-120, 56:8-130 as amended by P.L. 2015, c. 2 (S1382); N.J.A.C. 13:45D-1.3 | No unsolicited sales call to a mobile: unsolicited is any call but one at the express written request of the consumer or to an existing customer. That is who still owes payments or has a written contract with something to be done (13:45D-1.3, read 2026-11-27 in a copy of 2014), which a purchase does not say: no relationship exempts here. A company whose customers are such replaces this rule and the next by its own. To confirm: 56:8-130.
US-NJ | recorded ban | statute 2026-11-27; except ebr | N.J.S.A. 48:17-28 | No recorded message but to who has "a prior or current relationship", or after an operator obtained consent on the line. To confirm: it is about a caller "within the State" and a relationship of any age, which no line of facts tells; a company outside that has consent in writing replaces the rule.
US-NJ | registry | statute 2026-11-27; except ebr,written | N.J.S.A. 56:8-127, 56:8-128(a) (of 2024) | No unsolicited sales call to a number on the no-call list, which may be the national registry; an existing customer is outside, by the terms of the state.
US-NJ | relationship 0 0 | statute 2026-11-27 | N.J.S.A. 56:8-127, 56:8-128(a) (of 2024); N.J.A.C. 13:45D-1.3 (of 2014) | The no-call list may be the national registry. Only who still owes payments or has a contract is an existing customer: a purchase or an inquiry of another day does not say so.
US-NM | hours 09:00-21:00 | statute 2026-11-26 | N.M. Stat. 57-12-22(B)(5) | Calls that are received before 9 or after 21, to any line; (D)(4) leaves out express permission and customers, which no exemption here uses.
US-NM | recorded ban | statute 2026-11-26; except ebr | N.M. Stat. 57-12-22(A) | A prerecorded sales message needs an established business relationship and consent to hear it as well (the consent is that of the federal rule).
US-NM | registry | statute 2026-11-26; except ebr,written | N.M. Stat. 57-12-22(C)(1), (D)(4) | For numbers that have been on the national registry for three months; here from the first day.
US-NM | relationship 12 0 | statute 2026-11-26 | N.M. Stat. 57-12-22(D)(1) | Twelve months from an application, purchase, agreement or transaction; an inquiry alone makes none.
US-NV | hours 09:00-20:00 | quotation 2026-11-27 | NRS 598.0918(3) | No solicitation by telephone or text message from 20:00 to 9:00, whether a person speaks or a recording. To confirm: read as a quotation; as enacted in 2001 (AB 337, read) it was 21:00 to 8:00; whether "at his or her residence" leaves mobiles out (the strict reading binds every line).
US-NV | recorded 09:00-21:00 | statute 2026-11-26; except ebr | NRS 597.814(2)(a), (3) | A device that dials and announces places no call between 21:00 and 9:00. Calls to somebody with a preexisting business relationship are outside of the section (3). The hours of NRS 598.0918(3) bind recorded calls as well, and customers.
US-NY | emergency | statute 2026-11-28; except express,written | N.Y. Gen. Bus. Law 399-z(1), (5-a), 399-pp | No "unsolicited telemarketing sales call to any person in a county, city, town or village under a declared state of emergency". By 399-z(1) a call that was asked for, and one to a customer, is not unsolicited; 399-pp forbids the same (the Assembly's memo on A1250) and defines no such word (summaries), so no relationship exempts here. A bill of 2025 (A1250) would narrow both.
US-NY-NYC | cap 2 168 all | summary 2026-11-28; ends 2026-12-31; binds collection; id us-ny-nyc-collection-calls | 6 RCNY 5-77(b)(1)(iv) | More than two contacts in seven days are presumed excessive, of whoever regularly collects, creditors' own staff too, until the amendment begins (the City Record moved it from 2026-09-01 to 2027-01-01 on 2026-07-22). Every call is counted, whatever the debt, for it is only the amended rule that goes by accounts. Read in a rule book of others (2026-10), which read the certified compilation.
US-NY-NYC | collection 3 | summary 2026-11-28; from 2027-01-01; id us-ny-nyc-collection-calls-2027 | 6 RCNY 5-77(b)(1)(iii) as amended by the Department of Consumer and Worker Protection | Three contacts or attempts in seven days, per account, for creditors that collect for themselves too. Calls alone are counted here. Read in summaries of law firms, agencies and others. To confirm: whether the first day, which was moved twice, is moved again.
US-OK | hours 08:00-20:00 | summary 2026-11-27; from 2022-11-01; except ebr | 15 O.S. 775C.4, 775C.5 | The title of the enrolled act (HB 3168 of 2022) and summaries were read; of the exemptions of 775C.5 the first four.
US-OK | cap 3 24 subject | summary 2026-11-27; from 2022-11-01; except ebr | 15 O.S. 775C.4, 775C.5 | An Oklahoma area code is presumed to be a resident's.
US-OK | consent written | summary 2026-11-27; from 2022-11-01; except ebr | 15 O.S. 775C.3, 775C.5 | For any sales call by an automated system for the selection or dialing of numbers. A relationship exempts.
US-OK | list 92 | statute 2026-11-22; except ebr,written | 15 O.S. 775B.2-775B.4 | A relationship of 24 months exempts; the federal terms are shorter and stand. How old the file may be was not seen.
US-OK | recorded 09:00-21:00 | statute 2026-11-26 | 15 O.S. 755.1(C)(2) | An announcing device is not used before 9 or after 21; for collection the hours of 15 U.S.C. 1692c hold instead. Of the conditions in (C)(3) a written request is that of the federal rule; none lifts the hours.
US-OR | hours 08:00-20:00 | quotation 2026-11-27; from 2026-01-01 | ORS 646.563(1)(b) as amended by HB 3865 (2025) | Solicitations "outside the hours of 8 a.m. to 8 p.m." or more than three times "unless the person has an established business relationship" (a quotation of (1)(b)): whether a relationship lifts the hours too is not certain, here it does not. A caller may rely on the area code of a mobile. Missing in every public table that was read.
US-OR | cap 3 24 all | quotation 2026-11-27; from 2026-01-01; except ebr | ORS 646.563(1)(b) as amended by HB 3865 (2025)
US-OR | relationship 18 0 | summary 2026-11-27; from 2026-01-01 | ORS 646.561 as amended by HB 3865 (2025) | A transaction within the 18 months before the call; an inquiry makes none.
US-PA | hours 09:00-19:00 sun closed | quotation 2026-11-28; from 2026-10-18 | 73 P.S. 2245(a)(1) as amended by Act 47 of 2026 (SB 992) | No telemarketing "on a Sunday or after 7 p.m. or before 9 a.m."; approved 2026-07-20, in force 90 days later; until then the federal hours. Read in the Senate's release and as three quotations. To confirm: the act's own text, and whether calls to customers are outside (no exemption is used).
US-PA | holidays | summary 2026-11-27; except ebr | 73 P.S. 2245(a)(10); 44 P.S. 11 | No sales calls on a legal holiday; the act's definition of such a call, which leaves customers of the last twelve months out, was read as of 2017, the wording of (a)(10) in summaries. The calendar says of each day what names it. To confirm: 44 P.S. 11 also names the afternoon of every Saturday as a half-holiday, which is not read as closing Saturdays; a company that reads it so adds a rule of its own.
US-PA | list 92 | statute 2026-11-22; except ebr,written | 73 P.S. 2242, 2245.2 | The list is issued each quarter. A relationship of the last twelve months exempts; after an inquiry the caller needs consent to go on.
US-PA | relationship 12 0 | statute 2026-11-27 | 73 P.S. 2242 | "an established business relationship within the past 12 months preceding the call" (the definition of a solicitation call, in HB 263 of 2017, which sets out the law of then); after an inquiry who calls needs consent to go on (publisher's page, of 2019-12-03), so only the day itself counts. To confirm: what Act 47 of 2026 changed in it.
US-PR | hours 09:00-21:00 | summary 2026-11-28 | 10 L.P.R.A. 4033 (Act 210 of 2003) | No telemarketing "at any time other than between 9:00 am and 9:00 pm" (a law firm's list of what the act prohibits; of the act its definitions and the section on records were read). To confirm: the section's text, and whether a call to a customer is outside (no exemption is used).
US-RI | hours 09:00-18:00 sat 10:00-17:00 sun closed | statute 2026-11-28 | R.I. Gen. Laws 5-61-2(2), 5-61-3.6
US-RI | holidays | statute 2026-11-26 | R.I. Gen. Laws 5-61-2(2), 5-61-3.6, 25-1-1 | The hours of weekdays are "except a state or federal holiday"; read strictly, a holiday that is a Saturday is closed as well.
US-SC | recorded 08:00-19:00 | statute 2026-11-26 | S.C. Code 16-17-446(C)(3) | Recorded calls that (B) leaves (asked for, about a debt, to customers) are prohibited after 19:00 or before 8:00. To confirm: a court held the section invalid for political calls (Cahaly v. LaRosa, 796 F.3d 399, 2015); it is in the code, so it stands here.
US-SD | hours 09:00-21:00 sun closed | statute 2026-11-26 | SDCL 37-30A-3(2) | Unsolicited calls and texts to a residence from 9 to 21, consumer's local time, none on Sundays. To confirm: whether a mobile is a "residence" (the strict reading binds every line); 37-30A-8(2) leaves out customers who know name, address and number of the caller, which no line of facts tells.
US-SD | recorded 09:00-21:00 sat closed | statute 2026-11-26 | SDCL 37-30-23, 37-30-28 | An automatic telephone dialing system, which "delivers a prerecorded message", makes solicitations on weekdays only, 9 to 21. Live calls are bound by 37-30A-3. To confirm: 37-30-24(4) leaves out customers; no exemption is used.
US-SD | recorded ban | statute 2026-11-26; lines mobile | SDCL 37-30-27(2) | No solicitation by a prerecorded message to a cellular phone; consent is not among what 37-30-24 leaves out.
US-TN | list 92 | statute 2026-11-26; except ebr,written | Tenn. Code 65-4-401(6), 65-4-404, 65-4-405 | The age of the file is for the commission's rules, which were not seen. Express permission lifts it; copy of 2022.
US-TN | relationship 12 3 | statute 2026-11-26 | Tenn. Code 65-4-401(6)(B) | An existing customer had a relationship within twelve months.
US-TX | hours 09:00-21:00 sun 12:00-21:00 | statute 2026-11-27 | Tex. Bus. & Com. Code 301.051(b)(2), as 37.02(a)(2) (of 1999) | "after 12 noon or before 9 p.m. on a Sunday or after 9 a.m. and before 9 p.m. on a weekday or a Saturday", by a dialing device too (37.01(5), of 2005); since 2009 it is 301.051. It is about unsolicited calls to residential numbers; the strict reading binds every line, and no consent exempts. Recipient's local time by four summaries, Central by one, which would be wrong for El Paso. To confirm: the section of today, whose subsection (a) leaves some calls out, and what SB 140 (2025) changed.
US-TX | list 92 | statute 2026-11-26; except ebr,written | Tex. Bus. & Com. Code 304.051(b), (d), 304.004(2) | The list has the state's own numbers and those of the national registry, and comes each quarter; calls in connection with an established business relationship are outside of the chapter. To confirm: what consent lifts was not seen.
US-TX | relationship 12 3 | statute 2026-11-27 | Tex. Bus. & Com. Code 304.004(2) (of 2024) | After a relationship ended, a year, or until the first list that holds the number if that is later: strictly a year from the purchase. Of an inquiry it says nothing, so the federal three months stand.
US-UT | hours 08:00-21:00 sun closed | statute 2026-11-26 | Utah Code 13-25a-103(3) | Lifted by prior express consent, as are the holidays. One open-source table has 9-20; the text has not.
US-UT | holidays | statute 2026-11-26 | Utah Code 13-25a-103(3); 63G-1-301 | The calendar says of each day what names it. Of Juneteenth only the Monday is closed that the section names.
US-WA | hours 08:00-20:00 | statute 2026-11-26 | RCW 80.36.390(8), 19.158.040(2), 19.158.110(4) | Recipient's local time; hang up within 10 seconds of the wish to end.
US-WA | recorded ban | statute 2026-11-26 | RCW 80.36.400(1)-(2) | No automatic dialing and announcing device, which "transmits a recorded or artificial voice message", for commercial solicitation, into voicemail neither; consent is no exemption. To confirm: solicitation is an "unsolicited" communication, so a call that the person asked for may be outside; a company that reads it so replaces the rule by one of its own.
US-WA | registry | statute 2026-11-26; except ebr,written | RCW 80.36.390(1)(b), (9) | Calls in answer to a request or inquiry, and about an item bought within twelve months, are no solicitation; no other relationship exempts.
US-WA | relationship 12 3 | statute 2026-11-26 | RCW 80.36.390(1)(b)(i) | Twelve months from the purchase; of an inquiry it names no term, so the federal one stands.
US-WA | collection 3 | statute 2026-11-27 | RCW 19.16.250(13)(a) (of 2026) | More than three communications in a single week, "in any form", are presumed to be harassment, but answers to the debtor; here calls about one debt are counted, letters and messages are not known. At the place of work one in a week (b), which is not told apart.
US-WA | cap 2 24 all | statute 2026-11-27; binds collection; lines mobile | RCW 19.16.250(18) (of 2026) | No mobile more than twice in any day, calls and messages together, but in answer; here in 24 hours, whatever the debt. A licensee who checks numbers against a list of mobiles each month knows its landlines: a line whose type is known to be one is not bound.
US-WV | cap 30 168 all | statute 2026-11-27; binds collection | W. Va. Code 46A-2-125(d) | More than thirty calls to a person in a week are unlawful "with intent to annoy", whatever the debt; read strictly, without the intent. More than ten conversations in a week are not told apart.
US-WY | hours 08:00-20:00 | statute 2026-11-26; except ebr | Wyo. Stat. 40-12-301(a), 40-12-302(d) | No unsolicited sales call before 8 or after 20, local time at the consumer's location; calls to somebody with a relationship are not unsolicited. Copy of 2022.
US-WY | list 92 | statute 2026-11-26; except ebr,written | Wyo. Stat. 40-12-301(a), 40-12-302(b) | The list is that of the Telephone Preference Service or its successor, 60 days after a number appears in it. The statute names no age of the file.
US-WY | consent express | statute 2026-11-26; except ebr; lines mobile | Wyo. Stat. 40-12-301(a), 40-12-302(e) | No unsolicited sales call to an unpublished cellular number; what is published no line of facts tells, so every mobile counts. Calls at the request of the person, and to customers, are not unsolicited. Copy of 2022.
US-WY | registry | statute 2026-11-26; except ebr | Wyo. Stat. 40-12-303(b)(ii)-(iii) | An automated system that selects or dials numbers places live sales calls only to numbers screened against the national list, or to customers, or in answer to a call: consent does not replace the screening. To confirm: unlisted numbers must be screened out too, which no line of facts tells.
US-WY | recorded ban | statute 2026-11-26 | Wyo. Stat. 40-12-303(a) | No sales call by an automated system that selects or dials numbers or plays a recording. (b) lifts that for live messages only.
`;
