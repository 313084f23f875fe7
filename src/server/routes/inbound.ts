// Vendor events: those that wait, how they ended, and another attempt for those put aside.

import { z } from "zod";
import { inboundEvent, inboundEventOf, pageOf, replayResult } from "../../operations/views/index.ts";
import type { Inbound } from "../../store/index.ts";
import { cursor, limit, numberCursor, pageOfItems } from "../routing/query.ts";
import { route } from "../routing/route.ts";

/** What the routes use. */
export type InboundPort = Pick<Inbound, "list" | "replay">;

export function inboundEventRoutes(port: () => InboundPort) {
  return [
    route({
      id: "inbound.list",
      method: "get",
      path: "/inbound",
      summary: "Events of the vendor and what became of them, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor, status: z.enum(["pending", "done", "ignored", "aside"]).optional() }),
      reply: pageOf(inboundEvent),
      async handle({ query }) {
        const asked = { status: query.status, before: numberCursor(query.cursor) };
        const read = async (limit: number) => (await port().list({ ...asked, limit })).map(inboundEventOf);
        return pageOfItems(query.limit, read, "id");
      },
    }),
    route({
      id: "inbound.replay",
      method: "post",
      path: "/inbound/replay",
      summary: "Process events again that were put aside: those named, or all of them",
      role: "operator",
      body: z.strictObject({ ids: z.array(z.int().min(1)).max(10_000).optional() }),
      reply: replayResult,
      handle: async ({ body }) => ({ queued: await port().replay(body.ids) }),
    }),
  ];
}
