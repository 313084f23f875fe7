// Failover pairs: the state and history of each, the contacts that a hand-over holds back, and the policy of the watch.

import { z } from "zod";
import { type FailoverUseCases, failoverPreviewOf } from "../../operations/index.ts";
import {
  confirmation,
  failoverHappening,
  failoverPair,
  failoverPreview,
  masked,
  pageOf,
  previewed,
} from "../../operations/views/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { linesFrom, withEnd } from "../routing/ndjson.ts";
import { cursor, end, flag, limit, numberCursor, pageOfItems } from "../routing/query.ts";
import { dangerousRoute, route, streamRoute } from "../routing/route.ts";

const campaignId = z.string().min(1).max(200);
const byPrimary = z.strictObject({ primary: campaignId });

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
      reply: z.strictObject({ items: z.array(failoverPair).readonly() }),
      handle: async () => ({ items: await failover().list() }),
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
      query: z.strictObject({ reveal: flag, end }),
      line: z.strictObject({ number: z.string(), until: z.string() }),
      contentType: "application/x-ndjson",
      async handle({ params, query, who }) {
        const shown = mayReveal(query.reveal, who);
        const texts = await linesFrom(async (write) => {
          for await (const { number, until } of failover().holds(params.id))
            await write({ number: shown ? number : masked(number), until });
        });
        return { texts: query.end ? withEnd(texts) : texts };
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
