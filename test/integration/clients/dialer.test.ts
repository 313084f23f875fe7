// The published programs for dialer settings (numbered steps and complete), unchanged but for their base URL, against the sandbox.

import { afterEach, describe, expect, test } from "vitest";
import { DialerCompleteClient, DialerStepsClient, predictivePayload } from "../../clients/dialer-client.ts";
import { openTenant, RECEIVER, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

const SETTINGS = "/api/v1/dialer/settings";
const changed = (dialRatio: number) => {
  const payload = predictivePayload("steps");
  return { ...payload, algorithm: { ...Object(payload["algorithm"]), dial_ratio: dialRatio } };
};

describe.each(TRANSPORTS)("dialer, %s", (transport) => {
  let tenant: TenantUnderTest;
  afterEach(async () => await tenant.close());

  async function ready(scenario: Record<string, unknown> = {}) {
    tenant = await openTenant(transport, scenario);
    const steps = new DialerStepsClient(tenant.env, tenant.account());
    const complete = new DialerCompleteClient(tenant.env, tenant.account());
    return { steps, complete };
  }
  const api = () => tenant.sent.filter((request) => request.url.pathname !== "/oauth/token");
  const tokens = () => tenant.sent.filter((request) => request.url.pathname === "/oauth/token");
  const polls = () => api().filter((request) => request.url.pathname.includes("/operations/"));
  const otherWriter = () => tenant.sandbox.control.simulateEdit({ kind: "dialerSettings", body: changed(2.5) });

  test.each(["full", "token"] as const)(
    "the steps run from creation to simulation, session holding the %s header",
    async (header) => {
      await ready();
      const client = new DialerStepsClient(tenant.env, tenant.account(), header);
      const config = predictivePayload("steps");
      expect(await client.createCampaign(config)).not.toBe("");
      await client.validate(config);
      await client.registerWebhook(`${RECEIVER}/wfm`);
      const before = await client.snapshot();
      const version = await client.applyWithRollback(changed(3.5));
      expect(version).not.toBe(before.versionTag);
      expect(await client.snapshot()).toMatchObject({ versionTag: version, algorithm: { dial_ratio: 3.5 } });
      expect(await client.simulate(config)).toMatchObject({ callsPlaced: expect.any(Number) });
      expect(tokens()).toHaveLength(1);
      expect(api()[0]?.headers.get("authorization")).toMatch(
        header === "full" ? /^Bearer Bearer \S+$/ : /^Bearer (?!Bearer)\S+$/,
      );
      expect(api().map((request) => request.status)).toEqual([201, 200, 201, 200, 200, 202, 200, 200, 200, 200]);
    },
  );

  test("the complete program runs with a token for every request", async () => {
    const { complete } = await ready();
    const run = await complete.run(predictivePayload("complete"), "camp_primary_001", `${RECEIVER}/wfm`);
    expect(run.operation).toBe("COMPLETED");
    expect(run.metrics).toHaveLength(50);
    expect(run.logs).toHaveLength(50);
    expect(run.versionTag).toBe((await complete.snapshot()).versionTag);
    expect(tokens()).toHaveLength(api().length);
    expect(tokens().every((request) => request.status === 200)).toBe(true);
    expect(tenant.waits.every((seconds) => seconds === 3)).toBe(true);
  });

  test("a hundred single-use tokens in a row are not held up", async () => {
    const { complete } = await ready();
    for (let i = 0; i < 100; i++) await complete.snapshot();
    expect(tenant.waits).toEqual([]);
  });

  test("If-Match is the bare tag; the stale one on the poll is ignored; without one the change is accepted", async () => {
    const { steps } = await ready();
    const { versionTag } = await steps.snapshot();
    expect(versionTag).not.toMatch(/"/);
    const next = await steps.apply(changed(3), versionTag);
    expect(polls().map((request) => request.headers.get("if-match"))).toEqual(polls().map(() => versionTag));
    expect(await steps.apply(changed(3.1))).not.toBe(next);
    expect(polls().every((request) => request.status === 200)).toBe(true);
  });

  test("after a failed activation the earlier tag is in force, so the rollback under it works in both programs", async () => {
    const { steps, complete } = await ready();
    const before = await steps.snapshot();
    tenant.sandbox.control.failNextActivation(1);
    await expect(steps.applyWithRollback(changed(9))).rejects.toThrow("activation failed");
    const { versionTag: afterSteps, ...restored } = await steps.snapshot();
    const { versionTag: _, ...original } = before;
    expect(restored).toEqual(original);
    const rollback = api().filter((request) => request.method === "PUT")[1];
    expect(rollback?.headers.get("if-match")).toBe(before.versionTag);
    expect(JSON.parse(rollback?.body ?? "")).toMatchObject({ versionTag: before.versionTag });
    expect(rollback?.status).toBe(202);

    tenant.sandbox.control.failNextActivation(1);
    await expect(complete.run(changed(9), "camp_primary_001", `${RECEIVER}/wfm`)).rejects.toThrow("activation failed");
    expect(await complete.snapshot()).toMatchObject({ ...original, versionTag: expect.not.stringMatching(afterSteps) });
  });

  test("right after a failed operation, settings and tag are those from before", async () => {
    const { steps } = await ready();
    const before = await steps.snapshot();
    tenant.sandbox.control.failNextActivation(1);
    await expect(steps.apply(changed(9), before.versionTag)).rejects.toThrow("activation failed");
    expect(await steps.snapshot()).toEqual(before);
  });

  test("while an operation runs the announced tag counts, and a second writer with the old one gets 412", async () => {
    const { steps, complete } = await ready({ activation: { seconds: 40 } });
    const { versionTag } = await steps.snapshot();
    expect(await complete.putUnderTag(changed(3), versionTag)).toBe(202);
    expect((await steps.snapshot()).versionTag).not.toBe(versionTag);
    expect(await complete.putUnderTag(changed(4), versionTag)).toBe(412);
    await expect(steps.apply(changed(4), versionTag)).rejects.toThrow("Configuration conflict");
  });

  test("after another writer the change is a conflict, and the published rollback meets it again", async () => {
    const { steps, complete } = await ready();
    const { versionTag } = await steps.snapshot();
    otherWriter();
    await expect(steps.apply(changed(3), versionTag)).rejects.toThrow("Configuration conflict");
    // The other writer comes between the program's snapshot and its change.
    const fetch = tenant.env.fetch;
    const racing = new DialerCompleteClient(
      {
        ...tenant.env,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          if (init.method === "GET" && url.endsWith(SETTINGS)) otherWriter();
          return response;
        },
      },
      tenant.account(),
    );
    await expect(racing.run(changed(3), "camp_primary_001", `${RECEIVER}/wfm`)).rejects.toMatchObject({ status: 412 });
    expect(await complete.snapshot()).toMatchObject({ algorithm: { dial_ratio: 2.5 } });
  });

  test("the steps look after 2, 4, 8, 16 s, then every 30 s, and give up after 15 looks", async () => {
    const { steps } = await ready({ activation: { seconds: 40 } });
    await steps.apply(changed(3));
    expect(tenant.waits).toEqual([2, 4, 8, 16, 30]);
    tenant.waits.length = 0;
    tenant.sandbox.control.faults.add({
      match: { operation: "getDialerOperation" },
      effect: { status: 200, body: { status: "QUEUED" } },
    });
    await expect(steps.apply(changed(3))).rejects.toThrow("TimeoutError");
    expect(tenant.waits).toEqual(Array.from({ length: 15 }, () => 2));
  });

  test("the complete program gives up after 45 s without an error", async () => {
    const { complete } = await ready({ activation: { seconds: 1000 } });
    const run = await complete.run(changed(3), "camp_primary_001", `${RECEIVER}/wfm`);
    expect(run.operation).toBeNull();
    expect(tenant.waits).toEqual(Array.from({ length: 15 }, () => 3));
  });

  test("by default an operation ends within the complete program's 45 s", async () => {
    const { complete } = await ready();
    const run = await complete.run(changed(3), "camp_primary_001", `${RECEIVER}/wfm`);
    expect(run.operation).toBe("COMPLETED");
  });

  test("a target of exactly 3 percent and 200 calls on 150 trunks pass; above it the refusal is 200 with violations", async () => {
    const { steps, complete } = await ready();
    await steps.validate(predictivePayload("steps", 0.03));
    await expect(steps.validate(predictivePayload("steps", 0.0301))).rejects.toThrow("tcpa_abandonment");
    const refused = predictivePayload("complete", 0.031);
    await expect(complete.run(refused, "camp_primary_001", `${RECEIVER}/wfm`)).rejects.toThrow("policy validation failed");
    expect(api().map((request) => request.status)).toEqual([200, 200, 200]);
  });

  test("metrics and audit log come page by page, none twice; a change leaves an audit entry", async () => {
    const { steps } = await ready();
    const rows = await steps.metrics("camp_primary_001");
    expect(rows).toHaveLength(250);
    expect(rows[0]).toMatchObject({ efficiency: expect.any(Number), averageWaitTime: expect.any(Number) });
    expect(api()).toHaveLength(3);
    const joined = "/api/v1/analytics/dialer/metrics?campaignId=camp_primary_001&metrics=efficiency,answerRate&pageSize=1";
    expect(await (await tenant.raw("GET", joined)).json()).toMatchObject({
      results: [{ efficiency: expect.any(Number), answerRate: expect.any(Number) }],
    });
    const logs = await steps.auditLog();
    expect(logs).toHaveLength(120);
    expect(new Set(logs.map((entry) => JSON.stringify(entry))).size).toBe(120);
    expect(api()).toHaveLength(6);
    await steps.apply(changed(3));
    expect((await steps.auditLog()).length).toBeGreaterThan(120);
  });

  test("a settings change reaches the registered receiver with the bearer, again after a failure", async () => {
    const { steps } = await ready();
    await steps.registerWebhook(`${RECEIVER}/wfm`);
    tenant.receiverStatuses.push(500, 503);
    await steps.apply(changed(3));
    await tenant.sandbox.control.advance(600);
    expect(tenant.received.map((request) => request.status)).toEqual([500, 503, 204]);
    const bodies = new Set(tenant.received.map((request) => request.body));
    expect(bodies.size).toBe(1);
    expect(JSON.parse([...bodies][0] ?? "")).toMatchObject({ type: "dialer.settings.updated", data: expect.any(Object) });
    for (const request of tenant.received) {
      expect(request.headers.get("authorization")).toBe("Bearer wfm_integration_token_placeholder");
    }
  });

  test("a change that is refused or fails to activate is not announced", async () => {
    const { steps, complete } = await ready();
    await steps.registerWebhook(`${RECEIVER}/wfm`);
    expect(await complete.putUnderTag(changed(3), "stale")).toBe(412);
    tenant.sandbox.control.failNextActivation(1);
    await expect(steps.apply(changed(3))).rejects.toThrow("activation failed");
    await tenant.sandbox.control.advance(600);
    expect(tenant.received).toEqual([]);
  });

  test("a receiver that stays dead is tried once and three times more", async () => {
    const { steps } = await ready();
    await steps.registerWebhook(`${RECEIVER}/wfm`);
    tenant.receiverStatuses.push(500, 500, 500, 500, 500);
    await steps.apply(changed(3));
    await tenant.sandbox.control.advance(86_400);
    expect(tenant.received).toHaveLength(4);
  });

  test("the token is asked for three times, after 1, 2 and 4 s whatever Retry-After says", async () => {
    const { steps } = await ready();
    const effect = { status: 429, headers: { "retry-after": "60" } };
    tenant.sandbox.control.faults.add({ match: { operation: "token" }, times: 3, effect });
    await expect(steps.snapshot()).rejects.toThrow("kept rate limiting");
    expect(tenant.waits).toEqual([1, 2, 4]);
    expect(await steps.snapshot()).toMatchObject({ versionTag: expect.any(String) });
  });

  test("a token held for ever is refused once its hour is over; a token per request never is", async () => {
    const { steps, complete } = await ready();
    await steps.snapshot();
    await tenant.sandbox.control.advance(3599);
    await steps.snapshot();
    await tenant.sandbox.control.advance(2);
    await expect(steps.snapshot()).rejects.toMatchObject({ status: 401 });
    await complete.snapshot();
  });

  test("writes beyond the tenant's hundred a minute are refused for every client alike", async () => {
    const { steps, complete } = await ready();
    for (let i = 0; i < 100; i++) await steps.validate(predictivePayload("steps"));
    await expect(steps.validate(predictivePayload("steps"))).rejects.toMatchObject({ status: 429 });
    expect(await complete.putUnderTag(changed(3), (await complete.snapshot()).versionTag)).toBe(429);
    await tenant.env.sleep(2);
    expect(await complete.putUnderTag(changed(3), (await complete.snapshot()).versionTag)).toBe(202);
  });

  test("a missing scope is 403, wrong credentials 401, an unfit campaign 400", async () => {
    const { steps } = await ready();
    const visitor = new DialerStepsClient(tenant.env, tenant.account("visitor"));
    await expect(visitor.snapshot()).rejects.toMatchObject({ status: 403 });
    await expect(visitor.auditLog()).resolves.toHaveLength(120);
    const stranger = new DialerStepsClient(tenant.env, { ...tenant.account(), clientSecret: "wrong" });
    await expect(stranger.snapshot()).rejects.toMatchObject({ status: 401 });
    const { name: _, ...nameless } = predictivePayload("steps");
    await expect(steps.createCampaign(nameless)).rejects.toMatchObject({ status: 400 });
  });
});
