// Closed interactions: what they contain, and what a correction would do. Corrections themselves are jobs.

import { z } from "zod";
import { type CorrectionUseCases, type InteractionUseCases, POLICIES } from "../../operations/index.ts";
import { correctionMade, correctionView, interactionView } from "../../operations/views/index.ts";
import { limit } from "../routing/query.ts";
import { route } from "../routing/route.ts";

const byId = z.strictObject({ id: z.string().min(1).max(200) });
export function interactionRoutes(interactions: () => InteractionUseCases & Pick<CorrectionUseCases, "made">) {
  return [
    route({
      id: "interactions.made",
      method: "get",
      path: "/interactions/corrections",
      summary: "The corrections of interactions that were made from here, the latest first",
      role: "viewer",
      personal: true,
      query: z.strictObject({ interaction: z.string().min(1).max(200).optional(), limit }),
      reply: z.strictObject({ items: z.array(correctionMade).readonly() }),
      handle: async ({ query }) => ({
        items: await interactions().made({ interactionId: query.interaction, limit: query.limit }),
      }),
    }),
    route({
      id: "interactions.show",
      method: "get",
      path: "/interactions/id/{id}",
      summary: "The dispositions of an interaction, with the codes that explain them",
      role: "viewer",
      personal: true,
      params: byId,
      reply: interactionView,
      handle: ({ params }) => interactions().show(params.id),
    }),
    route({
      id: "interactions.preview",
      method: "post",
      path: "/interactions/id/{id}/preview",
      question: true,
      personal: true,
      summary: "What a correction would store; nothing is sent",
      role: "viewer",
      params: byId,
      body: z.strictObject({
        code: z.string().min(1),
        description: z.string().default(""),
        agentId: z.string().min(1),
        timestamp: z.string().min(1).max(100).meta({ format: "date-time" }).optional(),
        policy: z.enum(POLICIES).default("append"),
        etag: z.string().min(1).max(256).optional().describe("Version tag that the interaction must have"),
      }),
      reply: correctionView,
      handle: ({ params, body }) => interactions().preview(params.id, body),
    }),
  ];
}
