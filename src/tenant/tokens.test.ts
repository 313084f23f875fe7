// The token's life: its three request forms, caching, renewal, one fetch for all, refusals.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Answer, startScriptedServer } from "../../test/support/scripted-server.ts";
import { createTestClock } from "../../test/support/test-clock.ts";
import { createTenant, type TenantConfig, TenantError, type TokenEvent } from "./index.ts";
import { renewalInstant } from "./tokens.ts";

const CALL: Answer = { json: { id: "c", status: "completed" } };
const grant = (index: number, more: object = {}): Answer => ({
  json: { access_token: `token-${index + 1}-secret`, expires_in: 3600, ...more },
});

function connect(url: string, config: Partial<TenantConfig> = {}, clock = createTestClock()) {
  const events: TokenEvent[] = [];
  const tenant = createTenant(
    {
      hosts: url,
      token: { auth: "basic" },
      credentials: { clientId: "kli:ent", clientSecret: "gehéim/+&" },
      limits: { "outbound-read": "off" },
      ...config,
    },
    { clock, hooks: { onToken: (event) => void events.push(event) } },
  );
  return { tenant, clock, events };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (thrown) {
    return thrown instanceof TenantError ? thrown.code : String(thrown);
  }
}

describe("the token request", () => {
  it("is Basic and a form, not form-encoded first", async () => {
    await using server = await startScriptedServer({});
    const { tenant } = connect(server.url);
    await tenant.authenticate();
    const [asked] = server.tokenRequests;
    expect(asked).toMatchObject({ method: "POST", url: "/oauth/token", body: "grant_type=client_credentials" });
    expect(asked?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Buffer.from(asked?.headers.authorization?.slice(6) ?? "", "base64").toString("utf8")).toBe("kli:ent:gehéim/+&");
  });

  it("is a form with the client in it and the scopes asked for", async () => {
    await using server = await startScriptedServer({});
    const { tenant } = connect(server.url, {
      token: { auth: "form", url: `${server.url}/v1/oauth/token`, scopes: ["interactions:write", "dispositions:read"] },
    });
    await tenant.authenticate();
    const [asked] = server.tokenRequests;
    expect(asked?.url).toBe("/v1/oauth/token");
    expect(asked?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "kli:ent",
      client_secret: "gehéim/+&",
      scope: "interactions:write dispositions:read",
    });
    expect(asked?.body).toContain("interactions%3Awrite+dispositions%3Aread");
  });

  it("is JSON, and the secret may come from a function each time", async () => {
    let asked = 0;
    await using server = await startScriptedServer({ token: (_, index) => grant(index, { expires_in: 10 }), api: () => CALL });
    const clientSecret = async () => `rotating-${++asked}`;
    const { tenant, clock } = connect(server.url, { token: { auth: "json" }, credentials: { clientId: "c", clientSecret } });
    await tenant.calls.get("c");
    clock.skip(11_000);
    await tenant.calls.get("c");
    const bodies = server.tokenRequests.map(({ body }) => JSON.parse(body));
    expect(bodies).toEqual(
      [1, 2].map((n) => ({ grant_type: "client_credentials", client_id: "c", client_secret: `rotating-${n}` })),
    );
  });
});

describe("the token", () => {
  it("is due for renewal min(300 s, a tenth of its life) before its end", () => {
    expect(renewalInstant(0, 3_600_000)).toBe(3_300_000);
    expect(renewalInstant(0, 600_000)).toBe(540_000);
    expect(renewalInstant(0, 36_000_000)).toBe(35_700_000);
  });

  it("is fetched once however many callers wait", async () => {
    await using server = await startScriptedServer({ api: () => CALL });
    const { tenant } = connect(server.url);
    await Promise.all(Array.from({ length: 50 }, () => tenant.calls.get("c")));
    expect(server.tokenRequests.length).toBe(1);
    expect(new Set(server.asked.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer token-1-secret"]));
  });

  it("is renewed ahead of its end while calls go on with the old one, once", async () => {
    await using server = await startScriptedServer({ api: () => CALL });
    const { tenant, clock, events } = connect(server.url);
    await tenant.calls.get("c");
    clock.skip(3_299_000);
    await tenant.calls.get("c");
    expect(server.tokenRequests.length).toBe(1);
    clock.skip(2_000);
    await Promise.all(Array.from({ length: 10 }, () => tenant.calls.get("c")));
    while (events.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await tenant.calls.get("c");
    expect(server.tokenRequests.length).toBe(2);
    expect(server.asked.at(-1)?.headers.authorization).toBe("Bearer token-2-secret");
  });

  it("stays in use when its renewal fails, until its end", async () => {
    await using server = await startScriptedServer({
      api: () => CALL,
      token: (_, index) => (index === 0 ? grant(0) : { status: 401 }),
    });
    const { tenant, clock, events } = connect(server.url);
    await tenant.calls.get("c");
    clock.skip(3_400_000);
    await tenant.calls.get("c");
    while (events.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(events[1]).toMatchObject({ outcome: "failed", code: "unauthorized" });
    await tenant.calls.get("c");
    expect(server.tokenRequests.length).toBe(2);
    clock.skip(300_000);
    expect(await codeOf(tenant.calls.get("c"))).toBe("unauthorized");
  });

  it("is dropped on a 401 and fetched once for all who got one", async () => {
    let revoked = false;
    await using server = await startScriptedServer({
      api: ({ headers }) => (revoked && headers.authorization === "Bearer token-1-secret" ? { status: 401 } : CALL),
    });
    const { tenant, events } = connect(server.url);
    await tenant.calls.get("c");
    revoked = true;
    const results = await Promise.all(Array.from({ length: 20 }, () => tenant.request("getCall", { path: { callId: "c" } })));
    expect(results.every(({ status, earlierUnknown }) => status === 200 && !earlierUnknown)).toBe(true);
    expect(server.tokenRequests.length).toBe(2);
    expect(events.map(({ outcome }) => outcome)).toEqual(["fetched", "dropped", "fetched"]);
  });

  it("is not fetched over and over when a fresh one is refused too", async () => {
    await using server = await startScriptedServer({ api: () => ({ status: 401, text: "no" }) });
    const { tenant } = connect(server.url);
    expect(await codeOf(tenant.calls.get("c"))).toBe("unauthorized");
    expect(server.tokenRequests.length).toBe(2);
    expect(server.asked.length).toBe(2);
  });

  it("tells which scopes were asked for and not granted", async () => {
    await using server = await startScriptedServer({ token: (_, index) => grant(index, { scope: "a:read" }) });
    const { tenant, events } = connect(server.url, { token: { auth: "form", scopes: ["a:read", "b:write"] } });
    expect(await tenant.authenticate()).toEqual({ scopes: ["a:read"] });
    expect(events[0]).toMatchObject({ grantedScopes: ["a:read"], missingScopes: ["b:write"] });
  });
});

describe("the token endpoint", () => {
  it.each([
    [{ status: 401, json: { error: "invalid_client" } }, "unauthorized", 1],
    [{ status: 400, json: { error: "invalid_scope" } }, "missing_scope", 1],
    [{ status: 400, json: { error: { code: "invalid_scope", message: "none" } } }, "missing_scope", 1],
    [{ status: 404 }, "refused", 1],
    [{ status: 302, headers: { location: "http://127.0.0.1:1/" } }, "redirect_refused", 1],
    [{ status: 200, text: "<html>" }, "invalid_reply", 5],
    [{ status: 200, json: { access_token: "a b\r\nc" } }, "invalid_reply", 5],
    [{ status: 503 }, "vendor_unavailable", 5],
    [{ status: 429, headers: { "retry-after": "100" } }, "rate_limited", 1],
    [{ status: 429 }, "rate_limited", 11],
  ] as const)("answering %j means %s after %i requests", async (answer, code, requests) => {
    await using server = await startScriptedServer({ token: () => answer });
    const { tenant } = connect(server.url);
    expect(await codeOf(tenant.calls.get("c"))).toBe(code);
    expect(server.tokenRequests.length).toBe(requests);
    expect(server.asked.length).toBe(0);
  });

  it("is left alone as long as its 429 asks", async () => {
    await using server = await startScriptedServer({
      api: () => CALL,
      token: (_, index) => (index < 2 ? { status: 429, headers: { "retry-after": "30" } } : grant(index)),
    });
    const { tenant, clock } = connect(server.url);
    const from = clock.now();
    await tenant.calls.get("c");
    expect(clock.now() - from).toBeGreaterThanOrEqual(60_000);
  });

  it("may be waited for by some and given up by others", async () => {
    let answer = () => {};
    const asked = new Promise<void>((reached) => {
      answer = reached;
    });
    let release = () => {};
    await using server = await startScriptedServer({
      api: () => CALL,
      token: () => (response) => {
        answer();
        release = () => response.end(JSON.stringify({ access_token: "token-1-secret", expires_in: 3600 }));
      },
    });
    const { tenant } = connect(server.url);
    const controller = new AbortController();
    const leaving = codeOf(tenant.calls.get("c", { signal: controller.signal }));
    const staying = tenant.calls.get("c");
    await asked;
    controller.abort();
    expect(await leaving).toBe("aborted");
    release();
    expect((await staying).status).toBe("completed");
    expect(server.tokenRequests.length).toBe(1);
  });

  it("keeps what a secret's source throws to itself", async () => {
    const clientSecret = () => Promise.reject(new Error("vault said s3cr3t"));
    const { tenant } = connect("http://127.0.0.1:9", { credentials: { clientId: "c", clientSecret } });
    const error = await tenant.authenticate().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "unauthorized" });
    expect(inspect(error)).not.toContain("s3cr3t");
  });
});

describe("whether the tenant refuses this process", () => {
  it("is told from the answer of the token endpoint until a token is granted", async () => {
    let refuses = true;
    await using server = await startScriptedServer({
      api: () => CALL,
      token: (_, index) => (refuses ? { status: 401, json: { error: "invalid_client" } } : grant(index)),
    });
    const { tenant, clock } = connect(server.url);
    expect(tenant.refusal()).toBeUndefined();
    await codeOf(tenant.calls.get("c"));
    expect(tenant.refusal()).toEqual({ since: clock.now(), message: expect.stringMatching(/refused the credentials \(401\)/) });
    refuses = false;
    await tenant.calls.get("c");
    expect(tenant.refusal()).toBeUndefined();
  });

  it("is told when each new token is refused, and not of a server that is away or a token that has merely ended", async () => {
    let answers: Answer[] = [];
    await using server = await startScriptedServer({ api: () => answers.shift() ?? CALL, token: (_, index) => grant(index) });
    const { tenant } = connect(server.url, { retry: { maxAttempts: 1 } });
    answers = [{ status: 401 }];
    await tenant.calls.get("c");
    expect(tenant.refusal()).toBeUndefined();
    answers = [{ status: 401 }, { status: 401 }];
    expect(await codeOf(tenant.calls.get("c"))).toBe("unauthorized");
    expect(tenant.refusal()).toMatchObject({ message: expect.stringContaining("401") });
    answers = [{ status: 503 }];
    await codeOf(tenant.calls.get("c"));
    expect(tenant.refusal()).toBeDefined();
    answers = [];
    await tenant.calls.get("c");
    expect(tenant.refusal()).toBeUndefined();
  });

  it("is not told while the token that is held is still good", async () => {
    await using server = await startScriptedServer({
      api: () => CALL,
      token: (_, index) => (index === 0 ? grant(0) : { status: 401, json: { error: "invalid_client" } }),
    });
    const { tenant, clock } = connect(server.url);
    await tenant.calls.get("c");
    await clock.sleep(3_400_000);
    await tenant.calls.get("c");
    await expect.poll(() => server.tokenRequests.length).toBe(2);
    expect(tenant.refusal()).toBeUndefined();
    await clock.sleep(300_000);
    await codeOf(tenant.calls.get("c"));
    expect(tenant.refusal()).toBeDefined();
  });
});
