// What the store keeps for the service: tokens, sessions, keys, approvals, the feed.

import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
beforeAll(async () => {
  world = await openTestStore();
});
afterAll(() => world.dispose());

test("a token is recognised until it is revoked or expires, and is kept as a hash only", async () => {
  const { store, clock } = world;
  const { token } = await store.access.addToken({ name: "ann", role: "operator", expiresAt: clock.now() + 60_000, by: "root" });
  expect(await store.access.principalOfToken(token)).toMatchObject({ name: "ann", role: "operator", via: "token" });
  expect(await store.access.principalOfToken(`${token}x`)).toBeUndefined();
  await expect(store.access.addToken({ name: "ann", role: "viewer", expiresAt: null, by: "root" })).rejects.toThrow(
    "there is a token named ann already",
  );
  expect(JSON.stringify(await store.access.listTokens())).not.toContain(token);
  expect(JSON.stringify(await store.audit.list({ subject: "ann" }))).not.toContain(token);
  clock.advance(60_001);
  expect(await store.access.principalOfToken(token)).toBeUndefined();
  const second = await store.access.addToken({ name: "bob", role: "viewer", expiresAt: null, by: "root" });
  const session = await store.access.openWithToken(second.token);
  expect(await store.access.principalOfSession(session?.value ?? "")).toBeDefined();
  await store.access.revokeToken("bob", "root");
  expect(await store.access.principalOfToken(second.token)).toBeUndefined();
  expect(await store.access.principalOfSession(session?.value ?? "")).toBeUndefined();
  const actions = (await store.audit.list({ subject: "bob" })).map(({ action }) => action);
  expect(actions).toEqual(["token.add", "token.revoke"]);
});

test("a name that looks like another token's, or was a revoked one's, is refused; its owner gets it again", async () => {
  const { access } = world.store;
  const add = (name: string, person?: string) => access.addToken({ name, role: "viewer", expiresAt: null, by: "root", person });
  await add("carol");
  await add("dave", "sso:d");
  for (const [name, says] of [
    ["CAROL", "the name CAROL looks like carol, which is or was another token's"],
    ["caro1", "looks like carol"],
    ["c\u0430rol", "mixes letters of two scripts"],
    ["carol\u200b", "cannot be seen"],
  ] as const)
    await expect(add(name)).rejects.toThrow(says);
  await access.revokeToken("carol", "root");
  await access.revokeToken("dave", "root");
  await expect(add("carol")).rejects.toMatchObject({
    code: "invalid_state",
    message: "the name carol was that of a token that was revoked",
    advice: expect.stringContaining("--person"),
  });
  await expect(add("carol", "sso:c")).rejects.toThrow("was revoked");
  await expect(add("dave", "sso:x")).rejects.toThrow("was revoked");
  await expect(add("Dave", "sso:d")).rejects.toThrow("looks like dave");
  await add("dave", "sso:d");
  const both = await Promise.allSettled([add("erin"), add("ERIN")]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("a login code opens one session, whose value is replaced and which ends when nobody uses it", async () => {
  const { store, clock } = world;
  const code = await store.access.addLoginCode({ name: "demo", role: "admin", ttlMs: 60_000 });
  const opened = await store.access.openWithCode(code);
  expect(await store.access.openWithCode(code)).toBeUndefined();
  const value = opened?.value ?? "";
  expect((await store.access.principalOfSession(value))?.renewed).toBeUndefined();
  clock.advance(16 * 60_000);
  const renewed = (await store.access.principalOfSession(value))?.renewed?.value ?? "";
  expect(renewed).not.toBe("");
  // Requests under way still carry the old one, for a minute.
  expect(await store.access.principalOfSession(value)).toMatchObject({ renewed: undefined, principal: { name: "demo" } });
  clock.advance(61_000);
  expect(await store.access.principalOfSession(value)).toBeUndefined();
  expect(await store.access.principalOfSession(renewed)).toBeDefined();
  clock.advance(3 * 3_600_000);
  expect(await store.access.principalOfSession(renewed)).toBeUndefined();
});

test("a key belongs to one request and answers it again", async () => {
  const { requests } = world.store;
  const [one, other] = [Buffer.from("one"), Buffer.from("other")];
  expect(await requests.takeKey("ann", "k", one)).toEqual({ state: "mine" });
  expect(await requests.takeKey("ann", "k", one)).toEqual({ state: "busy" });
  expect(await requests.takeKey("ann", "k", other)).toEqual({ state: "other" });
  expect(await requests.takeKey("bob", "k", other)).toEqual({ state: "mine" });
  await requests.completeKey("ann", "k", { status: 201, body: "{}" });
  expect(await requests.takeKey("ann", "k", one)).toEqual({ state: "done", status: 201, body: "{}" });
  await requests.releaseKey("bob", "k");
  expect(await requests.takeKey("bob", "k", one)).toEqual({ state: "mine" });
  world.clock.advance(121_000);
  expect(await requests.takeKey("bob", "k", one)).toEqual({ state: "mine" });
});

test("a key whose request wrote something and lost its answer says what; one under which nothing was written is free", async () => {
  const { requests, audit } = world.store;
  const hash = Buffer.from("one");
  expect(await requests.takeKey("lea", "k", hash)).toEqual({ state: "mine" });
  const late = Promise.withResolvers<void>();
  let behind: Promise<void> = Promise.resolve();
  await requests.keyed("lea", "k", async () => {
    await audit.append([{ actor: "lea", action: "thing.made", subject: "thing-1" }]);
    // What is left running behind the answer is not the request's.
    behind = late.promise.then(() => audit.append([{ actor: "lea", action: "thing.later", subject: "thing-1" }]));
  });
  expect(await requests.takeKey("lea", "k", hash)).toEqual({ state: "busy" });
  late.resolve();
  await behind;
  await requests.loseKey("lea", "k");
  const lost = { state: "lost", wrote: [{ action: "thing.made", subject: "thing-1" }] };
  expect(await requests.takeKey("lea", "k", hash)).toEqual(lost);
  world.clock.advance(200_000);
  expect(await requests.takeKey("lea", "k", hash)).toEqual(lost);
  expect(await requests.takeKey("lea", "free", hash)).toEqual({ state: "mine" });
  await expect(requests.keyed("lea", "free", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  await requests.loseKey("lea", "free");
  expect(await requests.takeKey("lea", "free", hash)).toEqual({ state: "mine" });
  // A process that died after it had written something: nobody carries it out again either.
  expect(await requests.takeKey("lea", "dead", hash)).toEqual({ state: "mine" });
  await requests.keyed("lea", "dead", () => audit.append([{ actor: "lea", action: "thing.made", subject: "thing-2" }]));
  world.clock.advance(121_000);
  expect(await requests.takeKey("lea", "dead", hash)).toMatchObject({ state: "lost" });
});

test("nobody approves what they asked for themselves, and one of two deciders wins", async () => {
  const { requests } = world.store;
  const ask = { operation: "x", summary: "x", confirm: "c", request: { body: {} }, plan: null, requestedBy: "ann" };
  const asked = await requests.askApproval(ask);
  expect((await requests.askApproval(ask)).id).toBe(asked.id);
  await expect(requests.decideApproval(asked.id, { state: "approved", executor: "r", by: "ann" })).rejects.toThrow(
    "another person",
  );
  const decided = await Promise.allSettled([
    requests.decideApproval(asked.id, { state: "approved", executor: "r", by: "bob" }),
    requests.decideApproval(asked.id, { state: "rejected", executor: "r", by: "eve" }),
  ]);
  expect(decided.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const late = await requests.askApproval({ ...ask, confirm: "d" });
  world.clock.advance(3_600_001);
  await expect(requests.decideApproval(late.id, { state: "approved", executor: "r", by: "bob" })).rejects.toThrow("expired");
});

test("the feed is written only while a service keeps it, and nothing is passed over by a late commit", async () => {
  const { store } = world;
  const { feed } = store;
  const job = (id: string) =>
    store.jobs.createJob({ id, kind: "tag", sourceName: "f", contentHash: id, options: null, actor: "a", executor: "e" });
  await job("before");
  await feed.keep(60_000);
  const start = await feed.end();
  await job("one");
  await job("two");
  // Transactions of others on the server hold the feed back for as long as they last.
  await expect.poll(async () => (await feed.after(start, 10)).length, { timeout: 30_000 }).toBe(2);
  const events = await feed.after(start, 10);
  expect(events.map(({ type, body }) => [type, body])).toMatchObject([
    ["job", { jobId: "one" }],
    ["job", { jobId: "two" }],
  ]);
  expect(await feed.after(events[0] ?? start, 10)).toHaveLength(1);
  expect(await feed.reaches(start)).toBe(true);
  await expect
    .poll(async () => {
      await feed.sweep(0);
      return feed.reaches(start);
    })
    .toBe(false);
  expect(await feed.reaches(await feed.end())).toBe(true);
});

test("the feed goes on in a database that was restored on another server, whose transactions count from lower", async () => {
  const { store, url } = world;
  const { feed } = store;
  const job = (id: string) =>
    store.jobs.createJob({ id, kind: "tag", sourceName: "f", contentHash: id, options: null, actor: "a", executor: "e" });
  await feed.keep(60_000);
  await job("of the old server");
  // What the dump of a server has that is ahead by a thousand million transactions.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const ahead = "(tx::text::bigint + 1000000000)::text::xid8";
  await client.query(`update outdial.service_events set tx = ${ahead};
    update outdial.service_feed set floor_tx = ${ahead.replace("tx", "floor_tx")}`);
  const { rows } = await client.query<{ tx: string; id: number }>("select tx::text, id::int from outdial.service_events");
  await client.end();

  await feed.keep(60_000);
  // A page that was open before: it is told to read everything again.
  expect(await feed.reaches(rows[0] ?? { tx: "0", id: 0 })).toBe(false);
  const start = await feed.end();
  expect(await feed.reaches(start)).toBe(true);
  await job("after");
  await expect
    .poll(async () => (await feed.after(start, 10)).map(({ body }) => body), { timeout: 30_000 })
    .toMatchObject([{ jobId: "after" }]);
  // Nor do old updates come when this server has counted as far.
  await feed.sweep(60_000);
  const look = new pg.Client({ connectionString: url });
  await look.connect();
  const kept = await look.query("select body ->> 'jobId' as job from outdial.service_events");
  await look.end();
  expect(kept.rows).toEqual([{ job: "after" }]);
});
