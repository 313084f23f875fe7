// Retrieval at regular times, reconciliation, and one retrieval at a time.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OutcomesRuntime } from "../../../src/app/index.ts";
import type { Difference, HourCounts } from "../../../src/operations/index.ts";
import { retrievalViewOf } from "../../../src/operations/views/index.ts";
import { type Retrieval, StoreError } from "../../../src/store/index.ts";
import { CAMPAIGN } from "../../support/calls.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { anybodys } from "../../support/runs.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CALLS = 300;
let world: World;
let runtime: OutcomesRuntime;

beforeEach(async () => {
  world = await openWorld(
    outcomesScenario(0, { generateCalls: [{ campaignId: CAMPAIGN, count: CALLS, days: 2, prefix: "call_", digits: 7 }] }),
  );
  runtime = await world.open();
});
afterEach(async () => {
  await runtime[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const schedule = (everyMs: number) =>
  runtime.known.setSchedules([CAMPAIGN], { limit: 100, lastMs: 3 * DAY }, { everyMs, overlapMs: HOUR, by: "ann" });

/** Runs schedules until `wanted` retrievals have ended. */
async function runsOf(wanted: number, between: (retrieval: Retrieval) => void = () => undefined): Promise<Retrieval[]> {
  const ended: Retrieval[] = [];
  await runtime.runSchedules({
    onRun: (run) => {
      if ("failed" in run) throw run.failed;
      ended.push(run.retrieval);
      between(run.retrieval);
      if (ended.length >= wanted) runtime.interrupt();
    },
  });
  return ended;
}

test("a schedule reads on from where it got to, less the overlap, and brings what came late", async () => {
  await schedule(1);
  const late = { campaignId: CAMPAIGN, id: "late", dispositionCode: "CONVERTED" };
  const [first, second] = await runsOf(2, ({ to }) => {
    const at = new Date(to - HOUR / 2).toISOString();
    world.sandbox.control.simulateCall({ ...late, startTime: at, endTime: at });
  });
  expect(first).toMatchObject({ status: "done", calls: CALLS });
  expect(second?.from).toBe((first?.to ?? 0) - HOUR);
  expect(await runtime.lake.query("SELECT disposition_code AS code FROM calls WHERE call_id = 'late'")).toEqual([
    { code: "CONVERTED" },
  ]);
  const [kept] = await runtime.store.retrievalSchedules.list();
  expect(kept).toMatchObject({ campaignId: CAMPAIGN, everyMs: 1, readTo: second?.to });
  expect(await runtime.store.retrievalSchedules.remove(CAMPAIGN)).toBe(true);
  expect(await runtime.store.retrievalSchedules.list()).toEqual([]);
});

/** Rows of every table of the store, by table. */
async function rowsOfTables(client: pg.Client): Promise<ReadonlyMap<string, number>> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('outdial', 'dbos') and relkind = 'r'",
  );
  const counts = new Map<string, number>();
  for (const { name } of tables)
    counts.set(name, Number((await client.query<{ n: string }>(`select count(*) as n from ${name}`)).rows[0]?.n));
  return counts;
}

test("turns for which the tenant has no call leave no row behind, count as read, and the next call is retrieved", async () => {
  // One engine in a process.
  await runtime[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  const quiet = await openWorld(outcomesScenario(0));
  world = quiet;
  const at = await quiet.open();
  runtime = at;
  await at.known.setSchedules([CAMPAIGN], { limit: 100, lastMs: HOUR }, { everyMs: 1, overlapMs: HOUR, by: "ann" });
  const client = new pg.Client({ connectionString: quiet.databaseUrl });
  await client.connect();
  const ended: Retrieval[] = [];
  const running = at.runSchedules({
    onRun: (run) => {
      if ("failed" in run) throw run.failed;
      ended.push(run.retrieval);
    },
  });
  let before: ReadonlyMap<string, number> | undefined;
  let listings = 0;
  await until(async () => {
    const { rows } = await client.query<{ n: number }>("select count(*)::int as n from outdial.read_periods");
    if (rows[0]?.n === 0) return false;
    if (before === undefined) {
      before = await rowsOfTables(client);
      listings = quiet.listings();
    }
    return quiet.listings() >= listings + 5;
  });
  expect(ended).toMatchObject([{ status: "done", calls: 0 }]);
  const after = await rowsOfTables(client);
  const first = before ?? after;
  expect([...after].filter(([name, n]) => n !== first.get(name))).toEqual([]);

  const all = { campaigns: [CAMPAIGN], from: Date.now() - 40 * DAY, to: Date.now() + 40 * DAY };
  // In this order: it goes on meanwhile.
  const [schedule] = await at.store.retrievalSchedules.list();
  const { reads } = await at.store.retrievals.held(all);
  expect(reads).toHaveLength(1);
  expect(reads[0]).toMatchObject({ kind: "read", from: ended[0]?.from });
  expect(reads[0]?.to).toBeGreaterThan(ended[0]?.to ?? 0);
  expect(reads[0]?.to).toBeGreaterThanOrEqual(schedule?.readTo ?? 0);

  const time = new Date(Date.now() - HOUR / 2).toISOString();
  quiet.sandbox.control.simulateCall({
    campaignId: CAMPAIGN,
    id: "new",
    dispositionCode: "CONVERTED",
    startTime: time,
    endTime: time,
  });
  await expect.poll(() => ended.length, { timeout: 20_000 }).toBeGreaterThan(1);
  at.interrupt();
  await running;
  expect(ended[1]).toMatchObject({ status: "done", calls: 1 });
  expect(await at.lake.query("SELECT disposition_code AS code FROM calls WHERE call_id = 'new'")).toEqual([
    { code: "CONVERTED" },
  ]);
  await client.end();
});

test("a retrieval that was left behind is gone on with before a new one begins", async () => {
  await schedule(HOUR);
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, lastMs: 2 * DAY });
  const { retrieval } = await runtime.retrieving.submit(request);
  const [ended] = await runsOf(1);
  expect(ended).toMatchObject({ jobId: retrieval.jobId, status: "done" });
});

test("what was begun while a clock was ahead is given up with the reason, and what is due is retrieved", async () => {
  const now = Date.now();
  const { retrieving } = runtime;
  const from = now - HOUR;
  const request = { campaignId: CAMPAIGN, codes: null, limit: 100 };
  for (const days of [1, 3]) await retrieving.submit({ ...request, from, to: now + days * DAY });
  const [newest] = await runtime.retrievals({ campaignId: CAMPAIGN, limit: 1 });
  // The vendor's guesses come after the reason that is known.
  const refused = await retrieving.run(newest?.jobId ?? "");
  expect(refused).toMatchObject({
    status: "stopped",
    error: { message: expect.stringMatching(/^its window ends after the present: at .*endDateTime lies/) as string },
  });
  // A job that began in the future, by the time at which it ended, took no negative time.
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await using _ended = { [Symbol.asyncDispose]: () => client.end() };
  await client.query("update outdial.jobs set started_at = finished_at + interval '3 days' where id = $1", [refused.jobId]);
  expect(retrievalViewOf(await retrieving.find(refused.jobId)).latencySeconds).toBeNull();

  await schedule(HOUR);
  await client.query("update outdial.retrieval_schedules set next_at = next_at + interval '3 days 30 minutes'");
  const ended = await runsOf(3);
  expect(ended.map(({ status, to }) => [status, to > Date.now()])).toEqual([
    ["cancelled", true],
    ["cancelled", true],
    ["done", false],
  ]);
  for (const { to, error } of ended.slice(0, 2))
    expect(error).toMatchObject({
      message: expect.stringContaining(`after the present: at ${new Date(to).toISOString()}, and it is `) as string,
    });
  // The next turn is within an interval, in the order in which the campaigns were set.
  const [next] = await runtime.store.retrievalSchedules.list();
  expect((next?.nextAt ?? 0) - Date.now()).toBeLessThanOrEqual(HOUR);
});

test("a retrieval that ended after the process of its schedule is read on from, with no hour read twice but the overlap", async () => {
  await schedule(HOUR);
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, limit: 100, lastMs: 3 * DAY });
  const { retrieval } = await runtime.retrieving.submit(request);
  const ended = await runtime.retrieving.run(retrieval.jobId);
  expect((await runtime.store.retrievalSchedules.list())[0]).toMatchObject({ readTo: null });
  const [next] = await runsOf(1);
  expect(next?.from).toBe(ended.to - HOUR);
});

test("campaigns that are set together take their turns one after the other", async () => {
  const set = (rhythm: { readonly everyMs: number; readonly staggerMs?: number }) =>
    runtime.known.setSchedules([CAMPAIGN, "b", "c", "b"], { lastMs: DAY }, { overlapMs: HOUR, by: "ann", ...rhythm });
  const turns = async () => {
    const set = (await runtime.store.retrievalSchedules.list())
      .map(({ campaignId, nextAt }) => ({ campaignId, nextAt }))
      .sort((a, b) => a.nextAt - b.nextAt);
    return set.map(({ campaignId, nextAt }) => [campaignId, nextAt - (set[0]?.nextAt ?? 0)]);
  };
  await set({ everyMs: 3 * HOUR });
  expect(await turns()).toEqual([
    [CAMPAIGN, 0],
    ["b", HOUR],
    ["c", 2 * HOUR],
  ]);
  await set({ everyMs: 2 * HOUR, staggerMs: HOUR });
  expect(await turns()).toEqual(
    expect.arrayContaining([
      [CAMPAIGN, 0],
      ["b", HOUR],
      ["c", 0],
    ]),
  );
  await expect(set({ everyMs: HOUR, staggerMs: HOUR })).rejects.toMatchObject({ code: "invalid_input" });
  expect(await runtime.store.retrievalSchedules.take("here", { campaignIds: ["b"] })).toBeUndefined();
  expect(await runtime.store.retrievalSchedules.take("here")).toMatchObject({ everyMs: 2 * HOUR });
});

test("a retrieval that does not come to an end keeps no other campaign waiting", async () => {
  // Whichever of the two asks first.
  world.sandbox.control.faults.add({ match: { operation: "listCalls" }, times: 1, effect: { delayMs: HOUR } });
  await runtime.known.setSchedules([CAMPAIGN, "b"], { lastMs: HOUR }, { everyMs: DAY, overlapMs: HOUR, staggerMs: 1, by: "ann" });
  const ended: string[] = [];
  await runtime.runSchedules({
    onRun: (run) => {
      if ("failed" in run) return;
      ended.push(run.retrieval.campaignId);
      runtime.interrupt();
    },
  });
  const stalled = ended[0] === "b" ? CAMPAIGN : "b";
  expect(await runtime.retrievals({ campaignId: stalled, limit: 1 })).toMatchObject([{ status: "stopped" }]);
});

test("of two that look at one time, one takes what is due", async () => {
  await schedule(HOUR);
  const { replicas, retrievalSchedules } = runtime.store;
  const all = Array.from({ length: 6 }, (_, i) => `process ${i}`);
  for (const id of all) await replicas.beat({ id, pid: 1, host: id, intervalMs: 2000, scopes: [] });
  const taken = await Promise.all(all.map((id) => retrievalSchedules.take(id)));
  expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
  const [next] = await runtime.store.retrievalSchedules.list();
  expect(next?.nextAt).toBeGreaterThan(Date.now());
});

test("a turn whose process died before the retrieval had begun is taken by the next one, and the one that sleeps begins nothing", async () => {
  await schedule(HOUR);
  const { replicas, retrievalSchedules, retrievals } = runtime.store;
  await replicas.beat({ id: "died", pid: 1, host: "elsewhere", intervalMs: 2000, scopes: [] });
  expect(await retrievalSchedules.take("died")).toMatchObject({ campaignId: CAMPAIGN });
  expect(await retrievalSchedules.take("other")).toBeUndefined();
  await replicas.remove("died");
  const [ended] = await runsOf(1);
  expect(ended).toMatchObject({ status: "done", calls: CALLS });
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, lastMs: 2 * DAY });
  await expect(runtime.retrieving.submit(request, undefined, "died")).rejects.toMatchObject({ code: "not_owner" });
  expect(await retrievals.list({ limit: 10 })).toHaveLength(1);
  // It has had its turn: the next one is an hour later.
  expect(await retrievalSchedules.take("other")).toBeUndefined();
});

test("a database that does not answer when turns are looked for ends no loop, and is told once", async () => {
  await schedule(HOUR);
  const { retrievalSchedules } = runtime.store;
  const take = retrievalSchedules.take.bind(retrievalSchedules);
  let looks = 0;
  retrievalSchedules.take = async (...given) => {
    looks += 1;
    if (looks === 1) throw new StoreError("store_unavailable", "nobody answers");
    return take(...given);
  };
  const told: unknown[] = [];
  await runtime.runSchedules({
    onRun: (run) => {
      if ("failed" in run) told.push(run.failed);
      else runtime.interrupt();
    },
  });
  expect(told).toMatchObject([{ code: "store_unavailable" }]);
});

test("a retrieval waits for another one that is at work on a part of its window, and takes it from a dead replica", async () => {
  const now = Date.now();
  const begin = async (from: number) => {
    const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, from, to: now });
    return (await runtime.retrieving.submit(request)).retrieval;
  };
  const [wide, narrow] = [await begin(now - 2 * DAY), await begin(now - DAY)];
  const { retrievals } = runtime.store;
  expect(await retrievals.take(anybodys(wide.jobId), "ghost")).toBe("taken");
  expect(await retrievals.take(anybodys(narrow.jobId), "living")).toEqual({
    blockedBy: { jobId: wide.jobId, executor: "ghost" },
  });
  // Nobody has ever heard of that replica: it is dead, and no longer in the way.
  expect(await runtime.retrieving.run(narrow.jobId)).toMatchObject({ status: "done" });
  expect(await runtime.retrieving.find(wide.jobId)).toMatchObject({ status: "stopped", executor: null });
  // A writer that lost its retrieval cannot move it on.
  await expect(
    runtime.store.retrievals.noteFailure({
      jobId: wide.jobId,
      executor: "ghost",
      windowNo: 0,
      pageSize: 1,
      attempts: 1,
      restart: false,
    }),
  ).rejects.toMatchObject({ code: "not_owner" });
});

test("reconciling names every call that is not everywhere", async () => {
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, lastMs: 3 * DAY });
  const { retrieval } = await runtime.retrieving.submit(request);
  await runtime.retrieving.run(retrieval.jobId);
  const compare = async () => {
    const hours: HourCounts[] = [];
    const differences: Difference[] = [];
    const report = await runtime.known.compare(request, {
      hour: (counts) => void hours.push(counts),
      difference: (difference) => void differences.push(difference),
    });
    return { hours, differences, report };
  };
  const truth = truthOf(world.sandbox, request.from, request.to).calls;
  const clean = await compare();
  expect(clean.report).toMatchObject({ vendor: CALLS, lake: CALLS, crm: undefined, unfinished: 0, unreadable: 0 });
  expect(clean.differences).toEqual([]);
  expect(clean.hours.map(({ hour, vendor }) => [hour, vendor])).toEqual(
    [...Map.groupBy(truth, ({ start }) => Math.floor(start / HOUR) * HOUR)].map(([hour, calls]) => [hour, calls.length]),
  );

  const [first] = truth;
  if (first === undefined) throw new Error("there are no calls");
  const at = new Date(first.start).toISOString();
  world.sandbox.control.simulateCall({ campaignId: CAMPAIGN, id: "only_vendor", startTime: at, endTime: at });
  const files = await runtime.lake.write(
    [
      {
        callId: "only_lake",
        campaignId: CAMPAIGN,
        dispositionCode: "BUSY",
        startTime: first.start,
        endTime: first.start,
        durationSeconds: 0,
        direction: "OUTBOUND",
        observedAt: Date.now(),
        runId: "job_other",
      },
    ],
    "test",
  );
  await runtime.store.lakeFiles.replace([], files);
  const { differences, report } = await compare();
  const hour = Math.floor(first.start / HOUR) * HOUR;
  expect(differences).toEqual([
    { callId: "only_vendor", hour, kind: "not_in_lake" },
    { callId: "only_lake", hour, kind: "not_at_vendor" },
  ]);
  expect(report).toMatchObject({ vendor: CALLS + 1, lake: CALLS + 1, differences: { not_in_lake: 1, not_at_vendor: 1 } });
});
