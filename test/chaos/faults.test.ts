// Each fault the sandbox knows, during a job of 5,000 rows: at the end ledger, tenant, audit log and outbox agree, nothing lost, nothing doubled.

import { expect, test } from "vitest";
import { openTagging } from "../../src/app/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../support/calls.ts";
import { scaled } from "../support/scale.ts";
import { NO_RECEIVER, startWorld } from "../support/world.ts";

const ROWS = scaled(5000, 250);
/** A share of the requests, told at the full scale: of fewer requests more are struck, so that some are. */
const share = (full: number) => Math.min(0.08, (full * 5000) / ROWS / 2 + full / 2);
/** A place in the job, told at the full scale. */
const at = (row: number) => Math.ceil((row * ROWS) / 5000);
const put = { operation: "assignDisposition" };

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
  const csv = Buffer.from(callsCsv(ROWS));
  async function* bytes() {
    yield csv;
  }
  await using runtime = await openTagging({}, world.environment, {
    warn: () => undefined,
    limits: "off",
    deliver: false,
    // Pauses between attempts are short: the test waits on the job, not on the schedule.
    retry: { baseDelayMs: 5, maxDelayMs: 50 },
  });
  const { job } = await runtime.tagging.submit({ name: "calls.csv", bytes, rereadable: true, read: {} }, CAMPAIGN, {});
  const ended = await runtime.tagging.run(job.id);
  expect(ended).toMatchObject({ status: "done", stop: undefined });
  await expectAgreement(world.databaseUrl, world.sandbox, ROWS);
  expect(await runtime.verifyAudit()).toMatchObject({ ok: true });
});
