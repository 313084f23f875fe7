// The federal rules of the United States. 47 CFR 64.1200 was read as it stood on 2026-09-02, 12 CFR 1006 as of 2026-03-09; 16 CFR 310 was had in quotations only,
// so a rule that stands on both is held to have been read when the words of the former say it.

import type { Rule } from "../../pack/schema.ts";
import { COLLECTION, EVERY, READ_FEDERAL, RECORDED, SALES, TO_CONFIRM, week } from "./writing.ts";

const US = "US";
const DAYTIME = ["08:00", "21:00"] as const;

/**
 * The rules on calling hours, consent, registries, abandonment, business relationships (47 CFR 64.1200, 16 CFR 310) and debt
 * collection (12 CFR 1006).
 */
export function federalRules(): Rule[] {
  return [...hours(), ...consent(), ...registries(), ...abandonment(), ...collection()];
}

function hours(): Rule[] {
  return [
    {
      kind: "calling-hours",
      id: "us-hours",
      jurisdiction: US,
      binds: SALES,
      week: week([...DAYTIME]),
      violation: "HOURS_FEDERAL",
      citation: "47 CFR 64.1200(c)(1), 16 CFR 310.4(c)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: "Local time at the called party's location. The text forbids calls before 8 and after 9 p.m.; closing at 21:00:00 is the cautious reading. Whether consent lifts the hours is disputed (petition of 2025-03-03, no decision found): it does not here.",
    },
  ];
}

function consent(): Rule[] {
  return [
    {
      kind: "consent-required",
      id: "us-prerecorded-consent",
      jurisdiction: US,
      binds: RECORDED,
      level: "written",
      violation: "CONSENT_REQUIRED",
      reassignedViolation: "CONSENT_REASSIGNED",
      citation: "47 CFR 64.1200(a)(2)-(3), (f)(9)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: "An AI voice is an artificial voice (FCC declaratory ruling, February 2024). Consent is void once the number was permanently disconnected on or after its date (FCC DA 21-1649).",
    },
  ];
}

function registries(): Rule[] {
  return [
    {
      kind: "national-registry",
      id: "us-registry",
      jurisdiction: US,
      binds: SALES,
      exempt: ["ebr", "written"],
      violation: "DNC_NATIONAL",
      citation: "47 CFR 64.1200(c)(2), 16 CFR 310.4(b)(1)(iii)(B)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: "Permission must be a signed, written agreement that names the number: express consent alone does not lift the registry.",
    },
    {
      kind: "registry-age",
      id: "us-registry-age",
      jurisdiction: US,
      binds: SALES,
      maxAgeDays: 31,
      violation: "DNC_STALE",
      effective: "2005-01-01",
      citation: "47 CFR 64.1200(c)(2)(i)(D), 16 CFR 310.4(b)(3)(iv), FCC 04-204",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
    },
    {
      kind: "relationship",
      id: "us-relationship",
      jurisdiction: US,
      binds: SALES,
      months: { transaction: 18, inquiry: 3 },
      citation: "47 CFR 64.1200(f)(5), 16 CFR 310.2(q)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: "A request not to be called ends it, also of somebody who still buys (f)(5)(i): the own list denies then.",
    },
  ];
}

function abandonment(): Rule[] {
  return [
    {
      kind: "abandonment-limit",
      id: "us-abandonment",
      jurisdiction: US,
      binds: EVERY,
      maxRate: 0.03,
      period: { rollingDays: 30 },
      connectWithinSeconds: 2,
      citation: "47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: `Share of the live answers of one campaign in 30 days; the FTC counts a campaign shorter than that as a whole. Let it ring for 15 seconds or four rings. ${TO_CONFIRM}the FCC proposed on 2025-10-28 to delete its rule; no final order was found, and the FTC's stays.`,
    },
  ];
}

function collection(): Rule[] {
  const regF = {
    jurisdiction: US,
    binds: COLLECTION,
    confidence: "statute" as const,
    lookedUp: READ_FEDERAL,
    note: `${TO_CONFIRM}one tracker reports a change of Regulation F on 2026-07-05; no other source does.`,
  };
  return [
    {
      kind: "calling-hours",
      id: "us-collection-hours",
      week: week([...DAYTIME]),
      violation: "HOURS_FEDERAL",
      citation: "15 U.S.C. 1692c(a)(1), 12 CFR 1006.6(b)(1)",
      ...regF,
    },
    {
      kind: "attempt-cap",
      id: "us-collection-calls",
      max: 7,
      period: { localDates: 7 },
      scope: "subject",
      violation: "REGF_7IN7",
      citation: "12 CFR 1006.14(b)(2)(i)(A)",
      ...regF,
      note: `Of seven calls from 1 to 7 April the next may be on 8 April (comment 14(b)(2)(i)-1.i). Calls that did not connect, and those that the person agreed to in the last seven days, are left out by (b)(3); here they count. All student loans of one account are one debt (b)(4). ${regF.note}`,
    },
    {
      kind: "conversation-quiet",
      id: "us-collection-conversation",
      days: 7,
      scope: "subject",
      violation: "REGF_CONVERSATION",
      citation: "12 CFR 1006.14(b)(2)(i)(B)",
      ...regF,
      note: `The day of the conversation is day one; who started it does not matter. ${regF.note}`,
    },
  ];
}
