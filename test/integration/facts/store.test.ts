// The facts on a real database: appended once, read in one go, and an opt-out that nothing but a lift takes back.

import fc from "fast-check";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Facts, type NewAttempt, type NewConsent, OTHERS, type RegistryFile } from "../../../src/store/index.ts";
import { scaled } from "../../support/scale.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
let facts: Facts;
let client: pg.Client;
beforeEach(async () => {
  world = await openTestStore();
  facts = world.store.facts;
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await world.dispose();
});

const ANNA = 12125550123;
const BEN = 18505550117;
const T = Date.UTC(2026, 2, 1, 12);
const by = { actor: "ann" };
const consent = (more: Partial<NewConsent> = {}): NewConsent => ({
  number: ANNA,
  givenAt: T,
  level: "written",
  basis: "web form",
  wording: "I agree to be called.",
  source: "shop",
  evidence: "form-1",
  ...more,
});
const attempt = (more: Partial<NewAttempt> = {}): NewAttempt => ({
  number: ANNA,
  at: T,
  kind: "attempt",
  subject: "",
  campaign: "camp_1",
  callId: "",
  answer: null,
  ...more,
});
const of = async (number: number, files: readonly RegistryFile[] = [], attemptsSince = 0) =>
  (await facts.of([number], { attemptsSince, files })).get(number);
const suppressedSince = async (number: number) => (await of(number))?.suppressedSince;
const entries = async (action: string) => world.store.audit.list({ action });

test("facts come back as they were given, once each, and of unknown numbers nothing", async () => {
  expect(await facts.addConsents([consent(), consent(), consent({ number: BEN, level: "none" })])).toBe(2);
  expect(await facts.addConsents([consent(), consent({ evidence: "form-2" })])).toBe(1);
  expect(await facts.addAttempts([attempt(), attempt({ kind: "conversation", at: T + 1, subject: "debt-1" })], by)).toBe(2);
  expect(await facts.addAttempts([attempt(), attempt({ at: T - 1 })], by)).toBe(1);
  expect(await facts.addRelationships([{ number: ANNA, kind: "inquiry", since: "2026-01-31" }])).toBe(1);
  const gone = { number: ANNA, disconnectedOn: "2025-05-05" };
  expect(await facts.addDisconnections([gone, gone, { number: ANNA, disconnectedOn: "2025-01-01" }])).toBe(2);
  const found = await facts.of([ANNA, BEN, 442079460018, ANNA], { attemptsSince: T, files: [] });
  expect(new Set(found.keys())).toEqual(new Set([ANNA, BEN]));
  expect(found.get(ANNA)).toEqual({
    consents: [
      { level: "written", at: T },
      { level: "written", at: T },
    ],
    revocations: [],
    suppressedSince: undefined,
    suppressionLoaded: false,
    attempts: expect.arrayContaining([
      { at: T, kind: "attempt", subject: "", campaign: "camp_1" },
      { at: T + 1, kind: "conversation", subject: "debt-1", campaign: "camp_1" },
    ]),
    registries: [],
    relationships: [{ kind: "inquiry", date: "2026-01-31" }],
    disconnectedOn: "2025-05-05",
    queriedOn: undefined,
    lineType: undefined,
  });
  expect(found.get(ANNA)?.attempts).toHaveLength(2);
  expect(found.get(BEN)?.consents).toEqual([{ level: "none", at: T }]);
});

test("a suppression holds until it is lifted with a reason; the same record stays lifted, a new one counts", async () => {
  const record = { number: ANNA, saidAt: T, origin: "channel", code: "STOP", reference: "sms-1" } as const;
  expect(await facts.suppress([record, record], by)).toBe(1);
  expect(await facts.suppress([record], by)).toBe(0);
  expect(await suppressedSince(ANNA)).toBe(T);
  expect((await entries("dnc.suppress")).map(({ subject, details }) => [subject, details])).toEqual([
    ["+12125550123", { code: "STOP", origin: "channel", reference: "sms-1" }],
  ]);
  await expect(facts.lift({ number: ANNA, reason: " ", actor: "ann" })).rejects.toMatchObject({ code: "invalid_state" });
  await expect(facts.lift({ number: BEN, reason: "wrong number", actor: "ann" })).rejects.toMatchObject({ code: "not_found" });
  expect(await suppressedSince(ANNA)).toBe(T);

  expect(await facts.lift({ number: ANNA, reason: "written request of 2 March", actor: "officer" })).toBe(1);
  expect(await suppressedSince(ANNA)).toBeUndefined();
  expect(await entries("dnc.lift")).toMatchObject([
    { actor: "officer", subject: "+12125550123", details: { reason: "written request of 2 March" } },
  ]);
  expect(await facts.suppress([record], by)).toBe(0);
  expect(await suppressedSince(ANNA)).toBeUndefined();
  await facts.suppress([{ ...record, saidAt: T - 1000, reference: "sms-0" }], by);
  expect(await suppressedSince(ANNA)).toBe(T - 1000);
  expect((await facts.suppressionHistory(ANNA)).map(({ reference, lift }) => [reference, lift?.actor])).toEqual([
    ["sms-1", "officer"],
    ["sms-0", undefined],
  ]);
  expect(await world.store.audit.verify()).toMatchObject({ ok: true });
});

test("of two that lift at once one does, and the log has one entry", async () => {
  await facts.suppress([{ number: ANNA, saidAt: null, origin: "list", code: "list", reference: "" }], by);
  const lifts = await Promise.allSettled([1, 2, 3].map(() => facts.lift({ number: ANNA, reason: "by mistake", actor: "ann" })));
  expect(lifts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await entries("dnc.lift")).toHaveLength(1);
});

test("the database refuses to change, remove or empty what was recorded, and a lift without its audit entry", async () => {
  await facts.suppress([{ number: ANNA, saidAt: T, origin: "manual", code: "asked", reference: "" }], by);
  await facts.addRevocations([{ number: BEN, revokedAt: T, channel: "e-mail", reference: "m-1" }], by);
  await facts.lift({ number: BEN, reason: "consented again", actor: "ann" });
  const { rows } = await client.query<{ name: string }>(
    "select event_object_table as name from information_schema.triggers where trigger_name = 'append_only' and event_manipulation = 'DELETE'",
  );
  const tables = rows.map(({ name }) => name);
  expect(tables).toEqual(
    expect.arrayContaining(["suppressions", "suppression_lifts", "lifted_suppressions", "revocations", "consents", "attempts"]),
  );
  for (const table of tables) {
    await expect(client.query(`delete from outdial.${table}`)).rejects.toThrow("append-only");
    await expect(client.query(`truncate outdial.${table} cascade`)).rejects.toThrow("append-only");
  }
  await expect(client.query("update outdial.suppressions set number = 1")).rejects.toThrow("append-only");
  const id = Number((await client.query("select id from outdial.suppressions where number = $1", [ANNA])).rows[0]?.id);
  const forged = (reason: string, actor: string, seq: number) =>
    client.query(
      "insert into outdial.suppression_lifts (number, reason, actor, mistake, lifted_at, audit_seq) values ($1, $2, $3, false, now(), $4) returning id",
      [ANNA, reason, actor, seq],
    );
  await expect(forged("because", "ann", 4711)).rejects.toThrow("audit_seq");
  await expect(forged("  ", "ann", 0)).rejects.toThrow("reason");
  await expect(forged("because", " ", 0)).rejects.toThrow("actor");
  // A lift of somebody else's number does not reach this suppression.
  const other = Number((await client.query("select id from outdial.suppression_lifts")).rows[0]?.id);
  await expect(
    client.query("insert into outdial.lifted_suppressions (suppression_id, lift_id, number) values ($1, $2, $3)", [
      id,
      other,
      ANNA,
    ]),
  ).rejects.toThrow("foreign key");
  expect(await suppressedSince(ANNA)).toBe(T);
});

test("a revocation suppresses, and waits until each system has said that it carried it out", async () => {
  expect(await facts.addRevocations([{ number: ANNA, revokedAt: T, channel: "sms", reference: "m-9" }], by)).toBe(1);
  expect(await suppressedSince(ANNA)).toBe(T);
  expect((await of(ANNA))?.revocations).toEqual([T]);
  const systems = ["crm", "dialer"];
  const [open] = await facts.listRevocations({ systems, open: true, limit: 10 });
  expect(open).toMatchObject({ number: ANNA, revokedAt: T, channel: "sms", acknowledgements: [] });
  const ack = { revocationId: open?.id ?? 0, system: "crm", at: T + 5, evidence: "job 7" };
  expect(await facts.acknowledge(ack, "sync")).toBe(true);
  expect(await facts.acknowledge({ ...ack, at: T + 6 }, "sync")).toBe(false);
  expect((await facts.listRevocations({ systems, open: true, limit: 10 }))[0]?.acknowledgements).toEqual([
    { system: "crm", at: T + 5, actor: "sync", evidence: "job 7" },
  ]);
  await facts.acknowledge({ ...ack, system: "dialer" }, "sync");
  expect(await facts.listRevocations({ systems, open: true, limit: 10 })).toEqual([]);
  expect(await facts.listRevocations({ systems, limit: 10 })).toHaveLength(1);
  expect(await entries("revocation.acknowledge")).toHaveLength(2);
  await expect(facts.acknowledge({ ...ack, revocationId: 999 }, "x")).rejects.toMatchObject({ code: "not_found" });
});

test("a lift leaves consent revoked; a lift of a mistake takes the revocation back with it, and its clock", async () => {
  const revoked = (reference: string) => ({ number: ANNA, revokedAt: T, channel: "call", reference, code: "said stop" });
  const open = () => facts.listRevocations({ systems: ["crm"], open: true, limit: 10 });
  await facts.addRevocations([revoked("call-1")], by, "manual");
  await facts.lift({ number: ANNA, reason: "consented again", actor: "ann" });
  expect(await of(ANNA)).toMatchObject({ revocations: [T], suppressedSince: undefined });
  await facts.addRevocations([revoked("call-2")], by, "manual");
  await facts.lift({ number: ANNA, reason: "wrong number typed", actor: "ann", mistake: true });
  expect(await of(ANNA)).toMatchObject({ revocations: [T], suppressedSince: undefined });
  expect((await open()).map(({ reference }) => reference)).toEqual(["call-1"]);
  expect((await facts.suppressionHistory(ANNA)).map(({ code }) => code)).toEqual(["said stop", "said stop"]);
});

test("an opt-out among outcomes suppresses; without a number it waits for its call, whichever comes first", async () => {
  const outcome = (callId: string, number: number | null, optOut: string | null) => ({
    callId,
    code: optOut ?? "SALE",
    at: T,
    number,
    campaign: "camp_1",
    optOut,
  });
  const given = [outcome("c1", ANNA, "DO_NOT_CALL"), outcome("c2", null, "DO_NOT_CALL"), outcome("c3", BEN, null)];
  expect(await facts.addOutcomes(given, by)).toEqual({ added: 3, suppressed: 1, unresolved: 1 });
  expect(await facts.addOutcomes(given, by)).toEqual({ added: 0, suppressed: 0, unresolved: 1 });
  expect(await facts.countUnresolvedOptOuts()).toBe(1);
  expect(await facts.unresolvedOptOuts(10)).toEqual([
    { callId: "c2", code: "DO_NOT_CALL", optOut: "DO_NOT_CALL", campaign: "camp_1", at: T },
  ]);
  expect(await suppressedSince(BEN)).toBeUndefined();
  await facts.addAttempts([attempt({ number: BEN, callId: "c2" })], by);
  expect(await suppressedSince(BEN)).toBe(T);
  expect(await facts.countUnresolvedOptOuts()).toBe(0);
  expect(await facts.unresolvedOptOuts(10)).toEqual([]);
  await facts.addAttempts([attempt({ number: 13055550100, callId: "c4" })], by);
  expect(await facts.addOutcomes([outcome("c4", null, "STOP")], by)).toMatchObject({ suppressed: 1, unresolved: 0 });
  expect(await suppressedSince(13055550100)).toBe(T);
  expect(await facts.listRevocations({ systems: ["crm"], open: true, limit: 10 })).toHaveLength(3);
});

test("attempts and numberless opt-outs that arrive at the same time never miss each other", async () => {
  const pairs = Array.from({ length: 40 }, (_, i) => ({ number: 12125550000 + i, callId: `race-${i}` }));
  await Promise.all(
    pairs.flatMap(({ number, callId }) => [
      facts.addAttempts([attempt({ number, callId })], by),
      facts.addOutcomes([{ callId, code: "DNC", at: T, number: null, campaign: "", optOut: "DNC" }], by),
    ]),
  );
  const found = await facts.of(
    pairs.map(({ number }) => number),
    { attemptsSince: 0, files: [] },
  );
  expect(pairs.filter(({ number }) => found.get(number)?.suppressedSince === undefined)).toEqual([]);
});

test("a registry file counts from the moment it is switched, those before stay for a day", async () => {
  const load = async (asOf: string, numbers: number[], contentHash = asOf) => {
    const id = await facts.beginRegistryFile({ registry: "US", asOf, sourceName: `${asOf}.txt`, actor: "ann" });
    const added = await facts.fillRegistryFile(id, [...numbers, ...numbers]);
    expect([...added.values()]).toEqual([numbers.length]);
    const before = (await facts.registryFiles()).map(({ covers }) => covers.map(({ asOf }) => asOf).join());
    const covers = [{ areaCode: OTHERS, numbers: numbers.length }];
    const switched = await facts.switchRegistryFile({ id, contentHash, covers, actor: "ann" });
    return { id, before, switched };
  };
  expect(await load("2026-01-01", [ANNA])).toMatchObject({ before: [], switched: true });
  const first = await facts.registryFiles();
  expect(first).toMatchObject([{ registry: "US", covers: [{ areaCode: OTHERS, asOf: "2026-01-01", numbers: 1 }] }]);
  expect((await of(ANNA, first))?.registries).toEqual(["US"]);
  expect(await load("2026-01-01", [ANNA])).toMatchObject({ switched: false });
  expect(await load("2026-02-01", [BEN])).toMatchObject({ before: ["2026-01-01"], switched: true });
  const second = await facts.registryFiles();
  expect(await of(ANNA, second)).toBeUndefined();
  expect((await of(BEN, second))?.registries).toEqual(["US"]);
  // A run that began before the switch still sees its own file, however many were loaded since.
  await load("2026-03-01", [BEN]);
  expect((await of(ANNA, first))?.registries).toEqual(["US"]);
  await expect(load("2026-02-02", [BEN])).rejects.toMatchObject({ code: "invalid_state" });
  world.clock.advance(25 * 3_600_000);
  await load("2026-03-02", [BEN]);
  expect(await of(ANNA, first)).toBeUndefined();
  expect((await entries("registry.load")).map(({ details }) => [details["asOf"], details["whole"]])).toEqual([
    ["2026-01-01", true],
    ["2026-02-01", true],
    ["2026-03-01", true],
    ["2026-03-02", true],
  ]);
});

test("a load that was given up leaves nothing in force and is cleared away by a later one", async () => {
  const file = { registry: "US", asOf: "2026-01-01", sourceName: "a", actor: "ann" };
  const id = await facts.beginRegistryFile(file);
  await facts.fillRegistryFile(id, [ANNA]);
  expect(await facts.registryFiles()).toEqual([]);
  world.clock.advance(25 * 3_600_000);
  const next = await facts.beginRegistryFile(file);
  await facts.discardRegistryFile(next);
  const { rows } = await client.query("select from outdial.registry_files");
  expect(rows).toHaveLength(0);
  await expect(client.query(`select from outdial.registry_blocks_${id}`)).rejects.toThrow("does not exist");
});

test("answered calls by the hour counted back from now, edges included at the end only", async () => {
  const HOUR = 3_600_000;
  const answers = ["served", "late", "hangup", "dropped", "machine", "served"] as const;
  await facts.addAttempts(
    answers.map((answer, i) => attempt({ at: T + 1 + i * 1000, number: ANNA + i, answer })),
    by,
  );
  await facts.addAttempts(
    [
      attempt({ at: T + HOUR, answer: "served" }),
      attempt({ at: T, number: BEN, answer: "dropped" }),
      attempt({ at: T + 2 * HOUR, answer: "machine" }),
      attempt({ at: T + 90 * 60_000 }),
    ],
    by,
  );
  const nothing = { served: 0, late: 0, hangup: 0, dropped: 0, machine: 0 };
  expect(await facts.answeredHours("camp_1", T, T + 2 * HOUR)).toEqual([
    { start: T, served: 3, late: 1, hangup: 1, dropped: 1, machine: 1 },
    { ...nothing, start: T + HOUR, machine: 1 },
  ]);
  expect(await facts.answeredHours("other", T, T + 2 * HOUR)).toEqual([]);
  expect(await facts.answeredCampaigns(T, T + HOUR)).toEqual(["camp_1"]);
});

test("an import has its audit entry with counts and hash", async () => {
  const given = { id: "imp_1", kind: "consent", sourceName: "consent.csv", actor: "ann" };
  await facts.startImport(given);
  await facts.addConsents([consent()], given.id);
  await facts.finishImport(given, "sha256:ab", { read: 2, added: 1, known: 0, refused: 1 });
  expect(await entries("consent.import")).toMatchObject([
    {
      subject: "consent.csv",
      details: { import: "imp_1", contentHash: "sha256:ab", read: 2, added: 1, known: 0, refused: 1 },
    },
  ]);
});

test("a registry holds exactly the numbers that were put into it: at the edges of blocks and areas, doubled, added and taken off again", async () => {
  const edges = [
    12_125_550_000, 12_125_559_999, 12_130_000_000, 12_129_999_999, 19_999_999_999, 12_000_000_000, 10_000, 9999,
    999_999_999_999_999,
  ];
  const number = fc.oneof(
    fc.constantFrom(...edges),
    fc.integer({ min: 12_125_549_990, max: 12_125_560_010 }),
    fc.integer({ min: 1, max: 2 ** 49 }),
  );
  const numbers = fc.array(number, { maxLength: 30 });
  const day = fc.integer({ min: 2, max: 8 }).map((at) => `2026-02-0${at}`);
  const change = fc.record({ number, on: day, listed: fc.boolean() });
  let year = 1999;
  await fc.assert(
    fc.asyncProperty(fc.array(numbers, { maxLength: 4 }), fc.array(change, { maxLength: 20 }), async (batches, changes) => {
      year += 1;
      const registry = `X${year}`;
      const file = (asOf: string) => ({ registry, asOf, sourceName: "a", actor: "ann" });
      const listed = new Set<number>();
      const id = await facts.beginRegistryFile(file("2026-02-01"));
      for (const batch of batches) {
        const before = listed.size;
        for (const one of batch) listed.add(one);
        const many = await facts.fillRegistryFile(id, batch);
        expect([...many.values()].reduce((sum, one) => sum + one, 0)).toBe(listed.size - before);
      }
      const covers = [{ areaCode: OTHERS, numbers: listed.size }];
      await facts.switchRegistryFile({ id, contentHash: registry, covers, actor: "ann" });
      const list = await facts.beginRegistryFile(file("2026-02-09"), true);
      await facts.fillRegistryChanges(list, changes);
      // The last change of a number counts; on one day, that it is listed.
      const last = new Map(
        changes
          .toSorted((a, b) => a.on.localeCompare(b.on) || Number(a.listed) - Number(b.listed))
          .map((one) => [one.number, one.listed]),
      );
      const came = [...last].filter(([one, on]) => on && !listed.has(one)).length;
      const went = [...last].filter(([one, on]) => !on && listed.has(one)).length;
      const applied = await facts.applyRegistryChanges({
        id: list,
        contentHash: `${registry} 2`,
        actor: "ann",
        since: "2026-02-01",
        covers: "all",
      });
      expect(applied).toMatchObject({ added: came, deleted: went });
      for (const [one, on] of last)
        if (on) listed.add(one);
        else listed.delete(one);
      const asked = [
        ...new Set([
          ...edges,
          ...batches.flat(),
          ...changes.map((one) => one.number),
          ...[...listed].flatMap((one) => [one - 1, one + 1]),
        ]),
      ];
      const found = await facts.of(asked, { attemptsSince: 0, files: await facts.registryFiles() });
      expect(asked.filter((one) => found.get(one)?.registries.includes(registry) === true)).toEqual(
        asked.filter((one) => listed.has(one)),
      );
    }),
    { numRuns: scaled(1000, 20), seed: Number(process.env["TEST_SEED"]) },
  );
});
