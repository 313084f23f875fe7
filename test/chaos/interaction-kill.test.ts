// kill -9 at any moment of a job of corrections: whoever goes on ends with each entry once, one result, one audit entry, one event a row.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FIRST, interactionId, openWorld, TIME, type World } from "../integration/interactions/world.ts";
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

/** Asks ledger, audit log, outbox and tenant, and compares. */
async function expectEachOnce(rows: readonly { readonly id: string; readonly agent: string }[]): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const items = await client.query("select result from outdial.job_items");
    expect(items.rows.map(({ result }: { result: string }) => result)).toEqual(rows.map(() => "success"));
    const audit = await client.query<{ subject: string; agent: string; before: unknown; after: unknown }>(
      `select subject, details::json->>'agent' as agent, details::json->'before' as before, details::json->'after' as after
       from outdial.audit where action = 'interaction.disposition' and details::json->>'result' = 'success'`,
    );
    const named = (list: readonly { subject: string; agent: string }[]) =>
      list.map(({ subject, agent }) => `${subject} ${agent}`).sort();
    const wanted = rows.map(({ id, agent }) => `${id} ${agent}`).sort();
    expect(named(audit.rows)).toEqual(wanted);
    for (const { before, after, agent } of audit.rows) {
      const agents = (list: unknown) => (list as { agent_id: string }[]).map(({ agent_id }) => agent_id);
      expect(agents(before)).not.toContain(agent);
      expect(agents(after)).toContain(agent);
    }
    const events = await client.query<{ body: string }>("select body from outdial.outbox");
    expect(
      events.rows
        .map(({ body }) => (JSON.parse(body) as { data: { interaction_id: string; agent_id: string } }).data)
        .map(({ interaction_id, agent_id }) => `${interaction_id} ${agent_id}`)
        .sort(),
    ).toEqual(wanted);
  } finally {
    await client.end();
  }
  for (const id of new Set(rows.map((row) => row.id))) {
    const { dispositions } = await world.stored(id);
    const agents = rows.filter((row) => row.id === id).map(({ agent }) => agent);
    expect(dispositions.map(({ agent_id }) => agent_id).sort()).toEqual([FIRST.agent_id, ...agents].sort());
  }
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
  await expectEachOnce(rows);
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
  await expectEachOnce([{ id, agent: "agent_1" }]);
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
  await until(() => second.stderr().includes("is known as") || second.child.exitCode !== null);
  expect(second.stderr()).toContain("is known as");
  await kill(first);
  world.sandbox.control.faults.clear();
  expect((await second.ended).code).toBe(0);
  await expectEachOnce(rows);
});
