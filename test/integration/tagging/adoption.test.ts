// A job whose replica has fallen silent on another machine: a peer adopts it, and not before the silence is long enough.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTagging } from "../../../src/app/index.ts";
import { expectAgreement } from "../../support/agreement.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { databaseClock } from "../../support/database.ts";
import { NO_RECEIVER, type StartedWorld, startWorld } from "../../support/world.ts";

const ROWS = 600;
let world: StartedWorld;

beforeEach(async () => {
  world = await startWorld({ sandbox: { scenario: callsScenario(ROWS) }, environment: NO_RECEIVER });
});
afterEach(() => world[Symbol.asyncDispose]());

test("is adopted within ten seconds of the heartbeat that was due, and ends with each item once", async () => {
  const { sandbox, databaseUrl, environment } = world;
  const csv = Buffer.from(callsCsv(ROWS));
  async function* bytes() {
    yield csv;
  }
  // The audit is compared with the heartbeat, which is of the database's time.
  const clock = await databaseClock(databaseUrl);
  await using runtime = await openTagging({ clock }, environment, {
    warn: () => undefined,
    limits: "off",
    deliver: false,
  });
  const { job } = await runtime.tagging.submit({ name: "calls.csv", bytes, rereadable: true, read: {} }, CAMPAIGN, {});
  const client = new pg.Client({ connectionString: databaseUrl });
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
    await expectAgreement(databaseUrl, sandbox, ROWS);
  } finally {
    await client.end();
  }
});
