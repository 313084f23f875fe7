// Failover over the ACD API: skill A is stopped, seen stopped and drained, then B is started, upon statistics by quarters of an hour.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isSettled } from "../../../src/operations/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { ANY_HOUR, UNLIMITED_ACD } from "../../support/world.ts";
import { type FailoverWorld, openFailoverWorld, scenarioOf } from "./failover-world.ts";

/** The primary's people stop answering at minute 10. */
const FALLING = scenarioOf({ timeline: [{ at: "10m", set: { contactLists: { list_a: { answerRate: 0.01 } } } }] });

/** On the backup's list and on the company's. */
const [OPTED_OUT, OPTED_OUT_LATER] = ["+16463450007", "+12123450009"] as const;

it("hands over from skill to skill upon the dialer's statistics, and nobody on the company's list is called", async () => {
  await using world = await openFailoverWorld(FALLING, 30, "frozen", undefined, "acd");
  const vendor = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  const made = await vendor.request("createDncGroup", { body: { dncGroupName: "Company" } });
  const groupId = made.reply.dncGroups[0]?.dncGroupId ?? "";
  for (const skillId of [world.primary, world.backup]) await vendor.request("addScrubbedSkill", { path: { groupId, skillId } });
  expect((await world.run(["dnc", "add", OPTED_OUT, "--reason", "asked"])).code).toBe(0);
  await handsOver(world);
  // The calls that the tenant lists of a contact list, for caps: all that have ended, by number.
  const { contactSource, campaignRunner } = vendor.capabilities;
  const { contactListId = "" } = await campaignRunner.status(world.primary);
  const placed = await contactSource.placed?.(contactListId ?? "", 0);
  const ended = world.sandbox.control.calls(100_000).filter(({ phoneNumber }) => phoneNumber?.startsWith("+1212"));
  expect([...(placed ?? [])].flatMap(([, times]) => times)).toHaveLength(ended.length);
  expect(new Set([...(placed ?? [])].map(([number]) => `+1${number}`))).toEqual(
    new Set(ended.map(({ phoneNumber }) => phoneNumber)),
  );
  await vendor.close();

  const calledAlready = calledTo(world).second;
  // Who orders one on the command line is shown the groups; what would end with nobody dialing is refused before anything is paused.
  expect((await world.run(["dnc", "add", OPTED_OUT_LATER, "--reason", "asked"])).code).toBe(0);
  // Who may be called is asked by the machine's clock.
  const pack = join(world.folder, "pack.json");
  await writeFile(pack, JSON.stringify(ANY_HOUR));
  const configure = (acd: object) =>
    world.configure(`tenant: ${JSON.stringify({ acd })}\ncompliance: ${JSON.stringify({ pack })}\n`);
  await configure({ consentField: "consent.call" });
  const failback = () => world.run(["campaign", "failover", "failback", world.primary], { answers: "n\n" });
  const words = `1 of 2 numbers of the company's list are not in Company: `;
  expect(await failback()).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      new RegExp(`refused, nothing was paused: 4001 may not take over: .*${words}outdial dnc push --campaign 4001`),
    ),
  });

  // With a group of the company's list a start adds what is missing, and the audit log names the start.
  const acd = { consentField: "consent.call", doNotCallGroup: Number(groupId) };
  await configure(acd);
  const asked = await failback();
  expect(asked.stderr).toContain("Fail back?");
  expect(asked).toMatchObject({
    code: 130,
    stderr: expect.stringContaining(`Of the tenant's do-not-call groups: ${words}a start adds them to ${groupId} first\n`),
  });
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "active"]);
  await using runtime = await world.open();
  await runtime.failover.order(world.primary, "fail-back");
  await runtime.failover.watch(world.primary, {
    signal: AbortSignal.timeout(60_000),
    until: (state) => state.phase === "watching" || state.phase === "halted",
  });
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["active", "paused"]);
  // Shown in force, it is on its way no more: a pause of the next seconds can be confirmed.
  expect(await world.query("select campaign_id from outdial.starts where campaign_id = $1", [world.primary])).toEqual([]);
  const pushed = await world.query("select details::json from outdial.audit where action = 'dnc.pushed' order by seq");
  expect(pushed.at(-1)).toMatchObject({
    details: { group: groupId, proven: 1, start: `failover ${world.primary}, hand-over 2` },
  });
  // While the calls of one end, the history has one line for it; and the pair may be removed, with what that leaves said.
  const lines = await runtime.failover.history(world.primary, 1000);
  const looks = lines.filter(({ phase, event }) => phase === "draining" && (event as { type: string }).type === "seen");
  expect(looks.length).toBeLessThanOrEqual(2);
  expect(looks).toContainEqual(expect.objectContaining({ event: expect.objectContaining({ until: expect.any(Number) }) }));
  const before = calledTo(world);
  await world.clock.sleep(60_000);
  expect(calledTo(world).all).toBeGreaterThan(before.all);
  // The second one was called before it was on the list.
  expect(calledTo(world)).toMatchObject({ first: 0, second: calledAlready });
  await runtime.failover.order(world.primary, "fail-over");
  await runtime.failover.watch(world.primary, {
    signal: AbortSignal.timeout(60_000),
    until: (state) => state.phase === "draining",
  });
  const removed = await world.run(["campaign", "failover", "remove", world.primary, "--yes"]);
  expect(removed).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/the hand-over is given up: .* the backup is not activated; nobody dials/),
  });
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "paused"]);
});

it("ends a hand-over when a list of contacts was deleted, and names it: that the tenant has none is an answer", async () => {
  await using world = await openFailoverWorld(FALLING, 30, "frozen", undefined, "acd");
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(world.primary, world.policy({ whenBackupFails: "stay-paused" }));
  await failover.watch(world.primary, {
    signal: AbortSignal.timeout(170_000),
    onProgress({ pair: { state } }) {
      // Deleted while the calls of the primary end.
      if (state.phase === "draining")
        world.sandbox.control.faults.add({ match: { acd: "readCallList" }, effect: { status: 404 } });
    },
    until: (state) => isSettled(state) && state.handovers === 1,
  });
  const { state } = await failover.find(world.primary);
  expect(state).toMatchObject({ phase: "halted", trouble: null });
  expect(state.halt).toMatch(/the tenant has no contact list \S+, which (the )?campaign/);
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "paused"]);
  expect(world.transitions()).toMatchObject([{ campaign: world.primary, status: "paused" }]);
  expect(await world.alarms()).not.toContain("FAILOVER_UNAVAILABLE");
});

it("holds back at the tenant whom the primary has called, also where both skills call one list", async () => {
  const both = scenarioOf();
  const campaigns = (both["campaigns"] as Record<string, unknown>[]).map((one) => ({ ...one, contactListId: "list_a" }));
  await using world = await openFailoverWorld({ ...both, campaigns }, 30, "frozen", undefined, "acd");
  await using runtime = await world.open();
  const { failover } = runtime;
  await world.clock.sleep(180_000);
  const handOver = async (overlap: "refuse" | "hold") => {
    await failover.put(world.primary, world.policy({ overlap, whenBackupFails: "stay-paused" }));
    await failover.order(world.primary, "fail-over");
    await failover.watch(world.primary, {
      signal: AbortSignal.timeout(100_000),
      until: (state) => isSettled(state) && state.handovers === 1,
    });
    return (await failover.find(world.primary)).state;
  };
  await failover.put(world.primary, world.policy({ overlap: "hold" }));
  const drilled = await failover.drill(world.primary, AbortSignal.timeout(60_000));
  expect(drilled.steps.find(({ would }) => would.startsWith("hold "))?.found).toMatch(
    /^\d+ contacts on both lists would be held back at the tenant; nobody else on the list/,
  );
  expect(await handOver("hold")).toMatchObject({ phase: "failed-over", side: "backup" });
  const calls = () => world.sandbox.control.calls(100_000);
  const numbersOf = (campaign: string) =>
    new Set(calls().flatMap((one) => (one.campaignId === campaign ? [one.phoneNumber] : [])));
  const [first, second] = [...new Set(calls().map(({ campaignId }) => campaignId))];
  const before = numbersOf(first ?? "");
  expect([before.size > 50, second]).toEqual([true, undefined]);
  await world.clock.sleep(180_000);
  const backup = [...new Set(calls().map(({ campaignId }) => campaignId))].find((one) => one !== first);
  const after = [...numbersOf(backup ?? "")];
  expect(after.length).toBeGreaterThan(20);
  expect(after.filter((number) => before.has(number))).toEqual([]);
});

it("prepares a pair that shares one list: the backup gets one of its own, dials none of it before the hand-over, and nobody twice after it", async () => {
  const both = scenarioOf();
  const campaigns = (both["campaigns"] as Record<string, unknown>[]).map((one) => ({ ...one, contactListId: "list_a" }));
  await using world = await openFailoverWorld({ ...both, campaigns }, 30, "frozen", undefined, "acd");
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(world.primary, world.policy({ whenBackupFails: "stay-paused" }));
  const prepare = async () => {
    // The upload ends on the tenant's clock.
    const ticking = setInterval(() => void world.sandbox.control.advance(1), 20);
    const { code, stdout, stderr } = await world.run(["campaign", "failover", "prepare", world.primary, "--yes"]);
    clearInterval(ticking);
    return { code, said: stdout + stderr };
  };
  const first = await prepare();
  expect(first).toMatchObject({
    code: 0,
    said: expect.stringMatching(/list_a: 2,[34]\d\d contacts as list_a of 4002, not dialed before a hand-over/),
  });
  expect(first.said).toContain("note: the policy refuses a hand-over");
  expect(await prepare()).toMatchObject({ code: 0, said: expect.stringContaining("4002 has list_a of 4002 already") });
  expect(world.sandbox.control.requests({ operation: "acd.uploadCallList" })).toHaveLength(1);
  expect([world.statusOf(world.backup), world.transitions()]).toEqual(["paused", []]);

  await failover.put(world.primary, world.policy({ overlap: "hold", whenBackupFails: "stay-paused" }));
  await world.clock.sleep(180_000);
  const calls = () => world.sandbox.control.calls(100_000);
  const before = new Set(calls().map(({ phoneNumber }) => phoneNumber));
  const [primary] = new Set(calls().map(({ campaignId }) => campaignId));
  await failover.order(world.primary, "fail-over");
  await failover.watch(world.primary, {
    signal: AbortSignal.timeout(100_000),
    until: (state) => isSettled(state) && state.handovers === 1,
  });
  expect((await failover.find(world.primary)).state).toMatchObject({ phase: "failed-over", side: "backup" });
  // A backup that dials is not prepared: what is uploaded to it would be dialed at once.
  expect(await prepare()).toMatchObject({ code: 3, said: expect.stringContaining("cannot be prepared while 4002 dials") });
  await world.clock.sleep(180_000);
  const after = calls().flatMap(({ campaignId, phoneNumber }) => (campaignId === primary ? [] : [phoneNumber]));
  expect(after.length).toBeGreaterThan(20);
  expect(after.filter((number) => before.has(number))).toEqual([]);
});

function calledTo({ sandbox }: FailoverWorld) {
  const numbers = sandbox.control.calls(100_000).map(({ phoneNumber }) => phoneNumber);
  const of = (wanted: string) => numbers.filter((number) => number === wanted).length;
  return { all: numbers.length, first: of(OPTED_OUT), second: of(OPTED_OUT_LATER) };
}

async function handsOver(world: FailoverWorld): Promise<void> {
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(world.primary, world.policy());
  // The dialer's statistics are of quarters of an hour: what is said is what they counted.
  await failover.put(world.primary, world.policy({ windowMinutes: 5 }));
  const reads = () => world.sandbox.control.requests({ operation: "acd.readCallList", limit: 10_000 }).length;
  const before = reads();
  const rehearsed = await failover.drill(world.primary, AbortSignal.timeout(60_000));
  // Long lists are read in long pages: while a hand-over reads them, nobody dials.
  expect(reads() - before).toBeLessThanOrEqual(12);
  expect(rehearsed.verdict).toMatchObject({ windowMinutes: 15, words: expect.stringMatching(/the last 15 min|in 15 min/) });
  const held = /1 of 1000 contacts read are on the company's do-not-call list, .*outdial dnc push --campaign 4002/;
  expect(rehearsed.steps.find(({ would }) => would.includes("past the gate"))?.found).toMatch(held);
  expect(rehearsed).toMatchObject({ passed: false, ends: "halted" });
  await failover.put(world.primary, world.policy());
  const watched = async (until: string) => {
    const phases: string[] = [];
    await failover.watch(world.primary, {
      signal: AbortSignal.timeout(60_000),
      onProgress: ({ pair: { state } }) => {
        if (phases.at(-1) !== state.phase) phases.push(state.phase);
      },
      until: (state, { type }) => type !== "taken" && state.phase === until,
    });
    return phases;
  };
  // The backup's gate is closed: both are paused, the pair says why and what mends it, and goes on by itself once it is mended.
  expect(await watched("halted")).toEqual(["watching", "pausing", "draining", "handing-over", "gating", "halted"]);
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "paused"]);
  expect(await failover.show(world.primary)).toMatchObject({
    dials: null,
    reason: expect.stringMatching(held),
    nextStep: expect.stringContaining("It is tried again by itself"),
  });
  expect(await world.alarms()).toEqual(["FAILOVER_TRIGGERED", "FAILOVER_NEITHER_DIALS"]);
  expect((await world.run(["dnc", "push", "--campaign", world.backup])).code).toBe(0);
  expect(await watched("failed-over")).toEqual(["halted", "handing-over", "gating", "activating", "verifying", "failed-over"]);
  expect(world.transitions()).toMatchObject([
    { campaign: world.primary, status: "paused" },
    { campaign: world.backup, status: "active" },
  ]);
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "active"]);
  expect(await world.alarms()).toEqual(["FAILOVER_TRIGGERED", "FAILOVER_NEITHER_DIALS", "FAILOVER_COMPLETED"]);
  const called = new Set(world.sandbox.control.calls(100_000).map(({ phoneNumber }) => phoneNumber));
  const [kept] = await world.query<{ n: number }>("select count(*)::int as n from outdial.handover_holds where campaign = $1", [
    world.backup,
  ]);
  // The backup has called somebody since.
  expect(kept?.n).toBeGreaterThan(0);
  expect(kept?.n).toBeLessThanOrEqual(called.size);
}
