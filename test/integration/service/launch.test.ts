// The engine of the workflows is launched while another process launches its own, and loses a connection meanwhile.

import pg from "pg";
import { expect, test } from "vitest";
import { launchEngine } from "../../../src/operations/index.ts";
import { createDatabase } from "../../support/database.ts";

test("a launch that waits for another one survives the loss of the connection that it waits on", async () => {
  const database = await createDatabase();
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await other.query("select pg_advisory_lock(x'64626f73'::bigint)");
    const waiting = async () => {
      const { rows } = await other.query<{ pid: number }>(
        "select pid from pg_stat_activity where datname = current_database() and application_name like 'outdial workflows %' and state = 'idle' and query like '%pg_try_advisory_lock%'",
      );
      return rows[0]?.pid;
    };
    const launching = launchEngine({
      databaseUrl: database.url,
      executor: "replica",
      serves: false,
      kinds: {},
      log: { warn: () => undefined },
    });
    await expect.poll(waiting, { timeout: 60_000 }).toBeTypeOf("number");
    const lost = await waiting();
    await other.query("select pg_terminate_backend($1, 5000)", [lost]);
    await expect.poll(waiting, { timeout: 60_000 }).not.toBe(lost);
    await other.query("select pg_advisory_unlock(x'64626f73'::bigint)");
    await (await launching).close();
  } finally {
    await other.end();
    await database.dispose();
  }
});
