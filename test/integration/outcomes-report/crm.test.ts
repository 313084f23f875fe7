// Records and events to a CRM over real HTTP, with the real store: nothing lost, nothing held up, nothing twice.

import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import { createCrmAnnouncer, createCrmSender, OperationError, pushToCrm } from "../../../src/operations/index.ts";
import { DOCUMENTED_MAP, type OutcomeRecord, readOutcomeMap } from "../../../src/outcomes/index.ts";
import { CRM_SECRET, type Crm, startCrm } from "../../support/crm-receiver.ts";
import { anybodys } from "../../support/runs.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { DAY, HOUR, MONDAY, openReportWorld, outcome, type ReportWorld } from "./world.ts";

let world: ReportWorld;
let store: TestStore;
let crm: Crm;
beforeEach(async () => {
  [world, store, crm] = await Promise.all([openReportWorld(), openTestStore(), startCrm()]);
});
afterEach(async () => {
  await Promise.all([world[Symbol.asyncDispose](), store.dispose(), crm[Symbol.asyncDispose]()]);
});

const random = createRandom(1, "crm");
const some = (count: number, more: Partial<OutcomeRecord> = {}, prefix = "call_") =>
  Array.from({ length: count }, (_, i) => outcome(`${prefix}${i}`, { startTime: MONDAY + i * 60_000, ...more }));

async function push(options: Parameters<typeof pushToCrm>[1] = {}, map = DOCUMENTED_MAP) {
  const sender = createCrmSender({ url: crm.url, secret: CRM_SECRET });
  const { audit, crm: ledger } = store.store;
  try {
    return await pushToCrm(
      {
        lake: world.lake,
        ledger,
        sender,
        map,
        record: (entry) => audit.append([entry]),
        clock: store.clock,
        random,
        actor: "tester",
      },
      { batch: 16, ...options },
    );
  } finally {
    await sender.close();
  }
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
  const refused: string[] = [];
  const report = await push({
    batch: 64,
    onRefused: ({ callId, status, reason }) => void refused.push(`${callId} ${status} ${reason}`),
  });
  expect(report).toMatchObject({ acknowledged: 63, refused: 1 });
  // The whole batch, and two halves at each of six levels.
  expect(report.requests).toBe(13);
  expect(refused).toEqual(["call_37 422 cannot take call_37"]);
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
  expect(await push()).toMatchObject({ unchanged: 16, acknowledged: 32 });
  expect(new Set(crm.held.values())).toEqual(new Set(["CONVERTED"]));
});

test("a push that was lost after the CRM had the records repeats them under the same keys", async () => {
  await world.land(...some(32));
  const { crm: ledger, audit } = store.store;
  const sender = createCrmSender({ url: crm.url, secret: CRM_SECRET });
  const lost = {
    settled: ledger.settled.bind(ledger),
    refuse: ledger.refuse.bind(ledger),
    acknowledge: () => Promise.reject(new Error("the process is gone")),
  };
  const deps = {
    lake: world.lake,
    sender,
    map: DOCUMENTED_MAP,
    record: (entry: Parameters<typeof audit.append>[0][number]) => audit.append([entry]),
    clock: store.clock,
    random,
    actor: "tester",
  };
  await expect(pushToCrm({ ...deps, ledger: lost }, { batch: 16 })).rejects.toThrow("the process is gone");
  await sender.close();
  expect(crm.applied).toHaveLength(16);
  expect(await push()).toMatchObject({ acknowledged: 32 });
  expect(crm.requests).toHaveLength(3);
  expect(crm.applied).toHaveLength(32);
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
    lake: world.lake,
    map: DOCUMENTED_MAP,
    receiver: "crm",
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
    },
  });
  expect(await audit.list({ action: "crm.announce" })).toMatchObject([{ job: "job_1" }]);
  // A run whose process died before the announcement.
  await begin("job_2");
  await end("job_2");
  expect(await announcer.announceAll()).toBe(1);
});
