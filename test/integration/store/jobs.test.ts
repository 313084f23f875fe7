// The job ledger on a real database: plans, chunks, exactly-once batches, settling, and two writers at once.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { Batch, NewItem, StoreError } from "../../../src/store/index.ts";
import { anybodys } from "../../support/runs.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
beforeEach(async () => {
  world = await openTestStore();
});
afterEach(() => world.dispose());

const JOB = {
  id: "job_1",
  kind: "tag",
  campaignId: "c1",
  sourceName: "calls.csv",
  contentHash: "h1",
  options: { again: false, note: "\0" },
  actor: "ops",
};
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: StoreError) => error.code,
  );

const item = (line: number, result: NewItem["result"] = "tagged"): NewItem => ({
  line,
  callId: `call_${line}`,
  result,
  statusCode: 200,
  attempts: 1,
  latencyMs: 12.5,
});

function batch(lines: readonly number[], more: Partial<Batch> = {}): Batch {
  return {
    jobId: "job_1",
    chunkNo: 0,
    items: lines.map((line) => item(line)),
    audit: lines.map((line) => ({
      line,
      actor: "ops",
      action: "disposition.assign",
      subject: `call_${line}`,
      job: "job_1",
      details: { result: "tagged" },
    })),
    events: lines.map((line) => ({
      line,
      eventId: `evt_${line}`,
      endpoint: "bi",
      subject: `call_${line}`,
      type: "DISPOSITION_ASSIGNED",
      body: `{"line":${line}}`,
    })),
    ...more,
  };
}

test("a job goes from planning to its end and is found by its content once planned", async () => {
  const { jobs } = world.store;
  const created = await jobs.createJob(JOB);
  expect(created).toMatchObject({
    id: "job_1",
    status: "planning",
    options: JOB.options,
    counts: {},
    totalRows: null,
    createdAt: world.clock.now(),
  });
  expect(await jobs.findJobByContent(JOB)).toBeUndefined();
  await jobs.updateJob("job_1", { status: "ready", totalRows: 10 }, ["planning"]);
  expect((await jobs.findJobByContent(JOB))?.id).toBe("job_1");
  expect(await jobs.findJobByContent({ ...JOB, campaignId: "c2" })).toBeUndefined();

  world.clock.advance(1_000);
  const started = await jobs.updateJob("job_1", { status: "running", executor: "replica-a" }, ["ready"]);
  world.clock.advance(1_000);
  const ended = await jobs.updateJob("job_1", { status: "partly_failed", summary: { p50: 3 }, error: { code: "x" } });
  expect(ended).toMatchObject({
    startedAt: started.startedAt,
    finishedAt: world.clock.now(),
    summary: { p50: 3 },
    error: { code: "x" },
    executor: "replica-a",
    totalRows: 10,
  });
  const resumed = await jobs.updateJob("job_1", { status: "running", error: null });
  expect(resumed).toMatchObject({ startedAt: started.startedAt, finishedAt: null, error: null, summary: { p50: 3 } });
});

test("of two who take a job one gets it; the other is told its state", async () => {
  const { jobs } = world.store;
  await jobs.createJob({ ...JOB, status: "ready" });
  const takes = await Promise.all(
    ["a", "b"].map((executor) => code(jobs.updateJob("job_1", { status: "running", executor }, ["ready"]))),
  );
  expect(takes.sort()).toEqual(["invalid_state", "no error"]);
  await expect(jobs.updateJob("job_1", { status: "running" }, ["ready"])).rejects.toThrow(
    "job job_1 is running; this needs ready",
  );
  expect(await code(jobs.updateJob("nobody", { status: "running" }))).toBe("not_found");
});

test("a run is ended only by the replica that has it", async () => {
  const { jobs } = world.store;
  await jobs.createJob({ ...JOB, status: "running", executor: "b" });
  expect(await code(jobs.updateJob("job_1", { status: "stopped", executor: null }, ["running"], "a"))).toBe("not_owner");
  expect(await jobs.getJob("job_1")).toMatchObject({ status: "running", executor: "b" });
  expect(await code(jobs.updateJob("job_1", { status: "stopped", executor: null }, ["running"], "b"))).toBe("no error");
  expect(await code(jobs.updateJob("job_1", { status: "stopped" }, ["running"], "b"))).toBe("invalid_state");
});

test("a job that runs and is cancelled stays with its replica until that lets go; others are free at once", async () => {
  const { jobs } = world.store;
  for (const status of ["planning", "ready", "stopped", "running"] as const) {
    await jobs.createJob({ ...JOB, id: `job_${status}`, status, executor: "a" });
    await jobs.cancelJob(`job_${status}`);
    expect(await jobs.getJob(`job_${status}`)).toMatchObject({
      status: "cancelled",
      executor: status === "running" ? "a" : null,
      finishedAt: world.clock.now(),
    });
  }
  expect(await code(jobs.cancelJob("job_running"))).toBe("invalid_state");
  expect(await code(jobs.cancelJob("nobody"))).toBe("not_found");
});

test("rows that were announced and have no result may have been sent, until the announcement is withdrawn", async () => {
  const { jobs } = world.store;
  await jobs.createJob({ ...JOB, status: "running", executor: "a" });
  await jobs.addChunks("job_1", [
    { chunkNo: 0, firstLine: 2, lastLine: 6, payload: "[]" },
    { chunkNo: 1, firstLine: 7, lastLine: 11, payload: "[]" },
    { chunkNo: 2, firstLine: 12, lastLine: 16, payload: "[]" },
  ]);
  const item = (line: number) => ({ line, callId: `c${line}`, result: "tagged" as const, attempts: 1 });
  await jobs.advanceIntent("job_1", 0, 5, "a");
  await jobs.advanceIntent("job_1", 1, 5, "a");
  await jobs.commitBatch({ jobId: "job_1", executor: "a", chunkNo: 0, items: [2, 3, 4, 5, 6].map(item), chunkDone: true });
  await jobs.commitBatch({ jobId: "job_1", executor: "a", chunkNo: 1, items: [item(8), item(9)] });
  expect(await jobs.countAnnounced("job_1")).toBe(3);
  await jobs.cancelJob("job_1");
  expect(await code(jobs.withdrawIntent("job_1", 1, 0, "b"))).toBe("not_owner");
  await jobs.withdrawIntent("job_1", 1, 0, "a");
  expect(await jobs.countAnnounced("job_1")).toBe(0);
});

test("only a plan can be deleted, with all that belongs to it", async () => {
  const { jobs } = world.store;
  await jobs.createJob(JOB);
  await jobs.addChunks("job_1", [{ chunkNo: 0, firstLine: 2, lastLine: 9, payload: "[]" }]);
  await jobs.addConflicts("job_1", [{ line: 3, otherLine: 2 }]);
  expect(await jobs.deletePlan("job_1")).toBe(true);
  expect(await jobs.getJob("job_1")).toBeUndefined();
  await jobs.createJob({ ...JOB, status: "ready" });
  expect(await jobs.listChunkNumbers("job_1")).toEqual([]);
  expect(await jobs.deletePlan("job_1")).toBe(false);
});

test("jobs are listed newest first, page by page, by kind and status", async () => {
  const { jobs } = world.store;
  for (let i = 0; i < 5; i++) {
    await jobs.createJob({ ...JOB, id: `job_${i}`, kind: i === 4 ? "other" : "tag", status: i % 2 === 0 ? "ready" : "planning" });
    if (i !== 1) world.clock.advance(1);
  }
  const first = await jobs.listJobs({ limit: 2 });
  const after = first.at(-1);
  expect(first.map(({ id }) => id)).toEqual(["job_4", "job_3"]);
  expect((await jobs.listJobs({ ...(after && { after }) })).map(({ id }) => id)).toEqual(["job_2", "job_1", "job_0"]);
  expect((await jobs.listJobs({ kinds: ["tag"], status: ["ready"] })).map(({ id }) => id)).toEqual(["job_2", "job_0"]);
});

test("a chunk is read with its payload, intent, conflicts and what is done", async () => {
  const { jobs } = world.store;
  await jobs.createJob(JOB);
  const payload = '[{"call":"a\\"b\\\\c","notes":"ü,{}"}]';
  await jobs.addChunks("job_1", [
    { chunkNo: 0, firstLine: 1, lastLine: 5, payload },
    { chunkNo: 1, firstLine: 6, lastLine: 9, payload: "second" },
  ]);
  await jobs.addChunks("job_1", [{ chunkNo: 1, firstLine: 0, lastLine: 0, payload: "again" }]);
  await jobs.addConflicts("job_1", [
    { line: 5, otherLine: 2 },
    { line: 7, otherLine: 1 },
  ]);
  await jobs.commitBatch(batch([1, 3, 6]));
  await jobs.advanceIntent("job_1", 0, 4);
  await jobs.advanceIntent("job_1", 0, 2);
  expect(await jobs.readChunk("job_1", 0)).toEqual({
    chunkNo: 0,
    firstLine: 1,
    lastLine: 5,
    payload,
    intentUpto: 4,
    done: false,
    conflicts: [{ line: 5, otherLine: 2 }],
    doneLines: new Set([1, 3]),
  });
  expect((await jobs.readChunk("job_1", 1)).payload).toBe("second");
  await jobs.commitBatch(batch([2, 4, 5], { chunkDone: true, intentUpto: 5 }));
  expect(await jobs.listChunkNumbers("job_1")).toEqual([1]);
  expect(await jobs.readChunk("job_1", 0)).toMatchObject({ done: true, intentUpto: 5 });
  expect(await code(jobs.readChunk("job_1", 7))).toBe("not_found");
  expect(await code(jobs.advanceIntent("job_1", 7, 1))).toBe("not_found");
});

test("a batch written again writes nothing twice: no item, no entry, no event", async () => {
  const { jobs, audit, outbox } = world.store;
  await jobs.createJob(JOB);
  await jobs.addChunks("job_1", [{ chunkNo: 0, firstLine: 1, lastLine: 9, payload: "" }]);
  expect((await jobs.commitBatch(batch([1, 2, 3]))).lines).toEqual([1, 2, 3]);
  expect((await jobs.commitBatch(batch([2, 3, 4]))).lines).toEqual([4]);
  expect((await jobs.commitBatch(batch([1, 2, 3, 4], { chunkDone: true }))).lines).toEqual([]);
  expect((await audit.list()).map(({ subject }) => subject)).toEqual(["call_1", "call_2", "call_3", "call_4"]);
  expect((await outbox.listDeliveries()).map(({ eventId }) => eventId)).toEqual(["evt_1", "evt_2", "evt_3", "evt_4"]);
  expect((await jobs.getJob("job_1"))?.counts).toEqual({ tagged: 4 });
  expect(await jobs.countItems("job_1")).toEqual({ tagged: 4 });
  expect(await audit.verify()).toMatchObject({ ok: true, size: 4, checkpoints: 2 });
});

test("a batch that fails leaves nothing behind", async () => {
  const { jobs, audit, outbox } = world.store;
  await jobs.createJob(JOB);
  expect(await code(jobs.commitBatch(batch([1, 2], { chunkNo: 9, chunkDone: true })))).toBe("not_found");
  expect(await code(jobs.commitBatch({ ...batch([1, 2]), jobId: "nobody" }))).toBe("not_found");
  await expect(jobs.commitBatch(batch([1, 2 ** 40]))).rejects.toThrow(/out of range/);
  expect(await jobs.listItems("job_1")).toEqual([]);
  expect(await audit.list()).toEqual([]);
  expect(await outbox.listDeliveries()).toEqual([]);
  expect((await jobs.commitBatch(batch([1, 2]))).lines).toEqual([1, 2]);
});

test("two writers with the same and with different lines: every line once, one unbroken log", async () => {
  const { jobs } = world.store;
  const other = await world.again();
  await jobs.createJob(JOB);
  await jobs.addChunks("job_1", [{ chunkNo: 0, firstLine: 0, lastLine: 999, payload: "" }]);
  const runs = Array.from({ length: 20 }, (_, i) => Array.from({ length: 15 }, (_, j) => i * 10 + j));
  const written = await Promise.all(runs.map((lines, i) => (i % 2 === 0 ? jobs : other.jobs).commitBatch(batch(lines))));
  const lines = written.flatMap((one) => one.lines).sort((a, b) => a - b);
  expect(lines).toEqual(Array.from({ length: 205 }, (_, i) => i));
  expect(await jobs.countItems("job_1")).toEqual({ tagged: 205 });
  expect((await jobs.getJob("job_1"))?.counts).toEqual({ tagged: 205 });
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 205 });
  expect(await other.outbox.listDeliveries({ limit: 1_000 })).toHaveLength(205);
});

test("an unknown item is settled once, a locked one completed; others do not change", async () => {
  const { jobs, audit, outbox } = world.store;
  await jobs.createJob(JOB);
  await jobs.commitBatch({ jobId: "job_1", chunkNo: 0, items: [item(1, "unknown"), item(2, "locked"), item(3)] });
  const settle = {
    jobId: "job_1",
    line: 1,
    set: { result: "tagged" as const, statusCode: 200, reason: null, latencyMs: 99 },
    audit: [{ actor: "ops", action: "disposition.settle", subject: "call_1" }],
    events: [{ eventId: "e", endpoint: "bi", subject: "call_1", type: "T", body: "{}" }],
  };
  expect(await Promise.all([jobs.updateItem(settle), jobs.updateItem(settle)])).toEqual(expect.arrayContaining([true, false]));
  expect(await jobs.updateItem({ jobId: "job_1", line: 2, from: ["unknown"], set: { callStatus: "x" } })).toBe(false);
  expect(await jobs.updateItem({ jobId: "job_1", line: 2, set: { callStatus: "IN_CALLBACK" } })).toBe(true);
  expect(await jobs.updateItem({ ...settle, line: 3 })).toBe(false);
  expect(await code(jobs.updateItem({ ...settle, line: 4 }))).toBe("not_found");
  expect(await jobs.listItems("job_1")).toMatchObject([
    { line: 1, result: "tagged", latencyMs: 99 },
    { line: 2, result: "locked", callStatus: "IN_CALLBACK" },
    { line: 3, result: "tagged" },
  ]);
  expect((await jobs.getJob("job_1"))?.counts).toEqual({ tagged: 2, locked: 1 });
  expect(await audit.list()).toHaveLength(1);
  expect(await outbox.listDeliveries()).toHaveLength(1);
});

test("items come back by line across pages, filtered, whatever text they hold", async () => {
  const { jobs } = world.store;
  await jobs.createJob(JOB);
  const nasty = 'a"b\\c,{}\n\0\ud800 NULL';
  const items = Array.from({ length: 4_500 }, (_, i) => ({
    ...item(i, i % 10 === 0 ? "refused" : "tagged"),
    ...(i === 10 && { callId: nasty, reason: nasty }),
  }));
  for (let i = 0; i < items.length; i += 500)
    await jobs.commitBatch({ jobId: "job_1", chunkNo: 0, items: items.slice(i, i + 500).reverse() });
  const lines: number[] = [];
  for await (const one of jobs.iterateItems("job_1")) lines.push(one.line);
  expect(lines).toEqual(items.map(({ line }) => line));
  const refused: unknown[] = [];
  for await (const one of jobs.iterateItems("job_1", { results: ["refused"], after: 5 })) refused.push(one.callId);
  expect(refused).toHaveLength(449);
  expect(refused[0]).toBe('a"b\\c,{}\n\ufffd\ufffd NULL');
});

test("of several that open a run of a job as they saw it one does, who takes it may write, and the one before no longer", async () => {
  const { jobs } = world.store;
  const seen = await jobs.createJob({ ...JOB, status: "ready" });
  await jobs.addChunks("job_1", [{ chunkNo: 0, firstLine: 1, lastLine: 9, payload: "" }]);
  const opened = await Promise.all([seen, seen, seen].map((one) => jobs.openRun(one)));
  expect(opened.filter((run) => run !== undefined)).toEqual([1]);
  const first = "a";
  expect(await jobs.take({ ...anybodys("job_1", 1), owned: "select where $1 = $2" }, first)).toBe("gone");
  expect(await jobs.take(anybodys("job_1", 1), first)).toBe("taken");
  await jobs.advanceIntent("job_1", 0, 1, first);
  await jobs.commitBatch(batch([1], { executor: first }));

  const again = await jobs.getJob("job_1");
  if (!again) throw new Error("the job is gone");
  expect(await jobs.openRun(again)).toBe(2);
  expect(await jobs.take(anybodys("job_1", 1), first)).toBe("gone");
  expect(await jobs.take(anybodys("job_1", 2), "heir")).toBe("taken");
  expect(await code(jobs.advanceIntent("job_1", 0, 2, first))).toBe("not_owner");
  expect(await code(jobs.commitBatch(batch([2], { executor: first })))).toBe("not_owner");
  await jobs.commitBatch(batch([2], { executor: "heir" }));
  expect(await jobs.countItems("job_1")).toEqual({ tagged: 2 });
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 2 });
});

test("batches and settlements at once wait for each other, but never in a circle", async () => {
  const { jobs } = world.store;
  const other = await world.again();
  await jobs.createJob(JOB);
  await jobs.addChunks("job_1", [{ chunkNo: 0, firstLine: 0, lastLine: 999, payload: "" }]);
  const lines = Array.from({ length: 40 }, (_, i) => i);
  await jobs.commitBatch({ jobId: "job_1", chunkNo: 0, items: lines.map((line) => item(line, "unknown")) });
  await Promise.all(
    lines.flatMap((line) => [
      other.jobs.updateItem({
        jobId: "job_1",
        line,
        set: { result: "tagged" },
        audit: [{ actor: "ops", action: "settle", subject: `call_${line}` }],
      }),
      jobs.commitBatch(batch([100 + line], { intentUpto: line })),
    ]),
  );
  expect((await jobs.getJob("job_1"))?.counts).toEqual({ tagged: 80 });
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 80 });
});
