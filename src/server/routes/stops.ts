// Emergency stops: begun at once, followed by id.

import { z } from "zod";
import type { CampaignUseCases } from "../../operations/index.ts";
import { begunStop, emergencyStop, stopResult } from "../../operations/views/index.ts";
import { limit, NO_NUL } from "../routing/query.ts";
import { route } from "../routing/route.ts";

/** Longest reason that is stored, characters. */
const REASON = 500;

const WITHOUT_STORE =
  "Stop without the database, at once: outdial campaign pause --all, on any machine that has the tenant's address and credentials.";

const stopBody = z.strictObject({ reason: z.string().max(REASON).optional() }).optional();

/** The reason of a stop, from any body: a mistake in it does not prevent a stop. */
function mendedStop(body: unknown): { readonly body: z.output<typeof stopBody>; readonly ignored: readonly string[] } {
  if (body === undefined) return { body: undefined, ignored: [] };
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { body: undefined, ignored: ["the whole body: it is no object"] };
  const ignored = Object.keys(body)
    .filter((name) => name !== "reason")
    .slice(0, 10)
    .map((name) => `${name.slice(0, 60)}: unknown field; allowed: reason`);
  const reason = "reason" in body ? body.reason : undefined;
  if (reason === undefined) return { body: {}, ignored };
  if (typeof reason !== "string") return { body: {}, ignored: ["reason: it is no text", ...ignored] };
  if (reason.length <= REASON) return { body: { reason }, ignored };
  const cut = `reason: what is behind its first ${REASON} characters`;
  // The cut may split a pair of surrogates.
  return { body: { reason: reason.slice(0, REASON).toWellFormed() }, ignored: [cut, ...ignored] };
}

export function stopRoutes(campaigns: () => CampaignUseCases) {
  return [
    route({
      id: "campaigns.stop",
      method: "post",
      path: "/campaigns/stop",
      summary: "Emergency stop: pauses every campaign of the tenant; one that fails holds no other back",
      description:
        "Stopping is never held up by a confirmation. It is answered when every campaign was tried once, after 15 seconds at most, and goes on until " +
        "each is confirmed paused or named as not, also when this service ends: its id tells how far it is. Repeated, it pauses what still dials, " +
        "in place of the one before. No body refuses it: one that cannot be used is ignored, a reason that is too long is cut, and the answer and " +
        "the audit say so.",
      role: "operator",
      body: stopBody,
      mend: mendedStop,
      withoutStore: WITHOUT_STORE,
      reply: begunStop,
      handle: async ({ body, who, ignored }) => ({
        ...(await campaigns().stop(who.name, body?.reason)),
        ignored,
      }),
    }),
    route({
      id: "campaigns.stops",
      method: "get",
      path: "/campaigns/stops",
      summary: "The latest emergency stops, newest first",
      role: "viewer",
      query: z.strictObject({ limit }),
      reply: z.strictObject({ items: z.array(emergencyStop).readonly() }),
      handle: async ({ query }) => ({ items: await campaigns().stops(query.limit) }),
    }),
    route({
      id: "campaigns.stopped",
      method: "get",
      path: "/campaigns/stops/{stop}",
      summary: "How far an emergency stop is: what is confirmed paused, what is not and why",
      role: "viewer",
      params: z.strictObject({ stop: z.string().min(1).max(200).regex(NO_NUL) }),
      reply: stopResult,
      handle: ({ params }) => campaigns().stopped(params.stop),
    }),
  ];
}
