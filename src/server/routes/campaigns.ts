// Campaigns: health, figures with events on the same time axis, and the verbs that change what is dialed.

import { z } from "zod";
import { type CampaignUseCases, campaignPreviewOf, type FailoverUseCases, failoverPreviewOf } from "../../operations/index.ts";
import {
  begunStop,
  CAMPAIGN_VERBS,
  type CampaignVerb,
  campaignAgent,
  campaignDetail,
  campaignList,
  campaignNames,
  campaignPreview,
  campaignResult,
  campaignStatusList,
  confirmation,
  emergencyStop,
  failoverDrill,
  failoverHappening,
  failoverPair,
  failoverPrepared,
  failoverPreview,
  healthView,
  masked,
  pageOf,
  previewed,
  stopResult,
  story,
} from "../../operations/views/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { ServerError } from "../error.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { cursor, flag, limit, NO_NUL, numberCursor, pageOfItems } from "../routing/query.ts";
import { dangerousRoute, route, streamRoute } from "../routing/route.ts";

/** Most campaigns that one request pauses. */
const MOST_PAUSED = 1000;
/** So long one request waits for calls under way at most: proxies cut off what takes a minute. */
const MOST_WAIT_SECONDS = 45;
/** Default period of the figures, hours. */
const DEFAULT_HOURS = 6;

const byId = z.strictObject({ id: z.string().min(1).max(200) });
const reason = z.string().max(500).optional();
const fresh = flag.describe(
  "true reads the tenant first and waits for it; otherwise the answer is what was last read, with its time",
);
const KNOWN =
  "Answers at once with what was last read of the tenant, each part with its time; what is too old is read in the background and told by the live updates.";

export function campaignRoutes(campaigns: () => CampaignUseCases) {
  /** @param given the reason, as given by the person */
  const plan = (id: string, verb: CampaignVerb, given?: string) =>
    previewed(campaigns().plan(id, verb), (made) => ({
      kind: "campaign",
      preview: campaignPreviewOf(made),
      reason: given ?? null,
    }));
  /** For verbs that make calls possible: refused on a database that was set back, whatever the plan says. */
  const callingPlan: typeof plan = async (...given) => {
    await campaigns().requireFits();
    return plan(...given);
  };
  return [
    route({
      id: "campaigns.list",
      method: "get",
      path: "/campaigns",
      summary: "All campaigns with their state, figures, budget, windows, and why they do not dial",
      description: `${KNOWN} fresh=true reads the list, with names and states; the figures of one campaign are read by fresh=true on that campaign.`,
      role: "viewer",
      query: z.strictObject({ fresh }),
      reply: campaignList,
      handle: ({ query }) => campaigns().list(query.fresh),
    }),
    route({
      id: "campaigns.names",
      method: "get",
      path: "/campaigns/names",
      summary: "Id and name of each campaign, for choosing one",
      role: "viewer",
      reply: campaignNames,
      handle: () => campaigns().names(),
    }),
    route({
      id: "campaigns.status",
      method: "get",
      path: "/campaigns/status",
      summary: "What outdial campaign status shows: of one campaign, or of all",
      description: `${KNOWN} With fresh=true a campaign that is named is read first, else the list. When the tenant cannot be read, \`failed\` says why, and the answer is of before.`,
      role: "viewer",
      query: z.strictObject({ campaign: z.string().min(1).max(200).optional(), fresh }),
      reply: campaignStatusList,
      handle: ({ query }) => campaigns().statuses(query.campaign, query.fresh),
    }),
    route({
      id: "campaigns.show",
      method: "get",
      path: "/campaigns/id/{id}",
      summary: "One campaign: figures over time, what happened meanwhile, its configuration",
      description: KNOWN,
      role: "viewer",
      params: byId,
      query: z.strictObject({
        hours: z.coerce.number().positive().max(744).default(DEFAULT_HOURS),
        daysBefore: z.coerce.number().int().positive().max(31).optional().describe("Also the figures of so many days before"),
        fresh,
      }),
      reply: campaignDetail,
      handle: ({ params, query }) => campaigns().show(params.id, query),
    }),
    route({
      id: "campaigns.stories",
      method: "get",
      path: "/campaigns/stories",
      summary: "Hand-overs, changes of settings under guard, and stops, step by step with what was known at each, newest first",
      description: "Of a campaign, of one stop by its id, or of one version of the dialer settings.",
      role: "viewer",
      query: z.strictObject({
        campaign: z.string().min(1).max(200).optional(),
        stop: z.string().min(1).max(200).regex(NO_NUL).optional(),
        version: z.coerce.number().int().positive().optional(),
      }),
      reply: z.strictObject({ items: z.array(story).readonly() }),
      handle: async ({ query }) => ({ items: await campaigns().stories(query) }),
    }),
    route({
      id: "campaigns.agents",
      method: "get",
      path: "/campaigns/id/{id}/agents",
      summary: "Who is assigned to a campaign, and who is signed in on it; asks the tenant",
      role: "viewer",
      params: byId,
      reply: z.strictObject({ items: z.array(campaignAgent) }),
      handle: async ({ params, signal }) => ({ items: [...(await campaigns().agents(params.id, { signal }))] }),
    }),
    route({
      id: "campaigns.health",
      method: "get",
      path: "/campaigns/id/{id}/health",
      summary: "The documented health view of one campaign",
      description: KNOWN,
      role: "viewer",
      params: byId,
      query: z.strictObject({ fresh }),
      reply: healthView,
      handle: ({ params, query }) => campaigns().health(params.id, query.fresh),
    }),
    route({
      id: "health.dashboard",
      method: "get",
      path: "/dashboard/health",
      outside: true,
      summary: "The documented health view of one campaign, at its documented address",
      description: KNOWN,
      role: "viewer",
      query: z.strictObject({ campaign_id: z.string().min(1).max(200), fresh }),
      reply: healthView,
      handle: ({ query }) => campaigns().health(query.campaign_id, query.fresh),
    }),
    route({
      id: "health.show",
      method: "get",
      path: "/health",
      outside: true,
      summary: "The same; without a campaign, of the one that matters most: the primary of a failover pair, else one that dials",
      description: KNOWN,
      role: "viewer",
      query: z.strictObject({ campaign_id: z.string().min(1).max(200).optional(), fresh }),
      reply: healthView,
      handle: ({ query }) => campaigns().health(query.campaign_id, query.fresh),
    }),
    route({
      id: "campaigns.preview",
      method: "post",
      path: "/campaigns/id/{id}/{verb}/preview",
      question: true,
      summary: "What a verb would do now; its confirm is what the verb wants",
      role: "operator",
      params: byId.extend({ verb: z.enum(CAMPAIGN_VERBS) }),
      reply: campaignPreview,
      handle: async ({ params: { id, verb } }) => campaignPreviewOf(await campaigns().plan(id, verb)),
    }),
    route({
      id: "campaigns.pause",
      method: "post",
      path: "/campaigns/id/{id}/pause",
      summary: "Stops dialing; confirmed when no call is under way",
      description:
        "Stopping is never held up by a confirmation; one that is sent is not looked at. When the database does not answer, it is carried out as a " +
        "stop of the campaign, which goes on after the answer.",
      role: "operator",
      storeless: true,
      params: byId,
      body: z.strictObject({ reason, confirm: z.string().optional() }).optional(),
      reply: campaignResult,
      handle: ({ params, body, who }) => campaigns().pause(params.id, who.name, body?.reason),
    }),
    route({
      id: "campaigns.pauseSeveral",
      method: "post",
      path: "/campaigns/pause",
      summary: "Stops the dialing of several campaigns at once; one that fails holds no other back",
      description: "All campaigns of the tenant: campaigns.stop.",
      role: "operator",
      storeless: true,
      // A blank that was copied along must not prevent a campaign from being paused.
      body: z.strictObject({
        campaigns: z.array(z.string().trim().min(1).max(200)).min(1).max(MOST_PAUSED),
        reason,
        waitSeconds: z
          .number()
          .min(0)
          .max(MOST_WAIT_SECONDS)
          .default(10)
          .describe("How long calls under way are waited for; the pause itself is sent at once"),
      }),
      reply: z.strictObject({ items: z.array(campaignResult).readonly() }),
      async handle({ body, who }) {
        const { reason, waitSeconds } = body;
        return { items: await campaigns().pauseSeveral(body.campaigns, who.name, reason, waitSeconds * 1000) };
      },
    }),
    dangerousRoute({
      id: "campaigns.resume",
      method: "post",
      path: "/campaigns/id/{id}/resume",
      summary: "Starts dialing, past the pre-dial gate",
      role: "operator",
      params: byId,
      body: z.strictObject({ ...confirmation.shape, reason }),
      reply: campaignResult,
      plan: ({ params, body }) => callingPlan(params.id, "resume", body.reason),
      refused: ({ body, who }, plan) => campaigns().recordRefusal(plan, who.name, body.reason),
      async act({ params, body, who }, { stopMark }) {
        const result = await campaigns().resume(params.id, who.name, { reason: body.reason, stopMark });
        if (!("refusals" in result)) return result;
        throw new ServerError("plan_refused", result.refusals.join("; "), { details: { refusals: result.refusals } });
      },
    }),
    ...(["failover", "failback"] as const).map((verb) =>
      dangerousRoute({
        id: `campaigns.${verb}`,
        method: "post",
        path: `/campaigns/id/{id}/${verb}`,
        summary: verb === "failover" ? "Hands over to the backup, whatever the figures say" : "Gives the primary another try",
        role: "operator",
        params: byId,
        body: confirmation,
        reply: campaignResult,
        status: 202,
        plan: ({ params }) => callingPlan(params.id, verb),
        act: ({ who }, plan) => campaigns().order(plan, verb, who.name),
      }),
    ),
    route({
      id: "campaigns.drill",
      method: "post",
      path: "/campaigns/id/{id}/drill",
      summary: "Rehearses a hand-over: reads and decides as one would, changes nothing",
      role: "operator",
      params: byId,
      body: z.strictObject({ confirm: z.string().optional() }).optional(),
      reply: campaignResult,
      handle: ({ params, who, signal }) => campaigns().drill(params.id, who.name, signal),
    }),
  ];
}

// Stops: begun at once, with the database or without it, followed by id.

/** Longest reason that is stored, characters. */
const REASON = 500;

/** Most campaigns of one stop by name, and the longest id. */
const MOST = 10_000;
const ID = 200;

const campaignIds = z
  .array(z.string().min(1).max(ID).regex(NO_NUL))
  .min(1)
  .max(MOST)
  .readonly()
  .describe("The campaigns to stop; all of the tenant when it is left out");
const stopBody = z.strictObject({ reason: z.string().max(REASON).optional(), campaigns: campaignIds.optional() }).optional();

/** A stop from any body: a mistake in it does not prevent a stop; only campaigns that cannot be told do, or all would be stopped. */
function mendedStop(body: unknown): { readonly body: z.output<typeof stopBody>; readonly ignored: readonly string[] } {
  if (body === undefined) return { body: undefined, ignored: [] };
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { body: undefined, ignored: ["the whole body: it is no object"] };
  const ignored = Object.keys(body)
    .filter((name) => name !== "reason" && name !== "campaigns")
    .slice(0, 10)
    .map((name) => `${name.slice(0, 60)}: unknown field; allowed: reason, campaigns`);
  // Checked by the schema: what it refuses is refused.
  const named = "campaigns" in body && body.campaigns !== undefined ? { campaigns: body.campaigns as readonly string[] } : {};
  const reason = "reason" in body ? body.reason : undefined;
  if (reason === undefined) return { body: named, ignored };
  if (typeof reason !== "string") return { body: named, ignored: ["reason: it is no text", ...ignored] };
  if (reason.length <= REASON) return { body: { reason, ...named }, ignored };
  const cut = `reason: what is behind its first ${REASON} characters`;
  // The cut may split a pair of surrogates.
  return { body: { reason: reason.slice(0, REASON).toWellFormed(), ...named }, ignored: [cut, ...ignored] };
}

export function stopRoutes(campaigns: () => CampaignUseCases) {
  return [
    route({
      id: "campaigns.stop",
      method: "post",
      path: "/campaigns/stop",
      summary: "Stop: pauses every campaign of the tenant, or those named; one that fails holds no other back",
      description:
        "Stopping is never held up by a confirmation, nor by the database: without it the service goes on with what it has in memory. It is answered " +
        "within two seconds with how far it is, and goes on until each campaign is confirmed paused or 30 minutes are over, also when this service " +
        "ends: its id tells how far it is. Everything that anything says may dial is paused, whatever the tenant's list says. Repeated, it pauses " +
        "what still dials, in place of the one before. A body that cannot be used is ignored, a reason that is too long is cut, and the answer and " +
        "the audit say so; only campaigns that cannot be read refuse it.",
      role: "operator",
      body: stopBody,
      mend: mendedStop,
      storeless: true,
      status: 202,
      reply: begunStop,
      handle: async ({ body, who, ignored }) => ({
        ...(await campaigns().stop(who.name, body?.reason, body?.campaigns)),
        ignored,
      }),
    }),
    route({
      id: "campaigns.stops",
      method: "get",
      path: "/campaigns/stops",
      summary: "The latest stops, newest first",
      role: "viewer",
      storeless: true,
      query: z.strictObject({ limit }),
      reply: z.strictObject({ items: z.array(emergencyStop).readonly() }),
      handle: async ({ query }) => ({ items: await campaigns().stops(query.limit) }),
    }),
    route({
      id: "campaigns.stopped",
      method: "get",
      path: "/campaigns/stops/{stop}",
      summary: "How far a stop is: what is confirmed paused, what is not and why",
      role: "viewer",
      storeless: true,
      params: z.strictObject({ stop: z.string().min(1).max(200).regex(NO_NUL) }),
      reply: stopResult,
      handle: ({ params }) => campaigns().stopped(params.stop),
    }),
  ];
}

// Failover pairs: the state and history of each, the contacts that a hand-over holds back, and the policy of the watch.

const campaignId = z.string().min(1).max(200);
const byPrimary = z.strictObject({ primary: campaignId });

const filedPair = z
  .strictObject({ primary: z.string(), backup: z.string(), policy: failoverPair.shape.policy, summary: z.string() })
  .describe("As an applied campaign file says, and nobody watches yet");

const proposal = z.strictObject({
  primary: campaignId,
  policy: z
    .record(z.string(), z.unknown())
    .describe("As the section failover of a campaign file; fields left out take their defaults"),
});

export function failoverRoutes(failover: () => FailoverUseCases) {
  const planPut = ({ primary, policy }: z.output<typeof proposal>) => failover().planPut(primary, policy);
  return [
    route({
      id: "failover.list",
      method: "get",
      path: "/failover/pairs",
      summary: "All failover pairs: which campaign dials, whether somebody watches, alarms that stand",
      role: "viewer",
      reply: z.strictObject({ items: z.array(failoverPair).readonly(), filed: z.array(filedPair).readonly() }),
      async handle() {
        const filed = await failover().filed();
        return {
          items: await failover().list(),
          filed: filed.map(({ primary, backup, policy, summary }) => ({ primary, backup, policy, summary })),
        };
      },
    }),
    route({
      id: "failover.show",
      method: "get",
      path: "/failover/pairs/id/{primary}",
      summary: "One failover pair, by the primary or the backup",
      role: "viewer",
      params: byPrimary,
      reply: failoverPair,
      handle: ({ params }) => failover().show(params.primary),
    }),
    route({
      id: "failover.history",
      method: "get",
      path: "/campaigns/id/{id}/failover/history",
      summary: "What happened to the pair that a campaign is in, newest first",
      role: "viewer",
      params: z.strictObject({ id: campaignId }),
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(failoverHappening),
      async handle({ params, query }) {
        const before = numberCursor(query.cursor);
        return pageOfItems(query.limit, (most) => failover().history(params.id, most, before), "seq");
      },
    }),
    streamRoute({
      id: "failover.holds",
      method: "get",
      path: "/campaigns/id/{id}/failover/holds",
      personal: "revealed",
      summary:
        "Contacts that a campaign must not call yet, because the other one of its pair has called them: `{number, until}` a line",
      description: "Numbers are masked unless revealed.",
      role: "viewer",
      params: z.strictObject({ id: campaignId }),
      query: z.strictObject({ reveal: flag }),
      line: z.strictObject({ number: z.string(), until: z.string() }),
      contentType: "application/x-ndjson",
      async handle({ params, query, who }) {
        const shown = mayReveal(query.reveal, who);
        const texts = await linesFrom(async (write) => {
          for await (const { number, until } of failover().holds(params.id))
            await write({ number: shown ? number : masked(number), until });
        });
        return { texts };
      },
    }),
    route({
      id: "failover.preview",
      method: "post",
      path: "/failover/pairs/preview",
      question: true,
      summary: "What a policy would make of a pair; its confirm is what putting it wants",
      role: "operator",
      body: proposal,
      reply: failoverPreview,
      handle: async ({ body }) => failoverPreviewOf(await planPut(body)),
    }),
    dangerousRoute({
      id: "failover.put",
      method: "post",
      path: "/failover/pairs",
      summary: "Watches a pair by a policy: its backup will dial when the primary fails",
      role: "operator",
      body: proposal.extend(confirmation.shape),
      reply: failoverPair,
      plan: ({ body }) => previewed(planPut(body), (made) => ({ kind: "failover_pair", preview: failoverPreviewOf(made) })),
      async act({ who }, { primary, policy }) {
        await failover().put(primary, policy, who.name);
        return failover().show(primary);
      },
    }),
    route({
      id: "failover.take",
      method: "post",
      path: "/failover/pairs/filed",
      summary: "Begins to watch the pairs of applied campaign files; a running service does so by itself",
      role: "operator",
      reply: z.strictObject({ problems: z.array(z.string()).readonly().describe("Why one could not be watched now") }),
      handle: async () => ({ problems: await failover().takeFiles() }),
    }),
    route({
      id: "failover.drill",
      method: "post",
      path: "/failover/pairs/id/{primary}/drill",
      summary: "Rehearses a hand-over step by step: all reads and decisions, no writes",
      role: "operator",
      params: byPrimary,
      reply: failoverDrill,
      handle: ({ params, who, signal }) => failover().drill(params.primary, signal, who.name),
    }),
    route({
      id: "failover.prepare",
      method: "post",
      path: "/failover/pairs/id/{primary}/prepare",
      summary: "Brings the primary's contacts to the backup, as lists that it dials only after a hand-over; nothing is started",
      role: "operator",
      params: byPrimary,
      reply: failoverPrepared,
      handle: ({ params, who, signal }) => failover().prepare(params.primary, signal, who.name),
    }),
    route({
      id: "failover.removal",
      method: "get",
      path: "/failover/pairs/id/{primary}/removal",
      summary: "How the two campaigns would be left if nobody watched the pair any more",
      role: "viewer",
      params: byPrimary,
      reply: z.strictObject({ left: z.string() }),
      handle: async ({ params }) => ({ left: await failover().removal(params.primary) }),
    }),
    route({
      id: "failover.remove",
      method: "delete",
      path: "/failover/pairs/id/{primary}",
      summary:
        "Ends the watch over a pair; neither campaign is changed, a hand-over that has activated nothing yet is given up, and its history stays",
      role: "operator",
      params: byPrimary,
      reply: z.strictObject({ removed: z.string(), left: z.string().describe("How the two campaigns are left") }),
      handle: async ({ params, who }) => ({
        removed: params.primary,
        left: await failover().remove(params.primary, who.name),
      }),
    }),
  ];
}
