// Verifying only what no earlier verification has read: what it finds, what it says of the rest, and what it falls back from.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AuditLog } from "../../../src/store/index.ts";
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

const entry = (n: number) => ({ actor: "ann", action: "tested", subject: `call_${n}` });
async function fill(from: number, to: number): Promise<void> {
  await audit.append(Array.from({ length: to - from }, (_, n) => entry(from + n)));
}
const isoNow = () => new Date(world.clock.now()).toISOString();
const resumed = () => audit.verify({ resumes: true, by: "ann" });
const edit = (what: string, where: string) => client.query(`update outdial.audit set ${what} where ${where}`);

test("it goes on behind the newest verification and says what it has not read, and since when that was verified", async () => {
  await fill(0, 700);
  const first = isoNow();
  expect(await resumed()).toMatchObject({ ok: true, size: 700, earlier: null, verified: true });
  world.clock.advance(60_000);
  await fill(701, 731);
  expect(await resumed()).toMatchObject({ ok: true, size: 731, earlier: { size: 700, at: first, seq: 700 }, checkpoints: 2 });
  world.clock.advance(60_000);
  // Still not read at a later time than the first entries were.
  expect(await resumed()).toMatchObject({ ok: true, size: 732, earlier: { size: 731, at: first, seq: 731 }, verified: true });
  const second = isoNow();
  expect(await audit.verify({ by: "ann" })).toMatchObject({ ok: true, size: 733, earlier: null });
  expect(await resumed()).toMatchObject({ ok: true, size: 734, earlier: { size: 733, at: second, seq: 733 } });
});

test("a question without a name leaves no entry, and one without seals does not go on behind any", async () => {
  await fill(0, 10);
  await audit.verify({ resumes: true });
  expect(await audit.verify({ resumes: true })).toMatchObject({ size: 10, earlier: null });
  await resumed();
  expect(await audit.verify({ resumes: true, sealed: false })).toMatchObject({ ok: true, size: 11, earlier: null });
});

test("a database that takes no writes is verified all the same, and leaves no entry", async () => {
  await fill(0, 10);
  await client.query(
    `alter database ${(await client.query<{ name: string }>("select current_database() as name")).rows[0]?.name} set default_transaction_read_only = on`,
  );
  const standby = await world.again();
  expect(await standby.audit.verify({ by: "ann" })).toMatchObject({ ok: true, size: 10 });
  expect(await standby.audit.verify({ resumes: true })).toMatchObject({ ok: true, size: 10, earlier: null });
});

test("an entry behind is named; what an old one says is not claimed, and is named by the verification of all", async () => {
  await fill(0, 600);
  await resumed();
  await fill(601, 640);
  await edit("details = '{}', subject = 'x'", "seq = 620");
  expect(await resumed()).toMatchObject({ ok: false, seq: 620, kind: "edited" });
  await edit("subject = 'call_620'", "seq = 620");
  await edit("subject = 'x'", "seq = 17");
  expect(await resumed()).toMatchObject({ ok: true, earlier: { size: 600 } });
  expect(await audit.verify({ by: "ann" })).toMatchObject({ ok: false, seq: 17, kind: "edited" });
});

test("whatever the stored hashes no longer lead to is read anew, and named", async () => {
  await fill(0, 600);
  await resumed();
  await edit("subject = 'x', leaf = sha256(leaf)", "seq = 599");
  expect(await resumed()).toMatchObject({ ok: false, seq: 599, kind: "edited" });
});

test("an inner node that was changed or lost makes it read all, which stands by itself", async () => {
  await fill(0, 600);
  await resumed();
  await client.query("update outdial.audit_nodes set hash = sha256(hash) where level = 8 and index = 1");
  expect(await resumed()).toMatchObject({ ok: true, earlier: null, size: 601 });
  await client.query("delete from outdial.audit_nodes where level = 8 and index = 0");
  expect(await resumed()).toMatchObject({ ok: true, earlier: null, size: 602 });
});

test("nobody without the key can say that entries were verified", async () => {
  await fill(0, 300);
  await resumed();
  await fill(301, 310);
  const { rows } = await client.query<{ details: string }>("select details from outdial.audit where seq = 300");
  const said = { ...(JSON.parse(rows[0]?.details ?? "{}") as object), size: 299 };
  await client.query("update outdial.audit set details = $1 where seq = 300", [JSON.stringify(said)]);
  // It is not believed; reading all names it.
  expect(await resumed()).toMatchObject({ ok: false, seq: 300, kind: "edited" });
});

test("a head outside that is older, and one of another history, are compared as when all is read", async () => {
  await fill(0, 300);
  await audit.flush();
  const head = join(world.dir, "audit.head");
  const old = await readFile(head, "utf8");
  await fill(300, 600);
  await resumed();
  await audit.flush();
  await writeFile(head, old);
  expect(await audit.verify({ resumes: true })).toMatchObject({ ok: true, verified: true, earlier: { size: 600 } });
  // The rows and hashes of the log stay, its head is of a log that was cut off and went on otherwise.
  await using stack = new AsyncDisposableStack();
  const other = await openTestStore();
  stack.defer(() => other.dispose());
  await writeFile(join(other.dir, "audit.key"), await readFile(join(world.dir, "audit.key")));
  const replaced = await other.again();
  await replaced.audit.append([{ ...entry(1), subject: "another history" }]);
  await replaced.audit.flush();
  await writeFile(head, await readFile(join(other.dir, "audit.head"), "utf8"));
  expect(await audit.verify({ resumes: true })).toMatchObject({ ok: false, kind: "rolled_back" });
});

test("an entry that a person was erased from behind the verification is told as when all is read", async () => {
  await fill(0, 20);
  await resumed();
  await fill(30, 40);
  await audit.erase("call_3[0-9]", (text) => text.replaceAll(/call_3[0-9]/g, "someone"), { actor: "ann", subject: "erasure" });
  expect(await resumed()).toMatchObject({ ok: true, earlier: { size: 20 } });
  await edit("subject = 'someone else'", "seq = 25");
  expect(await resumed()).toMatchObject({ ok: true, earlier: { size: 32 } });
  expect(await audit.verify()).toMatchObject({ ok: false, seq: 25, kind: "edited" });
});
