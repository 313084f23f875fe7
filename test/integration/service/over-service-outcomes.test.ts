// Outcomes and records through a service, from a machine that has nothing but its address and a token.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retrievalPlan, retrievalView, scheduleView } from "../../../src/operations/views/index.ts";
import { beginCli, type CliOptions, runCli, workFolder } from "../../support/cli.ts";
import { CRM_SECRET, startCrm } from "../../support/crm-receiver.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const CALLS = 40;
const campaignId = "camp_1";
const HOUR = 3_600_000;
const listCalls = { operation: "listCalls" };
const PULL = ["pull", "--campaign", campaignId];
const began = Date.now() - 2 * HOUR;
const textOf = (at: number) => new Date(at).toISOString();
const PERIOD = ["--from", textOf(began - HOUR), "--to", textOf(began + HOUR)];

let crm: Awaited<ReturnType<typeof startCrm>>;
let at: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  crm = await startCrm();
  crm.poison.add("call_7");
  const calls = Array.from({ length: CALLS }, (_, i) => {
    const start = began + i * 1000;
    // The last one ends before it starts.
    const end = start + (i === CALLS - 1 ? -500 : 500);
    return { id: `call_${i}`, campaignId, dispositionCode: "NO_ANSWER", startTime: textOf(start), endTime: textOf(end) };
  });
  at = await startService({
    sandbox: { scenario: { campaigns: [{ id: campaignId, status: "paused" }], calls } },
    environment: { OUTDIAL_CRM_URL: crm.url, OUTDIAL_CRM_SECRET: CRM_SECRET, OUTDIAL_CRM_RECORDS_URL: crm.url },
  });
  folder = await workFolder();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await crm[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

type As = keyof StartedService["tokens"];
const placeOf = (as: As = "operator") => ({
  cwd: folder.path,
  env: { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens[as] },
});
const run = (args: readonly string[], as?: As, options: Partial<CliOptions> = {}) =>
  runCli(["outcomes", ...args], { ...placeOf(as), ...options });
const beside = (args: readonly string[]) =>
  runCli(["outcomes", ...args], { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } });
const says = (text: string) => expect.stringContaining(text) as string;

test("a retrieval is shown before, followed to its end, and told as beside the service", async () => {
  const dry = [...PULL, ...PERIOD, "--dry-run"];
  const [shown, same] = [await run(dry, "viewer"), await beside(dry)];
  expect([shown.code, shown.stdout]).toEqual([0, same.stdout]);
  const [json, sameJson] = [await run([...dry, "--json"]), await beside([...dry, "--json"])];
  expect(retrievalPlan.parse(JSON.parse(json.stdout))).toEqual(JSON.parse(sameJson.stdout));
  expect(await run([...PULL, ...PERIOD], "viewer")).toMatchObject({ code: 5 });
  expect(await run([...PULL, ...PERIOD, "--downloads", "2"])).toMatchObject({ code: 2, stderr: says("--downloads") });

  const pulled = await run([...PULL, ...PERIOD, "--json"]);
  const { retrieval } = JSON.parse(pulled.stdout) as { retrieval: unknown };
  const { jobId, ...rest } = retrievalView.parse(retrieval);
  expect([pulled.code, rest]).toMatchObject([
    4,
    { status: "partly_failed", actor: "olga", calls: CALLS - 1, pagesFailed: 0, unfinished: 0, stop: null },
  ]);
  expect(rest.bytes).toBeGreaterThan(0);
  expect(pulled.stderr).toContain(`retrieval ${jobId}`);
  expect(pulled.stderr).toContain("in quarantine: 1 end_before_start");
  for (const args of [["runs"], ["runs", jobId], ["runs", "--json"], ["runs", jobId, "--quarantine"], ["verify"]]) {
    const [there, here] = [await run(args), await beside(args)];
    expect([args, there.code, there.stdout]).toEqual([args, here.code, here.stdout]);
    expect(there.stdout).not.toBe("");
  }
  expect(await run(["runs", jobId], "viewer")).toMatchObject({ code: 0 });
  expect(await run(["runs", jobId, "--quarantine"], "viewer")).toMatchObject({
    code: 5,
    stdout: "",
    stderr: says("outdial outcomes runs --quarantine needs the role operator; the token of vera has the role viewer"),
  });
  expect(await run(["runs", "job_none"])).toMatchObject({ code: 2, stderr: says("there is no retrieval job_none") });
  expect(await run(["pull", "--campaign", "nobody"])).toMatchObject({
    code: 0,
    stderr: says("the tenant knows no campaign nobody"),
  });
});

test("Ctrl-C ends the following; what stopped goes on with --resume", async () => {
  at.sandbox.control.faults.add({ match: listCalls, effect: { delayMs: 60_000 } });
  const following = beginCli(["outcomes", ...PULL, "--last", "30h"], placeOf());
  await until(() => following.stderr().includes("retrieval job_"));
  following.interrupt();
  expect(await following.ended).toMatchObject({
    code: 130,
    stderr: says("no longer followed: what a service has begun goes on"),
  });
  at.sandbox.control.faults.clear();
  const { items } = JSON.parse((await run(["runs", "--json"])).stdout) as { items: { jobId: string }[] };
  const [{ jobId } = { jobId: "" }] = items;
  expect(await runCli(["jobs", "cancel", jobId], placeOf())).toMatchObject({ code: 0 });

  at.sandbox.control.faults.add({ match: listCalls, effect: { status: 403 } });
  const stopped = await run([...PULL, "--last", "30h", "--json"]);
  const { retrieval } = JSON.parse(stopped.stdout) as { retrieval: unknown };
  const { stop } = retrievalView.parse(retrieval);
  expect([stopped.code, stop]).toMatchObject([5, { code: "missing_scope" }]);
  expect(stopped.stderr).toContain(stop?.message.slice(0, 60));
  at.sandbox.control.faults.clear();
  expect(await run(["pull", "--resume"])).toMatchObject({ code: 4, stderr: says("windows are done") });
  expect(await run(["pull", "--resume"])).toMatchObject({ code: 0, stderr: says("no retrieval was interrupted") });
});

test("the service retrieves by a schedule that is set from afar", async () => {
  const every = [...PULL, "b", "--every", "7d", "--last", "1h"];
  const set = await run([...every, "--stagger", "90s", "--json"]);
  expect(set).toMatchObject({ code: 0, stderr: says("2 schedules are set; the service retrieves whenever one falls due") });
  const { schedules } = JSON.parse(set.stdout) as { schedules: unknown[] };
  expect(schedules.map((one) => scheduleView.parse(one))).toMatchObject([
    { campaignId: "b", everyMs: 168 * HOUR, actor: "olga" },
    { campaignId },
  ]);
  expect((await run(["runs"])).stdout).toMatch(/^scheduled: camp_1 every 7 d/m);
  expect(await run([...PULL, "b", "--every", "off"])).toMatchObject({ code: 0, stderr: says("the schedule of b is ended") });
});

test("a push is begun and followed; its refused records are those of the job", async () => {
  expect(await run(["push", "crm", "--map", "map.yaml"])).toMatchObject({ code: 2, stderr: says("the outcome map") });
  await writeFile(join(folder.path, "map.yaml"), "none: true\n");
  expect(await run(["push", "crm", "--map", "map.yaml"])).toMatchObject({ code: 2, stderr: says("map.yaml, line 1") });
  const pushed = await run(["push", "crm", "--records", "--batch", "10", "--out", "refused.ndjson", "--json"]);
  expect(JSON.parse(pushed.stdout)).toMatchObject({
    earlier: false,
    delivery: null,
    records: { calls: CALLS - 1, acknowledged: CALLS - 2, refused: 1 },
  });
  expect([pushed.code, pushed.stderr]).toEqual([4, says("refused call_7: 422")]);
  const { jobId } = JSON.parse(pushed.stdout) as { jobId: string };
  const rows = await runCli(["jobs", "show", jobId, "--out", "-"], placeOf());
  const refusedRecords = () => readFile(join(folder.path, "refused.ndjson"), "utf8");
  expect(await refusedRecords()).toBe(rows.stdout);
  expect(await run(["push", "crm", "--records", "--out", "refused.ndjson"], "viewer")).toMatchObject({ code: 5 });
  expect(await refusedRecords()).toBe(rows.stdout);
  expect((await run(["push", "crm"])).stdout).toMatch(/^events: \d+ queued · the service delivers them\n$/);
});

test("audit log, deliveries and receivers are shown as beside the service; a receiver is switched and dead letters are queued again", async () => {
  const there = (args: readonly string[], as?: As) => runCli(args, placeOf(as));
  const here = (args: readonly string[]) => runCli(args, { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } });
  for (const args of [
    ["audit", "list", "--limit", "5"],
    ["audit", "list", "--limit", "5", "--after", "3", "--json"],
    ["audit", "verify", "--json"],
    ["webhooks", "deliveries"],
    ["webhooks", "receivers", "--json"],
  ]) {
    const [shown, same] = [await there(args, "viewer"), await here(args)];
    // A verification is an entry of the log itself.
    const settled = (text: string) => text.replaceAll(/"(size|checkpoints)":\d+/g, '"$1":0').replaceAll(/"root":"[^"]*"/g, "");
    expect([args, shown.code, settled(shown.stdout)]).toEqual([args, same.code, settled(same.stdout)]);
    expect(shown.stdout).not.toBe("");
  }
  expect(await there(["audit", "proof", "1"], "viewer")).toMatchObject({
    code: 5,
    stderr: says("outdial audit proof needs the role operator"),
  });
  const proof = await there(["audit", "proof", "1"]);
  await writeFile(join(folder.path, "proof.json"), proof.stdout);
  const key = join(at.dir, "audit.pub");
  expect(await here(["audit", "verify-proof", "proof.json", "--key", key])).toMatchObject({ code: 0 });
  expect(await there(["webhooks", "off", "crm"])).toMatchObject({ code: 0, stdout: "crm is off now\n" });
  expect(await there(["webhooks", "on", "crm"])).toMatchObject({ code: 0, stdout: "crm is on now\n" });
  expect(await there(["webhooks", "on", "nobody"])).toMatchObject({ code: 2, stderr: says("there is no receiver") });
  expect(await there(["webhooks", "replay"])).toMatchObject({ code: 0, stdout: says("the service delivers them") });
  const replay = ["webhooks", "replay", "--json"];
  expect(JSON.parse((await there(replay)).stdout)).toEqual({ queued: 0, delivery: null });
  const delivery = { delivered: 0, failed: 0, dead: 0, pending: expect.any(Number) as number };
  expect(JSON.parse((await here(replay)).stdout)).toMatchObject({ queued: 0, delivery });
  const long = "x".repeat(3000);
  for (const args of [
    [...replay, "--from", "0"],
    [...replay, "--from", "5", "--to", "3"],
    ["interaction", "show", long, "--json"],
    ["campaign", "failover", "history", long, "--json"],
    ["outcomes", "runs", long, "--json"],
  ]) {
    const [refused, same] = [await there(args), await here(args)];
    expect([args, refused.code, refused.stdout]).toEqual([args, same.code, same.stdout]);
    expect(refused.stdout).toMatch(/--from 0 is not|the range ends at 3|\[?<?(id|primary)>?\]? is of 3000 characters/);
  }
  for (const args of [
    ["failover", "history", campaignId],
    ["failover", "holds", campaignId],
  ])
    expect(await there(["campaign", ...args])).toMatchObject(
      await here(["campaign", ...args]).then(({ code, stdout }) => ({ code, stdout })),
    );
  expect(await there(["interaction", "show", "nobody"])).toMatchObject({
    code: (await here(["interaction", "show", "nobody"])).code,
  });
});
