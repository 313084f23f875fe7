// An erasure that is killed, frozen, finds the disk full, or meets another one: a further run goes on where it ended, and nothing of others is touched.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/tenant/index.ts";
import { runCli, startCli, workFolder } from "../support/cli.ts";
import { openTestStore, type TestStore } from "../support/store.ts";
import { until } from "../support/until.ts";

const NUMBER = "+12125550123";
/** Two transactions and a rest. */
const ROWS = 500;
const LOCK = 4712;

let world: TestStore<typeof systemClock>;
let client: pg.Client;
let folder: Awaited<ReturnType<typeof workFolder>>;
let dir: string;
let children: ChildProcess[] = [];
beforeEach(async () => {
  world = await openTestStore(systemClock);
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
  folder = await workFolder();
  dir = join(folder.path, ".outdial");
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "audit.key"), await readFile(join(world.dir, "audit.key")));
  await client.query(`insert into outdial.attention (key, note, updated_at)
    select 'k' || n, case when n % 2 = 0 then 'call back +1 212 555 0123' else 'call back +1 212 555 0124' end, now() from generate_series(1, ${2 * ROWS}) n`);
  await world.store.audit.append([
    { actor: "ann", action: "note", subject: "s", details: { said: NUMBER } },
    { actor: "ann", action: "note", subject: "s", details: { said: "+12125550124" } },
  ]);
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await client.end();
  await world.dispose();
  await folder[Symbol.asyncDispose]();
});

const env = () => ({ DATABASE_URL: world.url, OUTDIAL_DIR: dir });
const args = (number = NUMBER) => ["data", "erase", number, "--reason", "asked for it", "--yes", "--json"];
const erase = (number = NUMBER) => runCli(args(number), { cwd: folder.path, env: env() });

/** Changing the row of the second transaction does this first. */
const atRow = (statement: string) =>
  client.query(`create or replace function outdial.at_row() returns trigger language plpgsql security definer as $$ begin
      if old.key = 'k600' then ${statement}; end if; return new; end $$;
    create or replace trigger at_row before update on outdial.attention for each row execute function outdial.at_row()`);

/** A process that waits in the middle of its second transaction. */
async function heldInTheMiddle(): Promise<ChildProcess> {
  await client.query(`select pg_advisory_lock(${LOCK})`);
  await atRow(`perform pg_advisory_xact_lock(${LOCK})`);
  const { child } = startCli(args(), { cwd: folder.path, env: env() });
  children.push(child);
  await until(async () => {
    const { rows } = await client.query("select from pg_locks where locktype = 'advisory' and objid = $1 and not granted", [
      LOCK,
    ]);
    return rows.length > 0;
  });
  return child;
}

/** Rows with the number, and with the other one. */
async function left(): Promise<[number, number]> {
  const { rows } = await client.query<{ own: number; other: number }>(
    "select count(*) filter (where note ~ '0123')::int as own, count(*) filter (where note ~ '0124')::int as other from outdial.attention",
  );
  return [rows[0]?.own ?? -1, rows[0]?.other ?? -1];
}

/** Nothing of the person is left, and one erasure ended under one name. */
async function isDone(): Promise<void> {
  expect(await left()).toEqual([0, ROWS]);
  const { rows } = await client.query<{ id: string; ended: boolean }>(
    "select id, ended_at is not null as ended from outdial.erasures",
  );
  expect(rows).toEqual([{ id: expect.any(String), ended: true }]);
  const names = await client.query<{ note: string }>("select distinct note from outdial.attention where note !~ '0124'");
  expect(names.rows).toEqual([{ note: `call back ${rows[0]?.id}` }]);
  const { audit } = world.store;
  expect(JSON.stringify(await audit.list())).not.toContain("2125550123");
  expect(await audit.list({ action: "data.erase" })).toHaveLength(1);
  expect(await audit.verify()).toMatchObject({ ok: true });
}

test("killed in the middle of a transaction: it is whole or not there, and the next run finishes under the same name", async () => {
  const child = await heldInTheMiddle();
  child.kill("SIGKILL");
  await once(child, "exit");
  await client.query(`select pg_advisory_unlock(${LOCK})`);
  await until(async () => {
    const { rows } = await client.query("select from pg_locks where locktype = 'advisory' and objid = $1", [LOCK]);
    return rows.length === 0;
  });
  const [own, other] = await left();
  expect([own > 0 && own < ROWS, other]).toEqual([true, ROWS]);
  expect(await runCli(["data", "erase", "--again", "--yes"], { cwd: folder.path, env: env() })).toMatchObject({ code: 0 });
  await isDone();
});

test("frozen in the middle: another run says that rows are held and leaves them; once it goes on, all is done", async () => {
  const child = await heldInTheMiddle();
  child.kill("SIGSTOP");
  const { code, stdout } = await erase();
  expect([code, stdout]).toEqual([expect.any(Number), expect.stringContaining("are held, or written anew")]);
  expect(code).not.toBe(0);
  child.kill("SIGCONT");
  await client.query(`select pg_advisory_unlock(${LOCK})`);
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
  await isDone();
});

test("the disk is full in the middle: it fails and says so, and goes on when there is room", async () => {
  await atRow("raise exception 'No space left on device' using errcode = 'disk_full'");
  expect((await erase()).code).not.toBe(0);
  const [own, other] = await left();
  expect([own > 0, other]).toEqual([true, ROWS]);
  await client.query("drop trigger at_row on outdial.attention");
  expect(await erase()).toMatchObject({ code: 0 });
  await isDone();
});

test("two at once, of one person and of another: each ends, and nobody else is touched", async () => {
  await client.query(
    "insert into outdial.attention (key, note, updated_at) select 'o' || n, '+12125550125 and +12125550123', now() from generate_series(1, 300) n",
  );
  const ended = await Promise.all([erase(), erase("+12125550125"), erase()]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  const { rows } = await client.query<{ note: string }>("select note from outdial.attention where note ~ '012[35]'");
  expect([rows, (await left())[1]]).toEqual([[], ROWS]);
  expect(await world.store.audit.verify()).toMatchObject({ ok: true });
  // Each is in the list outside.
  expect((await readFile(join(dir, "erasures"), "utf8")).split("\n").filter((line) => line !== "")).toHaveLength(
    (await client.query("select from outdial.erasures")).rows.length,
  );
});
