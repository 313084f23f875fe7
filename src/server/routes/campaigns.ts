// Campaigns: health, figures with what happened on their time axis, and the verbs that change what is dialed.

import { z } from "zod";
import type {
  CampaignGateVerdict,
  CampaignHealth,
  CampaignReading,
  PairReport,
  ResumeReport,
  StateChange,
  StopReport,
} from "../../operations/index.ts";
import { campaignSummaryOf, healthViewOf, pointOf } from "../api/campaign-views.ts";
import { stopResult } from "../api/schemas/campaign-files.ts";
import {
  type AxisEvent,
  type CampaignPreview,
  type CampaignResult,
  campaignDetail,
  campaignPreview,
  campaignResult,
  campaignSummary,
  healthView,
} from "../api/schemas/campaigns.ts";
import { confirmation, pageOf } from "../api/schemas/common.ts";
import { timeText } from "../api/texts.ts";
import { ServerError } from "../error.ts";
import { confirmOf, type Planned } from "../routing/plan.ts";
import { type ApiRoute, dangerousRoute, route } from "../routing/route.ts";

/** What the routes act on. */
export interface CampaignsPort {
  list(): Promise<readonly { readonly id: string; readonly name: string; readonly status: string }[]>;
  /** Throws TenantError `not_found`. */
  health(id: string): Promise<CampaignHealth>;
  series(id: string, from: number, to: number): Promise<readonly CampaignReading[]>;
  /** What happened to it and to what it is dialed with, oldest first. */
  happened(id: string, from: number): Promise<AxisEvent[]>;
  /** The vendor's document. */
  document(id: string): Promise<Record<string, unknown>>;
  /** The pair that it is in. */
  pair(id: string): Promise<PairReport | undefined>;
  /** The pre-dial gate: a look, not a permission. */
  gate(id: string): Promise<CampaignGateVerdict>;
  pause(id: string, given: { readonly by: string; readonly reason: string | undefined }): Promise<StateChange>;
  /** Pauses every campaign of the tenant. */
  stop(given: { readonly by: string; readonly reason: string | undefined }): Promise<StopReport>;
  resume(id: string, given: { readonly by: string; readonly reason: string | undefined }): Promise<ResumeReport>;
  order(primary: string, what: "fail-over" | "fail-back", by: string): Promise<void>;
  drill(primary: string, signal: AbortSignal): Promise<{ readonly passed: boolean; readonly steps: readonly string[] }>;
  now(): number;
}

const HOUR_MS = 3_600_000;
/** Figures shown without being asked for others, hours. */
const DEFAULT_HOURS = 6;
/** More points than this are thinned: no screen shows them. */
const POINTS = 720;
/** The federal limit on abandoned calls, drawn where no campaign limit is known (47 CFR 64.1200(a)(7)). */
const LIMIT = 0.03;

const byId = z.strictObject({ id: z.string().min(1).max(200) });
const reason = z.string().max(500).optional();
const VERBS = ["pause", "resume", "failover", "failback", "drill"] as const;

export function campaignRoutes(port: () => CampaignsPort): ApiRoute[] {
  return [
    route({
      id: "campaigns.list",
      method: "get",
      path: "/campaigns",
      summary: "All campaigns with their state, figures, budget, windows, and why they do not dial",
      role: "viewer",
      reply: pageOf(campaignSummary),
      async handle() {
        const named = await port().list();
        const items = await Promise.all(named.map(async (one) => campaignSummaryOf(await port().health(one.id), one)));
        return { items, next: null };
      },
    }),
    route({
      id: "campaigns.show",
      method: "get",
      path: "/campaigns/{id}",
      summary: "One campaign: figures over time, what happened meanwhile, its configuration",
      role: "viewer",
      params: byId,
      query: z.strictObject({ hours: z.coerce.number().positive().max(744).default(DEFAULT_HOURS) }),
      reply: campaignDetail,
      async handle({ params: { id }, query }) {
        const now = port().now();
        const from = now - query.hours * HOUR_MS;
        const [health, readings, events, configuration, pair] = await Promise.all([
          port().health(id),
          port().series(id, from, now),
          port().happened(id, from),
          port().document(id),
          port().pair(id),
        ]);
        const status = typeof configuration["status"] === "string" ? configuration["status"] : "unknown";
        const name = typeof configuration["name"] === "string" ? configuration["name"] : id;
        const summary = campaignSummaryOf(health, { name, status });
        return {
          ...summary,
          threshold: pair?.primary === id ? pair.policy.threshold : null,
          abandonmentLimit: summary.abandonment?.limit ?? LIMIT,
          series: thinned(ofOneWindow(readings, pair?.policy.windowMinutes)).map(pointOf),
          events,
          configuration,
        };
      },
    }),
    route({
      id: "campaigns.health",
      method: "get",
      path: "/campaigns/{id}/health",
      summary: "The documented health view of one campaign",
      role: "viewer",
      params: byId,
      reply: healthView,
      handle: async ({ params }) => healthViewOf(await port().health(params.id)),
    }),
    route({
      id: "health.dashboard",
      method: "get",
      path: "/dashboard/health",
      outside: true,
      summary: "The documented health view of one campaign, at its documented address",
      role: "viewer",
      query: z.strictObject({ campaign_id: z.string().min(1).max(200) }),
      reply: healthView,
      handle: async ({ query }) => healthViewOf(await port().health(query.campaign_id)),
    }),
    route({
      id: "health.show",
      method: "get",
      path: "/health",
      outside: true,
      summary: "The same; without a campaign, of the one that matters most: the primary of a failover pair, else one that dials",
      role: "viewer",
      query: z.strictObject({ campaign_id: z.string().min(1).max(200).optional() }),
      reply: healthView,
      handle: async ({ query }) => healthViewOf(await port().health(query.campaign_id ?? (await foremost(port())))),
    }),
    route({
      id: "campaigns.preview",
      method: "post",
      path: "/campaigns/{id}/{verb}/preview",
      question: true,
      summary: "What a verb would do now; its confirm is what the verb wants",
      role: "operator",
      params: byId.extend({ verb: z.enum(VERBS) }),
      reply: campaignPreview,
      handle: async ({ params: { id, verb } }) => previewOf(id, verb, await plannedVerb(port(), id, verb)),
    }),
    route({
      id: "campaigns.pause",
      method: "post",
      path: "/campaigns/{id}/pause",
      summary: "Stops dialing; confirmed when no call is under way",
      description: "Stopping is never held up by a confirmation; one that is sent is not looked at.",
      role: "operator",
      params: byId,
      body: z.strictObject({ reason, confirm: z.string().optional() }).optional(),
      reply: campaignResult,
      handle: async ({ params, body, who }) => resultOf(await port().pause(params.id, { by: who.name, reason: body?.reason })),
    }),
    route({
      id: "campaigns.stop",
      method: "post",
      path: "/campaigns/stop",
      summary: "Emergency stop: pauses every campaign of the tenant; one that fails holds no other back",
      description: "Stopping is never held up by a confirmation. Repeated, it pauses what still dials.",
      role: "operator",
      body: z.strictObject({ reason }).optional(),
      reply: stopResult,
      async handle({ body, who }) {
        const { changes, alreadyPaused, listProblem } = await port().stop({ by: who.name, reason: body?.reason });
        return { changes: changes.map(resultOf), alreadyPaused, listProblem };
      },
    }),
    dangerousRoute({
      id: "campaigns.resume",
      method: "post",
      path: "/campaigns/{id}/resume",
      summary: "Starts dialing, past the pre-dial gate",
      role: "operator",
      params: byId,
      body: z.strictObject({ ...confirmation.shape, reason }),
      reply: campaignResult,
      plan: ({ params }) => plannedVerb(port(), params.id, "resume"),
      async act({ params, body, who }) {
        const { verdict, change } = await port().resume(params.id, { by: who.name, reason: body.reason });
        if (change !== null) return resultOf(change);
        const refusals = verdict.refusals.map(({ text }) => text);
        throw new ServerError("plan_refused", refusals.join("; "), { details: { refusals } });
      },
    }),
    ...(["failover", "failback"] as const).map((verb) =>
      dangerousRoute({
        id: `campaigns.${verb}`,
        method: "post",
        path: `/campaigns/{id}/${verb}`,
        summary: verb === "failover" ? "Hands over to the backup, whatever the figures say" : "Gives the primary another try",
        role: "operator",
        params: byId,
        body: confirmation,
        reply: campaignResult,
        status: 202,
        plan: ({ params }) => plannedVerb(port(), params.id, verb),
        async act({ params, who }, { id: primary }) {
          await port().order(primary, verb === "failover" ? "fail-over" : "fail-back", who.name);
          return {
            campaignId: params.id,
            status: "ordered",
            confirmed: true,
            already: false,
            message: "the watch over the pair carries it out at its next look",
          };
        },
      }),
    ),
    route({
      id: "campaigns.drill",
      method: "post",
      path: "/campaigns/{id}/drill",
      summary: "Rehearses a hand-over: reads and decides as one would, changes nothing",
      role: "operator",
      params: byId,
      body: z.strictObject({ confirm: z.string().optional() }).optional(),
      reply: campaignResult,
      async handle({ params: { id }, signal }) {
        const primary = await primaryOf(port(), id);
        const { passed, steps } = await port().drill(primary, signal);
        const message = `${passed ? "The other campaign would dial at the end." : "It would NOT end with a campaign that dials."} ${steps.join(" ")}`;
        return { campaignId: id, status: passed ? "passed" : "failed", confirmed: passed, already: false, message };
      },
    }),
  ];
}

/** Throws ServerError `not_available` when the tenant has no campaign. */
async function foremost(port: CampaignsPort): Promise<string> {
  const all = await port.list();
  for (const { id } of all) if ((await port.pair(id))?.primary === id) return id;
  const one = all.find(({ status }) => status === "active") ?? all[0];
  if (one !== undefined) return one.id;
  throw new ServerError("not_available", "the tenant has no campaign");
}

async function primaryOf(port: CampaignsPort, id: string): Promise<string> {
  const pair = await port.pair(id);
  if (pair !== undefined) return pair.primary;
  throw new ServerError("not_available", `campaign ${id} is in no failover pair`, {
    advice: "Give it a section failover in its campaign file, or outdial campaign failover watch --primary --backup.",
  });
}

/** What a verb acts on, the primary for a hand-over; and whom the gate looked at. */
interface VerbPlan {
  readonly id: string;
  readonly judged: CampaignPreview["judged"];
}

async function plannedVerb(port: CampaignsPort, id: string, verb: (typeof VERBS)[number]): Promise<Planned<VerbPlan>> {
  const operation = `campaigns.${verb}`;
  if (verb === "resume") {
    const { campaign, refusals, manifest, windows, whole, announced, at } = await port.gate(id);
    const open = windows.filter((one) => one.open > 0).length;
    const judged =
      manifest === null
        ? null
        : { contacts: manifest.input.contacts, callable: manifest.counts.dial, listed: announced, whole, at: timeText(at) };
    // Nobody at the beginning of a list is not nobody: the gate reads on when it is done.
    const against = refusals.filter(({ code }) => code !== "nobody_callable" || whole);
    return {
      operation,
      summary: `Resume ${campaign.name ?? id}: ${campaign.status} now, ${open} of ${windows.length} zones open${callableOf(judged)}`,
      // Not the counts: they move with every minute, and the gate is asked again when it is done.
      relies: { id, status: campaign.status, allowed: against.length === 0 },
      refusals: against.map(({ text }) => text),
      plan: { id, judged },
    };
  }
  if (verb === "pause" || verb === "drill") {
    const summary = verb === "pause" ? `Pause ${id}` : `Rehearse a hand-over of ${id}`;
    const plan = verb === "drill" ? await primaryOf(port, id) : id;
    return { operation, summary, relies: { id, verb }, refusals: [], plan: { id: plan, judged: null } };
  }
  const primary = await primaryOf(port, id);
  const pair = await port.pair(id);
  const from = verb === "failover" ? "primary" : "backup";
  const refusals = pair !== undefined && pair.state.side !== from ? [`the ${pair.state.side} of this pair dials already`] : [];
  const relies = { primary, backup: pair?.backup, phase: pair?.state.phase, side: pair?.state.side };
  const [gives, takes] = verb === "failover" ? [primary, pair?.backup ?? ""] : [pair?.backup ?? "", primary];
  return { operation, summary: `Hand over from ${gives} to ${takes}`, relies, refusals, plan: { id: primary, judged: null } };
}

function previewOf(id: string, verb: (typeof VERBS)[number], planned: Planned<VerbPlan>): CampaignPreview {
  return {
    verb,
    campaignId: id,
    confirm: confirmOf(planned),
    effects: [planned.summary, ...EFFECTS[verb]],
    refusals: [...planned.refusals],
    judged: planned.plan.judged,
  };
}

function callableOf(judged: CampaignPreview["judged"]): string {
  if (judged === null) return "";
  const { contacts, callable, listed, whole } = judged;
  const rest =
    whole || listed === null ? "" : ` (of ${listed} on the list; the gate reads on when nobody of these may be called)`;
  return `, ${callable} of ${contacts} contacts looked at callable now${rest}`;
}

const EFFECTS: Readonly<Record<(typeof VERBS)[number], readonly string[]>> = {
  pause: ["No new calls are placed; calls under way go on to their end"],
  resume: ["The pre-dial gate is asked once more", "The campaign begins to dial"],
  failover: ["The primary is paused and drained", "The pre-dial gate is asked for the backup", "The backup begins to dial"],
  failback: ["The backup is paused and drained", "The pre-dial gate is asked for the primary", "The primary begins to dial"],
  drill: ["Everything is read and decided as in a hand-over", "Nothing is changed"],
};

function resultOf({ campaignId, target, outcome, confirmed, message }: StateChange): CampaignResult {
  return {
    campaignId,
    status: outcome === "failed" || outcome === "unknown" ? outcome : target,
    confirmed,
    already: outcome === "already",
    message: message ?? (confirmed ? `the tenant shows it ${target}` : "not confirmed yet"),
  };
}

/** Readings over windows of one length, for figures of different ones make no curve: the watch's when it has any, else the most usual one. */
function ofOneWindow(readings: readonly CampaignReading[], watched: number | undefined): readonly CampaignReading[] {
  const counts = new Map<number | null, number>();
  for (const { windowMinutes } of readings) counts.set(windowMinutes, (counts.get(windowMinutes) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a);
  const wanted = watched !== undefined && counts.has(watched) ? watched : usual?.[0];
  return readings.filter(({ windowMinutes }) => windowMinutes === wanted);
}

function thinned<T>(readings: readonly T[]): readonly T[] {
  const every = Math.ceil(readings.length / POINTS);
  return every <= 1 ? readings : readings.filter((_, i) => (readings.length - 1 - i) % every === 0);
}
