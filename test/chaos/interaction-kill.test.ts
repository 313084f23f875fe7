// kill -9 at any moment of a job of corrections: whoever goes on ends with each entry once, one result, one audit entry, one event a row.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectEachOnce, interactionId, openWorld, TIME, type World } from "../integration/interactions/world.ts";
import { type CliProcess, runCli, startCli } from "../support/cli.ts";
import { scaled, seeded } from "../support/scale.ts";
import { until } from "../support/until.ts";

const INTERACTIONS = 60;
const ROWS = scaled(240, 80);
const KILLS = scaled(10, 2);

let world: World;
beforeEach(async () => {
  world = await openWorld(INTERACTIONS);
});
afterEach(() => world[Symbol.asyncDispose]());

const writes = () => world.sandbox.control.requests({ operation: "patchInteraction" }).length;

async function servedOrEnded(running: CliProcess, wanted: number): Promise<void> {
  await until(() => writes() >= wanted || running.child.exitCode !== null);
}

async function kill(running: CliProcess): Promise<void> {
  running.child.kill("SIGKILL");
  await running.ended;
}

test(`a file of ${ROWS} rows, killed at ${KILLS} random moments`, async () => {
  const rows = Array.from({ length: ROWS }, (_, n) => ({ id: interactionId(1 + (n % INTERACTIONS)), agent: `agent_${n}` }));
  const lines = rows.map(({ id, agent }) => `${id},101,${agent},${TIME}`);
  await writeFile(join(world.folder, "c.csv"), `interaction_id,code,agent_id,timestamp\n${lines.join("\n")}\n`);
  const args = ["interaction", "dispositions", "c.csv"];
  const options = { cwd: world.folder, env: world.environment };
  // Replies take a while, so that kills fall between a write and its answer too.
  world.sandbox.control.faults.add({ match: { operation: "patchInteraction" }, effect: { delayMs: 15 } });
  const random = seeded("kill-moments");
  const moments = Array.from({ length: KILLS }, (_, n) => (n < Math.min(2, KILLS / 2) ? n + 1 : 2 + random.int(ROWS - 40))).sort(
    (a, b) => a - b,
  );
  let killed = 0;
  for (const moment of moments) {
    const running = startCli(args, options);
    await servedOrEnded(running, Math.max(moment, writes() + 1));
    if (running.child.exitCode === null) killed += 1;
    await kill(running);
  }
  world.sandbox.control.faults.clear();
  const end = await runCli(args, options);
  expect([end.code, end.stderr]).toEqual([0, expect.stringContaining(`${ROWS} success`)]);
  expect(killed).toBeGreaterThan(KILLS / 2);
  await expectEachOnce(world, rows);
  const audit = await runCli(["audit", "verify", "--json"], options);
  expect(JSON.parse(audit.stdout)).toMatchObject({ ok: true });
});

test("a single correction that was killed after the tenant had it: the same command ends it, as a success", async () => {
  const id = interactionId(1);
  const args = ["interaction", "disposition", id, "--code", "101", "--agent", "agent_1"];
  const options = { cwd: world.folder, env: world.environment };
  // The write is carried out, its answer never comes.
  world.sandbox.control.faults.add({ match: { operation: "patchInteraction" }, effect: { delayMs: 60_000 } });
  const running = startCli(args, options);
  await until(async () => (await world.stored(id)).dispositions.length >= 2);
  await kill(running);
  world.sandbox.control.faults.clear();
  const end = await runCli(args, options);
  expect([end.code, end.stdout]).toEqual([0, `${id} success\n`]);
  await expectEachOnce(world, [{ id, agent: "agent_1" }]);
});

test("another process takes the job of a killed one over", async () => {
  const rows = Array.from({ length: ROWS }, (_, n) => ({ id: interactionId(1 + (n % INTERACTIONS)), agent: `agent_${n}` }));
  const lines = rows.map(({ id, agent }) => `${id},101,${agent},${TIME}`);
  await writeFile(join(world.folder, "c.csv"), `interaction_id,code,agent_id,timestamp\n${lines.join("\n")}\n`);
  const args = ["interaction", "dispositions", "c.csv"];
  const options = { cwd: world.folder, env: world.environment };
  world.sandbox.control.faults.add({ match: { operation: "patchInteraction" }, effect: { delayMs: 100 } });
  const first = startCli(args, options);
  await servedOrEnded(first, 10);
  // From here on it gets nowhere, however long the second one takes to start.
  world.sandbox.control.faults.clear();
  world.sandbox.control.faults.add({ match: { operation: "patchInteraction" }, effect: { delayMs: 60_000 } });
  const second = startCli(args, options);
  await until(() => second.stderr().includes("was begun as") || second.child.exitCode !== null);
  expect(second.stderr()).toContain("was begun as");
  await kill(first);
  world.sandbox.control.faults.clear();
  expect((await second.ended).code).toBe(0);
  await expectEachOnce(world, rows);
});
