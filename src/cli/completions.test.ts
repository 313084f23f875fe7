// What may stand at the end of a command line.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manualPages } from "../../scripts/man.ts";
import { completionsOf } from "./commands/completion.ts";
import { GLOBAL_OPTIONS } from "./globals.ts";
import { TREE } from "./tree.ts";

const at = (line: string) => {
  const { candidates, wanted } = completionsOf(TREE, GLOBAL_OPTIONS, line.split(" "));
  return { words: candidates.map(({ word }) => word), wanted };
};

test.each([
  ["camp", { words: ["campaign"], wanted: undefined }],
  ["campaign res", { words: ["resume-apply", "resume"], wanted: undefined }],
  ["--dir x campaign resume ", { words: [], wanted: "campaign" }],
  ["campaign pause camp_1 ", { words: [], wanted: "campaign" }],
  ["compliance gate list.csv --campaign ", { words: [], wanted: "campaign" }],
  ["jobs show ", { words: [], wanted: "job" }],
  ["jobs show job_1 --ou", { words: ["--out"], wanted: undefined }],
  ["tag ", { words: [], wanted: "file" }],
  ["tag calls.csv --campaign camp_1 --dry", { words: ["--dry-run"], wanted: undefined }],
  ["serve token add ann --role op", { words: ["operator"], wanted: undefined }],
  ["jobs list --js", { words: ["--json"], wanted: undefined }],
])("%s", (line, expected) => {
  expect(at(line)).toEqual(expected);
});

test("every command but the hidden one has a page, no line of which is taken for a request of roff by accident", () => {
  const pages = manualPages();
  expect(Object.keys(pages)).toEqual([
    "outdial.1",
    ...TREE.slice(0, -1).map(({ declaration }) => `outdial-${declaration.name}.1`),
  ]);
  const requests = new Set(["TH", "SH", "SS", "B", "BR", "TP", "PP", "br", "nf", "fi"]);
  for (const line of Object.values(pages).flatMap((text) => text.split("\n")))
    if (line.startsWith(".")) expect(requests).toContain(/^\.(\w+)/.exec(line)?.[1]);
});

test("what advice tells to run is there", () => {
  const groups = new Map(
    TREE.map(({ declaration, children }) => [declaration.name, children.map((node) => node.declaration.name)]),
  );
  const root = join(import.meta.dirname, "..");
  const wrong = globSync("**/*.{ts,tsx}", { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/(?:: |`)(outdial ([a-z-]+) ([a-z][a-z-]*))\b(?!\.)/g)].flatMap(
      ([, line, group = "", name = ""]) => {
        const commands = groups.get(group);
        return commands === undefined || commands.length === 0 || commands.includes(name) ? [] : [`${file}: ${line}`];
      },
    ),
  );
  expect(wrong).toEqual([]);
});
