import { describe, expect, test } from "vitest";
import { z } from "zod";
import { internalIn } from "../../test/support/messages.ts";
import { issueText } from "./problems.ts";

const said = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(issueText);
};

describe("what the validator found is said in words", () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ["text", z.string(), 3, "text is needed, not a number"],
    ["a number", z.number(), "3", "a number is needed, not text"],
    ["no number", z.number(), Number.NaN, "a number is needed"],
    ["beyond counting", z.int(), 1e99, "it is too large"],
    ["a fraction", z.int(), 1.5, "a whole number is needed"],
    ["text for a whole number", z.int(), "1", "a number is needed, not text"],
    ["left out", z.boolean(), undefined, "missing; true or false is needed"],
    ["nothing", z.array(z.string()), null, "a list is needed, not null"],
    ["a list", z.strictObject({}), [], "an object is needed, not a list"],
    ["too small", z.number().min(1), 0, "it must be at least 1"],
    ["not above", z.number().gt(0), 0, "it must be more than 0"],
    ["too big", z.number().max(1), 1.5, "it must be at most 1"],
    ["not below", z.number().lt(1), 1, "it must be less than 1"],
    ["empty", z.string().min(1), "", "it must not be empty"],
    ["an empty list", z.array(z.string()).min(1), [], "it must not be empty"],
    ["short", z.string().min(8), "x", "it must have at least 8 characters"],
    ["long", z.string().max(1), "xx", "it must have at most 1 character"],
    ["many", z.array(z.number()).max(2), [1, 2, 3], "it must have at most 2 entries"],
    ["how many", z.array(z.number()).length(2), [1], "it must have exactly 2 entries"],
    ["steps", z.number().multipleOf(5), 7, "a multiple of 5 is needed"],
    ["words", z.enum(["a", "b"]), "c", '"a" or "b" is needed'],
    ["an address", z.url(), "x", "a web address is needed, such as https://example.com"],
    [
      "a time",
      z.iso.datetime({ offset: true }),
      "x",
      "a time in ISO 8601 with its offset is needed, such as 2026-06-16T15:00:00Z",
    ],
    ["a pattern", z.string().regex(/^a$/), "b", "it must be of the form /^a$/"],
    ["a beginning", z.string().startsWith("/"), "a", 'it must begin with "/"'],
    ["an end", z.string().endsWith("/"), "a", 'it must end with "/"'],
    ["a part", z.string().includes("/"), "a", 'it must contain "/"'],
    ["another form", z.cuid2(), "?", "it is not of the form that is needed"],
    ["a kind", z.union([z.string(), z.number()]), true, "it is of none of the forms that are allowed"],
  ])("%s", (_, schema, value, words) => expect(said(schema, value)).toEqual([words]));

  test("what a schema says itself is kept", () => {
    expect(said(z.string().regex(/^a$/, "an a is needed"), "b")).toEqual(["an a is needed"]);
    expect(said(z.string({ error: "the name of a zone" }), 3)).toEqual(["the name of a zone"]);
    expect(
      said(
        z.number().refine((n) => n !== 3, "three is not allowed"),
        3,
      ),
    ).toEqual(["three is not allowed"]);
  });

  test("unknown members are named", () =>
    expect(said(z.strictObject({ a: z.number() }), { a: 1, b: 2, c: 3 })).toEqual(["unknown fields b, c"]));
});

test.each([
  "getDispositionMatrix: no reply",
  "path: Invalid input: expected string, received number",
  "value is undefined",
  "[object Object] is not allowed",
  "Cannot read properties of null (reading 'id')",
  'relation "jobs" does not exist',
  "outdial: broken\n    at run (file:///somewhere/main.js:3:7)",
])("what nobody is to read is found in every message of a test run: %s", async (text) => {
  expect(await internalIn(text)).toBeDefined();
  expect(await internalIn(text, text)).toBeUndefined();
  expect(await internalIn("tenant.retry.baseDelay: a span of time such as 90s is needed")).toBeUndefined();
});
