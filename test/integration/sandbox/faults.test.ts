// Every effect of a fault, as a client meets it on both transports. Contract §3.

import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { type BenchTenant, entry, INTERACTION, openBench, TRANSPORTS } from "./bench-tenant.ts";

const PATH = "/api/v2/outbound/calls/call_done/disposition";
const BODY = { dispositionCodeId: "DISP_1", notes: "" };
const assign = (tenant: BenchTenant) => tenant.api("PUT", PATH, { body: BODY });
const strike = (tenant: BenchTenant, effect: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  tenant.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, ...more, effect });
const writes = (tenant: BenchTenant) => tenant.sandbox.control.call("call_done")?.writes;

/** The code of the error that broke a request: the platform's fetch hides it in the causes. */
async function breakage(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TypeError);
    const { cause } = thrown as { cause?: { code?: string } };
    return cause?.code ?? "";
  }
}

describe.each(TRANSPORTS)("faults, %s", (transport) => {
  test("status: an error in the vendor's shape, and nothing is done", async () => {
    await using tenant = await openBench(transport);
    strike(tenant, { status: 503 }, { times: 1 });
    const reply = await assign(tenant);
    expect([reply.status, reply.body.error.code, reply.headers.get("retry-after")]).toEqual([503, "fault", "1"]);
    expect(writes(tenant)).toBe(0);
    expect((await assign(tenant)).status).toBe(200);
  });

  test("headers: added, replaced, left out by null", async () => {
    await using tenant = await openBench(transport);
    strike(tenant, { status: 429, headers: { "Retry-After": null } }, { times: 1 });
    const plain = await assign(tenant);
    expect([plain.status, plain.headers.get("retry-after")]).toEqual([429, null]);
    strike(tenant, { status: 429, headers: { "Retry-After": "Wed, 04 Mar 2026 15:00:10 GMT" } }, { times: 1 });
    expect((await assign(tenant)).headers.get("retry-after")).toBe("Wed, 04 Mar 2026 15:00:10 GMT");
    expect(writes(tenant)).toBe(0);
    strike(tenant, { headers: { "x-extra": "1", "content-type": null } }, { times: 1 });
    const done = await assign(tenant);
    expect([done.status, done.headers.get("x-extra"), writes(tenant)]).toEqual([200, "1", 1]);
    expect(done.headers.get("content-type") ?? "").not.toContain("json");
  });

  test("body: text as it is, anything else as JSON", async () => {
    await using tenant = await openBench(transport);
    strike(tenant, { status: 502, body: "<html>Bad gateway</html>" }, { times: 1 });
    const html = await assign(tenant);
    expect([html.status, html.body, html.headers.get("content-type")]).toEqual([
      502,
      "<html>Bad gateway</html>",
      "text/plain; charset=utf-8",
    ]);
    strike(tenant, { body: { dispositionCodes: null } }, { times: 1 });
    expect(await assign(tenant)).toMatchObject({ status: 200, body: { dispositionCodes: null } });
    strike(tenant, { status: 500, body: "" }, { times: 1 });
    expect(await assign(tenant)).toMatchObject({ status: 500, body: "" });
    expect(writes(tenant)).toBe(0);
  });

  test("delayMs: the reply waits on the sandbox's clock, the work does not", async () => {
    await using tenant = await openBench(transport);
    await tenant.token();
    strike(tenant, { delayMs: 5000 }, { times: 1 });
    let answered = false;
    const waiting = assign(tenant).then((reply) => {
      answered = true;
      return reply;
    });
    while (writes(tenant) === 0) await new Promise((resolve) => setImmediate(resolve));
    await tenant.sandbox.control.advance(4.9);
    expect(answered).toBe(false);
    await tenant.sandbox.control.advance(0.1);
    expect((await waiting).status).toBe(200);
  });

  test("delayMs: a client may give up; the work is done all the same", async () => {
    await using tenant = await openBench(transport);
    await tenant.api("GET", "/api/v1/dispositions");
    strike(tenant, { delayMs: 60_000 });
    const abort = new AbortController();
    const waiting = tenant.api("PUT", PATH, { body: BODY, signal: abort.signal });
    const outcome = waiting.catch((thrown: unknown) => thrown);
    while (writes(tenant) === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error("gave up"));
    expect(await outcome).toMatchObject({ message: "gave up" });
    expect(writes(tenant)).toBe(1);
  });

  test("reset: the connection breaks and nothing is done", async () => {
    await using tenant = await openBench(transport);
    await tenant.api("GET", "/api/v1/dispositions");
    strike(tenant, { reset: true }, { times: 1 });
    expect(await breakage(assign(tenant))).toBe("ECONNRESET");
    expect(writes(tenant)).toBe(0);
    expect(tenant.sandbox.control.requests().at(-1)).toMatchObject({
      status: 0,
      fault: "fault_1",
      operation: "assignDisposition",
    });
  });

  test("acceptThenFail: the work is done and the reply lost, or replaced by a status", async () => {
    await using tenant = await openBench(transport);
    await tenant.api("GET", "/api/v1/dispositions");
    strike(tenant, { acceptThenFail: true }, { times: 1 });
    expect(await breakage(assign(tenant))).toBe("ECONNRESET");
    expect(tenant.sandbox.control.call("call_done")).toMatchObject({ writes: 1, effects: 1 });
    strike(tenant, { acceptThenFail: true, status: 504 }, { times: 1 });
    expect((await assign(tenant)).status).toBe(504);
    expect(tenant.sandbox.control.call("call_done")).toMatchObject({ writes: 2, effects: 1 });
  });

  test.each([true, 10, 0])("truncate %s: the length is announced, the body breaks off", async (truncate) => {
    await using tenant = await openBench(transport);
    const whole = (await assign(tenant)).body;
    const length = JSON.stringify({ ...whole, changed: false }).length;
    strike(tenant, { truncate }, { times: 1 });
    const response = await tenant.send(PATH, {
      method: "PUT",
      headers: { authorization: `Bearer ${await tenant.token()}`, "content-type": "application/json" },
      body: JSON.stringify(BODY),
    });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, String(length)]);
    const got: number[] = [];
    const read = async () => {
      const reader = response.body?.getReader();
      for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read())
        got.push(part.value.length);
    };
    expect(await breakage(read())).toBe("UND_ERR_SOCKET");
    expect(got.reduce((sum, bytes) => sum + bytes, 0)).toBe(truncate === true ? Math.floor(length / 2) : truncate);
    expect(writes(tenant)).toBe(2);
  });

  test("garbage: a body that is not JSON under a good status", async () => {
    await using tenant = await openBench(transport);
    strike(tenant, { garbage: true }, { times: 1 });
    const reply = await assign(tenant);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("application/json");
    expect(reply.body).toBeTypeOf("string");
    expect(writes(tenant)).toBe(1);
  });

  describe.each([
    ["listCalls", "/api/v2/outbound/calls?limit=4", "calls", "nextPageToken", 3],
    ["listAuditLogs", "/api/v1/audit/logs?pageSize=50", "logs", "pageToken", 3],
    ["getDialerMetrics", "/api/v1/analytics/dialer/metrics?pageSize=100", "results", "pageToken", 2],
  ] as const)("%s", (operation, path, items, name, pages) => {
    const walk = async (tenant: BenchTenant, most: number) => {
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const { body } = await tenant.api("GET", token === undefined ? path : `${path}&${name}=${token}`);
        seen.push(JSON.stringify(body[items]));
        token = body.nextPageToken;
      } while (token !== undefined && seen.length < most);
      return seen;
    };

    test("duplicatePage: each page comes twice, and the list ends", async () => {
      await using tenant = await openBench(transport);
      const plain = await walk(tenant, 50);
      expect(plain).toHaveLength(pages);
      tenant.sandbox.control.faults.add({ match: { operation }, effect: { duplicatePage: true } });
      expect(await walk(tenant, 50)).toEqual(plain.flatMap((page) => [page, page]));
    });

    test("loopPage: the same page for ever", async () => {
      await using tenant = await openBench(transport);
      const [first] = await walk(tenant, 1);
      tenant.sandbox.control.faults.add({ match: { operation }, effect: { loopPage: true } });
      expect(await walk(tenant, 8)).toEqual(Array.from({ length: 8 }, () => first));
    });
  });

  test("numbered pages come again or for ever too", async () => {
    await using tenant = await openBench(transport);
    const first = async (page: number) =>
      (await tenant.api("GET", `/api/v2/omnichannel/contactlists/list/contacts?pageSize=50&page=${page}`)).body.contacts[0].id;
    const [one, two] = [await first(1), await first(2)];
    tenant.sandbox.control.faults.add({ match: { operation: "listContacts" }, times: 1, effect: { duplicatePage: true } });
    expect(await first(2)).toBe(one);
    expect(await first(2)).toBe(two);
    tenant.sandbox.control.faults.add({ match: { operation: "listContacts" }, effect: { loopPage: true } });
    expect([await first(2), await first(40)]).toEqual([one, one]);
  });

  test("staleRead: a read shows the state before the last write", async () => {
    await using tenant = await openBench(transport);
    tenant.sandbox.control.faults.add({ match: { method: "GET", path: "/api" }, effect: { staleRead: true } });
    const get = async (path: string) => (await tenant.api("GET", path)).body;

    expect((await get("/api/v2/outbound/calls/call_done")).disposition).toBeUndefined();
    await assign(tenant);
    expect((await get("/api/v2/outbound/calls/call_done")).disposition).toBeUndefined();
    await tenant.api("PUT", PATH, { body: { dispositionCodeId: "DISP_2", notes: "" } });
    expect((await get("/api/v2/outbound/calls/call_done")).disposition.dispositionCodeId).toBe("DISP_1");

    const path = `/api/v1/interactions/${INTERACTION}`;
    const before = await tenant.api("GET", path);
    const headers = { "if-match": before.headers.get("etag") ?? "" };
    expect((await tenant.api("PATCH", path, { body: { dispositions: [entry("101")] }, headers })).status).toBe(200);
    const stale = await tenant.api("GET", path);
    expect([stale.body, stale.headers.get("etag")]).toEqual([before.body, before.headers.get("etag")]);

    await tenant.api("PUT", "/api/v2/omnichannel/campaigns/camp", { body: { status: "active" } });
    expect((await get("/api/v2/omnichannel/campaigns/camp")).status).toBe("paused");
    const settings = await get("/api/v1/dialer/settings");
    await tenant.api("PUT", "/api/v1/dialer/settings", { body: { ...settings, name: "New" } });
    expect(await get("/api/v1/dialer/settings")).toEqual(settings);
    tenant.sandbox.control.faults.clear();
    expect((await get("/api/v1/dialer/settings")).name).toBe("New");
  });

  test("matches by method, path prefix and client; counts with after and times; chance by the seed", async () => {
    await using tenant = await openBench(transport);
    const { faults } = tenant.sandbox.control;
    const status = async (path: string, token?: string) =>
      (await tenant.api("GET", path, token === undefined ? {} : { token })).status;
    const other = await tenant.token("other");
    faults.add({ match: { client: "other", path: "/api/v1" }, effect: { status: 418 } });
    expect([await status("/api/v1/dispositions", other), await status("/api/v1/dispositions")]).toEqual([418, 200]);
    expect(await status("/api/v2/outbound/calls", other)).toBe(200);
    faults.clear();
    faults.add({ match: { method: "GET" }, after: 2, times: 1, effect: { status: 500 } });
    const row = [];
    for (let i = 0; i < 5; i++) row.push(await status("/api/v1/dispositions"));
    expect(row).toEqual([200, 200, 500, 200, 200]);
    expect(faults.list()).toMatchObject([{ matched: 3, struck: 1 }]);
    faults.clear();
    faults.add({ match: {}, probability: 0.5, effect: { status: 500 } });
    let struck = 0;
    for (let i = 0; i < 100; i++) if ((await status("/api/v1/dispositions")) === 500) struck += 1;
    expect(struck).toBeGreaterThan(25);
    expect(struck).toBeLessThan(75);
  });

  test("the token endpoint and unknown paths can be struck as well", async () => {
    await using tenant = await openBench(transport);
    tenant.sandbox.control.faults.add([
      { match: { operation: "token" }, times: 1, effect: { status: 429, headers: { "retry-after": "7" } } },
      { match: { path: "/nowhere" }, effect: { status: 200, body: {} } },
    ]);
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: "desk", client_secret: "desk-secret" });
    const reply = await tenant.send("/v1/oauth/token", { method: "POST", body: form });
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await tenant.send("/nowhere/at/all")).status).toBe(200);
  });
});

test("a reset on the socket is a reset on the wire, not an end", async () => {
  await using tenant = await openBench("socket");
  tenant.sandbox.control.faults.add({ match: { path: "/x" }, effect: { reset: true } });
  const { port, hostname } = new URL(tenant.base);
  const code = await new Promise((resolve) => {
    const socket = createConnection(Number(port), hostname, () => socket.write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.on("end", () => resolve("end"));
    socket.resume();
  });
  expect(code).toBe("ECONNRESET");
});
