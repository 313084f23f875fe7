// Columns as parameters: what goes in as an array comes out of PostgreSQL's reading of it. The database's side is tested with the ledger.

import fc from "fast-check";
import { expect, test } from "vitest";
import { joinTexts, numberArray, storable, textColumn } from "./arrays.ts";

/** What `string_to_array(text, E'\x1e', E'\x1f')[2:]` does. */
const read = (joined: string) =>
  (joined === "" ? [] : joined.split("\x1e").slice(1)).map((part) => (part === "\x1f" ? null : part));

test("texts and nulls survive, except for the reserved characters and half surrogate pairs", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string(),
    fc.constantFrom("", "\x1e", "\x1f", "\0", "\ud800", "NULL", '"\\{}'),
  );
  fc.assert(
    fc.property(fc.array(fc.option(text)), (values) => {
      expect(read(joinTexts(values))).toEqual(values.map((value) => (value === null ? null : storable(value))));
    }),
  );
  fc.assert(
    fc.property(text, (value) => {
      expect(storable(value)).toBe(
        ["\0", "\x1e", "\x1f"].reduce((kept, reserved) => kept.split(reserved).join("\ufffd"), value.toWellFormed()),
      );
    }),
  );
});

test("numbers and nulls as an array literal", () => {
  expect(numberArray([])).toBe("{}");
  expect(numberArray([1, null, -2.5, 0])).toBe("{1,NULL,-2.5,0}");
  expect(textColumn("$3")).toContain("$3::text");
});
