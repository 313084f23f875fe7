// Tokens: three paths, three ways to name the client, scopes, life and death of a token. Contract §1.

import { describe, expect, test } from "vitest";
import { OPERATION_IDS, OPERATIONS, operationOf, TOKEN_PATHS } from "../../../src/contract/index.ts";
import { openBench, START, TRANSPORTS, world } from "./bench-tenant.ts";

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

type TokenRequest = RequestInit & { readonly body: string };

const STYLES: Record<"basic" | "form" | "json", (id: string, secret: string, scope?: string) => TokenRequest> = {
  basic: (id, secret, scope) => ({
    headers: { authorization: basic(id, secret), "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) }).toString(),
  }),
  form: (id, secret, scope) => ({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: id,
      client_secret: secret,
      ...(scope === undefined ? {} : { scope }),
    }).toString(),
  }),
  json: (id, secret, scope) => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", client_id: id, client_secret: secret, ...(scope && { scope }) }),
  }),
};

const VARIANTS = TOKEN_PATHS.flatMap((path) => (["basic", "form", "json"] as const).map((style) => [path, style] as const));

describe.each(TRANSPORTS)("tokens, %s", (transport) => {
  describe.each(VARIANTS)("POST %s, %s", (path, style) => {
    const request = (id: string, secret: string, scope?: string) => ({ method: "POST", ...STYLES[style](id, secret, scope) });

    test("grants every scope of the client when none is asked", async () => {
      await using tenant = await openBench(transport);
      const reply = await tenant.send(path, request("desk", "desk-secret"));
      expect(reply.status).toBe(200);
      const body = (await reply.json()) as Record<string, unknown>;
      expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
      const granted = new Set(String(body["scope"]).split(" "));
      for (const id of OPERATION_IDS) expect(operationOf(id).scopes.some((scope) => granted.has(scope))).toBe(true);
      expect((await tenant.api("GET", "/api/v1/dialer/settings", { token: String(body["access_token"]) })).status).toBe(200);
    });

    test("leaves out scopes the client does not hold", async () => {
      await using tenant = await openBench(transport);
      const reply = await tenant.send(path, request("reader", "reader-secret", "audit:read dialer:read"));
      expect(reply.status).toBe(200);
      const body = (await reply.json()) as Record<string, unknown>;
      expect(body["scope"]).toBe("audit:read");
      const token = String(body["access_token"]);
      expect((await tenant.api("GET", "/api/v1/audit/logs", { token })).status).toBe(200);
      expect((await tenant.api("GET", "/api/v1/dialer/settings", { token })).status).toBe(403);
    });

    test("refuses wrong secrets, unknown clients, unheld scopes and other grants", async () => {
      await using tenant = await openBench(transport);
      const code = async (init: RequestInit) => {
        const reply = await tenant.send(path, init);
        const body = (await reply.json()) as { error: { code: string } };
        return [reply.status, body.error.code];
      };
      expect(await code(request("desk", "wrong"))).toEqual([401, "invalid_client"]);
      expect(await code(request("nobody", "desk-secret"))).toEqual([401, "invalid_client"]);
      expect(await code(request("reader", "reader-secret", "dialer:read"))).toEqual([400, "invalid_scope"]);
      const init = request("desk", "desk-secret");
      const other = init.body.replace("client_credentials", "password");
      expect(await code({ ...init, body: other })).toEqual([400, "unsupported_grant_type"]);
    });
  });

  test("a malformed body, another content type and another method are refused", async () => {
    await using tenant = await openBench(transport);
    const post = (type: string, body: string) =>
      tenant.send("/oauth/token", { method: "POST", headers: { "content-type": type }, body });
    expect((await post("application/json", "{")).status).toBe(400);
    expect((await post("application/json", "[]")).status).toBe(400);
    expect((await post("text/plain", "grant_type=client_credentials")).status).toBe(400);
    expect((await post("application/x-www-form-urlencoded", "")).status).toBe(400);
    expect((await tenant.send("/oauth/token")).status).toBe(405);
  });

  test("a call without a good token is 401 with the reason, on every operation", async () => {
    await using tenant = await openBench(transport);
    for (const id of OPERATION_IDS) {
      const { method, path } = OPERATIONS[id];
      const target = path.replace(/\{\w+\}/g, "x");
      expect((await tenant.api(method, target, { token: null })).body.error.code).toBe("token_missing");
      const unknown = await tenant.api(method, target, { token: "nonsense" });
      expect([unknown.status, unknown.body.error.code]).toEqual([401, "token_unknown"]);
      expect(unknown.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test("a token without the scope is 403 with a generic text, on every operation", async () => {
    await using tenant = await openBench(transport, {
      scenario: world({ clients: [{ id: "desk", secret: "desk-secret", scopes: ["campaigns:read"] }] }),
    });
    for (const id of OPERATION_IDS) {
      const { method, path, scopes } = OPERATIONS[id];
      const reply = await tenant.api(method, path.replace(/\{\w+\}/g, "x"), { body: method === "GET" ? undefined : {} });
      expect([id, reply.status]).toEqual([id, 403]);
      for (const scope of scopes) expect(JSON.stringify(reply.body)).not.toContain(scope);
    }
  });

  test.each(OPERATION_IDS.flatMap((id) => OPERATIONS[id].scopes.map((scope) => [id, scope] as const)))(
    "%s is let in with %s alone",
    async (id, scope) => {
      await using tenant = await openBench(transport, {
        scenario: world({ clients: [{ id: "desk", secret: "desk-secret", scopes: [scope] }] }),
      });
      const { method, path } = OPERATIONS[id];
      const reply = await tenant.api(method, path.replace(/\{\w+\}/g, "x"), { body: method === "GET" ? undefined : {} });
      expect([200, 204, 400, 404]).toContain(reply.status);
    },
  );

  test("a token expires, is revoked, and outlives newer ones", async () => {
    await using tenant = await openBench(transport, { scenario: world({ tokenLifetimeSeconds: 600 }) });
    const first = await tenant.token();
    const second = await tenant.token();
    const status = async (token: string) => {
      const { body, status } = await tenant.api("GET", "/api/v1/dispositions", { token });
      return status === 200 ? 200 : body.error.code;
    };
    expect(await status(first)).toBe(200);
    await tenant.sandbox.control.advance(599);
    expect(await status(first)).toBe(200);
    expect(await status(second)).toBe(200);
    await tenant.sandbox.control.advance(1);
    expect(await status(first)).toBe("token_expired");
    const [mine, others] = [await tenant.token("desk"), await tenant.token("other")];
    expect(tenant.sandbox.control.revokeTokens("desk")).toBe(1);
    expect(await status(mine)).toBe("token_revoked");
    expect(await status(others)).toBe(200);
    expect(tenant.sandbox.control.state().clock.now).toBe(new Date(START + 600_000).toISOString());
  });

  test("the word Bearer may come twice", async () => {
    await using tenant = await openBench(transport);
    const token = await tenant.token();
    const reply = await tenant.api("GET", "/api/v1/dialer/settings", { token: `Bearer ${token}` });
    expect(reply.status).toBe(200);
  });
});
