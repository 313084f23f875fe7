import fc from "fast-check";
import { expect, test } from "vitest";
import { OperationError } from "../error.ts";
import { indexMatrix } from "./assignment.ts";
import { decodeRows, encodeRows, type PlannedTag, planTagging } from "./plan.ts";
import { type ReadOptions, readTagRows } from "./read-rows.ts";

const matrix = indexMatrix("camp_1", {
  dispositionCodes: [
    { id: "D1", reasonCodes: [{ id: "R1" }] },
    { id: "D2", reasonCodes: [] },
  ],
});
const HEADER = "call_id,disposition_code_id,reason_code_id,notes,tags";

async function* bytes(text: string | Uint8Array, size = 7) {
  const all = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function plan(text: string | Uint8Array, options: ReadOptions = {}) {
  const rows: PlannedTag[] = [];
  const conflicts: unknown[] = [];
  const report = await planTagging(readTagRows(bytes(text), options), matrix, {
    chunk: async (chunk) => {
      rows.push(...decodeRows(encodeRows(chunk.rows)));
    },
    conflicts: async (found) => {
      conflicts.push(...found);
    },
  });
  return { report, rows, conflicts };
}

const lines = (...rows: string[]) => `${rows.join("\n")}\n`;

test("rows keep their line numbers across quoted line breaks and blank lines", async () => {
  const { rows } = await plan(lines(HEADER, 'c1,D1,R1,"two', 'lines",a|b', "", "c2,D2,,,x;y"));
  expect(rows).toEqual([
    {
      kind: "send",
      assignment: { line: 2, callId: "c1", dispositionCodeId: "D1", reasonCodeId: "R1", notes: "two\nlines", tags: ["a", "b"] },
    },
    { kind: "send", assignment: { line: 5, callId: "c2", dispositionCodeId: "D2", notes: "", tags: ["x", "y"] } },
  ]);
});

test("a row that was stored before its last column was declared has no value in it", () => {
  expect(decodeRows('[[2,"c1","D1","R1","a note"]]')).toEqual([
    {
      kind: "send",
      assignment: { line: 2, callId: "c1", dispositionCodeId: "D1", reasonCodeId: "R1", notes: "a note", tags: [] },
    },
  ]);
});

test("the same row twice is sent once", async () => {
  const { report, rows } = await plan(lines(HEADER, "c1,D1,R1,,", "c1,D1,R1,,"));
  expect(report).toMatchObject({ rows: 2, toSend: 1, duplicates: 1, refused: 0 });
  expect(rows[1]).toEqual({ kind: "duplicate", line: 3, callId: "c1", code: "D1", firstLine: 2 });
});

test("two rows that contradict each other are both refused, and each names the other", async () => {
  const { report, conflicts } = await plan(lines(HEADER, "c1,D1,R1,,", "c2,D1,,,", "c1,D2,,,"));
  expect(report).toMatchObject({ rows: 3, toSend: 1, refused: 2, problems: { conflicting_duplicate: 2 } });
  expect(conflicts).toEqual([{ line: 2, otherLine: 4 }]);
  expect(report.examples.map((row) => [row.line, row.problems[0]?.message])).toEqual([
    [2, "line 4 has another disposition for the same call; neither row is sent"],
    [4, "line 2 has another disposition for the same call; neither row is sent"],
  ]);
});

test("a row with a separator too many is refused, the rows around it are not", async () => {
  const { report } = await plan(lines(HEADER, "c1,D1,R1,,", "c2,D1,R1,a note, unquoted,", "c3,D1,R1,,"));
  expect(report).toMatchObject({ toSend: 2, refused: 1 });
  expect(report.examples[0]).toMatchObject({ line: 3, callId: "c2" });
});

test("semicolon files, a byte order mark and renamed columns are understood", async () => {
  const text = "\uFEFFCallID;Code;Labels\r\nc1;D1;a|b\r\n";
  const { rows } = await plan(text, { mapping: { call_id: "CallID", disposition_code_id: "Code", tags: "Labels" } });
  expect(rows).toEqual([
    { kind: "send", assignment: { line: 2, callId: "c1", dispositionCodeId: "D1", notes: "", tags: ["a", "b"] } },
  ]);
});

test("NDJSON rows are told from CSV by themselves", async () => {
  const { rows, report } = await plan(
    lines(
      '{"call_id":"c1","disposition_code_id":"D1","tags":["a"]}',
      '{"call_id":42,"disposition_code_id":"D2"}',
      "[1]",
      '{"call_id":',
      '{"call_id":"c3","disposition_code_id":{}}',
    ),
  );
  expect(report).toMatchObject({ rows: 5, toSend: 2, refused: 3, problems: { unreadable_row: 3 } });
  expect(rows[1]).toMatchObject({ kind: "send", assignment: { callId: "42" } });
});

test("bytes that are not UTF-8 refuse their row only", async () => {
  const text = Buffer.concat([Buffer.from(lines(HEADER, "c1,D1,R1,,")), Buffer.from("c2,D1,R1,L\xednea,\n", "latin1")]);
  const { report } = await plan(text);
  expect(report).toMatchObject({ toSend: 1, problems: { not_utf8: 1 } });
});

test.each([
  ["", /input is empty/],
  ["foo,bar\n1,2\n", /no column call_id/],
  [`call_id,dispositon_code_id\n`, /did you mean dispositon_code_id/],
  [`${HEADER},call_id\n`, /one column twice: "call_id" and "call_id"/],
  [lines(HEADER, 'c1,D1,R1,"never closed,', "c2,D1,R1,,"), /never closed/],
  ["\xff\xfea", /UTF-16/],
])("an input that cannot be read as a whole says why: %j", async (text, message) => {
  const failure = plan(Buffer.from(text, text.startsWith("\xff") ? "latin1" : "utf8"));
  await expect(failure).rejects.toThrow(OperationError);
  await expect(failure).rejects.toThrow(message);
});

test("an input that breaks off with an error fails with it, and no listener is left behind by a slow reader", async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on("warning", listen);
  async function* broken() {
    yield Buffer.from(`${HEADER}\n`);
    for (let n = 0; n < 200; n++) yield Buffer.from(Array.from({ length: 100 }, (_, i) => `c${n}-${i},D1,R1,,\n`).join(""));
    throw new Error("the disk is gone");
  }
  await expect(planTagging(readTagRows(broken()), matrix, {})).rejects.toThrow(/the input broke off: the disk is gone/);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});

test("every line of any CSV ends as a row: nothing is skipped", async () => {
  const cell = fc.stringMatching(/^[a-zA-Z0-9_ |.;-]{0,12}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell, cell, cell), { maxLength: 30 }), async (rows) => {
      const { report } = await plan(lines(HEADER, ...rows.map((cells) => cells.join(","))));
      expect(report.rows).toBe(rows.length);
      expect(report.toSend + report.refused + report.duplicates).toBe(rows.length);
    }),
  );
});

test("what an erasure leaves of a line is read as a line that is not sent", () => {
  expect(decodeRows('[[1,"call-own","101",[]]]')).toEqual([expect.objectContaining({ kind: "refused", line: 1, code: "101" })]);
});
