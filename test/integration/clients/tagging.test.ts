// The published tagging program, unchanged but for its base URL, against the sandbox.

import { afterEach, describe, expect, test } from "vitest";
import { TaggingClient } from "../../clients/tagging-client.ts";
import { openTenant, RECEIVER, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

describe.each(TRANSPORTS)("tagging, %s", (transport) => {
  let tenant: TenantUnderTest;
  afterEach(async () => await tenant.close());

  async function ready(scenario: Record<string, unknown> = {}, clientId = "tagger"): Promise<TaggingClient> {
    tenant = await openTenant(transport, scenario);
    const client = new TaggingClient(tenant.env, tenant.account(clientId), `${RECEIVER}/bi`);
    await client.initialize("camp_primary_001");
    return client;
  }
  const puts = () => tenant.sent.filter((request) => request.method === "PUT");

  test("tags a call, tells BI and writes its audit line", async () => {
    const client = await ready();
    const notes = "Automated verification completed — ünïcode";
    const tags = ["verified", "priority_a"];
    const record = await client.assign({ callId: "call_done", code: "DISP_001", reason: "REASON_002", notes, tags });
    expect(record).toMatchObject({ success: true, statusCode: 200, errorMessage: null });
    const stored = await (await tenant.raw("GET", "/api/v2/outbound/calls/call_done")).json();
    expect(stored).toMatchObject({
      disposition: { dispositionCodeId: "DISP_001", reasonCodeId: "REASON_002", notes, tag: tags },
    });
    expect(JSON.parse(tenant.received[0]?.body ?? "")).toMatchObject({
      event_type: "DISPOSITION_ASSIGNED",
      call_id: "call_done",
      disposition_code: "DISP_001",
      reason_code: "REASON_002",
    });
    expect(JSON.parse(client.auditLog[0] ?? "")).toMatchObject({ call_id: "call_done", success: true });
  });

  test("the same tagging twice has one effect; another code overwrites", async () => {
    const client = await ready();
    const tagging = { callId: "call_done", code: "DISP_001", reason: "REASON_001", tags: ["a"] };
    await client.assign(tagging);
    expect(await client.assign(tagging)).toMatchObject({ success: true, statusCode: 200 });
    expect(tenant.sandbox.control.call("call_done")).toMatchObject({ writes: 2, effects: 1 });
    expect(await client.assign({ callId: "call_done", code: "DISP_002" })).toMatchObject({ success: true });
    expect(tenant.sandbox.control.call("call_done")).toMatchObject({ writes: 3, effects: 2 });
  });

  test("a reason of another code passes the client's flat check and is refused by the tenant with a text", async () => {
    const client = await ready();
    const record = await client.assign({ callId: "call_done", code: "DISP_001", reason: "REASON_003" });
    expect(record).toMatchObject({ success: false, statusCode: 400, errorMessage: expect.stringContaining("REASON_003") });
    expect(tenant.received).toEqual([]);
    expect(tenant.sandbox.control.call("call_done")).toMatchObject({ effects: 0 });
  });

  test("a code of another campaign than the call's is refused", async () => {
    const client = await ready();
    const record = await client.assign({ callId: "out_0000001", code: "DISP_001" });
    expect(record).toMatchObject({ success: false, statusCode: 400, errorMessage: expect.stringContaining("DISP_001") });
  });

  test("a locked call and a call under way are conflicts, recorded with a text and not sent again", async () => {
    const client = await ready({}, "desk");
    for (const callId of ["call_locked", "call_ringing"]) {
      expect(await client.assign({ callId, code: "DISP_001" })).toMatchObject({
        success: false,
        statusCode: 409,
        errorMessage: expect.stringMatching(/./),
      });
    }
    expect(puts()).toHaveLength(2);
    expect(await client.callStatus("call_ringing")).toBe("ringing");
  });

  test("an unknown call and an unknown campaign raise", async () => {
    const client = await ready();
    await expect(client.assign({ callId: "nobody", code: "DISP_001" })).rejects.toMatchObject({ status: 404 });
    await expect(client.initialize("nowhere")).rejects.toMatchObject({ status: 404 });
  });

  test("ten tags pass; the client refuses eleven and so does the tenant; `tags` is understood too", async () => {
    const client = await ready();
    const tags = Array.from({ length: 11 }, (_, i) => `t${i}`);
    expect(await client.assign({ callId: "call_done", code: "DISP_001", tags: tags.slice(1) })).toMatchObject({ success: true });
    await expect(client.assign({ callId: "call_done", code: "DISP_001", tags })).rejects.toThrow("at most 10 tags");
    const put = (body: Record<string, unknown>) =>
      tenant.raw("PUT", "/api/v2/outbound/calls/call_other/disposition", { dispositionCodeId: "DISP_001", notes: "", ...body });
    expect((await put({ tag: tags })).status).toBe(400);
    expect((await put({ tags: ["x"] })).status).toBe(200);
    expect(await (await tenant.raw("GET", "/api/v2/outbound/calls/call_other")).json()).toMatchObject({
      disposition: { tag: ["x"] },
    });
  });

  test("waits as the tenant's own limit says and gets through", async () => {
    const client = await ready({ limits: { "outbound-write": { perSecond: 1 } } });
    await client.assign({ callId: "call_done", code: "DISP_001" });
    expect(await client.assign({ callId: "call_other", code: "DISP_001" })).toMatchObject({ success: true });
    expect(tenant.waits).toEqual([1]);
    expect(puts().map((request) => request.status)).toEqual([200, 429, 200]);
  });

  test("a hundred taggings a second pass, the next one is told to wait", async () => {
    const client = await ready();
    for (let i = 1; i <= 101; i++) await client.assign({ callId: "call_done", code: "DISP_001", notes: `note ${i}` });
    expect(puts().filter((request) => request.status === 429)).toHaveLength(1);
    expect(tenant.waits).toEqual([1]);
  });

  test("without Retry-After four attempts, 1, 2, 4 and 8 s, then a record without status", async () => {
    const client = await ready();
    const effect = { status: 429, headers: { "retry-after": null } };
    tenant.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect });
    expect(await client.assign({ callId: "call_done", code: "DISP_001" })).toMatchObject({ success: false, statusCode: null });
    expect(tenant.waits).toEqual([1, 2, 4, 8]);
  });

  test("a fraction in Retry-After is understood, a date is not", async () => {
    const client = await ready();
    for (const told of ["0.5", "Wed, 21 Oct 2015 07:28:00 GMT"]) {
      const effect = { status: 429, headers: { "retry-after": told } };
      tenant.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, times: 1, effect });
    }
    await expect(client.assign({ callId: "call_done", code: "DISP_001" })).rejects.toThrow(TypeError);
    expect(tenant.waits).toEqual([0.5]);
  });

  test("a server error raises at once", async () => {
    const client = await ready();
    tenant.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, times: 1, effect: { status: 503 } });
    await expect(client.assign({ callId: "call_done", code: "DISP_001" })).rejects.toMatchObject({ status: 503 });
    expect(puts()).toHaveLength(1);
  });

  test("one token serves until 300 s before its end, then a new one is fetched", async () => {
    const client = await ready();
    const tokens = () => tenant.sent.filter((request) => request.url.pathname === "/oauth/token").length;
    await tenant.sandbox.control.advance(3299);
    await client.assign({ callId: "call_done", code: "DISP_001" });
    expect(tokens()).toBe(1);
    await tenant.sandbox.control.advance(2);
    await client.assign({ callId: "call_done", code: "DISP_002" });
    expect(tokens()).toBe(2);
  });

  test("a missing scope is 403, a revoked token and a wrong secret are 401", async () => {
    const client = await ready();
    const visitor = new TaggingClient(tenant.env, tenant.account("visitor"));
    await expect(visitor.initialize("camp_primary_001")).rejects.toThrow("Missing scope: outbound:campaign:read");
    tenant.sandbox.control.revokeTokens();
    await expect(client.assign({ callId: "call_done", code: "DISP_001" })).rejects.toMatchObject({ status: 401 });
    const stranger = new TaggingClient(tenant.env, { ...tenant.account(), clientSecret: "wrong" });
    await expect(stranger.initialize("camp_primary_001")).rejects.toMatchObject({ status: 401 });
  });

  test("a base URL that ends in a slash works, and nothing is redirected", async () => {
    tenant = await openTenant(transport);
    const account = tenant.account("tagger");
    const client = new TaggingClient(tenant.env, { ...account, baseUrl: `${account.baseUrl}/` });
    await client.initialize("camp_primary_001");
    expect(tenant.sent.map((request) => request.status)).toEqual([200, 200]);
  });
});
