// An answer compared with what is known: knowing more, or being answered less, never makes the verdict better.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Comparison, compare, shorterWords } from "./known-answers.ts";

const id = fc.constantFrom("a", "b", "c", "d", "e");
const things = fc.uniqueArray(
  id.map((one) => ({ id: one, name: `name of ${one}`, at: null })),
  { selector: (one) => one.id },
);
const numbers = fc.array(
  fc.record({
    count: fc.integer({ min: 0, max: 1000 }),
    by: fc.constant("a counter"),
    at: fc.constant(null),
    share: fc.constantFrom(0.25, 0.5, 1),
  }),
  { maxLength: 3 },
);
const known = fc.record({ things, numbers });
const answer = fc.record({
  ids: fc.option(
    fc.uniqueArray(id).map((ids) => new Set(ids)),
    { nil: undefined },
  ),
  count: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
});

test("what was shorter stays shorter when more is known, and when less is answered", () => {
  fc.assert(
    fc.property(answer, known, known, fc.nat(1000), (given, before, more, less) => {
      const shorter = compare(given, before).verdict === "shorter";
      const both = {
        things: [...before.things, ...more.things.filter((one) => !before.things.some((other) => other.id === one.id))],
        numbers: [...before.numbers, ...more.numbers],
      };
      if (shorter) expect(compare(given, both).verdict).toBe("shorter");
      const { ids, count } = given;
      const fewer = {
        ids: ids === undefined ? undefined : new Set([...ids].slice(1)),
        count: count === undefined ? undefined : Math.max(0, count - less),
      };
      if (shorter) expect(compare(fewer, before).verdict).toBe("shorter");
      // Forgetting everything never says "ok".
      expect(compare(given, {}).verdict).toBe("unknown");
    }),
  );
});

test("an answer is ok only when nothing that is known is missing in it", () => {
  fc.assert(
    fc.property(answer, known, (given, all) => {
      const found: Comparison = compare(given, all);
      const number = given.count ?? given.ids?.size;
      const lacks = given.ids === undefined ? 0 : all.things.filter((one) => given.ids?.has(one.id) !== true).length;
      const below = number === undefined ? 0 : all.numbers.filter(({ count, share }) => number < share * count).length;
      expect([found.lacks.length, found.below.length]).toEqual([lacks, below]);
      expect(found.verdict === "shorter").toBe(lacks + below > 0);
      expect(shorterWords(found, "the list", "thing") === undefined).toBe(lacks + below === 0);
    }),
  );
});

test("a sentence says what is missing, and who says so", () => {
  const at = Date.UTC(2026, 5, 1, 10);
  const lacking = compare({ ids: new Set(["b"]) }, { things: ["a", "b", "c"].map((one) => ({ id: one, name: one, at })) });
  expect(shorterWords(lacking, "the tenant's list of campaigns", "campaign")).toBe(
    "the tenant's list of campaigns is shorter than known: it lacks 2 campaigns: a, c",
  );
  const few = compare({ count: 20 }, { numbers: [{ count: 250, by: "the last count", at, share: 0.5 }] });
  expect(shorterWords(few, "contact list east", "contact")).toBe(
    "contact list east is shorter than known: it has 20 contacts, and the last count says 250, 2026-06-01T10:00:00Z",
  );
  const days = ["Monday", "Tuesday", "Sunday"].map((by) => ({ by, count: 9, brought: 3, at: null, share: 1 }));
  const dials = compare({ count: 9 }, { numbers: days.map((one, n) => (n < 2 ? { ...one, why: "list 501 is gone" } : one)) });
  expect(shorterWords(dials, "it", "call")).toBe(
    "it is shorter than known: it has 3 calls, and Monday says 9; it has 3 calls, and Tuesday says 9 (list 501 is gone); it has 3 calls, and Sunday says 9",
  );
});
