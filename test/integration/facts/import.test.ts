// Files of facts: CSV and NDJSON, every refused line with its reason, the same file or record twice, registry files.

import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import {
  attemptsFile,
  consentFile,
  disconnectionsFile,
  importFacts,
  internalListFile,
  linesFile,
  loadRegistry,
  optOutsOf,
  type RefusedLine,
  recordOutcomes,
  relationshipsFile,
} from "../../../src/operations/index.ts";
import { until } from "../../support/until.ts";
import { ANNA, BEN, type FactsWorld, file, openFactsWorld } from "./world.ts";

let world: FactsWorld;
beforeEach(async () => {
  world = await openFactsWorld();
});
afterEach(() => world.dispose());

const of = async (number: number) =>
  (await world.facts.of([number], { attemptsSince: 0, files: await world.facts.registryFiles() })).get(number);

/** Whether each number is on the company's list. */
const suppressed = async (...numbers: number[]) =>
  (await Promise.all(numbers.map(of))).map((one) => one?.suppressedSince !== undefined);

/** A sink that keeps what was refused. */
const keep = () => {
  const refused: RefusedLine[] = [];
  return { refused, sink: { refused: (line: RefusedLine) => void refused.push(line) } };
};

test("consent from CSV: good lines go in, each bad one is named with line, field and reason", async () => {
  const { refused, sink } = keep();
  const lines = [
    "phone,level,given_at,wording,evidence,revoked_at",
    '+1 (212) 555-0123,written,2026-01-05T12:00:00Z,"I agree,\nreally",form-1,',
    "212-555-0123,express,2025-01-05,,form-0,",
    "555-0123,written,2026-01-05T12:00:00Z,,,",
    "+18505550117,writen,2026-01-05T12:00:00Z,,,",
    "+18505550117,written,2026-01-05 12:00,,,",
    "+18505550117,written,2027-01-05,,,",
    "+18505550117,written,2026-02-30,,,",
    "+18505550117,written,,,,",
    "+18505550117,written,2026-01-05,,,2026-01-04",
    "+18505550117,written,2026-01-05,",
    "+18505550117,written,2026-01-05,,form-2,2026-02-01T08:00:00-05:00",
  ];
  const report = await importFacts(consentFile, file(lines), world.deps, sink, { accept: true });
  expect(report).toMatchObject({ kind: "consent", read: 11, added: 3, known: 0, refused: 8 });
  expect(refused.map(({ line, field }) => [line, field])).toEqual([
    [5, "number"],
    [6, "level"],
    [7, "given_at"],
    [8, "given_at"],
    [9, "given_at"],
    [10, "given_at"],
    [11, "revoked_at"],
    [12, undefined],
  ]);
  expect(refused.map(({ reason }) => reason)).toEqual([
    expect.stringContaining("E.164"),
    expect.stringContaining("did you mean written?"),
    expect.stringContaining("offset from UTC"),
    expect.stringContaining("future"),
    expect.stringContaining("exists"),
    "given_at is empty",
    "revoked_at is before given_at; the number is suppressed all the same",
    expect.stringContaining("4 fields where the header has 6"),
  ]);
  expect((await of(ANNA))?.consents).toHaveLength(2);
  expect(await of(BEN)).toMatchObject({
    consents: [{ level: "written", at: Date.UTC(2026, 0, 5) }],
    revocations: [Date.UTC(2026, 0, 4), Date.UTC(2026, 1, 1, 13)],
    suppressedSince: Date.UTC(2026, 0, 4),
  });
  const [entry] = await world.store.audit.list({ action: "consent.import" });
  expect(entry?.details).toMatchObject({ read: 11, added: 3, refused: 8, contentHash: report.contentHash, file: "file.csv" });
});

test("the opt-out in a line that is refused for something else is not lost with it, and the line counts once", async () => {
  const list = ["number,at", "+12125550123,06/16/2026", "nobody,2026-01-05", "+18505550117,2026-01-05"];
  for (const added of [1, 0]) {
    const { refused, sink } = keep();
    const report = await importFacts(internalListFile, file(list), world.deps, sink);
    expect(report).toMatchObject({ read: 3, added, known: 1 - added, refused: 2 });
    expect(refused.map(({ reason }) => reason.endsWith("suppressed all the same"))).toEqual([true, false]);
  }
  expect((await of(ANNA))?.suppressedSince).toBe(world.clock.now());
  expect(await world.facts.suppressionHistory(ANNA)).toMatchObject([{ origin: "list", saidAt: null }]);

  const consent = [
    "number,level,given_at,revoked_at",
    "+12125550141,writen,2026-01-05,2026-02-01",
    "+12125550142,written,01/05/2026,2026-02-01",
    "+12125550143,written,2026-01-05,NULL",
  ];
  const report = await importFacts(consentFile, file(consent), world.deps);
  expect(report).toMatchObject({ read: 3, added: 0, known: 0, refused: 3 });
  const known = await Promise.all([12125550141, 12125550142, 12125550143].map(of));
  expect(known.map((one) => [one?.consents.length, one?.suppressedSince])).toEqual([
    [0, Date.UTC(2026, 1, 1)],
    [0, Date.UTC(2026, 1, 1)],
    [undefined, undefined],
  ]);
});

test("a consent that was taken back counts as taken back, also when nobody can read when", async () => {
  const csv = [
    "number,level,given_at,wording,evidence,revoked_at",
    "+12125550131,written,2026-01-05,,f1,06/01/2026 10:00",
    "+12125550132,written,2026-01-05,,f2,2026-06-31T10:00:00Z",
    "+12125550133,written,2026-01-05,,f3,yes",
    "+12125550134,none,01/05/2026,,f4,",
    "+12125550135,opted out,2026-01-05,,f5,",
    "+12125550136,written,2026-01-05,I agree, really,f6,2026-02-01",
    "+12125550137,written,2026-01-05,,f7,2027-02-01",
    // Nothing says that these were taken back.
    "+12125550138,written,2026-01-05,I agree, really,f8,",
    "+12125550139,written,2026-01-05",
    "+12125550140,written,2026-01-05,,f9,NULL",
    "+12125550141,written,01/05/2026,,f10,",
  ];
  const gone = [131, 132, 133, 134, 135, 136, 137].map((n) => 12125550000 + n);
  const kept = [138, 139, 140, 141].map((n) => 12125550000 + n);
  await importFacts(
    consentFile,
    file(["number,level,given_at", ...[...gone, ...kept].map((n) => `+${n},written,2026-01-02`)]),
    world.deps,
  );
  const entries = async () => (await Promise.all(gone.map((n) => world.facts.suppressionHistory(n)))).map((one) => one.length);
  for (const _ of [1, 2]) {
    const { refused, sink } = keep();
    const report = await importFacts(consentFile, file(csv), world.deps, sink, { accept: true });
    expect(report).toMatchObject({ read: 11, added: 0, refused: 11 });
    expect(refused.map(({ reason }) => reason.endsWith("the number is suppressed all the same"))).toEqual([
      ...gone.map(() => true),
      ...kept.map(() => false),
    ]);
    expect(await suppressed(...gone)).toEqual(gone.map(() => true));
    expect(await suppressed(...kept)).toEqual(kept.map(() => false));
    await world.clock.sleep(60_000);
  }
  // The same file again is the same word; a lift lasts, and the consent before stays revoked.
  expect(await entries()).toEqual(gone.map(() => 1));
  const [first = 0] = gone;
  expect(await world.facts.suppressionHistory(first)).toMatchObject([
    { origin: "channel", code: 'revoked: consent record, at "06/01/2026 10:00"', reference: "f1" },
  ]);
  await world.facts.lift({ number: first, reason: "signed letter", actor: "ann" });
  await importFacts(consentFile, file(csv), world.deps, {}, { accept: true });
  expect(await suppressed(first)).toEqual([false]);
  expect((await of(first))?.revocations).toHaveLength(1);

  const objects = ["1780000000", "true", '{"at":"2026-02-01"}', '"x", "revoked_at": "y"'].map(
    (text, n) => `{"number":"+1212555015${n}","level":"written","given_at":"2026-01-05","revoked_at":${text}}`,
  );
  const clear = ["null", '""', "[]", "false"].map(
    (text, n) => `{"number":"+1212555016${n}","level":"written","given_at":"2026-01-05","revoked_at":${text}}`,
  );
  await importFacts(consentFile, file([...objects, ...clear]), world.deps, {}, { accept: true });
  expect(await suppressed(12125550150, 12125550151, 12125550152, 12125550153)).toEqual([true, true, true, true]);
  expect(await suppressed(12125550160, 12125550161, 12125550162, 12125550163)).toEqual([false, false, false, false]);
});

test("that a person consents to nothing holds for every number that the text may name", async () => {
  const file1 = ["number,level,given_at", "+16465550160,written,2026-01-02", "+6465550160,none,2026-01-05"];
  expect(await importFacts(consentFile, file(file1), world.deps)).toMatchObject({ added: 3, refused: 0 });
  expect((await of(16465550160))?.consents.map(({ level }) => level)).toContain("none");
  expect((await of(6465550160))?.consents.map(({ level }) => level)).toEqual(["none"]);
});

test("a number on the company's list counts whatever is wrong with the rest of its line", async () => {
  const csv = [
    "number,reference",
    "3475550201,good",
    "3475550203,c,d",
    "3475550204",
    "lost,c,3475550205",
    "nobody,c,d",
    "3475550207,e",
  ];
  const { refused, sink } = keep();
  const report = await importFacts(internalListFile, file(csv), world.deps, sink, { accept: true });
  expect(report).toMatchObject({ read: 6, added: 2, refused: 4 });
  expect(refused.map(({ line, reason }) => [line, reason.endsWith("suppressed all the same")])).toEqual([
    [3, true],
    [4, true],
    [5, false],
    [6, false],
  ]);
  expect(refused[0]?.reason).toContain("the row has 3 fields where the header has 2");
  expect(await suppressed(13475550201, 13475550203, 13475550204, 13475550207)).toEqual([true, true, true, true]);

  const moved = ["reference,number", "a, b,3475550211", "3475550212"];
  await importFacts(internalListFile, file(moved), world.deps, {}, { accept: true });
  const bare = ["3475550221", "3475550222,c"];
  await importFacts(internalListFile, file(bare), world.deps, {}, { accept: true });
  const objects = [
    '{"number":"3475550231","reference":{"call":1}}',
    '{"number":"3475550232","reference":"a","Reference":"b"}',
    '{"number":"3475550233","reference":"a","reference":"b"}',
    '{"number":"3475550234","number":"3475550235"}',
    '{"number":"3475550236","reference":"he said "stop""}',
    '{"number":["3475550237","3475550238"]}',
    '{"number":"3475550239"',
  ];
  const told = keep();
  const ndjson = await importFacts(internalListFile, file(objects), world.deps, told.sink, { accept: true });
  expect(ndjson).toMatchObject({ read: 7, added: 0, refused: 7 });
  expect(told.refused.every(({ reason }) => reason.endsWith("suppressed all the same"))).toBe(true);
  const numbers = [11, 12, 21, 22, 31, 32, 33, 34, 35, 36, 37, 38, 39].map((n) => 13475550200 + n);
  expect(await suppressed(...numbers)).toEqual(numbers.map(() => true));
});

test("the lines that a quote swallowed because it was closed too late are not lost", async () => {
  const swallowing = (first: number, end = "") => [
    `${first},x${end}`,
    `${first + 1},"x`,
    `${first + 2},x`,
    `${first + 3},x"${end}`,
  ];
  const { refused, sink } = keep();
  await importFacts(internalListFile, file(["number,reference", ...swallowing(6095550200)]), world.deps, sink);
  // Below the header of a column that has no field, and as a bare list longer than one text may be.
  await importFacts(internalListFile, file(["number,remark", ...swallowing(6095550210)]), world.deps, sink);
  const many = Array.from({ length: 40 }, (_, n) => 6095550300 + n);
  for (const header of [["number"], []]) {
    const [first = 0, second = 0, ...others] = many.map((number) => number + 100 * header.length);
    const list = [...header, `${first}`, `"${second}`, ...others.slice(0, -1).map(String), `${others.at(-1)}"`, "9"];
    await importFacts(internalListFile, file(list), world.deps, sink);
  }
  const from = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);
  expect(refused.map(({ line }) => line)).toEqual([...from(3, 3), ...from(3, 3), ...from(3, 39), 42, ...from(2, 39), 41]);
  const all = [...[0, 1, 2, 3, 10, 11, 12, 13].map((n) => 6095550200 + n), ...many, ...many.map((number) => number + 100)];
  expect(await suppressed(...all.map((number) => number + 10_000_000_000))).toEqual(all.map(() => true));

  // What would permit a call is lost with it, and told.
  const calls = [
    "number,at,subject",
    ...[1, 2, 3].map((n) => `609555040${n},2026-03-01T1${n}:00:00Z,${n === 1 ? '"' : ""}a${n === 3 ? '"' : ""}`),
  ];
  const told = keep();
  expect(await importFacts(attemptsFile, file(calls), world.deps, told.sink, { accept: true })).toMatchObject({
    read: 3,
    refused: 3,
  });
  const lost = (line: number) => ({ line, reason: expect.stringContaining("closed too late") as string });
  expect(told.refused).toMatchObject([lost(2), lost(3), lost(4)]);
  // Each of them counts when it is asked whether the file is a wrong one: twelve of a hundred are too many.
  const consents = from(0, 100).map((n) => {
    const quote = n === 20 || n === 31 ? '"' : "";
    return `${6095550600 + n},express,2026-03-01T10:00:00Z,${n === 20 ? quote : ""}a${n === 31 ? quote : ""}`;
  });
  await expect(importFacts(consentFile, file(["number,level,given_at,basis", ...consents]), world.deps)).rejects.toThrow(
    "12 of 100 lines are refused",
  );
  // A text of several lines is one, also with the number of its line in it.
  const texts = ["number,reference", '6095550501,"a, b', '6095550501, c"'];
  expect(await importFacts(internalListFile, file(texts), world.deps)).toMatchObject({ added: 1, refused: 0 });
});

test("a file of a header alone is told of: nothing of it is imported", async () => {
  for (const [spec, header] of [
    [internalListFile, "number,at"],
    [attemptsFile, "number,at,subject"],
  ] as const) {
    const doubts: string[] = [];
    const sink = { doubted: ({ reason }: { reason: string }) => void doubts.push(reason) };
    expect(await importFacts(spec as typeof internalListFile, file([header]), world.deps, sink)).toMatchObject({
      read: 0,
      added: 0,
    });
    expect(doubts).toEqual(["the file has no rows below its header: nothing was imported"]);
  }
});

test("a value that the database cannot hold is the refusal of its line, not the end of the file", async () => {
  // Nothing of it can be compressed.
  const random = createRandom(7, "overlong");
  const long = (many: number) =>
    Array.from({ length: many }, () => String.fromCharCode(0x4e00 + Math.floor(random.next() * 20_000))).join("");
  const list = [
    "number,reference,code",
    "2125550171,a,",
    `2125550172,${long(1400)},`,
    `2125550173,b,${long(1400)}`,
    "2125550174,c,",
  ];
  for (const added of [2, 0]) {
    const told = keep();
    const dnc = await importFacts(internalListFile, file(list), world.deps, told.sink, { accept: true });
    expect(dnc).toMatchObject({ read: 4, added, refused: 2 });
    expect(told.refused.map(({ line, field, reason }) => [line, field, reason])).toEqual([
      [3, "reference", "reference is 4200 bytes long; at most 1000 are stored; the number is suppressed all the same"],
      [4, "code", "code is 4200 bytes long; at most 1000 are stored; the number is suppressed all the same"],
    ]);
  }
  expect(await suppressed(12125550171, 12125550172, 12125550173, 12125550174)).toEqual([true, true, true, true]);
  const [entry, ...more] = await world.facts.suppressionHistory(12125550172);
  expect(entry?.reference).toMatch(/^[\u4e00-\u9fff]{331}…$/);
  expect(more).toEqual([]);

  const consent = [
    "number,level,given_at,evidence,revoked_at,channel",
    `2125550175,written,2026-01-05,${long(1400)},2026-02-01,`,
    `2125550176,written,2026-01-05,,2026-02-01,${long(1400)}`,
    `2125550177,written,2026-01-05,${long(900)},yes,${long(900)}`,
    "2125550178,written,2026-01-05,,,",
  ];
  expect(await importFacts(consentFile, file(consent), world.deps, {}, { accept: true })).toMatchObject({ added: 2, refused: 2 });
  expect(await suppressed(12125550175, 12125550176, 12125550177, 12125550178)).toEqual([true, true, true, false]);

  const { refused, sink } = keep();
  const calls = [
    "number,at,subject,campaign,call_id",
    ...["subject", "campaign", "call_id"].map((_, at) => {
      const cells = ["", "", ""];
      cells[at] = long(1400);
      return `${ANNA},2026-02-01T12:00:00Z,${cells.join()}`;
    }),
    `${ANNA},2026-02-01T12:00:00Z,,,c1`,
  ];
  expect(await importFacts(attemptsFile, file(calls), world.deps, sink, { accept: true })).toMatchObject({
    added: 1,
    refused: 3,
  });
  const years = ["number,kind,date", `${ANNA},inquiry,0000-01-01`, `${ANNA},inquiry,2026-01-01`];
  expect(await importFacts(relationshipsFile, file(years), world.deps, sink, { accept: true })).toMatchObject({
    added: 1,
    refused: 1,
  });
  expect(refused.map(({ field }) => field)).toEqual(["subject", "campaign", "call_id", "date"]);

  const outcome = { id: long(1400), toNumber: "+12125550179", dispositionCode: `DNC ${long(1400)}` };
  await recordOutcomes(world.facts, optOutsOf([outcome], { campaign: "c", now: 1 }), world.deps);
  await world.facts.addRevocations(
    [{ number: 12125550180, revokedAt: 1, channel: "do-not-call request", code: long(2000), reference: long(500) }],
    world.deps,
    "manual",
  );
  expect(await suppressed(12125550179, 12125550180)).toEqual([true, true]);
});

test("two columns of a number are not one of them and an ignored one", async () => {
  const two = ["number,phone,reference", "2125550181,2125550182,a"];
  await expect(importFacts(internalListFile, file(two), world.deps)).rejects.toMatchObject({
    code: "invalid_input",
    message: "line 1: number and phone are both columns of the number",
    advice: expect.stringContaining("--column number=NAME"),
  });
  const mapped = { ...file(two), read: { mapping: { number: "phone" } } };
  expect(await importFacts(internalListFile, mapped, world.deps)).toMatchObject({ added: 1 });
  const members = ['{"number":"2125550183","phone":"2125550184"}', '{"number":"2125550185","phone":"2125550185"}'];
  expect(await importFacts(internalListFile, file(members), world.deps, {}, { accept: true })).toMatchObject({
    added: 1,
    refused: 1,
  });
  expect(await suppressed(12125550181, 12125550182, 12125550183, 12125550184, 12125550185)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});

test("the same file again adds nothing, the same record in another file neither, and NDJSON says the same as CSV", async () => {
  const lines = ["number,at,kind,subject,campaign,call_id,answered_by,connect_seconds"];
  for (let n = 0; n < 12_000; n++)
    lines.push(`+1212555${String(n % 10_000).padStart(4, "0")},2026-02-01T12:00:${n < 10_000 ? "00" : "01"}Z,,,camp_1,c${n},,`);
  const first = await importFacts(attemptsFile, file(lines, "a.csv", 65_536), world.deps);
  expect(first).toMatchObject({ read: 12_000, added: 12_000, known: 0 });
  expect(await importFacts(attemptsFile, file(lines, "a.csv", 1000), world.deps)).toMatchObject({
    read: 12_000,
    added: 0,
    known: 12_000,
    contentHash: first.contentHash,
  });
  const again = { number: "+12125550000", at: "2026-02-01T12:00:00Z", campaign: "camp_1" };
  const ndjson = [
    again,
    { ...again, at: "2026-02-01T07:00:01-05:00" },
    { ...again, kind: "conversation" },
    "x",
    { ...again, subject: {} },
  ];
  const { refused, sink } = keep();
  const report = await importFacts(
    attemptsFile,
    file(
      ndjson.map((one) => JSON.stringify(one)),
      "b.ndjson",
    ),
    world.deps,
    sink,
  );
  expect(report).toMatchObject({ read: 5, added: 1, known: 2, refused: 2 });
  expect(refused).toEqual([
    { line: 4, field: undefined, reason: "the line is not a JSON object" },
    { line: 5, field: "subject", reason: "subject is an object; a string is wanted" },
  ]);
});

test("how a call was answered is taken from what was measured, else from its kind", async () => {
  const lines = [
    "number,at,kind,campaign,answered_by,connect_seconds,hangup_seconds",
    "+12125550001,2026-02-01T12:00:00Z,,c,person,1.9,",
    "+12125550002,2026-02-01T12:00:00Z,,c,person,2.1,",
    "+12125550003,2026-02-01T12:00:00Z,,c,person,,1",
    "+12125550004,2026-02-01T12:00:00Z,,c,person,,5",
    "+12125550005,2026-02-01T12:00:00Z,,c,machine,,",
    "+12125550006,2026-02-01T12:00:00Z,,c,,,",
    "+12125550007,2026-02-01T12:00:00Z,conversation,c,,,",
    "+12125550008,2026-02-01T12:00:00Z,conversation,c,,3,",
    "+12125550009,2026-02-01T12:00:00Z,abandoned,c,,,",
    "+12125550010,2026-02-01T12:00:00Z,inbound-conversation,c,person,1,",
    "+12125550011,2026-02-01T12:00:00Z,abandoned,c,,3,",
  ];
  expect(await importFacts(attemptsFile, file(lines), world.deps)).toMatchObject({ added: 10, refused: 1 });
  const [hour] = await world.facts.answeredHours("c", Date.UTC(2026, 1, 1, 11, 30), Date.UTC(2026, 1, 1, 12, 30));
  expect(hour).toMatchObject({ served: 2, late: 2, hangup: 1, dropped: 2, machine: 1 });
  expect((await of(12125550004))?.attempts[0]?.kind).toBe("abandoned");
  expect((await of(12125550008))?.attempts[0]?.kind).toBe("conversation");
  expect((await of(12125550006))?.attempts[0]?.kind).toBe("attempt");
});

test("a list of bare numbers suppresses them; once more it finds them known", async () => {
  const lines = ["212 555 0123", "(850) 555-0117", "not a number", "+442079460018"];
  expect(await importFacts(internalListFile, file(lines), world.deps)).toMatchObject({ read: 4, added: 3, known: 0, refused: 1 });
  expect(await importFacts(internalListFile, file(lines), world.deps)).toMatchObject({ added: 0, known: 3, refused: 1 });
  expect((await of(442079460018))?.suppressedSince).toBe(world.clock.now());
  await importFacts(relationshipsFile, file(["number,kind,date", "+12125550123,inquiry,2026-02-01"]), world.deps);
  await importFacts(disconnectionsFile, file(["number,disconnected_on", "+12125550123,2026-02-01"]), world.deps);
  expect(await of(ANNA)).toMatchObject({
    relationships: [{ kind: "inquiry", date: "2026-02-01" }],
    disconnectedOn: "2026-02-01",
  });
});

test("answers of the Reassigned Numbers Database and types of lines: the latest counts, twice is once, an empty answer is refused", async () => {
  const answers = [
    "number,disconnected_on,queried_on",
    "+12125550123,2026-02-01,2026-02-20",
    "+12125550124,,2026-02-20",
    "+12125550125,,",
  ];
  const { refused, sink } = keep();
  expect(await importFacts(disconnectionsFile, file(answers), world.deps, sink)).toMatchObject({
    added: 2,
    known: 0,
    refused: 1,
  });
  expect(refused[0]?.reason ?? "").toContain("the line says nothing");
  expect(await importFacts(disconnectionsFile, file(answers), world.deps)).toMatchObject({ added: 0, known: 2 });
  await importFacts(disconnectionsFile, file(["number,queried_on", "+12125550123,2026-02-25"]), world.deps);
  expect(await of(ANNA)).toMatchObject({ disconnectedOn: "2026-02-01", queriedOn: "2026-02-25" });
  expect(await of(12125550124)).toMatchObject({ disconnectedOn: undefined, queriedOn: "2026-02-20" });
  const lines = [
    "number,line_type,date",
    "+12125550123,landline,2026-01-01",
    "+12125550123,Mobile,2026-02-01",
    "+12125550124,fax,2026-01-01",
  ];
  expect(await importFacts(linesFile, file(lines), world.deps)).toMatchObject({ added: 2, refused: 1 });
  expect((await of(ANNA))?.lineType).toBe("mobile");
  await importFacts(
    linesFile,
    file(["number,line_type,date", "+12125550123,voip,2026-02-20", "+12125550123,mobile,2026-02-20"]),
    world.deps,
  );
  expect((await of(ANNA))?.lineType).toBe("mobile");
});

test("what cannot be read as a whole is refused with advice", async () => {
  const headed = (header: string) => importFacts(attemptsFile, file([header, "x"]), world.deps);
  await expect(headed("numbr,at")).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("no column number"),
    advice: expect.stringContaining("Did you mean numbr?"),
  });
  const mapped = { ...file(["Tel,at", "+12125550123,2026-01-01T00:00:00Z"]), read: { mapping: { number: "Tel" } } };
  expect(await importFacts(attemptsFile, mapped, world.deps)).toMatchObject({ added: 1 });
  const misspelt = { ...file(["a"]), read: { mapping: { nmber: "Tel" } } };
  await expect(importFacts(attemptsFile, misspelt, world.deps)).rejects.toThrow("did you mean number?");
  await expect(importFacts(attemptsFile, file([""]), world.deps)).rejects.toThrow("empty");
  // Nothing of them is in force, and whoever asked was told: nobody has to see to them. A file that breaks off later is another matter.
  expect(await world.facts.listImports({ brokenOff: true, limit: 10 })).toEqual([]);
  const broken = { ...file(["number,at", "+12125550199,2026-01-01T00:00:00Z"]) };
  const cut = {
    ...broken,
    async *bytes() {
      yield* broken.bytes();
      for (let n = 0; n < 6000; n++) yield Buffer.from(`+1213${5_550_000 + n},2026-01-01T00:00:00Z\n`);
      await until(async () => (await world.facts.listImports({ limit: 10 })).some(({ inForce }) => inForce.attempts === 5000));
      throw new Error("the disk gives errors");
    },
  };
  await expect(importFacts(attemptsFile, cut, world.deps)).rejects.toThrow("the disk gives errors");
  expect(await world.facts.listImports({ brokenOff: true, limit: 10 })).toMatchObject([
    { kind: "attempts", reason: "the input broke off: the disk gives errors", inForce: { attempts: 5000 } },
  ]);
});

test("a registry file is put in force whole or not at all", async () => {
  const load = (lines: readonly string[], asOf: string, accept = false) =>
    loadRegistry(file(lines, "fl.txt"), { registry: "US", asOf, covers: "all", accept }, world.deps);
  expect(await load(["212,5550123", "850,5550117", "212,5550199"], "2026-02-01")).toMatchObject({
    result: "switched",
    read: 3,
    numbers: 3,
  });
  expect((await of(ANNA))?.registries).toEqual(["US"]);
  expect(await load(["212,5550123", "850,5550117", "212,5550199"], "2026-02-01")).toMatchObject({ result: "unchanged" });
  expect(await load(["212,5550123", "oops", "212,5550199"], "2026-02-15")).toMatchObject({
    result: "kept",
    refused: 1,
    reason: expect.stringContaining("1 lines cannot be read"),
  });
  expect(await load(["number", "+18505550117"], "2026-02-15")).toMatchObject({
    result: "kept",
    reason: expect.stringContaining("holds 0 numbers of the area code 212, the one in force 2"),
  });
  expect((await of(ANNA))?.registries).toEqual(["US"]);
  expect(await load(["number", "+18505550117"], "2026-02-15", true)).toMatchObject({ result: "switched" });
  expect((await of(ANNA))?.registries ?? []).toEqual([]);
  expect(await load(["number"], "2026-02-16", true)).toMatchObject({ result: "kept" });
  await expect(load(["number", "+18505550117"], "2026-02-01")).rejects.toMatchObject({ code: "invalid_state" });
});

test("raw outcomes suppress by the shipped codes and the operator's, by name or note as well", async () => {
  const outcome = (callId: string, number: number, code: string, text?: string) => ({
    callId,
    numbers: [number],
    code,
    text,
    at: world.clock.now(),
  });
  const report = await recordOutcomes(
    world.facts,
    [
      outcome("c1", 12125550001, "DISP_017", "Do not call"),
      outcome("c2", 12125550002, "DNC"),
      outcome("c3", 12125550003, "KEIN_ANRUF"),
      outcome("c4", 12125550004, "NO_ANSWER"),
    ],
    { actor: "ann" },
    ["kein anruf"],
  );
  expect(report).toEqual({ added: 4, suppressed: 3, unresolved: 0 });
  const found = await world.facts.of([12125550001, 12125550002, 12125550003, 12125550004], { attemptsSince: 0, files: [] });
  expect([...found.keys()].sort((a, b) => a - b)).toEqual([12125550001, 12125550002, 12125550003]);
});
