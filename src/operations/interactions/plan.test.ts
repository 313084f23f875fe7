import { expect, test } from "vitest";
import { decodeCorrections } from "./plan.ts";

test("what an erasure leaves of a line is read as a line that is not sent", () => {
  expect(decodeCorrections('[[1,"call-own","101",[]]]')).toEqual([
    expect.objectContaining({ kind: "refused", line: 1, code: "101" }),
  ]);
});
