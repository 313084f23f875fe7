// Entries of many callers in one commit: nobody waits for the disk behind each other, and nobody is hit by what is wrong with another's entries.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
let client: pg.Client;
beforeEach(async () => {
  world = await openTestStore();
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await world.dispose();
});

const entry = (n: number) => ({ actor: "ann", action: "tested", subject: `call_${n}` });
const append = (n: number) => world.store.audit.append([entry(n)]);
const count = async (what: string) => Number((await client.query<{ n: string }>(`select count(*) as n from ${what}`)).rows[0]?.n);
const run = (size: number) => Array.from({ length: size }, (_, n) => n);
const subjects = async () => (await world.store.audit.list({ limit: 1000 })).map(({ subject }) => subject);

test("all who wait are appended by one commit, in the order in which they came, each with its place and proof", async () => {
  await append(0);
  const before = await count("outdial.audit_checkpoints");
  await Promise.all(run(100).map((n) => append(n + 1)));
  expect((await count("outdial.audit_checkpoints")) - before).toBe(1);
  expect(await subjects()).toEqual(run(101).map((n) => `call_${n}`));
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 101, seals: true });
});

test("eight writers that each wait for their own entry share the commits, and two processes share the log", async () => {
  const other = await world.again();
  const write = async (store: typeof other, writer: number) => {
    for (const n of run(20)) await store.audit.append([entry(writer * 100 + n)]);
  };
  await Promise.all(run(8).map((writer) => write(world.store, writer)));
  // Twenty rounds of eight; whoever began last may need one more.
  expect(await count("outdial.audit_checkpoints")).toBeLessThanOrEqual(24);
  await Promise.all(run(8).map((writer) => write(writer % 2 === 0 ? world.store : other, 10 + writer)));
  const written = await subjects();
  expect(written).toHaveLength(320);
  for (const writer of [...run(8), ...run(8).map((n) => n + 10)]) {
    const own = written.filter((subject) => Math.floor(Number(subject.slice(5)) / 100) === writer);
    expect(own).toEqual(run(20).map((n) => `call_${writer * 100 + n}`));
  }
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 320 });
});

test("a large call is not cut, and those behind it come with the next commit", async () => {
  const large = world.store.audit.append(run(2_500).map(entry));
  await Promise.all([large, append(9_000), append(9_001)]);
  expect(await count("outdial.audit_checkpoints")).toBe(2);
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 2_502 });
});

test("entries that cannot be written fail their caller alone, before or at the database", async () => {
  await client.query(
    `create function refuse() returns trigger language plpgsql as $$ begin
       if new.subject = 'call_5' then raise 'not this one'; end if; return new; end $$;
     create trigger refuse before insert on outdial.audit for each row execute function refuse()`,
  );
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const asked = run(10).map((n) =>
    world.store.audit.append([{ ...entry(n), ...(n === 2 ? { time: Number.NaN } : n === 7 ? { details: cyclic } : {}) }]),
  );
  const told = (await Promise.allSettled(asked)).map(({ status }) => status);
  expect(run(10).filter((n) => told[n] === "rejected")).toEqual([2, 5, 7]);
  expect(await subjects()).toEqual([0, 1, 3, 4, 6, 8, 9].map((n) => `call_${n}`));
  expect(await world.store.audit.verify()).toMatchObject({ ok: true, size: 7 });
});

test("a connection that is lost at the commit is unknown for all of them, and nothing is written a second time", async () => {
  await append(0);
  await client.query(
    `create function cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
     create constraint trigger cut after insert on outdial.audit deferrable initially deferred for each row execute function cut()`,
  );
  const told = await Promise.allSettled(run(5).map((n) => append(n + 1)));
  for (const one of told)
    expect(one).toMatchObject({
      status: "rejected",
      reason: { code: "store_unavailable", message: expect.stringContaining("whether this was written is not known") },
    });
  await client.query("drop trigger cut on outdial.audit");
  await append(6);
  // PostgreSQL ended before it had committed: had it ended after, they would be there once.
  expect(await subjects()).toEqual(["call_0", "call_6"]);
});

test("each caller's request with a key has noted what was written for it", async () => {
  const { requests } = world.store;
  const keys = ["a", "b", "c"];
  for (const key of keys) await requests.takeKey("ann", key, Buffer.from(key));
  await Promise.all(keys.map((key, n) => requests.keyed("ann", key, () => append(n))));
  expect(await count("outdial.audit_checkpoints")).toBe(1);
  const { rows } = await client.query<{ key: string; wrote: unknown }>(
    "select key, wrote from outdial.idempotency_keys order by key",
  );
  expect(rows).toEqual(keys.map((key, n) => ({ key, wrote: [{ action: "tested", subject: `call_${n}` }] })));
});
