// kill -9 of the process that hands over, at each of its steps, while a second one waits: exactly one hand-over, never both campaigns active, and
// never neither without an alarm.

import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import {
  BACKUP,
  type FailoverWorld,
  OPEN,
  openFailoverWorld,
  PRIMARY,
  scenarioOf,
} from "../integration/campaigns/failover-world.ts";
import { startBundled } from "../support/program.ts";
import { picked } from "../support/scale.ts";
import { until } from "../support/until.ts";

const SPEED = 50;

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  output(): string;
}

const pointsOf = (output: string): string[] => [...output.matchAll(/^point (.+)$/gm)].map(([, name = ""]) => name);

async function reached(running: Running, text: string): Promise<void> {
  await until(() => running.output().includes(text) || running.child.exitCode !== null);
}

/** A world in which the primary fails from the beginning, with the environment of the processes that watch it. */
async function openFailing(): Promise<FailoverWorld & { start(at?: string): Running }> {
  const realStart = Date.now();
  const world = await openFailoverWorld(scenarioOf(), 10, { speed: SPEED });
  world.sandbox.control.simulateMetrics({
    campaignId: PRIMARY,
    successRate: 0.01,
    callsPlaced: 2000,
    callsAnswered: 20,
    activeCalls: 0,
    abandonmentRate: 0,
  });
  const { failover, close } = await (async () => {
    const runtime = await world.open();
    return { failover: runtime.failover, close: () => runtime[Symbol.asyncDispose]() };
  })();
  await failover.put(PRIMARY, world.policy({ everySeconds: 5 }));
  await close();
  return Object.assign(world, {
    start(at?: string): Running {
      const env = {
        ...world.environment,
        VIRTUAL_START: String(Date.parse(OPEN)),
        REAL_START: String(realStart),
        SPEED: String(SPEED),
      };
      const { child, ended, stdout } = startBundled("failover-child", [PRIMARY, ...(at === undefined ? [] : [at])], {
        cwd: world.folder,
        env,
      });
      return { child, ended: ended.then((result) => result.stdout), output: stdout };
    },
  });
}

/** Statuses after each transition that the tenant carried out, from the beginning. */
function course(world: FailoverWorld): string[] {
  const status: Record<string, string> = { [PRIMARY]: "active", [BACKUP]: "paused" };
  const seen = [`${status[PRIMARY]}/${status[BACKUP]}`];
  for (const { campaign, status: next, replayed } of world.transitions()) {
    if (replayed) continue;
    status[campaign] = next;
    seen.push(`${status[PRIMARY]}/${status[BACKUP]}`);
  }
  return seen;
}

test("a hand-over that is killed at any of its steps is carried out once by the process that waits", async () => {
  const points = await (async () => {
    await using world = await openFailing();
    const whole = world.start();
    expect(await whole.ended).toContain("ended failed-over after 1");
    expect(course(world)).toEqual(["active/paused", "paused/paused", "paused/active"]);
    return [...new Set(pointsOf(whole.output()))];
  })();
  expect(points.length).toBeGreaterThanOrEqual(14);
  const killedAt = picked(points, 2, "hand-over");
  for (const point of killedAt) {
    await using world = await openFailing();
    const first = world.start(point);
    await reached(first, "point ");
    const second = world.start();
    await reached(first, "paused\n");
    expect({ point, at: pointsOf(first.output()).at(-1) }).toEqual({ point, at: point });
    first.child.kill("SIGKILL");
    await first.ended;
    // At this moment nobody runs the pair: when neither campaign dials, an alarm has been written before.
    if (world.statusOf(PRIMARY) !== "active" && world.statusOf(BACKUP) !== "active")
      expect(await world.alarms()).toContain("FAILOVER_TRIGGERED");
    const output = await second.ended;
    expect({ point, output: output.split("\n").at(-2) }).toEqual({ point, output: "ended failed-over after 1" });
    expect({ point, course: course(world) }).toEqual({ point, course: ["active/paused", "paused/paused", "paused/active"] });
    const alarms = await world.alarms();
    expect(alarms.filter((type) => type === "FAILOVER_TRIGGERED")).toHaveLength(1);
    expect(alarms.filter((type) => type === "FAILOVER_COMPLETED")).toHaveLength(1);
  }
  process.stderr.write(`killed at ${killedAt.length} points: ${killedAt.join(", ")}\n`);
});
