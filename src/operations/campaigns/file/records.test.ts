// Which paths lead out of a folder, with the separators and drives of each kind of machine.

import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBelow } from "./records.ts";

const part = fc
  .oneof(fc.constantFrom("lists", "Lists", "a b", "..x", "x..", "ä", "c"), fc.stringMatching(/^[a-z0-9 ._-]{1,8}$/))
  .filter((one) => !/^\.{1,2}$|[ .]$/.test(one));
const step = fc.oneof({ weight: 3, arbitrary: part }, { weight: 1, arbitrary: fc.constantFrom("..", ".") });

describe.each([
  { name: "POSIX", paths: posix, roots: ["/", "/srv/"], others: ["/elsewhere/x.csv"] },
  {
    name: "Windows",
    paths: win32,
    roots: ["C:\\", "C:\\Users\\ann\\", "\\\\server\\share\\"],
    others: ["D:\\x.csv", "\\\\server\\other\\x.csv", "\\\\other\\share\\x.csv"],
  },
])("with the paths of $name", ({ paths, roots, others }) => {
  const root = fc.constantFrom(...roots);
  const separator = fc.constantFrom(...(paths === win32 ? ["\\", "/"] : ["/"]));

  test("what is written below a folder is below it, and what climbs out of it is not", () => {
    fc.assert(
      fc.property(
        root,
        fc.array(part, { maxLength: 3 }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        separator,
        (top, inside, steps, by) => {
          const folder = paths.resolve(top, ...inside);
          const path = paths.resolve(folder, steps.join(by));
          // Counted apart from the functions of the module: how deep it is at the end, and whether it ever left.
          let depth = 0;
          let left = false;
          for (const one of steps) {
            depth += one === ".." ? -1 : one === "." ? 0 : 1;
            left ||= depth < 0;
          }
          if (!left) expect(isBelow(path, folder, paths)).toBe(depth > 0);
          else if (depth < 0 && inside.length >= steps.length) expect(isBelow(path, folder, paths)).toBe(false);
        },
      ),
    );
  });

  test("neither another drive, another share nor a folder of a longer name is below it", () => {
    for (const top of roots)
      for (const other of others)
        if (!(top === "/" && paths === posix))
          expect([other, isBelow(paths.resolve(other), paths.resolve(top, "lists"), paths)]).toEqual([other, false]);
    for (const top of roots)
      expect(isBelow(paths.resolve(top, "lists-2", "x.csv"), paths.resolve(top, "lists"), paths)).toBe(false);
  });
});
