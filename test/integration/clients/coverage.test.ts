// All published programs at once on one tenant, and proof that together they reach every operation of the contract.

import { describe, expect, test } from "vitest";
import * as z from "zod";
import { CampaignCompleteClient, CampaignStepsClient } from "../../clients/campaign-client.ts";
import { DialerCompleteClient, DialerStepsClient, predictivePayload } from "../../clients/dialer-client.ts";
import { InteractionClient } from "../../clients/interaction-client.ts";
import { OutcomeClient } from "../../clients/outcome-client.ts";
import { TaggingClient } from "../../clients/tagging-client.ts";
import { EVERY_OPERATION } from "./every-operation.ts";
import { openTenant, RECEIVER, SECRET, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

/** Every operation, with who reaches it: a published program, or a plain request where no program does. */
const OPERATIONS: Readonly<Record<string, "tagging" | "interactions" | "campaigns" | "dialer" | "outcomes" | "plain">> = {
  getDispositionMatrix: "tagging",
  assignDisposition: "tagging",
  getCall: "tagging",
  listCalls: "outcomes",
  getInteraction: "interactions",
  patchInteraction: "interactions",
  listDispositions: "interactions",
  createCampaign: "campaigns",
  getCampaign: "campaigns",
  listCampaigns: "plain",
  updateCampaign: "campaigns",
  getCampaignMetrics: "campaigns",
  listContacts: "campaigns",
  createOmnichannelWebhook: "campaigns",
  createDialerCampaign: "dialer",
  validateDialerPolicy: "dialer",
  getDialerSettings: "dialer",
  putDialerSettings: "dialer",
  getDialerOperation: "dialer",
  createIntegrationWebhook: "dialer",
  getDialerMetrics: "dialer",
  listAuditLogs: "dialer",
  runSimulator: "dialer",
  listOmnichannelWebhooks: "plain",
  getOmnichannelWebhook: "plain",
  updateOmnichannelWebhook: "plain",
  deleteOmnichannelWebhook: "plain",
  listIntegrationWebhooks: "plain",
  getIntegrationWebhook: "plain",
  updateIntegrationWebhook: "plain",
  deleteIntegrationWebhook: "plain",
};

type Program = (tenant: TenantUnderTest) => Promise<void>;

const PROGRAMS: Readonly<Record<string, Program>> = {
  async tagging(tenant) {
    const client = new TaggingClient(tenant.env, tenant.account("tagging"), `${RECEIVER}/bi`);
    await client.initialize("camp_primary_001");
    expect(await client.assign({ callId: "call_done", code: "DISP_001", reason: "REASON_002" })).toMatchObject({ success: true });
    expect(await client.callStatus("call_done")).toBe("completed");
  },
  async interactions(tenant) {
    const client = new InteractionClient(tenant.env, tenant.account("interactions"), `${RECEIVER}/webhook`);
    expect((await client.codes()).map((entry) => entry.code)).toContain("101");
    const id = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
    const entry = { code: "101", description: "Issue Resolved", agentId: "agent_xyz_123" };
    expect(await client.update(id, [entry], (await client.readTag(id)) ?? "")).toMatchObject({ status: "success" });
  },
  async campaigns(tenant) {
    const steps = new CampaignStepsClient(tenant.env, tenant.account("campaigns"));
    const complete = new CampaignCompleteClient(tenant.env, tenant.account("campaigns"));
    const plan = { name: "Predictive_TCPA_Compliant", contactListId: "list_12345", timeZone: "America/New_York" };
    const id = await steps.createCampaign(plan);
    await steps.setState(await complete.createCampaign(plan), "paused");
    expect(await steps.segment("list_12345")).toHaveLength(250);
    await steps.registerWebhook(`${RECEIVER}/metrics`);
    await steps.monitor("camp_primary_001", "camp_backup_001", 1);
    expect(await steps.dashboard(id)).toMatchObject({ campaignId: id });
    expect(await complete.dashboard(id)).toMatchObject({ campaignId: id });
  },
  async dialer(tenant) {
    const steps = new DialerStepsClient(tenant.env, tenant.account("dialer"));
    const config = predictivePayload("steps");
    await steps.createCampaign(config);
    await steps.validate(config);
    await steps.registerWebhook(`${RECEIVER}/wfm`);
    await steps.applyWithRollback(config);
    await steps.metrics("camp_primary_001");
    await steps.auditLog();
    await steps.simulate(config);
    const complete = new DialerCompleteClient(tenant.env, tenant.account("dialer"));
    const run = await complete.run(predictivePayload("complete"), "camp_primary_001", `${RECEIVER}/wfm`);
    expect(run.operation).toBe("COMPLETED");
  },
  async outcomes(tenant) {
    const login = { ...tenant.account("outcomes"), baseUrl: tenant.otherHost };
    const client = new OutcomeClient(tenant.env, login, tenant.account().baseUrl, `${RECEIVER}/crm`);
    const now = tenant.env.now();
    const codes = ["CONVERTED", "APPOINTMENT_SET", "NOT_INTERESTED", "BUSY"];
    const report = await client.retrieve({ campaignId: "camp_backup_001", start: now - 7 * 86_400, end: now, codes });
    expect(report.records.length).toBeGreaterThan(0);
  },
  // What no published program does: list campaigns, and look after the webhooks they leave behind.
  async plain(tenant) {
    const campaigns = await tenant.raw("GET", "/api/v2/omnichannel/campaigns?page=1&pageSize=100");
    expect(await campaigns.json()).toMatchObject({
      campaigns: expect.arrayContaining([expect.objectContaining({ id: "camp_primary_001" })]),
    });
    for (const operation of ["createOmnichannelWebhook", "createIntegrationWebhook"]) {
      const { path, body } = EVERY_OPERATION[operation] ?? { path: "" };
      const { id } = z.object({ id: z.string() }).parse(await (await tenant.raw("POST", path, body)).json());
      expect(JSON.stringify(await (await tenant.raw("GET", path)).json())).toContain(id);
      const renamed = { ...Object(body), name: "renamed" };
      expect(await (await tenant.raw("PUT", `${path}/${id}`, renamed)).json()).toMatchObject({ id, name: "renamed" });
      expect(await (await tenant.raw("GET", `${path}/${id}`)).json()).toMatchObject({ id, name: "renamed" });
      expect((await tenant.raw("DELETE", `${path}/${id}`)).ok).toBe(true);
      expect((await tenant.raw("GET", `${path}/${id}`)).status).toBe(404);
    }
  },
};

describe.each(TRANSPORTS)("every operation, %s", (transport) => {
  test("is reached by the program named in the table while all programs run at once", async () => {
    const tenant = await openTenant(transport, { clients: ["desk", ...Object.keys(PROGRAMS)].map(clientOf) });
    try {
      await Promise.all(Object.values(PROGRAMS).map((program) => program(tenant)));
      const reached = new Map<string, Set<string>>();
      for (const { operation, clientId, status } of tenant.sandbox.control.requests()) {
        if (operation === null || status >= 300) continue;
        reached.set(operation, (reached.get(operation) ?? new Set()).add(clientId === "desk" ? "plain" : String(clientId)));
      }
      const missing = Object.entries(OPERATIONS).filter(([operation, program]) => !reached.get(operation)?.has(program));
      expect(missing).toEqual([]);
      expect([...reached.keys()].filter((operation) => operation !== "token" && !(operation in OPERATIONS))).toEqual([]);
    } finally {
      await tenant.close();
    }
  });
});

test("the table names the operations that the refusals are tried on, no more and no fewer", () => {
  expect(Object.keys(OPERATIONS).toSorted()).toEqual(Object.keys(EVERY_OPERATION).toSorted());
});

function clientOf(id: string): Record<string, unknown> {
  return { id, secret: SECRET };
}
