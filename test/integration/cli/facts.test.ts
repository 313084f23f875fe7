// consent, dnc, attempts and the compliance commands on facts as a user meets them: processes with files, PostgreSQL behind.

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/tenant/index.ts";
import { beginCli, runCli, workFolder } from "../../support/cli.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { until } from "../../support/until.ts";

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;

beforeEach(async () => {
  database = await createDatabase();
  folder = await workFolder();
});
afterEach(async () => {
  await database.dispose();
  await folder[Symbol.asyncDispose]();
});

const outdial = (args: string[], input?: string, env: Record<string, string> = {}) =>
  runCli(args, { cwd: folder.path, env: { DATABASE_URL: database.url, ...env }, ...(input === undefined ? {} : { input }) });
const write = (name: string, lines: readonly string[]) => writeFile(join(folder.path, name), `${lines.join("\n")}\n`);
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
/** So many days before today, as a date. */
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

test("the clock that a command line is given is the one that counts", async () => {
  const at = Date.parse("2031-03-04T05:06:07Z");
  const clock = { ...systemClock, now: () => at };
  const run = (...args: string[]) => runCli(args, { cwd: folder.path, env: { DATABASE_URL: database.url }, clock });
  await run("dnc", "add", "+12125550123", "--reason", "asked");
  const audit = await run("audit", "list", "--json");
  expect(json(audit.stdout)).toMatchObject({ items: [{ time: "2031-03-04T05:06:07.000Z" }] });
  const explained = await run("compliance", "explain", "+12125550199", "--json");
  expect(explained.stdout).toContain("2031-03-04T05:06:07");
});

test("consent import reports each refused line, exits 4, and adds nothing the second time", async () => {
  await write("consent.csv", ["number,level,given_at", "+12125550123,written,2026-01-05", "nobody,written,2026-01-05"]);
  const first = await outdial(["consent", "import", "consent.csv"]);
  expect(first).toMatchObject({ code: 4, stdout: "consent: 1 new, 0 known, 1 refused of 2\n" });
  expect(first.stderr).toContain('line 3: number: "nobody" is not a telephone number');
  const again = await outdial(["consent", "import", "consent.csv", "--json", "--refused", "refused.ndjson"]);
  expect(again.code).toBe(4);
  expect(json(again.stdout)).toMatchObject({ kind: "consent", added: 0, known: 1, refused: 1, registry: null });
  expect(json(await readFile(join(folder.path, "refused.ndjson"), "utf8"))).toMatchObject({ line: 3, field: "number" });
  const misspelt = await outdial(["consent", "import", "consent.csv", "--column", "nmber=number"]);
  expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean number?") });
  expect(await outdial(["consent", "import", "absent.csv"])).toMatchObject({ code: 2 });
});

test("an opt-out that may be of two people is told as one of both; one that names nobody is refused, and the gate says the same", async () => {
  await write("bad.csv", ["number", '"+2125550160"']);
  const refused = await outdial(["dnc", "import", "bad.csv"]);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/line 2: number: "\+2125550160" has a plus before ten digits/);
  expect(refused.stderr).toMatch(/not put in force, because its only line is refused[\s\S]*--accept/);
  expect(await outdial(["dnc", "add", "+2125550160", "--reason", "asked"])).toMatchObject({ code: 2 });
  const explained = await outdial(["compliance", "explain", "+2125550160", "--json"]);
  expect(json(explained.stdout)).toMatchObject({ rules: ["INVALID_NUMBER"] });

  const added = await outdial(["dnc", "add", "+6465550160", "--reason", "asked"]);
  expect(added).toMatchObject({ code: 0, stdout: "+6465550160 is on the do-not-call list\n" });
  expect(added.stderr).toContain("the text may be +6465550160 or +16465550160: +6465550160 and +16465550160 are suppressed");
  const shown = await outdial(["dnc", "show", "+6465550160"]);
  expect(shown.stdout).toMatch(/^\+6465550160: on the company's list[\s\S]*^\+16465550160: on the company's list/m);
  const both = await outdial(["compliance", "explain", "+6465550160", "--json"]);
  expect(json(both.stdout)).toMatchObject({ number: "+6465550160 or +16465550160", decision: "deny" });
  expect(await outdial(["dnc", "lift", "+6465550160", "--reason", "by mistake", "--yes"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("write the one that is meant: 006465550160 or +16465550160"),
  });
  await write("good.csv", ["number", "(212) 555-0123 x7", "+12125550124"]);
  const imported = await outdial(["dnc", "import", "good.csv"]);
  expect(imported).toMatchObject({ code: 0, stdout: "dnc: 2 new, 0 known, 0 refused of 2\n" });
  expect(imported.stderr).toContain("has an extension: others may share the line; the line counts for it");
});

test("a folder beside a database of the environment is told to be for the keys, once; beside --database-url nothing is told", async () => {
  const listed = await outdial(["--dir", "here", "dnc", "pending"]);
  expect(listed.stderr.match(/the store is the database of DATABASE_URL; the folder .*here of --dir/g)).toHaveLength(1);
  const named = await outdial(["--dir", "here", "dnc", "pending", "--database-url", database.url]);
  expect(named).toMatchObject({ code: 0, stderr: expect.not.stringContaining("the store is") });
  await write("taken", ["x"]);
  const file = await outdial(["--dir", "taken", "dnc", "pending"]);
  expect(file).toMatchObject({ code: 2, stderr: expect.stringMatching(/--dir: .*taken is a file/) });
});

test("what a file holds never steers the terminal: no message has control characters", async () => {
  const hostile = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e";
  const inputs = [
    `${hostile},level\n1,written\n`,
    `number,level,given_at\n${hostile},${hostile},2026-01-05\n`,
    "\u0000\u0001\u001b[2J,\u0002\n\u0003",
  ];
  for (const input of inputs) {
    const { code, stderr } = await outdial(["consent", "import", "-"], input);
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  }
});

test("a database that does not answer leaves no keys behind", async () => {
  const away = { DATABASE_URL: "postgres://ann:secret@127.0.0.1:1/x" };
  const imported = await outdial(["dnc", "import", "-"], "+12125550123\n", away);
  expect(imported).toMatchObject({ code: 1, stderr: expect.stringContaining("does not answer") });
  expect(imported.stderr).not.toContain("secret");
  expect(existsSync(join(folder.path, ".outdial/audit.key"))).toBe(false);
});

test("dnc: add, import, show, lift with a reason and an actor; the registry's file with its date", async () => {
  expect(await outdial(["dnc", "add", "212 555 0123", "--reason", "said stop", "--reference", "call 7"])).toMatchObject({
    code: 0,
  });
  expect((await outdial(["dnc", "import", "-"], "+12125550123\n+12125550124\n")).stdout).toBe(
    "dnc: 2 new, 0 known, 0 refused of 2\n",
  );
  const shown = json((await outdial(["dnc", "show", "+12125550123", "--json"])).stdout);
  expect(shown).toMatchObject({
    number: "+12125550123",
    suppressedSince: expect.any(String),
    history: [{ origin: "manual" }, { origin: "list" }],
  });

  const explained = await outdial(["compliance", "explain", "+1 (212) 555-0123", "--at", `${daysAgo(-1)}T15:00:00Z`]);
  expect(explained.stdout).toMatch(/^decided on what the store knows: .*\n/);
  expect(explained.stdout).toMatch(/^DENY: .*DNC_INTERNAL/m);
  expect(explained.stdout).toMatch(/^ {2}DNC_STALE: no registry of US is loaded.*outdial dnc import/m);

  const clock = await outdial(["compliance", "revocations", "--open", "--number", "+12125550123", "--json"]);
  expect(json(clock.stdout)).toMatchObject({ items: [{ channel: "do-not-call request", reference: "call 7", open: true }] });

  expect(await outdial(["dnc", "lift", "+12125550123"])).toMatchObject({ code: 2 });
  const lifted = await outdial(["dnc", "lift", "+12125550123", "--reason", "signed letter of today"], undefined, {
    OUTDIAL_ACTOR: "officer",
  });
  expect(lifted).toMatchObject({ code: 0, stdout: "+12125550123: 2 entries lifted by officer\n" });
  const after = await outdial(["dnc", "show", "+12125550123"]);
  expect(after.stdout).toContain("not on the company's list");
  expect(after.stdout).toContain("by officer: signed letter of today");
  expect(await outdial(["dnc", "lift", "+12125550123", "--reason", "again"])).toMatchObject({ code: 1 });

  const national = ["dnc", "import", "us.txt", "--list", "national"];
  await write("us.txt", ["212,5550125", "212,5550126"]);
  expect(await outdial(national)).toMatchObject({ code: 2, stderr: expect.stringContaining("--as-of") });
  expect(await outdial([...national, "--as-of", "2026-02-30"])).toMatchObject({ code: 2 });
  expect((await outdial([...national, "--as-of", daysAgo(2)])).stdout).toBe(
    `registry US of ${daysAgo(2)} is in force for the area code 212: 2 numbers; numbers in other area codes stay uncovered (for the file of a whole list: --covers all)\n`,
  );
  await write("us.txt", ["212,5550125"]);
  expect(await outdial([...national, "--as-of", daysAgo(1)])).toMatchObject({ code: 0 });
  await write("us.txt", ["212,5550125", "x"]);
  const kept = await outdial([...national, "--as-of", daysAgo(1)]);
  expect(kept).toMatchObject({ code: 4, stdout: expect.stringContaining("NOT put in force") });
  const listed = await outdial(["dnc", "show", "+12125550125"]);
  expect(listed.stdout).toContain(`on the registry of US\n  registry US: listed, as of ${daysAgo(1)}\n`);
  const elsewhere = ["dnc", "show", "+18135550125"];
  expect((await outdial(elsewhere)).stdout).toContain("registry US: no loaded file covers this number");
  expect(json((await outdial([...elsewhere, "--json"])).stdout)).toMatchObject({
    checkedAgainst: [{ registry: "US", asOf: null }],
  });

  await write("us.txt", [`212,5550125,${daysAgo(0)},D`, `212,5550127,${daysAgo(0)},A`]);
  const change = [...national, "--as-of", daysAgo(0)];
  expect(await outdial(change)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/list of changes[^]*--changes-since DATE/),
  });
  expect(await outdial([...change, "--changes-since", daysAgo(0)])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining("what changed in between is missing"),
  });
  expect((await outdial([...change, "--changes-since", daysAgo(1)])).stdout).toBe(
    `registry US is now as of ${daysAgo(0)} for the area code 212: 1 numbers added, 1 deleted\n`,
  );
  const registries = await outdial(["dnc", "registries"]);
  expect(registries.stdout).toMatch(new RegExp(`^US as of ${daysAgo(0)}, 1 numbers, loaded 20\\S+: the area code 212\n$`));
});

test("gate: fail closed without a registry file, then counts, verdicts, a manifest that verifies and one that does not", async () => {
  await write("contacts.csv", ["id,phone", "a,+12125550123", "b,+12125550124", "c,+12065550155", "d,none"]);
  const at = ["--at", "2026-06-16T13:30:00Z"];
  const gate = ["compliance", "gate", "contacts.csv", "--campaign", "camp_1", ...at];
  const closed = await outdial([...gate, "--json"]);
  expect(json(closed.stdout)).toMatchObject({
    manifest: { counts: { dial: 0, never: 3, refused: 1 }, byRule: { DNC_STALE: 3 } },
  });
  await write("readable.csv", ["id,phone", "a,+12125550123"]);
  const readable = ["compliance", "gate", "readable.csv", "--campaign", "camp_1", ...at];
  expect((await outdial(readable)).code).toBe(0);
  expect((await outdial([...readable, "--check"])).code).toBe(3);

  await write("us.txt", ["212,5550125"]);
  await outdial(["dnc", "import", "us.txt", "--list", "national", "--covers", "all", "--as-of", "2026-06-10"]);
  await outdial(["dnc", "add", "+12125550124", "--reason", "asked"]);
  expect((await outdial([...readable, "--check"])).code).toBe(0);
  const open = await outdial([...gate, "--out", "verdicts.ndjson", "--manifest", "gate.json", "--reasons"]);
  expect(open.code).toBe(4);
  expect(open.stderr).toContain("line 5: number");
  expect(open.stdout.split("\n")[0]).toBe(
    "4 loaded: 1 callable now, 1 do not call, 1 outside calling hours until 2026-06-16T15:00:00Z, 1 unreadable",
  );
  const verdicts = (await readFile(join(folder.path, "verdicts.ndjson"), "utf8")).trim().split("\n").map(json);
  expect(verdicts.map(({ id, verdict, next }) => [id, verdict, next])).toEqual([
    ["a", "dial", undefined],
    ["b", "never", undefined],
    ["c", "later", "2026-06-16T15:00:00Z"],
  ]);
  // Who asked not to be called has taken consent back as well.
  expect(verdicts[1]).toMatchObject({
    rules: ["CONSENT_REVOKED", "DNC_INTERNAL"],
    reasons: [expect.any(String), expect.any(String)],
  });

  const verify = ["compliance", "verify-manifest", "gate.json"];
  // Offline: no database.
  const offline = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
  expect(await outdial([...verify, "--decisions", "verdicts.ndjson"], undefined, offline)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("verified: signed by outdial.audit/"),
  });
  const manifest = await readFile(join(folder.path, "gate.json"), "utf8");
  await writeFile(join(folder.path, "gate.json"), manifest.replace('"dial": 1', '"dial": 3'));
  expect(await outdial(verify)).toMatchObject({ code: 1, stdout: expect.stringContaining("NOT verified") });
  await writeFile(join(folder.path, "gate.json"), manifest);
  await writeFile(join(folder.path, "verdicts.ndjson"), "{}\n");
  expect(await outdial([...verify, "--decisions", "verdicts.ndjson", "--json"])).toMatchObject({ code: 1 });
  expect(json((await outdial(["audit", "verify", "--json"])).stdout)).toMatchObject({ ok: true });
});

test("revocations: overdue first with exit 3, until every system has acknowledged", async () => {
  await writeFile(join(folder.path, "outdial.yaml"), "compliance: { revocationTargets: { dialer: 1, crm: 9999 } }\n");
  const revoke = (number: string, at: string[]) =>
    outdial(["consent", "revoke", number, "--channel", "sms", "--reference", "m-1", ...at]);
  expect(await revoke("+12125550123", [])).toMatchObject({ code: 0 });
  expect(await revoke("+12125550124", ["--at", `${daysAgo(30)}T15:00:00Z`])).toMatchObject({ code: 0 });
  expect(await revoke("+12125550124", ["--at", `${daysAgo(-2)}T15:00:00Z`])).toMatchObject({ code: 2 });
  const list = ["compliance", "revocations", "--open"];
  const first = await outdial(list);
  expect(first.code).toBe(3);
  expect(first.stdout.split("\n").map((line) => line.slice(0, 15).trim())).toEqual(["2  +12125550124", "1  +12125550123", ""]);
  expect(first.stdout.match(/OVERDUE/g)).toHaveLength(2);

  const acknowledge = (system: string, ...ids: string[]) => outdial(["compliance", "acknowledge", ...ids, "--system", system]);
  expect(await acknowledge("cmr", "2")).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean crm?") });
  expect(await acknowledge("crm", "2", "1")).toMatchObject({ code: 0 });
  expect(await acknowledge("dialer", "2")).toMatchObject({ code: 0, stdout: "2: dialer has carried it out\n" });
  const rest = await outdial([...list, "--json"]);
  expect(rest.code).toBe(0);
  expect(json(rest.stdout)).toMatchObject({ items: [{ id: 1, number: "+12125550123", open: true, overdue: false }] });
  expect((await outdial(["compliance", "revocations"])).stdout).toContain("dialer late");
});

test("abandonment: rate, allowance and the vendor's figure under each limit of the pack", async () => {
  const lines = ["number,at,campaign,answered_by,connect_seconds"];
  for (let n = 0; n < 300; n++) {
    const late = n % 50 === 0;
    lines.push(
      `+1212555${String(n).padStart(4, "0")},2026-06-16T14:${String(n % 60).padStart(2, "0")}:00Z,camp_1,person,${late ? "" : "1"}`,
    );
  }
  for (let n = 300; n < 500; n++) lines.push(`+1212555${String(n).padStart(4, "0")},2026-06-16T14:00:00Z,camp_1,machine,`);
  await write("attempts.csv", lines);
  expect(await outdial(["attempts", "import", "attempts.csv"])).toMatchObject({
    code: 0,
    stdout: "attempts: 500 new, 0 known, 0 refused of 500\n",
  });
  const ask = ["compliance", "abandonment", "--campaign", "camp_1", "--at", "2026-06-16T15:00:00Z"];
  const text = await outdial([...ask, "--country", "us"]);
  expect(text.code).toBe(0);
  expect(text.stdout).toContain("abandoned: 2.00 % (6 of 300, no interval: too few days)");
  expect(text.stdout).toContain("the vendor's figure from the same calls: 1.20 % (6 of 500);");
  const all = json((await outdial([...ask, "--json"])).stdout);
  expect(all["items"]).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        campaign: "camp_1",
        rule: "us-abandonment",
        budget: expect.objectContaining({
          rate: {
            rate: 0.02,
            low: null,
            high: null,
            numerator: 6,
            denominator: 300,
            confidence: 0.95,
            days: 1,
            withheld: "too few days",
          },
          used: 6 / 9,
          left: 3,
          withinLimit: true,
        }),
      }),
    ]),
  );
  expect(await outdial([...ask, "--country", "FR"])).toMatchObject({ code: 2 });

  // Never a target above the law, and nothing is said where there are no calls to say it of.
  expect(text.stdout).toContain("an abandonment rate of 3.00 % keeps the limit for 30 days, 3.00 % until the day ends");
  const nothing = (await outdial([...ask.with(3, "camp_2"), "--country", "us"])).stdout;
  expect(nothing).toMatch(
    /^ {2}not known: no live answer of it is among the imported calls of this time \(outdial attempts import FILE\)$/m,
  );
  expect(nothing).not.toMatch(/NaN|0 of 0|more may be|keeps the limit|does not run out/);
  const unknown = json((await outdial([...ask.with(3, "camp_2"), "--country", "us", "--json"])).stdout);
  expect(unknown["items"]).toMatchObject([
    {
      budget: {
        windowHours: 720,
        rate: { rate: null, denominator: 0 },
        used: null,
        left: null,
        withinLimit: null,
        burnRate: null,
      },
      sustainableRate: null,
      sustainableToday: null,
      vendorRate: null,
    },
  ]);
});

test("a gate on record: replay says what another pack would change, manifests lists what was signed", async () => {
  await write("us.txt", ["2125550150"]);
  await outdial(["dnc", "import", "us.txt", "--list", "national", "--covers", "all", "--as-of", "2026-06-10"]);
  await write("list.csv", ["number,id", "+12125550123,a", "+12065550155,b", "+12125550150,c", "(212) 555-0123,a again"]);
  const gate = ["compliance", "gate", "list.csv", "--campaign", "camp_1", "--at", "2026-06-16T15:00:00Z"];
  const made = await outdial([...gate, "--record", "monday.ndjson", "--out", "out.ndjson", "--manifest", "gate.json"]);
  expect(made.code).toBe(0);
  expect(made.stdout).toContain("4 loaded: 2 callable now, 1 do not call, 1 on the list already");
  const verify = ["compliance", "verify-manifest", "gate.json", "--decisions", "out.ndjson", "--record"];
  expect(await outdial([...verify, "out.ndjson"])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("the record is not that of this manifest"),
  });

  await write("overlay.yaml", [
    "{ format: outdial-rule-pack/1, id: acme, title: Acme, version: '1', base: us-ca-uk-2026, jurisdictions: [], emergencies: [],",
    "  geography: builtin, calendars: { off: { title: off, days: ['2026-06-16'] } }, rules: [{ kind: closed-days, id: acme-wa,",
    "  jurisdiction: US-WA, binds: [telemarketing], calendar: off, violation: CLOSED_ACME, citation: house, confidence: policy }] }",
  ]);
  const changed = await outdial(["compliance", "pack", "replay", "monday.ndjson", "monday.ndjson", "--pack", "overlay.yaml"]);
  expect(changed).toMatchObject({ code: 0, stderr: expect.stringMatching(/^6 decisions/) });
  expect(changed.stdout.trim().split("\n").map(json)).toMatchObject(
    Array.from({ length: 2 }, () => ({ file: "monday.ndjson", line: 2, id: "b", change: "decision" })),
  );

  const manifest = await readFile(join(folder.path, "gate.json"), "utf8");
  const { id } = json(manifest);
  const list = ["compliance", "manifests"];
  const one = await outdial([...list, "--campaign", "camp_1"]);
  expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining(`${String(id)} · campaign camp_1 at`) });
  expect(one.stdout.trim().split("\n")).toHaveLength(2);
  expect(json((await outdial([...list, String(id)])).stdout)).toEqual(json(manifest));
  expect(await outdial([...list, "gate_none"])).toMatchObject({ code: 1 });
});

test("an opt-out of which only the call is known is shown as waiting, and suppresses with the attempt of that call", async () => {
  const client = new pg.Client({ connectionString: database.url });
  await outdial(["dnc", "pending"]);
  await client.connect();
  await client.query(
    `insert into outdial.raw_outcomes (call_id, code, at, campaign, opt_out, recorded_at)
     values ('call-9', 'DNC request', '2026-06-16 12:00Z', 'camp_1', 'DNC request', now())`,
  );
  await client.end();
  const waiting = await outdial(["dnc", "pending"]);
  expect(waiting.stdout).toBe("call-9  2026-06-16T12:00:00.000Z  camp_1  DNC request\n");
  const pending = async () => json((await outdial(["dnc", "pending", "--json"])).stdout);
  expect(await pending()).toMatchObject({ items: [{ callId: "call-9", campaign: "camp_1" }] });
  const gate = await outdial(["compliance", "gate", "-", "--campaign", "camp_1"], "+12125550123\n");
  expect(gate.stdout).toContain("1 opt-outs are of calls whose number is not known (outdial dnc pending)");
  await outdial(["attempts", "import", "-"], "number,at,call_id\n+12125550123,2026-06-16T12:00:00Z,call-9\n");
  expect(await pending()).toEqual({ items: [] });
  expect((await outdial(["dnc", "show", "+12125550123"])).stdout).toContain("on the company's list since 2026-06-16T12:00:00");
});

test.each([
  ["an import", ["attempts", "import", "-"], "import the file again for the rest"],
  ["a registry file", ["dnc", "import", "-", "--list", "national", "--as-of", "2026-06-10"], "the registry file before stays"],
  ["a gate", ["compliance", "gate", "-", "--campaign", "c", "--out", "-"], "there is no manifest"],
])("Ctrl-C ends %s in order, though its input goes on, and says what is done", async (_, args, said) => {
  const running = beginCli(args, {
    cwd: folder.path,
    env: { DATABASE_URL: database.url },
    openInput: true,
  });
  // A line that is refused is told at once: then the input is being read.
  running.input.write(`number,at\nnobody,2026-06-16T12:00:00Z\n${"+12125550123,2026-06-16T12:00:00Z\n".repeat(5000)}`);
  await until(() => running.stderr().includes("nobody"));
  running.interrupt();
  expect(await running.ended).toMatchObject({ code: 130, stderr: expect.stringContaining(said) });
  expect((await outdial(["compliance", "manifests"])).stdout).toBe("");
});

test.each<[string, readonly string[], readonly string[]]>([
  ["a second number beside an opt-out", ["dnc"], ["name,number,mobile", "Ann,2125550123,2125550124"]],
  ["other numbers beside an opt-out", ["dnc"], ["number,other_numbers", "2125550123,2125550124"]],
  ["another country", ["dnc"], ["country_code,number", "44,2079460018"]],
  ["a consent that was opted out of", ["consent"], ["number,level,given_at,opt_out", "+12125550123,written,2026-01-05,yes"]],
  ["a consent whose status is revoked", ["consent"], ["number,level,given_at,status", "+12125550123,written,2026-01-05,revoked"]],
  ...["MobilePhone", "Home", "Contact Number", "Tel.", "Téléfono", "電話", "WhatsApp"].map(
    (name) => [`a number under ${name}`, ["dnc"], [`number,${name}`, "2125550123,2125550124"]] as [string, string[], string[]],
  ),
  ...[
    "status,blocked",
    "consent,no",
    "opt_in,no",
    "OptIn,0",
    "permission,denied",
    "may_call,no",
    "active,false",
    "type,opt-out",
    "reply,STOP",
  ]
    .concat("Do Not Phone,Y", "no_call,1", "blacklist,yes", "preference,do not call", "unsubscribed_at,2026-02-01T00:00:00Z")
    .map((one) => {
      const [name = "", says = ""] = one.split(",");
      return [`${name} ${says}`, ["consent"], [`number,level,given_at,${name}`, `+12125550123,written,2026-01-05,${says}`]] as [
        string,
        string[],
        string[],
      ];
    }),
])("a column that has no field is not passed over when it says %s", async (_, [kind = ""], lines) => {
  await write("file.csv", lines);
  const names = (lines[0] ?? "").split(",");
  const cells = (lines[1] ?? "").split(",");
  const members = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, cells[i]])));
  await write("file.ndjson", [members]);
  for (const file of ["file.csv", "file.ndjson"]) {
    const { code, stdout, stderr } = await outdial([kind, "import", file, "--accept"]);
    expect([code, stdout + stderr]).toEqual([4, expect.stringContaining("no field reads")]);
  }
  if (cells.some((cell) => cell.endsWith("2125550123")))
    for (const number of cells.filter((cell) => /^(\+1)?212555012[34]$/.test(cell)))
      expect((await outdial(["dnc", "show", number])).stdout).not.toContain("not on the company's list");
});

test.each(["status,expired", "status,pending", "valid_until,2026-01-01"])(
  "a consent of which a column says %s is not taken",
  async (one) => {
    const [name = "", says = ""] = one.split(",");
    await write("file.csv", [`number,level,given_at,${name}`, `+12125550123,written,2026-01-05,${says}`]);
    const { code, stderr } = await outdial(["consent", "import", "file.csv", "--accept"]);
    expect([code, stderr]).toEqual([4, expect.stringContaining("no field reads it")]);
    expect((await outdial(["dnc", "show", "+12125550123"])).stdout).toContain("not on the company's list");
  },
);

test("a number within an object of a line is another number", async () => {
  await write("file.ndjson", [JSON.stringify({ number: "2125550123", person: { phones: [{ value: "2125550124" }] } })]);
  expect((await outdial(["dnc", "import", "file.ndjson", "--accept"])).code).toBe(4);
  for (const number of ["2125550123", "2125550124"])
    expect((await outdial(["dnc", "show", number])).stdout).not.toContain("not on the company's list");
});

test.each([
  ["GB", ["2125551001", "2125551002"], "is no number of GB"],
  ["CA", ["2125550001"], "is no number of CA"],
  ["US", ["4165550001"], "is no number of US"],
])("a list of %s takes no numbers of others", async (registry, lines, says) => {
  await write("list.txt", lines);
  const of = ["--list", "national", "--registry", registry, "--covers", "all", "--as-of", "2026-06-16"];
  const { code, stderr } = await outdial(["dnc", "import", "list.txt", ...of]);
  expect([code, stderr]).toEqual([expect.not.toBeOneOf([0]), expect.stringContaining(says)]);
});

test("the list of one country is read as its people write numbers", async () => {
  await write("tps.txt", ["01143113610", "02079460018", "020 7946 0019", "+441132450018"]);
  const of = ["--list", "national", "--registry", "GB", "--covers", "all", "--as-of", "2026-06-16"];
  expect(await outdial(["dnc", "import", "tps.txt", ...of])).toMatchObject({ code: 0, stdout: expect.stringContaining("4") });
  for (const number of ["+441143113610", "+442079460018", "+442079460019", "+441132450018"])
    expect((await outdial(["dnc", "show", number])).stdout).toMatch(/on the registry|GB/);
});

test("columns that say nothing of whom not to call are passed over, and so are those that say what is so anyway", async () => {
  await write("own.csv", ["number,country,account_number,phone_type,mobile", "2125550123,US,9988776655,cell,"]);
  expect((await outdial(["dnc", "import", "own.csv"])).code).toBe(0);
  await write("consent.csv", ["number,level,given_at,opt_out,status", "+12125550199,written,2026-01-05,no,active"]);
  expect((await outdial(["consent", "import", "consent.csv"])).code).toBe(0);
});

test.each(["withdrawn", "Cancelled", "declined", "refused", "no consent"])("a level %s ends an older consent", async (level) => {
  await write("first.csv", ["number,level,given_at", "+12125550123,written,2026-01-05"]);
  expect((await outdial(["consent", "import", "first.csv"])).code).toBe(0);
  await write("second.csv", ["number,level,given_at", `+12125550123,${level},2026-02-05`]);
  expect((await outdial(["consent", "import", "second.csv", "--accept"])).code).toBe(4);
  const shown = await outdial(["dnc", "show", "+12125550123"]);
  expect(shown.stdout).not.toContain("not on the company's list");
});
