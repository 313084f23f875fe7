import { expect, test } from "vitest";
import { parseCohort, parseComparison } from "./cohort.ts";

test("the three forms of a comparison", () => {
  expect(parseComparison("previous")).toEqual({ kind: "previous" });
  expect(parseComparison("agent")).toEqual({ kind: "each", dimension: "agent" });
  expect(parseComparison("list=A,hour=9|10 vs list=B")).toEqual({
    kind: "cohorts",
    first: { name: "list A, hour 9 or 10", columns: { list: ["A"] }, hours: new Set([9, 10]), weekdays: undefined },
    second: { name: "list B", columns: { list: ["B"] }, hours: undefined, weekdays: undefined },
  });
});

test("values may hold the signs of the language behind a backslash", () => {
  expect(parseCohort("list=A\\,B\\|C=\\\\,weekday=mo|Tuesday")).toMatchObject({
    columns: { list: ["A,B|C=\\"] },
    weekdays: new Set([0, 1]),
  });
});

test.each([
  [
    "lst=A vs list=B",
    '"lst" is nothing to group calls by; allowed are hour, weekday, code, campaign, attempt, list, agent (did you mean list?)',
  ],
  ["list=A", '--compare "list=A": allowed are previous, a dimension (hour, weekday, campaign, attempt, list, agent)'],
  ["previos", "did you mean previous?"],
  ["code", "allowed are previous"],
  ["a vs b vs c", "allowed are previous"],
  ["list= vs list=B", '"list=" is no condition'],
  ["hour=24 vs hour=1", 'hour "24"; allowed are 0 to 23'],
  ["weekday=x vs hour=1", 'weekday "x"; allowed are Monday'],
])("a comparison that cannot be read says what is allowed: %s", (text, message) => {
  expect(() => parseComparison(text)).toThrow(message);
  expect(() => parseComparison(text)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
