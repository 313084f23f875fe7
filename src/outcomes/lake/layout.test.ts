// Paths of the lake's files, whatever an id has in it: with the separators of each kind of machine, and with the names that Windows keeps for itself.

import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileName, partitionFolder, UTC_SINCE, versionOfFile } from "./layout.ts";

const id = fc.oneof(
  fc.constantFrom(
    "con",
    "NUL.txt",
    "..",
    ".",
    "a/../../b",
    "a\\..\\b",
    "C:\\x",
    "x.",
    "x ",
    "10:30:00",
    "a=b",
    "é",
    "e\u0301",
    "A",
    "a",
  ),
  fc.string({ unit: "binary", maxLength: 300 }),
);
const kind = fc.constantFrom("part", "head", "history", "quarantine");
const FORBIDDEN = /[<>:"\\|?*]|[ .]$/;

describe.each([
  { name: "POSIX", paths: posix, root: "/srv/lake" },
  { name: "Windows", paths: win32, root: "D:\\lake" },
])("with the paths of $name", ({ paths, root }) => {
  test("a file is three folders below the lake, and no part of its path is refused or changed by a system", () => {
    fc.assert(
      fc.property(kind, id, id, (of, campaign, name) => {
        const path = `${partitionFolder(of, campaign, "2026-03-01")}/${fileName(of, name, "u-1")}`;
        const parts = paths.relative(root, paths.join(root, path)).split(paths.sep);
        expect(parts).toEqual(path.split("/"));
        expect(parts).toHaveLength(4);
        for (const part of parts) {
          expect(part).not.toMatch(FORBIDDEN);
          expect(part).toMatch(/^[\u0021-\u007e]{1,255}$/);
          expect(part).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
        }
      }),
    );
  });

  test("the version of a file is read from its path, however that was put together", () => {
    const old = UTC_SINCE - 1;
    expect(versionOfFile(paths.join(root, "calls", "campaign=a", "day=2026-03-01", `part-v${old}-a-u.parquet`))).toBe(old);
  });
});
