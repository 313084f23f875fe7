// The checks before a campaign dials, each with its result as text.

import { coversText, durationText, shortPercent } from "../../kernel/index.ts";
import type { PairReport } from "../campaigns/failover/pair.ts";
import { orderRefusal, pairWordsOf } from "../campaigns/failover/words.ts";
import { listedWords, reasonsOf } from "../campaigns/state/gate.ts";
import type { ResumeVerdict } from "../campaigns/state/resume.ts";
import { noAnswers } from "../compliance/abandonment.ts";
import { companyListWords } from "../compliance/words.ts";
import { type DncBeforeStart, dncWords } from "../tenant-dnc/index.ts";
import { CALLED_BEFORE, STAFFING, TENANT_GROUPS } from "./check-names.ts";
import type { CampaignPreview } from "./schemas/campaign-verbs.ts";

type Check = CampaignPreview["checks"][number];

/** A check that lets pass, that forbids, that found something and forbids nothing by itself, and one that found nothing out. */
const passed = (check: string, text: string): Check => ({ check, verdict: "ok", forbids: false, text });
const forbids = (check: string, text: string): Check => ({ check, verdict: "not_ok", forbids: true, text });
const noted = (check: string, text: string): Check => ({ check, verdict: "not_ok", forbids: false, text });
const notKnown = (check: string, text: string): Check => ({ check, verdict: "unknown", forbids: false, text });

/** Most zones that are named; the rest is counted. */
const ZONES = 12;

/**
 * How the tenant's do-not-call groups compare with the company's list before a start. @param refusal why that forbids the start
 */
function groupsCheck(found: DncBeforeStart, refusal?: string): Check {
  if (refusal !== undefined) return forbids(TENANT_GROUPS, refusal);
  const of = "problem" in found ? notKnown : found.missing === 0 ? passed : noted;
  return of(TENANT_GROUPS, dncWords(found));
}

/** The checks of the pre-dial gate. */
export function gateChecks(verdict: ResumeVerdict): Check[] {
  const { refusals, manifest, windows, abandonment, announced, whole } = verdict;
  const against = (code: (typeof refusals)[number]["code"]) => refusals.find((one) => one.code === code);
  const setBack = against("audit_set_back");
  const unreadable = against("rules_unreadable");
  const none = against("no_contact_list") ?? against("list_shrunk") ?? against("list_empty");
  const checks: Check[] = [];
  if (setBack !== undefined) checks.push(forbids("database", setBack.text));
  const clock = against("clock_off");
  if (clock !== undefined) checks.push(forbids("this machine's clock", clock.text));
  const pair = against("pair_dials");
  if (pair !== undefined) checks.push(forbids("failover pair", pair.text));
  if (unreadable !== undefined) checks.push(forbids("rules", unreadable.text));
  if (none !== undefined) checks.push(forbids("contact list", none.text));
  const { staffing } = verdict;
  if (staffing !== undefined) {
    const of = staffing.enough === null ? notKnown : staffing.enough ? passed : noted;
    checks.push(of(STAFFING, staffing.text));
  }
  if (manifest === null) return checks;
  if (verdict.doNotCall !== undefined) checks.push(groupsCheck(verdict.doNotCall, against("company_list_not_held")?.text));
  const { counts, input, facts } = manifest;
  const unlisted = against("no_company_list");
  const list = facts.companyList;
  const listed = list === undefined ? "known" : companyListWords(list);
  checks.push((unlisted === undefined ? passed : forbids)("company's do-not-call list", unlisted?.text ?? listed));
  const stale = against("stale_compliance_data");
  const files = facts.registries
    .map(
      ({ registry, asOf, covers = [] }) => `${registry} as of ${asOf}${covers.length === 0 ? "" : ` for ${coversText(covers)}`}`,
    )
    .join(", ");
  const loaded = files === "" ? "no file is loaded, and none is needed for these contacts" : files;
  checks.push((stale === undefined ? passed : forbids)("do-not-call registries", stale?.text ?? loaded));
  if (input.contacts > 0) {
    const open = windows.filter((one) => one.open > 0);
    const names = open.slice(0, ZONES).map(({ zone, contacts }) => `${zone} (${contacts})`);
    const more = open.length > names.length ? [`${open.length - names.length} more`] : [];
    checks.push(
      // Closed windows do not forbid a start: the campaign dials nobody until one opens.
      (open.length > 0 ? passed : noted)(
        "calling windows",
        `${open.length} of ${windows.length} zones open${names.length === 0 ? "" : `: ${[...names, ...more].join(", ")}`}`,
      ),
    );
    const held = reasonsOf(manifest, false);
    const of = whole || announced === null ? "" : ` of ${announced} on the list`;
    checks.push(
      // When nobody at the beginning of a list may be called, that says nothing about the rest of the list.
      (counts.dial > 0 ? passed : whole ? forbids : notKnown)(
        "contacts",
        `${counts.dial} of ${input.contacts} looked at${of} may be called now${held === "" ? "" : `; not now: ${held}`}`,
      ),
    );
    if (verdict.onCompanyList > 0 && verdict.doNotCall === undefined)
      checks.push(noted("contacts on the company's list", listedWords(verdict)));
  }
  for (const { rule, reading } of abandonment) {
    const { abandoned, live, limit, withinLimit, importing, by } = reading;
    const window = durationText(limit.windowHours * 3_600_000);
    checks.push(
      (live === 0 || withinLimit === null ? notKnown : withinLimit ? passed : forbids)(
        `abandonment, ${rule.id}`,
        `${importing === null ? "" : withinLimit === null ? "not judged while calls are imported: " : `over by at least ${importing.overBy}, whatever the import still brings: `}${live === 0 ? `not known: ${noAnswers(by)} of ${window}` : `${abandoned} of ${live} live answers were abandoned in ${window}`}; ${shortPercent(limit.maxRate)} are allowed`,
      ),
    );
  }
  return checks;
}

/** The state of a pair. @param from the side that would hand over */
export function pairChecks({ primary, backup, state, policy }: PairReport, from: "primary" | "backup"): Check[] {
  const { words, reason, nextStep } = pairWordsOf(state, primary);
  const refused = orderRefusal(state, from === "primary" ? "fail-over" : "fail-back") !== null;
  const because = reason === null ? "" : `: ${reason}`;
  return [
    // A pair that needs a person still accepts the order.
    (refused ? forbids : state.side === from && nextStep === null ? passed : noted)(
      "who dials",
      `${words}${because}; the ${state.side} (${state.side === "primary" ? primary : backup}) is meant to dial`,
    ),
    passed("policy", `the watch hands over by itself when the success rate is surely below ${shortPercent(policy.threshold)}`),
    ...(policy.overlap !== "refuse" ? [] : [calledBefore(from === "primary" ? [primary, backup] : [backup, primary], state)]),
  ];
}

/** What is known before a hand-over of contacts whom the other campaign has called: the lists are read in the hand-over itself. */
function calledBefore([gives, takes]: readonly [string, string], { phase, halt }: PairReport["state"]): Check {
  const before =
    phase === "halted" && halt !== null ? `the pair is halted (${halt}), and a hand-over halts again while that holds; ` : "";
  return notKnown(
    CALLED_BEFORE,
    `${before}which contacts on the list of ${takes} have been called by ${gives} is not known before the hand-over: it would halt when there are any. A drill looks for them and changes nothing`,
  );
}
