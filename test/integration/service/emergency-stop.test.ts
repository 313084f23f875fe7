// The emergency stop through the API: what it pauses when the tenant does not list its campaigns, whom it leaves alone, and what it says of itself.

import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";

const dialerConfig = {
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 20, callRate: 5, abandonmentThreshold: 0.03 },
};
const ALL = ["camp_a", "camp_b", "camp_c", "camp_d"];
const PATIENCE = {
  listMs: 600_000,
  sendMs: 3_000,
  againMs: 20,
  mostMs: 50,
  shortListMs: 100,
  resumedMs: 20,
  giveUpMs: 600_000,
};

let at: StartedService;
beforeAll(async () => {
  at = await startService({
    yaml: "limits: { campaigns: { perSecond: 10000 } }\n",
    sandbox: {
      scenario: {
        campaigns: ALL.map((id) => ({ id, status: "active" as const, contactListId: "list_1", dialerConfig })),
        contactLists: [{ id: "list_1", generate: { count: 50, consentRate: 1, zones: ["America/New_York"] } }],
        limits: "off",
      },
      clock: { speed: 60 },
    },
    environment: {},
    stops: { lookMs: 20, patience: PATIENCE },
  });
});
afterAll(() => at[Symbol.asyncDispose]());
beforeEach(async () => {
  at.sandbox.control.faults.clear();
  for (const { id } of await at.service.store.stops.open()) await ended(id);
  // Tests enter lists of later times.
  await query("update outdial.known_campaigns set status_at = least(status_at, now()), active_at = least(active_at, now())");
  for (const id of ALL) activate(id);
});

const activate = (id: string) => at.sandbox.control.simulateEdit({ kind: "campaign", id, body: { status: "active" } });
const statusOf = (id: string) => at.sandbox.control.state().campaigns.find((one) => one.id === id)?.status;
const dialing = () => ALL.filter((id) => statusOf(id) !== "paused");

interface Change {
  readonly campaignId: string;
  readonly status: string;
  readonly confirmed: boolean;
  readonly known: string;
  readonly message: string;
}

const stop = async (reason?: string) => {
  const { status, body } = await at.post("/api/v1/campaigns/stop", { reason });
  expect(status).toBe(202);
  return body as { id: string; changes: Change[]; listProblem: { code: string } | null; endedAt: string | null };
};
const report = async (id: string) =>
  (await at.get(`/api/v1/campaigns/stops/${id}`, "viewer")) as {
    changes: Change[];
    listProblem: { code: string } | null;
    endedAt: string | null;
    supersededBy: string | null;
  };
const ended = async (id: string) => {
  await expect.poll(async () => (await report(id)).endedAt, { timeout: 60_000 }).not.toBeNull();
  return report(id);
};
async function query(sql: string, values: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: at.databaseUrl });
  await client.connect();
  await client.query(sql, [...values]);
  await client.end();
}
const changeOf = async (id: string, campaignId: string) =>
  (await report(id)).changes.find((one) => one.campaignId === campaignId);

test("with no list it pauses what it knows of, says so, and pauses the rest when the list comes", async () => {
  // Known by a failover pair and by an earlier change of state; the list was read with camp_a on it.
  const { store } = at.service;
  // The service's own first reading of the list is in: one that comes late would add what it names.
  await expect.poll(async () => (await store.knownCampaigns.list()).map(({ id }) => id)).toEqual(ALL);
  const known = {
    id: "intent_c",
    campaignId: "camp_c",
    target: "active",
    idempotencyKey: "k",
    actor: "ann",
    reason: null,
  } as const;
  const begun = await store.stateIntents.begin(known);
  await store.stateIntents.end(begun?.intent.id ?? "", { outcome: "changed", message: null, confirmed: true }, []);
  await store.failovers.put({ primary: "camp_a", backup: "camp_b", policy: {}, actor: "ann", audit: [] });
  await store.failovers.remove("camp_a", []);
  await store.knownCampaigns.keep(
    ["camp_a", "camp_b"].map((id) => ({ id, name: id, status: "active" })),
    Date.now() + 60_000,
  );
  await query("delete from outdial.known_campaigns where id in ('camp_c', 'camp_d')");
  at.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { status: 503 } });
  const first = await stop("a wrong list");
  // A service whose database is slow remembers that the list once named the fourth.
  await expect.poll(() => dialing().filter((id) => id !== "camp_d"), { timeout: 60_000 }).toEqual([]);
  await expect.poll(async () => (await report(first.id)).listProblem?.code, { timeout: 120_000 }).toBeDefined();
  const open = await report(first.id);
  expect(open.endedAt).toBeNull();
  expect(open.changes.map(({ campaignId, known: how }) => [campaignId, how])).toEqual(
    expect.arrayContaining([
      ["camp_a", "known"],
      ["camp_b", "known"],
      ["camp_c", "known"],
    ]),
  );
  at.sandbox.control.faults.clear();
  expect(await ended(first.id)).toMatchObject({ listProblem: null });
  expect(dialing()).toEqual([]);
  expect(await at.get("/api/v1/campaigns/stops?limit=1", "viewer")).toMatchObject({
    items: [{ id: first.id, actor: "olga", reason: "a wrong list", listProblem: null }],
  });
});

test("an empty list that does not say that there are none is not believed: what was on the list before is paused, and that is said", async () => {
  const { store } = at.service;
  const list = ALL.map((id) => ({ id, name: id, status: "active" }));
  await store.knownCampaigns.keep(list, Date.now() + 120_000);
  const empty = { match: { operation: "listCampaigns" }, effect: { status: 200, body: { campaigns: [] } } } as const;
  at.sandbox.control.faults.add(empty);
  const doubted = await stop();
  expect(await ended(doubted.id)).toMatchObject({
    changes: ALL.map((campaignId) => ({ campaignId, known: "known", confirmed: true })),
    listProblem: { code: "list_lacks_known", message: expect.stringContaining("lacks 4 campaigns that are known") },
  });
  expect(dialing()).toEqual([]);
  expect((await store.knownCampaigns.list()).map(({ id }) => id)).toEqual(ALL);

  // Also when such a list was read beside the stop, and took the place of the one before.
  await store.knownCampaigns.keep([], Date.now() + 240_000);
  for (const id of ALL) activate(id);
  await ended((await stop()).id);
  expect(dialing()).toEqual([]);
  await store.knownCampaigns.keep(list, Date.now() + 360_000);
});

test("a campaign that a person resumes is left alone by the stop that still goes on", async () => {
  const pauses = {
    match: { operation: "updateCampaign", path: "/api/v2/omnichannel/campaigns/camp_a" },
    effect: { status: 503 },
  } as const;
  at.sandbox.control.faults.add(pauses);
  const begun = at.post("/api/v1/campaigns/stop", {});
  await expect.poll(dialing, { timeout: 60_000 }).toEqual(["camp_a"]);
  const [open] = await at.service.store.stops.open();
  const id = open?.id ?? "";
  // What a resume does first, past the gate.
  const resumed = { campaignId: "camp_a", target: "active", idempotencyKey: "resume", actor: "ann", reason: null } as const;
  const intent = await at.service.store.stateIntents.begin({ id: "intent_resume", ...resumed });
  await at.service.store.stateIntents.end(intent?.intent.id ?? "", { outcome: "changed", message: null, confirmed: true }, []);
  // A pause that was sent on an answer of before may still be under way.
  await expect.poll(async () => (await changeOf(id, "camp_a"))?.status, { timeout: 60_000 }).toBe("resumed");
  at.sandbox.control.faults.clear();
  const { changes } = await ended(id);
  await begun;
  expect(statusOf("camp_a")).toBe("active");
  expect(changes.find(({ campaignId }) => campaignId === "camp_a")).toMatchObject({
    status: "resumed",
    confirmed: false,
    message: "ann asked to resume it after the stop",
  });
  // The next stop is another one.
  const next = await stop();
  expect(await ended(next.id)).toMatchObject({
    changes: [{ campaignId: "camp_a", status: "paused" }],
    seenPaused: ["camp_b", "camp_c", "camp_d"],
    alreadyPaused: [],
  });
  expect(dialing()).toEqual([]);
});

test.each(["a resume", "a hand-over"] as const)(
  "a campaign that the list shows paused is paused all the same while %s may yet activate it",
  async (what) => {
    await ended((await stop()).id);
    const { stateIntents, failovers } = at.service.store;
    const resume = {
      id: "under_way",
      campaignId: "camp_b",
      target: "active",
      idempotencyKey: "under_way",
      actor: "ann",
      reason: null,
    } as const;
    if (what === "a resume") await stateIntents.begin(resume);
    else {
      await failovers.put({ primary: "camp_d", backup: "camp_b", policy: {}, actor: "ann", audit: [] });
      await query("update outdial.failover_pairs set phase = 'activating' where primary_id = 'camp_d'");
    }
    const { id } = await stop();
    const { changes } = await ended(id);
    const pair = what === "a resume" ? [] : [{ campaignId: "camp_d", status: "paused", confirmed: true }];
    expect(changes).toMatchObject([{ campaignId: "camp_b", status: "paused", confirmed: true }, ...pair]);
    if (what === "a resume") expect(await stateIntents.standing("under_way")).toEqual({ isOpen: false, stopped: "olga" });
    await query("update outdial.failover_pairs set phase = 'watching'");
    await failovers.remove("camp_d", []);
  },
);

test("a campaign that the list shows as paused, and that dials by the time the others are settled, is paused", async () => {
  const campaigns = ALL.map((id) => ({ id, name: id, status: id === "camp_c" ? "paused" : "active" }));
  const effect = { status: 200, body: { campaigns, totalRecords: ALL.length } };
  at.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, times: 1, effect });
  const { changes, alreadyPaused } = (await ended((await stop()).id)) as { changes: Change[]; alreadyPaused?: string[] };
  expect(dialing()).toEqual([]);
  expect(changes.map(({ campaignId, confirmed }) => [campaignId, confirmed])).toEqual(ALL.map((id) => [id, true]));
  expect(alreadyPaused).toEqual([]);
});

test("a campaign that the tenant refuses to pause is named with the reason, holds no other back, and is tried until it is paused", async () => {
  const path = "/api/v2/omnichannel/campaigns/camp_b";
  at.sandbox.control.faults.add({ match: { operation: "updateCampaign", path }, effect: { status: 403 } });
  const { id } = await stop();
  await expect.poll(dialing, { timeout: 60_000 }).toEqual(["camp_b"]);
  await expect.poll(() => at.sandbox.control.faults.list()[0]?.struck, { timeout: 60_000 }).toBeGreaterThan(4);
  expect(await changeOf(id, "camp_b")).toMatchObject({
    status: "failed",
    confirmed: false,
    message: expect.stringMatching(/\S/),
  });
  const { items } = (await at.get("/api/v1/attention", "viewer")) as { items: { code: string; evidence: string[] }[] };
  expect(items.find(({ code }) => code === "stop_not_confirmed")?.evidence.join()).toContain("camp_b");
  at.sandbox.control.faults.clear();
  await ended(id);
  expect(dialing()).toEqual([]);
  const [end] = await at.service.store.audit
    .list({ subject: id, limit: 10 })
    .then((all) => all.filter(({ action }) => action === "campaign.stop.end"));
  expect(end?.details).toMatchObject({ paused: 4, notConfirmed: [], listProblem: null });
});

test("a reply that tells of another campaign, as a cache with a wrong key gives it, confirms nothing", async () => {
  for (const id of ALL) activate(id);
  const path = "/api/v2/omnichannel/campaigns/camp_a";
  const other = { status: 200, body: { id: "camp_d", status: "paused" } };
  for (const operation of ["updateCampaign", "getCampaign"] as const)
    at.sandbox.control.faults.add({ match: { operation, path }, effect: other });
  const calls = { campaignId: "camp_d", successRate: 0.4, activeCalls: 0, callsPlaced: 0, callsAnswered: 0, windowMinutes: 30 };
  at.sandbox.control.faults.add({
    match: { operation: "getCampaignMetrics", path: `${path}/metrics` },
    effect: { status: 200, body: calls },
  });
  const { id } = await stop();
  await expect.poll(dialing, { timeout: 60_000 }).toEqual(["camp_a"]);
  await expect.poll(() => at.sandbox.control.faults.list().map(({ struck }) => struck > 2), { timeout: 60_000 }).toContain(true);
  expect(await report(id)).toMatchObject({ endedAt: null });
  expect(await changeOf(id, "camp_a")).toMatchObject({ confirmed: false, message: expect.stringContaining("camp_d") });
  at.sandbox.control.faults.clear();
  await ended(id);
  expect(dialing()).toEqual([]);
});

test("while a stop goes on, a plan activates nothing; nor does one that was begun before it", async () => {
  const { stops } = at.service.store;
  const before = await stops.mark();
  expect(await stops.holding("camp_a", before)).toBeUndefined();
  const path = "/api/v2/omnichannel/campaigns/camp_a";
  at.sandbox.control.faults.add({ match: { operation: "updateCampaign", path }, effect: { status: 503 } });
  const begun = at.post("/api/v1/campaigns/stop", {});
  await expect.poll(async () => (await stops.open()).length, { timeout: 60_000 }).toBe(1);
  const [open] = await stops.open();
  const since = await stops.mark();
  // Also what is asked for while it goes on.
  expect(await stops.holding("camp_a", since)).toMatchObject({ id: open?.id });
  at.sandbox.control.faults.clear();
  await ended(open?.id ?? "");
  await begun;
  // The service says that it has ended, then the database does.
  await expect.poll(() => stops.holding("camp_a", since), { timeout: 60_000 }).toBeUndefined();
  expect(await stops.holding("camp_a", before)).toMatchObject({ id: open?.id, actor: "olga" });
});

/** A change of state whose process is gone, asked for so long ago; `left` when a service may see it. */
async function begunBy(id: string, campaignId: string, target: "active" | "paused", agoMs: number) {
  const { stateIntents } = at.service.store;
  await stateIntents.begin({ id, campaignId, target, idempotencyKey: id, actor: "ann", reason: "a wrong list" });
  const change = (what: string, which = "id = $1") => query(`update outdial.state_intents set ${what} where ${which}`, [id]);
  await change(`created_at = created_at - interval '${agoMs} ms'`);
  // What other tests did was before it.
  const longAgo = "created_at = created_at - interval '1 h', asked_at = null";
  await change(longAgo, "id <> $1 and ended_at is not null");
  return {
    left: () => change("executor = 'gone'"),
    async ended() {
      const find = async () => (await stateIntents.list(campaignId, 50)).find((one) => one.id === id);
      await expect.poll(async () => (await find())?.outcome, { timeout: 60_000 }).not.toBeNull();
      return find();
    },
  };
}
const keysOf = () =>
  at.sandbox.control.requests({ operation: "updateCampaign" }).map(({ headers }) => headers["x-idempotency-key"]);

test("a pause whose process died is gone on with under its key", async () => {
  const pause = await begunBy("left_pause", "camp_a", "paused", 60_000);
  await pause.left();
  expect(await pause.ended()).toMatchObject({ outcome: "changed" });
  expect(statusOf("camp_a")).toBe("paused");
  expect(keysOf()).toContain("left_pause");
  const told = await at.service.store.audit.list({ subject: "camp_a", limit: 100 });
  expect(told.map(({ action, actor }) => [action, actor])).toEqual(
    expect.arrayContaining([
      ["campaign.change.taken-up", "ann"],
      ["campaign.pause", "ann"],
    ]) as unknown[],
  );
});

test("a resume whose process died is not gone on with after an emergency stop", async () => {
  await ended((await stop()).id);
  const stopped = await begunBy("stopped_resume", "camp_c", "active", 60_000);
  // Given by a process that died before it came to the campaign, and ended since.
  await at.service.store.stops.give({ id: "ended_stop", actor: "olga", scope: null });
  await stopped.left();
  expect(await stopped.ended()).toMatchObject({ outcome: "superseded", message: "an emergency stop was given since" });
  expect(keysOf()).not.toContain("stopped_resume");
  expect(dialing()).toEqual([]);
});

test("a resume that was asked for before a stop is called off by it, also when its gate took longer than the stop", async () => {
  const { stops, stateIntents } = at.service.store;
  const asked = await stops.mark();
  await ended((await stop()).id);
  const resume = { campaignId: "camp_d", target: "active", actor: "ann", reason: null } as const;
  await stateIntents.begin({ ...resume, id: "before", idempotencyKey: "before", stopMark: asked });
  expect(await stateIntents.standing("before")).toEqual({ isOpen: true, stopped: "olga" });
  // Asked for again, now that everything was stopped: the open intent is gone on with.
  const again = await stateIntents.begin({ ...resume, id: "after", idempotencyKey: "after", stopMark: await stops.mark() });
  expect(again).toMatchObject({ reused: true, intent: { id: "before" } });
  expect(await stateIntents.standing("before")).toEqual({ isOpen: true, stopped: null });
});

test("a stop that nobody gave is not there", async () => {
  expect(await at.get("/api/v1/campaigns/stops/nothing", "viewer")).toMatchObject({ status: 404, code: "job_not_found" });
});

test.each<[what: string, type: string | undefined, body: string | undefined, ignored: RegExp | null, reason: string | null]>([
  ["a form", "application/x-www-form-urlencoded", "{}", /application\/x-www-form-urlencoded/, null],
  ["no type", "", "stop", /of no type/, null],
  ["broken JSON", "application/json", '{"reason":', /not JSON/, null],
  ["null", "application/json", "null", /no object/, null],
  ["a reason that is null", "application/json", '{"reason":null}', /reason: it is no text/, null],
  ["a reason with a NUL", "application/json", '{"reason":"a\\u0000"}', /NUL/, null],
  ["a long reason", "application/json", JSON.stringify({ reason: "x".repeat(501) }), /first 500/, "x".repeat(500)],
  ["another field", "application/json", '{"reason":"fire","why":1}', /why: unknown field; allowed: reason, campaigns/, "fire"],
  ["a body that is too large", "application/json", `"${"x".repeat(2_000_000)}"`, /larger than/, null],
])("it stops with %s, and says what it ignored", async (_, type, body, ignored, reason) => {
  const headers = { "idempotency-key": "not a key", ...(type === undefined ? {} : { "content-type": type }) };
  const init = { method: "POST", headers, ...(body === undefined ? {} : { body: Buffer.from(body) }) };
  const answer = await at.ask("/api/v1/campaigns/stop?%00=1", init);
  const said = (await answer.json()) as { reason: string | null; ignored: string[] };
  expect(answer.status, JSON.stringify(said)).toBe(202);
  expect(said.reason).toBe(reason);
  expect(dialing()).toEqual([]);
  if (ignored === null) expect(said.ignored).toEqual([]);
  else {
    expect(said.ignored.join()).toMatch(ignored);
    const { items } = (await at.get("/api/v1/audit?action=api.campaigns.stop&limit=1", "admin")) as {
      items: { details: unknown }[];
    };
    expect(items[0]?.details).toMatchObject({ ignored: said.ignored });
  }
});
