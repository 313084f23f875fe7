// kill -9 at every named point of an apply: whoever goes on ends it, and the tenant has every campaign of the plan exactly once.

import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openService } from "../../src/app/index.ts";
import { DRAFT, openSkillPlanWorld, openWorld, type World } from "../integration/campaigns/plan-world.ts";
import { runCli } from "../support/cli.ts";
import { startBundled } from "../support/program.ts";
import { picked } from "../support/scale.ts";
import { until } from "../support/until.ts";

interface Running {
  readonly child: ChildProcess;
  readonly points: string[];
  readonly ended: Promise<string>;
  paused(): boolean;
}

function start(world: Pick<World, "folder" | "environment">, at?: string): Running {
  const { child, ended, stdout } = startBundled(
    "campaign-child",
    [join(world.folder, "campaigns"), ...(at === undefined ? [] : [at])],
    {
      cwd: world.folder,
      env: world.environment,
    },
  );
  return {
    child,
    get points() {
      return [...stdout().matchAll(/^point (.+)$/gm)].map(([, name = ""]) => name);
    },
    ended: ended.then((result) => result.stdout),
    paused: () => stdout().includes("paused\n"),
  };
}

/** One campaign to create, one to change, with what outdial keeps and a webhook. */
async function openPlanned(): Promise<World> {
  const world = await openWorld([{ ...DRAFT, id: "camp_old", name: "Old", status: "active" }]);
  await world.write("new.yaml", {
    ...DRAFT,
    name: "New",
    failover: { backup: "camp_old" },
    webhooks: [{ name: "m", callbackUrl: "https://example.com/m", events: ["omnichannel.campaign.metrics.update"] }],
  });
  await world.write("old.yaml", { ...DRAFT, id: "camp_old", name: "Old", description: "changed" });
  return world;
}

async function expectAppliedOnce(world: World): Promise<void> {
  const shown = (await world.campaigns()).map(({ name, status, description }) => ({ name, status, description }));
  expect(shown).toEqual([
    { name: "Old", status: "active", description: "changed" },
    { name: "New", status: "paused", description: undefined },
  ]);
  // However often one is sent, it has one key, and the tenant carries it out once.
  const writes = world.writes();
  for (const operation of ["createCampaign", "updateCampaign"])
    expect(new Set(writes.filter((one) => one.operation === operation).map(({ key }) => key)).size).toBe(1);
  expect(writes.filter(({ operation }) => operation === "createOmnichannelWebhook")).toHaveLength(1);
  const applied = await world.query("select 1 from outdial.audit where action = 'campaign.applied'");
  expect(applied).toHaveLength(2);
  const policies = await world.query("select name from outdial.campaign_policies order by name");
  expect(policies).toEqual([{ name: "New" }, { name: "Old" }]);
  expect(await world.query("select 1 from outdial.campaign_applies where ended_at is null")).toEqual([]);
  expect(await world.query("select outcome from outdial.campaign_applies")).toEqual([{ outcome: "applied" }]);
}

test("an apply that is killed at any of its points is ended by whoever goes on, everything applied exactly once", async () => {
  const points = await (async () => {
    await using world = await openPlanned();
    const whole = start(world);
    expect(await whole.ended).toContain("ended applied");
    await expectAppliedOnce(world);
    return [...new Set(whole.points)];
  })();
  expect(points.length).toBeGreaterThan(15);
  const killedAt = picked(points, 2, "apply");
  for (const [index, point] of killedAt.entries()) {
    await using world = await openPlanned();
    const running = start(world, point);
    await until(() => running.paused() || running.child.exitCode !== null);
    expect(running.points.at(-1)).toBe(point);
    running.child.kill("SIGKILL");
    await running.ended;
    // Both ways of going on: the verb, and another apply of the same files.
    const verb = index % 2 === 0 ? ["resume-apply"] : ["apply", "--yes", "--plan", await openPlanHash(world)];
    const resumed = await runCli(["campaign", ...verb, "--json"], { cwd: world.folder, env: world.environment });
    expect({ point, code: resumed.code, said: resumed.code === 0 ? "" : resumed.stderr }).toEqual({ point, code: 0, said: "" });
    expect(JSON.parse(resumed.stdout)).toMatchObject({ result: "applied" });
    await expectAppliedOnce(world);
  }
  process.stderr.write(`an apply of two campaigns, killed at ${killedAt.length} points: all applied exactly once\n`);
});

/** An apply on the ACD API stands at each of its pieces: before it is sent, and when the tenant has it. */
const PIECES = 7;
const ACD_POINTS = [
  "0.intending.intend.after",
  ...Array.from({ length: PIECES + 1 }, (_, n) => `0.sending${n === 0 ? "" : `.${n}`}.send`).flatMap((at) => [
    `${at}.before`,
    `${at}.after`,
  ]),
];

test("an apply of pieces that is killed at any of them makes each once, and starts nothing", async () => {
  const killedAt = picked(ACD_POINTS, 1, "apply on acd");
  for (const point of killedAt) {
    await using world = await openSkillPlanWorld();
    const running = start(world, point);
    await until(() => running.paused() || running.child.exitCode !== null);
    expect(running.points.at(-1)).toBe(point);
    running.child.kill("SIGKILL");
    await running.ended;
    const resumed = await runCli(["campaign", "resume-apply", "--json"], { cwd: world.folder, env: world.environment });
    expect({ point, code: resumed.code, said: resumed.code === 0 ? "" : resumed.stderr }).toEqual({ point, code: 0, said: "" });
    const { groups, skills, lists, jobs, dnc } = world.held();
    expect({ point, has: [groups.length, skills.length, lists.length, jobs.length, dnc[0]?.scrubbed] }).toEqual({
      point,
      has: [2, 2, 2, 1, [4001, 4002]],
    });
    // A piece whose reply was never read is looked for, not sent again.
    const writes = world.writes();
    expect({ point, twice: writes.filter((one, i) => writes.indexOf(one) !== i) }).toEqual({ point, twice: [] });
    expect(writes).not.toContain("startSkill");
    expect(await world.query("select outcome from outdial.campaign_applies")).toEqual([{ outcome: "applied" }]);
  }
  process.stderr.write(`an apply of pieces, killed at ${killedAt.length} points: each piece made once\n`);
});

async function openPlanHash(world: World): Promise<string> {
  const [open] = await world.query("select plan_hash from outdial.campaign_applies where ended_at is null");
  return String(open?.["plan_hash"]);
}

test("a second process that watches takes over when the first is killed", async () => {
  await using world = await openPlanned();
  const first = start(world, "1.sending.send.after");
  await until(() => first.paused());
  const second = runCli(["campaign", "resume-apply", "--json"], { cwd: world.folder, env: world.environment });
  first.child.kill("SIGKILL");
  await first.ended;
  const { code, stdout } = await second;
  expect({ code, result: JSON.parse(stdout).result }).toEqual({ code: 0, result: "applied" });
  await expectAppliedOnce(world);
});

test("a service on the same database goes on with an apply whose process is killed", async () => {
  await using world = await openPlanned();
  const first = start(world, "1.sending.send.after");
  await until(() => first.paused());
  await using service = await openService({}, world.environment, { port: 0, log: () => undefined, leftMs: 50 });
  const open = await service.store.campaigns.open();
  expect(open).toMatchObject({ status: "running" });
  first.child.kill("SIGKILL");
  await first.ended;
  await expect
    .poll(() => service.store.campaigns.byJob(open?.jobId ?? ""), { timeout: 120_000 })
    .toMatchObject({ outcome: "applied" });
  await expectAppliedOnce(world);
});
