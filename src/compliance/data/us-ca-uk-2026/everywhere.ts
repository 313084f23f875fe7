// Rules that bind every call. Countries with a rule of their own are in `except`; in all others the strictest of these rules is
// applied as a policy.

import type { Rule } from "../../pack/schema.ts";
import { EVERY, READ_FEDERAL, RECORDED, SALES, TO_CONFIRM } from "./writing.ts";

const WITH_THEIR_OWN = ["US", "CA", "GB"];
const POLICY = "policy: no law of this country was looked into";

/** The rules on consent, revocation and do-not-call lists. */
export function everywhereRules(): Rule[] {
  return [
    {
      kind: "consent-required",
      id: "prerecorded-consent",
      jurisdiction: "*",
      except: WITH_THEIR_OWN,
      binds: RECORDED,
      level: "written",
      violation: "CONSENT_REQUIRED",
      reassignedViolation: "CONSENT_REASSIGNED",
      citation: POLICY,
      confidence: "policy",
    },
    {
      kind: "national-registry",
      id: "national-registry",
      jurisdiction: "*",
      except: WITH_THEIR_OWN,
      binds: SALES,
      exempt: ["written"],
      violation: "DNC_NATIONAL",
      citation: POLICY,
      confidence: "policy",
    },
    {
      kind: "registry-age",
      id: "registry-age",
      jurisdiction: "*",
      except: WITH_THEIR_OWN,
      binds: SALES,
      maxAgeDays: 28,
      violation: "DNC_STALE",
      citation: POLICY,
      confidence: "policy",
      note: "A country without a do-not-call registry needs a rule in an overlay that ends this one.",
    },
    {
      kind: "consent-revocation",
      id: "consent-revocation",
      jurisdiction: "*",
      binds: EVERY,
      violation: "CONSENT_REVOKED",
      citation: "47 CFR 64.1200(a)(10)-(11)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: `Binds at once; the legal limit is a ceiling. ${TO_CONFIRM}the rule that one revocation ends all robocalls on unrelated matters is waived until 2027-01-31 (DA 26-12); one source tells of an order of 2026-09-30, not yet in force, that narrows it.`,
    },
    {
      kind: "revocation-deadline",
      id: "revocation-deadline",
      jurisdiction: "*",
      binds: EVERY,
      businessDays: 10,
      calendar: "US",
      effective: "2025-04-11",
      citation: "47 CFR 64.1200(a)(10), (d)(3)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: "Ten business days; that neither Saturdays, Sundays nor federal holidays count was read in summaries.",
    },
    {
      kind: "internal-list",
      id: "internal-list",
      jurisdiction: "*",
      binds: EVERY,
      violation: "DNC_INTERNAL",
      citation: "47 CFR 64.1200(d)(3), (6), 16 CFR 310.4(b)(1)(iii)(A); PECR 2003 reg. 21(1)(a)",
      confidence: "statute",
      lookedUp: READ_FEDERAL,
      note: `Never expires here: the FCC's five years are (d)(6). ${TO_CONFIRM}the FTC's rule, which names no end by summaries, was not read.`,
    },
  ];
}
