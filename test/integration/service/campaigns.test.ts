// Campaigns through the API: what they are at, pausing and resuming past the gate, four eyes, the documented health view.

import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../support/cli.ts";
import { HALT } from "../../support/failover-states.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { haltPair } from "./halted-pair.ts";

let at: StartedService;
beforeAll(async () => {
  at = await startService({ yaml: "service: { fourEyes: true }\n" });
});
afterAll(() => at[Symbol.asyncDispose]());

const ID = "camp_primary_001";

test("every campaign is listed with why it does not dial, and shown with its figures", async () => {
  const { items } = (await at.get("/api/v1/campaigns?fresh=true", "viewer")) as { items: Record<string, unknown>[] };
  const one = items.find(({ id }) => id === ID);
  expect(one).toMatchObject({ id: ID, status: expect.any(String) as string, windows: expect.any(Array) as unknown[] });
  const detail = await at.get(`/api/v1/campaigns/${ID}?fresh=true`, "viewer");
  expect(detail).toMatchObject({ id: ID, series: expect.any(Array) as unknown[], configuration: { id: ID } });
  expect(await at.get("/api/v1/campaigns/none", "viewer")).toMatchObject({ status: 404, code: "not_found" });
});

test("a campaign that has placed no call has no success rate, neither 100 % nor 0 %", async () => {
  const id = "camp_backup_001";
  // As a tenant that may leave no figure out tells it, and as it was kept before that was known.
  const time = Date.now();
  const told = { windowMinutes: 30, successRate: 1, activeCalls: 0, callsPlaced: 0, callsAnswered: 0, abandonmentRate: 0 };
  const from = { campaignId: id, at: time, receivedAt: time, source: "push", eventId: "none", failoverTriggered: false } as const;
  await at.service.store.metrics.add({ ...from, ...told });
  const { series } = (await at.get(`/api/v1/campaigns/${id}`)) as { series: object[] };
  expect(series.length).toBeGreaterThan(0);
  for (const point of series) expect(point).toMatchObject({ successRate: null, abandonmentRate: null, low: null, calls: 0 });
  expect(await at.get(`/health?campaign_id=${id}`)).toMatchObject({ success_rate: null });
});

test("figures that have come since the last look are shown at once, without the tenant being asked", async () => {
  await expect.poll(() => at.get(`/api/v1/campaigns/${ID}`), { timeout: 60_000 }).toMatchObject({ windowMinutes: 30 });
  const time = Date.now() + 60_000;
  const later = {
    campaignId: ID,
    at: time,
    receivedAt: time,
    source: "push",
    eventId: "later",
    windowMinutes: 30,
    successRate: 0.25,
    activeCalls: 4711,
    callsPlaced: 1000,
    callsAnswered: 400,
    abandonmentRate: 0.01,
    failoverTriggered: false,
  } as const;
  await at.service.store.metrics.add(later);
  // Before that it was higher: that it fell needs attention.
  await at.service.store.metrics.add({ ...later, at: time - 31 * 60_000, eventId: "before", successRate: 0.9 });
  const attention = (await at.get("/api/v1/attention", "viewer")) as { items: { code: string; subject: object }[] };
  expect(attention.items.filter(({ code }) => code === "success_dropped")).toMatchObject([
    { subject: { kind: "campaign", id: ID }, what: "its success rate fell from 90.0 % to 25.0 %", severity: "soon" },
  ]);
  const detail = await at.get(`/api/v1/campaigns/${ID}`);
  expect(detail).toMatchObject({ activeCalls: 4711, windowMinutes: 30, lastMetricAt: new Date(time).toISOString() });
  expect(await at.get(`/health?campaign_id=${ID}`)).toMatchObject({ active_calls: 4711, success_rate: 0.25 });
});

test("the documented health view has exactly its members; what is not known is null, never zero", async () => {
  for (const path of [`/api/v1/campaigns/${ID}/health`, `/dashboard/health?campaign_id=${ID}`, `/health?campaign_id=${ID}`]) {
    const view = await at.get(path, "viewer");
    expect([path, Object.keys(view)]).toEqual([
      path,
      ["campaign_id", "status", "active_calls", "success_rate", "failover_triggered", "last_metric_update"],
    ]);
    expect(view["active_calls"]).toBe(4711);
  }
  const refused = await fetch(`${at.service.url}/dashboard/health?campaign_id=${ID}`);
  expect(refused.status).toBe(401);
});

test("an address for the tenant's events is registered with the retry policy that was asked for, the rest as usual", async () => {
  const hook = { kind: "wfm", name: "wfm", url: "https://hooks.example.com/wfm", retryPolicy: { maxRetries: 7 } };
  expect(await at.post("/api/v1/vendor-webhooks", hook, "operator")).toMatchObject({ status: 403 });
  const wrong = { ...hook, retryPolicy: { backoffMultiplier: 0 } };
  expect(await at.post("/api/v1/vendor-webhooks", wrong, "admin")).toMatchObject({ status: 400 });
  const [made, again] = [
    await at.post("/api/v1/vendor-webhooks", hook, "admin"),
    await at.post("/api/v1/vendor-webhooks", hook, "admin"),
  ];
  expect([made.status, made.body["already"], again.body]).toEqual([201, false, { ...made.body, already: true }]);
  const sent = at.sandbox.control.requests({ operation: "createIntegrationWebhook" });
  expect(sent.map(({ body }) => body)).toMatchObject([{ retryPolicy: { maxRetries: 7, backoffMultiplier: 2, timeoutSec: 10 } }]);
  // One whose process died before it could say that it was made: asking again finds it, and the log says so.
  const { audit } = at.service.store;
  const details = { kind: "wfm", name: "wfm", address: hook.url };
  await audit.append([{ actor: "ann", action: "webhook.register.begin", subject: "wfm", details }]);
  for (let asked = 0; asked < 2; asked++)
    expect((await at.post("/api/v1/vendor-webhooks", hook, "admin")).body).toEqual({ ...made.body, already: true });
  const told = (await audit.list({ text: hook.url, limit: 100 })).filter(({ action }) => action.startsWith("webhook."));
  expect(told.map(({ action, details: of }) => [action, (of as { found?: true }).found ?? false])).toEqual([
    ["webhook.register.begin", false],
    ["webhook.register", false],
    ["webhook.register.begin", false],
    ["webhook.register", true],
  ]);
});

test("a resume whose process died minutes ago is told as left undone", async () => {
  const { stateIntents, audit } = at.service.store;
  const [id, campaignId] = ["left_resume", "camp_backup_001"];
  at.sandbox.control.simulateEdit({ kind: "campaign", id: campaignId, body: { status: "paused" } });
  await stateIntents.begin({ id, campaignId, target: "active", idempotencyKey: id, actor: "ann", reason: null });
  const client = new pg.Client({ connectionString: at.databaseUrl });
  await client.connect();
  await client.query("update outdial.state_intents set created_at = created_at - interval '10 min', executor = 'gone'");
  await client.end();
  await expect
    .poll(async () => (await stateIntents.list(campaignId, 1))[0], { timeout: 60_000 })
    .toMatchObject({ outcome: "failed", message: expect.stringMatching(/^left undone: .* does not show it active$/) as string });
  const told = await audit.list({ subject: campaignId, limit: 100 });
  expect(told.map(({ action, actor }) => [action, actor])).toEqual([
    ["campaign.change.taken-up", "ann"],
    ["campaign.resume", "ann"],
  ]);
});

test("stopping needs no second person", async () => {
  const paused = await at.post(`/api/v1/campaigns/${ID}/pause`, { reason: "test" });
  expect(paused).toMatchObject({ status: 200, body: { campaignId: ID, status: "paused" } });
  const again = await at.post(`/api/v1/campaigns/${ID}/pause`, {});
  expect(again).toMatchObject({ body: { status: "paused", already: true } });
  expect(await at.post(`/api/v1/campaigns/${ID}/pause`, {}, "viewer")).toMatchObject({ status: 403 });
  const several = await at.post("/api/v1/campaigns/pause", { campaigns: ["nowhere", ID, ` ${ID} `] });
  expect(several).toMatchObject({
    status: 200,
    body: {
      items: [
        { campaignId: "nowhere", confirmed: false },
        { campaignId: ID, already: true },
      ],
    },
  });
  expect(await at.post("/api/v1/campaigns/pause", { campaigns: [] })).toMatchObject({ status: 400 });
  const detail = await at.get(`/api/v1/campaigns/${ID}`);
  expect(JSON.stringify(detail["events"])).toContain("paused: test");
  expect(await at.post(`/api/v1/campaigns/${ID.slice(0, -1)}/pause`, {})).toMatchObject({
    status: 404,
    body: { code: "not_found", advice: `Did you mean ${ID}?` },
  });
});

test("what a watched campaign shows is what its watch judges: the watch's window, with its threshold", async () => {
  const id = "camp_backup_001";
  const policy = { backup: ID, everySeconds: 3600, windowMinutes: 5, threshold: 0.2 };
  await at.service.store.failovers.put({ primary: id, backup: ID, policy, actor: "olga", audit: [] });
  const time = Date.now() + 120_000;
  const told = {
    activeCalls: 3,
    callsPlaced: 1000,
    callsAnswered: 400,
    abandonmentRate: 0.01,
    failoverTriggered: false,
  } as const;
  const from = { campaignId: id, receivedAt: time, source: "pull", eventId: null } as const;
  const add = (at_: number, windowMinutes: number, successRate: number) =>
    at.service.store.metrics.add({ ...from, ...told, at: at_, windowMinutes, successRate });
  await add(time, 30, 0.42);
  await add(time - 1000, 5, 0.12);
  const shown = { windowMinutes: 5, threshold: 0.2, figures: { successRate: 0.12 } };
  expect(await at.get(`/api/v1/campaigns/${id}`)).toMatchObject(shown);
  const { items } = (await at.get("/api/v1/campaigns")) as { items: { id: string; threshold: number | null }[] };
  expect(items.find((one) => one.id === id)).toMatchObject(shown);
  expect(items.find((one) => one.id === ID)?.threshold).toBeNull();
  expect(await at.get(`/health?campaign_id=${id}`)).toMatchObject({ success_rate: 0.12 });
  // Once the watch reads no longer, later figures count.
  await add(time + 600_000, 30, 0.42);
  expect(await at.get(`/api/v1/campaigns/${id}`)).toMatchObject({ windowMinutes: 30, threshold: 0.2 });
  await at.ask(`/api/v1/failover/pairs/${id}`, { method: "DELETE" });
});

test("a pair that was halted says so, why and what is to be done: nobody is said to dial", async () => {
  const backup = "camp_backup_001";
  await haltPair(at, ID, backup);
  const pair = () => at.get(`/api/v1/failover/pairs/${ID}`, "viewer");
  const reason = HALT;
  expect(await pair()).toMatchObject({
    phase: "halted",
    dials: null,
    reason,
    nextStep: expect.stringContaining(`outdial campaign failover start or failback ${ID} tries again`) as string,
  });
  type Concern = { key: string; code: string; subject: { id: string }; owner: string | null; acknowledged: object | null };
  const concerns = async () =>
    ((await at.get("/api/v1/attention", "viewer")) as { items: Concern[] }).items.filter(({ code }) => code === "pair_halted");
  const [concern] = await concerns();
  expect(concern).toMatchObject({ severity: "urgent", subject: { id: ID }, evidence: [reason], owner: null, acknowledged: null });
  const key = concern?.key;
  expect(await at.post("/api/v1/attention", { key, verb: "take" }, "viewer")).toMatchObject({ status: 403 });
  expect(await at.post("/api/v1/attention", { key: "nothing", verb: "take" })).toMatchObject({ status: 404 });
  await at.post("/api/v1/attention", { key, verb: "take" });
  const seen = await at.post("/api/v1/attention", { key, verb: "acknowledge", note: "calling the tenant" });
  expect(seen.body).toMatchObject({ owner: "olga", acknowledged: { by: "olga", note: "calling the tenant" } });
  expect(await concerns()).toMatchObject([{ key, owner: "olga", acknowledged: { by: "olga" } }]);
  await at.post("/api/v1/attention", { key, verb: "release" });
  expect(await concerns()).toMatchObject([{ owner: null, acknowledged: { by: "olga" } }]);
  type Listed = { id: string; failover: object | null; notDialing: { first: string } };
  const list = async () => ((await at.get("/api/v1/campaigns", "viewer")) as { items: Listed[] }).items;
  const inPair = async () => (await list()).filter(({ id, failover }) => [ID, backup].includes(id) && failover !== null).length;
  // The first reading of a campaign may still be on its way.
  await expect.poll(inPair, { timeout: 60_000, interval: 200 }).toBe(2);
  const items = await list();
  for (const [id, role] of [
    [ID, "primary"],
    [backup, "backup"],
  ] as const) {
    const listed = items.find((one) => one.id === id);
    expect(listed).toMatchObject({
      status: "paused",
      failover: { role, phase: "halted", dials: null, triggered: false, reason },
    });
    expect(listed?.notDialing.first).toContain(`neither dials: ${reason}`);
    expect(listed?.notDialing.first).toContain("tries again");
    expect(await at.get(`/health?campaign_id=${id}`)).toMatchObject({ failover_triggered: false });
  }
  expect(items.find(({ id }) => id === ID)?.notDialing.first).toMatch(/^paused by the watch/);
  const { events } = (await at.get(`/api/v1/campaigns/${ID}`)) as { events: { kind: string; text: string }[] };
  expect(events.filter(({ kind }) => kind === "failover").at(-1)?.text).toContain(`halted: neither campaign dials: ${reason}`);
  // A halted pair takes an order; one that its gate would end with nobody dialing is refused before anything is paused.
  expect((await at.post(`/api/v1/campaigns/${ID}/failback/preview`, {})).body).toMatchObject({
    refusals: [expect.stringMatching(/^camp_primary_001 may not take over: .*registry file is missing/)],
  });
});

test("the command says what needs attention as the page does, through the service and on its store; its check ends with 3", async () => {
  type Told = { items: { code: string }[]; known: object };
  const { items } = (await at.get("/api/v1/attention")) as Told;
  const told = items.filter(({ code }) => code === "pair_halted");
  expect(told).toHaveLength(1);
  const through = { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens.viewer };
  for (const env of [through, { ...at.environment, OUTDIAL_DIR: at.dir }]) {
    const { code, stdout } = await runCli(["attention", "--json"], { cwd: at.dir, env });
    expect([code, (JSON.parse(stdout) as Told).items.filter((one) => one.code === "pair_halted")]).toEqual([0, told]);
    // The pair is acknowledged: what counts is whatever else there is.
    const said = await runCli(["attention", "--check"], { cwd: at.dir, env });
    expect(said.stdout).toMatch(/^(needs attention: \d+|nothing known needs attention)\n/);
    expect(said.stdout).toContain(`why (pair): ${HALT}`);
    expect(said.code).toBe(said.stdout.startsWith("needs") ? 3 : 4);
  }
});

test("an opt-out that may be of two people is of both, and one of nobody is refused; neither is lifted in doubt", async () => {
  const add = (number: string) => at.post("/api/v1/suppressions", { number, reason: "said so" });
  expect(await add("+2125550160")).toMatchObject({ status: 400, body: { detail: expect.stringContaining("E.164") as string } });
  const number = "+6465550160";
  expect((await add(number)).body).toMatchObject({ added: true, doubt: expect.stringMatching(/^may be .* or /) as string });
  expect(JSON.stringify((await add(number)).body)).not.toContain("6465550160");
  const shown = (await at.post("/api/v1/compliance/suppression", { number, reveal: true })).body as { others: object[] };
  expect(shown).toMatchObject({ number, history: [{}, {}], others: [{ number: "+16465550160", history: [{}, {}] }] });
  const lift = { number, reason: "a wrong number" };
  expect(await at.post("/api/v1/suppressions/lift/preview", lift)).toMatchObject({ status: 400 });
});

test("lifting a suppression waits for another person, who agrees to exactly that", async () => {
  const number = "+12125550123";
  expect(await at.post("/api/v1/suppressions", { number, reason: "said so" })).toMatchObject({
    status: 201,
    body: { added: true },
  });
  const shown = await at.post("/api/v1/compliance/suppression", { number }, "viewer");
  expect(shown.body).toMatchObject({ number: "+1••••••••23", history: [{ code: "said so" }] });
  expect(await at.post("/api/v1/compliance/suppression", { number, reveal: true }, "viewer")).toMatchObject({ status: 403 });
  expect(await at.post("/api/v1/compliance/suppression", { number, reveal: true })).toMatchObject({ body: { number } });

  const lift = { number, reason: "a wrong number" };
  const { confirm } = (await at.post("/api/v1/suppressions/lift/preview", lift)).body as { confirm: string };
  const waits = await at.post("/api/v1/suppressions/lift", { ...lift, confirm });
  expect(waits).toMatchObject({ status: 202, body: { approval: { state: "pending", requestedBy: "olga" } } });
  const { approval } = waits.body as { approval: { id: string } };
  const approve = (as: "operator" | "second" | "viewer", hash = confirm) =>
    at.post(`/api/v1/approvals/${approval.id}/approve`, { confirm: hash }, as);
  expect(await approve("operator")).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("another person") as string },
  });
  expect(await approve("viewer")).toMatchObject({ status: 403 });
  expect(await approve("second", "0".repeat(64))).toMatchObject({ status: 409, body: { code: "plan_changed" } });
  expect(await approve("second")).toMatchObject({
    status: 200,
    body: { answer: { lifted: 1 }, approval: { decidedBy: "oscar" } },
  });
  expect(await approve("second")).toMatchObject({ status: 409 });

  const audit = await at.service.store.audit.list({ limit: 500 });
  const told = audit.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`);
  expect(told).toContain(`oscar api.approvals.approve ${approval.id}`);
  expect(told).toContain(`olga dnc.lift ${number}`);
  expect(told.filter((line) => line.endsWith(`api.suppressions.lookup ${number}`))).toHaveLength(2);
});

test("a number is explained with the facts of the store, masked", async () => {
  const asked = { number: "+1 (212) 555-0199", callType: "telemarketing" };
  const explained = await at.post("/api/v1/compliance/explain", asked, "viewer");
  expect(explained).toMatchObject({
    status: 200,
    body: { number: "+1••••••••99", factsUsed: true, facts: "store", decision: "deny" },
  });
  // As long as at every other door.
  const padded = { ...asked, number: `${asked.number}${" ".repeat(180)}` };
  expect(await at.post("/api/v1/compliance/explain", padded, "viewer")).toMatchObject({ status: 200, body: { facts: "store" } });
  for (const reason of ["", "   ", "\u200b"])
    expect(await at.post("/api/v1/suppressions", { number: asked.number, reason }, "operator")).toMatchObject({ status: 400 });
  const given = await at.post("/api/v1/compliance/explain", { ...asked, facts: { dnc: {} } }, "viewer");
  expect(given).toMatchObject({ status: 200, body: { factsUsed: false, facts: "given" } });
  // What the facts say of the call is read as well, and must not contradict the rest.
  const debt = { subject: "debt 7", attempts: [{ at: "2026-06-12T15:00:00Z", kind: "conversation", subject: "debt 7" }] };
  const spoken = { number: asked.number, callType: "collection", facts: { ...debt, at: "2026-06-16T15:00:00Z" } };
  expect(await at.post("/api/v1/compliance/explain", spoken, "viewer")).toMatchObject({
    status: 200,
    body: { decision: "deny", rules: ["REGF_CONVERSATION"], at: expect.stringMatching(/^2026-06-16T15:00:00/) },
  });
  const other = { ...asked, facts: { number: "+12125550198" } };
  expect(await at.post("/api/v1/compliance/explain", other, "viewer")).toMatchObject({
    status: 400,
    body: { code: "invalid_facts" },
  });
  const { strip } = explained.body as { strip: { all: boolean[] } };
  expect(strip.all).toHaveLength(96);
  expect(JSON.stringify(explained.body)).not.toContain("2125550199");
});
