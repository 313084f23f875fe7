// What forms offer to choose from, and what the choice becomes.

import fc from "fast-check";
import { expect, test } from "vitest";
import { comparedOf, comparedWords, DIFFER } from "./compare.ts";
import { OTHER, pickable } from "./pick.ts";

test("campaigns are offered by name with their id, the chosen one even when nobody knows it, and another one by its id", () => {
  const known = [
    { id: "camp_2", name: "Winter" },
    { id: "camp_1", name: "Autumn" },
    { id: "camp_3", name: " " },
    { id: "camp_4", name: "a".repeat(180) },
  ];
  expect(pickable(known, "gone", "All campaigns")).toEqual([
    ["", "All campaigns"],
    ["camp_4", `${"a".repeat(60)}… (camp_4)`],
    ["camp_1", "Autumn (camp_1)"],
    ["camp_3", "camp_3"],
    ["camp_2", "Winter (camp_2)"],
    ["gone", "gone"],
    [OTHER, "Another one, by its id …"],
  ]);
  expect(pickable(known, "camp_1", "All campaigns").filter(([id]) => id === "camp_1")).toHaveLength(1);
});

test.each([
  ["", { way: "" }],
  ["previous", { way: "previous" }],
  ["weekday", { way: "weekday" }],
  ["hour=9|10 vs hour=17", { way: "groups", differ: "hour", first: "9, 10", second: "17" }],
  [String.raw`code=a\|b vs code=c\\d`, { way: "groups", differ: "code", first: "a|b", second: String.raw`c\d` }],
])("the words %j are shown in fields, and said again by them", (words, fields) => {
  const shown = comparedOf(words);
  expect(shown).toMatchObject(fields);
  expect(shown === undefined ? undefined : comparedWords(shown)).toBe(words);
});

test.each([
  "agent=ann,hour=9 vs agent=bob,hour=9",
  "hour=9 vs weekday=Mon",
  "hour=9",
  "nonsense",
  String.raw`code=a\,b vs code=c`,
])("conditions that have no fields, such as %j, are left as they were written", (words) => {
  expect(comparedOf(words)).toBeUndefined();
});

test("whatever is typed as values comes back as it was typed", () => {
  const value = fc.stringMatching(/^[a-z|\\=]{1,6}$/);
  const values = fc.array(value, { minLength: 1, maxLength: 3 }).map((all) => all.join(", "));
  const differ = fc.constantFrom(...DIFFER.map(([key]) => key));
  fc.assert(
    fc.property(differ, values, values, (by, first, second) => {
      const asked = { way: "groups", differ: by, first, second } as const;
      expect(comparedOf(comparedWords(asked))).toEqual(asked);
    }),
  );
});

test("an empty group compares nothing", () => {
  expect(comparedWords({ way: "groups", differ: "hour", first: " , ", second: "9" })).toBe("");
});
