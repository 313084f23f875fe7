import fc from "fast-check";
import { expect, test } from "vitest";
import { OperationError } from "../error.ts";
import type { RefusedRow } from "../jobs/index.ts";
import { type Entry, mergeDispositions } from "./entry.ts";
import { correctionMetrics } from "./metrics.ts";
import { decodeCorrections, encodeCorrections, type PlannedRow, planCorrections } from "./plan.ts";
import { type CorrectionOptions, readCorrections } from "./row.ts";
import { codeProblems, DEFAULT_EXCLUSIVE, indexTree, isOffsetTime, validateMerged } from "./tree.ts";

const node = (code: string, more: { parent?: string; active?: boolean } = {}) => ({
  code,
  description: `about ${code}`,
  active: true,
  ...more,
});
const tree = indexTree({
  dispositions: [
    node("100"),
    node("101", { parent: "100" }),
    node("103", { active: false }),
    node("104", { parent: "103" }),
    node("105", { parent: "nowhere" }),
    node("106", { parent: "107" }),
    node("107", { parent: "106" }),
    node("201"),
  ],
});
const entry = (code: string, agent = "a", more: Partial<Entry> = {}): Entry => ({
  code,
  description: "",
  agent_id: agent,
  timestamp: "2026-05-01T10:00:00Z",
  source: "api",
  ...more,
});
const codes = (problems: readonly { readonly code: string }[]) => problems.map(({ code }) => code);

test("a code must be there, in use, and under parents that are", () => {
  expect(codeProblems("101", tree)).toEqual([]);
  expect(codeProblems("1O1", tree)).toMatchObject([
    { code: "unknown_code", message: expect.stringContaining("did you mean 101?") },
  ]);
  expect(codes(["103", "104", "105", "106"].flatMap((code) => codeProblems(code, tree)))).toEqual([
    "retired_code",
    "broken_parent",
    "broken_parent",
    "broken_parent",
  ]);
});

test("the merged array is what is checked: primary beside secondary, entries that cannot be written back, retired ones that stay", () => {
  const check = (wanted: Entry, ...kept: Entry[]) => codes(validateMerged([...kept, wanted], wanted, tree, DEFAULT_EXCLUSIVE));
  expect(check(entry("101"), entry("100", "b"))).toEqual([]);
  expect(check(entry("201"), entry("100", "b"))).toEqual(["exclusive_codes"]);
  expect(check(entry("101"), entry("103", "b"))).toEqual([]);
  expect(check(entry("101"), entry("999", "b"), entry("100", "", { timestamp: "yesterday" }))).toEqual([
    "unwritable_entry",
    "unwritable_entry",
  ]);
  const both = [entry("101"), entry("201", "b")];
  expect(validateMerged(both, entry("101"), tree, [])).toEqual([]);
  expect(codes(validateMerged(both, entry("101"), tree, [["101", "201", "999"]]))).toEqual(["exclusive_codes"]);
});

test("every merge keeps what the policy says, and enters a code of an agent once", () => {
  const entries = fc.array(fc.tuple(fc.constantFrom("100", "101"), fc.constantFrom("a", "b", "c")), { maxLength: 5 });
  fc.assert(
    fc.property(entries, fc.constantFrom("a", "d"), (list, agent) => {
      const stored = list.map(([code, who]) => entry(code, who));
      const wanted = entry("101", agent);
      const there = stored.some((one) => one.code === "101" && one.agent_id === agent);
      expect(mergeDispositions(stored, wanted, "append")).toEqual(
        there ? { kind: "unchanged" } : { kind: "write", dispositions: [...stored, wanted] },
      );
      expect(mergeDispositions(stored, wanted, "fail")).toEqual(mergeDispositions(stored, wanted, "append"));
      const alone = stored.length === 1 && there;
      expect(mergeDispositions(stored, wanted, "replace")).toEqual(
        alone ? { kind: "unchanged" } : { kind: "write", dispositions: [wanted] },
      );
    }),
  );
});

test.each([
  ["2026-05-01T10:00:00Z", true],
  ["2026-05-01T10:00:00.123456Z", true],
  ["2026-05-01T10:00-05:00", true],
  ["2026-02-28T23:59:59+0530", true],
  ["2026-05-01T10:00:00", false],
  ["2026-02-30T10:00:00Z", false],
  ["2026-13-01T10:00:00Z", false],
  ["2026-05-01T25:00:00Z", false],
  ["2026-05-01", false],
  ["yesterday", false],
])("%s is a time with an offset: %s", (text, is) => {
  expect(isOffsetTime(text)).toBe(is);
});

async function plan(text: string, options: CorrectionOptions = {}) {
  const rows: PlannedRow[] = [];
  const refused: RefusedRow[] = [];
  async function* bytes() {
    yield new TextEncoder().encode(text);
  }
  const report = await planCorrections(readCorrections(bytes(), options), tree, {
    chunk: async (chunk) => {
      rows.push(...decodeCorrections(encodeCorrections(chunk.rows)));
    },
    refused: (row) => {
      refused.push(row);
    },
  });
  return { report, rows, refused };
}
const TIME = "2026-05-01T10:00:00Z";
const csv = (...rows: string[]) => `interaction_id,code,description,agent_id,timestamp,policy\n${rows.join("\n")}\n`;

test("rows survive the store; an empty description is the code's own", async () => {
  const { rows, report } = await plan(csv(`i1,101,,a,${TIME},`, `i1,100,"so, so",b,${TIME},fail`, `i2,201,x,a,${TIME},replace`));
  expect(report).toMatchObject({ rows: 3, toSend: 3, refused: 0, duplicates: 0 });
  expect(rows.map((row) => (row.kind === "send" ? row.correction : row))).toEqual([
    { line: 2, interactionId: "i1", policy: "append", entry: entry("101", "a", { description: "about 101" }) },
    { line: 3, interactionId: "i1", policy: "fail", entry: entry("100", "b", { description: "so, so" }) },
    { line: 4, interactionId: "i2", policy: "replace", entry: entry("201", "a", { description: "x" }) },
  ]);
});

test("an etag of a row survives the store; a row of nonsense for one is refused", async () => {
  const { rows, refused } = await plan(
    `interaction_id,code,agent_id,timestamp,if_match\ni1,101,a,${TIME},W/"1"\ni2,101,a,${TIME},"W/""2"""\ni3,101,a,${TIME},\ni4,101,a,${TIME},é\n`,
  );
  const tags = rows.flatMap((row) => (row.kind === "send" ? [[row.correction.interactionId, row.correction.etag]] : []));
  expect(tags).toEqual([
    ["i1", 'W/"1"'],
    ["i2", 'W/"2"'],
    ["i3", undefined],
  ]);
  expect(refused).toMatchObject([{ line: 5, problems: [{ code: "malformed_etag", field: "etag" }] }]);
});

test("every problem of a row is told, each with its field", async () => {
  const { refused } = await plan(
    csv(",99,,,2026-05-01T10:00:00,apend", `i 1,101,,a,${TIME},`, `8.1E+15,101,,1E+9,${TIME},`, "i1,101,a"),
  );
  expect(
    refused.map(({ line, problems }) => [line, ...problems.map(({ code, field }) => `${code} ${field ?? ""}`.trim())]),
  ).toEqual([
    [
      2,
      "missing_field interaction_id",
      "unknown_code code",
      "missing_field agent_id",
      "malformed_timestamp timestamp",
      "unknown_policy policy",
    ],
    [3, "malformed_id interaction_id"],
    [4, "malformed_id interaction_id", "malformed_id agent_id"],
    [5, "unreadable_row"],
  ]);
  expect(refused[1]?.problems[0]?.message).toContain("no white space");
  expect(refused[2]?.problems[0]?.message).toContain("a spreadsheet shortened");
  expect(refused[0]?.problems.at(-1)?.message).toContain("did you mean append?");
  expect(refused[0]?.problems.at(-2)?.message).toContain("has no offset");
});

test("the same entry twice is sent once; what contradicts itself is refused, each naming the other", async () => {
  const { report, rows, refused } = await plan(
    csv(
      `i1,101,,a,${TIME},`,
      `i1,101,,a,2026-05-01T12:00:00+02:00,`,
      `i2,101,,a,${TIME},`,
      "i2,101,,a,2026-05-02T10:00:00Z,",
      `i3,101,,a,${TIME},`,
      `i3,100,,b,${TIME},replace`,
      `i4,101,,a,${TIME},replace`,
      `i4,101,,a,${TIME},replace`,
    ),
  );
  expect(report).toMatchObject({ rows: 8, toSend: 2, duplicates: 2, refused: 4, problems: { conflicting_duplicate: 4 } });
  expect(rows.map(({ kind }) => kind)).toEqual(["send", "duplicate", "send", "refused", "send", "refused", "send", "duplicate"]);
  expect(refused.map(({ line, problems }) => [line, problems[0]?.message.split(" ")[1]])).toEqual([
    [5, "4"],
    [7, "6"],
    [4, "5"],
    [6, "7"],
  ]);
});

test("NDJSON, columns by other names, and a policy for rows that name none", async () => {
  const line = JSON.stringify({ id: "i1", code: 101, agent: "a", timestamp: TIME });
  const { rows } = await plan(`${line}\n`, { mapping: { interaction_id: "id" }, policy: "fail" });
  expect(rows).toMatchObject([{ kind: "send", correction: { interactionId: "i1", policy: "fail" } }]);
  await expect(plan(`${line}\n`, { mapping: { interactionid: "id" } })).rejects.toThrow(OperationError);
});

test("rates carry what they are counted of", () => {
  const counts = { success: 6, unchanged: 1, validation_error: 2, conflict_persistent: 1, unknown: 1, duplicate: 1 };
  expect(correctionMetrics({ measured: undefined }, counts)).toEqual({
    successes: 6,
    unchanged: 1,
    validationErrors: 2,
    apiErrors: 2,
    errorRate: { numerator: 4, denominator: 12, rate: 1 / 3 },
    latency: undefined,
    conflicts: 0,
  });
  expect(correctionMetrics({ measured: undefined }, {}).errorRate).toEqual({ numerator: 0, denominator: 0, rate: null });
});
