// The life of a sandbox: reset equals a fresh start, snapshots, two side by side, time, the timeline, start and stop. Contract §3.

import { describe, expect, test } from "vitest";
import { createSandbox, FaultError, SandboxError, ScenarioError, SnapshotError } from "../../../src/sandbox/index.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { until } from "../../support/until.ts";
import {
  ascending,
  type BenchTenant,
  campaignBody,
  entry,
  INTERACTION,
  omnichannelWebhookBody,
  openBench,
  START,
  settingsBody,
  TRANSPORTS,
  world,
} from "./bench-tenant.ts";

const living = () =>
  world({
    campaigns: [{ id: "camp", status: "active", contactListId: "list", dispositionCodes: [{ id: "DISP_1" }] }],
    calls: [{ id: "call_done", campaignId: "camp" }],
    generateCalls: [{ campaignId: "camp", count: 500 }],
    timeline: [
      { at: "10m", set: { contactLists: { list: { answerRate: 0 } } } },
      { at: "20m", set: { campaigns: { camp: { status: "paused" } } } },
    ],
  });

/** Changes something of everything; the same words each time. */
async function stir(tenant: BenchTenant): Promise<unknown[]> {
  const { control } = tenant.sandbox;
  const seen: unknown[] = [];
  const token = await tenant.token();
  const api = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const reply = await tenant.api(method, path, { body, headers, token });
    seen.push([method, path, reply.status, reply.body]);
    return reply;
  };
  await api("PUT", "/api/v2/outbound/calls/camp-c0000001/disposition", { dispositionCodeId: "DISP_1", notes: "" });
  const etag = (await api("GET", `/api/v1/interactions/${INTERACTION}`)).headers.get("etag") ?? "";
  await api("PATCH", `/api/v1/interactions/${INTERACTION}`, { dispositions: [entry("101")] }, { "if-match": etag });
  await api("POST", "/api/v2/omnichannel/campaigns", campaignBody(), { "x-idempotency-key": "one" });
  await api("POST", "/api/v2/omnichannel/webhooks", omnichannelWebhookBody());
  await api("PUT", "/api/v1/dialer/settings", settingsBody(3));
  control.simulateMetrics({ campaignId: "camp", successRate: 0.1 });
  control.simulateCall({ campaignId: "camp", id: "extra" });
  control.faults.add({ match: { path: "/nowhere" }, effect: { status: 500 } });
  await control.advance(300);
  control.failNextActivation(2);
  await api("GET", "/api/v2/omnichannel/campaigns/camp/metrics");
  await api("GET", "/api/v2/outbound/calls?limit=5000");
  await api("GET", "/api/v1/audit/logs");
  seen.push(control.state());
  return seen;
}

describe.each(TRANSPORTS)("life, %s", (transport) => {
  const open = () => openBench(transport, { scenario: living(), webhookFetch: async () => new Response(null, { status: 204 }) });

  test("the same words to two sandboxes get the same answers", async () => {
    await using one = await open();
    await using two = await open();
    expect(await stir(one)).toEqual(await stir(two));
    expect(one.sandbox.control.snapshot()).toEqual(two.sandbox.control.snapshot());
  });

  test("a reset equals a fresh start", async () => {
    await using used = await open();
    await using fresh = await open();
    await stir(used);
    expect(used.sandbox.control.snapshot()).not.toEqual(fresh.sandbox.control.snapshot());
    used.sandbox.control.reset();
    expect(used.sandbox.control.snapshot()).toEqual(fresh.sandbox.control.snapshot());
    expect(used.sandbox.control.state()).toEqual(fresh.sandbox.control.state());
    expect(used.sandbox.control.requests()).toEqual([]);
    expect(await stir(used)).toEqual(await stir(fresh));
  });

  test("a snapshot brings everything back, running timers included", async () => {
    await using tenant = await open();
    await stir(tenant);
    const put = await tenant.api("PUT", "/api/v1/dialer/settings", { body: settingsBody(7), token: await tenant.token() });
    const snapshot = structuredClone(tenant.sandbox.control.snapshot());
    const onward = async () => {
      await tenant.sandbox.control.advance(900);
      return tenant.sandbox.control.snapshot();
    };
    const first = await onward();
    tenant.sandbox.control.restore(snapshot);
    expect(tenant.sandbox.control.snapshot()).toEqual(snapshot);
    expect(await onward()).toEqual(first);
    const { body } = await tenant.api("GET", `/api/v1/dialer/operations/${put.body.operationId}`, {
      token: await tenant.token(),
    });
    expect(body.status).toBe("FAILED");
  });

  test("two sandboxes in one process do not touch", async () => {
    await using one = await open();
    await using two = await open();
    const before = two.sandbox.control.snapshot();
    await stir(one);
    expect(two.sandbox.control.snapshot()).toEqual(before);
    expect(two.sandbox.control.requests()).toEqual([]);
    const reply = await two.api("GET", "/api/v1/dispositions", { token: await one.token() });
    expect(reply.status).toBe(401);
  });

  test("the timeline changes the world at its times; a paused campaign drains its calls", async () => {
    await using tenant = await open();
    const { control } = tenant.sandbox;
    const metrics = async (window: number) =>
      (
        await tenant.api("GET", `/api/v2/omnichannel/campaigns/camp/metrics?windowMinutes=${window}`, {
          token: await tenant.token(),
        })
      ).body;
    await control.advance(599);
    const early = await metrics(9);
    expect(early.callsPlaced).toBeGreaterThan(60);
    expect(early.callsAnswered).toBeGreaterThan(10);
    await control.advance(600);
    const late = await metrics(8);
    expect(late.callsPlaced).toBeGreaterThan(60);
    expect(late.callsAnswered).toBe(0);
    expect(late.activeCalls).toBeGreaterThan(0);
    await control.advance(2);
    expect(control.state().campaigns).toMatchObject([{ id: "camp", status: "paused" }]);
    expect(control.state().campaigns[0]?.activeCalls).toBeGreaterThan(0);
    await control.advance(1200);
    expect(control.state().campaigns[0]?.activeCalls).toBe(0);
    expect((await metrics(10)).callsPlaced).toBe(0);
  });

  test("figures of a scenario stand in, measured ones follow, set ones win and can be taken back", async () => {
    const scenario = world({
      campaigns: [
        {
          id: "camp",
          contactListId: "list",
          metrics: { successRate: 0.4, callsPlaced: 10 },
          failoverConfig: { enabled: true, thresholdType: "success_rate", thresholdValue: 0.15, evaluationWindowMinutes: 30 },
        },
      ],
      calls: [],
    });
    await using tenant = await openBench(transport, { scenario });
    const metrics = async () => (await tenant.api("GET", "/api/v2/omnichannel/campaigns/camp/metrics")).body;
    expect(await metrics()).toMatchObject({ successRate: 0.4, callsPlaced: 10, failoverTriggered: false });
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp", successRate: 0.149, activeCalls: 3 });
    expect(await metrics()).toMatchObject({ successRate: 0.149, activeCalls: 3, failoverTriggered: true });
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp", successRate: 0.15 });
    expect(await metrics()).toMatchObject({ successRate: 0.15, failoverTriggered: false });
    tenant.sandbox.control.simulateMetrics({ campaignId: "camp" });
    expect(await metrics()).toMatchObject({ successRate: 0.4 });
    tenant.sandbox.control.simulateCall({ campaignId: "camp" });
    expect(await metrics()).toMatchObject({ callsPlaced: 1, activeCalls: 1 });
  });

  test("an older tenant gives three figures", async () => {
    await using tenant = await openBench(transport, { scenario: world({ legacyMetrics: true }) });
    const { body } = await tenant.api("GET", "/api/v2/omnichannel/campaigns/camp/metrics");
    expect(ascending(Object.keys(body))).toEqual(["activeCalls", "lastUpdated", "successRate"]);
  });
});

test("an accelerated clock passes a day in moments", async () => {
  await using started = await startSandbox({ scenario: world(), clock: { speed: 100_000 }, now: START });
  const { control } = started.sandbox;
  await until(() => Date.parse(control.clock().now) >= START + 86_400_000);
  expect(control.clock()).toMatchObject({ mode: "accelerated", speed: 100_000, start: new Date(START).toISOString() });
});

test("wrong options are refused by name", () => {
  expect(() => createSandbox({ scenario: { campaings: [] } })).toThrow(ScenarioError);
  expect(() => createSandbox({ scenario: { campaings: [] } })).toThrow(/campaings.*campaigns/);
  expect(() => createSandbox({ now: "yesterday" })).toThrow(SandboxError);
});

test("a snapshot of something else is refused and changes nothing", async () => {
  await using started = await startSandbox({ scenario: world(), clock: "frozen", now: START });
  const { control } = started.sandbox;
  await using other = await startSandbox({ scenario: world(), seed: 2, clock: "frozen", now: START });
  const before = control.snapshot();
  for (const value of [null, {}, [], { format: 1 }, other.sandbox.control.snapshot(), { ...before, format: 2 }]) {
    expect(() => control.restore(value)).toThrow(SnapshotError);
  }
  expect(() => control.restore({ ...before, engine: { engine: "other" } })).toThrow();
  expect(() => control.faults.add({ effect: { statsu: 1 } })).toThrow(FaultError);
  expect(control.snapshot()).toEqual(before);
});

test("listens once, closes twice, frees its port", async () => {
  const sandbox = createSandbox({ scenario: world() });
  const { port, url } = await sandbox.listen();
  expect(url).toBe(`http://127.0.0.1:${port}`);
  await expect(sandbox.listen()).rejects.toThrow(SandboxError);
  await sandbox.close();
  await sandbox.close();
  const next = createSandbox({ scenario: world() });
  expect((await next.listen({ port })).port).toBe(port);
  await next.close();
  await expect(next.listen()).rejects.toThrow(SandboxError);
});
