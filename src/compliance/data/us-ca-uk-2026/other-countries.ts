// Canada and the United Kingdom. Calls to a country that is not in the pack are denied by `decide` itself.

import type { Rule } from "../../pack/schema.ts";
import { EVERY, READ, READ_COMMISSION, READ_FEDERAL, RECORDED, SALES, TO_CONFIRM, week } from "./writing.ts";

/** CRTC Unsolicited Telecommunications Rules. */
export function canadianRules(): Rule[] {
  return [
    {
      kind: "calling-hours",
      id: "ca-hours",
      jurisdiction: "CA",
      binds: EVERY,
      week: week(["09:00", "21:30"], ["10:00", "18:00"]),
      violation: "HOURS_CRTC",
      citation: "CRTC Unsolicited Telecommunications Rules, Part III, rule 23",
      confidence: "statute",
      lookedUp: READ_COMMISSION,
      note: "The hours \"refer to those of the consumer\": the rule was read as a quotation, its hours on a page of the Commission (its report of 2024-09-30). Collection is no telemarketing (the list's own page); these hours stand for it because the provinces' were not read. Of the provinces only British Columbia was looked into.",
    },
    {
      kind: "national-registry",
      id: "ca-registry",
      jurisdiction: "CA",
      binds: SALES,
      exempt: ["ebr", "express"],
      violation: "DNC_NATIONAL",
      citation: "CRTC Unsolicited Telecommunications Rules, Part II, section 4; Telecommunications Act s. 41.7(1)",
      confidence: "statute",
      lookedUp: READ_COMMISSION,
      note: 'No call to a number on the list "unless express consent has been provided by such consumer to be contacted … by that telemarketer or the client" (the Commission\'s notice of violation of 2021-09-17, which states the section): by word or in writing, and the caller must be able to show it. A relationship lifts the list too (the act).',
    },
    {
      kind: "registry-age",
      id: "ca-registry-age",
      jurisdiction: "CA",
      binds: SALES,
      maxAgeDays: 31,
      violation: "DNC_STALE",
      citation: "CRTC Unsolicited Telecommunications Rules, Part II (Telecom Decision 2007-48)",
      confidence: "summary",
      lookedUp: READ_COMMISSION,
      note: "No number that has been on the list for more than 31 days may be called, by the list's own page: with a file of at most 31 days each of them is known.",
    },
    {
      kind: "relationship",
      id: "ca-relationship",
      jurisdiction: "CA",
      binds: SALES,
      months: { transaction: 18, inquiry: 6 },
      citation: "Telecommunications Act (S.C. 1993, c. 38) s. 41.7(1)(b), (2)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: "Something bought, leased or rented within the eighteen months before the call, an inquiry or application within the six (consolidation of 2026-03-02). A written contract in force, or ended within eighteen months, makes a relationship too, which no line of facts tells. Not of who asked this caller not to call.",
    },
    {
      kind: "consent-required",
      id: "ca-prerecorded-consent",
      jurisdiction: "CA",
      binds: RECORDED,
      level: "express",
      violation: "CONSENT_REQUIRED",
      reassignedViolation: "CONSENT_REASSIGNED",
      citation: "CRTC Unsolicited Telecommunications Rules, Part IV, rule 2 (Regulatory Policy 2014-155)",
      confidence: "statute",
      lookedUp: READ_COMMISSION,
      note: 'No telemarketing by an automatic dialing-announcing device "unless express consent has been provided by the consumer" to such calls of this telemarketer or its client (a quotation, which the Commission\'s page on its key rules confirms); a relationship does not replace it, which the Commission refused to change in 2014.',
    },
    {
      kind: "abandonment-limit",
      id: "ca-abandonment",
      jurisdiction: "CA",
      binds: EVERY,
      maxRate: 0.05,
      period: { calendarMonth: true },
      connectWithinSeconds: 2,
      citation: "CRTC Unsolicited Telecommunications Rules, Part III",
      confidence: "unconfirmed",
      note: `A call is abandoned when nobody speaks within two seconds (Part I, read on 2026-11-27). ${TO_CONFIRM}5 % in a calendar month was not read in any source.`,
    },
  ];
}

/**
 * Ofcom, the privacy regulations, and custom. The rules bind all of +44, since numbers of Jersey, Guernsey and the Isle of Man
 * cannot be told apart with certainty.
 */
export function britishRules(): Rule[] {
  const ofcom = {
    citation: "policy; Ofcom, Persistent Misuse: statement of 2016-12-20, in force since 2017-03-01",
    confidence: "policy" as const,
    effective: "2017-03-01",
    lookedUp: READ,
  };
  return [
    {
      kind: "calling-hours",
      id: "gb-hours",
      jurisdiction: "GB",
      binds: EVERY,
      week: week(["08:00", "21:00"], ["08:00", "21:00"], ["09:00", "21:00"]),
      violation: "HOURS_POLICY",
      citation: "policy: there are no statutory calling hours",
      confidence: "policy",
    },
    {
      kind: "national-registry",
      id: "gb-registry",
      jurisdiction: "GB",
      binds: SALES,
      exempt: ["express"],
      violation: "DNC_NATIONAL",
      citation: "Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), reg. 21(1)(b), (4)",
      confidence: "statute",
      lookedUp: READ,
      note: "A number on the Telephone Preference Service may be called only when its subscriber has told this caller that he does not object, by word or in writing; being a customer does not say so. The 28 days after registration in which a call is no breach are used only for the age of the file.",
    },
    {
      kind: "registry-age",
      id: "gb-registry-age",
      jurisdiction: "GB",
      binds: SALES,
      maxAgeDays: 28,
      violation: "DNC_STALE",
      citation: "Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), reg. 21(3)",
      confidence: "statute",
      lookedUp: READ,
      note: "A call is no breach while the number has been on the register for less than 28 days: with a file that is 28 days old none can have been on it longer without being in the file.",
    },
    {
      kind: "consent-required",
      id: "gb-prerecorded-consent",
      jurisdiction: "GB",
      binds: RECORDED,
      level: "express",
      violation: "CONSENT_REQUIRED",
      reassignedViolation: "CONSENT_REASSIGNED",
      citation: "Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), reg. 19(1)-(2)",
      confidence: "summary",
      lookedUp: READ_FEDERAL,
      note: "For calls by an automated calling system that plays recordings; live calls are in regulation 21. The subscriber must have told this caller that he consents for the time being; the consent need not be written. Read in the Information Commissioner's guide.",
    },
    {
      kind: "abandoned-quiet",
      id: "gb-abandoned-quiet",
      jurisdiction: "GB",
      binds: EVERY,
      hours: 72,
      liftedByGuaranteedAgent: true,
      violation: "UK_ABANDON_72H",
      ...ofcom,
      note: `${TO_CONFIRM}the 72 hours are those of Ofcom's statements of 2006 to 2010. Whether the statement of 2016 keeps them was not seen, so they stand as a policy of this pack.`,
    },
    {
      kind: "abandonment-limit",
      id: "gb-abandonment",
      jurisdiction: "GB",
      binds: EVERY,
      maxRate: 0.03,
      period: { rollingHours: 24 },
      connectWithinSeconds: 2,
      ...ofcom,
      note: "No share of abandoned calls is allowed in the United Kingdom. The 3 % of the statement of 2010 ended on 2017-02-28: Ofcom removed it because it had been taken for a safe harbour, and now judges every abandoned call as misuse, persistent where it is a pattern, a practice or reckless. The 3 % in 24 hours is a policy of this pack, an upper bound for the dialer.",
    },
  ];
}
