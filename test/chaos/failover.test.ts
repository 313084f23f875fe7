// kill -9 of the process that hands over, at each of its steps, while a second one waits: exactly one hand-over, never both campaigns active, and
// never neither without an alarm.

import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import { FAILING, type FailoverWorld, OPEN, openFailoverWorld, scenarioOf } from "../integration/campaigns/failover-world.ts";
import { startBundled } from "../support/program.ts";
import { IS_DEEP, picked } from "../support/scale.ts";
import { until } from "../support/until.ts";

const SPEED = 50;

const PROFILES = ["rest", "acd"] as const;
type Profile = (typeof PROFILES)[number];

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
async function openFailing(profile: Profile): Promise<FailoverWorld & { start(at?: string): Running }> {
  const realStart = Date.now();
  // The statistics of the ACD API are of calls that were placed; those of the other one can be given.
  const world = await openFailoverWorld(profile === "acd" ? FAILING : scenarioOf(), 10, { speed: SPEED }, OPEN, profile);
  if (profile === "rest")
    world.sandbox.control.simulateMetrics({
      campaignId: world.primary,
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
  await failover.put(world.primary, world.policy({ everySeconds: 5 }));
  await close();
  return Object.assign(world, {
    start(at?: string): Running {
      const env = {
        ...world.environment,
        VIRTUAL_START: String(Date.parse(OPEN)),
        REAL_START: String(realStart),
        SPEED: String(SPEED),
      };
      const { child, ended, stdout } = startBundled("failover-child", [world.primary, ...(at === undefined ? [] : [at])], {
        cwd: world.folder,
        env,
      });
      return { child, ended: ended.then((result) => result.stdout), output: stdout };
    },
  });
}

/** Statuses after each transition that the tenant carried out, from the beginning. */
function course(world: FailoverWorld): string[] {
  const { primary, backup } = world;
  const status: Record<string, string> = { [primary]: "active", [backup]: "paused" };
  const seen = [`${status[primary]}/${status[backup]}`];
  for (const { campaign, status: next, replayed } of world.transitions()) {
    if (replayed) continue;
    status[campaign] = next;
    seen.push(`${status[primary]}/${status[backup]}`);
  }
  return seen;
}

test("a hand-over that is killed at any of its steps is carried out once by the process that waits", async () => {
  const points = await (async () => {
    await using world = await openFailing("rest");
    const whole = world.start();
    expect(await whole.ended).toContain("ended failed-over after 1");
    expect(course(world)).toEqual(["active/paused", "paused/paused", "paused/active"]);
    return [...new Set(pointsOf(whole.output()))];
  })();
  expect(points.length).toBeGreaterThanOrEqual(14);
  const picks = picked(points, 2, "hand-over");
  const killedAt = picks.flatMap((point, i) =>
    (IS_DEEP ? PROFILES : PROFILES.slice(i % 2, 1 + (i % 2))).map((profile) => ({ point, profile })),
  );
  for (const { point, profile } of killedAt) {
    await using world = await openFailing(profile);
    const first = world.start(point);
    await reached(first, "point ");
    const second = world.start();
    await reached(first, "paused\n");
    expect({ point, at: pointsOf(first.output()).at(-1) }).toEqual({ point, at: point });
    first.child.kill("SIGKILL");
    await first.ended;
    // At this moment nobody runs the pair: when neither campaign dials, an alarm has been written before.
    if (world.statusOf(world.primary) !== "active" && world.statusOf(world.backup) !== "active")
      expect(await world.alarms()).toContain("FAILOVER_TRIGGERED");
    const output = await second.ended;
    expect({ point, output: output.split("\n").at(-2) }).toEqual({ point, output: "ended failed-over after 1" });
    expect({ point, course: course(world) }).toEqual({ point, course: ["active/paused", "paused/paused", "paused/active"] });
    const alarms = await world.alarms();
    expect(alarms.filter((type) => type === "FAILOVER_TRIGGERED")).toHaveLength(1);
    expect(alarms.filter((type) => type === "FAILOVER_COMPLETED")).toHaveLength(1);
  }
  process.stderr.write(
    `killed at ${killedAt.length} points: ${killedAt.map(({ point, profile }) => `${point} (${profile})`).join(", ")}\n`,
  );
});
