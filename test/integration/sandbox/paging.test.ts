// Lists to their end: sizes, tokens, exact multiples, retention with its grace, limits of requests. Contract §2.

import { describe, expect, test } from "vitest";
import { ascending, type BenchTenant, type Json, openBench, START, TRANSPORTS, world } from "./bench-tenant.ts";

async function byToken(tenant: BenchTenant, path: string, items: string, name: string): Promise<Json[][]> {
  const pages: Json[][] = [];
  let token: string | undefined;
  do {
    const { status, body } = await tenant.api("GET", token === undefined ? path : `${path}&${name}=${encodeURIComponent(token)}`);
    expect(status).toBe(200);
    pages.push(body[items]);
    token = body.nextPageToken;
  } while (token !== undefined && pages.length < 100);
  return pages;
}

const ids = (rows: Json[][]) => rows.flat().map(({ id }) => id);
const DAY = 86_400_000;
const iso = (offset: number) => new Date(START + offset).toISOString();
const generated = world({ calls: [], generateCalls: [{ campaignId: "camp", count: 250, days: 7 }] });

describe.each(TRANSPORTS)("paging, %s", (transport) => {
  test("calls come once each, by start, in pages of the size asked for", async () => {
    await using tenant = await openBench(transport, { scenario: generated });
    const pages = await byToken(tenant, "/api/v2/outbound/calls?campaignId=camp&limit=100", "calls", "nextPageToken");
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(new Set(ids(pages)).size).toBe(250);
    const starts = pages.flat().map(({ startTime }) => startTime);
    expect(starts).toEqual(ascending(starts));
    const exact = await byToken(tenant, "/api/v2/outbound/calls?campaignId=camp&limit=125", "calls", "nextPageToken");
    expect(exact.map(({ length }) => length)).toEqual([125, 125]);
  });

  test("the default page holds 1000 calls and the largest 5000", async () => {
    const scenario = world({ calls: [], generateCalls: [{ campaignId: "camp", count: 6000, days: 7 }] });
    await using tenant = await openBench(transport, { scenario });
    expect((await tenant.api("GET", "/api/v2/outbound/calls")).body.calls).toHaveLength(1000);
    expect((await tenant.api("GET", "/api/v2/outbound/calls?limit=5000")).body.calls).toHaveLength(5000);
  });

  test("calls placed meanwhile move no page", async () => {
    await using tenant = await openBench(transport, { scenario: generated });
    const first = await tenant.api("GET", "/api/v2/outbound/calls?limit=100");
    tenant.sandbox.control.simulateCall({
      campaignId: "camp",
      id: "new",
      startTime: iso(-6.99 * DAY),
      endTime: iso(-6.98 * DAY),
    });
    const second = await tenant.api("GET", `/api/v2/outbound/calls?limit=100&nextPageToken=${first.body.nextPageToken}`);
    const seen = new Set([...first.body.calls, ...second.body.calls].map(({ id }) => id));
    expect(seen.size).toBe(200);
  });

  test("a window takes naive times as UTC, unencoded offsets, and a minute of grace at both ends", async () => {
    await using tenant = await openBench(transport);
    const count = async (query: string) => (await tenant.api("GET", `/api/v2/outbound/calls?${query}`)).body.calls?.length;
    const naive = (offset: number) => iso(offset).replace("Z", "456");
    expect(await count(`startDateTime=${naive(-3 * 3_600_000)}&endDateTime=${naive(-3_600_001)}`)).toBe(1);
    expect(await count(`startDateTime=${iso(-3 * 3_600_000).replace("Z", "+00:00")}&endDateTime=${iso(-3_600_001)}`)).toBe(1);
    expect(await count(`startDateTime=${iso(-90 * DAY - 60_000)}&endDateTime=${iso(60_000)}`)).toBe(9);
    expect(await count("")).toBe(9);
    expect(await count("campaignId=nobody")).toBe(0);
    expect(await count("dispositionCode=DISP_9")).toBe(0);
  });

  test("a list of an exact multiple of the page ends with an empty page", async () => {
    await using tenant = await openBench(transport);
    const page = async (n: number, query = "true") =>
      (
        await tenant.api(
          "GET",
          `/api/v2/omnichannel/contactlists/list/contacts?query=${encodeURIComponent(query)}&pageSize=100&page=${n}`,
        )
      ).body;
    const pages = [await page(1), await page(2), await page(3)];
    expect(pages.map(({ contacts }) => contacts.length)).toEqual([100, 100, 0]);
    expect(pages.map(({ total }) => total)).toEqual([200, 200, 200]);
    expect(new Set(ids(pages.map(({ contacts }) => contacts))).size).toBe(200);
    expect((await page(1, "consentFlags.outbound.call!=true")).total).toBe(100);
    expect((await page(1, "consentFlags.outbound.kall==true")).contacts).toEqual([]);
  });

  test("campaigns come by pages", async () => {
    await using tenant = await openBench(transport);
    const names = async (page: number) =>
      ((await tenant.api("GET", `/api/v2/omnichannel/campaigns?pageSize=1&page=${page}`)).body.campaigns as Json[]).map(
        ({ id }) => id,
      );
    expect([await names(1), await names(2), await names(3)]).toEqual([["camp"], ["camp_2"], []]);
  });

  test("audit entries come from new to old, and new ones move no page", async () => {
    await using tenant = await openBench(transport);
    const path = "/api/v1/audit/logs?entity=dialer&pageSize=50";
    const pages = await byToken(tenant, path, "logs", "pageToken");
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    const times = pages.flat().map(({ timestamp }) => timestamp);
    expect(times).toEqual(ascending(times).reverse());
    const first = await tenant.api("GET", path);
    tenant.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "x" } });
    const second = await tenant.api("GET", `${path}&pageToken=${first.body.nextPageToken}`);
    expect(second.body.logs).toEqual(pages[1]);
    expect((await tenant.api("GET", "/api/v1/audit/logs?entity=webhook")).body).toEqual({ logs: [] });
  });

  test("metrics come by the hour, every hour once, with the metrics asked for", async () => {
    await using tenant = await openBench(transport);
    const path = "/api/v1/analytics/dialer/metrics?campaignId=camp&metrics=efficiency,averageWaitTime&groupBy=hour&pageSize=100";
    const pages = await byToken(tenant, path, "results", "pageToken");
    expect(pages.map(({ length }) => length)).toEqual([100, 100]);
    expect(new Set(pages.flat().map(({ timestamp }) => timestamp)).size).toBe(200);
    for (const row of pages.flat())
      expect(ascending(Object.keys(row))).toEqual(["averageWaitTime", "campaignId", "efficiency", "timestamp"]);
    expect((await tenant.api("GET", "/api/v1/analytics/dialer/metrics?campaignId=nobody")).body).toEqual({ results: [] });
  });

  test("metrics of the living hours are those of the calls", async () => {
    const more = { id: "camp", status: "active", contactListId: "list", dispositionCodes: [{ id: "DISP_1" }] };
    await using tenant = await openBench(transport, { scenario: world({ campaigns: [more], calls: [] }) });
    await tenant.sandbox.control.advance(2 * 3600);
    const { results } = (
      await tenant.api("GET", "/api/v1/analytics/dialer/metrics?campaignId=camp&pageSize=100", { token: await tenant.token() })
    ).body;
    expect(results.length).toBe(100);
    const { calls } = (await tenant.api("GET", "/api/v2/outbound/calls?limit=5000", { token: await tenant.token() })).body;
    expect(calls.length).toBeGreaterThan(500);
    for (const call of calls) expect(call).toMatchObject({ campaignId: "camp", direction: "OUTBOUND" });
  });
});

describe.each(TRANSPORTS)("limits, %s", (transport) => {
  const burst = async (tenant: BenchTenant, method: string, path: string, count: number, token?: string) => {
    const replies = await Promise.all(
      Array.from({ length: count }, () =>
        tenant.api(method, path, token === undefined ? { body: bodyFor(method) } : { body: bodyFor(method), token }),
      ),
    );
    return replies.filter(({ status }) => status === 429);
  };
  const bodyFor = (method: string) => (method === "GET" ? undefined : { dispositionCodeId: "DISP_1", notes: "" });

  test.each([
    ["outbound-write", "PUT", "/api/v2/outbound/calls/call_done/disposition", 1],
    ["outbound-read", "GET", "/api/v2/outbound/calls/call_done", 60],
    ["campaigns", "GET", "/api/v2/omnichannel/campaigns/camp", 60],
    ["dialer-write", "PUT", "/api/v1/dialer/settings", 60],
    ["other", "GET", "/api/v1/dispositions", 1],
  ] as const)("%s lets 100 through, then says in whole seconds how long to wait", async (_, method, path, windowSeconds) => {
    await using tenant = await openBench(transport, { scenario: world({ limits: {} }) });
    const refused = await burst(tenant, method, path, 103);
    expect(refused).toHaveLength(3);
    for (const reply of refused) {
      expect(reply.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      expect(reply.body.error.code).toBe("rate_limited");
    }
    await tenant.sandbox.control.advance(Number(refused[0]?.headers.get("retry-after")));
    expect(await burst(tenant, method, path, 1)).toEqual([]);
    await tenant.sandbox.control.advance(windowSeconds);
    expect(await burst(tenant, method, path, 101)).toHaveLength(1);
  });

  test("limits count for each client, and the dialer's for the tenant", async () => {
    await using tenant = await openBench(transport, { scenario: world({ limits: {} }) });
    const other = await tenant.token("other");
    const get = "/api/v2/outbound/calls/call_done";
    expect(await burst(tenant, "GET", get, 101)).toHaveLength(1);
    expect(await burst(tenant, "GET", get, 101, other)).toHaveLength(1);
    expect(await burst(tenant, "PUT", "/api/v1/dialer/settings", 101)).toHaveLength(1);
    expect(await burst(tenant, "PUT", "/api/v1/dialer/settings", 1, other)).toHaveLength(1);
  });

  test("a scenario changes and lifts limits; tokens are not limited", async () => {
    const scenario = world({ limits: { other: { perMinute: 2 }, "outbound-read": "off" } });
    await using tenant = await openBench(transport, { scenario });
    expect(await burst(tenant, "GET", "/api/v1/dispositions", 3)).toHaveLength(1);
    expect(await burst(tenant, "GET", "/api/v2/outbound/calls/call_done", 300)).toEqual([]);
    await Promise.all(Array.from({ length: 150 }, () => tenant.token()));
  });
});
