// The vendor's webhooks as a real receiver on loopback gets them. Contract §2.4.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  campaignBody,
  integrationWebhookBody,
  type Json,
  omnichannelWebhookBody,
  openBench,
  settingsBody,
  TRANSPORTS,
} from "./bench-tenant.ts";

interface Delivery {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json;
}

let url: string;
let received: Delivery[];
/** What the receiver answers, in order; 204 when none is left. */
let statuses: number[];
let stop: () => Promise<void>;

beforeEach(async () => {
  received = [];
  statuses = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
});
afterEach(() => stop());

const types = () => received.map(({ body }) => body.type);

describe.each(TRANSPORTS)("webhooks, %s", (transport) => {
  test("a change of state and new figures reach the omnichannel receiver with its headers", async () => {
    await using tenant = await openBench(transport);
    const { control } = tenant.sandbox;
    await tenant.api("POST", "/api/v2/omnichannel/webhooks", { body: omnichannelWebhookBody(`${url}/omni`) });
    await tenant.api("PUT", "/api/v2/omnichannel/campaigns/camp", { body: { status: "active" } });
    expect(await control.flushWebhooks()).toEqual({ delivered: 1, failed: 0, pending: 0 });
    expect(received).toMatchObject([
      {
        path: "/omni",
        headers: { "x-webhook-source": "cxone-dialer", "content-type": expect.stringContaining("application/json") },
        body: {
          id: expect.stringMatching(/./),
          type: "omnichannel.campaign.state.change",
          occurredAt: "2026-03-04T15:00:00.000Z",
          data: { campaignId: "camp", status: "active", previousStatus: "paused" },
        },
      },
    ]);
    expect(received[0]?.headers.authorization).toBeUndefined();
    expect(control.simulateMetrics({ campaignId: "camp", successRate: 0.12 })).toEqual({ deliveries: 1 });
    await control.flushWebhooks();
    expect(received[1]?.body).toMatchObject({
      type: "omnichannel.campaign.metrics.update",
      data: { campaignId: "camp", successRate: 0.12 },
    });
    expect((await tenant.api("PUT", "/api/v2/omnichannel/campaigns/camp", { body: { status: "active" } })).status).toBe(409);
    expect((await control.flushWebhooks()).delivered).toBe(0);
  });

  test("dialer events carry the bearer; a failed activation tells nobody", async () => {
    await using tenant = await openBench(transport);
    const { control } = tenant.sandbox;
    await tenant.api("POST", "/api/v1/integrations/webhooks", { body: integrationWebhookBody(`${url}/wfm`) });
    const accepted = (await tenant.api("PUT", "/api/v1/dialer/settings", { body: settingsBody(3) })).body;
    expect((await control.flushWebhooks()).delivered).toBe(0);
    await control.advance(10);
    await control.flushWebhooks();
    expect(received).toMatchObject([
      {
        headers: { authorization: "Bearer wfm-token" },
        body: {
          type: "dialer.settings.updated",
          data: { operationId: accepted.operationId, versionTag: accepted.versionTag, settings: settingsBody(3) },
        },
      },
    ]);
    control.failNextActivation();
    await tenant.api("PUT", "/api/v1/dialer/settings", { body: settingsBody(4) });
    await control.advance(10);
    await tenant.api("POST", "/api/v1/campaigns", { body: settingsBody() });
    await tenant.api("POST", "/api/v2/omnichannel/campaigns", { body: campaignBody({ status: "active" }) });
    await control.flushWebhooks();
    expect(types()).toEqual(["dialer.settings.updated", "dialer.campaign.activated", "dialer.campaign.activated"]);
  });

  test("a failing receiver gets the same event again after growing waits, then no more", async () => {
    await using tenant = await openBench(transport);
    const { control } = tenant.sandbox;
    statuses = [500, 503, 500, 500];
    await tenant.api("POST", "/api/v1/integrations/webhooks", { body: integrationWebhookBody(`${url}/wfm`) });
    await tenant.api("POST", "/api/v1/campaigns", { body: settingsBody() });
    await control.advance(0);
    expect(received).toHaveLength(1);
    await control.advance(0.9);
    expect(received).toHaveLength(1);
    await control.advance(0.1);
    expect(received).toHaveLength(2);
    await control.advance(2.9);
    expect(received).toHaveLength(2);
    await control.advance(3600);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body.id)).size).toBe(1);
    expect(control.deliveries()).toMatchObject([
      { state: "given_up", attempts: [{ status: 500 }, { status: 503 }, { status: 500 }] },
    ]);
  });

  test("a switched-off, replaced or removed registration hears nothing", async () => {
    await using tenant = await openBench(transport);
    const { control } = tenant.sandbox;
    const hooks = "/api/v2/omnichannel/webhooks";
    const { id } = (await tenant.api("POST", hooks, { body: { ...omnichannelWebhookBody(`${url}/a`), enabled: false } })).body;
    control.simulateMetrics({ campaignId: "camp", successRate: 0.1 });
    await tenant.api("PUT", `${hooks}/${id}`, { body: omnichannelWebhookBody(`${url}/b`) });
    control.simulateMetrics({ campaignId: "camp", successRate: 0.2 });
    await control.flushWebhooks();
    expect((await tenant.api("DELETE", `${hooks}/${id}`)).status).toBe(204);
    expect((await tenant.api("DELETE", `${hooks}/${id}`)).status).toBe(404);
    control.simulateMetrics({ campaignId: "camp", successRate: 0.3 });
    await control.flushWebhooks();
    expect(received.map(({ path, body }) => [path, body.data.successRate])).toEqual([["/b", 0.2]]);
  });

  test("an active campaign streams its figures once a minute", async () => {
    await using tenant = await openBench(transport);
    await tenant.api("POST", "/api/v2/omnichannel/webhooks", { body: omnichannelWebhookBody(`${url}/omni`) });
    await tenant.api("PUT", "/api/v2/omnichannel/campaigns/camp", { body: { status: "active" } });
    await tenant.sandbox.control.advance(300);
    await tenant.sandbox.control.flushWebhooks();
    const streamed = received.filter(({ body }) => body.type === "omnichannel.campaign.metrics.update");
    expect(streamed).toHaveLength(5);
    expect(streamed.at(-1)?.body.data.callsPlaced).toBeGreaterThan(0);
  });
});
