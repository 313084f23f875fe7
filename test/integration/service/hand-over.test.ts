// A command line beside a running service gives its job to the service and follows it; the service's limits then hold for all.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectAgreement } from "../../support/agreement.ts";
import { CAMPAIGN, callId, callsCsv, callsScenario } from "../../support/calls.ts";
import { beginCli, runCli, runCliProcess, workFolder } from "../../support/cli.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { LIMITED, startServe } from "../../support/world.ts";

const ROWS = 600;
const RECEIVER = { OUTDIAL_BI_URL: "http://127.0.0.1:9/events", OUTDIAL_BI_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
const ARGS = ["tag", "calls.csv", "--campaign", CAMPAIGN];

let whole: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
let options: { cwd: string; env: Record<string, string> };
beforeEach(async () => {
  whole = await startService({ yaml: LIMITED, sandbox: { scenario: callsScenario(ROWS) }, environment: RECEIVER });
  folder = await workFolder();
  await writeFile(join(folder.path, "calls.csv"), callsCsv(ROWS));
  await copyFile(join(whole.dir, "..", "outdial.yaml"), join(folder.path, "outdial.yaml"));
  const { clientId, clientSecret } = whole.sandbox.ready;
  const env = { DATABASE_URL: whole.databaseUrl, CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret, ...RECEIVER };
  options = { cwd: folder.path, env };
});
afterEach(async () => {
  await whole[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const runsOf = async () =>
  (await whole.service.store.audit.list({ limit: 1000 })).filter(({ action }) => action === "job.run").map(({ actor }) => actor);

test("the service runs it, and the command says so and ends as the job does", async () => {
  const { code, stdout, stderr } = await runCli(ARGS, options);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^job_\w+ done\n$/) });
  expect(stderr).toMatch(/^job_\w+ is handed over to the service \S+, which runs it with its own settings$/m);
  expect(await runsOf()).toEqual(["service"]);
  await expectAgreement(whole.databaseUrl, whole.sandbox, ROWS);
});

test("Ctrl-C ends the following; the job goes on", async () => {
  whole.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 30 } });
  const before = whole.sandbox.control.state().requests;
  const command = beginCli(ARGS, options);
  await expect.poll(() => whole.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  command.interrupt();
  const { code, stderr } = await command.ended;
  expect({ code, stderr }).toMatchObject({
    code: 130,
    stderr: expect.stringContaining("no longer followed: what a service has begun goes on"),
  });
  const [job] = await whole.service.store.jobs.listJobs();
  expect(await whole.ended(job?.id ?? "")).toMatchObject({ status: "done", done: ROWS });
  await expectAgreement(whole.databaseUrl, whole.sandbox, ROWS);
});

test("a command for another tenant runs its own job: the service would write to the wrong one", async () => {
  await using stack = new AsyncDisposableStack();
  const { sandbox: other, url, clientId, clientSecret } = stack.use(await startSandbox({ scenario: callsScenario(ROWS) }));
  // One log has one key.
  await mkdir(join(folder.path, ".outdial"), { mode: 0o700 });
  await copyFile(join(whole.dir, "audit.key"), join(folder.path, ".outdial", "audit.key"));
  await whole.service[Symbol.asyncDispose]();
  const served = startServe({ folder: folder.path, environment: options.env });
  await served.url;
  const env = { ...options.env, CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret };
  const { code, stderr } = await runCli([...ARGS, "--tenant-url", url], { cwd: folder.path, env });
  served.running.child.kill("SIGTERM");
  await served.running.ended;
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("is handed over to the service") });
  await expectAgreement(whole.databaseUrl, other, ROWS);
  expect(whole.sandbox.control.call(callId(1))?.effects ?? 0).toBe(0);
});

test("a service whose key the audit log was not begun with does not start", async () => {
  await runCli(["audit", "verify"], options);
  await whole.service.store.audit.append([{ actor: "tester", action: "tested", subject: "x" }]);
  await whole.service[Symbol.asyncDispose]();
  const { code, stderr } = await runCliProcess(["serve", "--port", "0"], { cwd: folder.path, env: options.env });
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("this audit log is signed by") });
});
