// Who is let in: tokens, sessions, other sites, other hosts, too many attempts; and the headers of every answer.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedServer, startServer } from "../../support/server.ts";
import { TEMPORARY } from "../../support/temporary.ts";

let at: StartedServer;
let pages: string;
beforeAll(async () => {
  pages = await mkdtemp(join(TEMPORARY, "outdial-pages-"));
  await mkdir(join(pages, "assets"));
  await writeFile(join(pages, "index.html"), "<!doctype html><title>outdial</title>");
  await writeFile(join(pages, "assets", "main-abc123.js"), `/* ${"x".repeat(2000)} */`);
  at = await startServer({ pages });
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await rm(pages, { recursive: true, force: true });
});

const json = { "content-type": "application/json" };
const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

test("a token says who one is; without one nothing is told", async () => {
  const mine = await at.ask("/api/v1/me", { token: at.tokens.operator });
  expect(mine.status).toBe(200);
  expect(await mine.json()).toMatchObject({ name: "operator", role: "operator", via: "token", service: { fourEyes: false } });
  const nobody = await at.ask("/api/v1/me");
  expect(nobody.status).toBe(401);
  expect(nobody.headers.get("content-type")).toBe("application/problem+json");
  expect(await nobody.json()).toMatchObject({ code: "not_authenticated", status: 401 });
});

test("a session lives in a cookie that scripts and other sites cannot use", async () => {
  const opened = await at.ask("/api/v1/session", {
    method: "POST",
    headers: { ...json, "x-outdial-request": "1" },
    body: JSON.stringify({ token: at.tokens.viewer }),
  });
  expect(opened.status).toBe(200);
  expect(opened.headers.get("set-cookie")).toMatch(
    /^outdial_session=ods_[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieOf(opened);
  expect(await (await at.ask("/api/v1/me", { headers: { cookie } })).json()).toMatchObject({ name: "viewer", via: "session" });

  const change = (headers: Record<string, string>) =>
    at.ask("/api/v1/session", { method: "DELETE", headers: { cookie, ...headers } });
  for (const headers of [
    {},
    { "x-outdial-request": "1", origin: "https://evil.example" },
    { "x-outdial-request": "1", "sec-fetch-site": "cross-site" },
    { "x-outdial-request": "1", "sec-fetch-site": "same-site" },
    { "x-outdial-request": "1", origin: "null" },
  ]) {
    const refused = await change(headers);
    expect([headers, refused.status]).toEqual([headers, 403]);
    expect(await refused.json()).toMatchObject({ code: "cross_site" });
  }
  const closed = await change({ "x-outdial-request": "1", origin: "http://127.0.0.1:1", "sec-fetch-site": "same-origin" });
  expect(closed.status).toBe(200);
  expect((await at.ask("/api/v1/me", { headers: { cookie } })).status).toBe(401);
});

test("behind https the cookie is bound to the host and secure", async () => {
  await using other = await startServer({ publicUrl: "https://outdial.example.com" });
  const opened = await other.ask("/api/v1/session", {
    method: "POST",
    headers: { ...json, "x-outdial-request": "1", origin: "https://outdial.example.com" },
    body: JSON.stringify({ token: other.tokens.viewer }),
  });
  expect(opened.headers.get("set-cookie")).toMatch(/^__Host-outdial=.*; HttpOnly; SameSite=Strict; Secure$/);
  expect(opened.headers.get("strict-transport-security")).toBe("max-age=31536000");
});

test("a login cannot be forged from another site, nor guessed for long", async () => {
  const body = JSON.stringify({ token: "odt_wrong" });
  const attempt = (headers: Record<string, string> = { "x-outdial-request": "1" }) =>
    at.ask("/api/v1/session", { method: "POST", headers: { ...json, ...headers }, body });
  expect((await attempt({})).status).toBe(403);
  for (let i = 0; i < 5; i++) expect((await attempt()).status).toBe(401);
  const throttled = await attempt();
  expect(throttled.status).toBe(429);
  expect(Number(throttled.headers.get("retry-after"))).toBeGreaterThan(0);
  at.world.clock.advance(31 * 60_000);
  expect((await attempt()).status).toBe(401);
  at.world.clock.advance(31 * 60_000);
});

test("a good token, session and login link are taken however many wrong ones came from the same address", async () => {
  const wrong = (i: number) => `odt_${String(i).padStart(43, "w")}`;
  const statuses = new Map<number, number>();
  for (let i = 0; i < 1000; i++) {
    const { status, headers } = await at.ask("/api/v1/me", { token: wrong(i) });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 429) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(Object.fromEntries(statuses)).toEqual({ 401: 5, 429: 995 });
  for (const token of Object.values(at.tokens)) expect((await at.ask("/api/v1/me", { token })).status).toBe(200);
  const login = (body: object) =>
    at.ask("/api/v1/session", { method: "POST", headers: { ...json, "x-outdial-request": "1" }, body: JSON.stringify(body) });
  const code = await at.world.store.access.addLoginCode({ name: "ann", role: "viewer", ttlMs: 60_000 });
  const opened = await login({ code });
  expect(opened.status).toBe(200);
  expect((await at.ask("/api/v1/me", { headers: { cookie: cookieOf(opened) } })).status).toBe(200);
  expect((await login({ token: at.tokens.viewer })).status).toBe(200);
  // Who was let in has bought no further guesses.
  for (const body of [{ code }, { token: wrong(1) }, { token: "short" }]) expect((await login(body)).status).toBe(429);
  at.world.clock.advance(31 * 60_000);
});

test("a wrong token waits wherever it comes from, and holds up nobody else", async () => {
  const from = (address: string, token: string) => {
    const headers = { host: "127.0.0.1:1", authorization: `Bearer ${token}`, "x-forwarded-for": address };
    return behind.service.fetch(new Request("http://127.0.0.1:1/api/v1/me", { headers }));
  };
  await using behind = await startServer({ proxy: { header: "X-Forwarded-For", hops: 1 } });
  const revoked = `odt_${"r".repeat(43)}`;
  for (let i = 1; i <= 5; i++) expect((await from(`192.0.2.${i}`, revoked)).status).toBe(401);
  expect((await from("192.0.2.6", revoked)).status).toBe(429);
  expect((await from("192.0.2.6", `odt_${"x".repeat(43)}`)).status).toBe(401);
  expect((await from("192.0.2.6", behind.tokens.viewer)).status).toBe(200);
  // What a caller writes into the header before the proxy does is not looked at.
  for (let i = 0; i < 5; i++) await from(`198.51.100.${i}, 192.0.2.9`, `odt_${String(i).repeat(43)}`);
  expect((await from("198.51.100.77, 192.0.2.9", `odt_${"z".repeat(43)}`)).status).toBe(429);
});

test("a name that a stranger let point here is refused", async () => {
  const response = await at.service.fetch(
    new Request("http://evil.example/api/v1/me", {
      headers: { host: "evil.example", authorization: `Bearer ${at.tokens.admin}` },
    }),
  );
  expect(response.status).toBe(421);
  expect(await response.json()).toMatchObject({ code: "wrong_host" });
});

test("every answer forbids inline script, framing and guessing of types", async () => {
  for (const path of ["/", "/api/v1/me", "/assets/main-abc123.js", "/campaigns/x", "/nowhere.js", "/api/v1/nowhere"]) {
    const { headers } = await at.ask(path);
    expect(headers.get("content-security-policy")).toContain("script-src 'self';");
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  }
});

test("the dashboard is served from its folder only, hashed files for good", async () => {
  expect(await (await at.ask("/campaigns/camp_1")).text()).toContain("<title>outdial</title>");
  const script = await at.ask("/assets/main-abc123.js", { headers: { "accept-encoding": "gzip" } });
  expect(script.headers.get("cache-control")).toContain("immutable");
  expect(script.headers.get("content-encoding")).toBe("gzip");
  for (const path of ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd.txt", "/assets/..%2f..%2fpackage.json", "/assets/none.js"])
    expect([path, (await at.ask(path)).headers.get("content-type")]).not.toEqual([path, "application/json"]);
  expect((await at.ask("/assets/none.js")).status).toBe(404);
  expect((await at.ask("/assets/..%2f..%2fpackage.json")).status).toBe(404);
});

test("the browser is told what a page reads first, before it has the scripts that ask for it", async () => {
  const asked = async (path: string) =>
    [...((await at.ask(path)).headers.get("link") ?? "").matchAll(/<([^>]+)>; rel=preload; as=fetch; crossorigin/g)].map(
      ([, url]) => url,
    );
  expect(await asked("/")).toEqual(["/api/v1/me", "/api/v1/campaigns"]);
  expect(await asked("/campaigns/camp_1")).toEqual(["/api/v1/me"]);
  expect(await asked("/assets/main-abc123.js")).toEqual([]);
  for (const url of await asked("/")) expect([url, (await at.ask(url ?? "")).status]).toEqual([url, 401]);
});

test("a trace goes on under its id, and only a well-formed one", async () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const good = await at.ask("/api/v1/me", { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
  expect(good.headers.get("x-request-id")).toBe(trace);
  const bad = await at.ask("/api/v1/me", { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01, evil` } });
  expect(bad.headers.get("x-request-id")).not.toBe(trace);
});

test("secrets are in no log and no audit", async () => {
  await at.ask("/api/v1/me", { token: `${at.tokens.admin}x` });
  const everything = at.logged.join("\n") + JSON.stringify(await at.world.store.audit.list({ limit: 1000 }));
  for (const token of Object.values(at.tokens)) expect(everything).not.toContain(token);
  expect(everything).not.toMatch(/od[tsc]_[\w-]{20}/);
});
