// Campaigns: health, figures with what happened on their time axis, and the verbs that change what is dialed.

import { z } from "zod";
import type { ResumeReport, ResumeVerdict, StateChange } from "../../operations/index.ts";
import {
  CAMPAIGN_VERBS,
  type CampaignResult,
  campaignPreview,
  campaignResult,
  confirmation,
} from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";
import { type ApiRoute, dangerousRoute, route } from "../routing/route.ts";
import { plannedVerb, previewOf, primaryOf } from "./campaign-plans.ts";
import { type CampaignReadsPort, campaignReads } from "./campaign-reads.ts";

/** What the routes act on. */
export interface CampaignsPort extends CampaignReadsPort {
  /** The pre-dial gate, and what the failover pair has against a resume: a look, not a permission. */
  gate(id: string): Promise<ResumeVerdict>;
  pause(id: string, given: { readonly by: string; readonly reason: string | undefined }): Promise<StateChange>;
  resume(id: string, given: { readonly by: string; readonly reason: string | undefined }): Promise<ResumeReport>;
  order(primary: string, what: "fail-over" | "fail-back", by: string): Promise<void>;
  drill(primary: string, signal: AbortSignal): Promise<{ readonly passed: boolean; readonly steps: readonly string[] }>;
}

const byId = z.strictObject({ id: z.string().min(1).max(200) });
const reason = z.string().max(500).optional();

export function campaignRoutes(port: () => CampaignsPort): ApiRoute[] {
  return [
    ...campaignReads(port),
    route({
      id: "campaigns.preview",
      method: "post",
      path: "/campaigns/{id}/{verb}/preview",
      question: true,
      summary: "What a verb would do now; its confirm is what the verb wants",
      role: "operator",
      params: byId.extend({ verb: z.enum(CAMPAIGN_VERBS) }),
      reply: campaignPreview,
      handle: async ({ params: { id, verb } }) => previewOf(await plannedVerb(port(), id, verb)),
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
    dangerousRoute({
      id: "campaigns.resume",
      method: "post",
      path: "/campaigns/{id}/resume",
      summary: "Starts dialing, past the pre-dial gate",
      role: "operator",
      params: byId,
      body: z.strictObject({ ...confirmation.shape, reason }),
      reply: campaignResult,
      plan: ({ params, body }) => plannedVerb(port(), params.id, "resume", body.reason),
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

function resultOf({ campaignId, target, outcome, confirmed, shown, message }: StateChange): CampaignResult {
  const open = outcome === "failed" || outcome === "unknown" || outcome === "superseded";
  return {
    campaignId,
    // Whatever was answered: a tenant that shows another state has not done it.
    status: open ? outcome : shown === false ? "unknown" : target,
    confirmed,
    already: outcome === "already",
    message: message ?? (confirmed ? `the tenant shows it ${target}` : "not confirmed yet"),
  };
}
