// kill -9 at every named point of a change of dialer settings and of its rollback: whoever goes on ends it, the tenant has what the history
// says, and nothing is left unknown.

import type { ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openService } from "../../src/app/index.ts";
import { fileOf, NEW, OLD, openSkillWorld, openWorld, type SkillWorld, textOf, type World } from "../integration/dialer/world.ts";
import { runCli } from "../support/cli.ts";
import { startBundled } from "../support/program.ts";
import { picked } from "../support/scale.ts";
import { createTestClock } from "../support/test-clock.ts";
import { until } from "../support/until.ts";
import type { StartedWorld } from "../support/world.ts";

const LOOKS = 3;

interface Running {
  readonly child: ChildProcess;
  readonly points: string[];
  readonly ended: Promise<string>;
  paused(): boolean;
}

function start(world: Pick<World, "folder" | "environment">, ...at: readonly string[]): Running {
  const { child, ended, stdout } = startBundled("settings-child", [join(world.folder, "settings.json"), ...at], {
    cwd: world.folder,
    env: world.environment,
  });
  return {
    child,
    get points() {
      return [...stdout().matchAll(/^point (.+)$/gm)].map(([, name = ""]) => name);
    },
    ended: ended.then((result) => result.stdout),
    paused: () => stdout().includes("paused\n"),
  };
}

/** What makes a change take each way. */
const WAYS: Readonly<Record<string, (world: World) => void>> = {
  "goes well": () => undefined,
  "times out and is put back": (world) => {
    world.sandbox.control.faults.add({
      match: { operation: "getDialerOperation" },
      times: LOOKS,
      effect: { status: 200, body: { status: "IN_PROGRESS" } },
    });
  },
  "fails at the tenant": (world) => world.sandbox.control.failNextActivation(),
  "meets another writer": (world) => {
    // The first write finds a tag that is not the one that was read.
    world.sandbox.control.faults.add({
      match: { operation: "putDialerSettings" },
      times: 1,
      effect: { status: 412 },
    });
  },
};

/** The same over the ACD API, whose settings are of one campaign, in two requests, and in force at once. */
const ACD_WAYS: Readonly<Record<string, (world: SkillWorld) => void>> = {
  "goes well on acd": () => undefined,
  "loses the second of its two writes on acd": (world) => {
    world.sandbox.control.faults.add({ match: { acd: "putCpa" }, times: 1, effect: { status: 500 } });
  },
};

async function openWay(way: string): Promise<Pick<World, "inForce" | keyof StartedWorld> & Partial<SkillWorld>> {
  const onAcd = ACD_WAYS[way];
  if (onAcd !== undefined) {
    const world = await openSkillWorld(LOOKS);
    await writeFile(join(world.folder, "settings.json"), textOf(world.new));
    onAcd(world);
    return world;
  }
  const world = await openWorld({ activation: { seconds: 0 } }, LOOKS);
  await writeFile(join(world.folder, "settings.json"), textOf(NEW));
  WAYS[way]?.(world);
  return world;
}

test.each([...Object.keys(WAYS), ...picked(Object.keys(ACD_WAYS), 1, "settings on acd")])(
  "a change that %s, killed at each of its points, ends as its history says",
  async (way) => {
    const points = await (async () => {
      await using world = await openWay(way);
      const whole = start(world, ...("campaign" in world ? ["", "", world.campaign] : []));
      expect(await whole.ended).toMatch(/ended (applied|rolled_back)/);
      return [...new Set(whole.points)];
    })();
    expect(points.length).toBeGreaterThan(6);
    const outcomes = new Map<string, number>();
    const killedAt = picked(points, 1, `settings that ${way}`);
    for (const point of killedAt) {
      await using world = await openWay(way);
      const running = start(world, point, ...("campaign" in world ? ["", world.campaign] : []));
      await until(() => running.paused() || running.child.exitCode !== null);
      expect(running.points.at(-1)).toBe(point);
      running.child.kill("SIGKILL");
      await running.ended;
      const resumed = await runCli(["dialer", "resume", "--json"], { cwd: world.folder, env: world.environment });
      const { outcome } = JSON.parse(resumed.stdout);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect({ point, outcome, has: world.inForce() }).toEqual({
        point,
        outcome: expect.stringMatching(/^(applied|rolled_back)$/),
        has: outcome === "applied" ? (world.new ?? NEW) : (world.old ?? OLD),
      });
      expect(resumed.code).toBe(outcome === "applied" ? 0 : 1);
      expect(world.sandbox.control.state().dialer.operationsRunning).toBe(0);
      const open = await world.query("select 1 from outdial.dialer_changes where ended_at is null");
      expect(open).toEqual([]);
      const [last] = await world.query(
        "select outcome, status from outdial.dialer_changes c join outdial.jobs j on j.id = c.job_id order by version desc limit 1",
      );
      expect(last).toEqual({ outcome, status: outcome === "applied" ? "done" : "partly_failed" });
    }
    process.stderr.write(
      `${way}: killed at ${killedAt.length} points: ${[...outcomes].map(([name, count]) => `${count} ${name}`).join(", ")}\n`,
    );
  },
);

test("a second process that is started while the first one works takes over when that one is killed", async () => {
  await using world = await openWorld({ activation: { seconds: 3600 } }, 1000);
  await writeFile(join(world.folder, "settings.json"), textOf(NEW));
  const first = start(world);
  await until(() => world.writes().length !== 0);
  const second = runCli(["dialer", "resume", "--json"], { cwd: world.folder, env: world.environment });
  first.child.kill("SIGKILL");
  world.sandbox.control.setClock("frozen");
  await world.sandbox.control.advance(3600);
  await first.ended;
  const { code, stdout } = await second;
  expect(JSON.parse(stdout)).toMatchObject({ outcome: "applied" });
  expect(code).toBe(0);
  expect(world.writes()).toHaveLength(1);
});

test("a rollout whose watch is killed is watched on by the service beside it, which puts bad settings back", async () => {
  const campaigns = [{ id: "camp_1", name: "Active", status: "active", dispositionCodes: [] }];
  await using world = await openWorld({ activation: { seconds: 0 }, campaigns }, 1000);
  await writeFile(join(world.folder, "settings.json"), textOf(NEW));
  const owner = start(world, "", "30");
  const phase = async () => (await world.query("select phase from outdial.dialer_changes where ended_at is null"))[0]?.["phase"];
  await expect.poll(phase, { timeout: 120_000 }).toBe("guarding");
  world.sandbox.control.simulateMetrics({ campaignId: "camp_1", callsAnswered: 300, abandonmentRate: 0.08 });
  const clock = createTestClock(Date.now());
  await using service = await openService({}, world.environment, {
    port: 0,
    log: () => undefined,
    changesClock: clock,
    leftMs: 50,
  });
  const [change] = await service.store.dialer.list(1);
  expect({ phase: change?.phase, executor: change?.executor === null }).toEqual({ phase: "guarding", executor: false });
  owner.child.kill("SIGKILL");
  await owner.ended;
  const ended = () => service.store.dialer.byVersion(change?.version ?? 0);
  await expect.poll(ended, { timeout: 120_000 }).toMatchObject({ outcome: "rolled_back", rejected: true });
  expect(world.inForce()).toEqual(OLD);
});

test("a change that is killed before it is read back is told to wait for a service, and the next start ends it", async () => {
  await using world = await openWorld({ activation: { seconds: 0 } }, 1000);
  await writeFile(join(world.folder, "settings.json"), textOf(NEW));
  const owner = start(world, "apply.verifying.read.before");
  await until(() => owner.paused());
  owner.child.kill("SIGKILL");
  await owner.ended;
  {
    await using dialer = await world.open();
    const prepared = await dialer.changes.prepare("apply", await fileOf(OLD), { overrides: [], store: true });
    await expect(dialer.changes.begin(prepared, null)).rejects.toThrow("died at work on it, and it waits for a service");
  }
  await using service = await openService({}, world.environment, { port: 0, log: () => undefined, leftMs: 50 });
  const [change] = (await service.store.dialer.list(10)).filter(({ kind }) => kind === "apply");
  const ended = () => service.store.dialer.byVersion(change?.version ?? 0);
  await expect.poll(ended, { timeout: 120_000 }).toMatchObject({ outcome: "applied" });
  expect(world.inForce()).toEqual(NEW);
});
