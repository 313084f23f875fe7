// kill -9 at any moment: whoever goes on ends with the same ledger, tenant state, audit log and events as if nothing had happened.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectAgreement } from "../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../support/calls.ts";
import { type CliProcess, runCli, startCli } from "../support/cli.ts";
import { scaled, seeded } from "../support/scale.ts";
import { until } from "../support/until.ts";
import { NO_RECEIVER, type StartedWorld, startWorld } from "../support/world.ts";

const ROWS = scaled(5000, 400);
const KILLS = scaled(30, 2);
const CONCURRENCY = 32;

let world: StartedWorld;
let args: string[];

beforeEach(async () => {
  world = await startWorld({ sandbox: { scenario: callsScenario(ROWS) }, environment: NO_RECEIVER });
  await writeFile(join(world.folder, "calls.csv"), callsCsv(ROWS));
  args = ["tag", "calls.csv", "--campaign", CAMPAIGN, "--concurrency", String(CONCURRENCY)];
});

afterEach(() => world[Symbol.asyncDispose]());

const requests = () => world.sandbox.control.state().requests;

/** Waits until the sandbox has served `wanted` requests, or the process has ended by itself. */
async function servedOrEnded(running: CliProcess, wanted: number): Promise<void> {
  await until(() => requests() >= wanted || running.child.exitCode !== null);
}

async function kill(running: CliProcess): Promise<void> {
  running.child.kill("SIGKILL");
  await running.ended;
}

test(`killed at ${KILLS} random moments, a job of ${ROWS} rows ends with each item once`, async () => {
  const random = seeded("kill-moments");
  const moments = Array.from({ length: KILLS }, (_, n) => (n < Math.min(3, KILLS / 2) ? n + 1 : 3 + random.int(ROWS - 200))).sort(
    (a, b) => a - b,
  );
  let killed = 0;
  for (const moment of moments) {
    const running = startCli(args, { cwd: world.folder, env: world.environment });
    await servedOrEnded(running, Math.max(moment, requests() + 1));
    if (running.child.exitCode === null) killed += 1;
    await kill(running);
  }
  const end = await runCli(args, { cwd: world.folder, env: world.environment });
  expect(end.stderr).toContain("rows");
  expect(end.code).toBe(0);
  expect(killed).toBeGreaterThan(KILLS / 2);
  const { repeats } = await expectAgreement(world.databaseUrl, world.sandbox, ROWS);
  // Repeated at most: what was under way, and what was answered but not yet committed, at each kill.
  expect(repeats).toBeLessThanOrEqual(killed * 512);
  const audit = await runCli(["audit", "verify", "--json"], { cwd: world.folder, env: world.environment });
  expect(JSON.parse(audit.stdout)).toMatchObject({ ok: true });
});

test("a second process takes over the job of one that was killed, and nothing is doubled", async () => {
  // Slow enough that the job cannot end before the kill.
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 100_000 / ROWS } });
  const first = startCli(args, { cwd: world.folder, env: world.environment });
  await servedOrEnded(first, ROWS / 16);
  // From here on it gets nowhere, however long the second one takes to start.
  world.sandbox.control.faults.clear();
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 60_000 } });
  const second = startCli(args, { cwd: world.folder, env: world.environment });
  await until(() => second.stderr().includes("was begun as") || second.child.exitCode !== null);
  expect(second.stderr()).toContain("was begun as");
  const before = requests();
  await kill(first);
  world.sandbox.control.faults.clear();
  const end = await second.ended;
  expect(end.code).toBe(0);
  expect(before).toBeLessThan(ROWS);
  await expectAgreement(world.databaseUrl, world.sandbox, ROWS);
});

test("what was answered and not yet recorded at the kill is read before it is sent, and nothing is written twice", async () => {
  // Slow enough that not all is sent between the lock and the kill.
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 200 } });
  const holder = new pg.Client({ connectionString: world.databaseUrl });
  await holder.connect();
  const first = startCli(args, { cwd: world.folder, env: world.environment });
  await servedOrEnded(first, 40);
  // From here on nothing is recorded any more: what is sent is answered, and its result is lost with the process.
  await holder.query("begin");
  await holder.query("lock table outdial.job_items in exclusive mode");
  await servedOrEnded(first, requests() + 2 * CONCURRENCY);
  await kill(first);
  world.sandbox.control.faults.clear();
  await holder.query("rollback");
  await holder.end();
  const written = () => world.sandbox.control.requests({ limit: 100_000, operation: "assignDisposition" }).length;
  const before = written();
  expect(before).toBeLessThan(ROWS);
  const end = await runCli(args, { cwd: world.folder, env: world.environment });
  expect(end.code).toBe(0);
  expect(await expectAgreement(world.databaseUrl, world.sandbox, ROWS)).toMatchObject({ repeats: 0 });
  expect(written()).toBe(ROWS);
  // Only what may have been sent is read, not the rest of the chunks that were begun.
  const read = world.sandbox.control.requests({ limit: 100_000, operation: "getCall" }).length;
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(before + 4 * CONCURRENCY);
});
