// Each role against each route, as the route table has them; and requests that mean harm.

import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StartedServer, startServer } from "../../support/server.ts";

let at: StartedServer;
let url: string;
beforeAll(async () => {
  at = await startServer({ bodyMs: 150 });
  url = await at.listen();
});
afterAll(() => at[Symbol.asyncDispose]());

const ROLES = ["viewer", "operator", "admin"] as const;
const OFFICES = { "content-type": "application/json" };

/** A request that comes as far as the check of the role. */
const knock = (path: string, method: string, token: string | undefined, body?: string) =>
  at.ask(path.replaceAll(/\{\w+\}/g, "1"), {
    method: method.toUpperCase(),
    token,
    headers: OFFICES,
    ...(method === "get" || method === "delete" ? {} : { body: body ?? "{}" }),
  });

/** Sends bytes as they are and gives the head of the answer. */
async function answerTo(text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.includes("\r\n\r\n")) break;
  }
  socket.destroy();
  return answer;
}

test("each role is let in where its rank allows, and nowhere else", async () => {
  const wrong: string[] = [];
  for (const { id, path, method, role } of at.service.routes) {
    if (role === "public" || id === "events.stream" || id === "session.close") continue;
    const nobody = await knock(path, method, undefined);
    if (nobody.status !== 401) wrong.push(`${id}: nobody got ${nobody.status}`);
    for (const one of ROLES) {
      const { status } = await knock(path, method, at.tokens[one]);
      const allowed = ROLES.indexOf(one) >= ROLES.indexOf(role);
      if (allowed === (status === 403 || status === 401)) wrong.push(`${id}: ${one} got ${status}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("what changes something is for nobody below operator, and what is dangerous asks for a confirmation", () => {
  const routes = at.service.routes;
  const writes = routes.filter(({ method, question, role }) => method !== "get" && !question && role !== "public");
  expect(writes.filter(({ role, id }) => role === "viewer" && id !== "session.close").map(({ id }) => id)).toEqual([]);
  // The ways in, and what the login page must know of them: the name of the provider.
  expect(routes.filter(({ role }) => role === "public").map(({ id }) => id)).toEqual(["session.ways", "session.open"]);
  expect(
    routes
      .filter(({ role }) => role === "admin")
      .map(({ id }) => id)
      .sort(),
  ).toEqual([
    "data.erase",
    "data.eraseAgain",
    "data.previewErase",
    "sessions.end",
    "sessions.list",
    "tenant.read",
    "tenant.smoke",
    "tokens.add",
    "tokens.list",
    "tokens.revoke",
    "webhooks.register",
    "webhooks.remove",
  ]);
  expect(
    routes
      .filter(({ dangerous }) => dangerous)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([
    "campaigns.apply",
    "campaigns.failback",
    "campaigns.failover",
    "campaigns.resume",
    "data.erase",
    "dialer.apply",
    "dialer.rollback",
    "failover.put",
    "suppressions.lift",
  ]);
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
});

test("with a session, every change needs the header that no other site can send", async () => {
  const opened = await at.ask("/api/v1/session", {
    method: "POST",
    headers: { ...OFFICES, "x-outdial-request": "1" },
    body: JSON.stringify({ token: at.tokens.admin }),
  });
  const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  for (const { id, path, method, role } of at.service.routes) {
    if (method === "get" || role === "public") continue;
    const init = {
      method: method.toUpperCase(),
      headers: { ...OFFICES, cookie },
      ...(method === "delete" ? {} : { body: "{}" }),
    };
    const forged = await at.ask(path.replaceAll(/\{\w+\}/g, "1"), init);
    expect([id, forged.status]).toEqual([id, 403]);
  }
});

describe("harm", () => {
  const asAdmin = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${at.tokens.admin}`, ...(init.headers as object) } });

  test("a body that is too large is refused, declared or not", async () => {
    const big = JSON.stringify({ token: "x".repeat(1_100_000) });
    const declared = await asAdmin("/api/v1/tokens", { method: "POST", headers: OFFICES, body: big });
    expect(declared.status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode("x".repeat(100_000)));
        controller.close();
      },
    });
    const streamed = await asAdmin("/api/v1/tokens", {
      method: "POST",
      headers: OFFICES,
      body: chunks,
      duplex: "half",
    });
    expect(streamed.status).toBe(413);
    const file = await asAdmin("/api/v1/campaigns/c/tags", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: "x".repeat(1_000_001),
    });
    expect(file.status).toBe(413);
  });

  test("a body that never comes does not hold a connection for ever", async () => {
    const head = `Authorization: Bearer ${at.tokens.admin}\r\nContent-Type: application/json\r\nContent-Length: 100`;
    const answer = await answerTo(`POST /api/v1/tokens HTTP/1.1\r\nHost: 127.0.0.1\r\n${head}\r\n\r\n{`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("other media types, broken JSON and headers without end are refused", async () => {
    const post = (headers: Record<string, string>, body: string) =>
      at.ask("/api/v1/tokens", { method: "POST", token: at.tokens.admin, headers, body });
    expect((await post({ "content-type": "text/plain" }, "{}")).status).toBe(415);
    expect(await (await post(OFFICES, '{"name":')).json()).toMatchObject({ code: "invalid_request" });
    const long = `GET /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await answerTo(long)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("paths and headers cannot be broken out of", async () => {
    for (const path of [
      "/api/v1/../../etc/passwd",
      "/api/v1/jobs/..%2f..%2fme",
      "/api/v1/audit/%00/proof",
      "/assets/%2e%2e/x.js",
    ]) {
      const response = await asAdmin(path);
      expect([path, response.status >= 400 && response.status !== 401]).toEqual([path, true]);
      expect(await response.text()).not.toContain("root:");
    }
    const unknown = await asAdmin("/api/v1/nowhere%0d%0aset-cookie:%20x=1");
    expect(unknown.headers.get("set-cookie")).toBeNull();
  });

  test("what a stranger wrote comes back as data, never as a page", async () => {
    const nasty = `<script>alert(1)</script>"'&`;
    await at.world.store.audit.append([{ actor: nasty, action: "x", subject: nasty, details: { note: nasty } }]);
    const response = await asAdmin("/api/v1/audit?action=x");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toMatchObject({ items: [{ actor: nasty, subject: nasty }] });
    const missing = await asAdmin(`/api/v1/${encodeURIComponent(nasty)}`);
    expect(missing.headers.get("content-type")).toBe("application/problem+json");
    const page = await (await asAdmin("/api/v1/reference")).text();
    expect(page).not.toMatch(/<script|style=|onerror/);
  });

  test("an error of the inside says nothing of the inside", async () => {
    const response = await asAdmin("/api/v1/jobs");
    expect(response.status).toBe(500);
    const problem = await response.json();
    expect(problem).toMatchObject({ code: "internal", requestId: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
    expect(JSON.stringify(problem)).not.toContain("no tenant in this test");
    expect(at.logged.join("\n")).toContain("no tenant in this test");
  });

  test("no token is in any log or in the audit", async () => {
    const audit = JSON.stringify(await at.world.store.audit.list({ limit: 1000 }));
    const everything = at.logged.join("\n") + audit;
    for (const token of Object.values(at.tokens)) expect(everything).not.toContain(token);
    expect(everything).not.toMatch(/od[tsc]_[\w-]{43}/);
  });
});

test("the description names every route, and its documents are served without script", async () => {
  const document = (await (await at.ask("/api/v1/openapi.json")).json()) as { openapi: string; paths: Record<string, object> };
  expect(document.openapi).toBe("3.1.0");
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((one) => `${one} ${path}`),
  );
  expect(described.sort()).toEqual(at.service.routes.map(({ method, path }) => `${method} ${path}`).sort());
});
