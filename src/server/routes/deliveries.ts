// Events on their way to receivers: attempts, next tries, dead letters, replay.

import { z } from "zod";
import type { Delivery, Outbox } from "../../store/index.ts";
import { pageOf } from "../api/schemas/common.ts";
import { type Delivery as DeliveryView, delivery, replayRequest, replayResult } from "../api/schemas/deliveries.ts";
import { timeText } from "../api/texts.ts";
import { ServerError } from "../error.ts";
import { cursor, limit, numberCursor, pageOfItems } from "../routing/query.ts";
import { type ApiRoute, route } from "../routing/route.ts";

/** What the routes act on. */
export type DeliveriesPort = Pick<Outbox, "listDeliveries" | "replay">;

export function deliveryRoutes(port: () => DeliveriesPort): ApiRoute[] {
  return [
    route({
      id: "deliveries.list",
      method: "get",
      path: "/deliveries",
      summary: "Events and how their delivery stands, newest first",
      role: "viewer",
      query: z.strictObject({
        limit,
        cursor,
        endpoint: z.string().optional(),
        status: z.enum(["pending", "delivered", "dead"]).optional(),
        subject: z.string().optional(),
      }),
      reply: pageOf(delivery),
      async handle({ query }) {
        const { limit: size, cursor: after, ...wanted } = query;
        const found = await port().listDeliveries({
          ...wanted,
          limit: size + 1,
          after: numberCursor(after),
          newestFirst: true,
        });
        return pageOfItems(found, size, ({ id }) => String(id), viewOf);
      },
    }),
    route({
      id: "deliveries.replay",
      method: "post",
      path: "/deliveries/replay",
      summary: "Queue events again, by id or by range of ids; dead ones unless said otherwise",
      role: "operator",
      body: replayRequest,
      reply: replayResult,
      async handle({ body }) {
        if (body.ids === undefined && body.fromId === undefined && body.toId === undefined && body.endpoint === undefined)
          throw new ServerError("invalid_request", "name the events: ids, a range fromId to toId, or an endpoint");
        return { queued: await port().replay(body) };
      },
    }),
  ];
}

function viewOf(one: Delivery): DeliveryView {
  return {
    id: one.id,
    eventId: one.eventId,
    endpoint: one.endpoint,
    subject: one.subject,
    type: one.type,
    status: one.status,
    attempts: one.attempts,
    createdAt: timeText(one.createdAt),
    nextAttemptAt: timeText(one.nextAttemptAt),
    lastStatus: one.lastStatus,
    lastError: one.lastError,
    deliveredAt: timeText(one.deliveredAt),
  };
}
