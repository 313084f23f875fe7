// Who works on a campaign of profile acd, and what the dialer model says of them before a start; recordings, each look recorded.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { startWorld, UNLIMITED_ACD } from "../../support/world.ts";

const SCENARIO = {
  campaigns: [
    {
      id: "camp_a",
      name: "Spring",
      contactListId: "list_a",
      status: "active" as const,
      dispositionCodes: [{ id: "SOLD", name: "Sold" }],
      dialerConfig: {
        type: "predictive" as const,
        predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 60, callRate: 60, abandonmentThreshold: 1 },
      },
    },
  ],
  contactLists: [{ id: "list_a", generate: { count: 2000, consentRate: 1 }, answerRate: 0.5, talk: 60 }],
};

test("agents are told with names, teams and states; max_agents is theirs; a start says how many calls each may have", async () => {
  const now = "2026-03-16T17:00:00Z";
  await using world = await startWorld({
    profile: "acd",
    sandbox: { clock: "frozen", now, scenario: SCENARIO },
  });
  const { sandbox } = world;
  await sandbox.control.advance(1200);
  const { code, stdout } = await world.run(["campaign", "agents", "4001", "--json"]);
  expect(code).toBe(0);
  const { items } = JSON.parse(stdout) as { items: readonly Record<string, unknown>[] };
  const signedIn = items.filter((one) => one["signedIn"] === true);
  expect(signedIn.length).toBeGreaterThan(5);
  for (const one of items)
    expect(one).toMatchObject({ name: expect.stringMatching(/\w \w/), team: expect.any(String), assigned: true });
  for (const one of signedIn) expect(one["state"]).toEqual(expect.any(String));
  const { concurrency } = JSON.parse((await world.run(["dialer", "show", "--campaign", "4001", "--json"])).stdout) as {
    concurrency: { max_agents: number };
  };
  expect(concurrency.max_agents).toBe(items.length);
  // One empty list of assignments does not make them none: the list of all skills tells them. Where that is silent, nothing is told.
  const settings = () => world.run(["dialer", "show", "--campaign", "4001", "--json"]);
  sandbox.control.faults.add({ match: { acd: "listSkillAgents" }, effect: { status: 200, body: { agents: [] } } });
  expect(JSON.parse((await settings()).stdout)).toMatchObject({ concurrency: { max_agents: items.length } });
  sandbox.control.faults.add({ match: { acd: "listAllSkillAgents" }, effect: { status: 503 } });
  expect(await settings()).toMatchObject({ code: 6, stdout: expect.not.stringContaining("max_agents") as string });
  sandbox.control.faults.clear();
  const clock = createTestClock(Date.parse(now) + 1_200_000);
  const checked = await world.run(["campaign", "resume", "4001", "--check"], { clock });
  expect(checked.stdout).toMatch(
    new RegExp(
      `staffing, by the dialer model.*${signedIn.length} agents at 2026-03-16T17:\\d\\d:\\d\\d.*Z: at most [12]\\.\\d calls each under 3 %`,
    ),
  );
  sandbox.control.faults.add({ match: { acd: "listAgents" }, effect: { status: 403 } });
  sandbox.control.faults.add({ match: { acd: "agentStates" }, effect: { status: 403 } });
  const { items: hidden } = JSON.parse((await world.run(["campaign", "agents", "4001", "--json"])).stdout) as {
    items: readonly object[];
  };
  expect(hidden.length).toBe(items.length);
  for (const one of hidden) expect(one).toMatchObject({ name: null, signedIn: null, state: null });
  sandbox.control.faults.add({ match: { acd: "getGeneralSettings" }, effect: { status: 403 } });
  expect((await world.run(["campaign", "resume", "4001", "--check"])).stdout).toMatch(
    /staffing, by the dialer model.*not known: /,
  );
});

test("settings count assignments that were not ended, and not who comes and goes; who is signed in without one is told with the agents", async () => {
  const now = "2026-03-16T17:00:00Z";
  await using world = await startWorld({ profile: "acd", sandbox: { clock: "frozen", now, scenario: SCENARIO } });
  await world.sandbox.control.advance(600);
  const tenant = createAcdTenant(
    { issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD },
    { clock: createTestClock(Date.parse(now)) },
  );
  const agentsOf = async () => {
    const { value } = await tenant.capabilities.pacingSettings.read("4001");
    return (value["concurrency"] as { max_agents: number }).max_agents;
  };
  const { metricsSource } = tenant.capabilities;
  const loggedIn = (await metricsSource.campaign("4001", 15)).agents?.loggedIn;
  expect(loggedIn).toBeGreaterThan(0);
  const body = { totalRecords: 1, agents: [{ agentId: 77, isActive: false }] };
  world.sandbox.control.faults.add({ match: { acd: "listSkillAgents" }, effect: { status: 200, body } });
  expect(await agentsOf()).toBe(0);
  const agents = (await metricsSource.agents?.("4001")) ?? [];
  expect(agents.filter(({ signedIn }) => signedIn).every(({ assigned }) => !assigned)).toBe(true);
  expect(agents.map(({ id }) => id)).not.toContain("77");
  // Without any state nobody is known to be signed out.
  world.sandbox.control.faults.clear();
  world.sandbox.control.faults.add({ match: { acd: "agentStates" }, effect: { status: 200, body: { agentStates: [] } } });
  const unknown = (await metricsSource.agents?.("4001")) ?? [];
  expect(unknown.length).toBeGreaterThan(0);
  expect(unknown.every(({ signedIn, state }) => signedIn === null && state === null)).toBe(true);
  await tenant.close();
});

test("a call and an evidence pack say how to reach recordings; a look tells addresses, fetches nothing, and is in the audit without them", async () => {
  const now = "2026-03-16T17:00:00Z";
  await using world = await startWorld({ profile: "acd", sandbox: { clock: "frozen", now, scenario: SCENARIO } });
  const { sandbox } = world;
  await sandbox.control.advance(1800);
  const tenant = createAcdTenant(
    { issuer: world.url, credentials: sandbox.accessKey, limits: UNLIMITED_ACD },
    { clock: createTestClock(Date.parse(now) + 1_800_000) },
  );
  const query = { startDate: now };
  const { completedContacts } = (await tenant.request("listCompleted", { query })).reply;
  await tenant.close();
  const id = completedContacts.find(({ agentSeconds }) => (agentSeconds ?? 0) > 0)?.contactId ?? "";
  const shown = await world.run(["calls", "show", id]);
  expect(shown.stdout).toMatch(new RegExp(`recordings +outdial calls recordings ${id}`));
  // A campaign is a skill; the vendor's own campaigns are groups of skills.
  expect(shown.stdout).toMatch(/^campaignId +4001$/m);
  expect(shown.stdout).toMatch(/^reportingGroup +\S.*Outbound/m);
  expect(shown.stdout).not.toMatch(/^campaignName +Outbound$/m);
  const looked = await world.run(["calls", "recordings", id, "--json"]);
  const { items } = JSON.parse(looked.stdout) as { items: readonly { url: string }[] };
  expect(items).toMatchObject([{ url: expect.stringContaining(`/recordings/${id}`), media: "voice-only" }]);
  expect((await world.run(["calls", "recordings", "999999999999"])).stderr).toContain("no recordings");
  expect(sandbox.control.requests().filter(({ path }) => path.endsWith(".mp4"))).toEqual([]);
  const entries = await world.query<{ subject: string; details: string }>(
    "select subject, details from outdial.audit where action = 'recording.looked' order by seq",
  );
  expect(entries.map(({ subject }) => subject)).toEqual([`call/${id}`, "call/999999999999"]);
  expect(JSON.stringify(entries)).not.toContain("/recordings/");
  await writeFile(
    join(world.folder, "calls.csv"),
    `number,at,kind,campaign,call_id\n+12125550123,${now},conversation,4001,${id}\n`,
  );
  const imported = await world.run(["attempts", "import", "calls.csv"]);
  expect([imported.code, imported.stderr]).toEqual([0, expect.any(String)]);
  const pack = await world.run(["audit", "pack", "--phone", "+12125550123", "--out", "-"]);
  expect(pack.stdout + pack.stderr).toContain(`"recordings":"outdial calls recordings ${id}"`);
});

test("the outcomes report names agents", async () => {
  const now = "2026-03-16T17:00:00Z";
  await using world = await startWorld({ profile: "acd", sandbox: { clock: "frozen", now, scenario: SCENARIO } });
  await world.sandbox.control.advance(7200);
  const clock = createTestClock(Date.parse(now) + 7_200_000);
  const asked = ["--campaign", "4001", "--from", now, "--to", "2026-03-16T18:00:00Z"];
  const pulled = await world.run(["outcomes", "pull", ...asked], { clock });
  expect([pulled.code, pulled.stderr]).toEqual([0, expect.any(String)]);
  const { stdout } = await world.run(["outcomes", "report", ...asked, "--by", "agent", "--json"], { clock });
  const { by } = JSON.parse(stdout) as { by: { agent: readonly { value: string | null; name?: string }[] } };
  const named = by.agent.filter(({ value }) => value !== null);
  expect(named.length).toBeGreaterThan(3);
  for (const { name } of named) expect(name).toMatch(/^\w+ \w/);
  const text = await world.run(["outcomes", "report", ...asked, "--by", "agent"], { clock });
  expect(text.stdout).toContain(`${named[0]?.name ?? "?"} (${named[0]?.value ?? "?"})`);
});
