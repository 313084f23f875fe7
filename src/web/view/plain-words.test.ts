// Words that nobody who runs campaigns says stand in no text that a person reads.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = join(import.meta.dirname, "../..");
const NOT_SAID = /watch looks|Your word|Way back|\bSaid\b|[Bb]urning (?:\d|\$\{|\{)|None shown/;
const COMMENT = /^\s*(?:\/\/|\/?\*|\{\/\*)/;

test("what an operator does not say stands in no text of the pages, or of what they show", () => {
  const found = ["web", "operations", "kernel"].flatMap((folder) =>
    readdirSync(join(SOURCES, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
      .flatMap((path) => {
        const lines = readFileSync(join(SOURCES, folder, path), "utf8").split("\n");
        return lines
          .filter((line) => !COMMENT.test(line) && NOT_SAID.test(line))
          .map((line) => `${folder}/${path}: ${line.trim()}`);
      }),
  );
  expect(found).toEqual([]);
});
