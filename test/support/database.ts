// A fresh, empty database for one test on the run's server.

import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Clock } from "../../src/kernel/index.ts";
import { systemClock } from "../../src/tenant/index.ts";
import { TEMPLATE, TEST_DATABASE_URL } from "./postgres-setup.ts";

export interface TestDatabase {
  /** Connection string of the database. */
  readonly url: string;
  /** Drops the database, disconnecting whoever is still there. */
  dispose(): Promise<void>;
}

/**
 * Creates a database of its own; dispose of it in `afterEach` or `afterAll`. It is a copy of the run's template, which has every table.
 * @param options.empty true for one without any schema: where migrations are the point
 */
export async function createDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const server = process.env[TEST_DATABASE_URL];
  if (!server) throw new Error(`${TEST_DATABASE_URL} is not set: run through vitest`);
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(server, `create database ${name} template ${empty ? "template0" : TEMPLATE} strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, dispose: () => administer(server, `drop database if exists ${name} with (force)`) };
}

/** A clock that goes by the database's time, for what is compared with that: this process may have another one. */
export async function databaseClock(url: string): Promise<Clock> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ at: Date }>("select clock_timestamp() as at");
  await client.end();
  const ahead = (rows[0]?.at.getTime() ?? 0) - Date.now();
  return { ...systemClock, now: () => Date.now() + ahead };
}

/** One connection of this process, kept from test to test: a connection costs a tenth of a database. It holds up nobody's end. */
let administrator: pg.Pool | undefined;

async function administer(server: string, sql: string): Promise<void> {
  if (administrator === undefined) {
    administrator = new pg.Pool({ connectionString: server, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true });
    // The server goes away at the end of the run.
    administrator.on("error", () => undefined);
  }
  await administrator.query(sql);
}
