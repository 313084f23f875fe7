// Failover against a living sandbox: it happens when there is evidence and only then, to one campaign at a time, and every way it can go wrong
// ends with an alarm.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openFailover } from "../../../src/app/index.ts";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { createTriggerRule, isSettled } from "../../../src/operations/index.ts";
import { createTenant } from "../../../src/tenant/index.ts";
import { lay } from "../../support/cable.ts";
import { runCli } from "../../support/cli.ts";
import { until } from "../../support/until.ts";
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
      const { callsPlaced = 0, successRate, activeCalls } = await tenant.capabilities.metricsSource.campaign(PRIMARY, minutes);
      const calls = Math.max(0, (callsPlaced ?? 0) - (activeCalls ?? 0));
      return { calls, successes: Math.round((successRate ?? 1) * calls), successRate };
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
  // The last change of state is the watch's.
  for (const [id, target] of [
    [PRIMARY, "paused"],
    [BACKUP, "active"],
  ]) {
    const [last] = await world.query(
      `select target, reason from outdial.state_changes where campaign_id = '${id}' order by at desc, id desc limit 1`,
    );
    expect(last).toMatchObject({ target, reason: expect.stringContaining("failover: ") });
  }
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

/** A primary that fails from the beginning, so that a hand-over begins at the first look. */
function fail(world: FailoverWorld): void {
  world.sandbox.control.simulateMetrics({
    campaignId: PRIMARY,
    successRate: 0.01,
    callsPlaced: 2000,
    callsAnswered: 20,
    activeCalls: 0,
    abandonmentRate: 0,
  });
}

type Failing = Awaited<ReturnType<FailoverWorld["open"]>>["failover"];

/** Watches until a hand-over has ended one way or the other. */
const handOver = (failover: Failing) =>
  failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(100_000),
    until: (state) => state.phase !== "watching" && isSettled(state),
  });

it.each([
  ["the reply to the pause", 1],
  ["the reply to the activation", 2],
] as const)("settles by reading back when %s is lost, and sends nothing twice", async (_, which) => {
  await using world = await openFailoverWorld();
  fail(world);
  world.sandbox.control.faults.add({
    match: { operation: "updateCampaign" },
    times: 1,
    ...(which === 2 ? { after: 1 } : {}),
    effect: { acceptThenFail: true },
  });
  await using runtime = await world.open();
  await runtime.failover.put(PRIMARY, world.policy());
  await handOver(runtime.failover);
  expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["paused", "active"]);
  expect(world.sandbox.control.requests({ operation: "updateCampaign" })).toHaveLength(2);
});

it.each([
  [401, "FAILOVER_NOT_AUTHORISED", 1],
  [403, "FAILOVER_NOT_AUTHORISED", 1],
  [503, "FAILOVER_UNAVAILABLE", 3],
] as const)("alarms when the tenant answers %d, at once or after some looks", async (status, alarm, looks) => {
  await using world = await openFailoverWorld();
  world.sandbox.control.faults.add({ match: { operation: "getCampaignMetrics" }, effect: { status } });
  await using runtime = await world.open();
  await runtime.failover.put(PRIMARY, world.policy());
  let seen = 0;
  await runtime.failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(100_000),
    until: (_, { type }) => type === "unanswered" && ++seen === looks,
  });
  expect(await world.alarms()).toEqual([alarm]);
  expect(world.transitions()).toEqual([]);
});

it("takes a rate without counts for no evidence and says so; the plain rule goes by it", async () => {
  await using world = await openFailoverWorld(scenarioOf({ legacyMetrics: true }));
  world.sandbox.control.simulateMetrics({ campaignId: PRIMARY, successRate: 0.05, activeCalls: 0 });
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(PRIMARY, world.policy());
  let looks = 0;
  await failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(100_000),
    until: (_, { type }) => type === "looked" && ++looks === 5,
  });
  expect(await world.alarms()).toEqual(["FAILOVER_NO_COUNTS"]);
  expect(world.transitions()).toEqual([]);
  await failover.put(PRIMARY, world.policy({ rule: "plain" }));
  await handOver(failover);
  expect(world.statusOf(BACKUP)).toBe("active");
});

it.each(["handing-over", "gating", "draining"] as const)(
  "ends a hand-over at once when everything is stopped, while it is %s and the tenant does not answer",
  async (phase) => {
    await using world = await openFailoverWorld();
    fail(world);
    const { control } = world.sandbox;
    const silent = { operation: phase === "draining" ? "getCampaignMetrics" : "listContacts" } as const;
    await using runtime = await world.open();
    const { failover } = runtime;
    await failover.put(PRIMARY, world.policy({ whenBackupFails: "resume-primary" }));
    let isSilent = false;
    const watching = failover.watch(PRIMARY, {
      signal: AbortSignal.timeout(170_000),
      onProgress(progress) {
        if (progress.elsewhere || progress.pair.state.phase !== phase || isSilent) return;
        if (phase === "draining" && (progress.pair.state.handover?.pausedAt ?? null) === null) return;
        isSilent = true;
        control.faults.add({ match: silent, effect: { delayMs: 3_600_000 } });
      },
      until: (state) => isSettled(state) && state.handovers === 1,
    });
    if (phase === "draining")
      control.simulateMetrics({ campaignId: PRIMARY, successRate: 0.01, callsPlaced: 2000, activeCalls: 3 });
    await expect.poll(() => isSilent).toBe(true);
    expect(await failover.show(PRIMARY)).toMatchObject({ runs: true });
    const stopped = await world.run(["campaign", "pause", "--all", "--yes", "--timeout", "0s", "--reason", "a wrong list"]);
    expect(stopped.stdout).toContain("2 seen paused before");
    await watching;
    expect((await failover.find(PRIMARY)).state).toMatchObject({
      phase: "halted",
      halt: expect.stringMatching(/gave an emergency stop$|^everything was stopped/) as string,
      waiting: null,
    });
    expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["paused", "paused"]);
    expect(await world.alarms()).toEqual(["FAILOVER_TRIGGERED", "FAILOVER_NEITHER_DIALS"]);
  },
);

it("ends a hand-over when a list of contacts was deleted, and names it: that the tenant has none is an answer", async () => {
  await using world = await openFailoverWorld();
  fail(world);
  const { control } = world.sandbox;
  control.faults.add({ match: { operation: "listContacts" }, effect: { status: 404 } });
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(PRIMARY, world.policy({ whenBackupFails: "stay-paused" }));
  await failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(170_000),
    until: (state) => isSettled(state) && state.handovers === 1,
  });
  const { state } = await failover.find(PRIMARY);
  expect(state).toMatchObject({ phase: "halted", trouble: null });
  expect(state.halt).toMatch(/the tenant has no contact list \S+, which (the )?campaign/);
  expect(await world.alarms()).not.toContain("FAILOVER_UNAVAILABLE");
});

it("does not resume a campaign whose gate reads its list while everything is stopped", async () => {
  await using world = await openFailoverWorld(scenarioOf(), 10, "real", new Date().toISOString());
  await writeFile(join(world.folder, "pack.json"), JSON.stringify({ ...usCaUk2026(), id: "any-hour", rules: [] }));
  await world.configure("compliance: { pack: pack.json }\n");
  const { control } = world.sandbox;
  control.faults.add({ match: { operation: "listContacts" }, effect: { delayMs: 800 } });
  const resuming = world.run(["campaign", "resume", BACKUP, "--yes", "--json"]);
  await until(() => control.requests({ operation: "getCampaign" }).some(({ path }) => path.includes(BACKUP)));
  const stop = await world.run(["campaign", "pause", "--all", "--yes", "--timeout", "0s"]);
  expect(stop.stdout).toContain("1 seen paused before");
  const { code, stdout } = await resuming;
  // The stop came while what the resume would do was looked at: it is another plan now.
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "plan_changed" } });
  expect(code).toBe(3);
  expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["paused", "paused"]);
});

it("does not activate anything by an order that was given before everything was stopped", async () => {
  // On the time of this machine, by which orders and stops are kept.
  await using world = await openFailoverWorld(scenarioOf(), 10, "real", new Date().toISOString());
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(PRIMARY, world.policy());
  await failover.order(PRIMARY, "fail-over");
  expect(await failover.show(PRIMARY)).toMatchObject({
    watched: false,
    runs: false,
    order: { what: "fail-over", at: expect.any(String) as string },
  });
  await world.run(["campaign", "pause", "--all", "--yes", "--timeout", "0s"]);
  await failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(100_000),
    until: (state) => isSettled(state) && state.handovers === 1,
  });
  expect((await failover.find(PRIMARY)).state).toMatchObject({
    phase: "halted",
    halt: expect.stringMatching(/gave an emergency stop$|^everything was stopped/) as string,
  });
  expect(world.transitions().filter(({ status }) => status === "active")).toEqual([]);
});

it("does not take figures that stand still for failure", async () => {
  await using world = await openFailoverWorld();
  const old = new Date(world.clock.now() - 20 * MINUTE_MS).toISOString();
  const body = { campaignId: PRIMARY, successRate: 0, callsPlaced: 2000, callsAnswered: 0, activeCalls: 0, lastUpdated: old };
  world.sandbox.control.faults.add({ match: { operation: "getCampaignMetrics" }, effect: { status: 200, body } });
  await using runtime = await world.open();
  await runtime.failover.put(PRIMARY, world.policy());
  let looks = 0;
  await runtime.failover.watch(PRIMARY, {
    signal: AbortSignal.timeout(100_000),
    until: (_, { type }) => type === "looked" && ++looks === 3,
  });
  expect(await world.alarms()).toEqual(["FAILOVER_METRICS_STALE"]);
  expect(world.transitions()).toEqual([]);
});

it("does not let the backup call whom the primary has called: it stays paused when both call one list", async () => {
  const shared = scenarioOf();
  const campaigns = (shared["campaigns"] as { id: string }[]).map((one) => ({ ...one, contactListId: "list_a" }));
  await using world = await openFailoverWorld({ ...shared, campaigns });
  await using runtime = await world.open();
  const { failover } = runtime;
  await world.sandbox.control.advance(600);
  fail(world);
  await failover.put(PRIMARY, world.policy());
  const drill = await failover.drill(PRIMARY, AbortSignal.timeout(60_000));
  expect(drill).toMatchObject({ wouldTrigger: true, passed: false, ends: "halted" });
  expect(world.transitions()).toEqual([]);
  await handOver(failover);
  const { state } = await failover.find(PRIMARY);
  expect(state).toMatchObject({ phase: "halted" });
  expect(state.halt).toContain("both campaigns call one list");
  expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["paused", "paused"]);
  expect(await world.alarms()).toEqual(["FAILOVER_TRIGGERED", "FAILOVER_NEITHER_DIALS"]);
  const called = world.sandbox.control.calls(100_000).map(({ phoneNumber }) => phoneNumber);
  await writeFile(join(world.folder, "list.csv"), `phone\n${called[0]}\n+12123459999\n`);
  const at = new Date(world.clock.now()).toISOString();
  const gated = async (id: string) => {
    const { stdout } = await runCli(["compliance", "gate", "list.csv", "--campaign", id, "--at", at, "--out", "-"], {
      cwd: world.folder,
      env: world.environment,
    });
    return stdout
      .trim()
      .split("\n")
      .slice(0, 2)
      .map((line) => JSON.parse(line));
  };
  expect(await gated(BACKUP)).toMatchObject([{ verdict: "later", rules: ["HANDED_OVER"] }, { verdict: "dial" }]);
  expect(await gated(PRIMARY)).toMatchObject([{ verdict: "dial" }, { verdict: "dial" }]);
});

it("on the command line: makes a pair, rehearses without a write, hands over and back by order, and tells it all", async () => {
  await using world = await openFailoverWorld(scenarioOf(), 10, "real", new Date().toISOString());
  // People of New York may be called at this hour, whatever it is when the test runs.
  await writeFile(join(world.folder, "pack.json"), JSON.stringify({ ...usCaUk2026(), id: "any-hour", rules: [] }));
  await world.configure("compliance: { pack: pack.json }\n");
  // Nobody listens for alarms: a command would wait for the receiver at its end.
  const { OUTDIAL_ALARMS_URL: _, ...env } = world.environment;
  const run = (...args: string[]) => runCli(["campaign", "failover", ...args, "--json", "--yes"], { cwd: world.folder, env });
  expect((await run("watch", "--once")).code).toBe(2);
  // Whoever was not answered has agreed to nothing: a service on the store would watch the pair at once.
  const pair = ["campaign", "failover", "watch", "--primary", PRIMARY, "--backup", BACKUP, "--once"];
  const options = { cwd: world.folder, env };
  expect(await runCli(pair, options)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no terminal for the answer"),
  });
  expect((await runCli([...pair, "--backup", PRIMARY, "--yes"], options)).stderr).toContain("cannot be its own backup");
  const nowhere = await runCli([...pair, "--backup", "camp_nope", "--yes"], options);
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("the tenant knows no campaign camp_nope") });
  expect(JSON.parse((await run("status")).stdout)).toMatchObject({ items: [] });
  // What an applied campaign file says makes the pair; flags change it.
  await world.query(
    `insert into outdial.campaign_policies (campaign_id, name, policy, plan_hash, actor, updated_at)
     values ('${PRIMARY}', 'p', '{"failover":{"backup":"${BACKUP}","threshold":0.2}}', 'h', 'ann', '${new Date().toISOString()}')`,
  );
  // A rehearsal of it, or a look at it, does not: from then on every service would hand over by itself.
  expect(await run("drill", PRIMARY)).toMatchObject({ code: 0, stdout: expect.stringContaining('"passed":true') });
  const waiting = await run("status");
  expect(waiting).toMatchObject({ code: 1, stderr: expect.stringContaining(`${PRIMARY} is not watched yet`) });
  expect(await world.query("select 1 from outdial.failover_pairs")).toEqual([]);
  const made = await run("watch", "--primary", PRIMARY, "--once", "--drain", "1h");
  expect({ code: made.code, stderr: made.stderr }).toMatchObject({ code: 0 });
  expect(JSON.parse(made.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
    primary: PRIMARY,
    state: { phase: "watching" },
  });
  // A pair that another process watches is told as it stands, and left to it.
  {
    await using other = await world.open();
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    const ended = new AbortController();
    const watching = other.failover.watch(PRIMARY, { signal: ended.signal, onProgress: () => resolve() });
    await taken;
    const held = await runCli(["campaign", "failover", "watch", "--once", "--yes"], { cwd: world.folder, env });
    expect(held).toMatchObject({ code: 0, stderr: expect.stringMatching(/watched by another process .* leaves it there/) });
    ended.abort();
    await watching;
  }
  const drill = await run("drill", PRIMARY);
  expect({ code: drill.code, report: JSON.parse(drill.stdout) }).toMatchObject({
    code: 0,
    report: { passed: true, wouldTrigger: false },
  });
  expect(world.transitions()).toEqual([]);
  world.sandbox.control.simulateMetrics({ campaignId: PRIMARY, activeCalls: 0 });
  world.sandbox.control.simulateMetrics({ campaignId: BACKUP, activeCalls: 0 });
  const there = await run("start", PRIMARY);
  expect({ code: there.code, stderr: there.stderr }).toMatchObject({ code: 0 });
  expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["paused", "active"]);
  const back = await run("failback", PRIMARY);
  expect({ code: back.code, stderr: back.stderr }).toMatchObject({ code: 0 });
  expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["active", "paused"]);
  const again = await run("failback", PRIMARY);
  expect(again.code).toBe(3);
  const status = JSON.parse((await run("status")).stdout);
  expect(status.items).toMatchObject([{ primary: PRIMARY, watched: true, state: { phase: "watching", handovers: 2 } }]);
  const history = JSON.parse((await run("history", PRIMARY)).stdout);
  expect(history.items.map(({ phase }: { phase: string }) => phase)).toContain("failed-over");
  // What was removed stays so, whatever the older campaign file says.
  expect((await run("remove", PRIMARY)).code).toBe(0);
  expect(JSON.parse((await run("history", BACKUP)).stdout)).toEqual(history);
  expect((await run("drill", PRIMARY)).code).not.toBe(0);
  expect((await run("status")).stdout).toContain('"items":[]');
  await run("watch", "--primary", PRIMARY, "--backup", BACKUP, "--once");
  const audit = await runCli(["audit", "verify"], { cwd: world.folder, env: world.environment });
  expect(audit.code).toBe(0);
  world.sandbox.control.faults.add({ match: { path: "/api" }, effect: { headers: { date: "Sat, 21 Nov 2020 10:00:00 GMT" } } });
  const skewed = await run("watch", "--once");
  expect(JSON.parse(skewed.stdout.trim().split("\n").at(-1) ?? "").state.standing).toHaveProperty("CLOCK");
  const unknown = await run("drill", "nobody");
  expect(unknown.code).toBe(2);
});

it("waits for a database that is away, and goes on; a second watch in the process leaves the pair to the first", async () => {
  await using world = await openFailoverWorld();
  await using cable = await lay(world.databaseUrl);
  await using runtime = await openFailover(
    {},
    { ...world.environment, DATABASE_URL: cable.url },
    { warn: () => undefined, limits: "off", deliver: false, clock: world.clock },
  );
  const { failover } = runtime;
  await failover.put(PRIMARY, world.policy());
  const ended = new AbortController();
  let looks = 0;
  const watching = failover.watch(PRIMARY, {
    signal: ended.signal,
    onProgress: (progress) => {
      if (!progress.elsewhere && progress.event.type === "looked") looks += 1;
    },
  });
  await until(() => looks > 2);
  const others: boolean[] = [];
  const onProgress = ({ elsewhere }: { readonly elsewhere: boolean }) => void others.push(elsewhere);
  await failover.watch(PRIMARY, { signal: ended.signal, leaveToOthers: true, onProgress });
  expect(others).toEqual([true]);
  cable.pull();
  await until(() => cable.refused() > 2);
  const before = looks;
  cable.putBack();
  await until(() => looks > before + 2);
  ended.abort();
  await watching;
  expect(await world.query("select executor from outdial.failover_pairs")).toEqual([{ executor: null }]);
});

it("activates nothing when everything is stopped in the middle of a hand-over", async () => {
  await using world = await openFailoverWorld();
  fail(world);
  let stopped = false;
  await using runtime = await world.open({
    pause: async (point) => {
      if (point !== "gating.gate.before" || stopped) return;
      stopped = true;
      const { code } = await runCli(["campaign", "pause", "--all", "--yes"], { cwd: world.folder, env: world.environment });
      expect(code).toBe(0);
    },
  });
  await runtime.failover.put(PRIMARY, world.policy({ whenBackupFails: "resume-primary" }));
  await handOver(runtime.failover);
  const { state } = await runtime.failover.find(PRIMARY);
  expect({ stopped, ...state }).toMatchObject({
    stopped: true,
    phase: "halted",
    halt: "tester gave an emergency stop",
  });
  expect([world.statusOf(PRIMARY), world.statusOf(BACKUP)]).toEqual(["paused", "paused"]);
  expect(await world.alarms()).toContain("FAILOVER_NEITHER_DIALS");
});
