// Pushes to a CRM through the API, with a real one at the other end.

import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beginCli, runCli } from "../../support/cli.ts";
import { CRM_SECRET, startCrm } from "../../support/crm-receiver.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const CALLS = 40;
const campaignId = "camp_1";
const parsed = (line: string) => JSON.parse(line) as object;
const WAITS = new Set(["lake", "receiver"]);
const PATIENT = { timeout: 120_000, interval: 200 };
/** A folder that nobody can write to, whoever they are; only Linux has one everywhere. */
const READ_ONLY = process.platform === "linux" ? "/sys/kernel" : undefined;

test("records are sent once, those that the CRM refuses are named, the audit says who pushed, and what waits for CRM or lake goes on by itself", async () => {
  await using crm = await startCrm();
  crm.poison.add("call_7");
  const began = Date.now() - 3_600_000;
  const calls = Array.from({ length: CALLS }, (_, i) => {
    const start = began + i * 1000;
    const [startTime, endTime] = [start, start + 500].map((at) => new Date(at).toISOString());
    return { id: `call_${i}`, campaignId, dispositionCode: "NO_ANSWER", startTime, endTime };
  });
  const clock = hastenedClock();
  await using at = await startService({
    clock,
    leftMs: 20,
    sandbox: { scenario: { campaigns: [{ id: campaignId, status: "paused" }], calls } },
    environment: {
      OUTDIAL_CRM_URL: crm.url,
      OUTDIAL_CRM_SECRET: CRM_SECRET,
      OUTDIAL_CRM_RECORDS_URL: crm.url,
    },
  });
  const begun = await at.post("/api/v1/outcomes/retrievals", { campaignId, lastHours: 24 });
  await at.ended(begun.body["jobId"] as string);
  // A command beside the service gives it the push; cancelled while the CRM has a batch and does not answer, it says what may be there.
  const place = { cwd: join(at.dir, ".."), env: at.environment };
  crm.instead = () => 0;
  const followed = beginCli(["outcomes", "push", "crm", "--records", "--batch", "10", "--json"], place);
  let cut = "";
  await until(async () => {
    const { items } = (await at.get("/api/v1/jobs?kind=push")) as { items: { id: string }[] };
    cut = items[0]?.id ?? "";
    return cut !== "" && ((await at.get(`/api/v1/jobs/${cut}`))["push"] as { unanswered: number }).unanswered > 0;
  });
  const cancelled = await runCli(["jobs", "cancel", cut], place);
  expect(cancelled).toMatchObject({ code: 0, stderr: expect.stringContaining("10 records sent without an answer") as string });
  expect(cancelled.stderr).toContain(`${CALLS} calls: 0 acknowledged`);
  expect((await runCli(["jobs", "show", cut], place)).stderr).toContain(
    "10 records sent without an answer: the CRM may have them",
  );
  const told = await followed.ended;
  expect({ ...told, stdout: JSON.parse(told.stdout) as object }).toMatchObject({
    code: 1,
    stdout: { error: { code: "cancelled" } },
  });
  crm.instead = () => undefined;

  const push = async () => {
    const { status, body } = await at.post("/api/v1/outcomes/push", { records: true, batch: 10 });
    expect({ status, body }).toEqual({ status: 202, body: { jobId: expect.any(String) as string, earlier: false } });
    const id = body["jobId"] as string;
    await at.ended(id);
    const rows = await (await at.ask(`/api/v1/jobs/${id}/rows`)).text();
    return { job: await at.get(`/api/v1/jobs/${id}`), rows: rows === "" ? [] : rows.trimEnd().split("\n").map(parsed) };
  };
  const first = await push();
  expect(first.job).toMatchObject({
    kind: "push",
    status: "partly_failed",
    actor: "olga",
    counts: { acknowledged: CALLS - 1, refused: 1 },
    requestId: expect.any(String) as string,
    push: {
      records: true,
      calls: CALLS,
      acknowledged: CALLS - 1,
      refused: 1,
      refusedBefore: 0,
      unchanged: 0,
      unanswered: 0,
      total: CALLS,
    },
    totalRows: CALLS,
  });
  const refused = { line: 1, campaignId, callId: "call_7", result: "refused", statusCode: 422 };
  expect(first.rows).toEqual([{ ...refused, attempts: 1, reason: expect.any(String) as string }]);
  const more = await at.ask(`/api/v1/jobs/${first.job["id"] as string}/rows?result=refused&after=1&limit=10&format=csv`);
  expect(await more.text()).toBe("line,campaignId,callId,result,reason,statusCode\r\n");
  expect(crm.held.size).toBe(CALLS - 1);
  const second = await push();
  expect(second.job).toMatchObject({ push: { unchanged: CALLS - 1, refused: 0, refusedBefore: 1, requests: 0 } });
  expect(second.rows).toEqual([]);
  const listed = await at.get("/api/v1/jobs?kind=push");
  expect(listed["items"]).toMatchObject([{ id: second.job["id"] }, { id: first.job["id"] }, { id: cut }]);
  const audit = await at.service.store.audit.list({ actor: "olga", limit: 100 });
  const actions = audit.filter(({ job }) => job === first.job["id"]).map(({ action }) => action);
  expect(actions.toSorted()).toEqual(["api.outcomes.push", "crm.push", "crm.push.begin", "crm.refused", "job.request"]);

  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ campaignId, lastHours: 24 });
  const compared = await (await at.ask("/api/v1/outcomes/reconcile", { method: "POST", headers, body })).text();
  const lines = compared
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual({ difference: expect.objectContaining({ callId: "call_7", kind: "not_in_crm" }) as object });
  expect(lines.at(-1)).toMatchObject({ report: { vendor: CALLS, lake: CALLS, crm: CALLS - 1 } });

  // A command shows what came of a push that it gave to the service.
  crm.poison.clear();
  const shown = await runCli(["outcomes", "push", "crm", "--records", "--again", "--json"], place);
  expect({ code: shown.code, stderr: shown.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining("is handed over to the service") as string,
  });
  const given = JSON.parse(shown.stdout) as { jobId: string; records: object };
  expect(given.records).toMatchObject({ calls: CALLS, unchanged: CALLS - 1, acknowledged: 1, refusedBefore: 0 });
  expect(await at.get(`/api/v1/jobs/${given.jobId}`)).toMatchObject({ status: "done", requestId: null });

  // A push that was begun for another CRM on the same store is for the services of that one.
  const { store } = at.service;
  const asked = { records: true, batch: 10, again: false };
  const other = { jobId: "job_other", campaignId, options: asked, contentHash: "other", actor: "olga", scope: "another CRM" };
  await store.crmPushes.begin(other);

  // What the disk of the lake keeps from being written waits until it takes it, and is told meanwhile.
  const standing = async () => {
    const items = (await at.get("/api/v1/conditions", "viewer"))["items"] as { name: string }[];
    const { checks } = (await (await fetch(`${at.service.url}/readyz`)).json()) as { checks: { name: string; ok: boolean }[] };
    const metrics = await (await fetch(`${at.service.url}/metrics`)).text();
    const measured = [...metrics.matchAll(/^outdial_(lake|receiver)_unavailable 1$/gm)].map(([, name]) => name);
    return {
      told: items.map(({ name }) => name),
      checks: checks.filter(({ name, ok }) => !ok && WAITS.has(name)).map(({ name }) => name),
      measured,
    };
  };
  const none = { told: [], checks: [], measured: [] };
  const jobOf = ({ jobId }: Record<string, unknown>) => at.get(`/api/v1/jobs/${String(jobId)}`);
  const done = { status: "done" };
  const late = new Date(began + CALLS * 1000).toISOString();
  at.sandbox.control.simulateCall({ id: "late", campaignId, dispositionCode: "CONVERTED", startTime: late, endTime: late });
  clock.pace(20);
  if (READ_ONLY !== undefined) {
    const staging = join(at.dir, "lake", "_staging");
    await rm(staging, { recursive: true, force: true });
    await symlink(READ_ONLY, staging);
    const again = await at.post("/api/v1/outcomes/retrievals", { campaignId, lastHours: 24 });
    const waits = { told: ["lake_unavailable"], checks: ["lake"], measured: ["lake"] };
    await expect.poll(standing, PATIENT).toEqual(waits);
    expect(at.logged.filter((line) => line.includes("the lake cannot be used"))).not.toEqual([]);
    await rm(staging);
    await expect.poll(() => jobOf(again.body), PATIENT).toMatchObject(done);
    await expect.poll(standing, PATIENT).toEqual(none);
  } else await at.ended((await at.post("/api/v1/outcomes/retrievals", { campaignId, lastHours: 24 })).body["jobId"] as string);

  // A CRM that is away for longer than a push tries: the same, and the record is sent once when it is back.
  crm.instead = () => 503;
  const pushed = await at.post("/api/v1/outcomes/push", { records: true });
  const waitsFor = { told: ["receiver_unavailable"], checks: ["receiver"], measured: ["receiver"] };
  await expect.poll(standing, PATIENT).toEqual(waitsFor);
  crm.instead = () => undefined;
  await expect.poll(() => jobOf(pushed.body), PATIENT).toMatchObject(done);
  expect(crm.held.get("late")).toBe("CONVERTED");
  expect(new Set(crm.applied).size).toBe(crm.applied.length);
  await expect.poll(standing, PATIENT).toEqual(none);
  expect(await at.get("/api/v1/jobs/job_other")).toMatchObject({ status: "ready" });
});
