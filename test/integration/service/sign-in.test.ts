// Signing in through a provider of OpenID Connect: who is let in, as whom, and what is left when the provider is away.

import { createHmac } from "node:crypto";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CLIENT, startProvider, type TestProvider } from "../../support/oidc-provider.ts";
import { type StartedServer, startServer } from "../../support/server.ts";

const HERE = "http://127.0.0.1:1";
const CALLBACK = "/sign-in/callback";
const roles = { ops: "operator", bosses: "admin" } as const;

let provider: TestProvider;
let at: StartedServer;
const settingsOf = (issuer: string, clientSecret = CLIENT.secret) => ({
  name: "Example SSO",
  issuer,
  clientId: CLIENT.id,
  clientSecret,
  scopes: ["openid", "groups"],
  subject: "sub",
  roleClaim: "groups",
  roles,
});
beforeAll(async () => {
  // As in a service that listens: hono's `Response` is in the place of Node's own, and what `fetch` gives is none of it.
  getRequestListener(() => new Response());
  provider = await startProvider(`${HERE}${CALLBACK}`);
  at = await startServer({ fourEyes: true, signIn: settingsOf(provider.issuer) });
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
beforeEach(() => {
  provider.people["ann"] = { email: "ann@example.com", groups: ["all", "ops"] };
  provider.people["bob"] = { email: "bob@example.com", groups: ["ops", "bosses"] };
  provider.people["eve"] = { email: "eve@example.com", groups: ["visitors"] };
});

const cookieNamed = (response: Response, name: string) =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .find((pair) => pair.startsWith(`${name}=`));
const pathOf = (url: string) => url.slice(HERE.length);

interface Kept {
  readonly at: number;
}
const keptIn = (cookie: string) =>
  JSON.parse(Buffer.from(cookie.split("=")[1]?.split(".")[0] ?? "", "base64url").toString()) as Kept;
/** A cookie as a service of the store signs it, or another one. */
function cookieOf(kept: object, key = at.world.store.keyFor("sign-in")): string {
  const text = JSON.stringify(kept);
  const signature = createHmac("sha256", key).update(text).digest("base64url");
  return `outdial_sign_in=${Buffer.from(text).toString("base64url")}.${signature}`;
}

/** Begins here: where the browser is sent, and the cookie that it keeps. */
async function begin(to = "/jobs?state=open") {
  const begun = await at.ask(`/sign-in?to=${encodeURIComponent(to)}`);
  expect(begun.status).toBe(303);
  return { address: begun.headers.get("location") ?? "", cookie: cookieNamed(begun, "outdial_sign_in") ?? "" };
}

/** The whole way. @returns the answer of the last step */
async function signIn(login: string, to?: string): Promise<Response> {
  const { address, cookie } = await begin(to);
  return at.ask(pathOf(await provider.signIn(address, login)), { headers: { cookie } });
}

async function sessionOf(login: string): Promise<string> {
  const cookie = cookieNamed(await signIn(login), "outdial_session");
  if (cookie === undefined) throw new Error(`${login} was not signed in`);
  return cookie;
}

const audited = async (action: string) =>
  (await at.world.store.audit.list({ action })).map(({ actor, details }) => ({ actor, details }));

test("the login page is told of the provider; who comes back has a session in their own name, with the role of their groups", async () => {
  expect(await (await at.ask("/api/v1/sign-in")).json()).toEqual({ provider: { name: "Example SSO", path: "/sign-in" } });
  const answer = await signIn("ann");
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/jobs?state=open"]);
  expect(answer.headers.getSetCookie().join()).toMatch(
    /outdial_session=ods_[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict/,
  );
  expect(cookieNamed(answer, "outdial_sign_in")).toBe("outdial_sign_in=");
  const cookie = cookieNamed(answer, "outdial_session") ?? "";
  expect(await (await at.ask("/api/v1/me", { headers: { cookie } })).json()).toMatchObject({
    name: "sso:id-ann",
    label: "ann@example.com",
    role: "operator",
    via: "session",
  });
  expect(await audited("session.open")).toContainEqual({
    actor: "sso:id-ann",
    details: { role: "operator", issuer: provider.issuer, label: "ann@example.com" },
  });

  // Another address of e-mail is the same person still.
  provider.people["ann"] = { email: "ann.new@example.com", groups: ["bosses"] };
  const again = await at.ask("/api/v1/me", { headers: { cookie: await sessionOf("ann") } });
  expect(await again.json()).toMatchObject({ name: "sso:id-ann", label: "ann.new@example.com", role: "admin" });

  const closed = await at.ask("/api/v1/session", { method: "DELETE", headers: { cookie, "x-outdial-request": "1" } });
  expect(await closed.json()).toEqual({ signOutUrl: expect.stringContaining(`${provider.issuer}/session/end?`) });
  expect((await at.ask("/api/v1/me", { headers: { cookie } })).status).toBe(401);
});

test("the request to the provider has PKCE, state and nonce, new each time, and nothing secret is in an address or a log", async () => {
  const [one, two] = [await begin(), await begin()];
  const query = new URL(one.address).searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    client_id: CLIENT.id,
    redirect_uri: `${HERE}${CALLBACK}`,
    response_type: "code",
    code_challenge_method: "S256",
    scope: "openid groups",
  });
  for (const name of ["state", "nonce", "code_challenge"]) {
    expect(query.get(name)?.length).toBeGreaterThanOrEqual(40);
    expect(new URL(two.address).searchParams.get(name)).not.toBe(query.get(name));
  }
  expect([one.address, ...at.logged].join()).not.toContain(CLIENT.secret);
});

test("without one of the configured groups nobody comes in, and the audit has it", async () => {
  const answer = await signIn("eve");
  expect(answer.headers.get("location")).toBe("/login?refused=no_role");
  expect(cookieNamed(answer, "outdial_session")).toBeUndefined();
  expect(await audited("session.refused")).toEqual([
    { actor: "sso:id-eve", details: { label: "eve@example.com", claim: "groups" } },
  ]);
});

test("an answer that is another browser's, another attempt's, used before, too old or made up opens nothing", async () => {
  const { address, cookie } = await begin();
  const back = pathOf(await provider.signIn(address, "ann"));
  const refusedWith = async (path: string, given?: string) => {
    const answer = await at.ask(path, given === undefined ? {} : { headers: { cookie: given } });
    expect(cookieNamed(answer, "outdial_session")).toBeUndefined();
    return answer.headers.get("location")?.replace("/login?refused=", "");
  };
  expect(await refusedWith(back)).toBe("expired");
  expect(await refusedWith(back, "outdial_sign_in=bm90IGpzb24")).toBe("expired");
  expect(await refusedWith(back, (await begin()).cookie)).toBe("not_trusted");
  expect(await refusedWith(back.replace(/code=[^&]+/, "code=made-up"), cookie)).toBe("not_trusted");
  expect(await refusedWith(`${CALLBACK}?error=access_denied&${back.split("?")[1]?.replace(/code=[^&]+&?/, "")}`, cookie)).toBe(
    "refused",
  );
  const kept = keptIn(cookie);
  const other = (over: object) => cookieOf({ ...kept, ...over });
  expect(await refusedWith(back, other({ nonce: "another" }))).toBe("not_trusted");
  const used = pathOf(await provider.signIn((await begin()).address, "ann"));
  expect(await refusedWith(used, other({ at: kept.at - 11 * 60_000 }))).toBe("expired");
  expect(await refusedWith(used, other({ at: kept.at + 60_000 }))).toBe("expired");
});

test("a cookie that no service of this store signed is not read", async () => {
  const { address, cookie } = await begin();
  const back = pathOf(await provider.signIn(address, "ann"));
  const value = cookie.slice(cookie.indexOf("=") + 1);
  const [body = "", signature = ""] = value.split(".");
  const tries = [
    body,
    `${body}.`,
    `${body}.${signature.slice(1)}`,
    `${body}.${Buffer.alloc(32).toString("base64url")}`,
    `${Buffer.from(JSON.stringify({ ...keptIn(cookie), to: "/audit" })).toString("base64url")}.${signature}`,
    cookieOf(keptIn(cookie), Buffer.alloc(32, 1)).slice("outdial_sign_in=".length),
    `${value}.${signature}`,
  ];
  for (const tried of tries) {
    const answer = await at.ask(back, { headers: { cookie: `outdial_sign_in=${tried}` } });
    expect(answer.headers.get("location")).toBe("/login?refused=expired");
  }
  expect((await at.ask(back, { headers: { cookie } })).headers.get("location")).toBe("/jobs?state=open");
});

test("signing in that began at another service, whose clock is a little ahead, is gone on with", async () => {
  const { address, cookie } = await begin();
  const back = pathOf(await provider.signIn(address, "ann"));
  const kept = keptIn(cookie);
  const answer = await at.ask(back, { headers: { cookie: cookieOf({ ...kept, at: kept.at + 20_000 }) } });
  expect(answer.headers.get("location")).toBe("/jobs?state=open");
});

test.each([
  ["/token", 503, "unavailable"],
  ["/token", 429, "unavailable"],
  ["/token", 418, "not_trusted"],
  ["/me", 502, "unavailable"],
  ["/jwks", 503, "unavailable"],
])("a provider that answers %s with %i is told as it is: %s", async (path, status, why) => {
  // Its own service: one that has read the keys does not ask for them again.
  await using own = await startServer({ signIn: { ...settingsOf(provider.issuer), roleClaim: "not-in-the-id-token" } });
  const begun = await own.ask("/sign-in");
  const back = new URL(await provider.signIn(begun.headers.get("location") ?? "", "ann"));
  provider.broken.set(path, status);
  try {
    const cookie = cookieNamed(begun, "outdial_sign_in") ?? "";
    const answer = await own.ask(`${back.pathname}${back.search}`, { headers: { cookie } });
    expect(answer.headers.get("location")).toBe(`/login?refused=${why}`);
    expect(own.logged.join()).toContain(String(status));
  } finally {
    provider.broken.delete(path);
  }
});

test("an issuer that calls itself otherwise is told by both names", async () => {
  await using other = await startServer({ signIn: settingsOf(provider.issuer.replace("127.0.0.1", "localhost")) });
  expect((await other.ask("/sign-in")).headers.get("location")).toBe("/login?refused=not_trusted");
  expect(other.logged.map((line) => JSON.parse(line).message).join()).toContain(
    `calls itself ${JSON.stringify(provider.issuer)};`,
  );
});

test.each([
  ["https://evil.example/x"],
  ["//evil.example/x"],
  ["/\\evil.example"],
  ["/..//evil.example"],
  ["/.\\/evil.example"],
  ["javascript:alert(1)"],
  ["/login"],
])("nobody is sent to another site afterwards: %s", async (to) => {
  const answer = await signIn("ann", to);
  expect(answer.headers.get("location")).toMatch(/^\/($|[^/\\])/);
  expect(new URL(answer.headers.get("location") ?? "", HERE).origin).toBe(HERE);
});

test("while the provider is away the login page says so, and tokens work", async () => {
  await using alone = await startServer({ signIn: settingsOf("http://127.0.0.1:9") });
  const begun = await alone.ask("/sign-in");
  expect([begun.status, begun.headers.get("location")]).toEqual([303, "/login?refused=unavailable"]);
  expect(alone.logged.join()).toContain("Example SSO");
  expect((await alone.ask("/api/v1/me", { token: alone.tokens.operator })).status).toBe(200);
  const opened = await alone.ask("/api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json", "x-outdial-request": "1" },
    body: JSON.stringify({ token: alone.tokens.operator }),
  });
  expect(opened.status).toBe(200);
});

test("nobody is their own second person, whichever way they signed in", async () => {
  const { access, requests } = at.world.store;
  const expiresAt = null;
  await expect(access.addToken({ name: "sso:id-ann", role: "admin", expiresAt, by: "root" })).rejects.toThrow(
    "through the provider",
  );
  await expect(access.addToken({ name: "x", role: "admin", expiresAt, by: "root", person: "ann" })).rejects.toThrow("sso:");
  for (const name of ["ann ", " ann", "", "assistant of ann"])
    await expect(access.addToken({ name, role: "admin", expiresAt, by: "root" })).rejects.toMatchObject({
      code: "invalid_state",
    });
  const own = await access.addToken({ name: "ann's laptop", role: "operator", expiresAt, by: "root", person: "sso:id-ann" });
  const robot = await access.addToken({ name: "robot", role: "operator", expiresAt, by: "root" });
  const as = (secret: string): RequestInit & { token?: string } =>
    secret.startsWith("odt_") ? { token: secret } : { headers: { cookie: secret, "x-outdial-request": "1" } };
  let asked = 0;
  const ask = async (by: { name: string; person: string | null }) =>
    (
      await requests.askApproval({
        operation: "campaigns.resume",
        summary: "s",
        confirm: String(asked++).padStart(64, "0"),
        request: {},
        plan: null,
        requestedBy: by.name,
        requestedPerson: by.person,
      })
    ).id;
  const approve = async (id: string, secret: string) => {
    const { confirm } = await requests.approval(id);
    const { headers, ...init } = as(secret);
    const answer = await at.ask(`/api/v1/approvals/${id}/approve`, {
      ...init,
      method: "POST",
      headers: { ...Object.fromEntries(new Headers(headers)), "content-type": "application/json" },
      body: JSON.stringify({ confirm }),
    });
    return String(((await answer.json()) as { detail?: string }).detail);
  };
  const [ann, bob] = [await sessionOf("ann"), await sessionOf("bob")];
  const viaProvider = { name: "sso:id-ann", person: "sso:id-ann" };
  const viaToken = { name: "ann's laptop", person: "sso:id-ann" };
  expect(await approve(await ask(viaProvider), ann)).toContain("your own request");
  expect(await approve(await ask(viaProvider), own.token)).toContain("signed in in another way");
  expect(await approve(await ask(viaToken), ann)).toContain("signed in in another way");
  // Nobody knows whose the robot is: it may be Ann's.
  expect(await approve(await ask({ name: "robot", person: null }), ann)).toContain("not known who robot is");
  expect(await approve(await ask(viaProvider), robot.token)).toContain("not known who robot is");
  // Bob and a token of Ann's are two people: what follows is the plan's own trouble.
  for (const id of [await ask(viaProvider), await ask(viaToken)]) {
    expect(await approve(id, bob)).not.toMatch(/another person/);
    expect(await requests.approval(id)).toMatchObject({ decidedBy: "sso:id-bob" });
  }
});
