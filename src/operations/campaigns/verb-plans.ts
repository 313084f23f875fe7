// The plans of a resume and of a hand-over, by what gate and pair say. Beside their preview, which the library shows without the gate.

import type { DncBeforeStart } from "../tenant-dnc/index.ts";
import { gateChecks, groupsCheck, pairChecks } from "../views/campaign-checks.ts";
import type { Planned } from "../views/plan.ts";
import type { CampaignPreview } from "../views/schemas/campaign-verbs.ts";
import { timeText } from "../views/texts.ts";
import type { PairReport } from "./failover/pair.ts";
import { orderRefusal } from "./failover/words.ts";
import type { VerbPlan } from "./preview.ts";
import type { ResumeVerdict } from "./state/resume.ts";

/** The plan of a resume, by the verdict of gate and pair. @param stopMark the latest emergency stop before that was asked for */
export function resumePlanOf(verdict: ResumeVerdict, stopMark: number): Planned<VerbPlan> {
  const { campaign, refusals, manifest, windows, whole, announced, at } = verdict;
  const { id, name, status } = campaign;
  const open = windows.filter((one) => one.open > 0).length;
  const judged =
    manifest === null
      ? null
      : { contacts: manifest.input.contacts, callable: manifest.counts.dial, listed: announced, whole, at: timeText(at) };
  return {
    operation: "campaigns.resume",
    summary: `Resume ${name ?? id}: ${status} now, ${open} of ${windows.length} zones open${callableOf(judged)}`,
    // Without the counts: they change every minute, and the gate is asked again when the action is carried out.
    relies: { id, status, allowed: refusals.length === 0, stopMark },
    refusals: refusals.map(({ text }) => text),
    plan: {
      id,
      verb: "resume",
      campaignId: id,
      judged,
      checks: gateChecks(verdict),
      against: refusals.map(({ code }) => code),
      stopMark,
    },
  };
}

function callableOf(judged: CampaignPreview["judged"]): string {
  if (judged === null) return "";
  const { contacts, callable, listed, whole } = judged;
  const rest =
    whole || listed === null ? "" : ` (of ${listed} on the list; the gate reads on when nobody of these may be called)`;
  return `, ${callable} of ${contacts} contacts looked at callable now${rest}`;
}

/**
 * The plan of a hand-over. @param id the campaign that it was asked for, of either side. @param given.found how the tenant's
 * do-not-call groups compare for the campaign that takes over, and why that forbids it; `stopMark` as for a resume
 */
export function handOverPlanOf(
  id: string,
  pair: PairReport,
  verb: "failover" | "failback",
  {
    found,
    stopMark,
  }: { readonly found: { readonly groups: DncBeforeStart; readonly refusal: string | null } | null; readonly stopMark: number },
): Planned<VerbPlan> {
  const { primary, backup, state } = pair;
  const refusal = orderRefusal(state, verb === "failover" ? "fail-over" : "fail-back");
  const [gives, takes] = verb === "failover" ? [primary, backup] : [backup, primary];
  const checks = pairChecks(pair, verb === "failover" ? "primary" : "backup");
  return {
    operation: `campaigns.${verb}`,
    summary: `Hand over from ${gives} to ${takes}`,
    relies: { primary, backup, phase: state.phase, side: state.side, stopMark },
    refusals: [refusal, found?.refusal ?? null].filter((text) => text !== null),
    plan: {
      id: primary,
      verb,
      campaignId: id,
      judged: null,
      checks: found === null ? checks : [...checks, groupsCheck(found.groups, found.refusal ?? undefined)],
      stopMark,
    },
  };
}
