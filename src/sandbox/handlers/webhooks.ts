// Webhook registrations of both kinds: contract §2.4.

import type { Tenant } from "../tenant.ts";
import type { WebhookKind, WebhookRegistration } from "../vendor-webhooks.ts";
import { type Answer, notFound } from "../wire.ts";
import type { Handlers } from "./handler.ts";

/** A registration as replies show it, without the bearer token of its deliveries. */
function shownWebhook(registration: WebhookRegistration): WebhookRegistration {
  const auth = registration["auth"];
  if (typeof auth !== "object" || auth === null) return registration;
  const { token: _, ...rest } = auth as { token?: unknown };
  return { ...registration, auth: rest };
}

const create = (tenant: Tenant, kind: WebhookKind, draft: Readonly<Record<string, unknown>>): Answer => ({
  status: 201,
  body: shownWebhook(tenant.webhooks.add(kind, draft)),
});

const list = (tenant: Tenant, kind: WebhookKind): Answer => ({
  status: 200,
  body: { webhooks: tenant.webhooks.list(kind).map(shownWebhook) },
});

function one(id: string, registration: WebhookRegistration | undefined): Answer {
  if (registration === undefined) throw notFound("webhook", id);
  return { status: 200, body: shownWebhook(registration) };
}

function remove(tenant: Tenant, kind: WebhookKind, id: string): Answer {
  if (!tenant.webhooks.delete(kind, id)) throw notFound("webhook", id);
  return { status: 204 };
}

export const webhooks: Handlers<
  | "createOmnichannelWebhook"
  | "listOmnichannelWebhooks"
  | "getOmnichannelWebhook"
  | "updateOmnichannelWebhook"
  | "deleteOmnichannelWebhook"
  | "createIntegrationWebhook"
  | "listIntegrationWebhooks"
  | "getIntegrationWebhook"
  | "updateIntegrationWebhook"
  | "deleteIntegrationWebhook"
> = {
  createOmnichannelWebhook: (tenant, { body }) => create(tenant, "omnichannel", body),
  listOmnichannelWebhooks: (tenant) => list(tenant, "omnichannel"),
  getOmnichannelWebhook: (tenant, { params }) => one(params.id, tenant.webhooks.get("omnichannel", params.id)),
  updateOmnichannelWebhook: (tenant, { params, body }) => one(params.id, tenant.webhooks.put("omnichannel", params.id, body)),
  deleteOmnichannelWebhook: (tenant, { params }) => remove(tenant, "omnichannel", params.id),
  createIntegrationWebhook: (tenant, { body }) => create(tenant, "integration", body),
  listIntegrationWebhooks: (tenant) => list(tenant, "integration"),
  getIntegrationWebhook: (tenant, { params }) => one(params.id, tenant.webhooks.get("integration", params.id)),
  updateIntegrationWebhook: (tenant, { params, body }) => one(params.id, tenant.webhooks.put("integration", params.id, body)),
  deleteIntegrationWebhook: (tenant, { params }) => remove(tenant, "integration", params.id),
};
