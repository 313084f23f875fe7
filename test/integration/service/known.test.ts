// The service over a tenant that does not answer: people are shown what was last read, with its time, and nobody waits.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openService, type RunningService } from "../../../src/app/index.ts";
import type { Clock } from "../../../src/kernel/index.ts";
import type { AttentionList, CampaignList } from "../../../src/operations/views/index.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { type Answer, type Asked, type ScriptedServer, startScriptedServer } from "../../support/scripted-server.ts";
import { TEMPORARY } from "../../support/temporary.ts";
import { UNLIMITED_REST } from "../../support/world.ts";

/** How the tenant is: it answers, keeps silent for ever, or refuses. */
let tenant: "answers" | "silent" | "refuses" = "silent";
let status: "active" | "paused" = "active";
/** Whether no day of the week is one to call on. */
let isClosed = false;
/** How many campaigns there are besides, on two lists. */
let more = 0;
/** Whether only their documents tell their hours, and whether the tenant refuses these. */
let isPartial = false;
let isHeld = false;
/** Until then the second pages of the contact lists that are shared are held back; null: they have one page. */
let pageHeld: Promise<void> | null = null;
/** Until then the documents of two campaigns are held back. */
let held: Promise<void> | undefined;
let server: ScriptedServer;
let database: TestDatabase;
let dir: string;
let token: string;

const NEVER = { timeZone: "America/New_York", dialingRules: { startTime: "09:00:00", endTime: "17:00:00", allowedDays: [] } };
const campaign = (id: string) => ({
  id,
  name: `Campaign ${id}`,
  status,
  contactListId: "list",
  note: "of the vendor",
  ...(isClosed ? { complianceConfig: NEVER } : {}),
});

/** Whole documents, but for the first, of which the list may have kept its own hours back. */
const moreCampaigns = () =>
  Array.from({ length: more }, (_, i) => ({
    ...campaign(`m${i}`),
    contactListId: `shared${i % 2}`,
    dialerConfig: {},
    ...(i === 0 || isPartial
      ? {}
      : { complianceConfig: { ...NEVER, dialingRules: { ...NEVER.dialingRules, allowedDays: ["Monday"] } } }),
  }));

function answer(asked: Asked): Answer {
  const given = answered(asked);
  const isSecond = pageHeld !== null && /shared\d.*[?&]page=2/.test(asked.url);
  const until = isSecond ? (pageHeld ?? undefined) : /\/campaigns\/[ab]$/.test(asked.url) ? held : undefined;
  if (until === undefined || typeof given === "function") return given;
  return (response) => {
    void until.then(() => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(given.json)));
  };
}

function answered({ url }: Asked): Answer {
  if (tenant === "silent") return () => undefined;
  if (tenant === "refuses") return { status: 403, json: { message: "missing scope" } };
  const { pathname } = new URL(url, "http://tenant");
  if (pathname.endsWith("/campaigns"))
    return { json: { campaigns: [campaign("b"), campaign("a"), ...moreCampaigns()], page: 1, total: 2 + more } };
  if (pathname.endsWith("/metrics"))
    return {
      json: { successRate: 0.4, activeCalls: 7, callsPlaced: 107, callsAnswered: 40, abandonmentRate: 0, windowMinutes: 30 },
    };
  if (pathname.includes("shared") && pathname.endsWith("/contacts") && pageHeld !== null) {
    const page = Number(new URL(url, "http://tenant").searchParams.get("page"));
    const ids = Array.from({ length: page === 1 ? 100 : 50 }, (_, i) => String(100 * page + i));
    return { json: { contacts: ids.map((one) => ({ id: one, phoneNumber: `+12125550${one}` })), page, total: 150 } };
  }
  if (pathname.endsWith("/contacts"))
    return { json: { contacts: [{ id: "1", phoneNumber: "+12125550123" }], page: 1, total: 1 } };
  const id = /\/campaigns\/(\w+)$/.exec(pathname)?.[1];
  if (id === "none") return { status: 404, json: { message: "unknown campaign" } };
  if (id?.startsWith("m") && isHeld) return { status: 403, json: { message: "missing scope" } };
  if (id?.startsWith("m") && isPartial) return { json: { ...moreCampaigns()[Number(id.slice(1))], complianceConfig: NEVER } };
  if (id !== undefined) return { json: campaign(id) };
  return { headers: { etag: '"tag-1"' }, json: { algorithm: { dial_ratio: 1.25 }, versionTag: "tag-1" } };
}

beforeAll(async () => {
  server = await startScriptedServer({ api: answer });
  database = await createDatabase();
  dir = await mkdtemp(join(TEMPORARY, "outdial-known-"));
  await writeFile(join(dir, "outdial.yaml"), `tenant: { hosts: "${server.url}" }\nlimits: ${JSON.stringify(UNLIMITED_REST)}\n`);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database.dispose();
  await rm(dir, { recursive: true, force: true });
});

async function open(clock?: Clock, url = database.url): Promise<RunningService> {
  const environment = { CXONE_CLIENT_ID: "id", CXONE_CLIENT_SECRET: "secret", DATABASE_URL: url, OUTDIAL_ACTOR: "test" };
  const flags = { config: join(dir, "outdial.yaml"), dir: join(dir, url === database.url ? ".outdial" : ".fresh"), clock };
  const service = await openService(flags, environment, { port: 0, log: () => undefined });
  const name = `vera-${service.port}`;
  token = (await service.store.access.addToken({ name, role: "operator", expiresAt: null, by: "test" })).token;
  return service;
}

const get = async (service: RunningService, path: string) => {
  const response = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const lists = () => server.asked.filter(({ url }) => /\/campaigns(\?|$)/.test(url)).length;
const text = expect.any(String) as string;
const READ = { at: text, from: "measured", why: null };
const ITEMS = ["b", "a"].map((id) => ({
  id,
  name: `Campaign ${id}`,
  status: "active",
  activeCalls: 7,
  dialing: true,
  successRate: { numerator: 40, denominator: 100 },
  known: { status: READ, figures: READ, windows: READ },
  windows: [{ zone: "America/New_York" }],
}));

test("nobody waits for a tenant that keeps silent: what was never read says so, what was read stays with its time", async () => {
  const service = await open();
  let seen: Record<string, unknown>;
  try {
    expect(await get(service, "/api/v1/campaigns")).toEqual({
      status: 200,
      body: { items: [], next: null, known: { at: null, from: "none", code: null, why: "not read yet", since: null } },
    });
    const none = { at: null, from: "none", code: null, why: "not read yet", since: null };
    expect(await get(service, "/api/v1/campaigns/a")).toMatchObject({
      status: 200,
      body: {
        id: "a",
        status: null,
        dialing: null,
        activeCalls: null,
        successRate: null,
        windows: [],
        configuration: null,
        known: { status: none, figures: none, windows: { ...none, covers: null }, configuration: none },
      },
    });
    expect(await get(service, "/api/v1/dialer")).toMatchObject({ status: 200, body: { settings: null, known: none } });
    expect(await get(service, "/health")).toMatchObject({ status: 503, body: { code: "not_read_yet" } });
  } finally {
    // Ends although the tenant keeps silent on what is under way.
    await service[Symbol.asyncDispose]();
  }

  tenant = "answers";
  const second = await open();
  try {
    await expect.poll(() => get(second, "/api/v1/campaigns"), { timeout: 60_000 }).toMatchObject({ body: { items: ITEMS } });
    await expect
      .poll(() => get(second, "/api/v1/dialer"), { timeout: 60_000 })
      .toMatchObject({ body: { settings: { algorithm: { dial_ratio: 1.25 } }, known: { at: text }, tag: text } });
    expect(await get(second, "/api/v1/campaigns/none")).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await get(second, "/api/v1/campaigns/none?fresh=true")).toMatchObject({ status: 404, body: { correlationId: text } });

    tenant = "silent";
    const before = lists();
    await second.store.tenantReadings.expire(["campaigns"], "", Date.now());
    const many = await Promise.all(Array.from({ length: 50 }, () => get(second, "/api/v1/campaigns")));
    expect(many.map(({ status: code }) => code)).toEqual(many.map(() => 200));
    expect(many[0]).toMatchObject({ body: { items: ITEMS, known: { at: text } } });
    await expect.poll(lists, { timeout: 60_000 }).toBe(before + 1);
    await Promise.all(Array.from({ length: 50 }, () => get(second, "/api/v1/campaigns")));
    expect(lists()).toBe(before + 1);
    seen = many[0]?.body ?? {};
  } finally {
    await second[Symbol.asyncDispose]();
  }

  const third = await open();
  try {
    const again = await get(third, "/api/v1/campaigns");
    expect(again.body).toMatchObject({ items: ITEMS, known: seen["known"] });
    expect(await get(third, "/api/v1/campaigns/a")).toMatchObject({
      status: 200,
      body: { id: "a", activeCalls: 7, configuration: { note: "of the vendor" }, known: { configuration: { at: text } } },
    });
    expect(await get(third, "/api/v1/dialer")).toMatchObject({ body: { settings: { algorithm: { dial_ratio: 1.25 } } } });
    expect(await get(third, "/health?campaign_id=a")).toMatchObject({
      status: 200,
      body: { campaign_id: "a", status: "active", active_calls: 7, success_rate: 0.4, failover_triggered: null },
    });
  } finally {
    await third[Symbol.asyncDispose]();
  }
});

test("what failed is told beside the figures of before, and a fresh read of a tenant that refuses fails", async () => {
  tenant = "refuses";
  await using service = await open();
  await service.store.tenantReadings.expire(["campaigns"], "", Date.now());
  await service.store.tenantReadings.expire(["figures"], "a", Date.now());
  await expect
    .poll(() => get(service, "/api/v1/campaigns/a"), { timeout: 60_000 })
    .toMatchObject({
      body: { activeCalls: 7, known: { figures: { at: text, code: "missing_scope", since: text } } },
    });
  await expect
    .poll(() => get(service, "/api/v1/campaigns"), { timeout: 60_000 })
    .toMatchObject({ body: { items: [{ id: "b" }, { id: "a" }], known: { at: text, code: "missing_scope", since: text } } });
  expect(await get(service, "/api/v1/campaigns?fresh=true")).toMatchObject({ status: 502, body: { code: "missing_scope" } });

  tenant = "answers";
  status = "paused";
  const fresh = await get(service, "/api/v1/campaigns?fresh=true");
  expect(fresh.body).toMatchObject({ items: [{ status: "paused" }, { status: "paused" }], known: { code: null, since: null } });
  expect(await get(service, "/api/v1/campaigns/a?fresh=true")).toMatchObject({
    body: { status: "paused", known: { status: { code: null }, figures: { why: null } }, configuration: { status: "paused" } },
  });
});

test("what is read of the tenant while a person waits is given up after some seconds", async () => {
  tenant = "silent";
  const clock = hastenedClock();
  await using service = await open(clock);
  clock.pace(100);
  for (const path of ["/dialer/metrics?metric=answerRate", "/dialer/vendor-audit"])
    expect(await get(service, `/api/v1${path}`)).toMatchObject({ status: 504, body: { code: "deadline_exceeded" } });
});

test("calls outside hours are one thing with its campaigns inside, and stay with their time while the tenant does not answer", async () => {
  tenant = "answers";
  status = "active";
  isClosed = true;
  await using service = await open();
  try {
    const attention = async () => (await get(service, "/api/v1/attention")).body as unknown as AttentionList;
    const outside = async () => (await attention()).items.find(({ code }) => code === "calls_outside_hours");
    await get(service, "/api/v1/campaigns?fresh=true");
    for (const id of ["a", "b"]) await get(service, `/api/v1/campaigns/${id}?fresh=true`);
    const before = await outside();
    const one = { what: text, since: text, lastSeen: null };
    expect(before).toMatchObject({ severity: "urgent", subject: { name: "2 campaigns" }, campaigns: [one, one] });
    expect((await get(service, "/api/v1/campaigns/a")).body).toMatchObject({
      dialing: true,
      mayDial: { verdict: "not_ok", why: expect.arrayContaining(["outside hours"]) as string[] },
    });
    expect((await attention()).known).toMatchObject({ verdict: "not_ok", covers: { known: 2, of: 2 }, missing: [], away: null });

    tenant = "refuses";
    await service.store.tenantReadings.expire(["campaigns"], "", Date.now());
    for (const id of ["a", "b"]) await service.store.tenantReadings.expire(["figures"], id, Date.now());
    await expect
      .poll(async () => (await attention()).known.away, { timeout: 60_000 })
      .toMatchObject({ since: text, reason: text });
    await expect.poll(outside, { timeout: 60_000 }).toMatchObject({
      key: before?.key,
      since: before?.since,
      lastSeen: text,
      campaigns: [{ lastSeen: text }, { lastSeen: text }],
    });
    const shown = (await get(service, "/api/v1/campaigns")).body["items"];
    const last = { dialing: null, lastDialing: { value: true, from: "measured" } };
    expect(shown).toMatchObject([last, last]);
  } finally {
    tenant = "answers";
    isClosed = false;
  }
});

test("the calling windows of campaigns that share a list are read once a list, without a request for each campaign", async () => {
  tenant = "answers";
  status = "active";
  more = 40;
  const from = server.asked.length;
  const second = Promise.withResolvers<void>();
  pageHeld = second.promise;
  const contacts = () => server.asked.slice(from).filter(({ url }) => url.includes("/contactlists/shared"));
  try {
    await using service = await open();
    await get(service, "/api/v1/campaigns?fresh=true");
    // While a list is being read its other campaigns wait; figures go on.
    const figures = () => server.asked.slice(from).filter(({ url }) => url.includes("/metrics")).length;
    await expect.poll(() => contacts().length >= 4 && figures() >= 20, { timeout: 60_000 }).toBe(true);
    second.resolve();
    const windows = async () => {
      const { items } = (await get(service, "/api/v1/campaigns")).body as unknown as CampaignList;
      return items.filter(({ id, known }) => id.startsWith("m") && known.windows.at !== null).length;
    };
    await expect.poll(windows, { timeout: 60_000 }).toBe(more);
    const asked = server.asked.slice(from).map(({ url }) => url);
    expect(new Set(asked.flatMap((url) => /\/campaigns\/(m\d+)$/.exec(url)?.[1] ?? []))).toEqual(new Set(["m0"]));
    expect(contacts()).toHaveLength(4);
    const known = ((await get(service, "/api/v1/attention")).body as unknown as AttentionList).known;
    expect(known.covers.of).toBe(more + 2);
  } finally {
    more = 0;
    second.resolve();
    pageHeld = null;
  }
});

test("where the list of campaigns does not tell their hours, what the rules forbid is known at once, and nothing is called allowed before its document is read", async () => {
  tenant = "answers";
  status = "active";
  [more, isPartial, isHeld] = [40, true, true];
  const fresh = await createDatabase();
  const from = server.asked.length;
  try {
    await using service = await open(undefined, fresh.url);
    const shown = async () => {
      const { items } = (await get(service, "/api/v1/campaigns")).body as unknown as CampaignList;
      return items.filter(({ id }) => id.startsWith("m"));
    };
    const looked = async () => (await shown()).filter(({ known }) => known.windows.from === "assumed").length;
    await expect.poll(looked, { timeout: 60_000 }).toBe(more);
    const asked = server.asked.slice(from).map(({ url }) => url);
    expect(asked.filter((url) => url.includes("/contactlists/shared")).length).toBeLessThanOrEqual(8);
    for (const { mayDial, windows } of await shown()) {
      expect(windows).toMatchObject([{ zone: "America/New_York" }]);
      expect(mayDial.verdict).not.toBe("ok");
    }
    const missing = async () => ((await get(service, "/api/v1/attention")).body as unknown as AttentionList).known.missing;
    expect(await missing()).toContainEqual({ what: "the campaigns' own calling hours", count: more });

    // Their documents say that no day is one to call on.
    isHeld = false;
    for (const { id } of await shown()) await service.store.tenantReadings.expire(["campaign"], id, Date.now());
    await expect
      .poll(async () => (await shown()).filter(({ mayDial }) => mayDial.why.includes("outside hours")).length, {
        timeout: 60_000,
      })
      .toBe(more);
    // At night the rules alone say the same.
    await expect
      .poll(async () => (await missing()).map(({ what }) => what), { timeout: 60_000 })
      .not.toContain("the campaigns' own calling hours");
  } finally {
    [more, isPartial, isHeld] = [0, false, false];
    await fresh.dispose();
  }
});

test("a look by the rules alone that was made while the document was being read does not stand against the look with the document", async () => {
  [tenant, status] = ["answers", "active"];
  const fresh = await createDatabase();
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  try {
    await using service = await open(undefined, fresh.url);
    const assumed = ITEMS.map(({ id }) => ({ id, known: { windows: { from: "assumed" } } }));
    await expect.poll(() => get(service, "/api/v1/campaigns"), { timeout: 60_000 }).toMatchObject({ body: { items: assumed } });
    resolve();
    await expect.poll(() => get(service, "/api/v1/campaigns"), { timeout: 60_000 }).toMatchObject({ body: { items: ITEMS } });
  } finally {
    held = undefined;
    resolve();
    await fresh.dispose();
  }
});

test("a look that was made before a list of facts was loaded is made again, once, also from a contact list that was read before", async () => {
  [tenant, status, more] = ["answers", "active", 4];
  const fresh = await createDatabase();
  try {
    await using service = await open(undefined, fresh.url);
    const shown = async () => ((await get(service, "/api/v1/campaigns")).body as unknown as CampaignList).items;
    await expect
      .poll(async () => (await shown()).map(({ known }) => known.windows.from), { timeout: 60_000 })
      .toEqual(Array(6).fill("measured"));
    const ids = ["a", "b", "m0", "m1", "m2", "m3"];
    const look = (subject: string) => service.store.tenantReadings.find({ what: "gate", subject });
    const made = async (id: string) => (await look(id))?.triedAt ?? 0;
    const before = await Promise.all(ids.map(made));
    const lists = () => server.asked.filter(({ url }) => url.includes("/contactlists/shared")).length;
    const read = lists();
    const { facts } = service.store;
    await facts.declareNoCompanyList({ id: "imp_later", actor: "vera", name: "vera", reason: "there is none" });
    for (const [i, id] of ids.entries()) {
      await expect.poll(() => made(id), { timeout: 60_000 }).toBeGreaterThan(before[i] ?? 0);
      const { goodUntil = null, triedAt = null } = (await look(id)) ?? {};
      expect([id, goodUntil === null || goodUntil > (triedAt ?? 0)]).toEqual([id, true]);
    }
    expect(lists()).toBe(read);
  } finally {
    more = 0;
    await fresh.dispose();
  }
});
