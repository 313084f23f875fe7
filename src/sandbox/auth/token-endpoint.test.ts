// The token endpoint in every documented variant, and what it refuses. Contract §1.

import { describe, expect, it } from "vitest";
import { answerTokenRequest, type TokenRequest } from "../pipeline.ts";
import { createTokenStore } from "./tokens.ts";

const SCOPES = ["a:read", "a:write", "b:read"];
const SECRET = "s:e+c%20rét";
const clients = new Map([["me", { id: "me", secret: SECRET, scopes: SCOPES }]]);
const NOW = Date.UTC(2026, 0, 1);

function ask(request: Partial<TokenRequest>) {
  const tokens = createTokenStore({ seed: 1, lifetimeSeconds: 3600 });
  const answer = answerTokenRequest({ method: "POST", headers: {}, body: "", ...request }, clients, tokens, NOW);
  return { answer, tokens };
}
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` });
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const form = (fields: Record<string, string>) => new URLSearchParams({ grant_type: "client_credentials", ...fields }).toString();

describe("takes", () => {
  const credentials = { client_id: "me", client_secret: SECRET };
  const variants: [string, Partial<TokenRequest>][] = [
    ["Basic with a form", { headers: { ...FORM, ...basic("me", SECRET) }, body: form({}) }],
    ["Basic without a content type", { headers: basic("me", SECRET), body: form({}) }],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" }, body: form(credentials) }],
    [
      "JSON",
      {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ grant_type: "client_credentials", ...credentials }),
      },
    ],
    [
      "Basic with JSON",
      {
        headers: { "content-type": "Application/JSON", ...basic("me", SECRET) },
        body: '{"grant_type":"client_credentials","scope":null}',
      },
    ],
  ];
  it.each(variants)("%s, and grants all scopes when none is asked", (_, request) => {
    const { answer, tokens } = ask(request);
    expect(answer).toMatchObject({
      ok: true,
      clientId: "me",
      body: { token_type: "Bearer", expires_in: 3600, scope: "a:read a:write b:read" },
    });
    if (!answer.ok) return;
    expect(answer.body.access_token.split(".")).toHaveLength(3);
    expect(tokens.lookup(answer.body.access_token, NOW)).toMatchObject({ clientId: "me", scopes: new Set(SCOPES) });
  });

  it("a scope list of which not all is held, and says what it granted", () => {
    const { answer } = ask({
      headers: FORM,
      body: form({ client_id: "me", client_secret: SECRET, scope: "b:read  zzz a:read" }),
    });
    expect(answer).toMatchObject({ ok: true, body: { scope: "a:read b:read" } });
  });
});

describe("refuses", () => {
  const json = (body: string) => ({ headers: { "content-type": "application/json" }, body });
  const refusals: [string, Partial<TokenRequest>, number, string][] = [
    ["a wrong secret", { headers: basic("me", "no"), body: form({}) }, 401, "invalid_client"],
    ["an unknown client", { headers: FORM, body: form({ client_id: "you", client_secret: "x" }) }, 401, "invalid_client"],
    ["no credentials", { headers: FORM, body: form({}) }, 401, "invalid_client"],
    ["Basic that is not base64", { headers: { authorization: "Basic %%%" }, body: form({}) }, 401, "invalid_client"],
    ["form-encoded Basic", { headers: basic("me", encodeURIComponent(SECRET)), body: form({}) }, 401, "invalid_client"],
    ["another grant", { headers: basic("me", SECRET), body: "grant_type=password" }, 400, "unsupported_grant_type"],
    ["no grant", { headers: basic("me", SECRET), body: "" }, 400, "invalid_request"],
    ["broken JSON", json("{"), 400, "invalid_request"],
    ["JSON that is no object", json("[]"), 400, "invalid_request"],
    ["a field of the wrong type", json('{"grant_type":"client_credentials","client_id":5}'), 400, "invalid_request"],
    ["a field named twice", { headers: basic("me", SECRET), body: `${form({})}&grant_type=x` }, 400, "invalid_request"],
    ["another content type", { headers: { "content-type": "text/plain" }, body: form({}) }, 400, "invalid_request"],
    ["scopes of which none is held", { headers: basic("me", SECRET), body: form({ scope: "zzz" }) }, 400, "invalid_scope"],
    ["another method", { method: "GET" }, 405, "method_not_allowed"],
  ];
  it.each(refusals)("%s", (_, request, status, code) => {
    const { answer } = ask(request);
    expect(answer).toMatchObject({ ok: false, status, code });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });
});

describe("a token", () => {
  it("expires, is revoked for one client or all, and a newer one does not end it", () => {
    const tokens = createTokenStore({ seed: 1, lifetimeSeconds: 60 });
    const grant = (id: string, now = NOW) => {
      const granted = tokens.grant({ id, scopes: ["x"] }, undefined, now);
      if (granted === "invalid_scope") throw new Error("no scope");
      return granted.accessToken;
    };
    const [first, second, other] = [grant("a"), grant("a"), grant("b")];
    expect(new Set([first, second, other]).size).toBe(3);
    expect(tokens.lookup(first, NOW + 59_999)).toMatchObject({ clientId: "a" });
    expect(tokens.lookup(first, NOW + 60_000)).toBe("expired");
    expect(tokens.lookup("made up", NOW)).toBe("unknown");
    expect(tokens.revoke("a", NOW)).toBe(2);
    expect(tokens.lookup(second, NOW)).toBe("revoked");
    expect(tokens.lookup(other, NOW)).toMatchObject({ clientId: "b" });
    expect(tokens.alive(NOW)).toBe(1);

    const saved = structuredClone(tokens.snapshot());
    expect(tokens.revoke(undefined, NOW)).toBe(1);
    tokens.restore(saved);
    expect(tokens.lookup(other, NOW)).toMatchObject({ clientId: "b", scopes: new Set(["x"]) });
    expect(tokens.lookup(first, NOW)).toBe("revoked");
  });

  it("is the same for the same seed, and another for another", () => {
    const token = (seed: number) =>
      createTokenStore({ seed, lifetimeSeconds: 60 }).grant({ id: "a", scopes: ["x"] }, undefined, NOW);
    expect(token(1)).toEqual(token(1));
    expect(token(1)).not.toEqual(token(2));
  });

  it("is forgotten only when it is dead", () => {
    const tokens = createTokenStore({ seed: 1, lifetimeSeconds: 60 });
    const client = { id: "a", scopes: ["x"] };
    for (let i = 0; i < 10_000; i++) tokens.grant(client, undefined, NOW);
    const late = tokens.grant(client, undefined, NOW + 61_000);
    expect(tokens.snapshot().tokens).toHaveLength(1);
    expect(late !== "invalid_scope" && tokens.lookup(late.accessToken, NOW + 61_000)).toMatchObject({ clientId: "a" });
  });
});
