// The schema on a given database: several at once, a newer one, one that may not be created; and the replicas' heartbeats in it.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { manualClock, openTestStore, type TestStore } from "../../support/store.ts";

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

const open = (database: Pick<TestDatabase, "url">) => openStore({ url: database.url, dir: world.dir, clock: manualClock() });

test("several that open an empty database at once bring one schema, and everything lives in `outdial`", async () => {
  const fresh = await createDatabase({ empty: true });
  const stores = await Promise.all([1, 2, 3, 4].map(() => open(fresh)));
  expect(stores.map(({ embedded, url }) => [embedded, url])).toEqual(stores.map(() => [false, fresh.url]));
  await Promise.all(stores.map((store) => store.close()));
  const look = new pg.Client({ connectionString: fresh.url });
  await look.connect();
  const { rows } = await look.query("select version from outdial.migrations order by version");
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, i) => i + 1));
  const elsewhere = await look.query(
    "select from pg_tables where schemaname not in ('outdial', 'pg_catalog', 'information_schema')",
  );
  expect(elsewhere.rowCount).toBe(0);
  await look.end();
  await fresh.dispose();
});

test("a schema of a newer outdial is refused and left alone", async () => {
  await client.query("insert into outdial.migrations (version, name) values (999, 'from the future')");
  await expect(world.again()).rejects.toMatchObject({ code: "newer_schema", details: { found: 999 } });
  const { rowCount } = await client.query("select from outdial.migrations where version = 999");
  expect(rowCount).toBe(1);
});

test("the schema of a version from before the first release is refused as that, and left alone", async () => {
  await client.query("update outdial.migrations set name = 'job ledger'");
  await expect(world.again()).rejects.toMatchObject({
    code: "newer_schema",
    message: expect.stringMatching(/schema version \d+ of a development version .*first step is "job ledger"/),
    advice: expect.stringContaining("an empty database"),
  });
  expect((await client.query("select from outdial.jobs")).rowCount).toBe(0);
});

test("a user who may not create the schema is told so, and nothing is left behind", async () => {
  const fresh = await createDatabase({ empty: true });
  const name = new URL(fresh.url).pathname.slice(1);
  await client.query(`create role ${name} login password 'geheim'`);
  const url = new URL(fresh.url);
  [url.username, url.password] = [name, "geheim"];
  await expect(open({ url: url.href })).rejects.toMatchObject({
    code: "no_rights",
    message: expect.stringContaining("permission denied"),
    advice: expect.stringContaining("outdial db migrate"),
  });
  await fresh.dispose();
  await client.query(`drop role ${name}`);
});

test("closing twice is closing once; afterwards nothing works", async () => {
  const store = await world.again();
  await Promise.all([store.close(), store.close()]);
  await store.close();
  await expect(store.jobs.getJob("x")).rejects.toThrow();
});

test("a replica's silence is counted by the database's clock; one adopter gets it", async () => {
  const { replicas } = world.store;
  await replicas.beat({ id: "a", pid: 1, host: "h", intervalMs: 1_000, scopes: [] });
  await replicas.beat({ id: "b", pid: 2, host: "h", intervalMs: 60_000, scopes: ["tenant"] });
  expect(await replicas.list()).toMatchObject([
    { id: "a", pid: 1, host: "h", intervalMs: 1_000, scopes: [] },
    { id: "b", pid: 2, host: "h", intervalMs: 60_000, scopes: ["tenant"] },
  ]);
  await client.query("update outdial.replicas set heartbeat_at = heartbeat_at - interval '1 hour'");
  await replicas.beat({ id: "b", pid: 2, host: "h", intervalMs: 60_000, scopes: ["tenant"] });
  expect((await replicas.list()).map(({ id, silentMs }) => [id, silentMs >= 3_600_000])).toEqual([
    ["a", true],
    ["b", false],
  ]);
  const adopted = await Promise.all([replicas.remove("a"), (await world.again()).replicas.remove("a")]);
  expect(adopted.filter(Boolean)).toEqual([true]);
  await replicas.beat({ id: "b", pid: 3, host: "h", intervalMs: 1_000, scopes: [] });
  expect(await replicas.list()).toMatchObject([{ id: "b", pid: 3 }]);
});

test("a process that has been silent for an hour is taken off the list, the others stay", async () => {
  const { replicas } = world.store;
  for (const id of ["gone", "there"]) await replicas.beat({ id, pid: 1, host: "h", intervalMs: 1_000, scopes: [] });
  await client.query("update outdial.replicas set heartbeat_at = heartbeat_at - interval '61 minutes' where id = 'gone'");
  await world.store.lives.sweep({}, { feed: async () => 0, workflows: async () => 0 });
  expect((await replicas.list()).map(({ id }) => id)).toEqual(["there"]);
});
