// outdial outcomes as a user's shell runs it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAMPAIGN } from "../../support/calls.ts";
import { beginCli, type CliResult, runCli } from "../../support/cli.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "./world.ts";

const CALLS = 400;
let world: World;

beforeAll(async () => {
  world = await openWorld(
    outcomesScenario(0, { generateCalls: [{ campaignId: CAMPAIGN, count: CALLS, days: 2, prefix: "call_", digits: 7 }] }),
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const outdial = (...args: string[]): Promise<CliResult> =>
  runCli(["outcomes", ...args], { cwd: world.folder, env: world.environment });

test("pull, runs, verify, export and reconcile tell one story", async () => {
  const pulled = await outdial("pull", "--campaign", CAMPAIGN, "--last", "3d", "--json");
  expect(pulled.code).toBe(0);
  const { retrieval } = JSON.parse(pulled.stdout);
  const truth = truthOf(world.sandbox, Date.parse(retrieval.from), Date.parse(retrieval.to));
  expect(retrieval).toMatchObject({ status: "done", calls: CALLS, complianceHash: truth.hash });
  expect(pulled.stderr).toContain("400 calls");
  expect(pulled.stderr).not.toContain(world.sandbox.ready.clientSecret);

  const [runs, verified, csv, reconciled] = [
    await outdial("runs", "--json"),
    await outdial("verify"),
    await outdial("export", "--format", "csv"),
    await outdial("reconcile", "--campaign", CAMPAIGN, "--last", "3d", "--json"),
  ];
  expect(reconciled.stderr).toContain("CRM not known: none is configured · 0 differences between vendor and lake");
  // With a CRM that takes records, what it has never acknowledged it lacks.
  const lacking = await runCli(["outcomes", "reconcile", "--campaign", CAMPAIGN, "--last", "3d", "--json"], {
    cwd: world.folder,
    env: { ...world.environment, OUTDIAL_CRM_RECORDS_URL: "http://127.0.0.1:9/records" },
  });
  expect(lacking.code).toBe(4);
  expect(JSON.parse(lacking.stdout)).toMatchObject({ crm: 0, differences: { not_in_crm: CALLS } });
  expect(JSON.parse(runs.stdout).items).toEqual([
    expect.objectContaining({ jobId: retrieval.jobId, successRate: 1, calls: CALLS, latencySeconds: expect.any(Number) }),
  ]);
  const verdicts = JSON.parse((await outdial("verify", "--json")).stdout);
  // Nothing else counts the calls of three days: they are unchanged, and whether they are all is not known.
  expect(verdicts).toEqual({
    ok: false,
    items: [
      {
        jobId: retrieval.jobId,
        ended: true,
        whole: null,
        calls: CALLS,
        expected: CALLS,
        hash: truth.hash,
        expectedHash: truth.hash,
        damaged: { count: 0, callIds: [] },
        erased: 0,
        compared: [],
        doubt: null,
      },
    ],
  });
  expect(verified).toMatchObject({
    code: 4,
    stdout: `${retrieval.jobId} NOT KNOWN · 400 calls, unchanged, and nothing else counts the calls of this time · ${truth.hash}\n`,
  });
  const lines = csv.stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(CALLS + 1);
  expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(truth.calls.map(({ id }) => id));
  expect(reconciled.code).toBe(0);
  expect(JSON.parse(reconciled.stdout)).toMatchObject({ vendor: CALLS, lake: CALLS, first: [] });

  const out = join(world.folder, "some.ndjson");
  expect(await outdial("export", "--format", "ndjson", "--codes", "CONVERTED", "--out", out)).toMatchObject({
    code: 0,
    stdout: "",
  });
  const rows = (await readFile(out, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows).toHaveLength(truth.calls.filter(({ code }) => code === "CONVERTED").length);
  const audit = await runCli(["audit", "list", "--json", "--limit", "100"], { cwd: world.folder, env: world.environment });
  for (const action of ["outcomes.retrieve", "outcomes.retrieved", "outcomes.export"]) expect(audit.stdout).toContain(action);
});

describe("what cannot be asked for is refused before anything is sent", () => {
  test.each([
    [["pull"], "--campaign is needed"],
    [["pull", "--campaign", CAMPAIGN, "--from", "yesterday"], "--from yesterday is no time"],
    [["pull", "--campaign", CAMPAIGN, "--last", "soon"], "--last soon is no span of time"],
    [["pull", "--campaign", CAMPAIGN, "--limit", "5001"], "from 1 to 5000"],
    [["pull", "--campaign", CAMPAIGN, "--from", "2020-01-01"], "the vendor keeps calls for 90 days"],
    [["pull", "--campaign", CAMPAIGN, "--to", "2199-01-01"], "lies in the future"],
    [["pull", "--campaign", CAMPAIGN, "--every", "15m", "--from", "2026-01-01"], "--every cannot be used with --from"],
    [["pull", "--campaign", CAMPAIGN, "--every", "15m", "--resume"], "exclude each other"],
    [["export", "--format", "xls"], "not one of parquet, csv, ndjson"],
    [["pull", "--campaign", CAMPAIGN, "b"], "only be retrieved with --every"],
    [["pull", "--campaign", CAMPAIGN, "--every", "15m", "--stagger", "5m"], "--stagger is the time between"],
    [["pull", "--campaign", CAMPAIGN, "b", "--every", "15m", "--stagger", "15m"], "must be shorter"],
    [["export", "--format", "parquet"], "needs --out"],
    [["export", "--format", "csv", "--map", "nowhere.yaml"], "cannot read the outcome map nowhere.yaml"],
    [["runs", "job_none"], "there is no retrieval job_none"],
  ])("%j", async (args, message) => {
    const before = world.sandbox.control.state().requests;
    const result = await outdial(...args);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(message);
    expect(world.sandbox.control.state().requests).toBe(before);
  });

  test("a dry run shows the windows and needs no tenant", async () => {
    const result = await runCli(["outcomes", "pull", "--campaign", "x", "--last", "36h", "--codes", "CONVERTD", "--dry-run"], {
      cwd: world.folder,
    });
    expect(result.code).toBe(0);
    expect(result.stdout.trim().split("\n").length).toBeGreaterThanOrEqual(2);
    expect(result.stderr).toContain("did you mean CONVERTED?");
    expect(result.stderr).toContain("nothing was sent");
  });

  test("a dry run of several campaigns shows the windows and the turns of each", async () => {
    const pull = ["outcomes", "pull", "--campaign", "x", "y", "--last", "1h", "--every", "1h", "--dry-run"];
    const { stdout, stderr } = await runCli([...pull, "--stagger", "10m", "--json"], { cwd: world.folder });
    const [x, y] = JSON.parse(stdout).items;
    expect([x.campaignId, y.campaignId]).toEqual(["x", "y"]);
    expect(Date.parse(y.firstAt) - Date.parse(x.firstAt)).toBe(600_000);
    expect(stderr).toMatch(/dry run: (2|4) windows/);
    const text = await runCli(pull, { cwd: world.folder });
    expect(text.stdout).toMatch(/^x: first at .*, then every 1 h\n.*all codes[^]*^y: first at /m);
    const late = await runCli([...pull, "--stagger", "2h"], { cwd: world.folder });
    expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining("must be shorter") });
  });
});

test("interrupted, it says how to go on, and goes on at the page where it was", async () => {
  const [fault] = world.sandbox.control.faults.add({ match: { operation: "listCalls" }, effect: { delayMs: 100 } });
  const before = world.listings();
  const running = beginCli(["outcomes", "pull", "--campaign", CAMPAIGN, "--last", "3d", "--limit", "10"], {
    cwd: world.folder,
    env: world.environment,
  });
  await until(() => world.listings() >= before + 6);
  running.interrupt();
  const stopped = await running.ended;
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain("outdial outcomes pull --resume");
  world.sandbox.control.faults.clear(fault?.id);
  // What has not ended is compared with nothing: that is not "unchanged".
  const verified = await outdial("verify");
  expect(verified).toMatchObject({ code: 4, stderr: expect.stringContaining("has not ended") as string });
  const asked = world.listings() - before;
  const resumed = await outdial("pull", "--resume", "--json");
  expect(resumed.code).toBe(0);
  const { retrieval } = JSON.parse(resumed.stdout);
  expect(retrieval).toMatchObject({
    run: 2,
    calls: CALLS,
    complianceHash: truthOf(world.sandbox, Date.parse(retrieval.from), Date.parse(retrieval.to)).hash,
  });
  // Pages that were home are not asked for again: at most what was under way in each window.
  expect(world.listings() - before).toBeLessThanOrEqual(retrieval.pages + 6);
  expect(asked).toBeGreaterThanOrEqual(6);
  expect(await outdial("pull", "--resume")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("no retrieval was interrupted"),
  });
});

test("a schedule is kept when its process is interrupted, and ended by --every off", async () => {
  const running = beginCli(["outcomes", "pull", "--campaign", CAMPAIGN, "--every", "15m"], {
    cwd: world.folder,
    env: world.environment,
  });
  await until(() => running.stderr().includes("calls ·"));
  running.interrupt();
  expect(await running.ended).toMatchObject({ code: 130, stdout: expect.stringMatching(/^job_\w+ done\n$/) });
  expect(JSON.parse((await outdial("runs", "--json")).stdout).schedules).toEqual([
    expect.objectContaining({ campaignId: CAMPAIGN, everyMs: 900_000 }),
  ]);
  expect(await outdial("pull", "--campaign", CAMPAIGN, "--every", "off")).toMatchObject({ code: 0 });
  expect(JSON.parse((await outdial("runs", "--json")).stdout).schedules).toEqual([]);
});
