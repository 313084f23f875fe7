// Evidence packs: made from a store, checked in another folder with the public key alone; and what a pack that was changed is refused for.

import { chmod, copyFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { type Clock, createRandom } from "../../../src/kernel/index.ts";
import { compileRulePack, createGate, loadRegistry } from "../../../src/operations/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { startServer } from "../../support/server.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { changedPack, withoutEntry, withoutIndex } from "./forge.ts";

const NOW = Date.parse("2026-06-20T16:00:00Z");
const HOUR = 3_600_000;
const ANNA = 12125550123;
const BEN = 12125550124;

let world: TestStore<Clock>;
/** Where the packs are made, and where they are checked: the second has the public key and nothing else. */
let here: Awaited<ReturnType<typeof workFolder>>;
let there: Awaited<ReturnType<typeof workFolder>>;

beforeAll(async () => {
  world = await openTestStore(createTestClock(NOW));
  here = await workFolder();
  there = await workFolder();
  await copyFile(join(world.dir, "audit.pub"), join(there.path, "audit.pub"));
  await seed();
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await there[Symbol.asyncDispose]();
  await world.dispose();
});

/** A person who consented, was called twice and opted out in the second call; somebody else; and much that is about neither. */
async function seed() {
  const { facts, audit, dialer, holds } = world.store;
  const noise = (count: number) =>
    audit.append(Array.from({ length: count }, (_, i) => ({ actor: "ann", action: "note", subject: `noise ${i}` })));
  await noise(600);
  const file = { id: "imp_1", kind: "consent", sourceName: "consents.csv", actor: "ann" };
  await facts.startImport(file);
  const consent = { level: "written", basis: "form", wording: "You may call me.", source: "web", evidence: "form 7" } as const;
  await facts.addConsents(
    [ANNA, BEN].map((number) => ({ number, givenAt: NOW - 240 * HOUR, ...consent })),
    file.id,
  );
  await facts.finishImport(file, "sha256:abc", { read: 2, added: 2, known: 0, refused: 0 });
  await facts.declareNoCompanyList({ id: "imp_2", actor: "ann", name: "Ann", reason: "none yet" });
  await dialer.observe({ subject: "", settings: { ratio: 1.5 }, settingsHash: "hash", tag: null, actor: "ann" });
  await loadRegistry(
    {
      name: "us.txt",
      bytes: () =>
        (async function* () {
          yield Buffer.from("+12125550150\n");
        })(),
    },
    { registry: "US", asOf: "2026-06-12", covers: "all" },
    { facts, clock: createTestClock(NOW - 200 * HOUR), random: createRandom(1, "registry"), actor: "ann" },
  );
  const gate = createGate({
    facts,
    holds,
    clock: createTestClock(NOW - 3 * HOUR),
    random: createRandom(1, "gate"),
    actor: "ann",
    audit,
  });
  await gate({
    campaign: "renewals",
    callType: "telemarketing",
    pack: compileRulePack(usCaUk2026()),
    contacts: (async function* () {
      yield { number: ANNA };
    })(),
  });
  await noise(50);
  const attempt = { number: ANNA, kind: "attempt", subject: "", campaign: "renewals", answer: null } as const;
  const made = [
    { ...attempt, at: NOW + HOUR, callId: "call_1" },
    { ...attempt, at: NOW + 14 * HOUR, callId: "call_2", kind: "conversation", answer: "served" } as const,
    { ...attempt, at: NOW + 2 * HOUR, callId: "call_3", number: BEN },
  ];
  await facts.addAttempts(made, { actor: "ann" });
  const details = { campaign: "renewals", code: "DISP_1", result: "tagged" };
  await audit.append([{ actor: "ann", action: "disposition.assign", subject: "call_1", details }]);
  await noise(5);
  const said = { callId: "call_2", code: "do not call me", at: NOW + 14 * HOUR, number: null, campaign: "renewals" };
  await facts.addOutcomes([{ ...said, optOut: "words" }], { actor: "pull" });
  await noise(30);
}

const env = () => ({ DATABASE_URL: world.url, OUTDIAL_DIR: world.dir, OUTDIAL_ACTOR: "clara" });
const make = (...args: string[]) =>
  runCli(["audit", "pack", ...args, "--json"], { cwd: here.path, env: env(), clock: createTestClock(NOW + 24 * HOUR) });
const check = (...args: string[]) => runCli(["audit", "verify-pack", ...args, "--json"], { cwd: there.path, env: {} });

/** A pack as lines. */
async function packed(name: string, ...args: string[]): Promise<string[]> {
  const made = await make(...args, "--out", join(there.path, name));
  expect(made).toMatchObject({ code: 0, stderr: "" });
  return (await readFile(join(there.path, name), "utf8")).trimEnd().split("\n");
}

const verdict = async (name: string) => JSON.parse((await check(name, "--key", "audit.pub")).stdout) as Record<string, unknown>;
function exchanged(lines: readonly string[], a: string, b: string): string[] {
  const places = [a, b].map((action) => lines.findIndex((line) => line.includes(`"action":"${action}"`)));
  return lines.map((line, i) => (i === places[0] ? lines[places[1] ?? 0] : i === places[1] ? lines[places[0] ?? 0] : line) ?? "");
}

const kinds = (lines: readonly string[], kind: string) =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line["kind"] === kind);

describe("about a number", () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await packed("anna.ndjson", "--phone", "(212) 555-0123");
  });

  test("it has the consent, the opt-out, the calls, the gate, the settings, and each entry of the log about them", async () => {
    expect(kinds(lines, "consent")).toMatchObject([{ number: "+12125550123", wording: "You may call me.", import: "imp_1" }]);
    expect(kinds(lines, "optOut")).toMatchObject([
      { origin: "outcome", code: "do not call me", reference: "call_2", liftedAt: null },
    ]);
    expect(kinds(lines, "revocation")).toMatchObject([{ channel: "outcome", reference: "call_2" }]);
    expect(kinds(lines, "attempt")).toMatchObject([{ callId: "call_1" }, { callId: "call_2", call: "conversation" }]);
    expect(kinds(lines, "disposition")).toMatchObject([{ callId: "call_2", code: "do not call me" }]);
    expect(kinds(lines, "import")).toMatchObject([{ id: "imp_1", contentHash: "sha256:abc" }]);
    expect(kinds(lines, "settings")).toMatchObject([{ settings: { ratio: 1.5 }, until: null }]);
    expect(kinds(lines, "manifest")).toMatchObject([{ manifest: { campaign: "renewals" } }]);
    const entries = kinds(lines, "entry").map(({ entry }) => entry as { action: string; subject: string });
    expect(entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      "consent.import consents.csv",
      "gate.manifest renewals",
      "disposition.assign call_1",
      "dnc.suppress +12125550123",
    ]);
    expect(lines.join("\n")).not.toContain("2125550124");
  });

  test("each call that was placed is decided with its rules and where they stand, on the facts of its moment", () => {
    type Text = { citation: string; text: string };
    const decisions = kinds(lines, "decision") as {
      of: string;
      at: string;
      rules: string[];
      reasons: Text[];
      weighed: Text[] | null;
    }[];
    expect(decisions.map(({ of, at }) => [of, at])).toEqual([
      ["placed", "2026-06-20T17:00:00Z"],
      ["placed", "2026-06-21T06:00:00Z"],
      ["now", "2026-06-21T16:00:00Z"],
    ]);
    // At 2 in the morning in New York; and by then nobody had asked not to be called.
    expect(decisions[1]?.rules).toContain("HOURS_FEDERAL");
    expect(decisions[1]?.rules.filter((rule) => rule.startsWith("DNC_INTERNAL"))).toEqual([]);
    expect(decisions[2]?.rules.join()).toMatch(/INTERNAL/);
    // The first one was allowed: by what, and on which facts.
    expect(decisions.map(({ weighed }) => weighed === null)).toEqual([false, true, true]);
    const weighed = decisions[0]?.weighed?.map(({ text }) => text) ?? [];
    for (const fact of ["13:00 in America/New_York", "lifted by written consent of 2026-06-10", "file of US of 2026-06-12"])
      expect(weighed).toContainEqual(expect.stringContaining(fact));
    for (const { reasons } of decisions) for (const { citation } of reasons) expect(citation).not.toBe("");
  });

  test("it holds without the store, and that it was made is in the log", async () => {
    expect(await verdict("anna.ndjson")).toMatchObject({
      ok: true,
      about: { number: "+12125550123" },
      madeBy: "clara",
      entries: 4,
      size: 691,
      whole: null,
      empty: false,
      uncited: 0,
    });
    const [entry] = await world.store.audit.list({ action: "audit.pack", subject: "+12125550123" });
    expect(entry).toMatchObject({ actor: "clara", details: { about: { number: "+12125550123" }, entries: 4 } });
  });

  test("in the place of a file that others may read it is its owner's alone; one that fails leaves what was there", async () => {
    const files = [join(there.path, "again.ndjson"), join(there.path, "again.pdf")] as const;
    for (const file of files) {
      await writeFile(file, "an older pack");
      await chmod(file, 0o644);
    }
    const failed = await runCli(["audit", "pack", "--from", "2026-06-01", "--to", "2026-05-01", "--out", files[0]], {
      cwd: here.path,
      env: env(),
      clock: createTestClock(NOW),
    });
    expect(failed.code).toBe(2);
    expect(await readFile(files[0], "utf8")).toBe("an older pack");
    expect(await make("--phone", "+12125550123", "--out", files[0], "--pdf", files[1])).toMatchObject({ code: 0 });
    for (const file of files) expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
    expect((await readdir(there.path)).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    ["an entry is edited", (all) => all.map((line) => line.replace("DISP_1", "DISP_2")), /changed after it was signed/],
    [
      "an entry is left out",
      (all) => all.filter((line) => !line.includes("dnc.suppress")),
      /hashes cannot stand|stands where|changed|index/,
    ],
    [
      "a fact is left out",
      (all) => all.filter((line) => !line.includes('"kind":"consent"')),
      /the index names 1 lines of the kind consent, and 0/,
    ],
    [
      "a citation is taken away",
      (all) => all.map((line) => line.replace(/"citation":"[^"]+"/, '"citation":""')),
      /no citation is given for/,
    ],
    ["the end is cut off", (all) => all.slice(0, -1), /the end is missing/],
    ["two entries are exchanged", (all) => exchanged(all, "gate.manifest", "disposition.assign"), /stands where entry/],
    ["the file is cut off within a line", (all) => [...all.slice(0, -1), "{"], /not JSON/],
    ["something is added follows the end", (all) => [...all, all[0] ?? ""], /after the signature/],
    [
      "the signature's line is written differently",
      (all) => [...all.slice(0, -1), ` ${all.at(-1)}`],
      /not written as a pack writes it/,
    ],
    ["a byte order mark stands before it", (all) => [`\ufeff${all[0]}`, ...all.slice(1)], /no evidence pack/],
    ["a line is said twice", (all) => [...all.slice(0, 2), ...all.slice(1)], /index/],
    ["it is no pack", () => ["{}"], /no evidence pack/],
  ])("refused when %s", async (name, change, message) => {
    await writeFile(join(there.path, "changed"), `${change(lines).join("\n")}\n`);
    expect(await verdict("changed"), name).toMatchObject({ ok: false, message: expect.stringMatching(message) as string });
  });

  test.each([
    ["half a character", Buffer.of(0xc3), /not UTF-8/],
    ["a line that does not end", Buffer.from("x"), /in the middle of a line/],
    ["an empty line", Buffer.from("\n"), /after the signature/],
  ])("refused when %s follows the last line", async (_, more, message) => {
    await writeFile(join(there.path, "longer"), Buffer.concat([await readFile(join(there.path, "anna.ndjson")), more]));
    expect(await verdict("longer")).toMatchObject({ ok: false, message: expect.stringMatching(message) as string });
  });

  test("signed anew by another key, or with entries that were never in the log, it is refused", async () => {
    const forger = await openTestStore(createTestClock(NOW));
    // Who holds another key can sign everything anew, but not the head of this log.
    await writeFile(
      join(there.path, "forged"),
      changedPack(lines, "DISP_1", "DISP_2", (text) => forger.store.audit.sign(text)),
    );
    expect(await verdict("forged")).toMatchObject({ ok: false, message: expect.stringContaining("not of this key") as string });
    // Nor can the log's own key put an entry in that the signed root does not have.
    await writeFile(
      join(there.path, "own"),
      changedPack(lines, "DISP_1", "DISP_2", (text) => world.store.audit.sign(text)),
    );
    expect(await verdict("own")).toMatchObject({
      ok: false,
      message: expect.stringContaining("not those that were signed") as string,
    });
    // Nor does the head of another log stand for this one.
    await forger.store.audit.append([{ actor: "eve", action: "note", subject: "x" }]);
    const heads = [
      (JSON.parse(lines[0] ?? "") as { log: { checkpoint: string } }).log.checkpoint,
      await forger.store.audit.checkpoint(),
    ];
    const [from = "", to = ""] = heads.map((head) => JSON.stringify(head));
    await writeFile(
      join(there.path, "head"),
      changedPack(lines, from, to, (text) => world.store.audit.sign(text)),
    );
    expect(await verdict("head")).toMatchObject({ ok: false, message: "the checkpoint is not signed by this key" });
    await forger.dispose();
  });

  test("without its index, or a decision without the reason of a rule, it is refused even when it is signed", async () => {
    const sign = (text: string) => world.store.audit.sign(text);
    await writeFile(join(there.path, "unindexed"), withoutIndex(lines, sign));
    expect(await verdict("unindexed")).toMatchObject({ ok: false, message: "there is no index" });
    const denied = kinds(lines, "decision").find(({ rules }) => (rules as readonly string[]).length > 0);
    const reasons = JSON.stringify(denied?.["reasons"]);
    expect(lines.join("\n")).toContain(reasons);
    await writeFile(join(there.path, "unreasoned"), changedPack(lines, reasons, "[]", sign));
    expect(await verdict("unreasoned")).toMatchObject({
      ok: false,
      message: expect.stringContaining("no reason is given") as string,
    });
  });

  test("the PDF holds the pack, and is refused when a byte of it is changed", async () => {
    const pdf = join(there.path, "anna.pdf");
    expect(await make("--phone", "+12125550123", "--pdf", pdf)).toMatchObject({ code: 0, stderr: "" });
    expect(await verdict("anna.pdf")).toMatchObject({ ok: true, about: { number: "+12125550123" } });
    const bytes = await readFile(pdf);
    for (const more of ["\n", " ", "%"]) {
      await writeFile(pdf, Buffer.concat([bytes, Buffer.from(more)]));
      expect(await verdict("anna.pdf")).toMatchObject({
        ok: false,
        message: expect.stringContaining("follows the end") as string,
      });
    }
    const at = bytes.indexOf("/Title");
    bytes[at + 1] = 0x58;
    await writeFile(pdf, bytes);
    expect(await verdict("anna.pdf")).toMatchObject({ ok: false, message: expect.stringContaining("PDF was changed") as string });
  });
});

test("about a number that nobody knows: a pack that says so", async () => {
  await packed("nobody.ndjson", "--phone", "+12125550199");
  expect(await verdict("nobody.ndjson")).toMatchObject({ ok: true, entries: 0, empty: true });
  const told = await runCli(["audit", "verify-pack", "nobody.ndjson", "--key", "audit.pub"], { cwd: there.path, env: {} });
  expect(told.stdout).toContain("there was no entry and no fact about this");
});

test("about a campaign: everybody it called, its dispositions, its gates", async () => {
  const lines = await packed("campaign.ndjson", "--campaign", "renewals");
  expect(kinds(lines, "consent")).toHaveLength(2);
  expect(kinds(lines, "attempt")).toHaveLength(3);
  expect(kinds(lines, "manifest")).toHaveLength(1);
  const actions = kinds(lines, "entry").map(({ entry }) => (entry as { action: string }).action);
  expect(actions).toEqual(["consent.import", "gate.manifest", "disposition.assign"]);
  expect(await verdict("campaign.ndjson")).toMatchObject({ ok: true, whole: null, entries: 3 });
});

describe("about a period", () => {
  test("no entry may be missing from it: a run with a gap is refused even when it is signed", async () => {
    const lines = await packed("day.ndjson", "--from", "2026-06-20", "--to", "2026-06-22");
    const held = await verdict("day.ndjson");
    expect(held).toMatchObject({ ok: true, whole: true, size: held["entries"] });
    await writeFile(
      join(there.path, "gap"),
      withoutEntry(lines, 650, (text) => world.store.audit.sign(text)),
    );
    expect(await verdict("gap")).toMatchObject({
      ok: false,
      message: expect.stringContaining("entries of the period are missing") as string,
    });
  });

  test("one that does not reach the ends of its period, or has no entry of it, is refused even when it is signed", async () => {
    const sign = (text: string) => world.store.audit.sign(text);
    const refused = { ok: false, message: expect.stringContaining("entries of the period are missing") as string };
    const short = await packed("short.ndjson", "--from", "2020-01-01", "--to", "2020-02-01");
    const none = await packed("none.ndjson", "--phone", "+12125550199");
    for (const [head = "", ...rest] of [short, none]) {
      const about = /"about":\{[^}]*\}/.exec(head)?.[0] ?? "";
      const other = head.replace(about, '"about":{"from":"2020-01-01T00:00:00.000Z","to":"2027-01-01T00:00:00.000Z"}');
      await writeFile(join(there.path, "other-period"), changedPack([other, ...rest], about, about, sign));
      expect(await verdict("other-period")).toMatchObject(refused);
    }
  });

  test("one before the log began is empty and whole", async () => {
    await packed("before.ndjson", "--from", "2020-01-01", "--to", "2020-02-01");
    expect(await verdict("before.ndjson")).toMatchObject({ ok: true, whole: true, lines: { entry: 1 } });
  });

  test("asked for without an end, or together with a number, it is refused", async () => {
    expect(await make("--from", "2026-06-20", "--out", "-")).toMatchObject({ code: 2 });
    expect(await make("--campaign", "c", "--phone", "+12125550123", "--out", "-")).toMatchObject({ code: 2 });
    expect(await make("--campaign", "c")).toMatchObject({ code: 2 });
  });
});

test("of a log without entries, of a campaign with an odd name, of a log from which rows were removed", async () => {
  const other = await openTestStore(createTestClock(NOW));
  const cli = (...args: string[]) =>
    runCli(["audit", ...args, "--json"], { cwd: other.dir, env: { DATABASE_URL: other.url, OUTDIAL_DIR: other.dir } });
  const seen = async () => JSON.parse((await cli("verify-pack", "pack", "--key", "audit.pub")).stdout) as object;
  const out = ["--out", join(other.dir, "pack")];
  expect(await cli("pack", "--from", "2026-06-01", "--to", "2026-07-01", ...out)).toMatchObject({ code: 0 });
  expect(await seen()).toMatchObject({ ok: true, entries: 0, size: 0, whole: true, empty: true });
  expect(await cli("pack", "--campaign", "../x", ...out, "--pdf", join(other.dir, "pdf"))).toMatchObject({ code: 0 });
  expect(await seen()).toMatchObject({ ok: true, about: { campaign: "../x" }, entries: 0, size: 1, empty: true });

  await other.store.audit.append(Array.from({ length: 20 }, (_, i) => ({ actor: "ann", action: "note", subject: `${i}` })));
  const client = new pg.Client({ connectionString: other.url });
  await client.connect();
  await client.query("delete from outdial.audit where seq = 7");
  await client.end();
  for (const about of [
    ["--phone", "+12125550123"],
    ["--from", "2026-06-01", "--to", "2026-07-01"],
  ]) {
    expect(await cli("pack", ...about, "--out", join(other.dir, "none"))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("audit verify") as string,
    });
    expect((await readdir(other.dir)).filter((name) => name.startsWith("none"))).toEqual([]);
  }
  await other.dispose();
});

test("over the API for operators, as a stream and as a PDF; each is in the audit with the number", async () => {
  await using server = await startServer();
  const { tokens, world: served } = server;
  const post = (path: string, token: string, body: object) =>
    server.ask(`/api/v1/audit/${path}`, {
      method: "POST",
      token,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await post("pack", tokens.viewer, { campaign: "c" })).status).toBe(403);
  expect((await post("pack", tokens.operator, {})).status).toBe(400);
  const answer = await post("pack", tokens.operator, { number: "+12125550123" });
  expect(answer.headers.get("content-disposition")).toContain("evidence.ndjson");
  await copyFile(join(served.dir, "audit.pub"), join(there.path, "other.pub"));
  await writeFile(join(there.path, "api"), await answer.text());
  expect(JSON.parse((await check("api", "--key", "other.pub")).stdout)).toMatchObject({ ok: true, madeBy: "operator" });
  const pdf = await post("pack.pdf", tokens.operator, { number: "+12125550123" });
  expect(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
  const recorded = await served.store.audit.list({ subject: "+12125550123" });
  expect(recorded.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["audit.pack", "api.audit.pack", "api.audit.packPdf"]),
  );
});
