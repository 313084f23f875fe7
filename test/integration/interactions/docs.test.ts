// The state machine in the document is the one above the code.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
const transitions = (text: string) => [...text.matchAll(/^(?:\/\/ )? *((?:\[\*\]|\w+) --> .*)$/gm)].map(([, line]) => line);

test("the diagram in docs/interactions.md and the one above the code have the same transitions", () => {
  const documented = transitions(read("docs/interactions.md"));
  expect(documented.length).toBeGreaterThan(10);
  expect(documented).toEqual(transitions(read("src/operations/interactions/machine.ts")));
});
