// The consequences of an event: audit entries, alarms, the stored policy, the end. Pure, except for new ids.

import type { AuditInput, CampaignLedger } from "../../../store/index.ts";
import { cloudEvent, type OutboundEventType } from "../../events/index.ts";
import { type OwnPolicy, uploadedOf } from "../file/schema.ts";
import type { CampaignPlan, PlanEntry } from "../plan/types.ts";
import { outcomeOf, stepsOf } from "./machine.ts";
import type { ApplyEvent, ApplyState, EntryResult } from "./state.ts";

type Step = Parameters<CampaignLedger["append"]>[0];

/** What goes into the same transaction as the event. */
export type Notices = Pick<Step, "audit" | "events" | "policy" | "made" | "end">;

export interface NoticeInput {
  readonly jobId: string;
  readonly actor: string;
  readonly plan: CampaignPlan;
  readonly before: ApplyState;
  readonly state: ApplyState;
  readonly event: ApplyEvent;
  readonly newId: () => string;
}

/** Events with an audit entry of their own; readings are recorded with their consequences. */
const AUDITED: Readonly<Partial<Record<ApplyEvent["type"], string>>> = {
  resumed: "campaign.apply_resumed",
  placed: "campaign.piece",
  sent: "campaign.accepted",
  stale: "campaign.stale",
  refused: "campaign.tenant_refused",
  lost: "campaign.reply_lost",
  gated: "campaign.gated",
  activated: "campaign.activation_accepted",
};

/** The audit entries and events of a step of an apply, to be committed with it. */
export function noticesOf(input: NoticeInput): Notices {
  const { plan, before, state, event } = input;
  const entry = stepsOf(plan)[before.at];
  const audit: AuditInput[] = [];
  const subject = before.id ?? entry?.name ?? "campaigns";
  const add = (action: string, details: Readonly<Record<string, unknown>>, about = subject) =>
    audit.push({
      actor: input.actor,
      action,
      subject: about,
      job: input.jobId,
      time: event.at,
      details: { plan: plan.hash, ...details },
    });
  if (event.type === "intended" && entry !== undefined)
    add("campaign.send", {
      name: entry.name,
      action: entry.action,
      onto: before.onto,
      changes: entry.changes,
      status: entry.status,
    });
  const action = AUDITED[event.type];
  if (action !== undefined) {
    const { at: _, type: __, ...facts } = event;
    add(action, { name: entry?.name, ...facts });
  }
  const settled = state.results.slice(before.results.length);
  for (const result of settled) {
    const { id, name, outcome, message, fields } = result;
    add(
      `campaign.${outcome}`,
      { name, ...(message === null ? {} : { message }), ...(fields.length === 0 ? {} : { fields }) },
      id ?? name,
    );
  }
  const policy = event.type === "registered" && entry !== undefined ? kept(input, entry) : undefined;
  if (policy !== undefined) add("campaign.policy", { name: entry?.name, policy: policy.policy });
  const end = endOf(input);
  if (end?.outcome !== undefined) add(`campaign.plan_${end.outcome}`, { results: state.results }, "campaigns");
  else if (end !== undefined) add("campaign.apply_stopped", { phase: state.phase, ...state.stop }, "campaigns");
  return {
    audit,
    events: eventsOf(input, settled, end),
    ...(policy === undefined ? {} : { policy }),
    ...(event.type !== "activated" || event.already || before.id === null
      ? {}
      : {
          made: {
            campaignId: before.id,
            target: "active",
            actor: input.actor,
            reason: `plan ${plan.hash.slice(0, 12)}`,
            at: event.at,
          },
        }),
    ...(end === undefined ? {} : { end }),
  };
}

/** What is kept about the campaign from now on; a backup that the same plan made is named by its id. */
function kept({ plan, actor, before, event }: NoticeInput, entry: PlanEntry): Step["policy"] {
  const { failover } = entry.own;
  const { records, wanted } = entry;
  const list = String(wanted.document["contactListId"]);
  const uploaded =
    records === undefined
      ? uploadedOf(entry.before?.own)
      : { list, sha256: records.sha256, records: records.records, at: new Date(event.at).toISOString() };
  const made = before.results.find(({ name, action }) => action === "create" && name === failover?.backup);
  const own: OwnPolicy =
    failover === undefined || made === undefined || made.id === null
      ? entry.own
      : { ...entry.own, failover: { ...failover, backup: made.id } };
  const policy = uploaded === undefined ? own : { ...own, uploaded };
  return { campaignId: before.id ?? "", name: entry.name, policy, planHash: plan.hash, actor };
}

function endOf({ before, state }: NoticeInput): Notices["end"] {
  if (state.phase === "ended" && before.phase !== "ended") {
    const outcome = outcomeOf(state);
    const failed = state.results.filter((result) => result.outcome !== "applied");
    const message =
      failed.length === 0 ? null : failed.map(({ name, outcome: how }) => `${name}: ${how.replace("_", " ")}`).join("; ");
    return { status: outcome === "applied" ? "done" : "partly_failed", message, outcome };
  }
  if (state.stop !== null && before.stop === null) return { status: "stopped", error: state.stop, message: state.stop.message };
  return undefined;
}

/** A person should know about a campaign that dials from now on, and about a plan that did not succeed. */
function eventsOf(input: NoticeInput, settled: readonly EntryResult[], end: Notices["end"]): Notices["events"] {
  const { plan, actor, jobId, state, event } = input;
  const make = (type: OutboundEventType, subject: string, data: Readonly<Record<string, unknown>>) => {
    const eventId = input.newId();
    const facts = { jobId, actor, plan: plan.hash, ...data };
    const body = cloudEvent({ id: eventId, source: "/outdial/campaigns", type, subject, time: event.at, data: facts });
    return { eventId, subject, type, body };
  };
  const activated = settled.filter(
    ({ outcome, name }) => outcome === "applied" && stepsOf(plan).some((entry) => entry.name === name && entry.activates),
  );
  return [
    ...activated.map(({ id, name }) => make("CAMPAIGN_ACTIVATED", id ?? name, { campaignId: id, name })),
    ...(end === undefined || end.outcome === "applied"
      ? []
      : [make("CAMPAIGN_APPLY_INCOMPLETE", "campaigns", { message: end.message, results: state.results, stop: state.stop })]),
  ];
}
