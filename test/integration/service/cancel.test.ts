// A job is cancelled in the middle: whoever is answered may rely on it that nothing more is sent.

import { dirname } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRecords } from "../../../src/app/index.ts";
import { CAMPAIGN, callId, callsCsv, callsScenario } from "../../support/calls.ts";
import { runCli } from "../../support/cli.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { LIMITED } from "../../support/world.ts";

const ROWS = 600;

let whole: StartedService;
beforeEach(async () => {
  whole = await startService({ yaml: LIMITED, sandbox: { scenario: callsScenario(ROWS) } });
  // All of them are on the wire for a while: what is under way at the cancelling is not nothing.
  whole.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 50 } });
});
afterEach(() => whole[Symbol.asyncDispose]());

/** A job in the middle. */
async function begun(): Promise<string> {
  const before = whole.sandbox.control.state().requests;
  const headers = { "content-type": "text/csv" };
  const response = await whole.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(ROWS) });
  const { id } = ((await response.json()) as { job: { id: string } }).job;
  await expect.poll(() => whole.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  return id;
}

/** Calls that the tenant has changed. */
const changed = () => {
  let count = 0;
  for (let n = 1; n <= ROWS; n++) count += whole.sandbox.control.call(callId(n))?.effects ?? 0;
  return count;
};

/** That all of it is as it was when the answer came, and recorded. */
async function expectStill(id: string): Promise<void> {
  const { requests } = whole.sandbox.control.state();
  const sent = changed();
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(ROWS);
  const job = await whole.get(`/api/v1/jobs/${id}`);
  expect(job).toMatchObject({
    status: "cancelled",
    counts: { tagged: sent },
    done: sent,
    notSent: ROWS - sent,
    mayHaveBeenSent: 0,
  });
  await expect.poll(async () => (await whole.get(`/api/v1/jobs/${id}`))["running"], { timeout: 60_000 }).toBe(false);
  expect(whole.sandbox.control.state().requests).toBe(requests);
  expect(changed()).toBe(sent);
}

test("through the service: nothing is sent after the answer, what was on the wire is recorded, the rest is counted", async () => {
  const id = await begun();
  const { status, body } = await whole.post(`/api/v1/jobs/${id}/cancel`, {});
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: "cancelled", mayHaveBeenSent: 0 });
  expect(body["notSent"]).toBe(ROWS - changed());
  await expectStill(id);
});

test("by another process on the same database", async () => {
  const id = await begun();
  await using records = await openRecords({ dir: whole.dir }, { DATABASE_URL: whole.databaseUrl, OUTDIAL_ACTOR: "clara" });
  const job = await records.jobs.cancel(id, records.actor);
  expect(job).toMatchObject({ notSent: ROWS - changed(), mayHaveBeenSent: 0 });
  await expectStill(id);
  const [cancelled] = (await records.audit.list({ limit: 1000, job: id })).filter(({ action }) => action === "job.cancel");
  expect(cancelled).toMatchObject({ actor: "clara", subject: id });
});

test("a job that was cancelled is not gone on with, and that is said", async () => {
  const id = await begun();
  expect((await whole.post(`/api/v1/jobs/${id}/cancel`, {})).status).toBe(200);
  const says = `job ${id} was cancelled and cannot be continued`;
  const { status, body } = await whole.post(`/api/v1/jobs/${id}/resume`, {});
  expect({ status, ...body }).toMatchObject({ status: 409, code: "job_state", detail: says });
  const { clientId, clientSecret } = whole.sandbox.ready;
  const env = { DATABASE_URL: whole.databaseUrl, CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret };
  const resumed = await runCli(["jobs", "resume", id], { cwd: dirname(whole.dir), env });
  expect(resumed).toMatchObject({ code: 3, stderr: expect.stringContaining(says) });
  expect(resumed.stderr).toContain("--again");
});
