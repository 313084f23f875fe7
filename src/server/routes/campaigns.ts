// Campaigns: health, figures with events on the same time axis, and the verbs that change what is dialed.

import { z } from "zod";
import { type CampaignUseCases, campaignPreviewOf } from "../../operations/index.ts";
import {
  CAMPAIGN_VERBS,
  type CampaignVerb,
  campaignDetail,
  campaignList,
  campaignNames,
  campaignPreview,
  campaignResult,
  campaignStatusList,
  confirmation,
  healthView,
  previewed,
} from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";
import { flag } from "../routing/query.ts";
import { dangerousRoute, route } from "../routing/route.ts";

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
      query: z.strictObject({ hours: z.coerce.number().positive().max(744).default(DEFAULT_HOURS), fresh }),
      reply: campaignDetail,
      handle: ({ params, query }) => campaigns().show(params.id, query),
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
