// outdial campaign status and resume against a living sandbox and a real store.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CampaignStatus, campaignStatus } from "../../../src/operations/views/index.ts";
import type { SandboxOptions } from "../../../src/sandbox/index.ts";
import { beginCli } from "../../support/cli.ts";
import { STANDING, type StartedWorld } from "../../support/world.ts";
import { campaignWorld } from "./segment-world.ts";

const dialerConfig = {
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 20, callRate: 5, abandonmentThreshold: 0.03 },
};
/** One that dials, one that is paused, one without a list, one whose cap of the day is 0. */
const scenario = {
  campaigns: [
    { id: "camp_1", name: "Spring", status: "active" as const, contactListId: "list_1", queueId: "sales", dialerConfig },
    { id: "camp_2", name: "Winter", status: "paused" as const, contactListId: "list_1", dialerConfig },
    { id: "camp_3", name: "Lost", status: "active" as const, dialerConfig },
    {
      id: "camp_4",
      name: "Spent",
      contactListId: "list_1",
      dialerConfig,
      complianceConfig: {
        timeZone: "America/New_York",
        rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 0 },
      },
    },
  ],
  contactLists: [
    { id: "list_1", generate: { count: 400, consentRate: 0.5, zones: { "America/New_York": 3, "America/Los_Angeles": 1 } } },
  ],
} satisfies SandboxOptions["scenario"];

/** A do-not-call registry of today. */
async function loadRegistry(world: StartedWorld): Promise<void> {
  await writeFile(join(world.folder, "today.txt"), "2125550199\n");
  const today = new Date().toISOString().slice(0, 10);
  const { code, stderr } = await world.run([
    "dnc",
    "import",
    "today.txt",
    "--list",
    "national",
    "--covers",
    "all",
    "--as-of",
    today,
  ]);
  if (code !== 0) throw new Error(stderr);
}

/** A pack whose only rules are about the registry and hours that are open, or closed, all week. */
async function writePack(world: StartedWorld, open: boolean, others: readonly object[] = []): Promise<void> {
  const day = open ? [["00:00", "24:00"]] : [];
  const week = Object.fromEntries(["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map((name) => [name, day]));
  const common = { jurisdiction: "US", binds: ["telemarketing"], confidence: "policy", citation: "test" };
  const pack = {
    format: "outdial-rule-pack/1",
    id: "test",
    title: "Test",
    version: "1",
    jurisdictions: ["US", "US-CA"].map((id) => ({ id, title: id, citation: "test", confidence: "policy" })),
    rules: [
      { kind: "calling-hours", id: "hours", ...common, week, violation: "HOURS" },
      ...others.map((rule) => ({ kind: "calling-hours", id: "others", ...common, violation: "HOURS", ...rule })),
      { kind: "registry-age", id: "registry", ...common, maxAgeDays: 31, violation: "REGISTRY_OLD" },
      {
        kind: "abandonment-limit",
        id: "abandonment",
        ...common,
        maxRate: 0.03,
        period: { rollingDays: 30 },
        connectWithinSeconds: 2,
      },
    ],
    calendars: {},
    emergencies: [],
    geography: "builtin",
  };
  await writeFile(join(world.folder, "pack.json"), JSON.stringify(pack));
  await world.configure(`compliance:\n  pack: ${join(world.folder, "pack.json")}\n`);
}

async function world(options: SandboxOptions & { open: boolean; registry?: boolean }) {
  const { open, registry = true, ...sandbox } = options;
  const made = await campaignWorld({ scenario, ...sandbox }, false);
  await writePack(made, open);
  if (registry) await loadRegistry(made);
  return made;
}

it("shows a campaign that dials with its counts, interval, windows and budget", async () => {
  await using here = await world({ open: true, clock: { speed: 60 } });
  await expect.poll(() => here.sandbox.control.state().campaigns[0]?.activeCalls, { timeout: 60_000 }).toBeGreaterThan(0);
  // Long enough for calls to be decided.
  here.sandbox.control.setClock("frozen");
  await here.sandbox.control.advance(900);
  here.sandbox.control.setClock("real");
  const { code, stdout } = await here.run(["campaign", "status", "camp_1"]);
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).toContain("camp_1 · Spring · active");
  expect(stdout).toMatch(/^dialing$/m);
  expect(stdout).toMatch(
    /success rate \d+\.\d % \([\d,]+ of [\d,]+ decided calls in 30 min; 95 % interval of these calls [\d.]+ % to [\d.]+ %\)/,
  );
  expect(stdout).toMatch(/America\/New_York: open \(\d+ contacts\)/);
  expect(stdout).toContain("abandonment: not known: no live answer of it is among the imported calls of 30 d (at most 3.0 %");
  expect(stdout).toContain("callRate 5");
});

it("says of a campaign that dials outside hours that it must not, and --check ends with 3; with 4 while that is not known", async () => {
  await using here = await world({ open: false, clock: { speed: 60 } });
  await expect.poll(() => here.sandbox.control.state().campaigns[0]?.activeCalls, { timeout: 60_000 }).toBeGreaterThan(0);
  here.sandbox.control.setClock("frozen");
  const shown = await here.run(["campaign", "status", "camp_1", "--check"]);
  expect(shown).toMatchObject({ code: 3, stdout: expect.stringMatching(/^dialing, must not \(outside hours/m) });
  const list = await here.run(["campaign", "status", "--check"]);
  expect(list).toMatchObject({ code: 3, stdout: expect.stringMatching(/yes, must not \(outside hours/) });
  // Without the option it says the same and is no failure.
  expect((await here.run(["campaign", "status", "camp_1"])).code).toBe(0);
  // What was known stays, with why it is not newer.
  here.sandbox.control.faults.add({ match: { operation: "listContacts" }, effect: { status: 403 } });
  expect(await here.run(["campaign", "status", "camp_1", "--check"])).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^dialing, must not \(outside hours/m),
  });
  await here.query("delete from outdial.tenant_readings where what = 'gate'");
  const unread = await here.run(["campaign", "status", "camp_1", "--check"]);
  expect(unread).toMatchObject({ code: 5, stdout: expect.stringContaining("whether it may is not known") });
});

it("--check ends with 3 for an active campaign that must not dial whatever the hour, also between two calls", async () => {
  await using here = await world({ open: true, registry: false, clock: "frozen" });
  const shown = await here.run(["campaign", "status", "camp_1", "--check", "--json"]);
  expect({ code: shown.code, ...JSON.parse(shown.stdout) }).toMatchObject({
    code: 3,
    activeCalls: 0,
    mayDial: { atAnyHour: true },
  });
  await here.run(["campaign", "pause", "camp_1", "--timeout", "0s"]);
  expect((await here.run(["campaign", "status", "camp_1", "--check"])).code).toBe(0);
});

it("says why each of several does not dial, the first cause first", async () => {
  await using here = await world({ open: false, clock: "frozen" });
  await here.run(["campaign", "pause", "camp_2", "--reason", "holiday", "--timeout", "0s"]);
  const { code, stdout } = await here.run(["campaign", "status", "--json"]);
  expect(code).toBe(0);
  const list = JSON.parse(stdout);
  expect({ ...list, items: list.items.length }).toEqual({
    items: 4,
    next: null,
    known: { at: expect.any(String), from: "measured", code: null, why: null, since: null },
  });
  const shown = list.items.map((item: unknown) => campaignStatus.parse(item)) as CampaignStatus[];
  const [first, second, third] = shown;
  expect(first?.notDialing?.all.map(({ code: cause }) => cause)).toEqual(["outside_hours", "nobody_callable"]);
  expect(second?.notDialing?.first).toMatch(/^paused by tester through outdial at .*: holiday/);
  expect(third?.notDialing?.first).toBe("the campaign has no contact list");
  // A look permits nothing, so nothing of it is kept.
  expect((await here.run(["compliance", "manifests"])).stdout).toBe("");
  const table = await here.run(["campaign", "status"]);
  expect(table.stdout).toMatch(/camp_3 +active/);
  expect(table.stdout).toMatch(/camp_2 +paused +0 +no calls +0/);
  // No call was decided: there is no rate, not one of 0 or 100 %.
  expect(shown.map(({ successRate }) => [successRate?.rate, successRate?.denominator])).toEqual(shown.map(() => [null, 0]));
});

it("lets a campaign dial when people may be called, after it was asked, and says so to the audit", async () => {
  await using here = await world({ open: true, clock: "frozen" });
  const check = await here.run(["campaign", "resume", "camp_2", "--check"]);
  expect({ code: check.code, stdout: check.stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("camp_2: may dial"),
  });
  expect(here.sandbox.control.state().campaigns[1]?.status).toBe("paused");
  const { code, stdout, stderr } = await here.run(["campaign", "resume", "camp_2", "--yes", "--reason", "opened"]);
  expect(stderr).toMatch(STANDING);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("camp_2 active, confirmed") });
  const audit = await here.run(["audit", "list", "--subject", "camp_2", "--json"]);
  expect(audit.stdout).toMatch(/"action":"campaign.resume".*"manifest":"gate_/);
  const again = await here.run(["campaign", "resume", "camp_2", "--yes"]);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("active already, confirmed") });
});

it.each([
  ["at night", { open: false }, /nobody of 400 contacts may be called now/],
  ["on a registry that is too old", { open: true, registry: false }, /registry file is missing or too old/],
] as const)("does not let it dial %s", async (_, options, words) => {
  await using here = await world({ ...options, clock: "frozen" });
  const { code, stdout } = await here.run(["campaign", "resume", "camp_2", "--yes"]);
  expect(code).toBe(3);
  expect(stdout).toMatch(words);
  expect(here.sandbox.control.requests({ operation: "updateCampaign" })).toHaveLength(0);
});

/** A clock of a zone that shows a minute of the day, in the form of rule packs. */
const clockText = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(Math.floor(minute % 60)).padStart(2, "0")}`;

/** Twelve hours of each day of a zone that are as far as possible from its present one, whenever the test runs. */
function farHours(timeZone: string): object {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(new Date());
  const [hour = 0, minute = 0] = parts.split(":").map(Number);
  const from = (hour * 60 + minute + 6 * 60) % 1_440;
  const to = (from + 12 * 60) % 1_440;
  const day =
    from < to
      ? [[clockText(from), clockText(to)]]
      : [
          ["00:00", clockText(to)],
          [clockText(from), "24:00"],
        ];
  return Object.fromEntries(["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map((name) => [name, day]));
}

it("does not let it dial while some of its list may not be called at this hour: the tenant calls the whole by one clock", async () => {
  await using here = await world({ open: true, clock: "frozen" });
  const california = { jurisdiction: "US-CA", week: farHours("America/Los_Angeles") };
  await writePack(here, true, [california]);
  const { code, stdout } = await here.run(["campaign", "resume", "camp_2", "--yes"]);
  expect(code, stdout).toBe(3);
  expect(stdout).toMatch(
    /\d+ of the contacts read may not be called at this hour, and the tenant calls the whole list by one clock: America\/Los_Angeles opens at /,
  );
  expect(here.sandbox.control.requests({ operation: "updateCampaign" })).toHaveLength(0);
  // A list without these people may be called.
  const others = await here.run(["contacts", "segment", "list_1", "--where", 'state != "CA"', "--json"]);
  expect(others.code, others.stderr).toBe(0);
});

it("reads a list to its end before a start where the tenant calls the whole by one clock: those who may not be called are at its end", async () => {
  // The latest first: the only one in California is the last that is read.
  const contacts = Array.from({ length: 1_200 }, (_, i) => ({
    id: `c${i}`,
    phoneNumber: i === 0 ? "+13105550123" : `+1212555${String(i).padStart(4, "0")}`,
    consentFlags: { outbound: { call: true } },
    lastModifiedTime: new Date(Date.parse("2026-01-01T00:00:00Z") + i * 1000).toISOString(),
  }));
  const long = { ...scenario, contactLists: [{ id: "list_1", contacts }] };
  await using here = await world({ open: true, clock: "frozen", scenario: long });
  await writePack(here, true, [{ jurisdiction: "US-CA", week: farHours("America/Los_Angeles") }]);
  const { code, stdout } = await here.run(["campaign", "resume", "camp_2", "--yes"]);
  expect([code, stdout]).toEqual([3, expect.stringContaining("1 of the contacts read may not be called at this hour")]);
  expect(here.sandbox.control.requests({ operation: "updateCampaign" })).toHaveLength(0);
});

it("does not let it dial when its own cap of the day is used up, or its own rules cannot be read", async () => {
  await using here = await world({ open: true, clock: "frozen" });
  const capped = await here.run(["campaign", "resume", "camp_4", "--yes"]);
  expect(capped).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/nobody of 400 contacts may be called now: .*called too often/),
  });
  const dialingRules = { startTime: "21:00:00", endTime: "08:00:00", allowedDays: ["Monday"] };
  const body = { complianceConfig: { timeZone: "America/New_York", dialingRules } };
  here.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_4", body });
  const unreadable = await here.run(["campaign", "resume", "camp_4", "--yes"]);
  expect(unreadable).toMatchObject({ code: 3, stdout: expect.stringContaining("allows no minute of the day") });
  here.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_4", body: { complianceConfig: { timeZone: 5 } } });
  const wrong = await here.run(["campaign", "resume", "camp_4", "--yes"]);
  expect(wrong).toMatchObject({ code: 3, stdout: expect.stringContaining("complianceConfig.timeZone") });
  expect(here.sandbox.control.requests({ operation: "updateCampaign" })).toHaveLength(0);
});

it("does not let it dial on an abandonment budget that is used up, and the status says so", async () => {
  await using here = await world({ open: true, clock: "frozen" });
  const rows = Array.from({ length: 50 }, (_, n) => ({
    number: `+1212555${String(1000 + n)}`,
    at: new Date(Date.now() - 3 * 3_600_000 - n * 1000).toISOString(),
    campaign: "camp_2",
    call_id: `call-${n}`,
    kind: n < 5 ? "abandoned" : "conversation",
  }));
  await writeFile(join(here.folder, "calls.ndjson"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const imported = await here.run(["attempts", "import", "calls.ndjson"]);
  expect({ code: imported.code, stderr: imported.stderr }).toMatchObject({ code: 0 });
  const { code, stdout } = await here.run(["campaign", "resume", "camp_2", "--yes"]);
  expect({ code, stdout }).toMatchObject({
    code: 3,
    stdout: expect.stringContaining("5 of 50 live answers were abandoned in 30 d"),
  });
  const status = await here.run(["campaign", "status", "camp_2"]);
  expect(status.stdout).toContain("abandonment: 333 % used · 5 of 50 live answers, 1.5 allowed (3.0 % in 30 d");
});

it("tells figures without counts apart, and what the tenant does not tell", async () => {
  await using here = await campaignWorld({ scenario: { ...scenario, legacyMetrics: true }, clock: "frozen" }, false);
  await writePack(here, true);
  await loadRegistry(here);
  here.sandbox.control.simulateMetrics({ campaignId: "camp_1", successRate: 0.4, activeCalls: 0 });
  const { stdout } = await here.run(["campaign", "status", "camp_1"]);
  expect(stdout).toContain("success rate 40.0 % in 30 min, without counts: no evidence of anything");
  here.sandbox.control.faults.add({ match: { operation: "getCampaignMetrics" }, effect: { status: 403 } });
  const blind = await here.run(["campaign", "status", "camp_1", "--json"]);
  expect(blind.code).toBe(5);
  const seen = campaignStatus.parse(JSON.parse(blind.stdout));
  // The figures of before stay, with their time and why there are no newer ones.
  expect(seen).toMatchObject({ id: "camp_1", activeCalls: 0, known: { figures: { code: "missing_scope" } } });
  expect(seen.known.figures.at).not.toBeNull();
  expect((await here.run(["campaign", "status", "camp_1"])).stdout).toContain("success rate 40.0 % in 30 min, without counts");
});

it("watches until it is interrupted, asking the gate once", async () => {
  await using here = await world({ open: true, clock: "frozen" });
  const watch = beginCli(["campaign", "status", "camp_1", "--watch", "--every", "1s", "--json"], {
    cwd: here.folder,
    env: here.environment,
  });
  const looks = () => here.sandbox.control.requests({ operation: "getCampaignMetrics" }).length;
  await expect.poll(looks, { timeout: 60_000 }).toBeGreaterThan(2);
  watch.interrupt();
  const { code, stdout } = await watch.ended;
  expect(code).toBe(130);
  expect(stdout.trim().split("\n").length).toBeGreaterThanOrEqual(2);
  expect(here.sandbox.control.requests({ operation: "listContacts" }).length).toBeLessThan(2 * 5);
});
