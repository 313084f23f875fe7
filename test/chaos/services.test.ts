// Two services share the jobs. The one that has a job dies, falls asleep or ends: the other goes on, and what the first one does when it wakes
// changes nothing.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectAgreement } from "../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../support/calls.ts";
import { type CliProcess, startCli } from "../support/cli.ts";
import { scaled } from "../support/scale.ts";
import { NO_RECEIVER, operatorToken, type StartedWorld, startServe, startWorld, UNLIMITED } from "../support/world.ts";

const ROWS = scaled(5000, 300);
/** The tenant takes so long, ms, that a job does not end before its process is killed. */
const DELAY_MS = Math.max(30, 18_000 / ROWS);

let stack: AsyncDisposableStack;
let world: StartedWorld;
let database: pg.Client;
let token: string;
let services: { readonly running: CliProcess; readonly url: string }[];

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  world = stack.use(await startWorld({ sandbox: { scenario: callsScenario(ROWS) }, yaml: UNLIMITED, environment: NO_RECEIVER }));
  token = await operatorToken(world);
  database = new pg.Client({ connectionString: world.databaseUrl });
  await database.connect();
  services = [];
});
afterEach(async () => {
  for (const { running } of services) {
    running.child.kill("SIGKILL");
    await running.ended;
  }
  await database.end();
  await stack[Symbol.asyncDispose]();
});

async function serve(): Promise<void> {
  const { running, url: said } = startServe(world);
  services.push({ running, url: "" });
  const url = await said;
  services[services.length - 1] = { running, url };
}

async function one<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row> {
  const { rows } = await database.query<Row>(sql, [...values]);
  if (rows[0] === undefined) throw new Error(`no row: ${sql}`);
  return rows[0];
}

const jobOf = (id: string) =>
  one<{ status: string; executor: string | null; run: number }>("select status, executor, run from outdial.jobs where id = $1", [
    id,
  ]);

/** A job in the middle, and the process that has it. */
async function begun(): Promise<{ id: string; owner: CliProcess }> {
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: DELAY_MS } });
  const before = world.sandbox.control.state().requests;
  const response = await fetch(`${services[0]?.url}/api/v1/campaigns/${CAMPAIGN}/tags`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
    body: callsCsv(ROWS),
  });
  const { id } = ((await response.json()) as { job: { id: string } }).job;
  await expect.poll(() => world.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  const { pid } = await one<{ pid: number }>(
    "select pid from outdial.replicas r join outdial.jobs j on j.executor = r.id where j.id = $1",
    [id],
  );
  const owner = services.find(({ running }) => running.child.pid === pid)?.running;
  if (owner === undefined) throw new Error(`no service has the job ${id}`);
  return { id, owner };
}

async function expectDone(id: string): Promise<void> {
  await expect.poll(() => jobOf(id), { timeout: 120_000 }).toMatchObject({ status: "done" });
  await expectAgreement(world.databaseUrl, world.sandbox, ROWS);
}

test("one that is killed: the other goes on, and each row ends once", async () => {
  await serve();
  await serve();
  const { id, owner } = await begun();
  owner.child.kill("SIGKILL");
  await expectDone(id);
});

test("one that falls asleep and wakes after the other took its job: nothing that it does then counts, and each row ends once", async () => {
  await serve();
  await serve();
  const { id, owner } = await begun();
  const before = await jobOf(id);
  owner.child.kill("SIGSTOP");
  await expect.poll(async () => (await jobOf(id)).executor, { timeout: 120_000 }).not.toBe(before.executor);
  owner.child.kill("SIGCONT");
  await expectDone(id);
  const { count } = await one<{ count: number }>(
    "select count(*)::int as count from outdial.audit where job = $1 and action = 'job.run'",
    [id],
  );
  expect(count).toBe(2);
});

test("one that ends in order leaves its job to the other", async () => {
  await serve();
  await serve();
  const { id, owner } = await begun();
  // Requests are on the wire for a while when it is told to end: it waits for them, and records what came of them.
  world.sandbox.control.faults.clear();
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 1000 } });
  const before = world.sandbox.control.state().requests;
  await expect.poll(() => world.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 2);
  owner.child.kill("SIGTERM");
  const { code, stderr } = await owner.ended;
  world.sandbox.control.faults.clear();
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.not.stringMatching(/not recorded|calling end on the pool|still running/),
  });
  await expectDone(id);
});

test("the only one that is killed: its next start goes on", async () => {
  await serve();
  const { id, owner } = await begun();
  owner.child.kill("SIGKILL");
  await owner.ended;
  await serve();
  await expectDone(id);
});

/** A command that tags the calls. */
async function tagging(): Promise<CliProcess> {
  await writeFile(join(world.folder, "calls.csv"), callsCsv(ROWS));
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: DELAY_MS } });
  const before = world.sandbox.control.state().requests;
  const command = startCli(["tag", "calls.csv", "--campaign", CAMPAIGN], { cwd: world.folder, env: world.environment });
  await expect.poll(() => world.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  return command;
}

test("a job of a command that is killed is gone on with by a service", async () => {
  const command = await tagging();
  command.child.kill("SIGKILL");
  await command.ended;
  await serve();
  const { id } = await one<{ id: string }>("select id from outdial.jobs");
  await expectDone(id);
});

test("a job that a command gave to a service goes on in the command when the service is killed and none is left", async () => {
  await serve();
  const command = await tagging();
  services[0]?.running.child.kill("SIGKILL");
  expect(await command.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("is given to the service") });
  const { id } = await one<{ id: string }>("select id from outdial.jobs");
  await expectDone(id);
});
