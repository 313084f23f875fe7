// Each fault the sandbox knows, during a job of 5,000 rows: at the end ledger, tenant, audit log and outbox agree, nothing lost, nothing doubled. Over the ACD
// API the same of a job that adds tags, with the faults that only its replies have.

import { expect, test } from "vitest";
import { openTagging } from "../../src/app/index.ts";
import { createAcdTenant } from "../../src/tenant/acd/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../support/calls.ts";
import { collect } from "../support/collect.ts";
import { picked, scaled } from "../support/scale.ts";
import { NO_RECEIVER, type StartedWorld, startWorld, UNLIMITED_ACD } from "../support/world.ts";

const ROWS = scaled(5000, 250);
/** A share of the requests, told at the full scale: of fewer requests more are struck, so that some are. */
const share = (full: number) => Math.min(0.08, (full * 5000) / ROWS / 2 + full / 2);
/** A place in the job, told at the full scale. */
const at = (row: number) => Math.ceil((row * ROWS) / 5000);
const put = { operation: "assignDisposition" };

type Tagger = Awaited<ReturnType<typeof openTagging>>;

/** What ran the job of a file to its end, which was reached. */
async function tagged(
  world: StartedWorld,
  csv: string,
  campaign: string,
  options: Parameters<Tagger["tagging"]["submit"]>[2],
): Promise<Tagger> {
  await using stack = new AsyncDisposableStack();
  const runtime = stack.use(
    await openTagging({}, world.environment, {
      warn: () => undefined,
      limits: "off",
      deliver: false,
      // Pauses between attempts are short: the test waits on the job, not on the schedule.
      retry: { baseDelayMs: 5, maxDelayMs: 50 },
    }),
  );
  async function* bytes() {
    yield Buffer.from(csv);
  }
  const { job } = await runtime.tagging.submit({ name: "calls.csv", bytes, rereadable: true, read: {} }, campaign, options);
  expect(await runtime.tagging.run(job.id)).toMatchObject({ status: "done", stop: undefined });
  stack.move();
  return runtime;
}

test.each([
  ["status 500", [{ match: put, probability: share(0.02), effect: { status: 500 } }]],
  [
    "status 503 with Retry-After",
    [{ match: put, times: scaled(30, 5), after: at(100), effect: { status: 503, headers: { "retry-after": "0" } } }],
  ],
  [
    "status 429 without Retry-After",
    [{ match: put, probability: share(0.01), effect: { status: 429, headers: { "retry-after": null } } }],
  ],
  ["HTML instead of JSON", [{ match: put, probability: share(0.02), effect: { status: 502, body: "<html>Bad Gateway</html>" } }]],
  ["delay", [{ match: put, probability: share(0.01), effect: { delayMs: 200 } }]],
  ["connection reset", [{ match: put, probability: share(0.02), effect: { reset: true } }]],
  ["truncated reply", [{ match: put, probability: share(0.02), effect: { truncate: true } }]],
  ["garbage", [{ match: put, probability: share(0.02), effect: { garbage: true } }]],
  ["written, reply lost", [{ match: put, probability: share(0.03), effect: { acceptThenFail: true } }]],
  [
    "stale reads",
    [
      { match: { operation: "getCall" }, effect: { staleRead: true } },
      { match: put, probability: share(0.01), effect: { reset: true } },
    ],
  ],
  [
    "pages repeated and looping",
    [
      { match: { method: "GET" }, effect: { duplicatePage: true } },
      { match: { method: "GET" }, effect: { loopPage: true } },
    ],
  ],
  ["expired tokens", [300, 1500, 2700, 3900].map(at).map((after) => ({ match: put, after, times: 1, effect: { status: 401 } }))],
  [
    "everything at once",
    [
      { match: put, probability: share(0.01), effect: { status: 503 } },
      { match: put, probability: share(0.01), effect: { reset: true } },
      { match: put, probability: share(0.01), effect: { acceptThenFail: true } },
      { match: put, probability: share(0.01), effect: { truncate: true } },
      { match: { operation: "token" }, probability: 0.3, effect: { status: 503 } },
    ],
  ],
])("%s", async (_name, faults) => {
  await using world = await startWorld({ sandbox: { scenario: callsScenario(ROWS) }, environment: NO_RECEIVER });
  for (const fault of faults) world.sandbox.control.faults.add(fault);
  await using runtime = await tagged(world, callsCsv(ROWS), CAMPAIGN, {});
  await expectAgreement(world.databaseUrl, world.sandbox, ROWS);
  expect(await runtime.verifyAudit()).toMatchObject({ ok: true });
});

const SKILL = "4001";
const TAGGED = scaled(1000, 40);
const tagging = { acd: "tagContact" };
/** Told for 1,000 rows: of fewer more are struck. */
const often = (full: number) => Math.min(0.3, (full * 1000) / TAGGED);

const ACD_FAULTS: readonly (readonly [string, readonly object[]])[] = [
  ["status 500", [{ match: tagging, probability: often(0.02), effect: { status: 500 } }]],
  [
    "status 429 without Retry-After",
    [{ match: tagging, probability: often(0.01), effect: { status: 429, headers: { "retry-after": null } } }],
  ],
  [
    "an error in the header alone",
    [{ match: tagging, times: 3, effect: { status: 500, body: "", headers: { icStatusDescription: "Internal" } } }],
  ],
  ["connection reset", [{ match: tagging, probability: often(0.02), effect: { reset: true } }]],
  ["garbage", [{ match: tagging, probability: often(0.02), effect: { garbage: true } }]],
  ["written, reply lost", [{ match: tagging, probability: often(0.03), effect: { acceptThenFail: true } }]],
  [
    "expired tokens, and the reply to the making of the tag lost",
    [
      { match: tagging, after: 10, times: 1, effect: { status: 401 } },
      { match: { acd: "createTag" }, times: 1, effect: { acceptThenFail: true } },
    ],
  ],
];

test.each(picked(ACD_FAULTS, 1, "faults on acd"))("over the ACD API: %s", async (_name, faults) => {
  const contactLists = [{ id: "list_1", generate: { count: 500, consentRate: 1 } }];
  const dispositionCodes = [{ id: "DISP_001", name: "Sale", reasonCodes: [] }];
  const campaigns = [{ id: CAMPAIGN, name: "Tagged", contactListId: "list_1", dispositionCodes }];
  const generateCalls = [{ campaignId: CAMPAIGN, count: 6 * TAGGED, days: 2, prefix: "call_", digits: 7 }];
  await using world = await startWorld({
    sandbox: { scenario: { ...callsScenario(0), contactLists, campaigns, generateCalls, limits: "off" } },
    profile: "acd",
    environment: NO_RECEIVER,
  });
  const acd = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  const finished = (await collect(acd.capabilities.outcomeSource.calls({ campaignId: SKILL }))).filter(
    ({ side }) => side !== "attempts",
  );
  const ids = finished.slice(0, TAGGED).map(({ id }) => id);
  expect(ids).toHaveLength(TAGGED);
  for (const fault of faults) world.sandbox.control.faults.add(fault);
  const csv = `call_id,disposition_code_id,notes\n${ids.map((id) => `${id},DISP_001,x`).join("\n")}\n`;
  await using runtime = await tagged(world, csv, SKILL, { instead: "tag" });
  world.sandbox.control.faults.clear();
  expect(await world.query("select result, count(*)::int as rows from outdial.job_items group by 1")).toEqual([
    { result: "contact_tagged", rows: TAGGED },
  ]);
  // A reply that was lost is told once more when it is settled.
  const entries =
    "select count(*)::int as rows, count(distinct subject)::int as calls from outdial.audit where action = 'call.tag' and details::jsonb -> 'settled' is null";
  expect(await world.query(entries)).toEqual([{ rows: TAGGED, calls: TAGGED }]);
  expect((await acd.request("listTags", { query: { searchString: "outdial:" } })).reply?.tags).toHaveLength(1);
  for (const contactId of ids.slice(0, 20))
    expect((await acd.request("getContact", { path: { contactId } })).reply?.tags).toMatchObject([
      { tagName: "outdial:DISP_001" },
    ]);
  await acd.close();
  expect(await runtime.verifyAudit()).toMatchObject({ ok: true });
});
