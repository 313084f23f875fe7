// Pushes to a CRM through the API, with a real one at the other end.

import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../support/cli.ts";
import { CRM_SECRET, startCrm } from "../../support/crm-receiver.ts";
import { startService } from "../../support/service.ts";

const CALLS = 40;
const campaignId = "camp_1";
const parsed = (line: string) => JSON.parse(line) as object;

test("records are sent once, those that the CRM refuses are named, and the audit says who pushed", async () => {
  await using crm = await startCrm();
  crm.poison.add("call_7");
  const began = Date.now() - 3_600_000;
  const calls = Array.from({ length: CALLS }, (_, i) => {
    const start = began + i * 1000;
    const [startTime, endTime] = [start, start + 500].map((at) => new Date(at).toISOString());
    return { id: `call_${i}`, campaignId, dispositionCode: "NO_ANSWER", startTime, endTime };
  });
  await using at = await startService({
    sandbox: { scenario: { campaigns: [{ id: campaignId, status: "paused" }], calls } },
    environment: {
      OUTDIAL_CRM_URL: crm.url,
      OUTDIAL_CRM_SECRET: CRM_SECRET,
      OUTDIAL_CRM_RECORDS_URL: crm.url,
    },
  });
  const begun = await at.post("/api/v1/outcomes/retrievals", { campaignId, lastHours: 24 });
  await at.ended(begun.body["jobId"] as string);
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
    push: { records: true, calls: CALLS, acknowledged: CALLS - 1, refused: 1, refusedBefore: 0, unchanged: 0 },
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
  expect(listed["items"]).toMatchObject([{ id: second.job["id"] }, { id: first.job["id"] }]);
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

  // A command beside the service gives it the push, and shows what came of it.
  crm.poison.clear();
  const env = at.environment;
  const told = await runCli(["outcomes", "push", "crm", "--records", "--again", "--json"], { cwd: join(at.dir, ".."), env });
  expect({ code: told.code, stderr: told.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining("is given to the service") as string,
  });
  const given = JSON.parse(told.stdout) as { jobId: string; records: object };
  expect(given.records).toMatchObject({ calls: CALLS, unchanged: CALLS - 1, acknowledged: 1, refusedBefore: 0 });
  expect(await at.get(`/api/v1/jobs/${given.jobId}`)).toMatchObject({ status: "done", requestId: null });
});
