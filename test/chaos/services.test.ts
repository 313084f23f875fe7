// Two services share the jobs. The one that has a job dies, falls asleep or ends: the other goes on, and what the first one does when it wakes
// changes nothing.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { expectAgreement } from "../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../support/calls.ts";
import { type CliProcess, startCli } from "../support/cli.ts";
import { scaled } from "../support/scale.ts";
import { NO_RECEIVER, operatorToken, type StartedWorld, startServe, startWorld } from "../support/world.ts";

const ROWS = scaled(5000, 300);
/** The tenant takes so long, ms, that a job does not end before its process is killed. */
const DELAY_MS = Math.max(30, 18_000 / ROWS);

/** Jobs one after the other, each over calls of its own. */
const JOBS = 3;

let stack: AsyncDisposableStack;
let world: StartedWorld;
let database: pg.Client;
let token: string;
let services: { readonly running: CliProcess; readonly url: string }[];
let jobs: number;

/** For the tests of one `describe`: what one leaves running the next one goes on with. */
function oneWorld(): void {
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    const scenario = callsScenario(JOBS * ROWS);
    world = stack.use(await startWorld({ sandbox: { scenario }, environment: NO_RECEIVER }));
    token = await operatorToken(world);
    database = new pg.Client({ connectionString: world.databaseUrl });
    await database.connect();
    services = [];
    jobs = 0;
  });
  afterEach(() => world.sandbox.control.faults.clear());
  afterAll(async () => {
    for (const { running } of services) await killed(running);
    await database.end();
    await stack[Symbol.asyncDispose]();
  });
}

async function killed(running: CliProcess): Promise<void> {
  running.child.kill("SIGKILL");
  await running.ended;
}

/** Starts services until so many run. */
async function serve(wanted: number): Promise<void> {
  services = services.filter(({ running: { child } }) => child.exitCode === null && child.signalCode === null);
  while (services.length < wanted) {
    const { running, url: said } = startServe(world);
    services.push({ running, url: "" });
    const url = await said;
    services[services.length - 1] = { running, url };
  }
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

/** The rows of the next job. */
function rows(): { readonly csv: string; readonly first: number } {
  const first = 1 + jobs++ * ROWS;
  return { csv: callsCsv(ROWS, "", first), first };
}

interface Begun {
  readonly id: string;
  readonly first: number;
}

/** A job in the middle, and the process that has it. */
async function begun(): Promise<Begun & { owner: CliProcess }> {
  const { csv, first } = rows();
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: DELAY_MS } });
  const before = world.sandbox.control.state().requests;
  const response = await fetch(`${services[0]?.url}/api/v1/campaigns/${CAMPAIGN}/tags`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
    body: csv,
  });
  const { id } = ((await response.json()) as { job: { id: string } }).job;
  await expect.poll(() => world.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  const { pid } = await one<{ pid: number }>(
    "select pid from outdial.replicas r join outdial.jobs j on j.executor = r.id where j.id = $1",
    [id],
  );
  const owner = services.find(({ running }) => running.child.pid === pid)?.running;
  if (owner === undefined) throw new Error(`no service has the job ${id}`);
  return { id, first, owner };
}

async function expectDone({ id, first }: Begun): Promise<void> {
  await expect.poll(() => jobOf(id), { timeout: 120_000 }).toMatchObject({ status: "done" });
  await expectAgreement(world.databaseUrl, world.sandbox, ROWS, { job: id, first });
}

describe("two services", () => {
  oneWorld();

  test("one that is killed: the other goes on, and each row ends once", async () => {
    await serve(2);
    const job = await begun();
    await killed(job.owner);
    await expectDone(job);
  });

  test("one that falls asleep and wakes after the other took its job: nothing that it does then counts, and each row ends once", async () => {
    await serve(2);
    const job = await begun();
    const before = await jobOf(job.id);
    job.owner.child.kill("SIGSTOP");
    await expect.poll(async () => (await jobOf(job.id)).executor, { timeout: 120_000 }).not.toBe(before.executor);
    job.owner.child.kill("SIGCONT");
    await expectDone(job);
    const { count } = await one<{ count: number }>(
      "select count(*)::int as count from outdial.audit where job = $1 and action = 'job.run'",
      [job.id],
    );
    expect(count).toBe(2);
  });

  test("one that ends in order leaves its job to the other", async () => {
    await serve(2);
    const job = await begun();
    // Requests are on the wire for a while when it is told to end: it waits for them, and records what came of them.
    world.sandbox.control.faults.clear();
    world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 1000 } });
    const before = world.sandbox.control.state().requests;
    await expect.poll(() => world.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    job.owner.child.kill("SIGTERM");
    const { code, stderr } = await job.owner.ended;
    world.sandbox.control.faults.clear();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.not.stringMatching(/not recorded|calling end on the pool|still running/),
    });
    await expectDone(job);
  });
});

describe("commands and one service", () => {
  oneWorld();

  /** A command that tags the calls. */
  async function tagging(): Promise<{ command: CliProcess; first: number }> {
    const { csv, first } = rows();
    await writeFile(join(world.folder, "calls.csv"), csv);
    world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: DELAY_MS } });
    const before = world.sandbox.control.state().requests;
    const command = startCli(["tag", "calls.csv", "--campaign", CAMPAIGN], { cwd: world.folder, env: world.environment });
    await expect.poll(() => world.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
    return { command, first };
  }

  /** The job that was begun last. */
  const newest = () => one<{ id: string }>("select id from outdial.jobs order by created_at desc, id desc limit 1");

  test("a job of a command that is killed is gone on with by a service", async () => {
    const { command, first } = await tagging();
    await killed(command);
    await serve(1);
    await expectDone({ ...(await newest()), first });
  });

  test("the only one that is killed: its next start goes on", async () => {
    await serve(1);
    const job = await begun();
    await killed(job.owner);
    await serve(1);
    await expectDone(job);
  });

  test("a job that a command gave to a service goes on in the command when the service is killed and none is left", async () => {
    await serve(1);
    const { command, first } = await tagging();
    services[0]?.running.child.kill("SIGKILL");
    expect(await command.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("is handed over to the service") });
    await expectDone({ ...(await newest()), first });
  });
});
