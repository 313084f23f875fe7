// Failover against a living sandbox: it happens when there is evidence and only then, to one campaign at a time, and every way it can go wrong
// ends with an alarm.

import { expect, it } from "vitest";
import { createTriggerRule, isSettled } from "../../../src/operations/index.ts";
import { createTenant } from "../../../src/tenant/index.ts";
import { BACKUP, type FailoverWorld, openFailoverWorld, PRIMARY, scenarioOf } from "./failover-world.ts";

const PERIOD_MS = 60_000;
const MINUTE_MS = 60_000;

/** The primary's people stop answering at minute 10. */
const FALLING = scenarioOf({ timeline: [{ at: "10m", set: { contactLists: { list_a: { answerRate: 0.01 } } } }] });

/** Reads the figures beside the watch and tells when they first are evidence. */
async function evidenceOf(world: FailoverWorld) {
  const tenant = createTenant({
    hosts: world.url,
    token: { auth: "basic" },
    limits: { campaigns: "off" },
    credentials: {
      clientId: world.environment["CXONE_CLIENT_ID"] ?? "",
      clientSecret: world.environment["CXONE_CLIENT_SECRET"] ?? "",
    },
  });
  const rule = createTriggerRule(world.policy());
  let first: number | undefined;
  world.onStep = async (now) => {
    if (first !== undefined) return;
    const window = async (minutes: number) => {
      const {
        callsPlaced = 0,
        successRate = 1,
        activeCalls = 0,
      } = await tenant.capabilities.metricsSource.campaign(PRIMARY, minutes);
      const calls = Math.max(0, (callsPlaced ?? 0) - (activeCalls ?? 0));
      return { calls, successes: Math.round((successRate ?? 1) * calls), successRate: successRate ?? null };
    };
    const short = await window(30);
    const long = rule.wantsLong(short) ? await window(rule.longMinutes) : undefined;
    if (rule.judge(short, long).verdict === "trigger") first = now;
  };
  return { first: () => first, close: () => tenant.close() };
}

it("fails over within two periods of there being evidence, drains first, and calls nobody from both", async () => {
  await using world = await openFailoverWorld(FALLING);
  const evidence = await evidenceOf(world);
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(PRIMARY, world.policy());
  const phases: string[] = [];
  const started = world.clock.now();
  await failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(170_000),
    onProgress: ({ pair: { state } }) => {
      if (phases.at(-1) !== state.phase) phases.push(state.phase);
    },
    until: (state) => state.phase !== "watching" && isSettled(state),
  });
  await evidence.close();
  expect(phases).toEqual(["watching", "pausing", "draining", "handing-over", "gating", "activating", "verifying", "failed-over"]);
  const [pause, activation, ...more] = world.transitions();
  expect(more).toEqual([]);
  expect(pause).toMatchObject({ campaign: PRIMARY, status: "paused" });
  expect(activation).toMatchObject({ campaign: BACKUP, status: "active" });
  const first = evidence.first() ?? Number.NaN;
  expect(first - started).toBeGreaterThan(10 * MINUTE_MS);
  expect((pause?.at ?? 0) - first).toBeLessThanOrEqual(2 * PERIOD_MS);
  expect(world.statusOf(PRIMARY)).toBe("paused");
  expect(world.statusOf(BACKUP)).toBe("active");
  expect(await world.alarms()).toEqual(["FAILOVER_TRIGGERED", "FAILOVER_COMPLETED"]);
  const called = new Set(
    world.sandbox.control
      .calls(100_000)
      .filter((call) => call.campaignId === PRIMARY)
      .map((call) => call.phoneNumber),
  );
  const [held] = await world.query("select count(*)::int as n from outdial.handover_holds where campaign = 'camp_backup'");
  expect(held).toEqual({ n: called.size });
  process.stderr.write(
    `evidence at minute ${((first - started) / MINUTE_MS).toFixed(1)}, pause ${((pause?.at ?? 0) - first) / 1000} s later, backup active ${((activation?.at ?? 0) - (pause?.at ?? 0)) / 1000} s after that\n`,
  );
});

it("does not fail over on eight calls that look bad", async () => {
  await using world = await openFailoverWorld();
  world.sandbox.control.simulateMetrics({
    campaignId: PRIMARY,
    successRate: 0,
    callsPlaced: 8,
    callsAnswered: 0,
    activeCalls: 0,
  });
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(PRIMARY, world.policy());
  let looks = 0;
  await failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(100_000),
    until: (_, { type }) => type === "looked" && ++looks === 60,
  });
  expect(world.transitions()).toEqual([]);
  const { state } = await failover.find(PRIMARY);
  expect(state).toMatchObject({ phase: "watching", verdict: { verdict: "insufficient", calls: 8 } });
  expect(state.verdict?.words).toContain("at least 50 calls");
  expect(await world.alarms()).toEqual([]);
});
