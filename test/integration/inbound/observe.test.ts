// How the service is watched: the metrics' names and figures, who may read them, readiness.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { serve } from "@hono/node-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { joinReplicas, type Membership } from "../../../src/operations/index.ts";
import { createSandbox } from "../../../src/sandbox/index.ts";
import {
  metricsRoutes,
  observeRoutes,
  Readiness,
  ServiceMetrics,
  serviceFigures,
  vendorSpans,
} from "../../../src/server/index.ts";
import { createTenant, fetchTransport } from "../../../src/tenant/index.ts";
import { databaseClock } from "../../support/database.ts";
import { startService } from "../../support/service.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let opened: TestStore;
let replica: Membership;
const here = { pid: process.pid, host: "here", scopes: [], processLives: () => true };
beforeEach(async () => {
  opened = await openTestStore();
  // Heartbeats are of the database's time; the clock of the store stands.
  const clock = { now: Date.now, sleep: (_: number, signal?: AbortSignal) => forever(signal) };
  replica = await joinReplicas({ replicas: opened.store.replicas, id: "replica-1", clock, ...here });
});
afterEach(async () => {
  await replica.leave().catch(() => undefined);
  await opened.dispose();
});

function forever(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("over")), { once: true });
  });
}

const budget = { limitPerSecond: 100, ratePerSecond: 80, usedShare: 0.25, waiting: 3, pausedMs: 1500 };

async function watched(metricsToken?: string) {
  const metrics = new ServiceMetrics();
  const { store } = opened;
  const clock = { ...(await databaseClock(opened.url)), sleep: (_: number, signal?: AbortSignal) => forever(signal) };
  const readiness = new Readiness({ store, replica: "replica-1", clock, freshMs: 0 });
  const held = () => ({ endpoints: ["alarms"], types: ["HELD"] });
  const refresh = serviceFigures(metrics, { store, budgets: () => ({ campaigns: budget }), readers: () => 7, clock, held });
  const app = observeRoutes({ registry: metrics.registry, readiness, refresh, metricsToken });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    metrics,
    readiness,
    get: (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers }),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Lines of one metric. */
const lines = (text: string, name: string) => text.split("\n").filter((line) => line.startsWith(`outdial_${name}`));

describe("metrics", () => {
  test("tell what waits, what was given up and who lives", async () => {
    const { store, clock } = opened;
    const event = { endpoint: "bi", subject: "s", type: "T", body: "{}" };
    await store.outbox.add([1, 2, 3].map((n) => ({ ...event, eventId: `e${n}`, subject: `s${n}` })));
    // What quiet hours hold waits without being late.
    await store.outbox.add([{ ...event, endpoint: "alarms", type: "HELD", eventId: "h1" }]);
    const [claimed] = await store.outbox.claimDue({ endpoint: "bi", limit: 1, claimMs: 1000, by: "w" });
    await store.outbox.markFailed("w", [{ id: claimed?.id ?? 0, error: "no", nextAttemptAt: null }]);
    await store.endpoints.switchOff("crm", "gone", { audit: { actor: "x", action: "webhooks.off", subject: "crm" }, events: [] });
    await store.inbound.add([
      { channel: "dialer", eventId: "v1", type: "dialer.settings.updated", occurredAt: clock.now(), body: "{}" },
    ]);
    clock.advance(90_000);
    await using service = await watched();
    const response = await service.get("/metrics");
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await response.text();
    expect(lines(text, "outbox_pending")).toEqual([
      'outdial_outbox_pending{receiver="alarms"} 1',
      'outdial_outbox_pending{receiver="bi"} 2',
    ]);
    expect(lines(text, "outbox_dead")).toContain('outdial_outbox_dead{receiver="bi"} 1');
    expect(lines(text, "outbox_oldest_seconds")).toEqual([
      'outdial_outbox_oldest_seconds{receiver="alarms"} 0',
      'outdial_outbox_oldest_seconds{receiver="bi"} 90',
    ]);
    expect(lines(text, "outbox_receiver_off")).toEqual(['outdial_outbox_receiver_off{receiver="crm"} 1']);
    expect(lines(text, "inbound_pending")).toEqual(["outdial_inbound_pending 1"]);
    expect(lines(text, "inbound_oldest_seconds")).toEqual(["outdial_inbound_oldest_seconds 90"]);
    expect(lines(text, "replica_silent_seconds")).toHaveLength(1);
    expect(lines(text, "sse_readers")).toEqual(["outdial_sse_readers 7"]);
    expect(lines(text, "store_up")).toEqual(["outdial_store_up 1"]);
    expect(lines(text, "budget_used_ratio")).toEqual(['outdial_budget_used_ratio{family="campaigns"} 0.25']);
    expect(lines(text, "budget_paused_seconds")).toEqual(['outdial_budget_paused_seconds{family="campaigns"} 1.5']);
    expect(lines(text, "nodejs_eventloop_lag_seconds").length).toBeGreaterThan(0);
  });

  test("count each attempt at the vendor, its repetitions and its 429s", async () => {
    await using service = await watched();
    const sandbox = createSandbox({ clock: "frozen" });
    const clock = { now: Date.now, sleep: async () => undefined };
    const { clientId, clientSecret } = sandbox.ready;
    const spans: string[] = [];
    const tracer = {
      startSpan: (name: string) => ({
        setAttribute: (key: string, value: unknown) => spans.push(`${name} ${key}=${String(value)}`),
        setStatus: ({ code }: { code: number }) => spans.push(`${name} failed ${code}`),
        end: () => spans.push(`${name} ended`),
      }),
    };
    const hooks = [service.metrics.vendorHooks(), vendorSpans(tracer as never)];
    const tenant = createTenant(
      { hosts: "http://localhost", token: { auth: "basic" }, credentials: { clientId, clientSecret } },
      {
        clock,
        transport: fetchTransport(sandbox.fetch),
        hooks: {
          onRequest: (event) => hooks.forEach((hook) => hook.onRequest?.(event)),
          onResponse: (event) => hooks.forEach((hook) => hook.onResponse?.(event)),
          onRetry: (event) => hooks.forEach((hook) => hook.onRetry?.(event)),
          onRateLimited: (event) => hooks.forEach((hook) => hook.onRateLimited?.(event)),
          onToken: (event) => hooks.forEach((hook) => hook.onToken?.(event)),
        },
      },
    );
    sandbox.control.faults.add({
      match: { operation: "getDialerSettings" },
      times: 1,
      effect: { status: 429, headers: { "retry-after": "1" } },
    });
    await tenant.dialer.settings();
    await tenant.close();
    await sandbox.close();
    const text = await (await service.get("/metrics")).text();
    expect(lines(text, "vendor_requests_total").sort()).toEqual([
      'outdial_vendor_requests_total{operation="getDialerSettings",result="200"} 1',
      'outdial_vendor_requests_total{operation="getDialerSettings",result="429"} 1',
    ]);
    expect(lines(text, "vendor_retries_total")).toEqual([
      'outdial_vendor_retries_total{operation="getDialerSettings",because="429"} 1',
    ]);
    expect(lines(text, "vendor_rate_limited_total")).toHaveLength(1);
    expect(lines(text, "vendor_tokens_total")).toEqual(['outdial_vendor_tokens_total{outcome="fetched"} 1']);
    expect(lines(text, "vendor_request_seconds_count")).toEqual([
      'outdial_vendor_request_seconds_count{operation="getDialerSettings"} 2',
    ]);
    expect(spans.filter((line) => line.endsWith("ended"))).toHaveLength(2);
    expect(spans).toContain("vendor getDialerSettings http.response.status_code=429");
  });

  test("are for this machine, and with a token for whoever has it and nobody else", async () => {
    await using open = await watched();
    expect((await open.get("/metrics")).status).toBe(200);
    await using closed = await watched("the-token-of-the-metrics");
    expect((await closed.get("/metrics")).status).toBe(401);
    expect((await closed.get("/metrics", { authorization: "Bearer another" })).status).toBe(401);
    expect((await closed.get("/metrics", { authorization: "Bearer the-token-of-the-metrics" })).status).toBe(200);
    const app = observeRoutes({ registry: open.metrics.registry, readiness: open.readiness, refresh: async () => undefined });
    expect((await app.request("/metrics")).status, "over no socket of this machine").toBe(401);
    // A page elsewhere whose name was made to point to this machine.
    const rebound = request(`${open.url}/metrics`, { headers: { host: "rebound.example.com" } }).end();
    const [{ statusCode }] = (await once(rebound, "response")) as [{ statusCode: number }];
    rebound.destroy();
    expect(statusCode).toBe(401);
  });

  test("have a port of their own when one is configured, and then none else", async () => {
    await using service = await startService({ yaml: "service: { metrics: { port: 0 } }\n" });
    const { metricsUrl = "", url } = service.service;
    const own = await fetch(`${metricsUrl}/metrics`);
    expect({ status: own.status, text: await own.text() }).toMatchObject({
      status: 200,
      text: expect.stringContaining("outdial_store_up") as string,
    });
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(`${metricsUrl}/api/v1/me`)).status).toBe(404);
    const registry = new ServiceMetrics({ process: false }).registry;
    const refresh = async () => undefined;
    const asked = (host: string, metricsToken?: string, headers: Record<string, string> = {}) =>
      metricsRoutes({ registry, refresh, metricsToken }).request("/metrics", { headers: { host, ...headers } });
    expect((await asked("10.0.0.7:9464")).status).toBe(200);
    expect((await asked("rebound.example.com")).status).toBe(401);
    expect((await asked("10.0.0.7:9464", "token")).status).toBe(401);
    expect((await asked("any.name", "token", { authorization: "Bearer token" })).status).toBe(200);
  });

  test("a sender's event types make no labels", async () => {
    await using service = await watched();
    for (let i = 0; i < 50; i++)
      service.metrics.inboundProcessed({ channel: "dialer", type: `made.up.${i}`, outcome: "ignored", queuedMs: 5 });
    const text = await (await service.get("/metrics")).text();
    expect(lines(text, "inbound_processed_total")).toEqual([
      'outdial_inbound_processed_total{channel="dialer",type="other",outcome="ignored"} 50',
    ]);
  });

  test("are told without the store as well", async () => {
    await using service = await watched();
    await opened.store.close();
    const response = await service.get("/metrics");
    expect(response.status).toBe(200);
    expect(lines(await response.text(), "store_up")).toEqual(["outdial_store_up 0"]);
  });
});

describe("readiness", () => {
  const ready = async (service: Awaited<ReturnType<typeof watched>>) => {
    const response = await service.get("/readyz");
    const body = (await response.json()) as { checks: { name: string; ok: boolean }[] };
    return {
      status: response.status,
      failing: body.checks.filter(({ ok }) => !ok).map(({ name }) => name),
      text: JSON.stringify(body),
    };
  };

  test("holds while the store answers, the schema is the one, the heart beats and the clocks agree", async () => {
    await using service = await watched();
    expect(await ready(service)).toMatchObject({ status: 200, failing: [] });
    expect((await service.get("/livez")).status).toBe(200);
  });

  test("is told to load balancers that ask as HTTP/1.0 does, without a Host, who are told nothing else", async () => {
    await using service = await startService({ environment: { OUTDIAL_METRICS_TOKEN: "let-me-see" } });
    const { hostname, port } = new URL(service.service.url);
    const first = async (path: string, header = "") => {
      const socket = connect(Number(port), hostname);
      socket.write(`GET ${path} HTTP/1.0\r\n${header}\r\n`);
      return (await textOf(socket)).split("\r\n", 1)[0];
    };
    for (const path of ["/livez", "/readyz"]) expect(await first(path)).toBe("HTTP/1.1 200 OK");
    expect(await first("/metrics", "Authorization: Bearer let-me-see\r\n")).toBe("HTTP/1.1 200 OK");
    for (const path of ["/", "/api/v1/me"]) expect(await first(path)).toBe("HTTP/1.1 421 Misdirected Request");
  });

  test("ends when the process is about to stop; it lives on", async () => {
    await using service = await watched();
    service.readiness.stopping();
    expect(await ready(service)).toMatchObject({ status: 503, failing: ["stopping"] });
    expect((await service.get("/livez")).status).toBe(200);
  });

  test("ends when nobody sees the heartbeat", async () => {
    await using service = await watched();
    await replica.leave();
    expect(await ready(service)).toMatchObject({ status: 503, failing: ["heartbeat"] });
  });

  test("ends without the store, and does not say where that is", async () => {
    await using service = await watched();
    await opened.store.close();
    const answer = await ready(service);
    expect(answer).toMatchObject({ status: 503, failing: ["store"] });
    expect(answer.text).not.toContain(new URL(opened.url).port);
  });

  test("is looked at again when this machine's clock was set back", async () => {
    const right = await databaseClock(opened.url);
    let aheadMs = 7_200_000;
    const clock = { ...right, now: () => right.now() + aheadMs };
    const readiness = new Readiness({ store: opened.store, replica: "replica-1", clock });
    const failing = async () => (await readiness.check()).checks.filter(({ ok }) => !ok).map(({ name }) => name);
    expect(await failing()).toEqual(["clock"]);
    aheadMs = 0;
    expect(await failing()).toEqual([]);
  });

  test("ends when this machine's clock is wrong", async () => {
    const right = await databaseClock(opened.url);
    const clock = { ...right, now: () => right.now() - 60_000 };
    const readiness = new Readiness({ store: opened.store, replica: "replica-1", clock });
    const { ready: isReady, checks } = await readiness.check();
    expect({ isReady, failing: checks.filter(({ ok }) => !ok).map(({ name }) => name) }).toEqual({
      isReady: false,
      failing: ["clock"],
    });
  });
});

test("the document lists every metric, and none that is not there", async () => {
  await using service = await watched();
  const document = await readFile(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const own = service.metrics.registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => !/^outdial_(process|nodejs)_/.test(name));
  const listed = [...document.matchAll(/^\| `(outdial_\w+)`/gm)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(own));
  expect(listed).toHaveLength(own.length);
});
