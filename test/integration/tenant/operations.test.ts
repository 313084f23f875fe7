// Every operation of the contract through the SDK's resources, on both transports.

import { describe, expect, it } from "vitest";
import { OPERATION_IDS } from "../../../src/contract/index.ts";
import { type Tenant, withLock } from "../../../src/tenant/index.ts";
import { collect } from "../../support/collect.ts";
import { connect, errorOf, TRANSPORTS } from "./connect.ts";

const CAMPAIGN = "camp_primary_001";
const INTERACTION = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const SETTINGS = {
  name: "Evening",
  type: "predictive",
  concurrency: { max_agents: 20, max_simultaneous_calls: 60, call_spacing_ms: 200 },
  algorithm: { type: "predictive", abandonment_rate_target: 0.02, agent_availability_estimate: 0.8, dial_ratio: 2.5 },
} as const;
const DRAFT = {
  name: "Autumn",
  status: "paused",
  contactListId: "list_12345",
  dialerConfig: {
    type: "predictive",
    predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 50, callRate: 12, abandonmentThreshold: 0.03 },
  },
} as const;

async function useOutbound(tenant: Tenant): Promise<void> {
  const matrix = await tenant.dispositions.matrix(CAMPAIGN);
  expect(matrix.dispositionCodes[0]).toMatchObject({ id: "DISP_001", reasonCodes: [{ id: "REASON_001" }, { id: "REASON_002" }] });
  const body = { dispositionCodeId: "DISP_001", reasonCodeId: "REASON_002", notes: "grün", tag: ["a", "b"] };
  expect(await tenant.calls.assignDisposition("call_000001", body)).toMatchObject({ changed: true });
  expect(await tenant.calls.assignDisposition("call_000001", body)).toMatchObject({ changed: false });
  expect((await tenant.calls.get("call_000001")).disposition).toMatchObject(body);
  const calls = await collect(tenant.calls.list({ campaignId: CAMPAIGN, limit: 1500 }));
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  expect(calls.length).toBe(5000);
}

async function useInteractions(tenant: Tenant): Promise<void> {
  expect((await tenant.dispositions.tree()).dispositions.map(({ code }) => code)).toContain("111");
  const entry = {
    code: "101",
    description: "Issue Resolved",
    agent_id: "agent_1",
    timestamp: "2026-01-07T14:00:00Z",
    source: "api",
  };
  const written = await withLock(
    () => tenant.interactions.get.locked(INTERACTION),
    ({ value, lock }) =>
      tenant.interactions.patch(INTERACTION, { dispositions: [...value.dispositions, entry].map(exact) }, { lock }),
  );
  expect(written.dispositions.length).toBe(2);
}

const exact = ({
  code,
  description,
  agent_id,
  timestamp,
  source,
}: Readonly<Record<"code" | "description" | "agent_id" | "timestamp" | "source", string>>) => ({
  code,
  description,
  agent_id,
  timestamp,
  source,
});

async function useCampaigns(tenant: Tenant): Promise<void> {
  const first = await tenant.request("createCampaign", { body: DRAFT, idempotencyKey: "create-1" });
  const again = await tenant.request("createCampaign", { body: DRAFT, idempotencyKey: "create-1" });
  expect(again.reply.id).toBe(first.reply.id);
  const { id } = first.reply;
  const { value, lock } = await tenant.campaigns.get.locked(id);
  expect(value).toMatchObject({ id, status: "paused" });
  expect(await tenant.campaigns.update(id, { status: "active" }, { lock, idempotencyKey: "go-1" })).toBeDefined();
  expect(await errorOf(tenant.campaigns.update(id, { status: "paused" }, { lock }))).toMatchObject({
    code: "stale_lock",
    status: 412,
  });
  expect(await tenant.request("updateCampaign", { path: { id }, body: { status: "active" } })).toMatchObject({ already: true });
  expect((await collect(tenant.campaigns.list({ pageSize: 2 }))).length).toBe(3);
  expect(await tenant.campaigns.metrics(CAMPAIGN, { windowMinutes: 30 })).toMatchObject({ windowMinutes: 30 });
  const contacts = tenant.contacts.list("list_12345", { query: "consentFlags.outbound.call==true" });
  for await (const contact of contacts) {
    expect(contact.consentFlags?.outbound?.call).toBe(true);
    break;
  }
}

async function useDialer(tenant: Tenant): Promise<void> {
  expect((await tenant.dialer.createCampaign(SETTINGS)).id).not.toBe("");
  const policy = {
    campaign_config: SETTINGS,
    regulatory_checks: ["tcpa_abandonment"] as const,
    carrier_capacity: { max_trunks: 150 },
  };
  expect(await tenant.dialer.validatePolicy({ ...policy, regulatory_checks: [...policy.regulatory_checks] })).toMatchObject({
    compliance_status: "PASS",
  });
  const { lock } = await tenant.dialer.settings.locked();
  const { operationId } = await tenant.dialer.activateSettings(SETTINGS, { lock });
  expect((await tenant.dialer.operation(operationId)).status).toBe("IN_PROGRESS");
  expect(await errorOf(tenant.dialer.activateSettings(SETTINGS, { lock }))).toMatchObject({ code: "stale_lock", status: 412 });
  expect(
    (await collect(tenant.dialer.metrics({ metrics: ["efficiency", "answerRate"], pageSize: 10 }))).length,
  ).toBeGreaterThanOrEqual(48);
  expect((await collect(tenant.auditLogs.list({ pageSize: 7 }))).length).toBeGreaterThanOrEqual(120);
  expect(await tenant.dialer.simulate({ durationMinutes: 10 })).toBeDefined();
}

async function useWebhooks(tenant: Tenant): Promise<void> {
  const campaignEvents = {
    name: "a",
    callbackUrl: "https://receiver.test/a",
    events: ["omnichannel.campaign.state.change" as const],
  };
  const { id } = await tenant.campaignWebhooks.create(campaignEvents);
  expect((await tenant.campaignWebhooks.list()).webhooks.length).toBe(1);
  await tenant.campaignWebhooks.update(id, { ...campaignEvents, name: "b" });
  expect((await tenant.campaignWebhooks.get(id)).name).toBe("b");
  await tenant.campaignWebhooks.delete(id);
  expect(await tenant.request("deleteOmnichannelWebhook", { path: { id } })).toMatchObject({ already: true, status: 404 });

  const dialerEvents = { name: "a", url: "https://receiver.test/a", events: ["dialer.settings.updated" as const] };
  const dialer = await tenant.dialerWebhooks.create(dialerEvents);
  expect((await tenant.dialerWebhooks.list()).webhooks.length).toBe(1);
  await tenant.dialerWebhooks.update(dialer.id, { ...dialerEvents, name: "b" });
  expect((await tenant.dialerWebhooks.get(dialer.id)).name).toBe("b");
  await tenant.dialerWebhooks.delete(dialer.id);
}

describe.each(TRANSPORTS)("%s", (transport) => {
  it("reaches every operation", async () => {
    await using connection = await connect(transport);
    const { sandbox, tenant } = connection;
    await useOutbound(tenant);
    await useInteractions(tenant);
    await useCampaigns(tenant);
    await useDialer(tenant);
    await useWebhooks(tenant);
    const reached = new Set(sandbox.control.requests().map(({ operation }) => operation));
    expect(OPERATION_IDS.filter((id) => !reached.has(id))).toEqual([]);
  });

  it.each(["basic", "form", "json"] as const)("gets its token by %s, with the scopes it holds", async (auth) => {
    await using connection = await connect(transport, { config: { token: { auth } } });
    expect((await connection.tenant.authenticate()).scopes).toContain("dialer:write");
    const narrow = connection.another({ token: { auth, scopes: ["audit:read", "no:such"] } });
    expect(await narrow.authenticate()).toEqual({ scopes: ["audit:read"] });
    expect(await errorOf(narrow.dialer.settings())).toMatchObject({
      code: "missing_scope",
      neededScopes: ["dialer:read"],
      details: { grantedScopes: ["audit:read"] },
    });
    const wrong = connection.another({ credentials: { clientId: "nobody", clientSecret: "nothing" } });
    expect(await errorOf(wrong.authenticate())).toMatchObject({ code: "unauthorized", status: 401 });
  });

  it("gets over a revoked and an expired token unnoticed", async () => {
    await using connection = await connect(transport);
    const { sandbox, tenant } = connection;
    await tenant.calls.get("call_000001");
    sandbox.control.revokeTokens();
    await tenant.calls.get("call_000001");
    await sandbox.control.advance(3601);
    await tenant.calls.get("call_000001");
    const statuses = sandbox.control.requests().map(({ operation, status }) => `${operation ?? "token"} ${status}`);
    expect(statuses.filter((each) => each === "getCall 200").length).toBe(3);
    expect(statuses.filter((each) => each === "getCall 401").length).toBe(1);
  });

  it("offers the capabilities that operations want", async () => {
    await using connection = await connect(transport);
    const { capabilities } = connection.tenant;
    const { dispositionWriter, callReader, campaignRunner, interactionDispositions, pacingSettings, vendorEvents } = capabilities;
    const body = { dispositionCodeId: "DISP_001", notes: "" };
    const results = [];
    for (const id of ["call_000001", "call_000001", "call_000100", "call_none"])
      results.push((await dispositionWriter.assign(id, body)).result);
    expect(results).toEqual(["stored", "unchanged", "locked", "not_found"]);
    const orphan = await dispositionWriter.assign("call_000002", { ...body, reasonCodeId: "REASON_009" });
    expect(orphan).toMatchObject({ result: "refused", statusCode: 400 });
    expect(await callReader.read("call_none")).toBeUndefined();
    expect((await callReader.read("call_000001"))?.disposition).toMatchObject({ dispositionCodeId: "DISP_001" });
    expect(await campaignRunner.setStatus(CAMPAIGN, "paused")).toMatchObject({ already: false });
    expect(await campaignRunner.setStatus(CAMPAIGN, "paused")).toMatchObject({ already: true });
    expect((await campaignRunner.status(CAMPAIGN)).status).toBe("paused");

    const read = await interactionDispositions.read(INTERACTION);
    expect(read.lock?.tag).toMatch(/^W\//);
    if (read.lock === undefined) return;
    connection.sandbox.control.simulateEdit({
      kind: "interaction",
      id: INTERACTION,
      body: { dispositions: [{ ...exactEntry, code: "103" }] },
    });
    expect(await errorOf(interactionDispositions.replace(INTERACTION, [exactEntry], read.lock))).toMatchObject({
      code: "stale_lock",
      status: 409,
    });

    const pacing = await pacingSettings.read(undefined);
    const accepted = await pacingSettings.activate(undefined, SETTINGS, pacing.lock?.tag);
    await connection.sandbox.control.advance(60);
    expect((await pacingSettings.progress(accepted.operationId)).status).toBe("COMPLETED");
    const id = await vendorEvents.registerDialerEvents({
      name: "x",
      url: "https://receiver.test/x",
      events: ["dialer.settings.updated"],
    });
    expect(await vendorEvents.remove("dialer", id)).toEqual({ already: false });
    expect(await vendorEvents.remove("dialer", id)).toEqual({ already: true });
  });
});

const exactEntry = {
  code: "101",
  description: "Issue Resolved",
  agent_id: "agent_1",
  timestamp: "2026-01-07T14:00:00Z",
  source: "api",
};
