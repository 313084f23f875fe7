import fc from "fast-check";
import { expect, test } from "vitest";
import { checkRow, indexMatrix, type TagRow } from "./assignment.ts";

const matrix = indexMatrix("camp_1", {
  dispositionCodes: [
    { id: "DISP_001", reasonCodes: [{ id: "REASON_001" }, { id: "REASON_002" }] },
    { id: "DISP_002", reasonCodes: [{ id: "REASON_003" }] },
    { id: "DISP_003", reasonCodes: [] },
  ],
});
const row = (change: Partial<TagRow> = {}): TagRow => ({
  line: 2,
  callId: "call_1",
  dispositionCodeId: "DISP_001",
  reasonCodeId: "REASON_001",
  notes: "",
  tags: [],
  ...change,
});
const codes = (change: Partial<TagRow>) => {
  const checked = checkRow(row(change), matrix);
  return "problems" in checked ? checked.problems.map((problem) => problem.code) : [];
};
const messages = (change: Partial<TagRow>) => {
  const checked = checkRow(row(change), matrix);
  return "problems" in checked ? checked.problems.map((problem) => problem.message).join("; ") : "";
};

test("a row whose reason belongs to its own code passes", () => {
  expect(checkRow(row(), matrix)).toEqual({
    ok: { line: 2, callId: "call_1", dispositionCodeId: "DISP_001", reasonCodeId: "REASON_001", notes: "", tags: [] },
  });
});

test("a row without a reason passes, and no empty reason is sent", () => {
  const checked = checkRow(row({ reasonCodeId: "" }), matrix);
  expect("ok" in checked && "reasonCodeId" in checked.ok).toBe(false);
});

test("a reason under another code is orphaned, and the message names its owner", () => {
  expect(codes({ dispositionCodeId: "DISP_002" })).toEqual(["orphaned_reason_code"]);
  expect(messages({ dispositionCodeId: "DISP_002" })).toContain("belongs to DISP_001, not to DISP_002");
});

test("a code that is nearly right gets a suggestion", () => {
  expect(messages({ dispositionCodeId: "DIPS_001", reasonCodeId: "" })).toContain("did you mean DISP_001?");
  expect(messages({ reasonCodeId: "REASON_01" })).toContain("did you mean REASON_001?");
});

test("all problems of a row are named, not only the first", () => {
  expect(codes({ callId: "", dispositionCodeId: "nope", tags: "abcdefghijk".split("") })).toEqual([
    "missing_field",
    "unknown_disposition_code",
    "too_many_tags",
  ]);
});

test("ten tags pass and eleven do not", () => {
  expect(codes({ tags: "abcdefghij".split("") })).toEqual([]);
  expect(codes({ tags: "abcdefghijk".split("") })).toEqual(["too_many_tags"]);
});

test.each(["call 1", "call\u00071", ".", "..", "x".repeat(257), "1.23457E+15"])("the call id %j is malformed", (callId) => {
  expect(codes({ callId })).toEqual(["malformed_id"]);
});

test("what passes is exactly what the matrix allows", () => {
  const word = fc.constantFrom("DISP_001", "DISP_002", "DISP_003", "DISP_009", "");
  const reason = fc.constantFrom("", "REASON_001", "REASON_002", "REASON_003", "REASON_009");
  fc.assert(
    fc.property(
      word,
      reason,
      fc.array(fc.string({ minLength: 1, maxLength: 3, unit: "grapheme-ascii" }), { maxLength: 12 }),
      (dispositionCodeId, reasonCodeId, tags) => {
        const own = matrix.codes.get(dispositionCodeId);
        const allowed = own !== undefined && (reasonCodeId === "" || own.has(reasonCodeId)) && tags.length <= 10;
        expect("ok" in checkRow(row({ dispositionCodeId, reasonCodeId, tags }), matrix)).toBe(allowed);
      },
    ),
  );
});
