// The audit log on a real database: what is written is verified and provable, and every attack on it is found and its row named.

import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AuditLog, openStore, type StoreError, verifyConsistency, verifyProof } from "../../../src/store/index.ts";
import { createDatabase } from "../../support/database.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
let audit: AuditLog;
let client: pg.Client;
beforeEach(async () => {
  world = await openTestStore();
  audit = world.store.audit;
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await world.dispose();
});

const SIZE = 30;
const entry = (i: number) => ({
  actor: i % 2 === 0 ? "ann" : "bob",
  action: "disposition.assign",
  subject: `call_${i}`,
  job: i < 10 ? "job_1" : "job_2",
  details: { campaign: "c1", code: "SALE", result: i % 5 === 0 ? "refused" : "tagged", statusCode: 200, latencyMs: i + 0.5 },
});

/** Thirty entries in batches of five, a second apart. */
async function fill(count = SIZE): Promise<void> {
  for (let i = 0; i < count; i += 5) {
    await audit.append([0, 1, 2, 3, 4].map((j) => entry(i + j)));
    world.clock.advance(1_000);
  }
  await audit.flush();
}

test("an empty log is whole, and so is a filled one, with and without the private key", async () => {
  expect(await audit.verify()).toMatchObject({ ok: true, size: 0, checkpoints: 0, verified: false });
  await fill();
  expect(await audit.verify()).toMatchObject({ ok: true, size: SIZE, checkpoints: 6, seals: true, verified: true });
  expect(await audit.verify({ sealed: false })).toMatchObject({ ok: true, size: SIZE, seals: false });
});

test("entries are listed by filter and page, in both directions", async () => {
  const start = world.clock.now();
  await fill();
  const seqs = async (query: Parameters<AuditLog["list"]>[0]) => (await audit.list(query)).map(({ seq }) => seq);
  expect((await audit.list({ limit: 1 }))[0]).toEqual({ seq: 0, time: new Date(start).toISOString(), ...entry(0) });
  expect(await seqs({ subject: "call_7" })).toEqual([7]);
  expect(await seqs({ job: "job_1", actor: "ann" })).toEqual([0, 2, 4, 6, 8]);
  expect(await seqs({ result: "refused", action: "disposition.assign" })).toEqual([0, 5, 10, 15, 20, 25]);
  expect(await seqs({ from: start + 2_000, to: start + 3_000 })).toEqual([10, 11, 12, 13, 14]);
  expect(await seqs({ newestFirst: true, limit: 2, after: 20 })).toEqual([19, 18]);
  expect(await seqs({ limit: 3, after: 20 })).toEqual([21, 22, 23]);
});

test("proofs verify with the public key alone, across stored inner nodes; changed ones do not", async () => {
  await audit.append(Array.from({ length: 600 }, (_, i) => entry(i)));
  await audit.append(Array.from({ length: 217 }, (_, i) => entry(600 + i)));
  await audit.append([entry(817)]);
  const vkey = await readFile(join(world.dir, "audit.pub"), "utf8");
  for (const seq of [0, 1, 255, 256, 511, 599, 600, 816, 817]) {
    const proof = await audit.proof(seq);
    expect(verifyProof(JSON.parse(JSON.stringify(proof)), vkey)).toMatchObject({
      ok: true,
      entry: { subject: `call_${seq}` },
      size: 818,
    });
  }
  const proof = await audit.proof(300);
  for (const forged of [
    { ...proof, entry: { ...proof.entry, subject: "call_x" } },
    { ...proof, entry: { ...proof.entry, seq: 301 } },
    { ...proof, path: proof.path.slice(1) },
    { ...proof, checkpoint: proof.checkpoint.replace("818", "819") },
    { ...proof, path: undefined },
    null,
  ]) {
    expect(verifyProof(forged, vkey).ok).toBe(false);
  }
  for (const [first, second] of [
    [600, 817],
    [600, undefined],
    [817, undefined],
    [818, undefined],
  ] as const) {
    expect(verifyConsistency(await audit.consistency(first, second), vkey)).toMatchObject({
      ok: true,
      first,
      second: second ?? 818,
    });
  }
  const consistency = await audit.consistency(600);
  expect(verifyConsistency({ ...consistency, first: consistency.second, second: consistency.first }, vkey).ok).toBe(false);
  await expect(audit.proof(818)).rejects.toThrow(/no entry 818/);
  await expect(audit.consistency(601)).rejects.toThrow(/no checkpoints/);
});

test("a log of five thousand entries read in pages is whole, and a change on the last page is named", async () => {
  await audit.append(Array.from({ length: 5_000 }, (_, i) => entry(i)));
  expect(await audit.verify()).toMatchObject({ ok: true, size: 5_000 });
  await client.query("update outdial.audit set actor = 'eve' where seq = 4999");
  expect(await audit.verify()).toMatchObject({ ok: false, seq: 4_999, kind: "edited" });
});

test("a log begun with one key is not continued with another", async () => {
  await fill(5);
  const stranger = await openStore({ url: world.url, dir: join(world.dir, "elsewhere"), clock: world.clock });
  const outcome = stranger.audit.append([entry(5)]).catch((error: StoreError) => error.code);
  expect(await outcome).toBe("audit_key");
  await stranger.close();
  const key = await readFile(join(world.dir, "audit.key"), "utf8");
  const peer = await openStore({ url: world.url, dir: join(world.dir, "peer"), clock: world.clock, auditKey: key });
  await peer.audit.append([entry(5)]);
  expect(await peer.audit.verify()).toMatchObject({ ok: true, size: 6 });
  await peer.close();
});

describe("attacks", () => {
  beforeEach(() => fill());

  /** Recomputes the stored leaf hash of rows the way an attacker who knows the format would. */
  const rehash = (where: string) =>
    client.query(
      `update outdial.audit set leaf = sha256('\\x00'::bytea || convert_to('{"action":' || to_json(action) || ',"actor":' || to_json(actor) || ',"details":' || details
        || ',"job":' || to_json(job) || coalesce(',"salt":' || to_json(salt), '') || ',"seq":' || seq || ',"subject":' || to_json(subject) || ',"time":' || to_json(time) || '}', 'UTF8')) where ${where}`,
    );
  const sql = async (...statements: string[]) => {
    for (const statement of statements) await client.query(statement);
  };

  test("the attacker's recomputed hash is the right one: a rehash of an untouched row changes nothing", async () => {
    await rehash("seq < 100");
    expect(await audit.verify()).toMatchObject({ ok: true });
  });

  const columns = [
    "time = '2020-01-01T00:00:00.000Z'",
    "actor = 'eve'",
    "action = 'x'",
    "subject = 'x'",
    "job = null",
    "details = details || ' '",
    "leaf = sha256(leaf)",
  ];
  test.each(columns)("a field edited (%s) names the row, with and without the key", async (change) => {
    await sql(`update outdial.audit set ${change} where seq in (12, 20)`);
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 12, kind: "edited" });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: 12, kind: "edited" });
  });

  test("a field edited and the hash recomputed: the row by its seal, else the rows between two checkpoints", async () => {
    await sql(`update outdial.audit set details = replace(details, '"tagged"', '"refused"') where seq = 12`);
    await rehash("seq = 12");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 12, kind: "edited" });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: 10, kind: "rewritten" });
  });

  test("a seal edited names the row", async () => {
    await sql("update outdial.audit set seal = sha256(seal) where seq = 3");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 3, kind: "edited" });
  });

  test("a row removed names it", async () => {
    await sql("delete from outdial.audit where seq in (0)");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 0, kind: "removed" });
    await sql("delete from outdial.audit where seq < 12");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 0, kind: "removed" });
  });

  test("a row removed and the rest renumbered names it", async () => {
    await sql(
      "delete from outdial.audit where seq = 12",
      "update outdial.audit set seq = -seq where seq > 12",
      "update outdial.audit set seq = -seq - 1 where seq < 0",
    );
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 12, kind: "removed" });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: 12, kind: "removed" });
    await rehash("seq >= 12");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 12, kind: "removed" });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: 10, kind: "rewritten" });
  });

  test.each([
    [7, 21],
    [7, 8],
  ])("rows %i and %i swapped name the first", async (a, b) => {
    await sql(
      `update outdial.audit set seq = -1 where seq = ${a}`,
      `update outdial.audit set seq = ${a} where seq = ${b}`,
      `update outdial.audit set seq = ${b} where seq = -1`,
    );
    expect(await audit.verify()).toMatchObject({ ok: false, seq: a, kind: "reordered" });
    await rehash(`seq in (${a}, ${b})`);
    expect(await audit.verify()).toMatchObject({ ok: false, seq: a, kind: "reordered" });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: 5, kind: "rewritten" });
  });

  const copyRow = (from: number, to: number) =>
    `insert into outdial.audit select ${to}, time, actor, action, 'call_new', job, details, leaf, seal, salt from outdial.audit where seq = ${from}`;

  test("a row inserted and the rest renumbered names it", async () => {
    await sql(
      "update outdial.audit set seq = -seq where seq >= 12",
      "update outdial.audit set seq = -seq + 1 where seq < 0",
      copyRow(3, 12),
    );
    await rehash("seq >= 12");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 12, kind: "inserted" });
  });

  test("a row added at the end names it", async () => {
    await sql(copyRow(3, SIZE));
    await rehash(`seq = ${SIZE}`);
    expect(await audit.verify()).toMatchObject({ ok: false, seq: SIZE });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: SIZE, kind: "inserted" });
  });

  test("a row put before the beginning names it", async () => {
    await sql(copyRow(3, -4));
    expect(await audit.verify()).toMatchObject({ ok: false, seq: -4, kind: "inserted" });
  });

  test("the end cut off names the first missing row", async () => {
    await sql("delete from outdial.audit where seq >= 27");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 27, kind: "removed" });
    expect(await audit.verify({ sealed: false })).toMatchObject({ ok: false, seq: 27, kind: "removed" });
  });

  /** Sets rows, checkpoints and head back to a state that was once true. */
  async function cutBack(size: number, head: { frontier: Buffer }): Promise<void> {
    await sql(`delete from outdial.audit where seq >= ${size}`, `delete from outdial.audit_checkpoints where size > ${size}`);
    await client.query("update outdial.audit_head set size = $1, frontier = $2", [size, head.frontier]);
  }
  const head = async () =>
    (await client.query<{ frontier: Buffer }>("select frontier from outdial.audit_head")).rows[0] ?? {
      frontier: Buffer.alloc(0),
    };

  test("the end cut off with its checkpoints and the head set back: audit.head knows", async () => {
    const before = await head();
    await audit.append([entry(30), entry(31)]);
    await audit.flush();
    await cutBack(SIZE, before);
    expect(await audit.verify()).toMatchObject({ ok: false, seq: SIZE, kind: "truncated" });
  });

  test("set back to an older state and continued differently: audit.head is kept as evidence and tells", async () => {
    const before = await head();
    await audit.append([entry(30), entry(31)]);
    await audit.flush();
    await cutBack(SIZE, before);
    const later = await world.again();
    await later.audit.append([entry(77), entry(78), entry(79)]);
    await later.audit.flush();
    expect(await later.audit.verify()).toMatchObject({ ok: false, seq: 31, kind: "rolled_back" });
  });

  test("the whole log emptied: audit.head knows", async () => {
    await cutBack(0, { frontier: Buffer.alloc(0) });
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 0, kind: "truncated" });
  });

  test("checkpoints forged with another key, altered, moved or removed are named by what they cover", async () => {
    const stranger = await createDatabase();
    const other = await openStore({ url: stranger.url, dir: join(world.dir, "other"), clock: world.clock });
    await other.audit.append(Array.from({ length: 20 }, (_, i) => entry(i)));
    const note = await other.audit.checkpoint();
    await other.close();
    await stranger.dispose();
    const forge = async (sqlText: string, values: unknown[], expected: object) => {
      await client.query("begin");
      await client.query(sqlText, values);
      await client.query("commit");
      expect(await audit.verify()).toMatchObject({ ok: false, ...expected });
    };
    const { rows } = await client.query<{ size: number; note: string }>(
      "select size::int, note from outdial.audit_checkpoints order by size",
    );
    const restore = async () => {
      await client.query("delete from outdial.audit_checkpoints");
      for (const one of rows) await client.query("insert into outdial.audit_checkpoints values ($1, $2)", [one.size, one.note]);
      expect(await audit.verify()).toMatchObject({ ok: true });
    };
    await forge("update outdial.audit_checkpoints set note = $1 where size = 20", [note], { seq: 15, kind: "checkpoint_forged" });
    await restore();
    await forge("update outdial.audit_checkpoints set note = replace(note, E'\\n20\\n', E'\\n21\\n') where size = 20", [], {
      seq: 15,
      kind: "checkpoint_forged",
    });
    await restore();
    await forge("update outdial.audit_checkpoints set size = 18 where size = 20", [], { seq: 15, kind: "checkpoint_forged" });
    await restore();
    await forge("delete from outdial.audit_checkpoints where size >= 25", [], { seq: 20, kind: "checkpoint_removed" });
    await restore();
  });

  test("a changed head or a forged audit.head is found", async () => {
    await copyFile(join(world.dir, "audit.head"), join(world.dir, "kept"));
    await writeFile(join(world.dir, "audit.head"), (await readFile(join(world.dir, "kept"), "utf8")).replace("\n30\n", "\n29\n"));
    expect(await audit.verify()).toMatchObject({ ok: false, kind: "checkpoint_forged" });
    await copyFile(join(world.dir, "kept"), join(world.dir, "audit.head"));
    await sql("update outdial.audit_head set size = 29");
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 29, kind: "head_changed" });
  });

  test("a log that names another key is no log of this one's; the folder that wrote it knows better", async () => {
    const elsewhere = await openStore({ url: world.url, dir: join(world.dir, "elsewhere"), clock: world.clock });
    await expect(elsewhere.audit.verify()).rejects.toMatchObject({ code: "audit_key" });
    const { vkey } = elsewhere.audit;
    await elsewhere.close();
    await client.query("update outdial.audit_head set vkey = $1", [vkey]);
    expect(await audit.verify()).toMatchObject({ ok: false, kind: "head_changed" });
  });

  test("a proof is not handed out for a row that was changed", async () => {
    await sql("update outdial.audit set actor = 'eve' where seq = 4");
    await expect(audit.proof(4)).rejects.toThrow(/does not prove/);
  });
});
