// The service as a process: SIGTERM in the middle of a job, a second one beside it, and the job's end with nothing lost or doubled.

import { readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAgreement } from "../../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { type CliProcess, startCli } from "../../support/cli.ts";
import { LIMITED, NO_RECEIVER, operatorToken, type StartedWorld, startServe, startWorld } from "../../support/world.ts";

const ROWS = 400;

let world: StartedWorld;
let token: string;
beforeAll(async () => {
  world = await startWorld({ yaml: LIMITED, sandbox: { scenario: callsScenario(ROWS) }, environment: NO_RECEIVER });
  token = await operatorToken(world);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Starts a service on the store; resolves when it says on stdout that it serves. */
async function started(...more: string[]): Promise<{ readonly running: CliProcess; readonly said: string }> {
  const running = startCli(["serve", "--port", "0", ...more], { cwd: world.folder, env: world.environment });
  const said = Promise.withResolvers<string>();
  running.child.stdout?.on("data", (text: string) => said.resolve(text));
  void running.ended.then(({ stderr }) => said.reject(new Error(stderr)));
  return { running, said: await said.promise };
}

async function serve(): Promise<{ readonly running: CliProcess; readonly url: string }> {
  const { running, url } = startServe(world);
  return { running, url: await url };
}

const ask = async (url: string, path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "text/csv" };
  return (await (await fetch(`${url}/api/v1${path}`, { ...init, headers })).json()) as Record<string, unknown>;
};
const requests = () => world.sandbox.control.state().requests;

test("a service that is told to stop ends its job where it can be resumed; the others on the store go on with it", async () => {
  // Slow enough that the job cannot end before the stop.
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 100 } });
  const first = await serve();
  const submitted = await ask(first.url, `/campaigns/${CAMPAIGN}/tags?name=calls.csv`, { method: "POST", body: callsCsv(ROWS) });
  const { id } = submitted["job"] as { id: string };
  const begun = requests();
  await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThan(begun + 50);
  first.running.child.kill("SIGTERM");
  const stopped = await first.running.ended;
  expect({ code: stopped.code, signal: stopped.signal }).toEqual({ code: 0, signal: null });
  world.sandbox.control.faults.clear();

  const [second, third] = await Promise.all([serve(), serve()]);
  await expect
    .poll(() => ask(third.url, `/jobs/${id}`), { timeout: 120_000, interval: 200 })
    .toMatchObject({ status: "done", done: ROWS });
  await expectAgreement(world.databaseUrl, world.sandbox, ROWS);
  for (const { running } of [second, third]) running.child.kill("SIGTERM");
  expect(await Promise.all([second, third].map(async ({ running }) => (await running.ended).code))).toEqual([0, 0]);
});

test.each([
  ["text", []],
  ["json", []],
  ["text", ["--json"]],
])("without a terminal the link that signs in is in a private file, not in the %s log (%j)", async (format, more) => {
  // What a start that was killed left behind, readable by all.
  const left = `${world.folder}/.outdial/login-link`;
  await writeFile(left, "http://127.0.0.1:1/login#odc_of-the-start-before\n", { mode: 0o644 });
  const { running, said } = await started("--verbose", "--log-format", format, ...more);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
  if (more.length > 0) expect(JSON.parse(said)).toMatchObject({ url, loginFile: left });
  expect((await stat(left)).mode & 0o777).toBe(0o600);
  const link = (await readFile(left, "utf8")).trim();
  expect(link).toMatch(/\/login#odc_[\w-]{43}$/);
  expect(link.startsWith(url)).toBe(true);
  const headers = { "content-type": "application/json", origin: url, "x-outdial-request": "1" };
  const body = JSON.stringify({ code: new URL(link).hash.slice(1) });
  const logIn = () => fetch(`${url}/api/v1/session`, { method: "POST", headers, body });
  expect([(await logIn()).status, (await logIn()).status]).toEqual([200, 401]);
  running.child.kill("SIGTERM");
  const { code, stdout, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(stderr).toContain(left);
  expect(stdout + stderr).not.toMatch(/odc_|login#/);
  await expect(stat(left)).rejects.toMatchObject({ code: "ENOENT" });
});
