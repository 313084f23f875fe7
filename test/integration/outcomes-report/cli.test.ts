// outdial outcomes report and push as a user meets them: processes, a tenant on a socket, PostgreSQL, receivers on sockets.

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reportSchema } from "../../../src/outcomes/index.ts";
import { beginCli, runCli, startCli } from "../../support/cli.ts";
import { CRM_SECRET, type Crm, startCrm } from "../../support/crm-receiver.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { IS_DEEP } from "../../support/scale.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

const CAMPAIGN = "camp_1";
const CALLS = 400;
const DAY = 86_400_000;

let world: StartedWorld;
let events: Receiver;
let crm: Crm;
/** The week before today, in whole days. */
let from: string;
let to: string;

beforeEach(async () => {
  const today = Math.floor(Date.now() / DAY) * DAY;
  const day = (n: number) => new Date(today + n * DAY).toISOString().slice(0, 10);
  [from, to] = [day(-7), day(-1)];
  const calls = Array.from({ length: CALLS }, (_, i) => {
    const start = today - 7 * DAY + Math.floor((i * 7 * DAY) / CALLS);
    const dispositionCode = i % 8 === 0 ? "CONVERTED" : i % 8 === 1 ? "DISP_001" : "NO_ANSWER";
    return { id: `call_${i}`, campaignId: CAMPAIGN, dispositionCode, startTime: iso(start), endTime: iso(start + 60_000) };
  });
  const dispositionCodes = [{ id: "DISP_001", name: "Sale", reasonCodes: [] }];
  const scenario = { campaigns: [{ id: CAMPAIGN, name: "One", status: "paused", dispositionCodes }], calls };
  [events, crm] = await Promise.all([startReceiver(CRM_SECRET), startCrm()]);
  const environment = { OUTDIAL_CRM_URL: events.url, OUTDIAL_CRM_SECRET: CRM_SECRET, OUTDIAL_CRM_RECORDS_URL: crm.url };
  world = await startWorld({ sandbox: { scenario }, environment });
});

afterEach(async () => {
  await Promise.all([events.close(), crm[Symbol.asyncDispose]()]);
  await world[Symbol.asyncDispose]();
});

const iso = (at: number) => new Date(at).toISOString();
const run = (...args: string[]) => runCli(["outcomes", ...args], { cwd: world.folder, env: world.environment });
const pull = async () => {
  const pulled = await run("pull", "--campaign", CAMPAIGN, "--from", from, "--json");
  expect(pulled, pulled.stderr).toMatchObject({ code: 0 });
  return JSON.parse(pulled.stdout).retrieval;
};
const report = async (...more: string[]) => {
  const made = await run("report", "--campaign", CAMPAIGN, "--from", from, "--to", to, ...more);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  return made;
};

test("a retrieval is told to the CRM by itself, reported in every form, and restated when calls come late or change", async () => {
  const retrieval = await pull();
  expect(events.received).toHaveLength(1);
  const [event] = events.received;
  expect(event).toMatchObject({ signed: true, subject: CAMPAIGN, id: `${retrieval.jobId}-outcomes` });
  expect(event?.headers.authorization).toBeUndefined();
  expect(JSON.parse(event?.body ?? "").data).toMatchObject({
    metrics: {
      download_success_rate: 100,
      total_records: CALLS,
      conversion_rate: 12.5,
      summary: {
        category_distribution: { success: 50, warm: 0, cold: 0, neutral: 350, failure: 0 },
        performance_trend: "negative",
      },
    },
    audit: { job_id: retrieval.jobId, compliance_hash: retrieval.complianceHash, records_processed: CALLS, status: "COMPLETED" },
  });

  const json = reportSchema.parse(JSON.parse((await report("--format", "json")).stdout));
  expect(json.conversion).toMatchObject({ numerator: 50, denominator: CALLS });
  expect(json.unmapped).toEqual({ calls: 50, codes: [{ code: "DISP_001", calls: 50 }] });
  expect(json.days).toHaveLength(7);
  expect(json.restatements).toEqual([]);
  const text = await report("--by", "hour");
  expect(text.stderr).toContain(
    "50 calls count as neutral, their codes are not mapped (DISP_001): map them with outcomes.map in outdial.yaml",
  );
  expect(text.stdout).toContain("12.50 %  50 of 400 calls");
  expect(text.stdout).not.toContain("\u001b");
  expect((await report("--out", "report.html")).stderr).toContain("400 calls reported in report.html");
  expect(await readFile(join(world.folder, "report.html"), "utf8")).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  expect((await report("--format", "csv")).stdout).toContain("total,camp_1,conversion,400,50,400,0.125,");

  // Three calls come late into the second day, and one that was there is converted after all.
  const second = Date.parse(from) + DAY;
  for (const n of [1, 2, 3])
    world.sandbox.control.simulateCall({
      campaignId: CAMPAIGN,
      id: `late_${n}`,
      dispositionCode: "CONVERTED",
      startTime: iso(second + n),
      endTime: iso(second + 9_000),
    });
  const before = json.days[1]?.conversion;
  const changed = Math.ceil((CALLS / 7) * 1.2);
  const start = Date.parse(from) + Math.floor((changed * 7 * DAY) / CALLS);
  const wasConverted = changed % 8 === 0;
  world.sandbox.control.simulateCall({
    campaignId: CAMPAIGN,
    id: `call_${changed}`,
    dispositionCode: wasConverted ? "BUSY" : "CONVERTED",
    startTime: iso(start),
    endTime: iso(start + 60_000),
  });
  await pull();
  const shown = await report("--no-keep", "--by", "hour");
  expect(shown.stdout).not.toContain("restated");
  const again = reportSchema.parse(JSON.parse((await report("--json")).stdout));
  const day = iso(second).slice(0, 10);
  expect(again.restatements).toMatchObject([
    {
      day: null,
      late: 3,
      changed: 1,
      withdrawn: 0,
      was: { conversion: { numerator: 50, denominator: 400 } },
      now: { conversion: { denominator: 403 } },
    },
    { day, late: 3, changed: 1, was: { conversion: before } },
  ]);
  expect((await report("--json")).stdout).toContain('"restatements":[]');
});

test("maps, zones and comparisons come from flags and from the configuration; mistakes say where", async () => {
  await pull();
  await writeFile(join(world.folder, "map.yaml"), "name: acme\nversions:\n  - version: one\n    codes: { DISP_001: success }\n");
  await world.configure("outcomes: { map: map.yaml, zone: America/New_York }\n");
  const made = reportSchema.parse(JSON.parse((await report("--json", "--compare", "hour", "--by", "code")).stdout));
  expect(made.definition.id).toMatch(/^acme#/);
  expect(made.scope.zone).toBe("America/New_York");
  expect(made.conversion.numerator).toBeGreaterThan(90);
  expect(made.comparisons).toHaveLength(24);
  expect(Object.keys(made.by)).toEqual(["code"]);

  await writeFile(join(world.folder, "bad.yaml"), "name: acme\nversions:\n  - version: one\n    codes: { DISP_001: sucess }\n");
  for (const [args, message] of [
    [["--map", "bad.yaml"], "bad.yaml, line 4, versions.0.codes.DISP_001: "],
    [["--map", "none.yaml"], "cannot read the outcome map none.yaml"],
    [["--zone", "Mars"], 'time zone "Mars" is not known'],
    [["--by", "colour"], "--by colour"],
    [["--compare", "colour=red vs colour=blue"], "allowed are hour, weekday"],
    [["--from", "2026-02-30"], "--from: 2026-02-30 is no day of the calendar"],
    [["--last", "soon"], "--last soon is no span of time"],
    [["--from", "2026-03-02", "--to", "2026-03-01"], "it must begin before it ends"],
    [["--confidence", "100"], "--confidence 100"],
  ] as const) {
    const refused = await run("report", ...args);
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(2);
  }
});

test("a push that is killed at any batch goes on where it was; the CRM applies each record once and never sees the tenant's token", async () => {
  await pull();
  crm.poison.add("call_399");
  const push = ["outcomes", "push", "crm", "--records", "--batch", "20", "--out", "refused.ndjson"];
  // So many further batches are acknowledged. The CRM has the next one, but does not answer: the process dies without knowing.
  for (const more of IS_DEEP ? Array.from({ length: CALLS / 20 - 1 }, () => 1) : [1, 6, 9]) {
    const seen = crm.requests.length + more;
    crm.instead = (index) => (index >= seen ? 0 : undefined);
    const running = startCli(push, { cwd: world.folder, env: world.environment });
    await crm.arrived(seen + 1);
    running.child.kill("SIGKILL");
    await running.ended;
    crm.instead = () => undefined;
    expect(crm.requests).toHaveLength(seen + 1);
  }
  const last = await runCli([...push, "--json"], { cwd: world.folder, env: world.environment });
  expect(last.code).toBe(4);
  // One job all the time: what it brought before it was killed is its own, and stands in the ledger once.
  const { jobId, earlier, records } = JSON.parse(last.stdout);
  expect(earlier).toBe(true);
  expect(records).toMatchObject({ calls: CALLS, acknowledged: CALLS - 1, unchanged: 0, refused: 1 });
  expect(await world.query("select job_id as job, count(*)::int as count from outdial.crm_acknowledged group by job_id")).toEqual(
    [{ job: jobId, count: CALLS - 1 }],
  );
  const keys = new Map(crm.requests.map(({ calls, headers }) => [calls.join(), headers["idempotency-key"]]));
  for (const { calls, headers } of crm.requests) expect(headers["idempotency-key"]).toBe(keys.get(calls.join()));
  expect(crm.held.size).toBe(CALLS - 1);
  expect(new Set(crm.applied).size).toBe(crm.applied.length);
  expect(crm.applied).toHaveLength(CALLS - 1);
  expect(JSON.parse(await readFile(join(world.folder, "refused.ndjson"), "utf8"))).toMatchObject({
    callId: "call_399",
    statusCode: 422,
  });
  expect(
    JSON.parse((await runCli([...push, "--json"], { cwd: world.folder, env: world.environment })).stdout).records,
  ).toMatchObject({
    unchanged: CALLS - 1,
    refusedBefore: 1,
    requests: 0,
  });
  for (const { headers, body } of [...crm.requests, ...events.received]) {
    expect(headers.authorization).toBeUndefined();
    for (const text of [JSON.stringify(headers), body]) {
      expect(text).not.toContain("Bearer");
      expect(text).not.toContain(world.sandbox.ready.clientSecret);
    }
  }
});

test("Ctrl-C ends a push of this process, which the same command goes on with; one that is cancelled nobody goes on with", async () => {
  await pull();
  const options = { cwd: world.folder, env: world.environment };
  const push = ["outcomes", "push", "crm", "--records", "--batch", "100", "--json"];
  const interrupted = async (accepted: number) => {
    const until = crm.requests.length + accepted;
    crm.instead = (index) => (index >= until ? 503 : undefined);
    const command = beginCli(push, options);
    await crm.arrived(until + 1);
    command.interrupt();
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringContaining("finishing and recording requests under way"),
    });
    crm.instead = () => undefined;
    return JSON.parse((await runCli(["jobs", "list", "--json"], options)).stdout).items;
  };
  const [first] = await interrupted(1);
  expect(first).toMatchObject({ kind: "push", status: "stopped", counts: { acknowledged: 100 } });
  const [second, ...others] = await interrupted(1);
  expect(second).toMatchObject({ id: first.id, counts: { acknowledged: 200 } });
  expect(others).toHaveLength(1);
  const cancelled = JSON.parse((await runCli(["jobs", "cancel", first.id, "--json"], options)).stdout);
  expect(cancelled).toMatchObject({ result: "cancelled", push: { acknowledged: 200 } });
  expect(await runCli(["jobs", "resume", first.id], options)).toMatchObject({ code: 3 });
  const pushed = JSON.parse((await runCli(push, options)).stdout);
  expect(pushed).toMatchObject({ earlier: false, records: { calls: CALLS, unchanged: 200, acknowledged: 200 } });
});

test("without a CRM, or with one that refuses us, a push says what to do, and jobs resume goes on with it", async () => {
  await pull();
  const { OUTDIAL_CRM_URL: _, ...without } = world.environment;
  const none = await runCli(["outcomes", "push", "crm"], { cwd: world.folder, env: without });
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr).toContain("Set webhooks.crm.url in outdial.yaml, or OUTDIAL_CRM_URL");
  crm.instead = () => 401;
  const refused = await run("push", "crm", "--records");
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("the CRM does not accept records from outdial: it answered 401");
  const [job] = JSON.parse(
    (await runCli(["jobs", "list", "--json"], { cwd: world.folder, env: world.environment })).stdout,
  ).items;
  expect(job).toMatchObject({ kind: "push", status: "stopped" });
  crm.instead = () => undefined;
  // Its command was killed: the next push that may send the same records says who had it.
  await world.query("update outdial.jobs set status = 'running', executor = 'gone-7', finished_at = null where id = $1", [
    job.id,
  ]);
  expect(await run("push", "crm", "--records", "--campaign", "camp_nobody")).toMatchObject({ code: 0 });
  const left = await runCli(["jobs", "show", job.id], { cwd: world.folder, env: world.environment });
  expect(left.stderr).toContain("stopped: its process gone-7 ended before it was done; a service");
  const resumed = await runCli(["jobs", "resume", job.id], { cwd: world.folder, env: world.environment });
  expect(resumed).toMatchObject({ code: 0, stdout: `${job.id} done\n` });
  expect(resumed.stderr).toContain(`${CALLS} calls: ${CALLS} acknowledged · 0 unchanged · 0 refused`);
  expect(crm.held.size).toBe(CALLS);
});

test("files of the lake that are elsewhere are named, with what to do", async () => {
  await pull();
  await rename(join(world.folder, ".outdial", "lake"), join(world.folder, "moved"));
  const lost = await run("report", "--campaign", CAMPAIGN, "--from", from, "--to", to);
  expect(lost).toMatchObject({ code: 1, stdout: "" });
  expect(lost.stderr).toMatch(
    /a file that the store lists is missing.*: .*\.parquet\n {2}The files are elsewhere or were removed/,
  );
  await world.configure("outcomes: { lake: moved }\n");
  expect(JSON.parse((await report("--json")).stdout)).toMatchObject({ conversion: { denominator: CALLS } });
});
