// The text that is edited: its lines, what is kept of it, what a refusal says of it.

import fc from "fast-check";
import { expect, test } from "vitest";
import { draftOf, joined, keptDraft, lineAt, lineCount, mistakesOf, movedWords } from "./draft.ts";

const problem = { type: "about:blank", title: "t", status: 400, code: "invalid_input", detail: "d", requestId: "r" };

test("a line is chosen whatever the text", () => {
  const text = fc.array(
    fc.string({ maxLength: 5 }).map((line) => line.replaceAll("\n", " ")),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(text, fc.nat(7), (lines, at) => {
      const whole = lines.join("\n");
      const index = Math.min(at, lines.length - 1);
      expect(whole.slice(...lineAt(whole, at + 1))).toBe(lines[index]);
      expect(lineCount(whole)).toBe(lines.length);
    }),
  );
});

test("a draft is what was kept, and what is none is none", () => {
  const draft = draftOf("name: a\n", { base: "name: b\n", activate: true });
  expect(keptDraft(JSON.stringify(draft))).toEqual(draft);
  for (const kept of [null, "", "{", "null", "[]", "7", '{"text":1,"name":"a"}', '{"text":"","name":"a"}'])
    expect(keptDraft(kept)).toBeUndefined();
  expect(joined(["a: 1\n\n", "b: 2"])).toBe("a: 1\n---\nb: 2\n");
});

test("a refusal tells mistakes by their lines, and what has moved; one of another kind tells neither", () => {
  const mistakes = [{ file: "f", line: 3, column: 2, message: "name: missing" }, { line: "4" }, null];
  expect(mistakesOf({ ...problem, details: { mistakes } })).toEqual([
    { line: 3, column: 2, rule: undefined, text: "name: missing" },
  ]);
  const moved = [
    { campaign: "Spring", what: "changed", fields: [{ path: "queueId" }] },
    { campaign: "", what: "rules", fields: [] },
  ];
  expect(movedWords({ ...problem, details: { moved } })).toBe("Spring has changed (queueId); the rules have changed");
  for (const details of [{}, { mistakes: "x", moved: "x" }, { moved: [] }]) {
    expect(mistakesOf({ ...problem, details })).toEqual([]);
    expect(movedWords({ ...problem, details })).toBeUndefined();
  }
  expect(movedWords({ ...problem, details: { moved: [null] } })).toBeDefined();
});
