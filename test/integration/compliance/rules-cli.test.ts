// outdial compliance check, explain and pack as a user meets them: processes, files, pipes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import conventionCases from "../../data/compliance/cases.json" with { type: "json" };
import { BIN, type CliResult, runCli, runCliProcess, workFolder } from "../../support/cli.ts";

const RULES = fileURLToPath(new URL("../../data/compliance/flat-rule-set.json", import.meta.url));
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  folder = await workFolder();
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

const run = (args: string[], input?: string) =>
  runCli(["compliance", ...args], { cwd: folder.path, ...(input === undefined ? {} : { input }) });
const rowsOf = ({ stdout }: CliResult) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const write = async (name: string, text: string) => {
  await writeFile(join(folder.path, name), text);
  return name;
};
const question = (more: object = {}) =>
  JSON.stringify({ number: "+12125550123", callType: "telemarketing", at: "2026-06-16T15:00:00Z", ...more });

test("every case of the conventions, one decision a line, in order", async () => {
  const lines = conventionCases.map(({ input }, index) => JSON.stringify({ ...input, id: `case ${index}` }));
  const result = await run(["check", await write("cases.ndjson", `${lines.join("\n")}\n`), "--pack", RULES]);
  expect(result.code).toBe(0);
  const got = rowsOf(result).map(({ line, id, decision, rules, next }) => ({ line, id, decision, rules, next }));
  expect(got).toEqual(
    conventionCases.map(({ expect: expected }, index) => ({ line: index + 1, id: `case ${index}`, ...expected })),
  );
});

test("a line that cannot be read gets its error in its place, and the rest goes on", async () => {
  const input = [
    question(),
    "{not json",
    question({ pstal: "10001" }),
    "",
    question({ callType: "fax" }),
    question({ number: "+19115550123" }),
  ];
  const result = await run(["check", "-", "--pack", RULES], input.join("\n"));
  expect(result.code).toBe(4);
  expect(rowsOf(result).map(({ line, decision }) => [line, decision])).toEqual([
    [1, "allow"],
    [2, undefined],
    [3, undefined],
    [5, undefined],
    [6, "deny"],
  ]);
  const message = (index: number) => String((rowsOf(result)[index]?.["error"] as { message: string } | undefined)?.message);
  expect(message(1)).toContain("not JSON");
  expect(message(2)).toContain("did you mean postal?");
  expect(message(3)).toContain("telemarketing, prerecorded, collection");
});

test("decisions carry reasons, zones and what they were made with; samples under `input` are taken as they stand", async () => {
  const sample = JSON.stringify({
    id: "S",
    title: "late",
    input: JSON.parse(question({ at: "2026-06-16T03:00:00Z" })) as object,
    expect: {},
  });
  const [row] = rowsOf(await run(["check", "--pack", RULES], sample));
  expect(row).toMatchObject({
    line: 1,
    id: "S",
    rules: ["HOURS_FEDERAL"],
    next: "2026-06-16T12:00:00Z",
    zones: ["America/New_York"],
    packVersion: "flat-rule-set-2026@1",
    timeZoneData: process.versions["tz"],
  });
  expect(row?.["reasons"]).toEqual([expect.stringContaining("it is Mon 2026-06-15 23:00 in America/New_York")]);
});

test("an answer comes before the next question is asked", async () => {
  const child = spawn(process.execPath, [BIN, "compliance", "check", "--pack", RULES], {
    cwd: folder.path,
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdout.setEncoding("utf8");
  for (const minute of ["00", "01", "02"]) {
    child.stdin.write(`${question({ at: `2026-06-16T15:${minute}:00Z` })}\n`);
    const [text] = (await once(child.stdout, "data")) as [string];
    expect(JSON.parse(text)).toMatchObject({ decision: "allow", next: `2026-06-16T15:${minute}:00Z` });
  }
  child.stdin.end();
  expect(await once(child, "close")).toEqual([0, null]);
});

test("a day that no calendar has is refused as time of an option", async () => {
  for (const at of ["2026-02-30", "2026-02-30T15:00:00Z", "2025-02-29T15:00:00-05:00"]) {
    const refused = await run(["explain", "+12125550123", "--at", at, "--pack", RULES]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`--at ${at} is no time`) });
  }
});

test("explain shows reasons, the next instant and 48 hours of cells", async () => {
  const result = await run(["explain", "+1 (850) 555-0117", "--at", "2026-07-03T12:30:00Z", "--pack", RULES]);
  expect(result.code).toBe(0);
  expect(result.stdout).toContain("DENY: HOURS_FEDERAL, HOURS_STATE");
  expect(result.stdout).toContain("first allowed at 2026-07-03T13:00:00Z: Fri 2026-07-03 09:00 America/New_York");
  expect(result.stdout).toMatch(/^all rules +\.#{22}\.{25}$/m);
  expect(result.stdout.match(/^[A-Za-z].* +[#.]{48}$/gm)?.length).toBeGreaterThanOrEqual(8);

  const facts = await write(
    "facts.json",
    JSON.stringify({ dnc: { national: true }, ebr: { kind: "inquiry", date: "2026-06-01" } }),
  );
  const machine = await run([
    "explain",
    "+12125550123",
    "--at",
    "2026-07-03T15:00:00Z",
    "--pack",
    RULES,
    "--facts",
    facts,
    "--json",
  ]);
  const [row] = rowsOf(machine);
  expect(row).toMatchObject({ decision: "allow", factsUsed: false, facts: "given", strip: { minutes: 30 } });
  expect(row?.["weighed"]).toContainEqual(
    expect.objectContaining({ text: expect.stringContaining("lifted by the inquiry of 2026-06-01, which counts for 3 months") }),
  );
  expect((row?.["strip"] as { all: string } | undefined)?.all).toHaveLength(96);
});

test("explain says that it decided without facts where there is no store, and never that no rule forbids the call", async () => {
  const rules = await write(
    "hours.json",
    JSON.stringify({
      format: "outdial-rule-pack/1",
      id: "hours",
      title: "Hours",
      version: "1",
      jurisdictions: [{ id: "US", title: "United States", citation: "test", confidence: "policy" }],
      rules: [
        {
          kind: "calling-hours",
          id: "hours",
          jurisdiction: "US",
          binds: ["telemarketing"],
          week: Object.fromEntries(["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map((day) => [day, [["08:00", "21:00"]]])),
          violation: "HOURS",
          citation: "test",
          confidence: "policy",
        },
      ],
      calendars: {},
      emergencies: [],
      geography: "builtin",
    }),
  );
  const asked = ["explain", "+12125550123", "--at", "2026-06-16T15:00:00Z", "--pack", rules];
  // A script asks whether to call: place and time alone are no answer to that.
  expect((await run([...asked, "--check"])).code).toBe(3);
  await write("facts.json", "{}");
  expect((await run([...asked, "--check", "--facts", "facts.json"])).code).toBe(0);
  await write("several.ndjson", '{"number":"+12125550123"}\n{"number":"+12125550124"}\n');
  expect(await run([...asked, "--facts", "several.ndjson"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("several.ndjson has 2 questions: one is explained at a time"),
  });
  expect((await run(["explain", "+12125550123", "--at", "2026-06-16T03:00:00Z", "--pack", rules, "--check"])).code).toBe(3);
  for (const name of ["facts.json", "several.ndjson"]) await rm(join(folder.path, name));
  const [text, machine] = await Promise.all([run(asked), run([...asked, "--json"])]);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(
    /^decided without facts: there is no store in .*, so company's list, consent and attempts were not read\n/,
  );
  expect(text.stdout).toContain("ALLOW by place and time only");
  expect(text.stdout).not.toContain("no rule forbids");
  expect(rowsOf(machine)[0]).toMatchObject({ decision: "allow", factsUsed: false, facts: "none" });
  expect(await readdir(folder.path)).toEqual(["hours.json"]);
});

test("a pack that cannot be used is refused as a whole, with every fault and its path", async () => {
  const bad = await write(
    "bad.json",
    JSON.stringify({ format: "outdial-rule-pack/1", id: "x", title: "x", version: "1", rulez: [] }),
  );
  const result = await run(["pack", "validate", bad]);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain("rulez: unknown field; did you mean rules?");
  expect((await run(["check", "-", "--pack", "nowhere.json"], question())).code).toBe(2);
});

test("an overlay in YAML is laid over the shipped pack; diff and replay tell what it changes", async () => {
  const overlay = await write(
    "acme.yaml",
    `format: outdial-rule-pack/1
id: acme
title: Rules of Acme
version: "3"
base: us-ca-uk-2026
jurisdictions: []
rules:
  - kind: closed-days
    id: acme-inventory
    jurisdiction: US
    binds: [telemarketing]
    calendar: inventory
    violation: CLOSED_ACME
    citation: house rule 12
    confidence: policy
calendars:
  inventory: { days: ["2026-06-16"] }
emergencies: []
geography: builtin
`,
  );
  expect((await run(["pack", "validate", overlay])).stdout).toContain("us-ca-uk-2026+acme@2026.11.17+3");
  const diff = await run(["pack", "diff", "us-ca-uk-2026", overlay]);
  expect(diff.stdout).toContain("+ rules acme-inventory");

  const asked = [question(), question({ callType: "fax" }), question({ at: "2026-06-17T15:00:00Z" })].join("\n");
  const recorded = await run(["check", "-", "--record"], asked);
  expect(rowsOf(recorded).map(({ decision }) => decision)).toEqual(["allow", undefined, "allow"]);
  const replayed = await run(["pack", "replay", "-", "--pack", overlay], recorded.stdout);
  expect(replayed.code).toBe(0);
  expect(replayed.stderr).toContain("2 decisions replayed");
  expect(replayed.stderr).toContain("0 unreadable · 1 that could not be decided when they were recorded");
  expect(rowsOf(replayed)).toEqual([
    {
      line: 1,
      change: "decision",
      before: { decision: "allow", rules: [], next: "2026-06-16T15:00:00Z" },
      after: { decision: "deny", rules: ["CLOSED_ACME"], next: "2026-06-17T12:00:00Z" },
    },
    { line: 2, notDecided: expect.stringContaining("telemarketing, prerecorded, collection") as string },
  ]);
  expect((await run(["pack", "show", overlay, "--jurisdiction", "us-fl"])).stdout).toContain("mon-sun 08:00-20:00");
});

test("a pack of the configuration is used when no flag names one", async () => {
  await writeFile(join(folder.path, "outdial.yaml"), `compliance: { pack: ${JSON.stringify(RULES)} }\n`);
  const [row] = rowsOf(await run(["check", "-"], question()));
  expect(row?.["packVersion"]).toBe("flat-rule-set-2026@1");
});

test("a reader that goes away ends the command quietly", async () => {
  const questions = Array.from({ length: 5000 }, () => question()).join("\n");
  const child = spawn(process.execPath, [BIN, "compliance", "check", await write("many.ndjson", questions)], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(said).toBe("");
});

test.each([
  ["a byte order mark and line ends of Windows", `\ufeff${question()}\r\n\r\n${question()}\r\n`, ["allow", "allow"]],
  ["no line end at the end", question(), ["allow"]],
  ["nothing", "", []],
  ["bytes that are no text", "\u0000\u0001\u0002", [undefined]],
  ["a line of two megabytes", `{"id":"${"x".repeat(2_000_000)}"}\n${question()}`, [undefined, "allow"]],
  ["a question within something that has a wrong id", `{"id":{},"input":${question()}}`, [undefined]],
])("input with %s", async (_, input, decisions) => {
  const result = await run(["check"], input);
  const rows = result.stdout === "" ? [] : rowsOf(result);
  expect(rows.map(({ decision }) => decision)).toEqual(decisions);
  expect(result.code).toBe(decisions.includes(undefined) ? 4 : 0);
  for (const row of rows) if (row["decision"] === undefined) expect(row["error"]).toMatchObject({ code: "invalid_input" });
});

test("a campaign's own rules are laid over the pack; a misspelt one is refused", async () => {
  const own = {
    timeZone: "America/New_York",
    dialingRules: { startTime: "12:00:00", endTime: "17:00:00", allowedDays: ["Monday", "Tuesday"] },
    rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 5, maxCallsPerDay: 100 },
  };
  const campaign = await write("campaign.json", JSON.stringify({ name: "Autumn", complianceConfig: own }));
  const questions = [
    question(),
    question({ at: "2026-06-16T16:00:00Z" }),
    question({ at: "2026-06-16T16:00:00Z", attempts: [{ at: "2026-06-15T16:00:01Z" }] }),
  ];
  const recorded = await run(["check", "--campaign-rules", campaign, "--record"], questions.join("\n"));
  expect(rowsOf(recorded).map(({ rules, next }) => [rules, next])).toEqual([
    [["HOURS_CAMPAIGN"], "2026-06-16T16:00:00Z"],
    [[], "2026-06-16T16:00:00Z"],
    [["RATE_CAMPAIGN"], "2026-06-16T16:00:01Z"],
  ]);
  // A tenant of the profile acd reads the hours in the zone of whoever is called: noon of Los Angeles comes three hours later.
  const west = question({ number: "+12135550123", at: "2026-06-16T16:00:00Z" });
  const acd = (args: string[], input: string) =>
    runCli(["compliance", ...args], { cwd: folder.path, input, env: { OUTDIAL_PROFILE: "acd" } });
  const there = await acd(["check", "--campaign-rules", campaign, "--record"], west);
  expect(rowsOf(there)).toMatchObject([{ rules: ["HOURS_CAMPAIGN"], next: "2026-06-16T19:00:00Z" }]);
  expect(rowsOf(await run(["check", "--campaign-rules", campaign], west))).toMatchObject([{ rules: [] }]);
  const replayed = await acd(["pack", "replay", "-", "--pack", "us-ca-uk-2026", "--campaign-rules", campaign], there.stdout);
  expect({ code: replayed.code, stdout: replayed.stdout }).toEqual({ code: 0, stdout: "" });
  // Replayed with the same rules nothing changes; the file may hold the rules alone.
  const alone = await write("own.yaml", JSON.stringify(own));
  const replay = ["pack", "replay", "-", "--pack", "us-ca-uk-2026"];
  expect((await run([...replay, "--campaign-rules", alone], recorded.stdout)).stdout).toBe("");
  expect(rowsOf(await run(replay, recorded.stdout))).toMatchObject([{ line: 1 }, { line: 3 }]);

  const misspelt = await write("bad.json", JSON.stringify({ complianceConfig: { timeZone: "Europe/London", rateLimit: {} } }));
  const refused = await run(["explain", "+12125550123", "--campaign-rules", misspelt]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("complianceConfig.rateLimit: unknown field") });
});

test("help loads no rules, no tables of places, no store and no schema library", async () => {
  await runCliProcess(["--help"], { bin: BIN, cwd: folder.path, env: { NODE_V8_COVERAGE: folder.path } });
  const [report = ""] = (await readdir(folder.path)).filter((name) => name.endsWith(".json"));
  const { result } = JSON.parse(await readFile(join(folder.path, report), "utf8")) as { result: { url: string }[] };
  const loaded = result.map(({ url }) => url);
  expect(loaded.some((url) => url.includes("/src/cli/"))).toBe(true);
  const heavy =
    /\/src\/(app(?!\/version\.ts)|compliance|contract|dialing|operations|sandbox|store|tenant(?!\/system-clock\.ts))\/|\/node_modules\/(?!commander\/)/;
  expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
});
