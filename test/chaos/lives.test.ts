// A removal that is killed, frozen or finds the disk full: what is gone is counted and told in the audit log with its hash, what is not is there.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/tenant/index.ts";
import { openTestStore, type TestStore } from "../support/store.ts";
import { until } from "../support/until.ts";

/** Three batches and a rest. */
const ROWS = 16_000;
const LOCK = 4711;
const CHILD = join(import.meta.dirname, "lives-child.ts");

let world: TestStore<typeof systemClock>;
let client: pg.Client;
let children: ChildProcess[] = [];
beforeEach(async () => {
  world = await openTestStore(systemClock);
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
  await client.query(`insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, delivered_at)
    select 'e' || n, 'bi', 's', 'T', '{}', 'delivered', now() - interval '99 days', now() - interval '98 days' from generate_series(1, ${ROWS}) n`);
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await client.end();
  await world.dispose();
});

/** Deleting the 7,000th row, in the second batch, does this first. */
const atRow = (statement: string) =>
  client.query(`create function outdial.at_row() returns trigger language plpgsql security definer as $$ begin
      if old.event_id = 'e7000' then ${statement}; end if; return old; end $$;
    create trigger at_row before delete on outdial.outbox for each row execute function outdial.at_row()`);

function remove(): ChildProcess {
  const child = spawn(process.execPath, [CHILD, world.url, world.dir], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

/** A process whose second batch waits for the lock in the middle. */
async function heldInTheMiddle(): Promise<ChildProcess> {
  await client.query(`select pg_advisory_lock(${LOCK})`);
  await atRow(`perform pg_advisory_xact_lock(${LOCK})`);
  const child = remove();
  await until(async () => {
    const { rows } = await client.query("select from pg_locks where locktype = 'advisory' and objid = $1 and not granted", [
      LOCK,
    ]);
    return rows.length > 0;
  });
  return child;
}

const release = () => client.query(`select pg_advisory_unlock(${LOCK})`);
const sweep = () => world.store.lives.sweep({}, { feed: async () => 0, workflows: async () => 0 }, { everyMs: 0 });

/** What is there, was counted and was told are all rows. */
async function left(): Promise<number> {
  const { rows } = await client.query<{ there: number; counted: number }>(
    "select count(*)::int as there, coalesce((select removed from outdial.removals where name = 'outdial.outbox'), 0)::int as counted from outdial.outbox",
  );
  const told = (await world.store.audit.list({ limit: 200, action: "data.removed" })).map(
    ({ details }) => details as { readonly removed: number; readonly hash: string },
  );
  for (const { hash } of told) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const { there = 0, counted = 0 } = rows[0] ?? {};
  expect([counted, there + told.reduce((sum, { removed }) => sum + removed, 0)]).toEqual([ROWS - there, ROWS]);
  expect(await world.store.audit.verify()).toMatchObject({ ok: true });
  return there;
}

test("killed in the middle of a batch: the batch is there as a whole, and the next removal takes it", async () => {
  const child = await heldInTheMiddle();
  child.kill("SIGKILL");
  await once(child, "exit");
  await release();
  // The server finds out that nobody waits for the batch.
  await until(async () => {
    const { rows } = await client.query("select from pg_locks where locktype = 'advisory' and objid = $1", [LOCK]);
    return rows.length === 0;
  });
  expect(await left()).toBe(ROWS - 5000);
  await sweep();
  expect(await left()).toBe(0);
});

test("frozen in the middle of a batch: another process removes the rest beside it, and what the frozen one holds is removed once", async () => {
  const child = await heldInTheMiddle();
  child.kill("SIGSTOP");
  await sweep();
  expect(await left()).toBe(5000);
  child.kill("SIGCONT");
  await release();
  await until(async () => (await client.query("select from outdial.outbox")).rows.length === 0);
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
  expect(await left()).toBe(0);
});

test("the disk is full in the middle of a batch: the removal fails and says so, nothing is lost, and it goes on when there is room", async () => {
  await atRow("raise exception 'No space left on device' using errcode = 'disk_full'");
  await expect(sweep()).rejects.toThrow();
  expect(await left()).toBe(ROWS - 5000);
  await client.query("drop trigger at_row on outdial.outbox");
  await sweep();
  expect(await left()).toBe(0);
});
