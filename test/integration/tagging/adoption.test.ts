// A job whose replica has fallen silent on another machine: a peer adopts it, and not before the silence is long enough.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTagging } from "../../../src/app/index.ts";
import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { expectAgreement } from "../../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase, databaseClock, type TestDatabase } from "../../support/database.ts";

const ROWS = 600;
let sandbox: Sandbox;
let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;

beforeEach(async () => {
  sandbox = createSandbox({ scenario: callsScenario(ROWS) });
  database = await createDatabase();
  folder = await workFolder();
});

afterEach(async () => {
  await sandbox.close();
  await database.dispose();
  await folder[Symbol.asyncDispose]();
});

test("is adopted within ten seconds of the heartbeat that was due, and ends with each item once", async () => {
  const { url } = await sandbox.listen();
  const environment = {
    DATABASE_URL: database.url,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_BI_URL: "http://127.0.0.1:9/events",
    OUTDIAL_BI_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  const csv = Buffer.from(callsCsv(ROWS));
  async function* bytes() {
    yield csv;
  }
  // The audit is compared with the heartbeat, which is of the database's time.
  const clock = await databaseClock(database.url);
  await using runtime = await openTagging({ dir: folder.path, tenantUrl: url, clock }, environment, {
    warn: () => undefined,
    limits: "off",
    deliver: false,
  });
  const { job } = await runtime.tagging.submit({ name: "calls.csv", bytes, rereadable: true, read: {} }, CAMPAIGN, {});
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    // A replica on another machine took the job, beat once, and was never heard of again.
    const beat = await client.query<{ at: Date }>(
      "insert into outdial.replicas (id, pid, host, interval_ms, started_at, heartbeat_at) values ('ghost', 1, 'another-machine', 2000, clock_timestamp(), clock_timestamp()) returning heartbeat_at as at",
    );
    await client.query("update outdial.jobs set status = 'running', executor = 'ghost', run = 1 where id = $1", [job.id]);
    const ended = await runtime.tagging.run(job.id);
    expect(ended).toMatchObject({ status: "done", run: 2 });
    const { rows } = await client.query<{ silent: number }>(
      `select extract(epoch from (select time::timestamptz from outdial.audit where action = 'job.run' order by seq desc limit 1) - $1::timestamptz)::float8 - 2 as silent`,
      [beat.rows[0]?.at],
    );
    const [adopted] = rows;
    expect(adopted?.silent).toBeGreaterThan(3.9);
    expect(adopted?.silent).toBeLessThan(10);
    expect((await client.query("select from outdial.replicas where id = 'ghost'")).rowCount).toBe(0);
    await expectAgreement(database.url, sandbox, ROWS);
  } finally {
    await client.end();
  }
});
