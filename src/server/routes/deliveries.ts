// Events on their way to receivers: attempts, next tries, dead letters, replay.

import { z } from "zod";
import type { DeliveryUseCases } from "../../operations/index.ts";
import {
  delivery,
  deliveryDetail,
  endpointView,
  pageOf,
  replayRequest,
  replayResult,
  switchResult,
} from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";
import { cursor, limit, numberCursor, pageOfItems } from "../routing/query.ts";
import { route } from "../routing/route.ts";

const receiverParams = z.strictObject({ name: z.string().min(1).max(100) });

export function deliveryRoutes(deliveries: () => DeliveryUseCases) {
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
      async handle({ query: { limit: size, cursor: last, ...wanted } }) {
        const after = numberCursor(last);
        return pageOfItems(size, (most) => deliveries().list({ ...wanted, limit: most, after }), "id");
      },
    }),
    route({
      id: "deliveries.endpoints",
      method: "get",
      path: "/deliveries/endpoints",
      summary: "Receivers, how their events stand, and which are switched off and why",
      role: "viewer",
      reply: pageOf(endpointView),
      handle: async () => ({ items: await deliveries().receivers(), next: null }),
    }),
    route({
      id: "deliveries.show",
      method: "get",
      path: "/deliveries/id/{id}",
      summary: "One delivery with its attempts",
      role: "viewer",
      params: z.strictObject({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      reply: deliveryDetail,
      async handle({ params: { id } }) {
        const found = await deliveries().show(id);
        if (found === undefined) throw new ServerError("no_such_route", `there is no delivery ${id}`);
        return found;
      },
    }),
    route({
      id: "deliveries.enable",
      method: "post",
      path: "/deliveries/endpoints/{name}/enable",
      summary: "Switches a receiver on again: what waits is due at once",
      role: "operator",
      params: receiverParams,
      reply: switchResult,
      async handle({ params, who }) {
        const name = await known(deliveries(), params.name);
        return { name, changed: await deliveries().switchOn(name, who.name) };
      },
    }),
    route({
      id: "deliveries.disable",
      method: "post",
      path: "/deliveries/endpoints/{name}/disable",
      summary: "Switches a receiver off: its events wait",
      role: "operator",
      params: receiverParams,
      reply: switchResult,
      async handle({ params, who }) {
        const name = await known(deliveries(), params.name);
        return { name, changed: await deliveries().switchOff(name, who.name) };
      },
    }),
    route({
      id: "deliveries.forget",
      method: "post",
      path: "/deliveries/endpoints/{name}/forget",
      summary: "Says that a receiver is gone: no events are written for it any more, and those that wait become dead letters",
      role: "operator",
      params: receiverParams,
      reply: switchResult,
      async handle({ params, who }) {
        const name = await known(deliveries(), params.name);
        return { name, changed: await deliveries().forget(name, who.name) };
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
      async handle({ body, who }) {
        if (body.ids === undefined && body.fromId === undefined && body.toId === undefined && body.endpoint === undefined)
          throw new ServerError("invalid_request", "name the events: ids, a range fromId to toId, or an endpoint");
        return { queued: await deliveries().replay(body, who.name) };
      },
    }),
  ];
}

async function known(deliveries: DeliveryUseCases, name: string): Promise<string> {
  if ((await deliveries.receivers()).some(({ endpoint }) => endpoint === name)) return name;
  throw new ServerError("no_such_route", `there is no receiver ${JSON.stringify(name)}`);
}
