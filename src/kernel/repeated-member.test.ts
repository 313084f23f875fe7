import fc from "fast-check";
import { expect, test } from "vitest";
import { isNestedDeeper, repeatedMember } from "./repeated-member.ts";

const found = (text: string) => repeatedMember(text, JSON.parse(text));

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"x":[{"b" : 1,"c":{"d":1,"d":2}}]}', "d"],
  ['{"a":"\\":","\\u0061":2}', "a"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
])("%s gives %s twice", (text, name) => {
  expect(found(text)).toBe(name);
});

test("no value that was written as JSON gives a member twice", () => {
  fc.assert(fc.property(fc.json(), (text) => found(text) === undefined));
});

test("a text that is nested as deeply as its sender likes is read all the same, and found out", () => {
  const deep = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)},"b":1}`;
  expect(found(deep(50_000))).toBeUndefined();
  expect([63, 64, 50_000].map((levels) => isNestedDeeper(JSON.parse(deep(levels)), 64))).toEqual([false, true, true]);
});

test("the same name in two objects, and texts that look like members, are nothing given twice", () => {
  expect(found('[{"a":1},{"a":{"a":"\\"a\\":1"}}]')).toBeUndefined();
});
