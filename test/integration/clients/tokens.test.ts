// Every way in which the published programs ask for a token, on every path they use, and how a bad request is refused.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { basicCredentials } from "../../clients/environment.ts";
import { openTenant, SECRET, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

const PATHS = ["/oauth/token", "/v1/oauth/token", "/api/v2/oauth/token"] as const;
const FORM = "application/x-www-form-urlencoded";
const GRANT = { grant_type: "client_credentials" };

type Fields = Record<string, string>;
interface TokenRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}
const form = (fields: Fields) => new URLSearchParams(fields).toString();
const inBody = (id: string, secret: string) => ({ client_id: id, client_secret: secret });

/** The three ways to say who one is; further fields go beside them. */
const WAYS: Readonly<Record<string, (id: string, secret: string, more: Fields) => TokenRequest>> = {
  "Basic and form": (id, secret, more) => ({
    headers: { Authorization: basicCredentials(id, secret), "Content-Type": FORM },
    body: form(more),
  }),
  form: (id, secret, more) => ({ headers: { "Content-Type": FORM }, body: form({ ...more, ...inBody(id, secret) }) }),
  JSON: (id, secret, more) => ({
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...more, ...inBody(id, secret) }),
  }),
};

const Grant = z.object({
  access_token: z.string().min(1),
  token_type: z.literal("Bearer"),
  expires_in: z.number().min(301),
  scope: z.string(),
});

describe.each(TRANSPORTS)("tokens, %s", (transport) => {
  let tenant: TenantUnderTest;
  beforeEach(async () => {
    tenant = await openTenant(transport);
  });
  afterEach(async () => await tenant.close());

  const ask = (path: string, request: TokenRequest) =>
    tenant.env.fetch(`${tenant.account().baseUrl}${path}`, { method: "POST", redirect: "manual", ...request });
  const granted = async (response: Response) => {
    expect(response.status).toBe(200);
    return Grant.parse(await response.json());
  };
  const use = (token: string, path: string) =>
    tenant.env.fetch(`${tenant.account().baseUrl}${path}`, { method: "GET", headers: { Authorization: `Bearer ${token}` } });

  describe.each(Object.keys(WAYS))("by %s", (name) => {
    const way = WAYS[name] ?? (() => ({ headers: {}, body: "" }));

    test.each(PATHS)("%s grants all scopes when none is asked, and the token works", async (path) => {
      const reply = await granted(await ask(path, way("tagger", SECRET, GRANT)));
      expect(new Set(reply.scope.split(" "))).toEqual(new Set(["outbound:campaign:read", "outbound:calls:disposition:update"]));
      const codes = "/api/v2/outbound/campaigns/camp_primary_001/dispositioncodes";
      expect((await use(reply.access_token, codes)).status).toBe(200);
    });

    test.each(PATHS)("%s grants of the asked scopes those the client holds", async (path) => {
      const some = await granted(
        await ask(path, way("tagger", SECRET, { ...GRANT, scope: "outbound:campaign:read analytics:read" })),
      );
      expect(some.scope).toBe("outbound:campaign:read");
      const none = await ask(path, way("tagger", SECRET, { ...GRANT, scope: "analytics:read" }));
      expect(none.status).toBe(400);
      expect(await none.text()).toContain("invalid_scope");
    });

    test.each(PATHS)("%s refuses a wrong secret, an unknown client, another grant and none", async (path) => {
      expect((await ask(path, way("tagger", "wrong", GRANT))).status).toBe(401);
      expect((await ask(path, way("nobody", SECRET, GRANT))).status).toBe(401);
      expect((await ask(path, way("tagger", SECRET, { grant_type: "password" }))).status).toBe(400);
      expect((await ask(path, way("tagger", SECRET, {}))).status).toBe(400);
    });
  });

  test("a secret that was form-encoded before Basic is another secret", async () => {
    const encoded = encodeURIComponent(SECRET);
    const headers = { Authorization: basicCredentials("tagger", encoded), "Content-Type": FORM };
    expect((await ask("/oauth/token", { headers, body: form(GRANT) })).status).toBe(401);
  });

  test("a new token leaves the earlier ones good, and each is good under both host names", async () => {
    const way = WAYS["JSON"] ?? (() => ({ headers: {}, body: "" }));
    const first = await granted(await ask("/oauth/token", way("tagger", SECRET, GRANT)));
    const second = await granted(await ask("/v1/oauth/token", way("tagger", SECRET, GRANT)));
    expect(second.access_token).not.toBe(first.access_token);
    const path = "/api/v2/outbound/campaigns/camp_primary_001/dispositioncodes";
    for (const { access_token } of [first, second]) {
      expect((await use(access_token, path)).status).toBe(200);
      const headers = { Authorization: `Bearer ${access_token}` };
      expect((await tenant.env.fetch(`${tenant.otherHost}${path}`, { method: "GET", headers })).status).toBe(200);
    }
  });

  test("the journal holds neither secrets nor tokens", async () => {
    const tokens: string[] = [];
    for (const way of Object.values(WAYS)) {
      tokens.push((await granted(await ask("/oauth/token", way("desk", SECRET, GRANT)))).access_token);
    }
    for (const token of tokens) await use(token, "/api/v1/dialer/settings");
    const journal = JSON.stringify(tenant.sandbox.control.requests());
    expect(journal).toContain("/api/v1/dialer/settings");
    const secrets = [SECRET, encodeURIComponent(SECRET), form({ s: SECRET }).slice(2), basicCredentials("desk", SECRET).slice(6)];
    for (const text of [...secrets, ...tokens]) expect(journal).not.toContain(text);
  });
});
