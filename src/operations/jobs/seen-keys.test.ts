import fc from "fast-check";
import { expect, test } from "vitest";
import { SeenKeys } from "./seen-keys.ts";

test("answers as a map of strings would", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-c]{1,3}$/), fc.constantFrom("x", "y")), { maxLength: 200 }), (rows) => {
      const seen = new SeenKeys();
      const model = new Map<string, { line: number; key: string }>();
      for (const [index, [id, key]] of rows.entries()) {
        const first = model.get(id);
        expect(seen.note(id, key, index + 1)).toEqual(
          first === undefined ? undefined : { firstLine: first.line, same: first.key === key },
        );
        if (first === undefined) model.set(id, { line: index + 1, key });
      }
    }),
    { numRuns: 20 },
  );
});

test("keeps two million similar ids apart and grows on the way", () => {
  const seen = new SeenKeys();
  let met = 0;
  for (let i = 0; i < 2_000_000; i++) if (seen.note(`call_${i}`, "k", i + 1) !== undefined) met += 1;
  expect(met).toBe(0);
  expect(seen.note("call_1999999", "k", 1)).toEqual({ firstLine: 2_000_000, same: true });
});
