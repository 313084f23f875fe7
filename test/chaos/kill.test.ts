// kill -9 at any moment: whoever goes on ends with the same ledger, tenant state, audit log and events as if nothing had happened.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../support/calls.ts";
import { type CliProcess, runCli, startCli, workFolder } from "../support/cli.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { scaled, seeded } from "../support/scale.ts";

const ROWS = scaled(5000, 600);
const KILLS = scaled(30, 2);
const CONCURRENCY = 32;

let sandbox: Sandbox;
let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;
let env: Record<string, string>;
let args: string[];

beforeEach(async () => {
  sandbox = createSandbox({ scenario: callsScenario(ROWS) });
  const { url } = await sandbox.listen();
  database = await createDatabase();
  folder = await workFolder();
  await writeFile(join(folder.path, "calls.csv"), callsCsv(ROWS));
  const limits = ["outbound-write", "outbound-read", "other"].map((family) => `  ${family}: "off"`).join("\n");
  await writeFile(join(folder.path, "outdial.yaml"), `limits:\n${limits}\n`);
  env = {
    DATABASE_URL: database.url,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_BI_URL: "http://127.0.0.1:9/events",
    OUTDIAL_BI_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  args = ["tag", "calls.csv", "--campaign", CAMPAIGN, "--tenant-url", url, "--concurrency", String(CONCURRENCY)];
});

afterEach(async () => {
  await sandbox.close();
  await database.dispose();
  await folder[Symbol.asyncDispose]();
});

const requests = () => sandbox.control.state().requests;

/** Waits until the sandbox has served `wanted` requests, or the process has ended by itself. */
async function servedOrEnded(running: CliProcess, wanted: number): Promise<void> {
  await waitFor(() => requests() >= wanted || running.child.exitCode !== null);
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
    const running = startCli(args, { cwd: folder.path, env });
    await servedOrEnded(running, Math.max(moment, requests() + 1));
    if (running.child.exitCode === null) killed += 1;
    await kill(running);
  }
  const end = await runCli(args, { cwd: folder.path, env });
  expect(end.stderr).toContain("rows");
  expect(end.code).toBe(0);
  expect(killed).toBeGreaterThan(KILLS / 2);
  const { repeats } = await expectAgreement(database.url, sandbox, ROWS);
  // Repeated at most: what was under way, and what was answered but not yet committed, at each kill.
  expect(repeats).toBeLessThanOrEqual(killed * 512);
  const audit = await runCli(["audit", "verify", "--json"], { cwd: folder.path, env });
  expect(JSON.parse(audit.stdout)).toMatchObject({ ok: true });
});

test("a second process takes over the job of one that was killed, and nothing is doubled", async () => {
  // Slow enough that the job cannot end before the kill.
  sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 100_000 / ROWS } });
  const first = startCli(args, { cwd: folder.path, env });
  await servedOrEnded(first, ROWS / 16);
  // From here on it gets nowhere, however long the second one takes to start.
  sandbox.control.faults.clear();
  sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 60_000 } });
  const second = startCli(args, { cwd: folder.path, env });
  await waitFor(() => second.stderr().includes("is known as") || second.child.exitCode !== null);
  expect(second.stderr()).toContain("is known as");
  const before = requests();
  await kill(first);
  sandbox.control.faults.clear();
  const end = await second.ended;
  expect(end.code).toBe(0);
  expect(before).toBeLessThan(ROWS);
  await expectAgreement(database.url, sandbox, ROWS);
});

async function waitFor(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 10));
}
