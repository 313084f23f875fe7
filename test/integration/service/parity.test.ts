// What the command line does and a person does not see on a page: segments, pushes to the CRM, comparisons, rule packs, failover pairs, calibration.

import { readFile } from "node:fs/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";

const person = (id: string, phoneNumber: string, call: boolean) => ({
  id,
  phoneNumber,
  firstName: "Greta",
  consentFlags: { outbound: { call } },
  attributes: { plan: "gold" },
});

let at: StartedService;
beforeAll(async () => {
  at = await startService({
    sandbox: {
      scenario: {
        campaigns: [
          { id: "first", contactListId: "people", status: "active" },
          { id: "second", contactListId: "people", status: "paused" },
        ],
        contactLists: [
          {
            id: "people",
            contacts: [
              person("yes", "+12125550101", true),
              person("no", "+12125550102", false),
              person("short", "555-0100", true),
            ],
          },
        ],
      },
    },
  });
  const asOf = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await upload(`/api/v1/facts/registry?registry=US&asOf=${asOf}&covers=all`, "2125550199\n");
});
afterAll(() => at[Symbol.asyncDispose]());

const upload = (path: string, body: string, type = "text/csv") =>
  at.ask(path, { method: "POST", headers: { "content-type": type }, body });
const json = { "content-type": "application/json" };
const linesOf = async (response: Response) =>
  (await response.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
const stream = async (path: string, body: object, as: "viewer" | "operator" = "operator") => {
  const response = await at.ask(path, { as, method: "POST", headers: json, body: JSON.stringify(body) });
  return { status: response.status, lines: await linesOf(response) };
};

test("a viewer sees which area codes the registries cover, and an upload of changes that do not belong to them is refused", async () => {
  const covered = async () => (await at.ask("/api/v1/facts/registries", { as: "viewer" })).json();
  const before = await covered();
  expect(before).toMatchObject({ items: [{ registry: "US", numbers: 1, covers: [{ areaCodes: [], others: true }] }] });
  const [us] = (before as { items: { asOf: string }[] }).items;
  const path = `/api/v1/facts/registry?registry=US&asOf=${us?.asOf}`;
  expect((await upload(path, "212,5550199,D\n")).status).toBe(400);
  const gone = await upload(`${path}&changesSince=2020-01-01&covers=nowhere`, "212,5550199,D\n");
  expect([gone.status, await gone.text()]).toEqual([400, expect.stringContaining("neither an area code")]);
  const future = await upload(`/api/v1/facts/registry?registry=US&asOf=2020-01-02&changesSince=2020-01-01`, "212,5550199,D\n");
  expect([future.status, await future.text()]).toEqual([422, expect.stringContaining("they are in it already")]);
  expect(await covered()).toEqual(before);
});

test("a segment is streamed masked, with its signed manifest in the last line; revealed it names people, and the audit says who asked", async () => {
  const path = "/api/v1/contacts/people/segment";
  const asked = { verdicts: true, callType: "collection" };
  const masked = await stream(path, asked);
  expect(masked.status).toBe(200);
  expect(JSON.stringify(masked.lines)).not.toMatch(/2125550101|Greta/);
  expect(masked.lines.filter(({ verdict }) => verdict).map(({ verdict }) => [verdict?.["id"], verdict?.["number"]])).toEqual([
    ["yes", "+1••••••••01"],
    ["no", "+1••••••••02"],
  ]);
  expect(masked.lines.find(({ refused }) => refused)).toMatchObject({ refused: { line: 3, field: "phoneNumber" } });
  const last = masked.lines.at(-1);
  expect(last).toMatchObject({
    segment: {
      listId: "people",
      read: 3,
      announced: 3,
      manifest: { signature: expect.any(String) as string, counts: { refused: 1 } },
    },
  });
  const manifest = (last?.["segment"]?.["manifest"] ?? {}) as { id: string };
  expect(await at.get(`/api/v1/compliance/manifests/${manifest.id}`)).toMatchObject({ id: manifest.id });

  const shown = await stream(path, { ...asked, reveal: true });
  expect(JSON.stringify(shown.lines)).toContain("+12125550101");
  expect((await at.ask(path, { as: "viewer", method: "POST", headers: json, body: "{}" })).status).toBe(403);
  const audit = await at.service.store.audit.list({ limit: 100 });
  expect(audit.filter(({ action, actor }) => action === "contacts.segment" && actor === "olga")).toHaveLength(2);
  expect(audit.filter(({ action }) => action === "api.contacts.segment")).toHaveLength(2);
});

test("a segment that cannot be read is a problem, not a stream that breaks off", async () => {
  const missing = await at.post("/api/v1/contacts/nowhere/segment", {});
  expect(missing).toMatchObject({ status: 404, body: { code: "not_found" } });
  const unreadable = await at.post("/api/v1/contacts/people/segment", { query: "a=b" });
  expect(unreadable).toMatchObject({ status: 400, body: { code: "invalid_input" } });
});

test("without a CRM a push says what to configure; a comparison counts tenant and lake", async () => {
  expect(await at.post("/api/v1/outcomes/push", {})).toMatchObject({
    status: 400,
    body: { code: "invalid_input", detail: "no CRM is configured" },
  });
  // A push that another service was asked for is none of this one's.
  const push = { jobId: "job_push", campaignId: undefined, contentHash: "", actor: "olga" };
  await at.service.store.crmPushes.begin({ ...push, options: { records: true, batch: 10, again: false } });
  expect(await at.post("/api/v1/jobs/job_push/resume", {})).toMatchObject({ status: 409, body: { code: "not_available" } });
  expect(await at.post("/api/v1/jobs/job_push/cancel", {})).toMatchObject({ status: 200, body: { status: "cancelled" } });
  const compared = await stream("/api/v1/outcomes/reconcile", { campaignId: "first", lastHours: 1 });
  expect(compared.lines.at(-1)).toMatchObject({ report: { vendor: 0, lake: 0, crm: null } });
});

test("rule packs are checked, compared, converted both ways, and replayed", async () => {
  const shipped = (await at.get("/api/v1/compliance/pack"))["pack"] as { rules: { id: string }[]; version: string };
  expect(await at.post("/api/v1/compliance/pack/validate", { pack: shipped })).toMatchObject({
    status: 200,
    body: { valid: true, rules: shipped.rules.length },
  });
  const faulty = await at.post("/api/v1/compliance/pack/validate", { pack: { ...shipped, rules: [{ id: "X" }] } });
  expect(faulty).toMatchObject({ status: 400, body: { code: "invalid_pack" } });
  const other = { ...shipped, rules: shipped.rules.slice(1) };
  const [gone] = shipped.rules;
  const diff = await at.post("/api/v1/compliance/pack/diff", { after: other }, "viewer");
  expect(diff.body).toMatchObject({ differences: [{ section: "rules", id: expect.stringContaining(gone?.id ?? "") as string }] });
  expect(await at.post("/api/v1/compliance/pack/diff", { after: "shipped" })).toMatchObject({ body: { differences: [] } });

  const flat = JSON.parse(await readFile("test/data/compliance/flat-rule-set.json", "utf8")) as object;
  const there = await at.post("/api/v1/compliance/pack/convert", { document: flat });
  expect(there).toMatchObject({ status: 200, body: { format: "pack" } });
  const back = await at.post("/api/v1/compliance/pack/convert", { document: there.body["document"] });
  expect(back.body).toMatchObject({ format: "flat" });

  const deep = `{"input":${'{"a":'.repeat(8000)}1${"}".repeat(8000)}}`;
  const recorded = `{"input":{}}\nnot json\n${deep}\n`;
  const replayed = await upload("/api/v1/compliance/pack/replay", recorded, "application/x-ndjson");
  const lines = await linesOf(replayed);
  expect(lines.at(-1)).toMatchObject({ counts: { decisions: 0, unreadable: 3 } });
});

test("a failover pair is made with a confirmation, shown with its history and holds, and ended", async () => {
  const asked = { primary: "first", policy: { backup: "second", everySeconds: 5 } };
  const wrong = await at.post("/api/v1/failover/pairs/preview", { ...asked, policy: { backup: "second", threshold: 3 } });
  expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining("policy.threshold") as string } });
  const preview = await at.post("/api/v1/failover/pairs/preview", asked);
  expect(preview.body).toMatchObject({ refusals: [], policy: { backup: "second", threshold: 0.15 } });
  const { confirm } = preview.body as { confirm: string };
  const other = { ...asked, policy: { ...asked.policy, threshold: 0.2 }, confirm };
  expect(await at.post("/api/v1/failover/pairs", other)).toMatchObject({ status: 409, body: { code: "plan_changed" } });
  expect(await at.post("/api/v1/failover/pairs", { ...asked, confirm })).toMatchObject({
    status: 200,
    body: { primary: "first", backup: "second", side: "primary" },
  });
  await expect
    .poll(() => at.get("/api/v1/failover/pairs/second", "viewer"), { timeout: 60_000 })
    .toMatchObject({ primary: "first", watched: true });
  expect(await at.get("/api/v1/failover/pairs")).toMatchObject({ items: [{ primary: "first", held: 0 }] });

  await at.service.store.holds.hold("second", { primary: "first", handover: 1 }, [
    { number: 12125550101, until: Date.now() + 3_600_000 },
  ]);
  const holds = "/api/v1/campaigns/second/failover/holds";
  expect(await linesOf(await at.ask(holds, { as: "viewer" }))).toMatchObject([{ number: "+1••••••••01" }]);
  expect(await linesOf(await at.ask(`${holds}?reveal=true`))).toMatchObject([{ number: "+12125550101" }]);
  expect((await at.ask(`${holds}?reveal=true`, { as: "viewer" })).status).toBe(403);

  const first = (await at.get("/api/v1/campaigns/second/failover/history?limit=1")) as { items: { seq: number }[]; next: string };
  expect(first.items).toHaveLength(1);
  if (first.next !== null) {
    const behind = await at.get(`/api/v1/campaigns/first/failover/history?cursor=${first.next}`);
    for (const { seq } of behind["items"] as { seq: number }[]) expect(seq).toBeLessThan(first.items[0]?.seq ?? 0);
  }
  const ended = await at.ask("/api/v1/failover/pairs/first", { method: "DELETE" });
  expect(await ended.json()).toEqual({ removed: "first", left: "neither campaign is changed" });
  expect(await at.get("/api/v1/failover/pairs/first")).toMatchObject({ status: 404, code: "job_not_found" });
  // What a campaign file that is applied says of a pair, a service takes by itself.
  const client = new pg.Client({ connectionString: at.databaseUrl });
  await client.connect();
  await client.query(
    `insert into outdial.campaign_policies (campaign_id, name, policy, plan_hash, actor, updated_at)
     values ('first', 'first', '{"failover":{"backup":"second"}}', 'h', 'ann', '${new Date(Date.now() + 60_000).toISOString()}')`,
  );
  await client.end();
  await expect.poll(() => at.get("/api/v1/failover/pairs/first"), { timeout: 60_000 }).toMatchObject({ primary: "first" });
});

test("a file of calls becomes a scenario that can be simulated", async () => {
  const rows = Array.from({ length: 300 }, (_, i) =>
    i % 3 === 0 ? `${9 + (i % 8)},answered,8,${60 + (i % 90)},12` : `${9 + (i % 8)},no answer,24,,`,
  );
  const csv = ["hour,outcome,ring_seconds,talk_seconds,wrap_seconds", ...rows, "9,nonsense,1,2,3"].join("\n");
  const fitted = await upload("/api/v1/simulate/calibrate?name=winter", csv);
  expect(fitted.status).toBe(200);
  const body = (await fitted.json()) as { scenario: object };
  expect(body).toMatchObject({ records: 300, refused: 1, examples: [{ field: "outcome" }], scenario: { name: "winter" } });
});
