// Registrations at the tenant for its own events.

import { z } from "zod";
import { VENDOR_WEBHOOKS, type VendorWebhook, type VendorWebhookUseCases } from "../../operations/index.ts";
import { flag } from "../routing/query.ts";
import { route } from "../routing/route.ts";

/** Sent to the tenant, and kept nowhere. */
const secret = z.string().min(1).max(4096);

const registration = z
  .strictObject({
    kind: z.enum(VENDOR_WEBHOOKS),
    id: z.string(),
    name: z.string(),
    url: z.string(),
    events: z.array(z.string()),
  })
  .meta({ id: "VendorWebhook" });

const viewOf = ({ kind, id, name, url, events }: VendorWebhook) => ({ kind, id, name, url, events: [...events] });

export function vendorWebhookRoutes(webhooks: () => VendorWebhookUseCases) {
  return [
    route({
      id: "webhooks.list",
      method: "get",
      path: "/vendor-webhooks",
      summary: "Addresses that the tenant posts its events to",
      role: "viewer",
      reply: z.strictObject({
        items: z.array(registration),
        shorter: z.string().nullable().describe("Which of those that outdial made, and nobody removed, the tenant's list lacks"),
      }),
      async handle() {
        const { items, shorter } = await webhooks().list();
        return { items: items.map(viewOf), shorter };
      },
    }),
    route({
      id: "webhooks.register",
      method: "post",
      path: "/vendor-webhooks",
      summary: "Registers an address once: the same name and address make no second one",
      role: "admin",
      body: z.strictObject({
        kind: z.enum(VENDOR_WEBHOOKS),
        name: z.string().min(1).max(200),
        url: z.url(),
        retryPolicy: z
          .strictObject({
            maxRetries: z.int().min(0).max(100).optional(),
            backoffMultiplier: z.number().min(1).max(100).optional(),
            timeoutSec: z.int().min(1).max(3600).optional(),
          })
          .optional()
          .describe(
            "Of wfm: how the tenant repeats deliveries that failed; what it leaves out is as configured, else 3, 2 and 10",
          ),
        token: secret.optional().describe("Of wfm: bearer token of deliveries; by default the one that the service expects"),
        headers: z
          .record(z.string().max(200), secret)
          .optional()
          .describe("Of metrics: headers of deliveries; by default the one that the service expects"),
      }),
      reply: z.strictObject({ id: z.string(), already: z.boolean() }),
      status: 201,
      handle: async ({ body, who }) => ({ ...(await webhooks().register(body, who.name)) }),
    }),
    route({
      id: "webhooks.remove",
      method: "delete",
      path: "/vendor-webhooks/{id}",
      summary: "Removes a registration",
      role: "admin",
      params: z.strictObject({ id: z.string() }),
      query: z.strictObject({
        gone: flag.describe("A person's word that a registration that outdial made, and the tenant does not list, is gone"),
      }),
      reply: registration,
      handle: async ({ params, query, who }) => viewOf(await webhooks().remove(params.id, { by: who.name, gone: query.gone })),
    }),
  ];
}
