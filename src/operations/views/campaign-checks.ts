// The checks before a campaign dials, each with its result as text.

import { coversText, durationText, shortPercent } from "../../kernel/index.ts";
import type { PairReport } from "../campaigns/failover/pair.ts";
import { orderRefusal, pairWords } from "../campaigns/failover/words.ts";
import { listedWords, reasonsOf } from "../campaigns/state/gate.ts";
import type { ResumeVerdict } from "../campaigns/state/resume.ts";
import { noAnswers } from "../compliance/abandonment.ts";
import { companyListWords } from "../compliance/words.ts";
import { type DncBeforeStart, dncWords } from "../tenant-dnc/index.ts";
import { CALLED_BEFORE, TENANT_GROUPS } from "./check-names.ts";
import type { CampaignPreview } from "./schemas/campaign-verbs.ts";

type Check = CampaignPreview["checks"][number];

/** Most zones that are named; the rest is counted. */
const ZONES = 12;

/**
 * How the tenant's do-not-call groups compare with the company's list before a start. @param refusal why that forbids the start
 */
export function groupsCheck(found: DncBeforeStart, refusal?: string): Check {
  const passed = !("problem" in found) && found.missing === 0 ? true : refusal === undefined ? null : false;
  return { check: TENANT_GROUPS, passed, text: refusal ?? dncWords(found) };
}

/** The checks of the pre-dial gate. */
export function gateChecks(verdict: ResumeVerdict): Check[] {
  const { refusals, manifest, windows, abandonment, announced, whole } = verdict;
  const against = (code: (typeof refusals)[number]["code"]) => refusals.find((one) => one.code === code);
  const setBack = against("audit_set_back");
  const unreadable = against("rules_unreadable");
  const none = against("no_contact_list") ?? against("list_shrunk") ?? against("list_empty");
  const checks: Check[] = [];
  if (setBack !== undefined) checks.push({ check: "database", passed: false, text: setBack.text });
  const clock = against("clock_off");
  if (clock !== undefined) checks.push({ check: "this machine's clock", passed: false, text: clock.text });
  const pair = against("pair_dials");
  if (pair !== undefined) checks.push({ check: "failover pair", passed: false, text: pair.text });
  if (unreadable !== undefined) checks.push({ check: "rules", passed: false, text: unreadable.text });
  if (none !== undefined) checks.push({ check: "contact list", passed: false, text: none.text });
  if (manifest === null) return checks;
  if (verdict.doNotCall !== undefined) checks.push(groupsCheck(verdict.doNotCall, against("company_list_not_held")?.text));
  const { counts, input, facts } = manifest;
  const unlisted = against("no_company_list");
  const list = facts.companyList;
  checks.push({
    check: "company's do-not-call list",
    passed: unlisted === undefined,
    text: unlisted?.text ?? (list === undefined ? "known" : companyListWords(list)),
  });
  const stale = against("stale_compliance_data");
  const files = facts.registries
    .map(
      ({ registry, asOf, covers = [] }) => `${registry} as of ${asOf}${covers.length === 0 ? "" : ` for ${coversText(covers)}`}`,
    )
    .join(", ");
  checks.push({
    check: "do-not-call registries",
    passed: stale === undefined,
    text: stale?.text ?? (files === "" ? "no file is loaded, and none is needed for these contacts" : files),
  });
  if (input.contacts > 0) {
    const open = windows.filter((one) => one.open > 0);
    const names = open.slice(0, ZONES).map(({ zone, contacts }) => `${zone} (${contacts})`);
    const more = open.length > names.length ? [`${open.length - names.length} more`] : [];
    checks.push({
      check: "calling windows",
      // Closed windows do not forbid a start: the campaign dials nobody until one opens.
      passed: open.length > 0 ? true : null,
      text: `${open.length} of ${windows.length} zones open${names.length === 0 ? "" : `: ${[...names, ...more].join(", ")}`}`,
    });
    const held = reasonsOf(manifest, false);
    const of = whole || announced === null ? "" : ` of ${announced} on the list`;
    checks.push({
      check: "contacts",
      // When nobody at the beginning of a list may be called, that says nothing about the rest of the list.
      passed: counts.dial > 0 ? true : whole ? false : null,
      text: `${counts.dial} of ${input.contacts} looked at${of} may be called now${held === "" ? "" : `; not now: ${held}`}`,
    });
    if (verdict.onCompanyList > 0 && verdict.doNotCall === undefined)
      checks.push({ check: "contacts on the company's list", passed: null, text: listedWords(verdict) });
  }
  for (const { rule, reading } of abandonment) {
    const { abandoned, live, limit, withinLimit, importing, by } = reading;
    const window = durationText(limit.windowHours * 3_600_000);
    checks.push({
      check: `abandonment, ${rule.id}`,
      passed: live === 0 ? null : withinLimit,
      text: `${importing === null ? "" : withinLimit === null ? "not judged while calls are imported: " : `over by at least ${importing.overBy}, whatever the import still brings: `}${live === 0 ? `not known: ${noAnswers(by)} of ${window}` : `${abandoned} of ${live} live answers were abandoned in ${window}`}; ${shortPercent(limit.maxRate)} are allowed`,
    });
  }
  return checks;
}

/** The state of a pair. @param from the side that would hand over */
export function pairChecks({ primary, backup, state, policy }: PairReport, from: "primary" | "backup"): Check[] {
  const { words, reason, nextStep } = pairWords(state, primary);
  const refused = orderRefusal(state, from === "primary" ? "fail-over" : "fail-back") !== null;
  const because = reason === null ? "" : `: ${reason}`;
  return [
    {
      check: "who dials",
      // A pair that needs a person still accepts the order.
      passed: refused ? false : state.side === from && nextStep === null ? true : null,
      text: `${words}${because}; the ${state.side} (${state.side === "primary" ? primary : backup}) is meant to dial`,
    },
    {
      check: "policy",
      passed: null,
      text: `the watch hands over by itself when the success rate is surely below ${shortPercent(policy.threshold)}`,
    },
    ...(policy.overlap === "accept" ? [] : [calledBefore(from === "primary" ? [primary, backup] : [backup, primary], state)]),
  ];
}

/** What is known before a hand-over of contacts whom the other campaign has called: the lists are read in the hand-over itself. */
function calledBefore([gives, takes]: readonly [string, string], { phase, halt }: PairReport["state"]): Check {
  const before =
    phase === "halted" && halt !== null ? `the pair is halted (${halt}), and a hand-over halts again while that holds; ` : "";
  return {
    check: CALLED_BEFORE,
    passed: null,
    text: `${before}which contacts on the list of ${takes} have been called by ${gives} is not known before the hand-over: it would halt when there are any. A drill looks for them and changes nothing`,
  };
}
