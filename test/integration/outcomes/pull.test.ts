// Retrieval from a sandbox on a socket into a lake on disk: whatever the tenant does, the lake ends as the tenant's truth, hash included.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OutcomesRuntime } from "../../../src/app/index.ts";
import type { Retrieval } from "../../../src/store/index.ts";
import { CAMPAIGN } from "../../support/calls.ts";
import { collect } from "../../support/collect.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { openWorld, type World } from "./world.ts";

const CALLS = 900;
const DAY = 86_400_000;
let world: World;
let runtime: OutcomesRuntime;
let now: number;

beforeEach(async () => {
  world = await openWorld(
    outcomesScenario(CALLS, {
      generateCalls: [{ campaignId: CAMPAIGN, count: CALLS, days: 3, prefix: "call_", digits: 7, untaggedRate: 0.1 }],
    }),
  );
  runtime = await world.open();
  now = Date.now();
});
afterEach(async () => {
  await runtime[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function pull(
  input: { lastMs?: number; from?: number; to?: number; codes?: string[]; limit?: number } = {},
): Promise<Retrieval> {
  const range = input.from === undefined ? { lastMs: 4 * DAY } : {};
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, limit: 100, ...range, ...input });
  const { retrieval } = await runtime.retrieving.submit(request);
  return runtime.retrieving.run(retrieval.jobId);
}

async function expectTruth(retrieval: Retrieval): Promise<void> {
  const truth = truthOf(world.sandbox, retrieval.from, retrieval.to);
  expect(retrieval).toMatchObject({ calls: truth.calls.length, complianceHash: truth.hash });
  const kept = await collect(runtime.lake.records({ campaignId: CAMPAIGN, from: retrieval.from, to: retrieval.to }));
  expect(kept.map(({ callId, dispositionCode, startTime }) => ({ id: callId, code: dispositionCode, start: startTime }))).toEqual(
    truth.calls,
  );
  expect(await runtime.verify(retrieval)).toMatchObject({ ok: true });
}

describe("a retrieval", () => {
  test("brings every call once, with its record, hash and audit entries", async () => {
    const retrieval = await pull();
    expect(retrieval).toMatchObject({ status: "done", calls: CALLS, error: null });
    await expectTruth(retrieval);
    const { totals } = retrieval;
    expect(totals).toMatchObject({
      windows: 5,
      windowsDone: 5,
      pagesFailed: 0,
      attempts: totals.pagesOk,
      restarts: 0,
      rows: CALLS,
      unfinished: 0,
      quarantined: {},
    });
    expect(totals.pagesOk).toBe(world.listings());
    expect(totals.bytes).toBeGreaterThan(0);
    const entries = await runtime.store.audit.list({ job: retrieval.jobId });
    expect(entries.map(({ action }) => action)).toEqual(["outcomes.retrieve", "outcomes.retrieved"]);
    expect(entries[1]?.details).toMatchObject({ complianceHash: retrieval.complianceHash, calls: CALLS });
    const parts = await runtime.lake.partitions();
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(CALLS);
  });

  test("reads no more listings at once than it may, and counts every request for a page", async () => {
    await runtime[Symbol.asyncDispose]();
    runtime = await world.open({ downloads: 1 });
    world.sandbox.control.faults.add({ match: { operation: "listCalls" }, times: 1, effect: { status: 503 } });
    const retrieval = await pull();
    await expectTruth(retrieval);
    const { totals } = retrieval;
    expect(totals).toMatchObject({ pagesFailed: 0, attempts: totals.pagesOk + 1 });
    const asked = world.sandbox.control
      .requests({ operation: "listCalls", limit: 1000 })
      .map(({ query }) => new URLSearchParams(query).get("startDateTime"));
    const changes = asked.filter((window, index) => window !== asked[index - 1]);
    expect(changes).toHaveLength(totals.windows);
  });

  test("asks for codes, and only those", async () => {
    const retrieval = await pull({ codes: ["CONVERTED", "BUSY"] });
    const wanted = truthOf(world.sandbox, retrieval.from, retrieval.to).calls.filter(
      ({ code }) => code === "CONVERTED" || code === "BUSY",
    );
    expect(retrieval.calls).toBe(wanted.length);
    expect((await collect(runtime.lake.records())).map(({ callId }) => callId)).toEqual(wanted.map(({ id }) => id));
  });

  test("leaves calls that go on to a later one, and brings late and changed calls then", async () => {
    const start = now - 2 * DAY;
    const call = (id: string, more: Record<string, unknown>) =>
      world.sandbox.control.simulateCall({ campaignId: CAMPAIGN, id, startTime: new Date(start).toISOString(), ...more });
    call("going_on", { status: "connected" });
    const first = await pull();
    expect(first).toMatchObject({ calls: CALLS, totals: { unfinished: 1, earliestUnfinished: start } });
    await expectTruth(first);
    call("going_on", { endTime: new Date(start + 60_000).toISOString(), dispositionCode: "CONVERTED" });
    call("late", { endTime: new Date(start + 1000).toISOString(), dispositionCode: "BUSY" });
    call("call_0000001", {
      startTime: new Date(Date.parse(world.sandbox.control.call("call_0000001")?.startTime ?? "")).toISOString(),
      endTime: new Date(start).toISOString(),
      dispositionCode: "INTERESTED",
    });
    const second = await pull();
    expect(second.calls).toBe(CALLS + 2);
    await expectTruth(second);
    // What the first one brought can still be proved.
    expect(await runtime.verify(first)).toMatchObject({ ok: true });
    expect((await collect(runtime.lake.records({ asOf: first.finishedAt ?? 0 }))).map(({ callId }) => callId)).not.toContain(
      "late",
    );
  });

  test("of the same window that has not ended is gone on with; one that has ended is done anew", async () => {
    const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, lastMs: DAY });
    const begun = await runtime.retrieving.submit(request);
    const again = await runtime.retrieving.submit(request);
    expect(again).toMatchObject({ earlier: true, retrieval: { jobId: begun.retrieval.jobId } });
    await runtime.retrieving.run(begun.retrieval.jobId);
    expect(await runtime.retrieving.submit(request)).toMatchObject({ earlier: false });
  });
});

describe("whatever the tenant does", () => {
  const listCalls = { operation: "listCalls" };
  /** Within one UTC day. */
  const oneWindow = () => {
    const from = Math.floor(now / DAY - 1) * DAY + 3_600_000;
    return { from, to: from + 20 * 3_600_000 };
  };

  test("a token that it takes no longer means that the window is read again from its start", async () => {
    world.sandbox.control.faults.add({ match: listCalls, after: 2, times: 1, effect: { status: 400 } });
    const retrieval = await pull({ ...oneWindow(), limit: 50 });
    expect(retrieval).toMatchObject({ status: "done", totals: { restarts: 1, pagesFailed: 1 } });
    await expectTruth(retrieval);
  });

  test.each([
    ["429s in a row", { times: 6, effect: { status: 429, headers: { "retry-after": "0" } } }],
    ["pages cut off", { times: 5, effect: { truncate: true } }],
    ["a page twice", { after: 3, times: 2, effect: { duplicatePage: true } }],
    ["a page that comes round for a while", { after: 2, times: 5, effect: { loopPage: true } }],
    ["errors of its own", { times: 3, effect: { status: 503, headers: { "retry-after": "0" } } }],
    ["broken connections", { probability: 0.2, times: 6, effect: { reset: true } }],
    ["garbage", { times: 2, effect: { garbage: true } }],
    ["replies without a list", { times: 2, effect: { status: 200, body: {} } }],
    ["replies whose list is null, with no further page", { after: 1, times: 2, effect: { status: 200, body: { calls: null } } }],
  ])("the lake ends as its truth: %s", async (_what, fault) => {
    world.sandbox.control.faults.add({ match: listCalls, ...fault });
    const retrieval = await pull({ limit: 50 });
    expect(retrieval.status).toBe("done");
    await expectTruth(retrieval);
  });

  test("smaller pages are asked for when whole ones do not come, larger ones again later", async () => {
    world.sandbox.control.faults.add({ match: listCalls, times: 2, effect: { truncate: true } });
    const retrieval = await pull({ ...oneWindow(), limit: 40 });
    await expectTruth(retrieval);
    const sizes = world.sandbox.control
      .requests({ operation: "listCalls", limit: 10_000 })
      .map(({ query }) => Number(new URLSearchParams(query).get("limit")));
    expect(sizes[0]).toBe(40);
    expect(sizes).toContain(20);
    expect(sizes.lastIndexOf(40)).toBeGreaterThan(sizes.indexOf(20));
  });

  test("a listing that never ends stops the retrieval, which can be gone on with", async () => {
    const fault = world.sandbox.control.faults.add({ match: listCalls, effect: { loopPage: true } });
    const stopped = await pull({ limit: 50 });
    expect(stopped).toMatchObject({ status: "stopped", error: { code: "paging_loop" }, complianceHash: null });
    world.sandbox.control.faults.clear(fault[0]?.id);
    expect((await runtime.retrieving.unended(CAMPAIGN))?.jobId).toBe(stopped.jobId);
    const ended = await runtime.retrieving.run(stopped.jobId);
    expect(ended.status).toBe("done");
    await expectTruth(ended);
  });

  test("missing rights stop it at once, with the scope in the message", async () => {
    world.sandbox.control.faults.add({ match: listCalls, effect: { status: 403 } });
    const stopped = await pull({ lastMs: 20 * DAY });
    expect(stopped).toMatchObject({ status: "stopped", error: { code: "missing_scope" } });
    // Of the twenty-one windows only those that are read side by side.
    expect(world.listings()).toBeLessThanOrEqual(4);
  });

  test("one window that must stop lets the others' pages come home before the retrieval ends", async () => {
    world.sandbox.control.faults.add([
      { match: listCalls, times: 1, effect: { status: 403 } },
      { match: listCalls, effect: { delayMs: 100 } },
    ]);
    const stopped = await pull({ limit: 5000 });
    expect(stopped).toMatchObject({ status: "stopped", error: { code: "missing_scope" } });
    const answered = world.sandbox.control
      .requests({ operation: "listCalls", limit: 1000 })
      .filter(({ status }) => status === 200);
    expect(stopped.totals.pagesOk).toBe(answered.length);
    expect(answered.length).toBeGreaterThan(0);
  });

  test("poison rows are put aside with the reason, and the rest is brought", async () => {
    const at = new Date(now - DAY).toISOString();
    const before = new Date(now - DAY - 1000).toISOString();
    world.sandbox.control.simulateCall({ campaignId: CAMPAIGN, id: "backwards", startTime: at, endTime: before });
    const retrieval = await pull();
    expect(retrieval).toMatchObject({ status: "partly_failed", calls: CALLS, totals: { quarantined: { end_before_start: 1 } } });
    const rows = await runtime.lake.query<{ reason: string; call_id: string | null }>(
      "SELECT reason, call_id FROM quarantine WHERE run_id = $1",
      [retrieval.jobId],
    );
    expect(rows).toContainEqual({ reason: "end_before_start", call_id: "backwards" });
    expect((await collect(runtime.lake.records({ runId: retrieval.jobId }))).map(({ callId }) => callId)).not.toContain(
      "backwards",
    );
    expect(await runtime.verify(retrieval)).toMatchObject({ ok: true });

    const calls = [
      null,
      { id: "" },
      { id: 5 },
      { id: "x", startTime: "soon", endTime: at },
      { id: "z", startTime: "2001-01-01T00:00:00Z" },
    ];
    world.sandbox.control.faults.add({ match: listCalls, times: 1, effect: { body: { calls } } });
    const { totals } = await pull({ limit: 5000 });
    expect(totals.quarantined).toMatchObject({ not_an_object: 1, missing_id: 1, wrong_type: 1, bad_start: 1, outside_window: 1 });
  });
});

describe("verification", () => {
  test("names the calls whose rows were changed, and notices those that are gone", async () => {
    const retrieval = await pull();
    const [file] = await runtime.store.lakeFiles.files();
    const root = `${world.folder}/.outdial/lake`;
    const tamper = async (select: string) => {
      const { DuckDBInstance } = await import("@duckdb/node-api");
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      await connection.run(
        `CREATE TABLE t AS ${select.replace("FILE", `read_parquet('${root}/${file?.path}', hive_partitioning = false)`)}`,
      );
      await connection.run(`COPY t TO '${root}/${file?.path}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
    };
    const [victim] = await runtime.lake.query<{ call_id: string }>(
      `SELECT call_id FROM read_parquet('${root}/${file?.path}') ORDER BY 1 LIMIT 1`,
    );
    await tamper(
      `SELECT * REPLACE (CASE WHEN call_id = '${victim?.call_id}' THEN 'CONVERTED!' ELSE disposition_code END AS disposition_code) FROM FILE`,
    );
    expect(await runtime.verify(retrieval)).toMatchObject({ ok: false, damaged: { count: 1, callIds: [victim?.call_id] } });
    await tamper(`SELECT * FROM FILE WHERE call_id <> '${victim?.call_id}'`);
    expect(await runtime.verify(retrieval)).toMatchObject({ ok: false, damaged: { count: 0 }, found: { calls: CALLS - 1 } });
  });
});
