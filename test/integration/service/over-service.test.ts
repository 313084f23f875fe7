// A command line that works through a service: OUTDIAL_URL and OUTDIAL_TOKEN, and nothing of the service's store and tenant.

import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stopResult } from "../../../src/operations/views/index.ts";
import { defaultScenario } from "../../../src/sandbox/index.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { beginCli, type CliOptions, runCli, workFolder } from "../../support/cli.ts";
import { type StartedService, startService } from "../../support/service.ts";

const ROWS = 40;
const TAG = ["tag", "-", "--campaign", CAMPAIGN];

let at: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  at = await startService({
    sandbox: {
      scenario: callsScenario(ROWS, { clients: defaultScenario().clients }),
    },
  });
  folder = await workFolder();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const environment = (as: keyof StartedService["tokens"] = "operator") => ({
  OUTDIAL_URL: at.service.url,
  OUTDIAL_TOKEN: at.tokens[as],
});
const run = (args: readonly string[], options: Partial<CliOptions> = {}) =>
  runCli(args, { cwd: folder.path, env: environment(), ...options });
/** Of a server that has just ended. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
const answered = async (args: readonly string[], options: Partial<CliOptions> = {}) => {
  const { code, stdout } = await run([...args, "--json"], options);
  return { code, value: JSON.parse(stdout) as Record<string, Record<string, unknown>> };
};

/** The same command without the service, on its store. */
const beside = (args: readonly string[]) => runCli(args, { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } });
const answeredBeside = async (args: readonly string[]) => {
  const { code, stdout } = await beside([...args, "--json"]);
  return { code, value: JSON.parse(stdout) as Record<string, unknown> };
};

test("a file is checked, tagged by the service and followed to its end; sent again it is recognised, and its rows are there", async () => {
  const input = `${callsCsv(ROWS)}call_9999999,DISP_404,,,\n`;
  const checked = await answered([...TAG, "--dry-run"], { input });
  expect(checked).toMatchObject({ code: 4, value: { plan: { rows: ROWS + 1, toSend: ROWS, refused: 1 } } });
  const named = await run([...TAG, "--dry-run", "--out", "-"], { input });
  expect([named.code, JSON.parse(named.stdout)]).toMatchObject([4, { line: ROWS + 2, callId: "call_9999999" }]);

  const first = await run([...TAG, "--out", "-"], { input });
  expect(first.stderr).toContain(`service ${at.service.url}\n`);
  expect(first.stderr).toContain(`${ROWS} tagged · 1 refused`);
  expect(first.code).toBe(4);
  expect(first.stdout.trimEnd().split("\n")).toHaveLength(ROWS + 1);
  const again = await answered(TAG, { input });
  expect(again).toMatchObject({
    code: 4,
    value: { earlier: true, job: { counts: { tagged: ROWS, refused: 1 }, actor: "olga" } },
  });
  const id = String((again.value["job"] ?? {})["id"]);

  expect((await run(["jobs", "list", "--kind", "tag"])).stdout).toContain(id);
  expect((await run(["jobs", "list", "--kind", "push"])).stdout).not.toContain(id);
  const here = { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } };
  for (const args of [
    ["jobs", "list", "--kind", "tag", "--json"],
    ["jobs", "show", id, "--json"],
  ])
    expect((await runCli(args, here)).stdout).toBe((await run(args)).stdout);
  expect(await run(["jobs", "list", "--kind", "tags"])).toMatchObject({ code: 2 });
  expect(await answered(["dnc", "show", "+12125550123"])).toMatchObject({ code: 0, value: { suppressedSince: null } });
  expect(await run(["jobs", "show", id, "--wait", "--result", "refused", "--out", "-"])).toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/^\{"line":42,.*DISP_404.*\}\n$/) as string,
  });
  expect(await answered(["jobs", "cancel", id])).toMatchObject({ code: 0, value: { result: "already" } });
  expect(await run(["jobs", "resume", "job_none"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no job job_none") as string,
  });
  const one = await run(["tag", "--call", "call_0000001", "--code", "DISP_002", "--campaign", CAMPAIGN]);
  expect(one).toMatchObject({ code: 0, stderr: expect.stringContaining("1 tagged") as string });
});

test("Ctrl-C ends the following, and the service goes on; a service that is away meanwhile is waited for", async () => {
  at.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 400 } });
  const following = beginCli([...TAG, "--again"], { cwd: folder.path, env: environment(), input: callsCsv(ROWS, "slow") });
  await expect.poll(() => following.stderr()).toContain("rows:");
  following.interrupt();
  const ended = await following.ended;
  expect(ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining("no longer followed: what a service has begun goes on") as string,
  });
  const { value } = await answered(["jobs", "list", "--limit", "1"]);
  const [{ id } = { id: "" }] = value["items"] as unknown as { id: string }[];

  // In front of it something that is silent for the first looks.
  let looks = 0;
  const proxy = createServer((request, response) => {
    if (++looks < 3) return void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
    void at
      .ask(request.url ?? "", {
        method: request.method ?? "GET",
        headers: { "content-type": "application/json" },
        ...(request.method === "POST" ? { body: "{}" } : {}),
      })
      .then(async (answer) => response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text()));
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const address = proxy.address();
  const port = typeof address === "object" ? address?.port : 0;
  const env = { ...environment(), OUTDIAL_URL: `http://127.0.0.1:${port}` };
  const silent = await run(["jobs", "list"], { env });
  expect(silent).toMatchObject({ code: 1, stderr: expect.stringContaining("its proxy answered 502") as string });
  looks = 0;
  const resumed = run(["jobs", "show", id, "--wait"], { env });
  await expect(resumed).resolves.toMatchObject({ code: 0, stderr: expect.stringContaining("answers again") as string });
  proxy.close();
  at.sandbox.control.faults.clear();
});

test("campaigns are paused by name and all at once", async () => {
  at.sandbox.control.simulateEdit({ kind: "campaign", id: CAMPAIGN, body: { status: "active" } });
  expect(await run(["campaign", "pause", CAMPAIGN])).toMatchObject({ code: 0, stdout: "1 paused and confirmed\n" });
  at.sandbox.control.simulateEdit({ kind: "campaign", id: CAMPAIGN, body: { status: "active" } });
  const away = await run(["campaign", "pause", "--all"], {
    env: { ...environment(), OUTDIAL_URL: `http://127.0.0.1:${await closedPort()}` },
  });
  expect(away).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Stop without the service: the same command without OUTDIAL_URL") as string,
  });
  const all = await answered(["campaign", "pause", "--all", "--reason", "complaints"]);
  expect(all).toMatchObject({
    code: 0,
    value: { changes: [{ campaignId: CAMPAIGN, confirmed: true }], listProblem: null },
  });
  const { stdout } = await run(["campaign", "stops"]);
  expect((await beside(["campaign", "stops"])).stdout).toBe(stdout);
  for (const args of [["stops"], ["pause", CAMPAIGN]])
    expect(await answeredBeside(["campaign", ...args])).toEqual(await answered(["campaign", ...args]));
  const alone = await answeredBeside(["campaign", "pause", "--all", "--reason", "complaints"]);
  const there = await answered(["campaign", "pause", "--all", "--reason", "complaints"]);
  const unequal = { id: expect.any(String) as string, actor: expect.any(String) as string };
  const times = { createdAt: expect.any(String) as string, endedAt: expect.any(String) as string };
  expect(alone).toEqual({ ...there, value: { ...there.value, ...unequal, ...times } });
  expect(stopResult.parse(alone.value).seenPaused).toContain(CAMPAIGN);
  const one = await answered(["campaign", "stops", /stop_\w+/.exec(stdout)?.[0] ?? ""]);
  expect(stopResult.parse(one.value).changes).toMatchObject([{ campaignId: CAMPAIGN, status: "paused", confirmed: true }]);
  const id = /stop_\w+/.exec(stdout)?.[0] ?? "";
  expect(await run(["campaign", "stops", id])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("1 paused and confirmed") as string,
  });
});

test("a resume is shown, refused or confirmed as the service says, and pairs are told", async () => {
  at.sandbox.control.simulateEdit({ kind: "campaign", id: CAMPAIGN, body: { status: "paused" } });
  const refusal = await answered(["campaign", "resume", CAMPAIGN, "--yes"]);
  expect(refusal).toMatchObject({ code: 3, value: { verb: "resume", result: "refused" } });
  expect(refusal.value["refusals"]).toEqual(["the campaign has no contact list"]);
  expect(await answeredBeside(["campaign", "resume", CAMPAIGN, "--yes"])).toEqual(refusal);
  const check = ["campaign", "resume", CAMPAIGN, "--check"];
  expect((await beside(check)).stdout).toBe((await run(check)).stdout);
  expect(await run(["campaign", "resume", CAMPAIGN, "--check"])).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(new RegExp(`^${CAMPAIGN}: must not dial\n  the campaign has no contact list$`, "m")) as string,
  });
  expect(await run(["campaign", "resume", "none", "--yes"])).toMatchObject({ code: 1, stdout: "" });
  expect(await run(["campaign", "failover", "status"])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("there are no failover pairs") as string,
  });
  for (const verb of [["start"], ["failback"], ["history"], ["status"]]) {
    const args = ["campaign", "failover", ...verb, CAMPAIGN, "--yes"];
    const none = await answered(args);
    expect(none).toMatchObject({
      code: 2,
      value: { error: { code: "job_not_found", message: expect.stringContaining("no failover pair") as string } },
    });
    expect(await answeredBeside(args)).toEqual(none);
  }
});

test("what does not go through a service, or cannot be reached, is refused before anything is done", async () => {
  const refused = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const { code, stdout, stderr } = await run(args, { env: { ...environment(), ...env } });
    expect(`${stdout}${stderr}`).not.toContain(at.tokens.operator);
    return `${code} ${stderr.trim()}`;
  };
  expect(await refused(["webhooks", "deliver"], {})).toMatch(/^2 .*cannot use a service, but OUTDIAL_URL is set/);
  expect(await refused([...TAG, "--tenant-url", "http://127.0.0.1:9"], {})).toMatch(
    /^2 .*--tenant-url cannot be used with OUTDIAL_URL/,
  );
  expect(await refused(["jobs", "list"], { OUTDIAL_TOKEN: "" })).toMatch(/^2 .*OUTDIAL_TOKEN is not set/);
  expect(await refused(["jobs", "list"], { OUTDIAL_TOKEN: "nobody's" })).toMatch(/^5 /);
  expect(await refused(["jobs", "list"], { OUTDIAL_URL: "http://outdial.example" })).toMatch(
    /^2 .*https only, http on loopback only/,
  );
  expect(await refused(["jobs", "list"], { OUTDIAL_URL: "http://ann:secret@127.0.0.1" })).toMatch(
    /^2 (?!.*secret).*must not carry credentials/,
  );
  expect(await refused(["jobs", "list"], { OUTDIAL_URL: `http://127.0.0.1:${await closedPort()}` })).toMatch(
    /^1 .*does not answer/s,
  );
  expect(await refused(["jobs", "list"], { OUTDIAL_URL: at.environment["OUTDIAL_TENANT_URL"] ?? "" })).toMatch(
    /^[15] .*not like outdial|does not answer as/s,
  );
  expect(await run([...TAG, "--again"], { env: environment("viewer"), input: callsCsv(1) })).toMatchObject({ code: 5 });
  // What works on this machine alone does so still.
  expect(await run(["simulate", "--help"])).toMatchObject({ code: 0 });
});
