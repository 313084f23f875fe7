// Records and events to a CRM over real HTTP, with the real store: nothing lost, nothing held up, nothing twice.

import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Clock, createRandom } from "../../../src/kernel/index.ts";
import { CrmPushing, type CrmPushRequest, createCrmAnnouncer, OperationError } from "../../../src/operations/index.ts";
import { DOCUMENTED_MAP, type OutcomeRecord, readOutcomeMap } from "../../../src/outcomes/index.ts";
import type { Store } from "../../../src/store/index.ts";
import { CRM_SECRET, type Crm, startCrm } from "../../support/crm-receiver.ts";
import { anybodys } from "../../support/runs.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { DAY, HOUR, MONDAY, openReportWorld, outcome, type ReportWorld } from "./world.ts";

let world: ReportWorld;
let store: TestStore;
let crm: Crm;
beforeEach(async () => {
  [world, store, crm] = await Promise.all([openReportWorld(), openTestStore(), startCrm()]);
  await store.store.endpoints.learn({ crm: ["OUTCOMES_RETRIEVED"] }, "set");
});
afterEach(async () => {
  await Promise.all([world[Symbol.asyncDispose](), store.dispose(), crm[Symbol.asyncDispose]()]);
});

const random = createRandom(1, "crm");
const some = (count: number, more: Partial<OutcomeRecord> = {}, prefix = "call_") =>
  Array.from({ length: count }, (_, i) => outcome(`${prefix}${i}`, { startTime: MONDAY + i * 60_000, ...more }));

interface Options extends Partial<CrmPushRequest> {
  /** Another store than the test's. */
  readonly pushes?: Store["crmPushes"];
  readonly interrupt?: AbortSignal;
  readonly clock?: Clock;
}

/** Asks for a push and runs it in this process, as the engine would. */
async function push(given: Options = {}, map = DOCUMENTED_MAP) {
  const { pushes, interrupt, clock = store.clock, batch = 16, again = false, ...scope } = given;
  const { store: own } = store;
  const crmPushes = pushes ?? own.crmPushes;
  const pushing = new CrmPushing({
    store: { ...own, crmPushes },
    lake: world.lake,
    access: {
      endpoint: { url: crm.url, secret: CRM_SECRET },
      recordsUrl: crm.url,
      map: () => Promise.resolve(map),
    },
    runs: {} as never,
    members: { id: "replica-1", isDead: () => Promise.resolve(true) },
    scope: "one",
    clock,
    random,
  });
  const { job } = await pushing.submit(
    { records: true, batch, again, ...scope } as Parameters<typeof pushing.submit>[0],
    "tester",
  );
  const kind = pushing.kind();
  expect(await kind.take?.(anybodys(job.id), "replica-1")).toBe("taken");
  // Nobody takes it away.
  const leave = { halt: interrupt ?? new AbortController().signal, confirmed: () => undefined } as never;
  try {
    await kind.body({ jobId: job.id, run: 0, step: (_, work) => work(), turn: (work) => work(), leave });
  } catch (thrown) {
    await own.jobs.letGo(job.id, "replica-1", {});
    throw thrown;
  }
  const ended = await pushing.find(job.id);
  if (ended.job.status === "stopped") throw new OperationError((ended.job.error as OperationError).code, "stopped");
  return { ...ended.progress, jobId: job.id, status: ended.job.status };
}

test("every call is sent once, signed, in batches; a second push sends only what changed", async () => {
  await world.land(...some(50), ...some(5, { campaignId: "camp_2" }, "other_"));
  expect(await push()).toMatchObject({ calls: 55, acknowledged: 55, refused: 0, unchanged: 0, requests: 5 });
  expect(crm.held.size).toBe(55);
  expect(crm.requests.every(({ status }) => status === 200)).toBe(true);
  for (const { headers, body } of crm.requests) {
    expect(headers["webhook-id"]).toBe(headers["idempotency-key"]);
    expect(headers.authorization).toBeUndefined();
    expect(JSON.parse(body)).toMatchObject({ type: "OUTCOME_RECORDS", records: expect.any(Array) });
  }
  expect(JSON.parse(crm.requests[0]?.body ?? "{}").records[0]).toEqual({
    idempotency_key: expect.stringMatching(/^[0-9a-f]{64}$/),
    record: {
      campaign_id: "camp_1",
      call_id: "call_0",
      disposition_code: "BUSY",
      category: "neutral",
      mapped: true,
      start_time: "2026-03-02T00:00:00.000Z",
      end_time: "2026-03-02T00:01:30.000Z",
      duration_seconds: 90,
      direction: "OUTBOUND",
    },
  });
  await world.land(
    outcome("call_3", { startTime: MONDAY + 180_000, dispositionCode: "CONVERTED", observedAt: MONDAY + 9 * DAY }),
  );
  expect(await push()).toMatchObject({ calls: 55, unchanged: 54, acknowledged: 1, requests: 1 });
  expect(crm.held.get("call_3")).toBe("CONVERTED");
  expect(await push({ campaignId: "camp_2", from: MONDAY, to: MONDAY + HOUR })).toMatchObject({
    calls: 5,
    unchanged: 5,
    requests: 0,
  });
  // Another meaning of a code is another record.
  const map = await readOutcomeMap("name: t\nversions: [{ version: a, codes: { BUSY: warm } }]", "map.yaml");
  expect(await push({}, map)).toMatchObject({ unchanged: 1, acknowledged: 54 });
});

test("one poison record does not hold up the others, is found by halving, reported, and sent again when it changes or on demand", async () => {
  await world.land(...some(64));
  crm.poison.add("call_37");
  const report = await push({ batch: 64 });
  expect(report).toMatchObject({ status: "partly_failed", acknowledged: 63, refused: 1 });
  // The whole batch, and two halves at each of six levels.
  expect(report.requests).toBe(13);
  expect(await store.store.crmPushes.refusals(report.jobId, { limit: 10 })).toMatchObject([
    { line: 1, campaignId: "camp_1", callId: "call_37", status: 422, reason: "cannot take call_37" },
  ]);
  expect(crm.held.size).toBe(63);
  expect((await store.store.audit.list({ action: "crm.refused" }))[0]).toMatchObject({
    subject: "call_37",
    details: { statusCode: 422 },
  });
  expect((await store.store.audit.list({ action: "crm.push" }))[0]?.details).toMatchObject({ acknowledged: 63, refused: 1 });

  expect(await push()).toMatchObject({ unchanged: 63, refusedBefore: 1, requests: 0 });
  expect(await push({ again: true })).toMatchObject({ refused: 1, requests: 1 });
  await world.land(
    outcome("call_37", { startTime: MONDAY + 37 * 60_000, dispositionCode: "CONVERTED", observedAt: MONDAY + 9 * DAY }),
  );
  crm.poison.clear();
  expect(await push()).toMatchObject({ acknowledged: 1, refusedBefore: 0 });
  expect(await push()).toMatchObject({ unchanged: 64, requests: 0 });
});

test("whichever records are poison, exactly these are refused and all others arrive", async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 19 }),
      fc.integer({ min: 1, max: 41 }),
      async (bad, batch) => {
        const campaignId = `camp_${++round}`;
        await world.land(...some(40, { campaignId }, `${campaignId}_`));
        crm.poison.clear();
        for (const i of bad) crm.poison.add(`${campaignId}_${i}`);
        const before = crm.requests.length;
        expect(await push({ batch, campaignId })).toMatchObject({
          calls: 40,
          acknowledged: 40 - bad.length,
          refused: bad.length,
        });
        const accepted = crm.requests.slice(before).filter(({ status }) => status === 200);
        const good = Array.from({ length: 40 }, (_, i) => `${campaignId}_${i}`).filter((id) => !crm.poison.has(id));
        expect(accepted.flatMap(({ calls }) => calls).sort()).toEqual(good.sort());
      },
    ),
    { numRuns: 8 },
  );
});

test("a CRM that refuses everything is not asked about every record, and nothing is noted as refused", async () => {
  await world.land(...some(200));
  crm.instead = () => 400;
  const failure = await push({ batch: 200 }).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(OperationError);
  expect(failure).toMatchObject({ code: "receiver_refuses" });
  expect(crm.requests.length).toBeLessThan(60);
  crm.instead = () => undefined;
  expect(await push({ batch: 200 })).toMatchObject({ acknowledged: 200, refusedBefore: 0 });
});

test.each([
  ["text/html; charset=utf-8", ""],
  ["text/plain", "<!doctype html><title>Sign in</title>"],
])("a page in place of the CRM's answer acknowledges nothing: %s %s", async (type, text) => {
  await world.land(...some(20));
  crm.instead = () => 202;
  Object.assign(crm, { headers: { "content-type": type }, text });
  const failure = await push().catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ code: "receiver_refuses" });
  crm.instead = () => undefined;
  Object.assign(crm, { headers: {}, text: "" });
  expect(await push()).toMatchObject({ acknowledged: 20, unchanged: 0 });
  expect(crm.held.size).toBe(20);
});

test("a CRM that is busy is asked again when it says, one that is away stops the push, and the next push goes on", async () => {
  await world.land(...some(48));
  crm.headers = { "retry-after": "7" };
  crm.instead = (index) => (index === 0 ? 429 : index === 2 ? 503 : undefined);
  const before = store.clock.now();
  expect(await push()).toMatchObject({ acknowledged: 48, requests: 5 });
  expect(store.clock.now() - before).toBeGreaterThanOrEqual(14_000);
  // A batch that is sent again carries the same key.
  expect(crm.requests[1]?.headers["idempotency-key"]).toBe(crm.requests[0]?.headers["idempotency-key"]);

  await world.land(...some(48, { observedAt: MONDAY + 9 * DAY, dispositionCode: "CONVERTED" }));
  crm.instead = (index) => (index >= 6 ? 500 : undefined);
  await expect(push()).rejects.toMatchObject({ code: "receiver_unavailable" });
  crm.instead = (index) => (index % 2 === 0 ? 401 : 302);
  await expect(push()).rejects.toMatchObject({ code: "receiver_refuses" });
  crm.instead = () => undefined;
  // It is the same push that goes on: what it brought before it stopped is its own.
  expect(await push()).toMatchObject({ calls: 48, unchanged: 0, acknowledged: 48 });
  expect(new Set(crm.held.values())).toEqual(new Set(["CONVERTED"]));
});

test("a push that was lost after the CRM had the records repeats them under the same keys, and counts what its earlier run brought", async () => {
  await world.land(...some(32));
  let writes = 0;
  const pushes = Object.create(store.store.crmPushes, {
    acknowledge: {
      value: (...given: Parameters<Store["crmPushes"]["acknowledge"]>) =>
        writes++ === 0 ? store.store.crmPushes.acknowledge(...given) : Promise.reject(new Error("the process is gone")),
    },
  }) as Store["crmPushes"];
  await expect(push({ pushes })).rejects.toThrow("the process is gone");
  expect(crm.applied).toHaveLength(32);
  // What is known of it, and what the CRM may have.
  const [lost] = await store.store.jobs.listJobs({ kinds: ["push"], limit: 1 });
  expect(lost).toMatchObject({
    totalRows: 32,
    counts: { acknowledged: 16 },
    summary: { acknowledged: 16, unanswered: 16, total: 32 },
  });
  expect(await push()).toMatchObject({ status: "done", calls: 32, acknowledged: 32, unchanged: 0, requests: 3, unanswered: 0 });
  expect(crm.requests).toHaveLength(3);
  expect(crm.applied).toHaveLength(32);
  expect(crm.requests[2]?.headers["idempotency-key"]).toBe(crm.requests[1]?.headers["idempotency-key"]);
});

test("a push that is told to end finishes the request on the wire, and one that somebody else has writes nothing", async () => {
  await world.land(...some(48));
  const ending = new AbortController();
  crm.instead = (index) => {
    if (index === 1) ending.abort(new Error("told to end"));
    return undefined;
  };
  const patient = { now: () => store.clock.now(), sleep: () => new Promise<void>(() => undefined) };
  await expect(push({ interrupt: ending.signal, clock: patient })).rejects.toThrow("told to end");
  expect(crm.requests).toHaveLength(2);
  crm.instead = () => undefined;
  const resumed = await push();
  expect(resumed).toMatchObject({ acknowledged: 48, unchanged: 0 });
  expect(crm.requests).toHaveLength(3);
  const lost = { jobId: resumed.jobId, executor: "replica-2", progress: resumed };
  await expect(store.store.crmPushes.acknowledge(lost, [])).rejects.toMatchObject({ code: "not_owner" });
});

test("of two pushes that may send the same records the second waits; those of two campaigns do not meet", async () => {
  const { crmPushes } = store.store;
  const begin = (jobId: string, campaignId?: string) =>
    crmPushes.begin({ jobId, campaignId, options: null, contentHash: jobId, actor: "tester" });
  const take = (jobId: string) => crmPushes.take(anybodys(jobId), `runs-${jobId}`);
  await Promise.all([begin("one", "camp_1"), begin("two", "camp_2"), begin("again", "camp_1"), begin("all")]);
  expect(await take("one")).toBe("taken");
  expect(await take("two")).toBe("taken");
  expect(await take("again")).toEqual({ blockedBy: { jobId: "one", executor: "runs-one" } });
  expect(await take("all")).toMatchObject({ blockedBy: { jobId: expect.stringMatching(/^(one|two)$/) as string } });
  await store.store.jobs.letGo("one", "runs-one", null);
  await store.store.jobs.letGo("two", "runs-two", null);
  expect(await take("all")).toBe("taken");
  expect(await take("again")).toMatchObject({ blockedBy: { jobId: "all" } });
  await store.store.jobs.cancelJob("again");
  expect(await take("again")).toBe("gone");
});

test("what the CRM has can be counted by hour", async () => {
  await world.land(...some(3), outcome("later", { startTime: MONDAY + 5 * HOUR + 1 }));
  await push();
  const ids: string[] = [];
  for await (const page of store.store.retrievals.acknowledged({ campaignId: "camp_1", from: MONDAY, to: MONDAY + HOUR }))
    ids.push(...page);
  expect(ids).toEqual(["call_0", "call_1", "call_2"]);
});

test("each retrieval is announced once, in the documented words, also when its process died before it could", async () => {
  const { crm: ledger, retrievals, outbox, audit } = store.store;
  const from = MONDAY;
  const to = MONDAY + DAY - 1;
  const begin = async (jobId: string) => {
    await retrievals.begin({
      jobId,
      campaignId: "camp_1",
      from,
      to,
      codes: null,
      pageLimit: 1000,
      actor: "tester",
      windows: [{ from, to }],
    });
    expect(await retrievals.take(anybodys(jobId), "replica-1")).toBe("taken");
  };
  const end = async (jobId: string) => {
    store.clock.advance(2_500);
    await retrievals.end({
      jobId,
      executor: "replica-1",
      status: "done",
      calls: 20,
      complianceHash: "ab".repeat(32),
      audit: { actor: "tester", action: "outcomes.retrieved", subject: "camp_1" },
    });
  };
  const announcer = createCrmAnnouncer({
    ledger,
    retrievals,
    profile: undefined,
    lake: world.lake,
    map: DOCUMENTED_MAP,
    actor: "tester",
  });
  await begin("job_1");
  expect(await announcer.announceAll()).toBe(0);
  // Twenty calls of which four converted; two versions of one call, another run's call and a call outside the window do not count.
  await world.land(
    ...some(20).map((one, i) => ({
      ...one,
      dispositionCode: i < 4 ? "CONVERTED" : i < 6 ? "DISP_X" : "NOT_INTERESTED",
      runId: "job_1",
    })),
    outcome("call_0", { startTime: MONDAY, dispositionCode: "BUSY", runId: "job_1", observedAt: MONDAY + 7 * DAY }),
    outcome("elsewhere", { startTime: MONDAY, runId: "job_0" }),
  );
  // Two requests were refused before the page came, two more came to nothing.
  const page = { jobId: "job_1", executor: "replica-1", windowNo: 0, pageSize: 1000 };
  await retrievals.noteFailure({ ...page, attempts: 2, restart: false });
  const empty = { rows: 0, unfinished: 0, earliestUnfinished: undefined, quarantined: {}, latencyMs: 1, observedAt: 1 };
  await retrievals.commitPage({ ...page, after: 0, attempts: 3, files: [], nextToken: null, ...empty });
  await end("job_1");
  const run = await retrievals.get("job_1");
  if (run === undefined) throw new Error("no retrieval");
  expect(await Promise.all([announcer.announce(run), announcer.announce(run)])).toEqual(expect.arrayContaining([true, false]));
  expect(await announcer.announceAll()).toBe(0);

  const deliveries = await outbox.listDeliveries({ endpoint: "crm" });
  expect(deliveries).toMatchObject([
    { eventId: "job_1-outcomes", type: "OUTCOMES_RETRIEVED", subject: "camp_1", status: "pending" },
  ]);
  const event = JSON.parse(deliveries[0]?.body ?? "{}");
  expect(event).toMatchObject({
    specversion: "1.0",
    id: "job_1-outcomes",
    type: "OUTCOMES_RETRIEVED",
    source: "/outdial/campaigns/camp_1",
    subject: "camp_1",
  });
  expect(event.data).toEqual({
    metrics: {
      extraction_latency_seconds: 2.5,
      download_success_rate: 20,
      total_records: 20,
      conversion_rate: 20,
      summary: {
        total_calls: 20,
        conversion_rate_percent: 20,
        category_distribution: { success: 4, warm: 0, cold: 14, neutral: 2, failure: 0 },
        performance_trend: "positive",
      },
      unmapped_records: 2,
    },
    audit: {
      job_id: "job_1",
      campaign_id: "camp_1",
      start_time: "2026-03-02T00:00:00.000Z",
      end_time: "2026-03-02T23:59:59.999Z",
      initiated_at: "2026-03-02T15:00:00.000Z",
      status: "COMPLETED",
      records_processed: 20,
      compliance_hash: "ab".repeat(32),
      completed_at: "2026-03-02T15:00:02.500Z",
      outcome_definition: "documented-1",
      disposition_codes: null,
      covers: { known: 1, of: 1, words: null },
    },
  });
  expect(await audit.list({ action: "crm.announce" })).toMatchObject([{ job: "job_1" }]);
  // A run whose process died before the announcement.
  await begin("job_2");
  await end("job_2");
  expect(await announcer.announceAll()).toBe(1);
});
