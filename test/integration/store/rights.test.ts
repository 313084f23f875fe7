// Roles with exactly the rights that docs/database.md gives them: one that migrates, one that runs.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MIGRATION_COUNT, openStore } from "../../../src/store/index.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { runCli, startCli, workFolder } from "../../support/cli.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { fencesOf } from "../../support/documents.ts";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { startService } from "../../support/service.ts";
import { manualClock } from "../../support/store.ts";

const RECIPE = fencesOf(readFileSync(new URL("../../../docs/database.md", import.meta.url), "utf8"))
  .filter(({ language }) => language === "sql")
  .map(({ text }) => text)
  .join("\n");

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;
let admin: pg.Client;
let name: string;
beforeEach(async () => {
  database = await createDatabase({ empty: true });
  name = new URL(database.url).pathname.slice(1);
  folder = await workFolder();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await database.dispose();
  const server = new URL(database.url);
  server.pathname = "/postgres";
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  for (const role of ["owner", "service"]) await client.query(`drop role if exists ${name}_${role}`);
  await client.end();
  await folder[Symbol.asyncDispose]();
});

/** The address of the database for a role. */
function as(role: "owner" | "service"): string {
  const url = new URL(database.url);
  url.username = `${name}_${role}`;
  url.password = `${role.toUpperCase()}-PASSWORD`;
  return url.href;
}
const prepare = () =>
  admin.query(RECIPE.replaceAll("database outdial", `database ${name}`).replaceAll(/outdial_(owner|service)/g, `${name}_$1`));
const db = (verb: "migrate" | "status", url: string) =>
  runCli(["db", verb, "--json"], { cwd: folder.path, env: { DATABASE_URL: url } });
const open = (url: string) => openStore({ url, dir: join(folder.path, "keys"), clock: manualClock() });

test("the roles of the documentation: one migrates, also twice at once, and a whole service runs with the other", async () => {
  await prepare();
  const early = await db("status", as("service"));
  expect(early.code).toBe(1);
  expect(JSON.parse(early.stdout)).toMatchObject({ outdial: { found: 0 }, dbos: { found: 0 }, isReady: false });
  await expect(open(as("service"))).rejects.toMatchObject({
    code: "no_rights",
    message: expect.stringContaining("permission denied for schema outdial"),
    advice: expect.stringContaining("outdial db migrate"),
  });
  const both = [1, 2].map(() => startCli(["db", "migrate"], { cwd: folder.path, env: { DATABASE_URL: as("owner") } }).ended);
  for (const { code, stderr } of await Promise.all(both)) expect([code, stderr]).toEqual([0, ""]);
  const late = await db("status", as("service"));
  expect(late.code).toBe(0);
  const { outdial, dbos, isReady } = JSON.parse(late.stdout);
  expect([outdial.found, isReady]).toEqual([MIGRATION_COUNT, true]);
  // What the engine's package brings is what this outdial says that it works with.
  expect(dbos.found).toBe(dbos.wanted);

  const { clients: _, ...scenario } = callsScenario(50);
  await using service = await startService({ environment: { DATABASE_URL: as("service") }, sandbox: { scenario } });
  await service.registries("US");
  await service.registries("US");
  const headers = { "content-type": "text/csv" };
  const response = await service.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(50) });
  const { job } = (await response.json()) as { job: { id: string } };
  expect(await service.ended(job.id)).toMatchObject({ status: "done" });
  expect((await service.ask("/readyz")).status).toBe(200);
  const { rows } = await admin.query("select from pg_stats where schemaname = 'outdial' and tablename like 'registry_blocks_%'");
  expect(rows.length).toBeGreaterThan(0);
  await admin.query(`set role ${name}_service`);
  await expect(admin.query("create table outdial.mine ()")).rejects.toThrow(/permission denied/);
  await expect(admin.query("drop table outdial.jobs")).rejects.toThrow(/must be owner/);
  await admin.query("select outdial.probe_room(1)");
  await admin.query("reset role");
});

test("who may only read the schema cannot call what runs as its owner", async () => {
  await prepare();
  expect((await db("migrate", as("owner"))).code).toBe(0);
  await admin.query(`create role ${name}_reader; grant usage on schema outdial to ${name}_reader; set role ${name}_reader`);
  for (const call of ["make_registry_table(1, true)", "attach_registry_table(1)", "drop_registry_table(1)", "probe_room(1)"])
    await expect(admin.query(`select outdial.${call}`)).rejects.toThrow(/permission denied for function/);
  await admin.query(`reset role; drop owned by ${name}_reader; drop role ${name}_reader`);
});

test("what a role made while it could make schemas is brought up to date after that right was taken away", async () => {
  await prepare();
  await admin.query(`drop schema outdial; drop schema dbos; grant create on database ${name} to ${name}_owner`);
  expect((await db("migrate", as("owner"))).code).toBe(0);
  await admin.query(`revoke create on database ${name} from ${name}_owner`);
  // As the first version of all had it: the schema, and no step of this one.
  const { rows } = await admin.query<{ kind: string; name: string }>(
    `select 'table' as kind, oid::regclass::text as name from pg_class where relnamespace = 'outdial'::regnamespace and relkind in ('r', 'p')
     union all select 'function', oid::regprocedure::text from pg_proc where pronamespace = 'outdial'::regnamespace`,
  );
  for (const one of rows) await admin.query(`drop ${one.kind} if exists ${one.name} cascade`);
  expect((await db("status", as("owner"))).code).toBe(1);
  expect((await db("migrate", as("owner"))).code).toBe(0);
});

test("an older outdial on a newer store says so, whatever its rights", async () => {
  await prepare();
  expect((await db("migrate", as("owner"))).code).toBe(0);
  await admin.query(
    `insert into outdial.migrations (version, name) values (999, 'from the future');
     comment on table outdial.migrations is 'schema version 999'`,
  );
  const newer = { code: "newer_schema", details: { found: 999, known: MIGRATION_COUNT } };
  await expect(open(as("owner"))).rejects.toMatchObject(newer);
  await expect(open(as("service"))).rejects.toMatchObject(newer);
  await admin.query(`revoke all on all tables in schema outdial, dbos from ${name}_service`);
  await expect(open(as("service"))).rejects.toMatchObject(newer);
  await admin.query(`revoke all on schema outdial, dbos from ${name}_service`);
  await expect(open(as("service"))).rejects.toMatchObject(newer);
  const told = await db("status", as("service"));
  expect(JSON.parse(told.stdout)).toMatchObject({ outdial: { found: 999 }, dbos: { found: null }, isReady: false });
});

test("a role without rights on the engine's tables is told so by a command that ends", async () => {
  await prepare();
  expect((await db("migrate", as("owner"))).code).toBe(0);
  await admin.query(`revoke update on all tables in schema dbos from ${name}_service`);
  const program = promisify(execFile)(process.execPath, [programFile("main"), "db", "migrate", "--json"], {
    cwd: folder.path,
    env: programEnvironment({ DATABASE_URL: as("service") }),
    timeout: 60_000,
  });
  await expect(program).rejects.toMatchObject({ code: 1, killed: false, stdout: expect.stringContaining("no_rights") });
});

test("a right that is missing at work is named, not taken for something unexpected", async () => {
  await prepare();
  expect((await db("migrate", as("owner"))).code).toBe(0);
  const store = await open(as("service"));
  await admin.query(`revoke insert on outdial.jobs from ${name}_service`);
  const job = { id: "job_1", kind: "tag", sourceName: "-", contentHash: "-", options: {}, actor: "ann" };
  await expect(store.jobs.createJob(job)).rejects.toMatchObject({
    code: "no_rights",
    message: "the database refuses: permission denied for table jobs",
    advice: expect.stringContaining("docs/database.md"),
  });
  await store.close();
});
