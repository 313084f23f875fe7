// A person is erased from entries of the audit log: nothing of the number is left in it, its salt is gone, and the log and every proof of other entries hold. An
// edited row cannot pass for an erased one.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { AuditUseCases, compileRulePack, verifyPack } from "../../../src/operations/index.ts";
import { verifyProof } from "../../../src/store/index.ts";
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

const NUMBER = /\+?1?2125550123/g;
const erase = () =>
  world.store.audit.erase("2125550123", (text) => text.replaceAll(NUMBER, "erased-7f"), { actor: "ann", subject: "erased-7f" });

async function filled(): Promise<void> {
  const { audit } = world.store;
  await audit.append([
    { actor: "ann", action: "dnc.add", subject: "+12125550123", details: { reference: "ticket 7", said: "stop" } },
    { actor: "bob", action: "dnc.add", subject: "+12125550124", details: { reference: "as 12125550123 said" } },
  ]);
  for (let n = 0; n < 300; n++) await audit.append([{ actor: "ann", action: "note", subject: `call_${n}` }]);
}

test("the log verifies, proofs of others and of before hold, the number and the salts are nowhere in it, and the log says from which entries", async () => {
  await filled();
  const { audit } = world.store;
  const [before, other] = [await audit.proof(0), await audit.proof(2)];
  expect(await erase()).toBe(2);
  expect(await erase()).toBe(0);
  const { rows } = await client.query<{ text: string }>("select to_jsonb(a)::text as text from outdial.audit a");
  expect(rows.filter(({ text }) => /2125550123|ticket 7/.test(text))).toEqual([]);
  const salts = await client.query("select seq::int, salt from outdial.audit where salt is null order by seq");
  expect(salts.rows).toEqual([
    { seq: 0, salt: null },
    { seq: 1, salt: null },
  ]);
  expect(await audit.verify()).toMatchObject({ ok: true, size: 303 });
  expect(await audit.list({ limit: 2 })).toMatchObject([
    { actor: "ann", action: "dnc.add", subject: "erased-7f", details: {} },
    { actor: "bob", subject: "+12125550124", details: { reference: "as erased-7f said" } },
  ]);
  for (const proof of [before, other, await audit.proof(2), await audit.proof(301)])
    expect(verifyProof(proof, audit.vkey)).toMatchObject({ ok: true });
  await expect(audit.proof(0)).rejects.toThrow("what entry 0 said of a person was erased; entry 302 says so");
  expect((await audit.list({ subject: "erased-7f", action: "data.erased" }))[0]).toMatchObject({
    actor: "ann",
    details: {
      entries: [
        [0, expect.any(String)],
        [1, expect.any(String)],
      ],
    },
  });
});

test("of entries that are much alike each has another hash: without its salt nobody can try out what one said", async () => {
  await world.store.audit.append([0, 1].map(() => ({ actor: "a", action: "b", subject: "+12125550123" })));
  const { rows } = await client.query<{ salt: string }>("select salt from outdial.audit");
  expect(new Set(rows.map(({ salt }) => salt)).size).toBe(2);
  for (const { salt } of rows) expect(Buffer.from(salt, "base64url")).toHaveLength(12);
});

test("packs made afterwards hold: that of a period stays whole", async () => {
  await filled();
  await erase();
  const pack = usCaUk2026();
  const audit = new AuditUseCases({ store: world.store, clock: world.clock }, async () => ({
    pack,
    compiled: compileRulePack(pack),
  }));
  const now = world.clock.now();
  for (const about of [{ from: now - 1000, to: now + 1000 }]) {
    const texts: string[] = [];
    await audit.pack(about, "ann", async (text) => void texts.push(text));
    const bytes = (async function* () {
      yield Buffer.from(texts.join(""));
    })();
    expect(texts.join("")).not.toMatch(/2125550123/);
    expect(await verifyPack(bytes, world.store.audit.vkey)).toMatchObject({ ok: true, whole: true, lines: { erased: 2 } });
  }
});

const ATTACKS: Readonly<Record<string, string>> = {
  "an edited row that says it was erased": "update outdial.audit set subject = 'else', salt = null, erased = 302 where seq = 5",
  "what is left of an erased entry is edited": "update outdial.audit set actor = 'eve' where seq = 0",
  "an erased entry that names another entry": "update outdial.audit set erased = 301 where seq = 0",
  "an erased entry that no longer says so": "update outdial.audit set erased = null where seq = 0",
  "another hash": "update outdial.audit set leaf = sha256('x') where seq = 0",
};
test.each(Object.entries(ATTACKS))("%s is found, and the row is named", async (name, sql) => {
  await filled();
  await erase();
  await client.query(sql);
  const seq = name.includes("edited row") ? 5 : 0;
  for (const sealed of [true, false])
    expect(await world.store.audit.verify({ sealed })).toMatchObject(
      name === "another hash" && !sealed ? { ok: false } : { ok: false, seq },
    );
});
