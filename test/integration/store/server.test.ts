// The server and the database that the store is on: what does not suit is refused with its cause before anything is changed.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { hasOldest, OLDEST, startOtherPostgres, TOO_OLD } from "../../support/other-postgres.ts";
import { manualClock } from "../../support/store.ts";

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  database = await createDatabase({ empty: true });
  folder = await workFolder();
});
afterEach(async () => {
  await database.dispose();
  await folder[Symbol.asyncDispose]();
});

const open = (url: string) => openStore({ url, dir: join(folder.path, "keys"), clock: manualClock() });
const run = (words: readonly string[], url: string) =>
  runCli([...words, "--json"], { cwd: folder.path, env: { DATABASE_URL: url } });

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Opening is refused, and nothing was made. */
async function refused(url: string, message: RegExp): Promise<void> {
  await expect(open(url)).rejects.toMatchObject({ code: "unsuitable_database", message: expect.stringMatching(message) });
  expect(await ask(url, "select from pg_namespace where nspname in ('outdial', 'dbos')")).toEqual([]);
  const { code, stdout, stderr } = await run(["db", "migrate"], url);
  expect([code, stdout + stderr]).toEqual([1, expect.stringMatching(message)]);
  const status = await run(["db", "status"], url);
  expect([status.code, JSON.parse(status.stdout)]).toMatchObject([
    1,
    { isReady: false, troubles: expect.arrayContaining([expect.objectContaining({ state: "fail" })]) },
  ]);
  // Doctor, which is asked before anything is made, names the same.
  const { checks } = JSON.parse((await run(["doctor"], url)).stdout) as { checks: object[] };
  expect(checks).toContainEqual(
    expect.objectContaining({
      check: expect.stringMatching(/^database's /),
      state: "fail",
      text: expect.stringMatching(message),
      mend: expect.stringMatching(/./),
    }),
  );
}

test("a database of another encoding", async () => {
  const latin = new URL(database.url);
  latin.pathname = `/${nameOf(database.url)}_latin`;
  await ask(database.url, `create database ${nameOf(latin.href)} encoding 'LATIN1' locale 'C' template template0`);
  await refused(latin.href, /encoding is LATIN1, not UTF8/);
  await ask(database.url, `drop database ${nameOf(latin.href)} with (force)`);
});

test.each([
  ["DateStyle", "SQL, DMY", /DateStyle is SQL, DMY, not ISO/],
  ["default_transaction_isolation", "serializable", /isolation is serializable, not read committed/],
  ["session_replication_role", "replica", /triggers/],
  ["default_transaction_read_only", "on", /set to read only/],
])("a database with %s = %s", async (setting, value, message) => {
  await ask(database.url, `alter database ${nameOf(database.url)} set ${setting} = '${value}'`);
  await refused(database.url, message);
});

test("a search_path of the role or the database leads to no other tables, functions or operators", async () => {
  const name = nameOf(database.url);
  // Tables and functions of the names that outdial uses, in a schema that comes first.
  await ask(
    database.url,
    `create schema other; create table other.jobs (); create table other.migrations (x int); create table other.workflow_status ();
     create function other.now() returns timestamptz language sql as $$ select '1999-01-01'::timestamptz $$;
     create function other.probe_room(integer) returns void language plpgsql as $$ begin raise exception 'the other one'; end $$;
     alter database ${name} set search_path = other, pg_catalog`,
  );
  const migrated = await run(["db", "migrate"], database.url);
  expect([migrated.code, migrated.stderr]).toEqual([0, ""]);
  const store = await open(database.url);
  await store.audit.append([{ actor: "ann", action: "note", subject: "call_1" }]);
  await store.jobs.createJob({ id: "job_1", kind: "tag", sourceName: "-", contentHash: "-", options: {}, actor: "ann" });
  expect(await store.audit.verify()).toMatchObject({ ok: true });
  await store.close();
  expect((await run(["db", "status"], database.url)).code).toBe(0);
  expect(
    await ask(database.url, "select relname from pg_class where relnamespace = 'other'::regnamespace order by relname"),
  ).toEqual([{ relname: "jobs" }, { relname: "migrations" }, { relname: "workflow_status" }]);
  const [early] = await ask(database.url, "select count(*)::int as early from outdial.jobs where created_at < '2000-01-01'");
  expect(early).toEqual({ early: 0 });
});

test("what is doubtful is told by doctor and db status, and does not hinder", async () => {
  await ask(database.url, `alter database ${nameOf(database.url)} set statement_timeout = '40s'`);
  await (await open(database.url)).close();
  const told = expect.stringContaining("statement_timeout is 40s");
  const doctor = JSON.parse((await run(["doctor"], database.url)).stdout) as { checks: object[] };
  expect(doctor.checks).toContainEqual(
    expect.objectContaining({ check: "database", text: expect.stringMatching(/^PostgreSQL \d.*UTF8/) }),
  );
  expect(doctor.checks).toContainEqual(expect.objectContaining({ check: "database's settings", state: "warn", text: told }));
  const status = JSON.parse((await run(["db", "status"], database.url)).stdout) as { troubles: object[] };
  expect(status.troubles).toContainEqual(expect.objectContaining({ state: "warn", text: told }));
});

test("how many connections the role and the database may have is told before they are too many, and then for what it is", async () => {
  const name = nameOf(database.url);
  await ask(
    database.url,
    `create role ${name}_few login password 'few' connection limit 5; grant connect, create on database ${name} to ${name}_few`,
  );
  await ask(database.url, `alter database ${name} connection limit 30`);
  const few = new URL(database.url);
  [few.username, few.password] = [`${name}_few`, "few"];
  const { troubles } = JSON.parse((await run(["db", "status"], few.href)).stdout) as { troubles: { text: string }[] };
  expect(troubles.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("connection limit of the role is 5"),
      expect.stringContaining("connection limit of the database is 30"),
    ]),
  );
  await ask(database.url, `alter role ${name}_few connection limit 0`);
  await expect(open(few.href)).rejects.toMatchObject({
    code: "store_unavailable",
    message: expect.stringContaining("too many connections"),
    advice: expect.stringContaining("connection limit"),
  });
  await ask(database.url, `drop owned by ${name}_few; drop role ${name}_few`);
});

describe.skipIf(!hasOldest())("the oldest version that is supported", () => {
  test("has the store and the engine; as a standby it can be looked at, and is refused what changes", async () => {
    await using server = await startOtherPostgres(OLDEST, { fsync: "off" });
    const other = server.url.replace(/postgres$/, "other");
    await ask(server.url, "create database other");
    expect(await run(["db", "migrate"], server.url)).toMatchObject({ code: 0 });
    const status = await run(["db", "status"], server.url);
    expect([status.code, JSON.parse(status.stdout)]).toMatchObject([
      0,
      { server: expect.stringMatching(/^PostgreSQL 15\./), isReady: true },
    ]);
    await server.becomeStandby();
    await refused(other, /standby/);
    const standby = await run(["db", "status"], server.url);
    expect([standby.code, JSON.parse(standby.stdout)]).toMatchObject([
      1,
      { outdial: JSON.parse(status.stdout).outdial, isReady: false },
    ]);
    // The step of a deployment does not wait for it to take writes.
    expect(JSON.parse((await run(["db", "migrate"], server.url)).stdout)).toMatchObject({
      error: { code: "unsuitable_database" },
    });
  });
});

describe.skipIf(TOO_OLD === undefined)("a version that is too old", () => {
  test("is refused by its name before anything is made, also by a service, whose log says so", async () => {
    await using server = await startOtherPostgres(TOO_OLD ?? "", { fsync: "off" });
    await refused(server.url, /PostgreSQL 1[0-4]\.\S+; outdial works with 15 and later/);
    await writeFile(join(folder.path, "outdial.yaml"), "tenant: { hosts: http://127.0.0.1:9 }\n");
    const env = { DATABASE_URL: server.url, CXONE_CLIENT_ID: "id", CXONE_CLIENT_SECRET: "secret" };
    const { code, stderr } = await runCli(["serve", "--port", "0", "--log-format", "json"], { cwd: folder.path, env });
    expect(code).toBe(1);
    expect(JSON.parse(stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({ level: "error", code: "unsuitable_database" });
  });
});
