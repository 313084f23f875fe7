import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine, unmarkedCell } from "./index.ts";

const signs = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b", "\u207a"];

test("a text that a spreadsheet may take for a formula is marked, in full width too and after blanks", () => {
  for (const sign of signs)
    for (const before of ["", " ", "\u3000", "\u00a0 "]) expect(csvLine([`${before}${sign}cmd`])).toBe(`'${before}${sign}cmd`);
  expect(csvLine(["\tx", "\rx"])).toBe('"\'\tx","\'\rx"');
  expect(csvLine([-1.5, "a=1", "１＋１", null, undefined, { a: 1 }])).toBe('-1.5,a=1,１＋１,,,"{""a"":1}"');
});

test("whatever the cells are, no cell that is read back begins a formula, and each is what it was without its mark", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.constantFrom(...signs), fc.string()).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 6 }), (cells) => {
      const [read = []] = parse(`${csvLine(cells)}\n`, { relax_quotes: false, record_delimiter: "\n" });
      for (const one of read) expect(one.normalize("NFKC").trimStart()).not.toMatch(/^[=+\-@]/);
      expect(read.map(unmarkedCell)).toEqual(cells.map((one) => (one.startsWith("'") ? unmarkedCell(one) : one).toWellFormed()));
    }),
    { numRuns: 300 },
  );
});
