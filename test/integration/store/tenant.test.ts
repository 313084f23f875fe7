// What was last read of the tenant: its list of campaigns, and readings with their time and what failed.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { until } from "../../support/until.ts";

let world: TestStore;
beforeEach(async () => {
  world = await openTestStore();
});
afterEach(() => world.dispose());

const A = { id: "camp_a", name: "Spring", status: "active" };
const B = { id: "camp_b", name: "Autumn", status: "paused" };

test("the last list is kept in its order; what it lacks stays known until a person says that it is gone", async () => {
  const { knownCampaigns, audit } = world.store;
  const ids = async () => (await knownCampaigns.list()).map(({ id }) => id);
  expect(await knownCampaigns.list()).toEqual([]);
  await knownCampaigns.keep([B, A, B], 1000);
  const seen = { statusAt: 1000, lackingSince: null, goneAt: null };
  expect(await knownCampaigns.list()).toEqual([
    { ...B, ...seen },
    { ...A, ...seen },
  ]);
  await knownCampaigns.keep([{ ...A, name: "Summer" }], 2000);
  const summer = { ...A, name: "Summer", statusAt: 2000, lackingSince: null, goneAt: null };
  const lacking = { ...B, statusAt: 1000, lackingSince: 2000, goneAt: null };
  expect(await knownCampaigns.list()).toEqual([summer, lacking]);
  await knownCampaigns.keep([], 2500);
  expect((await knownCampaigns.list()).map(({ lackingSince }) => lackingSince)).toEqual([2500, 2000]);
  const entry = (id: string) => ({ actor: "ann", action: "campaign.gone", subject: id, details: {} });
  await knownCampaigns.keep([A], 2600);
  // The list has the other one.
  expect(await knownCampaigns.goneByWord(["camp_a", "camp_b"], entry)).toEqual(["camp_b"]);
  expect((await audit.list({ action: "campaign.gone" })).map(({ subject }) => subject)).toEqual(["camp_b"]);
  expect(await ids()).toEqual(["camp_a"]);
  expect((await knownCampaigns.list({ gone: true })).map(({ id }) => id)).toEqual(["camp_a", "camp_b"]);
  // Its own reading began before the word was given.
  await knownCampaigns.add(B, 1500);
  expect(await ids()).toEqual(["camp_a"]);
  const later = world.clock.now() + 1000;
  await knownCampaigns.keep([A, B], later);
  expect(await ids()).toEqual(["camp_a", "camp_b"]);
  expect(await knownCampaigns.find("camp_b")).toEqual({ ...B, statusAt: later, lackingSince: null, goneAt: null });
});

test("a list that began earlier than a confirmed pause does not take it back", async () => {
  const { knownCampaigns, stateIntents } = world.store;
  const { clock } = world;
  await knownCampaigns.keep([A], clock.now());
  const began = clock.now() + 1;
  clock.advance(1000);
  const intent = { campaignId: A.id, target: "paused", idempotencyKey: "key", actor: "ann", reason: null } as const;
  const begun = await stateIntents.begin({ id: "intent", ...intent });
  await stateIntents.end(begun?.intent.id ?? "", { outcome: "changed", message: null, confirmed: true }, []);
  const paused = { ...A, status: "paused", statusAt: clock.now(), lackingSince: null, goneAt: null };
  expect(await knownCampaigns.find(A.id)).toEqual(paused);
  await knownCampaigns.keep([A], began);
  expect(await knownCampaigns.find(A.id)).toEqual(paused);
  await knownCampaigns.keep([A], clock.now() + 1);
  expect(await knownCampaigns.find(A.id)).toMatchObject({ status: "active" });
  await knownCampaigns.saw(A.id, "paused", clock.now());
  expect(await knownCampaigns.find(A.id)).toMatchObject({ status: "active" });
  await knownCampaigns.saw(A.id, "paused", clock.now() + 2);
  expect(await knownCampaigns.find(A.id)).toMatchObject({ status: "paused", statusAt: clock.now() + 2 });
});

test("a reading keeps its value and time when a later attempt fails, and says what failed", async () => {
  const { tenantReadings } = world.store;
  const key = { what: "gate", subject: "camp_a" } as const;
  expect(await tenantReadings.find(key)).toBeUndefined();
  await tenantReadings.fail(key, { code: "vendor_unavailable", message: "no\0answer" }, 500);
  expect(await tenantReadings.find(key)).toMatchObject({ value: null, readAt: null, triedAt: 500 });
  const value = { words: "a\0b\u{1f600}\ud800", n: 1 };
  await tenantReadings.keep(key, value, { at: 1000, now: 1100 });
  expect(await tenantReadings.find(key)).toEqual({ ...key, value, readAt: 1000, problem: null, triedAt: 1100, goodUntil: null });
  await tenantReadings.keep(key, { older: true }, { at: 900, now: 1200 });
  // Since when it fails is the first of the attempts that failed since it was read.
  await tenantReadings.fail(key, { code: "vendor_unavailable", message: "503" }, 1900);
  await tenantReadings.fail(key, { code: "deadline_exceeded", message: "30 s" }, 2000);
  const problem = { code: "deadline_exceeded", message: "30 s", since: 1900 };
  expect(await tenantReadings.find(key)).toEqual({ ...key, value, readAt: 1000, problem, triedAt: 2000, goodUntil: null });
  expect(await tenantReadings.list(["gate", "dialer"], "camp_a")).toHaveLength(1);
  expect(await tenantReadings.list(["gate"], "camp_b")).toEqual([]);
});

test("of several that want the same reading one gets it, and none while the last one is young enough", async () => {
  const { tenantReadings } = world.store;
  const other = (await world.again()).tenantReadings;
  const key = { what: "campaigns" } as const;
  const claims = async (now: number, unless: number) => {
    const all = [tenantReadings, other, tenantReadings, other].map((one) => one.claim(key, { now, unless, until: now + 1000 }));
    return (await Promise.all(all)).filter(Boolean).length;
  };
  expect(await claims(10_000, 0)).toBe(1);
  expect(await claims(10_500, 0)).toBe(0);
  expect(await claims(11_000, 0)).toBe(1);
  await tenantReadings.release(key);
  expect(await claims(11_001, 0)).toBe(1);
  await tenantReadings.keep(key, null, { at: 11_001, now: 11_500 });
  expect(await claims(12_000, 11_499)).toBe(0);
  expect(await claims(12_000, 11_500)).toBe(1);
});

test("after the clock was set back what lies ahead of it is read anew, and what is read then is kept", async () => {
  const { tenantReadings } = world.store;
  const [then, now] = [10_000_000, 2_800_000];
  const campaign = { what: "campaign", subject: "camp_a" } as const;
  for (const key of [{ what: "campaigns" }, campaign] as const) {
    await tenantReadings.keep(key, { n: 1 }, { at: then, now: then });
    const claim = (at: number) => tenantReadings.claim(key, { now: at, unless: at - 20_000, until: at + 90_000 });
    // A minute ahead is the clock of another machine.
    expect(await claim(then - 60_000)).toBe(false);
    expect(await claim(now)).toBe(true);
    await tenantReadings.keep(key, { n: 2 }, { at: now, now });
    expect(await tenantReadings.find(key)).toMatchObject({ value: { n: 2 }, readAt: now, triedAt: now });
  }
  await tenantReadings.keep(campaign, { n: 1 }, { at: then, now: then });
  expect([...(await tenantReadings.keepDocuments(new Map([["camp_a", { n: 3 }]]), { at: now, now }))]).toEqual(["camp_a"]);
  expect(await tenantReadings.find(campaign)).toMatchObject({ value: { n: 3 }, readAt: now });
});

test("a reading that somebody expires is wanted again however young it is, also when it was under way just then", async () => {
  const { tenantReadings } = world.store;
  const key = { what: "figures", subject: "camp_a" } as const;
  const claim = (now: number) => tenantReadings.claim(key, { now, unless: 0, until: now + 10_000 });
  expect(await claim(1000)).toBe(true);
  await tenantReadings.expire(["figures", "gate"], "camp_a", 1500);
  await tenantReadings.keep(key, null, { at: 1000, now: 2000, goodUntil: 90_000 });
  expect(await claim(2001)).toBe(true);
  await tenantReadings.keep(key, null, { at: 2001, now: 2100, goodUntil: 90_000 });
  expect(await claim(2200)).toBe(false);
  expect(await claim(90_000)).toBe(true);
  await tenantReadings.release(key);
  await tenantReadings.fail(key, { code: "x", message: "y" }, 90_500);
  expect(await claim(90_600)).toBe(false);
  expect(await tenantReadings.times()).toMatchObject([{ ...key, readAt: 2001, triedAt: 90_500 }]);
});

test("a reading that was made of older things is wanted again only when somebody expires it after it began", async () => {
  const { tenantReadings } = world.store;
  const key = { what: "gate", subject: "camp_a" } as const;
  const claim = (now: number) => tenantReadings.claim(key, { now, unless: 0, until: now + 10_000 });
  await tenantReadings.keep(key, null, { at: 1000, now: 1000, goodUntil: 90_000 });
  await tenantReadings.expire(["gate"], "camp_a", 1500);
  expect(await claim(1600)).toBe(true);
  await tenantReadings.keep(key, null, { at: 1000, began: 1600, now: 1700, goodUntil: 90_000 });
  expect(await claim(1800)).toBe(false);
  await tenantReadings.expire(["gate"], "camp_a", 1900);
  await tenantReadings.keep(key, null, { at: 1000, began: 1800, now: 2000, goodUntil: 90_000 });
  expect(await claim(2100)).toBe(true);
});

test("of each campaign the latest figures, those of a window, and the latest change of state", async () => {
  const { metrics, stateIntents } = world.store;
  const add = (campaignId: string, at: number, windowMinutes: number, calls: object = {}) =>
    metrics.add({
      campaignId,
      at,
      receivedAt: at,
      source: "pull",
      eventId: null,
      windowMinutes,
      successRate: 0.5,
      activeCalls: 1,
      callsPlaced: 1,
      callsAnswered: 1,
      abandonmentRate: 0,
      failoverTriggered: null,
      agentsLoggedIn: null,
      agentsAvailable: null,
      agentsWorking: null,
      agentsWrapUp: null,
      ...calls,
    });
  await add("camp_a", 1000, 30);
  await add("camp_a", 2000, 30);
  await add("camp_a", 3000, 5);
  await add("camp_b", 1000, 30);
  const found = await metrics.latestOfEach(["camp_a", "camp_b", "camp_c"], 30);
  expect(found.map(({ campaignId, at, windowMinutes }) => `${campaignId} ${at} ${windowMinutes}`).sort()).toEqual([
    "camp_a 2000 30",
    "camp_a 3000 5",
    "camp_b 1000 30",
  ]);
  const minute = 60_000;
  for (const at of [40, 69, 70, 71, 101, 130, 200]) await add("camp_c", at * minute, at === 71 ? 5 : 30);
  const earlier = await metrics.earlierWindows(new Map([["camp_c", 130 * minute]]), 30, 3);
  expect(earlier.map(({ at }) => (at ?? 0) / minute)).toEqual([70, 40]);
  // Between two calls none is under way; those that were placed tell that it calls since.
  const none = { activeCalls: 0, callsPlaced: 0 };
  for (const [at, calls] of [
    [10, {}],
    [20, none],
    [30, { activeCalls: 0, callsPlaced: 3 }],
    [40, {}],
    [50, { activeCalls: 0, callsPlaced: null }],
    [60, { activeCalls: 0, callsPlaced: 4 }],
  ] as const)
    await add(at < 45 ? "camp_d" : "camp_e", at * minute, 30, calls);
  await add("camp_f", 10 * minute, 30, none);
  const since = await metrics.callsSince(["camp_d", "camp_e", "camp_f"]);
  expect([...since].map(([id, at]) => `${id} ${at / minute}`).sort()).toEqual(["camp_d 30", "camp_e 60"]);
  const begin = (id: string, target: "active" | "paused") =>
    stateIntents.begin({ id, campaignId: "camp_a", target, idempotencyKey: id, actor: "ann", reason: null });
  await begin("one", "paused");
  world.clock.advance(1);
  await begin("two", "active");
  await stateIntents.end("two", { outcome: "failed", message: null, confirmed: false }, []);
  world.clock.advance(1);
  expect(await stateIntents.latestOfEach(["camp_a", "camp_b"])).toEqual([]);
  await begin("three", "paused");
  expect(await stateIntents.latestOfEach(["camp_a", "camp_b"])).toMatchObject([{ campaignId: "camp_a", target: "paused" }]);
});

test("an id by which nothing can be found again is refused as too long, not as an unexpected error", async () => {
  const id = String.fromCharCode(...Array.from({ length: 3000 }, (_, i) => 0x4e00 + ((i * 7919) % 20_000)));
  await expect(world.store.knownCampaigns.keep([{ ...A, id }], 1000)).rejects.toMatchObject({ code: "too_long" });
});

test("a list is kept beside what writes the same campaigns in another order, and neither fails", async () => {
  const { knownCampaigns } = world.store;
  await knownCampaigns.keep([A, B], 50_000);
  const other = new pg.Client({ connectionString: world.url });
  await other.connect();
  try {
    const pause = (id: string) =>
      other.query("update outdial.known_campaigns set status = 'paused', status_at = now() where id = $1", [id]);
    await other.query("begin");
    await pause(B.id);
    const kept = knownCampaigns.keep([A, B], 60_000);
    const waits = "select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))";
    await until(async () => (await other.query(waits)).rowCount === 1);
    await pause(A.id);
    await other.query("commit");
    await kept;
    const known = await knownCampaigns.list();
    expect(known.map(({ id, status }) => [id, status])).toEqual([
      [A.id, "paused"],
      [B.id, "paused"],
    ]);
  } finally {
    await other.end();
  }
});
