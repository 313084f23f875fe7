import { expect, test } from "vitest";
import { LineCounter, parseDocument } from "yaml";
import { hiddenKeys, yamlOffset } from "./yaml-lines.ts";

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
