// A process that has lost its job to another one writes nothing more of it, into whatever ledger.

import { afterEach, beforeEach, expect, test } from "vitest";
import { anybodys } from "../../support/runs.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
beforeEach(async () => {
  world = await openTestStore();
});
afterEach(() => world.dispose());

/** The job is the first process's, then the second one's. */
async function lost(jobId: string): Promise<void> {
  const { jobs } = world.store;
  expect(await jobs.take(anybodys(jobId), "first")).toBe("taken");
  expect(await jobs.take(anybodys(jobId), "second")).toBe("taken");
}

const step = (jobId: string, executor: string) => ({
  jobId,
  executor,
  seq: 0,
  event: { type: "begun" },
  at: 0,
  phase: "sending",
  audit: [{ actor: "tester", action: "tested", subject: "x" }],
  events: [],
});
const FOREIGN = { code: "not_owner" };

test("the journals of changes and applies", async () => {
  const { dialer, campaigns, audit } = world.store;
  const begun = { sourceName: "x", actor: "tester", plan: {}, machine: 1, stopMark: 0, audit: [] };
  await dialer.begin({ ...begun, jobId: "job_1", kind: "apply", settingsHash: "1", settings: {}, phase: "sending" });
  await campaigns.begin({ ...begun, jobId: "job_2", planHash: "2", phase: "looking" });
  for (const [ledger, jobId] of [
    [dialer, "job_1"],
    [campaigns, "job_2"],
  ] as const) {
    await lost(jobId);
    await expect(ledger.append(step(jobId, "first"))).rejects.toMatchObject(FOREIGN);
    expect(await ledger.journal(jobId)).toEqual([]);
    await ledger.append(step(jobId, "second"));
    expect(await ledger.journal(jobId)).toEqual([{ type: "begun" }]);
  }
  expect((await audit.list({ limit: 10 })).filter(({ action }) => action === "tested")).toHaveLength(2);
});

test("pages, failures and the end of a retrieval", async () => {
  const { retrievals } = world.store;
  const windows = [{ from: 0, to: 10 }];
  await retrievals.begin({
    jobId: "job_1",
    campaignId: "c",
    from: 0,
    to: 10,
    codes: null,
    pageLimit: 10,
    actor: "tester",
    windows,
  });
  await lost("job_1");
  const page = (executor: string) => ({
    jobId: "job_1",
    executor,
    windowNo: 0,
    after: 0,
    attempts: 1,
    files: [],
    nextToken: "next",
    pageSize: 10,
    rows: 1,
    unfinished: 0,
    earliestUnfinished: undefined,
    quarantined: {},
    latencyMs: 1,
    observedAt: 1,
  });
  const pages = async () => (await retrievals.windows("job_1")).map(({ pagesOk }) => pagesOk);
  await expect(retrievals.commitPage(page("first"))).rejects.toMatchObject(FOREIGN);
  const failure = { jobId: "job_1", executor: "first", windowNo: 0, pageSize: 5, attempts: 1, restart: true };
  await expect(retrievals.noteFailure(failure)).rejects.toMatchObject(FOREIGN);
  const audit = { actor: "tester", action: "tested", subject: "c" };
  await expect(retrievals.end({ jobId: "job_1", executor: "first", status: "done", audit })).rejects.toMatchObject(FOREIGN);
  expect(await pages()).toEqual([0]);
  await retrievals.commitPage(page("second"));
  expect(await pages()).toEqual([1]);
  expect(await retrievals.get("job_1")).toMatchObject({ status: "running", executor: "second" });
});
