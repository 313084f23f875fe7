import { expect, test } from "vitest";
import { LineCounter, parseDocument } from "yaml";
import { hiddenKeys, yamlOffset, yamlValue } from "./yaml-lines.ts";

const TEXT = `tenants:
  a-:
    hosts: x
  b.c: { hosts: [1,
    2] }
__proto__: {}
list:
  - one: 1
  - { two: 2, __proto__: 3 }
`;

const lines = new LineCounter();
const { contents } = parseDocument(TEXT, { lineCounter: lines });
const lineOf = (path: string) => lines.linePos(yamlOffset(contents, path)).line;

test.each([
  ["", 1],
  ["tenants", 1],
  ["tenants.a-", 2],
  ["tenants.a-.hosts", 3],
  ["tenants.a-.missing", 3],
  ["tenants.b.c.hosts[1]", 5],
  ["list[1].two", 9],
  ["nothing", 1],
])("%s stands in line %i", (path, line) => expect(lineOf(path)).toBe(line));

test("keys that no schema gets to see are found wherever they are", () => {
  expect(hiddenKeys(contents)).toEqual(["__proto__", "list[1].__proto__"]);
});

test.each(["? ".repeat(5000), `${"{? ".repeat(500)}${"}".repeat(500)}`, "a: &a [1]\nb: { *a : 1 }\n", "- a: { [b]: 1 }\n"])(
  "a key that is no text is refused before it is made one: nested keys take more memory than there is",
  (text) => {
    const value = () => yamlValue(parseDocument(text), (why) => new Error(`refused: ${why}`));
    expect(value).toThrow("refused: a key is a group, a list or an alias; it must be a text");
  },
);
