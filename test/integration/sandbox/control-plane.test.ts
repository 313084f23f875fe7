// The control plane over HTTP does what the functions do. Contract §3.

import { describe, expect, test } from "vitest";
import { entry, INTERACTION, type Json, openBench, START, settingsBody, TRANSPORTS } from "./bench-tenant.ts";

describe.each(TRANSPORTS)("control plane, %s", (transport) => {
  async function open() {
    const tenant = await openBench(transport);
    const control = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> => {
      const init = { method, ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }) };
      const response = await tenant.send(`/__sandbox${path}`, init);
      return { status: response.status, body: await response.json() };
    };
    return { tenant, control, [Symbol.asyncDispose]: () => tenant[Symbol.asyncDispose]() };
  }

  test("state, with calls and their counters when asked", async () => {
    await using it = await open();
    const { body } = await it.control("GET", "/state");
    expect(body).toEqual(it.tenant.sandbox.control.state());
    expect(body).toMatchObject({
      clock: { now: new Date(START).toISOString(), mode: "frozen" },
      calls: { total: 9, byStatus: { completed: 2, wrap_up: 1 }, writes: 0, effects: 0 },
      contactLists: [{ id: "list", size: 200 }],
      interactions: 2,
      auditEntries: 120,
    });
    const { body: withCalls } = await it.control("GET", "/state?calls=1");
    expect(withCalls.callList).toHaveLength(9);
    expect(withCalls.callList[0]).toMatchObject({ id: "call_done", writes: 0, effects: 0, locked: false });
  });

  test("clock: read, advanced, set", async () => {
    await using it = await open();
    expect((await it.control("POST", "/clock", { advanceSeconds: 90 })).body.now).toBe(new Date(START + 90_000).toISOString());
    expect((await it.control("POST", "/clock", { speed: 60 })).body).toMatchObject({ mode: "accelerated", speed: 60 });
    expect((await it.control("POST", "/clock", { mode: "frozen" })).body).toMatchObject({ mode: "frozen", speed: 0 });
    expect((await it.control("GET", "/clock")).body).toEqual(it.tenant.sandbox.control.clock());
    for (const body of [{ advanceSeconds: -1 }, { advanceSecond: 1 }, { mode: "accelerated" }, { advanceSeconds: 1e300 }, "{"]) {
      expect((await it.control("POST", "/clock", body)).status).toBe(400);
    }
  });

  test("journal: requests without secrets, filtered, cleared; itself left out", async () => {
    await using it = await open();
    const { tenant } = it;
    await tenant.api("GET", "/api/v1/dispositions?x=1");
    await tenant.api("POST", "/api/v1/integrations/webhooks", {
      body: {
        name: "n",
        url: "http://127.0.0.1:9/",
        events: ["dialer.settings.updated"],
        auth: { type: "bearer", token: "hush-hush" },
      },
    });
    await tenant.api("GET", "/nowhere", { token: "bad-token" });
    const { body } = await it.control("GET", "/requests");
    expect(body.total).toBe(4);
    expect(body.requests.map(({ operation, status }: Json) => [operation, status])).toEqual([
      ["token", 200],
      ["listDispositions", 200],
      ["createIntegrationWebhook", 201],
      [null, 404],
    ]);
    expect(body.requests[1]).toMatchObject({
      method: "GET",
      path: "/api/v1/dispositions",
      query: "x=1",
      clientId: "desk",
      seq: 2,
    });
    expect(body.requests[1].latencyMs).toBeGreaterThanOrEqual(0);
    const text = JSON.stringify(body);
    for (const secret of ["desk-secret", "hush-hush", "bad-token", "eyJ"]) expect(text).not.toContain(secret);
    expect((await it.control("GET", "/requests?operation=listDispositions")).body.requests).toHaveLength(1);
    expect((await it.control("GET", "/requests?since=3")).body.requests).toHaveLength(1);
    await it.control("DELETE", "/requests");
    expect((await it.control("GET", "/requests")).body).toEqual({ total: 0, requests: [] });
  });

  test("faults: added, listed, removed; wrong ones named", async () => {
    await using it = await open();
    const added = await it.control("POST", "/faults", [
      { match: {}, effect: { status: 500 } },
      { match: {}, effect: { reset: true } },
    ]);
    expect(added.body.faults.map(({ id }: Json) => id)).toEqual(["fault_1", "fault_2"]);
    expect((await it.control("DELETE", "/faults?id=fault_1")).body).toEqual({ cleared: 1 });
    expect((await it.control("GET", "/faults")).body.faults).toMatchObject([
      { id: "fault_2", effect: { reset: true }, struck: 0 },
    ]);
    expect((await it.control("DELETE", "/faults")).body).toEqual({ cleared: 1 });
    const wrong = await it.control("POST", "/faults", { match: { operation: "assignDispositon" }, effect: { status: 500 } });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(wrong.body)).toContain("assignDisposition");
  });

  test("tokens revoked, activations failed, metrics, calls and edits simulated", async () => {
    await using it = await open();
    await it.tenant.token();
    expect((await it.control("POST", "/tokens/revoke", { clientId: "other" })).body).toEqual({ revoked: 0 });
    expect((await it.control("POST", "/tokens/revoke")).body).toEqual({ revoked: 1 });
    expect((await it.control("POST", "/activation/fail-next", { count: 2 })).body).toEqual({ count: 2 });
    expect((await it.control("POST", "/simulate/metrics", { campaignId: "camp", successRate: 0.1 })).body).toEqual({
      deliveries: 0,
    });
    expect((await it.control("POST", "/simulate/metrics", { campaignId: "camp", successRate: 2 })).status).toBe(400);
    expect((await it.control("POST", "/simulate/metrics", { campaignId: "nope" })).status).toBe(404);
    expect((await it.control("POST", "/simulate/list", { id: "nope", answerRate: 0.1 })).status).toBe(404);
    const placed = (await it.control("POST", "/simulate/call", { campaignId: "camp" })).body;
    expect(placed).toMatchObject({ campaignId: "camp", status: "dialing" });
    const wanted = { campaignId: "camp", id: "mine", status: "wrap_up", locked: true };
    expect((await it.control("POST", "/simulate/call", wanted)).body).toMatchObject({
      ...wanted,
      endTime: new Date(START).toISOString(),
    });
    expect((await it.control("POST", "/simulate/call", { campaignId: "nope" })).status).toBe(404);
    const edits = [
      { kind: "interaction", id: INTERACTION, body: { dispositions: [entry("101")] } },
      { kind: "dialerSettings", body: settingsBody(2) },
      { kind: "campaign", id: "camp", body: { status: "active" } },
    ];
    for (const edit of edits) expect((await it.control("POST", "/simulate/edit", edit)).body.version).toBeTypeOf("string");
    expect(
      (await it.control("POST", "/simulate/edit", { kind: "interaction", id: "nope", body: { dispositions: [entry("101")] } }))
        .status,
    ).toBe(404);
    expect((await it.control("POST", "/simulate/edit", { kind: "contact" })).status).toBe(400);
    expect((await it.control("POST", "/webhooks/flush")).body).toEqual({ delivered: 0, failed: 0, pending: 0 });
    expect((await it.control("GET", "/webhooks/deliveries")).body).toEqual({ deliveries: [] });
  });

  test("snapshot out and in again; reset", async () => {
    await using it = await open();
    const { control } = it.tenant.sandbox;
    const snapshot = (await it.control("GET", "/snapshot")).body;
    await it.tenant.api("PUT", "/api/v2/outbound/calls/call_done/disposition", {
      body: { dispositionCodeId: "DISP_1", notes: "" },
    });
    expect(control.state().calls.writes).toBe(1);
    expect((await it.control("POST", "/snapshot", snapshot)).body.calls.writes).toBe(0);
    expect((await it.control("POST", "/snapshot", { format: 1 })).status).toBe(400);
    control.simulateCall({ campaignId: "camp", id: "x" });
    expect((await it.control("POST", "/reset")).body.calls.total).toBe(9);
  });

  test("unknown names are 404 with what there is, other methods 405", async () => {
    await using it = await open();
    const unknown = await it.control("GET", "/status");
    expect(unknown.status).toBe(404);
    expect(unknown.body.error.details).toContain("/__sandbox/state");
    expect((await it.control("PUT", "/state", {})).status).toBe(405);
    expect((await it.control("GET", "/toString")).status).toBe(404);
    expect((await it.tenant.send("/__sandboxes")).status).toBe(404);
  });
});
