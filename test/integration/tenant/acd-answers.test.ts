// What the tenant itself counts of a campaign's live answers feeds the abandonment ledger: nothing need be imported.

import { expect, test } from "vitest";
import { startWorld, UNLIMITED_ACD } from "../../support/world.ts";

const SKILL = "4001";

/** A tenant of which a share of the live answers is abandoned, and what `campaign status` says of its abandonment. */
async function open(abandonRate: number) {
  const world = await startWorld({
    profile: "acd",
    yaml: `limits: ${JSON.stringify(UNLIMITED_ACD)}\n`,
    sandbox: {
      clock: "frozen",
      seed: 3,
      scenario: {
        campaigns: [{ id: "camp_1", name: "One", status: "active", contactListId: "people" }],
        contactLists: [
          { id: "people", generate: { count: 2_000, consentRate: 1 }, answerRate: 0.6, abandonRate, talk: 40, wrap: 10 },
        ],
        limits: "off",
      },
    },
  });
  await world.sandbox.control.advance(3 * 3600);
  return {
    world,
    status: async () => {
      const { stdout } = await world.run(["campaign", "status", SKILL]);
      return stdout.split("\n").find((line) => line.startsWith("abandonment:"));
    },
    gate: async () => {
      await world.run(["campaign", "pause", SKILL, "--yes", "--timeout", "1s"]);
      const { code, stdout, stderr } = await world.run(["campaign", "resume", SKILL, "--yes"]);
      return { code, said: stdout + stderr };
    },
  };
}

test("without any import, status has the abandoned share of the live answers that the tenant counts", async () => {
  const { world, status } = await open(0.02);
  await using _ = world;
  const calls = world.sandbox.control.calls(10_000);
  const abandoned = calls.filter(({ status: one }) => one === "abandoned").length;
  expect(abandoned).toBeGreaterThan(0);
  const line = await status();
  expect(line).toMatch(new RegExp(`· ${abandoned} of [\\d,]+ live answers`));
  expect(line).not.toContain("import");
  // The ledger shows the same count, whole or not at all; of another time it knows the imported calls alone.
  const ledger = ["compliance", "abandonment", "--campaign", SKILL, "--country", "US"];
  const shown = (await world.run(ledger)).stdout;
  expect(shown).toMatch(new RegExp(`abandoned: [\\d.]+ % \\(${abandoned} of [\\d,]+[^)]*\\), as the tenant counts`));
  expect((await world.run([...ledger, "--at", "2026-01-02T00:00:00Z"])).stdout).toContain("among the imported calls");
  world.sandbox.control.faults.add({ match: { acd: "skillSummary" }, times: 100, effect: { status: 503 } });
  expect(await world.run(ledger)).toMatchObject({ code: 6, stdout: "" });
});

test("a share above the limit forbids a start, and a tenant that does not answer permits none", async () => {
  const { world, status, gate } = await open(0.2);
  await using _ = world;
  expect(await gate()).toMatchObject({ code: 3, said: expect.stringMatching(/of [\d,]+ live answers were abandoned/) });
  expect(await status()).toMatch(/\d+ % used/);
  world.sandbox.control.faults.add({ match: { acd: "skillSummary" }, times: 100, effect: { status: 503 } });
  expect((await gate()).code).not.toBe(0);
  expect(world.sandbox.control.requests().some(({ path }) => path.endsWith("/start"))).toBe(false);
});

test("what the tenant leaves empty is never shown as undefined", async () => {
  const { world } = await open(0.02);
  await using _ = world;
  const [call] = world.sandbox.control.calls(1);
  const contact = call?.id ?? "";
  const commands = [
    ["campaign", "status"],
    ["campaign", "status", SKILL],
    ["dialer", "show", "--campaign", SKILL],
    ["dialer", "show", "--campaign", SKILL, "--json"],
    ["dialer", "metrics", "--campaign", SKILL],
    ["dialer", "history", "--campaign", SKILL],
    ["campaign", "agents", SKILL],
    ["calls", "recordings", contact],
    ["dialer", "audit", "--entity", "campaign"],
    ["dialer", "audit", "--entity", "disposition"],
    ["callbacks", "list", "--campaign", SKILL],
    ["dnc", "compare", "--campaign", SKILL],
    ["tenant", "probe"],
    ["call", "listSkills"],
    ["call", "getSkill", "--param", `skillId=${SKILL}`],
    ["call", "listActive"],
    ["interaction", "show", contact],
    ["contacts", "segment", "501"],
    ["tag", "--help"],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await world.run(command);
    expect([command.join(" "), /\bundefined\b|\[object Object\]|\bNaN\b/.exec(stdout + stderr)?.input]).toEqual([
      command.join(" "),
      undefined,
    ]);
  }
});

test("calls under way count for the caps of whoever is called, also those of another skill to somebody of this list", async () => {
  const PERSON = "+18135550101";
  const people = (id: string) => ({
    id,
    contacts: [{ id: "p1", phoneNumber: PERSON, consentFlags: { outbound: { call: true } } }],
  });
  await using world = await startWorld({
    profile: "acd",
    yaml: "tenant:\n  acd: {consentField: consent.call}\n",
    sandbox: {
      scenario: {
        campaigns: ["a", "b"].map((id) => ({ id, status: "paused" as const, contactListId: `list_${id}` })),
        contactLists: [people("list_a"), people("list_b")],
      },
    },
  });
  const rules = async () => {
    const { stdout, stderr } = await world.run(["contacts", "segment", "501", "--json"]);
    return `${stdout}${stderr}`;
  };
  const before = await rules();
  expect(before).not.toContain("FREQ_24H");
  const now = Date.parse(world.sandbox.control.clock().now);
  for (const minutes of [2, 4, 6]) {
    const startTime = new Date(now - minutes * 60_000).toISOString();
    world.sandbox.control.simulateCall({ campaignId: "b", status: "connected", startTime, phoneNumber: PERSON });
  }
  expect(await rules()).toContain("FREQ_24H");
});
