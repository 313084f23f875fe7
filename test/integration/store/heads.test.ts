// Heads of the audit log outside the store: a database that was set back to an older state is found, also from a fresh folder, and nothing new is
// begun on it until a person accepts it.

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HeadPlaceOptions, openStore, type Store } from "../../../src/store/index.ts";
import { startObjectStorage } from "../../support/object-storage.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { until } from "../../support/until.ts";
import { startWitness, type TestWitness } from "../../support/witness.ts";

let world: TestStore;
let client: pg.Client;
let stores: Store[];
beforeEach(async () => {
  world = await openTestStore();
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await client.end();
  await world.dispose();
});

let folders = 0;
/** A process on the database with the log's key, in a folder that never was there before. */
async function fresh(heads: readonly HeadPlaceOptions[] = []): Promise<Store> {
  const auditKey = await readFile(join(world.dir, "audit.key"), "utf8");
  folders += 1;
  const store = await openStore({ url: world.url, dir: join(world.dir, `fresh${folders}`), clock: world.clock, auditKey, heads });
  stores.push(store);
  return store;
}

const entries = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ actor: "ann", action: "note", subject: `call_${from + i}` }));

const TABLES = ["audit", "audit_head", "audit_checkpoints", "audit_jobs", "audit_nodes", "audit_cosignatures", "audit_conflicts"];

/** Keeps the database's log as it is. @returns sets it back to that, with everything that was said about it since */
async function backup(): Promise<() => Promise<void>> {
  for (const table of TABLES) await client.query(`create table kept_${table} as table outdial.${table}`);
  return async () => {
    for (const table of TABLES)
      await client.query(`delete from outdial.${table}; insert into outdial.${table} select * from kept_${table}`);
  };
}

const job = { id: "job_new", kind: "tag", sourceName: "a.csv", contentHash: "x", actor: "ann" };
const intent = (target: "active" | "paused") => ({
  id: `intent_${target}`,
  campaignId: "c1",
  target,
  idempotencyKey: target,
  actor: "ann",
  reason: null,
});

test("a database that was set back is found from a fresh folder; nothing is begun on it until a person accepts it", async () => {
  const folder = join(world.dir, "elsewhere");
  const heads = [{ folder }];
  const missing = await fresh(heads);
  expect(await missing.audit.compareHeads({ keep: true })).toMatchObject([{ state: "empty" }, { state: "unreachable" }]);
  await mkdir(folder);
  const first = await fresh(heads);
  await first.audit.append(entries(0, 10));
  await first.audit.flush();
  expect(await first.audit.verify()).toMatchObject({ ok: true, verified: true });
  const setBack = await backup();
  await first.audit.append(entries(10, 5));
  await first.audit.flush();
  await setBack();

  // Whoever has nothing from outside cannot know it, and does not say that it does.
  expect(await (await fresh()).audit.verify()).toMatchObject({ ok: true, verified: false });
  const second = await fresh(heads);
  expect(second.audit.held).toMatchObject([{ place: expect.stringContaining(folder) as string, kind: "truncated", size: 15 }]);
  expect(await second.audit.verify()).toMatchObject({ ok: false, kind: "truncated", seq: 10 });
  const refused = { code: "audit_set_back" };
  await expect(second.jobs.createJob(job)).rejects.toMatchObject(refused);
  expect(() => second.stateIntents.begin(intent("active"))).toThrow("nothing new is started");
  expect(await second.stateIntents.begin(intent("paused"))).toMatchObject({ reused: false });

  const due = {
    campaignId: "c1",
    codes: null,
    pageLimit: 100,
    everyMs: 60_000,
    overlapMs: 0,
    firstMs: 60_000,
    actor: "ann",
    nextAt: 0,
  };
  await second.retrievalSchedules.set([due]);
  expect(await second.retrievalSchedules.take("here")).toBeUndefined();

  // It was said in the database too: others know it that have no such folder. What is appended meanwhile overwrites no head.
  const third = await fresh();
  expect(third.audit.held).toHaveLength(1);
  await second.audit.append(entries(20, 9));
  await second.audit.flush();
  expect(await second.audit.verify()).toMatchObject({ ok: false, kind: "rolled_back", seq: 14 });

  const accepted = await second.audit.acceptHeads("ann", "the disk failed");
  expect(accepted).toHaveLength(1);
  expect(await second.audit.list({ action: "audit.accept-head" })).toMatchObject([
    { actor: "ann", details: { reason: "the disk failed", heads: [{ size: 15 }] } },
  ]);
  expect(await second.audit.verify()).toMatchObject({ ok: true, verified: true, size: 20 });
  await second.jobs.createJob(job);
  expect(await second.retrievalSchedules.take("here")).toMatchObject({ campaignId: "c1" });
  await third.audit.compareHeads({ keep: true });
  expect(third.audit.held).toEqual([]);
  // What spoke against it is kept as evidence, beside the head of what counts now.
  expect((await readdir(folder)).toSorted()).toEqual([
    expect.stringMatching(/^outdial\.audit-\w+\.head$/),
    expect.stringMatching(/\.head\.accepted-\w+$/),
  ]);
  await expect(second.audit.acceptHeads("ann", "again")).rejects.toMatchObject({ code: "invalid_state" });
});

test("a process with another key holds itself, and nobody who has the log's", async () => {
  const folder = join(world.dir, "elsewhere");
  await mkdir(folder);
  const first = await fresh([{ folder }]);
  await first.audit.append(entries(0, 4));
  await first.audit.flush();
  const dir = join(world.dir, "another key");
  await mkdir(dir);
  await writeFile(join(dir, "audit.head"), "not of this key");
  const other = await openStore({ url: world.url, dir, clock: world.clock });
  stores.push(other);
  expect(other.audit.held).toMatchObject([{ kind: "checkpoint_forged" }]);
  await expect(other.audit.append(entries(4, 1))).rejects.toMatchObject({ code: "audit_key" });
  await first.audit.compareHeads({ keep: true });
  expect(first.audit.held).toEqual([]);
  await first.jobs.createJob(job);
});

test("who can only write to the database accepts nothing", async () => {
  const folder = join(world.dir, "elsewhere");
  await mkdir(folder);
  const first = await fresh([{ folder }]);
  await first.audit.append(entries(0, 4));
  const setBack = await backup();
  await first.audit.append(entries(4, 4));
  await first.audit.flush();
  await setBack();
  const second = await fresh([{ folder }]);
  await client.query("update outdial.audit_conflicts set accepted_at = now(), accepted_by = 'eve', signature = '— eve AAAA'");
  await second.audit.compareHeads({ keep: true });
  expect(await second.audit.verify()).toMatchObject({ ok: false, kind: "truncated" });
});

test("a process whose database is set back under it finds that at its next entry, and again when the right one is back", async () => {
  const { audit } = world.store;
  await audit.append(entries(0, 5));
  const setBack = await backup();
  await audit.append(entries(5, 5));
  await audit.flush();
  await rm(join(world.dir, "audit.head"));
  await client.query("create table right_audit_checkpoints as table outdial.audit_checkpoints");
  await setBack();
  await audit.append(entries(5, 1));
  await until(() => audit.held.length > 0);
  expect(audit.held).toMatchObject([{ kind: "truncated", size: 10 }]);
  await client.query("insert into outdial.audit_checkpoints table right_audit_checkpoints on conflict (size) do nothing");
  await audit.compareHeads({ keep: false });
  expect(audit.held).toEqual([]);
});

test("a database that takes no writes is opened, compared and read", async () => {
  await world.store.audit.append(entries(0, 3));
  await world.store.audit.flush();
  await client.query(`alter database ${new URL(world.url).pathname.slice(1)} set default_transaction_read_only = on`);
  const reader = await world.again();
  expect(await reader.audit.verify()).toMatchObject({ ok: true, verified: true, size: 3 });
});

test("heads are never written backwards, and those of another key are evidence", async () => {
  const folder = join(world.dir, "elsewhere");
  await mkdir(folder);
  const [first, second] = [await fresh([{ folder }]), await fresh([{ folder }])];
  for (let i = 0; i < 6; i++) await (i % 2 === 0 ? first : second).audit.append(entries(i, 1));
  await Promise.all([first.audit.flush(), second.audit.flush()]);
  for (const store of [first, second]) await store.audit.compareHeads({ keep: true });
  const [name = ""] = await readdir(folder);
  expect((await readFile(join(folder, name), "utf8")).split("\n")[1]).toBe("6");
  await writeFile(join(folder, name), "anything");
  await first.audit.compareHeads({ keep: true });
  expect(first.audit.held).toMatchObject([{ kind: "checkpoint_forged", size: null }]);
  expect(await readFile(join(folder, name), "utf8")).toBe("anything");
});

test.each(["ed25519", "ml-dsa-44"] as const)(
  "a witness with an %s key signs what grew, and finds what was set back",
  async (algorithm) => {
    await using witness = await startWitness(world.store.audit.vkey, algorithm);
    const { url, key } = witness;
    const heads = [{ witness: { url, key } }];
    const state = async (store: Store) => (await store.audit.compareHeads({ keep: true })).at(-1)?.state;
    const first = await fresh(heads);
    expect(await state(first)).toBe("empty");
    await first.audit.append(entries(0, 5));
    await until(() => witness.signed.length > 0);
    await first.audit.append(entries(5, 3));
    expect(await state(first)).toBe("fits");
    expect(witness.signed.at(-1)).toBe(8);
    expect(await first.audit.verify()).toMatchObject({ ok: true, verified: true });
    const { rows } = await client.query<{ line: string }>("select line from outdial.audit_cosignatures where size = 8");
    expect(rows[0]?.line).toMatch(/^— witness\.example\/w1 \S+\n$/);

    await troubles(witness, first, state);
    const setBack = await backup();
    await first.audit.append(entries(8, 4));
    expect(await state(first)).toBe("fits");
    await setBack();
    const second = await fresh(heads);
    // Opening asked no witness; what lets people be called does.
    expect(second.audit.held).toEqual([]);
    await expect(second.audit.requireFits()).rejects.toMatchObject({ code: "audit_set_back" });
    expect(await state(second)).toBe("differs");
    expect(second.audit.held).toMatchObject([
      { place: expect.stringContaining("witness.example/w1") as string, kind: "truncated", size: 12 },
    ]);
    // Continued beyond what it signed, it is another history.
    await second.audit.append(entries(30, 9));
    expect(await state(await fresh(heads))).toBe("differs");
    expect(await second.audit.verify()).toMatchObject({ ok: false });
    await second.audit.acceptHeads("ann", "restored");
    expect(await state(second)).toBe("accepted");
  },
);

/** A witness that is away, or whose answer is not by its key, says nothing against the log. */
async function troubles(witness: TestWitness, store: Store, state: (of: Store) => Promise<string | undefined>): Promise<void> {
  witness.away = true;
  expect(await state(store)).toBe("unreachable");
  await store.audit.requireFits();
  witness.away = false;
  witness.forges = true;
  expect(await state(store)).toBe("unreachable");
  witness.forges = false;
  expect(store.audit.held).toEqual([]);
  // The database forgot that it signed: it is asked, and tells.
  await client.query("delete from outdial.audit_cosignatures");
  expect(await state(store)).toBe("fits");
}

test("an object in storage tells a database that was set back, is not written backwards, and its right is in no message", async () => {
  const right = "Bearer geheim";
  await using storage = await startObjectStorage(right);
  const heads = [{ object: { url: `${storage.url}/evidence/`, authorization: right } }];
  const signed = `${storage.url}/other?signature=${encodeURIComponent(right)}`;
  const presigned = [{ object: { readUrl: signed, writeUrl: signed } }];
  const found = async (store: Store) => (await store.audit.compareHeads({ keep: true })).at(-1);
  const [first, beside] = [await fresh(heads), await fresh(presigned)];
  expect(await found(first)).toMatchObject({ state: "empty", outside: true });
  await first.audit.append(entries(0, 5));
  await until(() => storage.objects.size > 0);
  expect(await found(first)).toMatchObject({ state: "fits" });
  expect(await first.audit.verify()).toMatchObject({ ok: true, verified: true });
  await found(beside);
  const [[path, head] = ["", ""]] = storage.objects;
  expect(path).toMatch(/^\/evidence\/outdial\.audit-\w+\.head$/);
  expect([head.split("\n")[1], storage.objects.get("/other")?.split("\n")[1]]).toEqual(["5", "5"]);

  storage.away = true;
  for (const store of [first, beside]) {
    const away = await found(store);
    expect(away).toMatchObject({ state: "unreachable", message: "reading it was answered with 503" });
    expect(JSON.stringify(away)).not.toContain("geheim");
  }
  storage.away = false;
  const other = await found(await fresh([{ object: { url: `${storage.url}/evidence/`, authorization: "wrong" } }]));
  expect(other).toMatchObject({ state: "unreachable", message: expect.stringMatching(/answered with 403: .* put an empty one/) });
  // Who may not list a bucket is told 403 until there is an object: an empty one is no head yet.
  storage.objects.set("/new", "");
  const empty = `${storage.url}/new?signature=${encodeURIComponent(right)}`;
  expect(await found(await fresh([{ object: { readUrl: empty, writeUrl: empty } }]))).toMatchObject({ state: "empty" });
  expect(storage.objects.get("/new")?.split("\n")[1]).toBe("5");

  const setBack = await backup();
  await first.audit.append(entries(5, 4));
  expect(await found(first)).toMatchObject({ state: "fits" });
  await until(() => storage.objects.get(path)?.split("\n")[1] === "9");
  await setBack();
  const second = await fresh(heads);
  expect(await found(second)).toMatchObject({ state: "differs", size: 9 });
  expect(await second.audit.verify()).toMatchObject({ ok: false, kind: "truncated" });
  await second.audit.append(entries(20, 1));
  expect(storage.objects.get(path)?.split("\n")[1]).toBe("9");
  await second.audit.acceptHeads("ann", "restored");
  // What did not fit stays beside what counts from now on.
  await until(async () => (await found(second))?.state === "fits");
  expect([...storage.objects.keys()].filter((name) => name.includes(".accepted-"))).toHaveLength(1);
  expect(await found(await fresh(heads))).toMatchObject({ state: "fits" });
  await expect(fresh([{ object: { url: "ftp://storage/x" } }])).rejects.toMatchObject({ code: "invalid_state" });
});

test("a witness's key that is none, or of another kind, is refused by name", async () => {
  const { vkey } = world.store.audit;
  for (const key of ["no key", vkey])
    await expect(fresh([{ witness: { url: "http://127.0.0.1:1", key } }])).rejects.toMatchObject({ code: "audit_key" });
});
