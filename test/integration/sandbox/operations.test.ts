// Every operation once as it succeeds: the status of the contract's table, a body that satisfies its reply schema.

import { describe, expect, test } from "vitest";
import { OPERATION_IDS, OPERATIONS, type OperationId, operationOf } from "../../../src/contract/index.ts";
import {
  ascending,
  type BenchTenant,
  campaignBody,
  entry,
  INTERACTION,
  integrationWebhookBody,
  type Json,
  omnichannelWebhookBody,
  openBench,
  type Reply,
  settingsBody,
  TRANSPORTS,
} from "./bench-tenant.ts";

const OMNI = "/api/v2/omnichannel";
const created = async (tenant: BenchTenant, path: string, body: unknown): Promise<string> =>
  (await tenant.api("POST", path, { body })).body.id;
const omnichannelWebhook = (tenant: BenchTenant) => created(tenant, `${OMNI}/webhooks`, omnichannelWebhookBody());
const integrationWebhook = (tenant: BenchTenant) => created(tenant, "/api/v1/integrations/webhooks", integrationWebhookBody());

/** How each operation is called, and what its body shows. */
const SUCCESS: Record<OperationId, { call: (tenant: BenchTenant) => Promise<Reply>; shows: (body: Json) => void }> = {
  getDispositionMatrix: {
    call: (t) => t.api("GET", "/api/v2/outbound/campaigns/camp/dispositioncodes"),
    shows: (body) => {
      expect(body.dispositionCodes.map((code: { id: string }) => code.id)).toEqual(["DISP_1", "DISP_2"]);
      for (const code of body.dispositionCodes) {
        for (const reason of code.reasonCodes) for (const value of Object.values(reason)) expect(value).toBeTypeOf("string");
      }
    },
  },
  assignDisposition: {
    call: (t) =>
      t.api("PUT", "/api/v2/outbound/calls/call_done/disposition", {
        body: { dispositionCodeId: "DISP_1", notes: "", reasonCodeId: "R_12", tag: ["a", "b"] },
      }),
    shows: (body) =>
      expect(body).toMatchObject({
        callId: "call_done",
        campaignId: "camp",
        changed: true,
        disposition: { dispositionCodeId: "DISP_1", reasonCodeId: "R_12", notes: "", tag: ["a", "b"] },
      }),
  },
  getCall: {
    call: (t) => t.api("GET", "/api/v2/outbound/calls/call_ringing"),
    shows: (body) =>
      expect(body).toMatchObject({ id: "call_ringing", campaignId: "camp", status: "ringing", direction: "OUTBOUND" }),
  },
  listCalls: {
    call: (t) => t.api("GET", "/api/v2/outbound/calls?campaignId=camp&dispositionCode=CONVERTED,BUSY"),
    shows: (body) =>
      expect(body.calls).toMatchObject([{ id: "call_done", dispositionCode: "CONVERTED", endTime: "2026-03-04T14:00:00.000Z" }]),
  },
  getInteraction: {
    call: (t) => t.api("GET", `/api/v1/interactions/${INTERACTION}`),
    shows: (body) => expect(body).toMatchObject({ id: INTERACTION, dispositions: [{ code: "102" }] }),
  },
  patchInteraction: {
    call: async (t) => {
      const path = `/api/v1/interactions/${INTERACTION}`;
      const etag = (await t.api("GET", path)).headers.get("etag") ?? "";
      return await t.api("PATCH", path, { body: { dispositions: [entry("101")] }, headers: { "if-match": etag } });
    },
    shows: (body) => expect(body.dispositions).toEqual([entry("101")]),
  },
  listDispositions: {
    call: (t) => t.api("GET", "/api/v1/dispositions"),
    shows: (body) =>
      expect(body.dispositions).toContainEqual(expect.objectContaining({ code: "111", parent: "101", active: true })),
  },
  createCampaign: {
    call: (t) => t.api("POST", `${OMNI}/campaigns`, { body: campaignBody() }),
    shows: (body) => expect(body).toMatchObject({ ...campaignBody(), id: expect.stringMatching(/./) }),
  },
  getCampaign: {
    call: (t) => t.api("GET", `${OMNI}/campaigns/camp`),
    shows: (body) => expect(body).toMatchObject({ id: "camp", status: "paused", contactListId: "list" }),
  },
  listCampaigns: {
    call: (t) => t.api("GET", `${OMNI}/campaigns?page=1&pageSize=10`),
    shows: (body) =>
      expect(body).toMatchObject({ campaigns: [{ id: "camp" }, { id: "camp_2" }], page: 1, pageSize: 10, total: 2 }),
  },
  updateCampaign: {
    call: (t) => t.api("PUT", `${OMNI}/campaigns/camp`, { body: { status: "active" }, headers: { "x-idempotency-key": "k" } }),
    shows: (body) => expect(body).toMatchObject({ id: "camp", status: "active", contactListId: "list" }),
  },
  getCampaignMetrics: {
    call: (t) => t.api("GET", `${OMNI}/campaigns/camp/metrics?windowMinutes=30`),
    shows: (body) => {
      expect(body).toMatchObject({ campaignId: "camp", windowMinutes: 30, activeCalls: 0, failoverTriggered: false });
      for (const value of Object.values(body)) expect(value).not.toBeNull();
    },
  },
  listContacts: {
    call: (t) =>
      t.api(
        "GET",
        `${OMNI}/contactlists/list/contacts?query=consentFlags.outbound.call%3D%3Dtrue&pageSize=100&page=1&sortBy=lastModifiedTime&sortOrder=desc`,
      ),
    shows: (body) => {
      expect(body).toMatchObject({ page: 1, pageSize: 100, total: 100 });
      expect(body.contacts).toHaveLength(100);
      const times = body.contacts.map((contact: { lastModifiedTime: string }) => contact.lastModifiedTime);
      expect(times).toEqual(ascending(times).reverse());
    },
  },
  createOmnichannelWebhook: {
    call: (t) => t.api("POST", `${OMNI}/webhooks`, { body: omnichannelWebhookBody() }),
    shows: (body) => expect(body).toMatchObject({ id: expect.stringMatching(/./), ...omnichannelWebhookBody() }),
  },
  listOmnichannelWebhooks: {
    call: async (t) => {
      await omnichannelWebhook(t);
      return await t.api("GET", `${OMNI}/webhooks`);
    },
    shows: (body) => expect(body.webhooks).toHaveLength(1),
  },
  getOmnichannelWebhook: {
    call: async (t) => await t.api("GET", `${OMNI}/webhooks/${await omnichannelWebhook(t)}`),
    shows: (body) => expect(body).toMatchObject(omnichannelWebhookBody()),
  },
  updateOmnichannelWebhook: {
    call: async (t) => {
      const body = { ...omnichannelWebhookBody(), enabled: false };
      return await t.api("PUT", `${OMNI}/webhooks/${await omnichannelWebhook(t)}`, { body });
    },
    shows: (body) => expect(body).toMatchObject({ enabled: false }),
  },
  deleteOmnichannelWebhook: {
    call: async (t) => await t.api("DELETE", `${OMNI}/webhooks/${await omnichannelWebhook(t)}`),
    shows: (body) => expect(body).toBe(""),
  },
  createDialerCampaign: {
    call: (t) => t.api("POST", "/api/v1/campaigns", { body: settingsBody() }),
    shows: (body) => expect(body).toMatchObject({ id: expect.stringMatching(/./), name: "Predictive_Outbound_01" }),
  },
  validateDialerPolicy: {
    call: (t) =>
      t.api("POST", "/api/v1/dialer/policies/validate", {
        body: {
          campaign_config: settingsBody(),
          regulatory_checks: ["tcpa_abandonment", "dnc_compliance", "calling_hours"],
          carrier_capacity: { max_trunks: 150, current_utilization_percent: 45 },
        },
      }),
    shows: (body) => {
      expect(body).toMatchObject({ compliance_status: "PASS", violations: [] });
      expect(body.capacity_warnings).toMatchObject([{ limit: 82, actual: 200 }]);
    },
  },
  getDialerSettings: {
    call: (t) => t.api("GET", "/api/v1/dialer/settings", { headers: { "if-match": "stale" } }),
    shows: (body) => expect(body).toMatchObject({ ...settingsBody(), versionTag: expect.stringMatching(/^\w+$/) }),
  },
  putDialerSettings: {
    call: (t) => t.api("PUT", "/api/v1/dialer/settings", { body: settingsBody(3) }),
    shows: (body) => expect(body).toEqual({ operationId: expect.any(String), versionTag: expect.any(String) }),
  },
  getDialerOperation: {
    call: async (t) => {
      const { body } = await t.api("PUT", "/api/v1/dialer/settings", { body: settingsBody(3) });
      return await t.api("GET", `/api/v1/dialer/operations/${body.operationId}`, { headers: { "if-match": "stale" } });
    },
    shows: (body) => expect(body).toMatchObject({ status: "IN_PROGRESS" }),
  },
  createIntegrationWebhook: {
    call: (t) => t.api("POST", "/api/v1/integrations/webhooks", { body: integrationWebhookBody() }),
    shows: (body) => {
      expect(body).toMatchObject({ id: expect.stringMatching(/./), url: "https://receiver.test/wfm" });
      expect(JSON.stringify(body)).not.toContain("wfm-token");
    },
  },
  listIntegrationWebhooks: {
    call: async (t) => {
      await integrationWebhook(t);
      return await t.api("GET", "/api/v1/integrations/webhooks");
    },
    shows: (body) => expect(body.webhooks).toHaveLength(1),
  },
  getIntegrationWebhook: {
    call: async (t) => await t.api("GET", `/api/v1/integrations/webhooks/${await integrationWebhook(t)}`),
    shows: (body) => expect(body).toMatchObject({ name: "WFM_Dialer_Sync", auth: { type: "bearer" } }),
  },
  updateIntegrationWebhook: {
    call: async (t) => {
      const body = { ...integrationWebhookBody(), name: "Renamed" };
      return await t.api("PUT", `/api/v1/integrations/webhooks/${await integrationWebhook(t)}`, { body });
    },
    shows: (body) => expect(body).toMatchObject({ name: "Renamed" }),
  },
  deleteIntegrationWebhook: {
    call: async (t) => await t.api("DELETE", `/api/v1/integrations/webhooks/${await integrationWebhook(t)}`),
    shows: (body) => expect(body).toBe(""),
  },
  getDialerMetrics: {
    call: (t) =>
      t.api(
        "GET",
        "/api/v1/analytics/dialer/metrics?campaignId=camp&metrics=efficiency&metrics=answerRate&groupBy=hour&pageSize=50",
      ),
    shows: (body) => {
      expect(body.results).toHaveLength(50);
      expect(ascending(Object.keys(body.results[0]))).toEqual(["answerRate", "campaignId", "efficiency", "timestamp"]);
      expect(body.nextPageToken).toBeTypeOf("string");
    },
  },
  listAuditLogs: {
    call: (t) => t.api("GET", "/api/v1/audit/logs?entity=dialer&pageSize=50"),
    shows: (body) => {
      expect(body.logs).toHaveLength(50);
      expect(ascending(Object.keys(body.logs[0]))).toEqual([
        "action",
        "actor",
        "after",
        "before",
        "entity",
        "entityId",
        "id",
        "timestamp",
      ]);
    },
  },
  runSimulator: {
    call: (t) => t.api("POST", "/api/v1/dialer/simulator/run", { body: { durationMinutes: 60 } }),
    shows: (body) => {
      expect(body.callsPlaced).toBeGreaterThan(0);
      // The dialer holds back once the target is passed: an hour ends close to it, not below it.
      expect(body.abandonmentRate).toBeLessThan(0.035);
      expect(body.carrierLimitReached).toBe(false);
    },
  },
};

describe.each(TRANSPORTS)("operations, %s", (transport) => {
  test.each(OPERATION_IDS)("%s", async (id) => {
    await using tenant = await openBench(transport);
    const { call, shows } = SUCCESS[id];
    const reply = await call(tenant);
    expect(reply.status).toBe(operationOf(id).success.status);
    expect(reply.headers.get("x-correlation-id")).toBeTruthy();
    const schema = operationOf(id).reply;
    if (schema === undefined) expect(reply.headers.get("content-type")).toBeNull();
    else {
      expect(reply.headers.get("content-type")).toBe("application/json");
      schema.parse(reply.body);
    }
    shows(reply.body);
    expect(tenant.sandbox.control.requests().at(-1)).toMatchObject({ operation: id, status: reply.status, clientId: "desk" });
    expect(OPERATIONS[id].path.startsWith("/api/")).toBe(true);
  });

  test("the correlation id of the request comes back, in refusals too", async () => {
    await using tenant = await openBench(transport);
    const headers = { "x-correlation-id": "corr-1" };
    expect((await tenant.api("GET", "/api/v1/dispositions", { headers })).headers.get("x-correlation-id")).toBe("corr-1");
    const refused = await tenant.api("GET", "/api/v1/nothing", { headers });
    expect(refused.body).toEqual({
      error: { code: "not_found", message: expect.any(String), details: [] },
      correlationId: "corr-1",
    });
  });

  test("doubled slashes are taken as one and nothing is redirected", async () => {
    await using tenant = await openBench(transport);
    expect((await tenant.api("GET", "//api/v1//dispositions")).status).toBe(200);
    expect((await tenant.api("GET", "/api/v1/dispositions/")).status).toBe(404);
  });

  test("ids are decoded, and two campaigns never share one", async () => {
    await using tenant = await openBench(transport);
    tenant.sandbox.control.simulateCall({ campaignId: "camp", id: "a/b ü", status: "completed" });
    expect((await tenant.api("GET", `/api/v2/outbound/calls/${encodeURIComponent("a/b ü")}`)).body.id).toBe("a/b ü");
    expect((await tenant.api("GET", "/api/v2/outbound/calls/%E0%A4%A")).status).toBe(400);
    const ids = new Set<string>();
    for (let i = 0; i < 20; i++) ids.add(await created(tenant, `${OMNI}/campaigns`, campaignBody()));
    expect(ids.size).toBe(20);
  });

  test("a created campaign has a matrix of the outcomes every tenant knows", async () => {
    await using tenant = await openBench(transport);
    const id = await created(tenant, `${OMNI}/campaigns`, campaignBody());
    const { body } = await tenant.api("GET", `/api/v2/outbound/campaigns/${id}/dispositioncodes`);
    expect(body.dispositionCodes).toContainEqual({ id: "CONVERTED", name: "CONVERTED", reasonCodes: [] });
  });
});
