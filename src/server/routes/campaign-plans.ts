// What the verbs of a campaign would do: the plan with its preview.

import { orderRefusal, type PairReport, type ResumeVerdict } from "../../operations/index.ts";
import {
  type CampaignPreview,
  type CampaignVerb,
  confirmOf,
  gateChecks,
  type Planned,
  type Previewed,
  pairChecks,
  timeText,
} from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";

/** What plans are made with. */
interface PlanningPort {
  /** The pair that a campaign is in. */
  pair(id: string): Promise<PairReport | undefined>;
  /** The pre-dial gate, and what the failover pair has against a resume: a look, not a permission. */
  gate(id: string): Promise<ResumeVerdict>;
}

/** What a verb acts on, the primary for a hand-over; whom the gate looked at, and what was checked. */
interface VerbPlan extends Pick<CampaignPreview, "verb" | "campaignId" | "judged" | "checks"> {
  readonly id: string;
}

/** Throws ServerError `not_available` when the campaign is in no pair. */
export async function primaryOf(port: Pick<PlanningPort, "pair">, id: string): Promise<string> {
  const pair = await port.pair(id);
  if (pair !== undefined) return pair.primary;
  throw new ServerError("not_available", `campaign ${id} is in no failover pair`, {
    advice: "Give it a section failover in its campaign file, or outdial campaign failover watch --primary --backup.",
  });
}

/** @param reason as the person who asks gives it */
export async function plannedVerb(
  port: PlanningPort,
  id: string,
  verb: CampaignVerb,
  reason?: string,
): Promise<Previewed<VerbPlan>> {
  const made = verb === "resume" ? await plannedResume(port, id) : await plannedOther(port, id, verb);
  return { ...made, shown: { kind: "campaign", preview: previewOf(made), reason: reason ?? null } };
}

async function plannedResume(port: PlanningPort, id: string): Promise<Planned<VerbPlan>> {
  const verdict = await port.gate(id);
  const { campaign, refusals, manifest, windows, whole, announced, at } = verdict;
  const open = windows.filter((one) => one.open > 0).length;
  const judged =
    manifest === null
      ? null
      : { contacts: manifest.input.contacts, callable: manifest.counts.dial, listed: announced, whole, at: timeText(at) };
  // Nobody at the beginning of a list is not nobody: the gate reads on when it is done.
  const against = refusals.filter(({ code }) => code !== "nobody_callable" || whole);
  return {
    operation: "campaigns.resume",
    summary: `Resume ${campaign.name ?? id}: ${campaign.status} now, ${open} of ${windows.length} zones open${callableOf(judged)}`,
    // Not the counts: they move with every minute, and the gate is asked again when it is done.
    relies: { id, status: campaign.status, allowed: against.length === 0 },
    refusals: against.map(({ text }) => text),
    plan: { id, verb: "resume", campaignId: id, judged, checks: gateChecks(verdict) },
  };
}

async function plannedOther(port: PlanningPort, id: string, verb: Exclude<CampaignVerb, "resume">): Promise<Planned<VerbPlan>> {
  const operation = `campaigns.${verb}`;
  const shared = { verb, campaignId: id, judged: null } as const;
  if (verb === "pause" || verb === "drill") {
    const summary = verb === "pause" ? `Pause ${id}` : `Rehearse a hand-over of ${id}`;
    const on = verb === "drill" ? await primaryOf(port, id) : id;
    return { operation, summary, relies: { id, verb }, refusals: [], plan: { id: on, ...shared, checks: [] } };
  }
  const primary = await primaryOf(port, id);
  const pair = await port.pair(id);
  const from = verb === "failover" ? "primary" : "backup";
  const refusal = pair === undefined ? null : orderRefusal(pair.state, verb === "failover" ? "fail-over" : "fail-back");
  const refusals = refusal === null ? [] : [refusal];
  const relies = { primary, backup: pair?.backup, phase: pair?.state.phase, side: pair?.state.side };
  const [gives, takes] = verb === "failover" ? [primary, pair?.backup ?? ""] : [pair?.backup ?? "", primary];
  const checks = pair === undefined ? [] : pairChecks(pair, from);
  return {
    operation,
    summary: `Hand over from ${gives} to ${takes}`,
    relies,
    refusals,
    plan: { id: primary, ...shared, checks },
  };
}

export function previewOf(planned: Planned<VerbPlan>): CampaignPreview {
  const { verb, campaignId, judged, checks } = planned.plan;
  return {
    verb,
    campaignId,
    confirm: confirmOf(planned),
    effects: [planned.summary, ...EFFECTS[verb]],
    refusals: [...planned.refusals],
    judged,
    checks,
  };
}

function callableOf(judged: CampaignPreview["judged"]): string {
  if (judged === null) return "";
  const { contacts, callable, listed, whole } = judged;
  const rest =
    whole || listed === null ? "" : ` (of ${listed} on the list; the gate reads on when nobody of these may be called)`;
  return `, ${callable} of ${contacts} contacts looked at callable now${rest}`;
}

const EFFECTS: Readonly<Record<CampaignVerb, readonly string[]>> = {
  pause: ["No new calls are placed; calls under way go on to their end"],
  resume: ["The pre-dial gate is asked once more", "The campaign begins to dial"],
  failover: ["The primary is paused and drained", "The pre-dial gate is asked for the backup", "The backup begins to dial"],
  failback: ["The backup is paused and drained", "The pre-dial gate is asked for the primary", "The primary begins to dial"],
  drill: ["Everything is read and decided as in a hand-over", "Nothing is changed"],
};
