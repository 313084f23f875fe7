// Pausing, resuming and the emergency stop, as a user runs them, against a living sandbox and a real store.

import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { expect, it } from "vitest";
import { campaignResult, stopResult } from "../../../src/operations/views/index.ts";
import type { SandboxOptions } from "../../../src/sandbox/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { lay } from "../../support/cable.ts";
import { beginCli, runCli, startCli, workFolder } from "../../support/cli.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { until } from "../../support/until.ts";
import type { StartedWorld } from "../../support/world.ts";
import { campaignWorld } from "./segment-world.ts";

const dialerConfig = {
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 20, callRate: 5, abandonmentThreshold: 0.03 },
};
/** A campaign that dials, one that is paused. */
const scenario = {
  campaigns: [
    { id: "camp_1", status: "active" as const, contactListId: "list_1", dialerConfig },
    { id: "camp_2", status: "paused" as const, contactListId: "list_1", dialerConfig },
  ],
  contactLists: [{ id: "list_1", generate: { count: 500, consentRate: 1, zones: ["America/New_York"] } }],
} satisfies SandboxOptions["scenario"];

/** Nobody on the line: time stands still, no calls. */
const STILL: SandboxOptions = { scenario, clock: "frozen" };

const transitions = ({ sandbox }: Pick<StartedWorld, "sandbox">) =>
  sandbox.control.requests({ operation: "updateCampaign" }).map(({ path, status, headers, body }) => ({
    id: path.split("/").at(-1),
    status,
    key: headers["x-idempotency-key"],
    body,
  }));
const statusOf = ({ sandbox }: Pick<StartedWorld, "sandbox">, id: string) =>
  sandbox.control.state().campaigns.find((one) => one.id === id)?.status;

it("pauses, waits until the calls are over, and says so; again it is a success", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  const { code, stdout } = await world.run(["campaign", "pause", "camp_1", "--reason", "complaints", "--json"]);
  const change = campaignResult.parse(JSON.parse(stdout).items[0]);
  expect({ code, change }).toMatchObject({ code: 0, change: { status: "paused", confirmed: true, already: false, code: null } });
  const again = await world.run(["campaign", "pause", "camp_1"]);
  expect(again).toMatchObject({ code: 0, stdout: "1 paused and confirmed\n" });
  expect(again.stderr).toContain("camp_1 paused already, confirmed");
  const [first, second] = transitions(world);
  expect([first?.status, second?.status]).toEqual([200, 409]);
  expect(first?.key).not.toBe(second?.key);
  const audit = await world.run(["audit", "list", "--subject", "camp_1", "--json"]);
  expect(audit.stdout).toContain("campaign.pause");
  expect(audit.stdout).toContain("complaints");

  // An emergency stop of a command keeps no intents; what was last done is what it did.
  world.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_1", body: { status: "active" } });
  await world.run(["campaign", "pause", "--all", "--timeout", "0s", "--reason", "fire"]);
  // Services and commands on the database know of it, though it was given without one.
  const [given] = await world.query("select actor, scope from outdial.stops_given");
  expect(given).toEqual({ actor: expect.any(String) as string, scope: null });
  const shown = await world.run(["campaign", "status", "camp_1", "--json"]);
  const { status, notDialing } = JSON.parse(shown.stdout);
  expect(status).toBe("paused");
  expect(notDialing.all[0].text).toMatch(/^paused by .*: fire(;|$)/);
});

it("says that it is not confirmed while calls are under way", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 1 } }, false);
  world.sandbox.control.simulateMetrics({ campaignId: "camp_1", activeCalls: 7 });
  const { code, stdout } = await world.run(["campaign", "pause", "camp_1", "--timeout", "0s"]);
  expect(code).toBe(4);
  expect(stdout).toContain("camp_1 paused, not confirmed: 7 calls were still under way\n");
  expect(statusOf(world, "camp_1")).toBe("paused");
});

it("says again at a second stop that calls are under way of what the first one paused", async () => {
  await using world = await campaignWorld({ ...STILL }, false);
  world.sandbox.control.simulateMetrics({ campaignId: "camp_1", activeCalls: 7 });
  for (const said of ["paused", "paused already"]) {
    const { code, stdout } = await world.run(["stop", "--all", "--timeout", "0s"]);
    expect(stdout).toContain(`camp_1 ${said}, not confirmed: 7 calls were still under way\n`);
    expect(code).toBe(4);
  }
  // What was paused all the time is not written.
  expect(transitions(world).map(({ id }) => id)).toEqual(["camp_1", "camp_1"]);
});

it("says meanwhile that the number of calls is not known where the tenant does not tell it, never that there is none", async () => {
  await using world = await campaignWorld({ ...STILL }, false);
  world.sandbox.control.faults.add({ match: { operation: "getCampaignMetrics" }, effect: { status: 503 } });
  const clock = hastenedClock();
  clock.pace(8);
  const { code, stderr } = await world.run(["stop", "--all", "--timeout", "40s", "--for", "60s"], { clock });
  expect(stderr).toContain("campaigns paused and not at rest: 1 (how many calls are under way is not known)");
  expect(stderr).not.toContain("calls: 0");
  expect(code).toBe(4);
});

it("killed in the middle and repeated sends the same key, and it counts once", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  world.sandbox.control.faults.add({ match: { operation: "updateCampaign" }, times: 1, effect: { delayMs: 60_000 } });
  const first = startCli(["campaign", "pause", "camp_1"], { cwd: world.folder, env: world.environment });
  await expect.poll(() => world.sandbox.control.faults.list()[0]?.struck, { timeout: 60_000 }).toBe(1);
  first.child.kill("SIGKILL");
  await first.ended;
  world.sandbox.control.faults.clear();
  const second = await world.run(["campaign", "pause", "camp_1"]);
  expect(second.code).toBe(0);
  const keys = transitions(world).map(({ key }) => key);
  expect(keys.length).toBeGreaterThanOrEqual(1);
  const { rows } = await intents(world);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ outcome: "changed" });
  expect(new Set(keys)).toEqual(new Set([rows[0]?.idempotency_key]));
});

it("settles a lost reply by what is there, with the same key", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  world.sandbox.control.faults.add({ match: { operation: "updateCampaign" }, times: 1, effect: { acceptThenFail: true } });
  expect((await world.run(["campaign", "pause", "camp_1"])).code).toBe(0);
  expect(new Set(transitions(world).map(({ key }) => key)).size).toBe(1);
});

it("does not believe an old answer: paused, resumed by somebody else, the key is repeated, and a new one follows", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  const { sandbox } = world;
  // The reply and every look after it are lost: the intent stays open.
  sandbox.control.faults.add({ match: { operation: "updateCampaign" }, effect: { acceptThenFail: true } });
  sandbox.control.faults.add({ match: { operation: "getCampaign" }, effect: { reset: true } });
  expect((await world.run(["campaign", "pause", "camp_1"])).code).not.toBe(0);
  sandbox.control.faults.clear();
  sandbox.control.simulateEdit({ kind: "campaign", id: "camp_1", body: { status: "active" } });
  sandbox.control.clearRequests();
  expect((await world.run(["campaign", "pause", "camp_1"])).code).toBe(0);
  expect(statusOf(world, "camp_1")).toBe("paused");
  const keys = transitions(world).map(({ key }) => key);
  expect(new Set(keys).size).toBe(2);
  const { rows } = await intents(world);
  expect(rows.map(({ outcome }) => outcome)).toEqual(["superseded", "changed"]);
});

it("stops everything without database and folder, page by page, past single failures, and notes it for the audit", async () => {
  const many = Array.from({ length: 230 }, (_, n) => ({ ...scenario.campaigns[0], id: `camp_${n}`, contactListId: "list_1" }));
  await using world = await campaignWorld(
    { scenario: { ...scenario, campaigns: many, limits: { campaigns: { perSecond: 10_000, per: "client" } } }, clock: "frozen" },
    false,
  );
  world.sandbox.control.faults.add({
    match: { operation: "updateCampaign", path: "/api/v2/omnichannel/campaigns/camp_7" },
    effect: { status: 403 },
  });
  await using folder = await workFolder();
  const config = join(folder.path, "outdial.yaml");
  await writeFile(config, "limits:\n  campaigns:\n    perSecond: 10000\n");
  const own = { ...world.environment, OUTDIAL_DIR: undefined, OUTDIAL_CONFIG: undefined };
  const env = { ...own, DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" };
  const { code, stdout } = await runCli(["stop", "--all", "--timeout", "0s", "--for", "0s", "--reason", "fire", "--json"], {
    cwd: folder.path,
    env,
  });
  const { changes, listProblem } = stopResult.parse(JSON.parse(stdout));
  // What the database knows cannot be compared with the list.
  expect({ code, listProblem }).toMatchObject({ code: 4, listProblem: { code: "known_unread" } });
  const failed = changes.filter(({ status }) => status !== "paused");
  // The path of a fault is a prefix.
  expect(failed.every(({ campaignId }) => campaignId.startsWith("camp_7"))).toBe(true);
  expect(changes).toHaveLength(230);
  const stillActive = world.sandbox.control.state().campaigns.filter(({ status }) => status !== "paused");
  expect(stillActive.map(({ id }) => id).sort()).toEqual(failed.map(({ campaignId }) => campaignId).sort());
  expect(new Set(transitions(world).map(({ key }) => key)).size).toBe(230);
  expect(await readdir(join(folder.path, ".outdial"))).toEqual(["stops"]);
  // Opening a store on that folder takes the note into the audit, once.
  for (const _ of ["first", "again"]) {
    const audit = await runCli(["audit", "list", "--subject", "camp_3", "--json"], { cwd: folder.path, env: own });
    expect(audit.stdout.match(/campaign\.pause/g)).toHaveLength(1);
  }
  const [note = ""] = await readdir(join(folder.path, ".outdial", "stops"));
  expect(note).toMatch(/\.audited$/);
  expect(await readFile(join(folder.path, ".outdial", "stops", note), "utf8")).toContain('"reason":"fire"');
});

it("says of each campaign that it is paused as soon as it is, and when it is interrupted which ones are and which are not known", async () => {
  const [dialing] = scenario.campaigns;
  const campaigns = [dialing, { ...dialing, id: "camp_3" }];
  await using world = await campaignWorld({ scenario: { ...scenario, campaigns }, clock: "frozen" }, false);
  // The tenant's clock stands still: the answer never comes.
  world.sandbox.control.faults.add({
    match: { operation: "updateCampaign", path: "/api/v2/omnichannel/campaigns/camp_3" },
    effect: { delayMs: 60_000 },
  });
  const stopping = beginCli(["stop", "--all"], { cwd: world.folder, env: world.environment });
  await until(() => stopping.stderr().includes("camp_1: the tenant answers that it is paused"));
  stopping.interrupt();
  const { code, stderr } = await stopping.ended;
  expect(code).toBe(130);
  expect(stderr).toContain("interrupted: paused: camp_1; not known: camp_3. Calls may be under way; run it again");
});

it("looks at the list once more, and pauses what it showed as paused before its start came into force", async () => {
  await using world = await campaignWorld({ ...STILL }, false);
  world.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_2", body: { status: "active" } });
  const campaigns = [
    { id: "camp_1", name: "camp_1", status: "active" },
    { id: "camp_2", name: "camp_2", status: "paused" },
  ];
  const late = {
    match: { operation: "listCampaigns" },
    times: 1,
    effect: { status: 200, body: { campaigns, totalRecords: 2 } },
  } as const;
  world.sandbox.control.faults.add(late);
  const { stdout } = await world.run(["campaign", "pause", "--all", "--timeout", "0s", "--json"]);
  expect([statusOf(world, "camp_1"), statusOf(world, "camp_2")]).toEqual(["paused", "paused"]);
  expect(JSON.parse(stdout)).toMatchObject({
    seenPaused: [],
    alreadyPaused: [],
    changes: [{ campaignId: "camp_1" }, { campaignId: "camp_2" }],
  });
});

it("stops what it knows of when the list breaks off, and says that there may be more", async () => {
  await using world = await campaignWorld({ ...STILL }, false);
  world.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { status: 403 } });
  const { code, stdout } = await world.run(["stop", "--all", "--timeout", "0s", "--for", "0s"]);
  expect(code).toBe(5);
  expect(stdout).toContain("others may be dialing");
});

it("never takes a list that is not there for one without campaigns: asked again, and told when it stays away", async () => {
  await using world = await campaignWorld({ ...STILL }, false);
  const nothing = { match: { operation: "listCampaigns" }, effect: { status: 200, body: {} } } as const;
  world.sandbox.control.faults.add(nothing);
  const missing = await world.run(["stop", "--all", "--timeout", "0s", "--for", "0s", "--json"]);
  const { changes, listProblem } = stopResult.parse(JSON.parse(missing.stdout));
  expect({ code: missing.code, changes, listProblem }).toMatchObject({ changes: [], listProblem: { code: "invalid_reply" } });
  expect(missing.code).not.toBe(0);
  expect(statusOf(world, "camp_1")).toBe("active");
  world.sandbox.control.faults.clear();
  world.sandbox.control.faults.add({ ...nothing, times: 2 });
  const stopped = await world.run(["campaign", "pause", "--all", "--timeout", "0s", "--json"]);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ changes: [{ campaignId: "camp_1" }], listProblem: null });
  expect(statusOf(world, "camp_1")).toBe("paused");
});

it("makes no store in an emergency, in a folder without one whose tenant does not list its campaigns", async () => {
  await using folder = await workFolder();
  await using tenant = await startSandbox(STILL);
  tenant.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { status: 403 } });
  const env = { OUTDIAL_TENANT_URL: tenant.url, CXONE_CLIENT_ID: tenant.clientId, CXONE_CLIENT_SECRET: tenant.clientSecret };
  const { code } = await runCli(["stop", "--all", "--timeout", "0s", "--for", "0s"], { cwd: folder.path, env });
  expect(code).toBe(5);
  expect(await readdir(join(folder.path, ".outdial"))).toEqual(["stops"]);
});

it("does not say that nothing dials in a folder without a store: what others were asked for before is not known there", async () => {
  await using folder = await workFolder();
  const quiet = { campaigns: [{ id: "camp_1", status: "active" as const, dialerConfig }] };
  await using tenant = await startSandbox({ scenario: quiet, clock: { speed: 60 } });
  const env = { OUTDIAL_TENANT_URL: tenant.url, CXONE_CLIENT_ID: tenant.clientId, CXONE_CLIENT_SECRET: tenant.clientSecret };
  // It looks again for a minute.
  const clock = hastenedClock();
  clock.pace(60);
  const { code, stdout } = await runCli(["stop", "--all", "--timeout", "0s", "--json"], { cwd: folder.path, env, clock });
  const { changes, listProblem } = stopResult.parse(JSON.parse(stdout));
  expect({ code, changes, listProblem }).toMatchObject({
    code: 4,
    changes: [{ campaignId: "camp_1", status: "paused", confirmed: true }],
    listProblem: { code: "known_unread", message: expect.stringContaining("no store here") as string },
  });
  expect(await readdir(join(folder.path, ".outdial"))).toEqual(["stops"]);
  // The same where all were paused before.
  const again = await runCli(["stop", "--all", "--timeout", "0s"], { cwd: folder.path, env, clock });
  expect(again).toMatchObject({ code: 4, stdout: expect.stringContaining("1 seen paused before") });
});

it.each([{ campaigns: [] }, { campaigns: [], page: 1, pageSize: 100, total: 0 }])(
  "does not take the empty list %j for the whole, also where nothing is known from before",
  async (body) => {
    await using world = await campaignWorld({ ...STILL }, false);
    world.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { status: 200, body } });
    const { code, stdout } = await world.run(["stop", "--all", "--timeout", "0s", "--for", "0s", "--json"]);
    const { changes, listProblem } = stopResult.parse(JSON.parse(stdout));
    expect({ code, changes, listProblem }).toMatchObject({ code: 1, changes: [], listProblem: { code: "empty_list" } });
  },
);

it.each([{ campaigns: [] }, { campaigns: [], page: 1, pageSize: 100, total: 0 }])(
  "pauses what it knows of when the list is %j, and says so",
  async (body) => {
    await using world = await campaignWorld({ ...STILL });
    await world.run(["campaign", "pause", "camp_1", "--timeout", "0s"]);
    world.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_1", body: { status: "active" } });
    world.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { status: 200, body } });
    const { code, stdout } = await world.run(["stop", "--all", "--timeout", "0s", "--for", "0s", "--json"]);
    expect({ code, ...stopResult.parse(JSON.parse(stdout)) }).toMatchObject({
      code: 4,
      changes: [{ campaignId: "camp_1", status: "paused", known: "known" }],
      listProblem: { code: "empty_list" },
    });
    expect(statusOf(world, "camp_1")).toBe("paused");
  },
);

it("pauses what it knows of without waiting for a slow list", async () => {
  await using world = await campaignWorld({ ...STILL });
  await world.run(["campaign", "pause", "camp_1", "--timeout", "0s"]);
  const { control } = world.sandbox;
  control.simulateEdit({ kind: "campaign", id: "camp_1", body: { status: "active" } });
  // The tenant's clock stands still: the list comes when it is moved.
  control.faults.add({ match: { operation: "listCampaigns" }, effect: { delayMs: 60_000 } });
  const stopping = world.run(["campaign", "pause", "--all", "--timeout", "0s", "--json"]);
  await expect.poll(() => statusOf(world, "camp_1"), { timeout: 60_000 }).toBe("paused");
  control.faults.clear();
  await control.advance(120);
  expect(stopResult.parse(JSON.parse((await stopping).stdout))).toMatchObject({
    changes: [{ campaignId: "camp_1" }],
    listProblem: null,
  });
});

it("pauses a named campaign although the database does not answer", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  const env = { ...world.environment, DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" };
  const { code, stderr } = await world.run(["campaign", "pause", "camp_1"], { env });
  expect(stderr).toContain("pausing without the store");
  // Whether a start of it was asked for before is not known.
  expect(stderr).toContain("what was asked for before the stop may still start a campaign");
  expect([code, statusOf(world, "camp_1")]).toEqual([4, "paused"]);
});

it("pauses a named campaign although the database answers nothing any more", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  await using cable = await lay(world.databaseUrl);
  cable.silence();
  const env = { ...world.environment, DATABASE_URL: cable.url };
  const pausing = beginCli(["campaign", "pause", "camp_1", "--timeout", "0s"], { cwd: world.folder, env });
  await until(() => statusOf(world, "camp_1") === "paused");
  cable.pull();
  const { code, stderr } = await pausing.ended;
  expect(stderr).toContain("pausing without the store: the database did not answer within");
  expect(code).toBe(4);
});

it("lists a stop of the command with what it did not confirm, and knows from it what a later list lacks", async () => {
  await using world = await campaignWorld({ ...STILL }, false);
  const first = await world.run(["stop", "--all", "--timeout", "0s"]);
  expect(first.stderr + first.stdout).toContain("camp_1 paused");
  const refused = { match: { operation: "updateCampaign" as const }, effect: { status: 503 } };
  world.sandbox.control.faults.add(refused);
  world.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_1", body: { status: "active" } });
  const gaveUp = await world.run(["stop", "--all", "--timeout", "0s", "--for", "0s", "--reason", "fire"]);
  expect(gaveUp.code).not.toBe(0);
  const listed = await world.run(["campaign", "stops", "--json"]);
  const [latest, earlier] = JSON.parse(listed.stdout).items;
  expect([latest.reason, earlier.reason, latest.endedAt === null]).toEqual(["fire", null, false]);
  const shown = await world.run(["campaign", "stops", latest.id, "--json"]);
  expect(shown.code).toBe(4);
  expect(JSON.parse(shown.stdout).changes).toMatchObject([{ campaignId: "camp_1", status: "failed", confirmed: false }]);
  // A list without what the first stop had read lacks something.
  world.sandbox.control.faults.clear();
  const body = { campaigns: [{ id: "camp_2", name: "camp_2", status: "paused" }], page: 1, pageSize: 100, total: 1 };
  world.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { status: 200, body } });
  const shorter = await world.run(["stop", "--all", "--timeout", "0s", "--for", "0s"]);
  expect([shorter.code, statusOf(world, "camp_1")]).toEqual([4, "paused"]);
  expect(shorter.stdout).toContain("the tenant's list lacks 1 campaign that is known");
});

it("does not say that all is confirmed while a start that was asked for before may be on its way", async () => {
  await using world = await campaignWorld({ scenario, clock: { speed: 60 } }, false);
  expect((await world.run(["campaign", "pause", "camp_1"])).code).toBe(0);
  // As a resume leaves it whose process was killed after it had sent it.
  await world.query(
    `insert into outdial.starts (campaign_id, key, sent_at, counts_until)
     values ('camp_1', 'key_1', now() - interval '50 minutes', now() + interval '10 minutes')`,
  );
  for (const which of [["--all"], ["camp_1"]]) {
    const { code, stdout } = await world.run(["stop", ...which, "--timeout", "0s", "--for", "2s"]);
    expect(stdout).toContain("a start of it that was asked for before may still be on its way to the tenant");
    expect(code).toBe(4);
  }
  // So does a pause of it.
  const paused = await world.run(["campaign", "pause", "camp_1"]);
  expect(paused.stdout).toContain(
    "camp_1 paused already, not confirmed: a start of it that was asked for before may still be on its way",
  );
  expect(paused.code).toBe(4);
});

it("pauses a named campaign although the database takes no writes", async () => {
  await using world = await campaignWorld({ ...STILL });
  expect((await world.run(["dnc", "add", "+12125550101", "--reason", "said stop"])).code).toBe(0);
  const database = new URL(world.environment["DATABASE_URL"] ?? "");
  const client = new pg.Client({ connectionString: database.href });
  await client.connect();
  const readOnly = (how: "on" | "off") =>
    client.query(
      `set default_transaction_read_only = off; alter database "${database.pathname.slice(1)}" set default_transaction_read_only = ${how}`,
    );
  await readOnly("on");
  const paused = await world.run(["campaign", "pause", "camp_1", "--timeout", "0s"]);
  expect(paused.stderr).toContain("pausing without the store: the database accepts no writes");
  expect(statusOf(world, "camp_1")).toBe("paused");
  await readOnly("off");
  await client.end();
  // Whoever opens the store next takes what was noted into the audit.
  const audit = await world.run(["audit", "list", "--subject", "camp_1", "--json"]);
  expect(audit.stdout).toContain("campaign.pause");
});

it("never resumes past the gate: stale registry data refuse, and nothing is sent", async () => {
  await using world = await campaignWorld(STILL, false);
  const { code, stdout } = await world.run(["campaign", "resume", "camp_2", "--yes"]);
  expect(code).toBe(3);
  expect(stdout).toContain("camp_2: must not dial");
  expect(stdout).toContain("registry file is missing or too old for 200 of 200 contacts");
  expect(transitions(world)).toHaveLength(0);
  const audit = await world.run(["audit", "list", "--subject", "camp_2", "--json"]);
  expect(audit.stdout).toContain("campaign.resume.refused");
  expect(audit.stdout).toContain('"refusals":["stale_compliance_data"]');
  // What is refused is not asked about; test/integration/service/doors.test.ts has what is.
  const unasked = await world.run(["campaign", "resume", "camp_2"]);
  expect(unasked).toMatchObject({ code: 3, stderr: expect.not.stringContaining("call people again") as string });
});

it("lets nobody be called on a database that does not fit its heads; a pause goes on", async () => {
  await using world = await campaignWorld(STILL, false);
  await world.run(["jobs", "list"]);
  await writeFile(join(world.folder, ".outdial", "audit.head"), "of another log");
  for (const args of [
    ["campaign", "resume", "camp_2", "--yes"],
    ["contacts", "segment", "list_1"],
  ]) {
    const refused = await world.run([...args, "--json"]);
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([3, { error: { code: "audit_set_back" } }]);
    expect(refused.stderr).toMatch(/^the database was set back or replaced/);
  }
  // As through a service: a question is answered with what is against it.
  const checked = await world.run(["campaign", "resume", "camp_2", "--check"]);
  expect(checked).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/must not dial\n {2}.*also opt-outs, may be missing/) as string,
  });
  const looked = await world.run(["campaign", "status", "camp_2", "--json"]);
  expect(looked.stdout).toContain('"audit_set_back"');
  expect(transitions(world)).toHaveLength(0);
  await world.run(["campaign", "pause", "camp_1", "--timeout", "0s"]);
  expect(statusOf(world, "camp_1")).toBe("paused");
});

it.each([[[]], [["camp_1", "--all"]], [["--all", "--timeout", "soon"]]])("refuses pause and stop %j", async (args) => {
  await using folder = await workFolder();
  await using started = await startSandbox(STILL);
  const env = { OUTDIAL_TENANT_URL: started.url, CXONE_CLIENT_ID: started.clientId, CXONE_CLIENT_SECRET: started.clientSecret };
  for (const command of [["campaign", "pause"], ["campaign", "stop"], ["stop"]])
    expect((await runCli([...command, ...args], { cwd: folder.path, env })).code).toBe(2);
  expect(started.sandbox.control.requests()).toHaveLength(0);
});

/** Rows of the intents, the oldest first. */
async function intents({ databaseUrl }: StartedWorld) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await client.query<{ outcome: string | null; idempotency_key: string }>(
      "select * from outdial.state_intents order by created_at, id",
    );
  } finally {
    await client.end();
  }
}

it("enters the end of a stop whose process has another clock than the disk, or was thought to be gone", async () => {
  await using world = await campaignWorld({ scenario, clock: "frozen" }, false);
  const ahead = 3_600_000;
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const environment = { ...world.environment, OUTDIAL_ACTOR: "olga" };
  world.sandbox.control.faults.add({ match: { operation: "updateCampaign" }, effect: { status: 403 } });
  await world.run(["campaign", "list"]);
  const run = beginCli(["stop", "--all", "--timeout", "0s", "--for", "3s", "--json"], {
    cwd: world.folder,
    env: environment,
    clock,
  });
  // Somebody opens the store meanwhile.
  await until(async () => (await readdir(join(world.folder, ".outdial", "stops")).catch(() => [])).length > 0);
  await runCli(["campaign", "stops", "--json"], { cwd: world.folder, env: environment, clock });
  const { code, stdout } = await run.ended;
  expect(code).toBe(4);
  const { id } = stopResult.parse(JSON.parse(stdout));
  const ends = async () => {
    const audit = await runCli(["audit", "list", "--subject", id, "--json"], { cwd: world.folder, env: environment });
    return audit.stdout.match(/"campaign\.stop(\.end)?"/g);
  };
  expect(await ends()).toHaveLength(2);
  const stops = await runCli(["campaign", "stops", id, "--json"], { cwd: world.folder, env: environment });
  expect(JSON.parse(stops.stdout)).toMatchObject({ id, endedAt: expect.any(String) });

  // Its notes were taken after it had been silent for long; then it went on, and ended.
  const folder = join(world.folder, ".outdial", "stops");
  const [note = ""] = (await readdir(folder)).filter((name) => name.includes(id));
  const [first = "", ...rest] = (await readFile(join(folder, note), "utf8")).trim().split("\n");
  const again = (text: string) => text.replaceAll(id, `${id}2`);
  const path = join(folder, again(note).replace(".audited", ""));
  await writeFile(path, `${again(first)}\n`);
  const old = new Date(Date.now() - ahead);
  await utimes(path, old, old);
  await runCli(["campaign", "stops", "--json"], { cwd: world.folder, env: environment });
  await writeFile(path, `${again(rest.join("\n"))}\n`);
  const late = await runCli(["campaign", "stops", `${id}2`, "--json"], { cwd: world.folder, env: environment });
  expect(stopResult.parse(JSON.parse(late.stdout)).changes).toEqual(stopResult.parse(JSON.parse(stops.stdout)).changes);
});
