// The published programs for predictive campaigns (numbered steps and complete), unchanged but for their base URL, against the sandbox.

import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { CampaignCompleteClient, CampaignStepsClient } from "../../clients/campaign-client.ts";
import { openTenant, RECEIVER, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

const plan = { name: "Predictive_TCPA_Compliant", contactListId: "list_12345", timeZone: "America/New_York" };
const BASE = "/api/v2/omnichannel/campaigns";
const Contact = z.object({
  id: z.string(),
  lastModifiedTime: z.string(),
  consentFlags: z.object({ outbound: z.object({ call: z.boolean().optional() }) }),
});

describe.each(TRANSPORTS)("campaigns, %s", (transport) => {
  let tenant: TenantUnderTest;
  afterEach(async () => await tenant.close());

  async function ready(scenario: Record<string, unknown> = {}) {
    tenant = await openTenant(transport, scenario);
    const steps = new CampaignStepsClient(tenant.env, tenant.account());
    const complete = new CampaignCompleteClient(tenant.env, tenant.account());
    return { steps, complete };
  }
  const sentTo = (method: string, part: string) =>
    tenant.sent.filter((request) => request.method === method && request.url.pathname.includes(part));

  test("creates an active campaign from both payloads, every field kept", async () => {
    const { steps, complete } = await ready();
    const ids = [await steps.createCampaign(plan), await complete.createCampaign(plan)];
    expect(new Set(ids).size).toBe(2);
    const posts = sentTo("POST", "/campaigns");
    for (const [i, id] of ids.entries()) {
      const asSent: unknown = JSON.parse(posts[i]?.body ?? "");
      expect(posts[i]?.status).toBe(201);
      expect(await (await tenant.raw("GET", `${BASE}/${id}`)).json()).toMatchObject({ ...Object(asSent), id, status: "active" });
    }
  });

  test("pauses, takes 409 as already there, and resumes; the state is lowered before it is sent", async () => {
    const { steps, complete } = await ready();
    const id = await complete.createCampaign(plan);
    expect(await steps.setState(id, "PAUSED")).toMatchObject({ id, status: "paused" });
    expect(await steps.setState(id, "paused")).toEqual({ status: "paused", already_applied: true });
    expect(await complete.dashboard(id)).toMatchObject({ status: "paused" });
    expect(await complete.setState(id, "active", "key-1")).toMatchObject({ status: "active" });
    expect(await complete.dashboard(id)).toMatchObject({ status: "active" });
    const keys = sentTo("PUT", id).map((request) => request.headers.get("x-idempotency-key"));
    expect(keys).toEqual([
      expect.stringMatching(/^state-PAUSED-[0-9a-f]{8}$/),
      expect.stringMatching(/^state-paused-[0-9a-f]{8}$/),
      "key-1",
    ]);
  });

  test("a repeated key gets the first answer again and changes nothing; with another body it is refused", async () => {
    const { complete } = await ready();
    const id = await complete.createCampaign(plan);
    const first = await complete.setState(id, "paused", "once");
    await complete.setState(id, "active", "other");
    expect(await complete.setState(id, "paused", "once")).toEqual(first);
    expect((await complete.dashboard(id))["status"]).toBe("active");
    await expect(complete.setState(id, "active", "once")).rejects.toMatchObject({ status: 422 });
  });

  test("an unknown state is 400, never 409, and an unknown campaign 404", async () => {
    const { complete } = await ready();
    const id = await complete.createCampaign(plan);
    await expect(complete.setState(id, "sleeping", "k1")).rejects.toMatchObject({ status: 400 });
    await expect(complete.setState("nowhere", "paused", "k2")).rejects.toMatchObject({ status: 404 });
  });

  test("a conditional update is refused with 412 under a stale version, done under the present one", async () => {
    const { complete } = await ready();
    const id = await complete.createCampaign(plan);
    const version = (await tenant.raw("GET", `${BASE}/${id}`)).headers.get("etag") ?? "";
    expect(version).not.toBe("");
    const put = (status: string, match: string) => tenant.raw("PUT", `${BASE}/${id}`, { status }, { "if-match": match });
    expect((await put("paused", version)).status).toBe(200);
    expect((await put("active", version)).status).toBe(412);
  });

  test("segments the consented contacts over all pages, newest first, none twice", async () => {
    const { steps } = await ready();
    const contacts = z.array(Contact).parse(await steps.segment("list_12345"));
    expect(contacts).toHaveLength(250);
    expect(new Set(contacts.map((contact) => contact.id)).size).toBe(250);
    expect(contacts.every((contact) => contact.consentFlags.outbound.call === true)).toBe(true);
    const times = contacts.map((contact) => contact.lastModifiedTime);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(sentTo("GET", "/contacts")).toHaveLength(3);
    expect(await steps.segment("list_12345", "true")).toHaveLength(400);
  });

  test("a list of exactly two pages ends with an empty third; an empty segment is an empty list", async () => {
    const { steps } = await ready();
    expect(await steps.segment("list_even")).toHaveLength(200);
    expect(sentTo("GET", "/contacts").map((request) => request.url.searchParams.get("page"))).toEqual(["1", "2", "3"]);
    expect(await steps.segment("list_even", "consentFlags.outbound.fax==true")).toEqual([]);
    await expect(steps.segment("list_even", "consentFlags.outbound.call=")).rejects.toMatchObject({ status: 400 });
    await expect(steps.segment("list_none")).rejects.toMatchObject({ status: 404 });
  });

  test("a list beyond the minute's requests is read whole, waiting as told", async () => {
    const { steps } = await ready({ contactLists: [{ id: "list_big", generate: { count: 10_950, consented: 10_950 } }] });
    const contacts = z.array(Contact).parse(await steps.segment("list_big"));
    expect(new Set(contacts.map((contact) => contact.id)).size).toBe(10_950);
    const refused = sentTo("GET", "/contacts").filter((request) => request.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(tenant.waits).toHaveLength(refused.length);
    expect(tenant.waits.every((seconds) => Number.isInteger(seconds) && seconds >= 1)).toBe(true);
  });

  test("server errors on a segment are repeated by the transport, four tries in all", async () => {
    const { steps } = await ready();
    const fault = (times: number) =>
      tenant.sandbox.control.faults.add({ match: { operation: "listContacts" }, times, effect: { status: 503 } });
    fault(3);
    expect(await steps.segment("list_12345")).toHaveLength(250);
    fault(4);
    await expect(steps.segment("list_12345")).rejects.toMatchObject({ status: 503 });
  });

  test("state changes and metrics reach the registered callback with its headers and the event's name", async () => {
    const { steps, complete } = await ready();
    const webhook = z.object({ id: z.string() }).parse(await steps.registerWebhook(`${RECEIVER}/metrics`));
    expect(webhook.id).not.toBe("");
    await complete.setState("camp_primary_001", "paused", "k");
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp_primary_001", successRate: 0.2 });
    await tenant.sandbox.control.flushWebhooks();
    const deliveries = tenant.received.map((request) => z.looseObject({ type: z.string() }).parse(JSON.parse(request.body)));
    const types = deliveries.map((delivery) => delivery.type);
    expect(types.toSorted()).toEqual(["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"]);
    for (const delivery of deliveries) {
      expect(delivery).toMatchObject({
        id: expect.any(String),
        occurredAt: expect.any(String),
        data: { campaignId: "camp_primary_001" },
      });
    }
    for (const { headers } of tenant.received) {
      expect(headers.get("x-webhook-source")).toBe("cxone-dialer");
      expect(headers.get("authorization")).toBeNull();
    }
  });

  test("the monitor fails over below 15 percent, is safe to repeat, and goes on after a server error", async () => {
    const { steps, complete } = await ready();
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp_primary_001", successRate: 0.15 });
    expect(await steps.monitor("camp_primary_001", "camp_backup_001", 1)).toEqual({ failovers: 0, errors: 0 });
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp_primary_001", successRate: 0.149 });
    const effect = { status: 500, body: "<html>no</html>" };
    tenant.sandbox.control.faults.add({ match: { operation: "getCampaignMetrics" }, times: 1, effect });
    expect(await steps.monitor("camp_primary_001", "camp_backup_001", 3)).toEqual({ failovers: 2, errors: 1 });
    expect((await complete.dashboard("camp_primary_001"))["status"]).toBe("paused");
    expect((await complete.dashboard("camp_backup_001"))["status"]).toBe("active");
    expect(sentTo("PUT", "/campaigns/").map((request) => request.status)).toEqual([200, 200, 409, 409]);
    tenant.sandbox.control.revokeTokens();
    await expect(steps.monitor("camp_primary_001", "camp_backup_001", 1)).rejects.toMatchObject({ status: 401 });
  });

  test("both dashboards show a campaign; a null in the metrics would break them", async () => {
    const { steps, complete } = await ready();
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp_primary_001", successRate: 0.25, activeCalls: 7 });
    expect(await steps.dashboard("camp_primary_001")).toEqual({
      campaignId: "camp_primary_001",
      status: "active",
      successRate: 0.25,
      activeCalls: 7,
      failoverTriggered: false,
      lastUpdated: expect.stringMatching(/^2025-03-05T15:00/),
    });
    expect(await complete.dashboard("camp_primary_001")).toMatchObject({ status: "active", successRate: 0.25, activeCalls: 7 });
    // A campaign that never placed a call has figures too.
    expect(await steps.dashboard("camp_backup_001")).toMatchObject({ status: "paused", activeCalls: 0 });
    const effect = { status: 200, body: { successRate: null, activeCalls: 0 } };
    tenant.sandbox.control.faults.add({ match: { operation: "getCampaignMetrics" }, effect });
    await expect(steps.dashboard("camp_primary_001")).rejects.toThrow(z.ZodError);
  });

  test("the complete dashboard waits longer with each 429 and gives up after three; a fraction crashes it", async () => {
    const { complete } = await ready();
    const limit = (told: string, times: number) =>
      tenant.sandbox.control.faults.add({
        match: { operation: "getCampaign" },
        times,
        effect: { status: 429, headers: { "retry-after": told } },
      });
    limit("3", 3);
    await expect(complete.dashboard("camp_primary_001")).rejects.toThrow("rate limited three times");
    expect(tenant.waits).toEqual([3, 6, 9]);
    limit("0.5", 1);
    await expect(complete.dashboard("camp_primary_001")).rejects.toThrow(TypeError);
  });

  test("the steps know time zones by themselves; the tenant refuses what the complete program lets through", async () => {
    const { steps, complete } = await ready();
    const nowhere = { ...plan, timeZone: "America/Nowhere" };
    await expect(steps.createCampaign(nowhere)).rejects.toThrow("UnknownTimeZoneError");
    expect(sentTo("POST", "/campaigns")).toHaveLength(0);
    await expect(complete.createCampaign(nowhere)).rejects.toMatchObject({ status: 400 });
  });

  test.each([
    ["an answer ratio above 1", { dialerConfig: { predictiveSettings: { answerRatio: 1.01 } } }],
    ["a call rate of 0", { dialerConfig: { predictiveSettings: { callRate: 0 } } }],
    ["text for a number", { dialerConfig: { predictiveSettings: { callRate: "12.0" } } }],
    ["no contact list", { contactListId: undefined }],
  ])("refuses %s with 400", async (_, change) => {
    const { complete } = await ready();
    await complete.createCampaign(plan);
    const good: unknown = JSON.parse(sentTo("POST", "/campaigns")[0]?.body ?? "");
    expect((await tenant.raw("POST", BASE, merged(good, change))).status).toBe(400);
    expect((await tenant.raw("POST", BASE, good)).status).toBe(201);
  });

  test("a base URL that ends in a slash is used as it is and still works", async () => {
    tenant = await openTenant(transport);
    const account = tenant.account();
    const client = new CampaignCompleteClient(tenant.env, { ...account, baseUrl: `${account.baseUrl}/` });
    expect(await client.dashboard("camp_primary_001")).toMatchObject({ status: "active" });
    expect(tenant.sent.every((request) => request.status === 200)).toBe(true);
  });
});

function merged(base: unknown, change: unknown): unknown {
  if (typeof base !== "object" || base === null || typeof change !== "object" || change === null) return change;
  const result = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(change)) result.set(key, merged(result.get(key), value));
  return Object.fromEntries(result);
}
