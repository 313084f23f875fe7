// Stops: begun at once, with the database or without it, followed by id.

import { z } from "zod";
import type { CampaignUseCases } from "../../operations/index.ts";
import { begunStop, emergencyStop, stopResult } from "../../operations/views/index.ts";
import { limit, NO_NUL } from "../routing/query.ts";
import { route } from "../routing/route.ts";

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
