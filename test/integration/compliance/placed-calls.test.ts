// What a rule pack would have made of the calls that were placed: on the command line, over the API; and packs that must be signed to decide.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../../../src/kernel/index.ts";
import { signPack } from "../../../src/operations/index.ts";
import type { NewAttempt } from "../../../src/store/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { startService } from "../../support/service.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { createTestClock } from "../../support/test-clock.ts";

const NOW = Date.parse("2026-06-20T16:00:00Z");
let test_: TestStore<Clock>;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  test_ = await openTestStore(createTestClock(NOW));
  folder = await workFolder();
  await writeFile(join(folder.path, "acme.json"), JSON.stringify(overlay));
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
  await test_.dispose();
});

const overlay = {
  format: "outdial-rule-pack/1",
  id: "acme",
  title: "Acme",
  version: "4",
  base: "us-ca-uk-2026",
  jurisdictions: [],
  rules: [
    {
      kind: "attempt-cap",
      id: "acme-cap",
      jurisdiction: "US",
      binds: ["collection", "telemarketing"],
      max: 1,
      period: { hours: 24 },
      scope: "all",
      violation: "CAP_ACME",
      citation: "house rule 1",
      confidence: "policy",
    },
  ],
  calendars: {},
  emergencies: [],
  geography: "builtin",
};

const call = (at: string, more: Partial<NewAttempt> = {}): NewAttempt => ({
  number: 12125550123,
  at: Date.parse(at),
  kind: "attempt",
  subject: "",
  campaign: "debts",
  callId: `call ${at} ${more.campaign ?? ""}`,
  answer: null,
  ...more,
});
const by = { actor: "test" };
const CALLS = [
  call("2026-05-01T15:00:00Z"),
  call("2026-06-10T15:00:00Z"),
  // The second within 24 hours; the ledger knows it twice, as an attempt and as a conversation.
  call("2026-06-10T18:00:00Z"),
  call("2026-06-10T18:00:00Z", { kind: "conversation", callId: "another" }),
  call("2026-06-15T18:00:00Z", { kind: "inbound-conversation" }),
  call("2026-06-12T18:00:00Z", { campaign: "unknown", number: 13125550123 }),
];

const run = (args: string[], at = NOW) =>
  runCli(["compliance", ...args], {
    cwd: folder.path,
    clock: createTestClock(at),
    env: { OUTDIAL_DIR: test_.dir, DATABASE_URL: test_.url },
  });
async function fill() {
  await writeFile(join(folder.path, "list.csv"), "phone\n+12125550123\n");
  expect(await run(["gate", "list.csv", "--campaign", "debts", "--call-type", "collection"])).toMatchObject({ code: 0 });
  await test_.store.facts.addAttempts(CALLS, by);
  // Said after the calls: it forbids none of them.
  await test_.store.facts.suppress(
    [{ number: 12125550123, saidAt: Date.parse("2026-06-16T00:00:00Z"), origin: "manual", code: "stop", reference: "mail" }],
    by,
  );
}
const FORBIDDEN = {
  at: "2026-06-10T18:00:00Z",
  campaign: "debts",
  number: "+12125550123",
  change: "forbidden",
  before: [],
  after: ["CAP_ACME"],
};

test("the calls of the last 30 days are decided again, each at its own instant with what was known then", async () => {
  await fill();
  const result = await run(["pack", "replay", "--calls", "--pack", "acme.json", "--json"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(result.stdout)).toMatchObject({
    before: "us-ca-uk-2026@2026.11.17",
    after: "us-ca-uk-2026+acme@2026.11.17+4",
    changes: [expect.stringContaining("acme-cap") as string],
    calls: {
      since: "2026-05-21T16:00:00Z",
      until: "2026-06-20T16:00:00Z",
      calls: 3,
      assumed: { calls: 1, callType: "telemarketing" },
      forbidden: 1,
      allowed: 0,
      otherRules: 0,
      byRule: [{ rule: "CAP_ACME", calls: 1 }],
      examples: [FORBIDDEN],
    },
  });
  const back = await run(["pack", "replay", "--calls", "--pack", "us-ca-uk-2026", "--against", "acme.json"]);
  expect(back.stdout).toContain(
    "3 calls placed since 2026-05-21T16:00:00Z: 0 would be forbidden, 1 that broke a rule would be allowed",
  );
  expect(back.stdout).toContain("1 of them were decided as telemarketing: no gate says the call type of their campaign");
  expect(back.stdout).toMatch(/2026-06-10T18:00:00Z {2}\+12125550123 {2}debts {2}allowed: CAP_ACME -> no rule broken/);
  const none = await run(["pack", "replay", "--calls", "--pack", "acme.json", "--since", "2026-06-11T00:00:00Z", "--json"]);
  expect(JSON.parse(none.stdout)).toMatchObject({ calls: { calls: 1, forbidden: 0 } });
  const nothing = await run(["pack", "replay", "--calls", "--pack", "acme.json", "--since", "2026-06-19T00:00:00Z"]);
  expect(nothing).toMatchObject({ code: 0, stdout: expect.stringContaining("0 calls placed since") as string });
});

test("calls are counted by person: of two numbers with which one call was imported, in whatever order", async () => {
  await writeFile(join(folder.path, "list.csv"), "phone\n+12125550123\n");
  expect(await run(["gate", "list.csv", "--campaign", "debts", "--call-type", "collection"])).toMatchObject({ code: 0 });
  const other = 13055550131;
  await test_.store.facts.addAttempts(
    [
      // By number each is the only one of its day.
      call("2026-06-10T15:00:00Z"),
      call("2026-06-10T18:00:00Z", { number: other }),
      // One call that names both.
      call("2026-06-16T15:00:00Z", { callId: "both" }),
      call("2026-06-16T15:00:00Z", { callId: "both", number: other }),
      // Somebody else, at the same moment.
      call("2026-06-16T15:00:00Z", { number: 13125550123, callId: "another" }),
    ],
    by,
  );
  const result = await run(["pack", "replay", "--calls", "--pack", "acme.json", "--json"]);
  const forbidden = { ...FORBIDDEN, number: "+13055550131" };
  expect(JSON.parse(result.stdout)).toMatchObject({ calls: { calls: 4, forbidden: 1, examples: [forbidden] } });
});

test("calls are not mixed with files of decisions, and need a store", async () => {
  expect(await run(["pack", "replay", "some.ndjson", "--calls", "--pack", "acme.json"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--calls reads the store") as string,
  });
  expect(await run(["pack", "replay", "--pack", "acme.json", "--against", "acme.json"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--against needs --calls") as string,
  });
  const elsewhere = await runCli(["compliance", "pack", "replay", "--calls", "--pack", "acme.json"], { cwd: folder.path });
  expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringMatching(/store/) as string });
});

test("a signed pack that is fetched says what it would make of the calls; with its signature kept it decides, and nothing else does", async () => {
  await fill();
  const sign = (document: object, store = test_.store) => signPack(document, (text) => store.audit.sign(text));
  await writeFile(join(folder.path, "acme.note"), sign(overlay));
  await writeFile(join(folder.path, "publisher.pub"), await readFile(join(test_.dir, "audit.pub"), "utf8"));
  const fetch = ["pack", "fetch", "acme.note", "--key", "publisher.pub", "--signed", "--out", "rules.note"];
  const fetched = await run(fetch);
  expect(fetched).toMatchObject({ code: 0 });
  expect(fetched.stdout).toContain("1 would be forbidden (CAP_ACME 1)");
  expect(fetched.stdout).toContain("written to rules.note with its signature");

  await writeFile(join(folder.path, "outdial.yaml"), "compliance:\n  pack: rules.note\n  packKey: publisher.pub\n");
  const explain = ["explain", "+12125550123", "--call-type", "collection", "--at", "2026-06-10T19:00:00Z"];
  const explained = await run(explain);
  expect(explained).toMatchObject({ code: 0, stdout: expect.stringContaining("CAP_ACME") as string });
  await writeFile(join(folder.path, "rules.note"), sign(overlay).replace('"max": 1', '"max": 9'));
  for (const command of [explain, ["gate", "list.csv", "--campaign", "debts"]])
    expect(await run(command)).toMatchObject({ code: 2, stderr: expect.stringContaining("signature does not fit") as string });
  const unsigned = await run([...explain, "--pack", "acme.json"]);
  expect(unsigned).toMatchObject({ code: 2, stderr: expect.stringContaining("no signature") as string });
  await writeFile(join(folder.path, "outdial.yaml"), "compliance:\n  packKey: publisher.pub\n");
  expect(await run(explain)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("compliance.packKey: pack is needed beside it") as string,
  });
});

test("over the API the calls are masked, and the age of the rules in force is told", async () => {
  await using service = await startService({});
  const day = 86_400_000;
  // Noon in New York, or an hour before it.
  const at = Math.floor(Date.now() / day) * day - day + 16 * 3_600_000;
  await service.service.store.facts.addAttempts([call("", { at }), call("", { at: at + 3_600_000 })], by);
  const compared = await service.post("/api/v1/compliance/pack/compare", { after: overlay, callType: "collection" });
  expect(compared).toMatchObject({
    status: 200,
    body: { changes: [expect.stringContaining("acme-cap") as string], calls: { calls: 2, assumed: { calls: 2 } } },
  });
  expect(JSON.stringify(compared.body)).not.toContain("2125550123");
  expect(JSON.stringify(compared.body)).toContain("CAP_ACME");
  expect(await service.post("/api/v1/compliance/pack/compare", { after: overlay }, "viewer")).toMatchObject({ status: 403 });
  const age = await service.get("/api/v1/compliance/pack/freshness?days=0");
  expect(age).toMatchObject({ pack: "us-ca-uk-2026@2026.11.17", days: 0 });
  expect((age["rules"] as unknown[]).length).toBeGreaterThan(50);
});

test("explain reads a number as the gate does", async () => {
  const explained = await run([
    "explain",
    "(270) 555-0118",
    "--call-type",
    "collection",
    "--at",
    "2026-06-10T15:00:00Z",
    "--json",
  ]);
  expect(JSON.parse(explained.stdout)).toMatchObject({ number: "+12705550118", decision: "allow" });
  const none = await run(["explain", "555-0118", "--json"]);
  expect(JSON.parse(none.stdout)).toMatchObject({ rules: ["INVALID_NUMBER"] });
});
