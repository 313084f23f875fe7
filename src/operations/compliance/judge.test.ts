import fc from "fast-check";
import { expect, test } from "vitest";
import { FirstSeen } from "./judge.ts";

/** Numbers that meet often, and any that a telephone number can be. */
const number = fc.oneof(fc.integer({ min: 12125550000, max: 12125550050 }), fc.integer({ min: 1, max: 999_999_999_999_999 }));

test("says of each number where it was first seen, as a map does", () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (list) => {
      const seen = new FirstSeen();
      const map = new Map<number, number>();
      for (const [position, one] of list.entries()) {
        expect(seen.note(one, position)).toBe(map.get(one));
        if (!map.has(one)) map.set(one, position);
      }
    }),
  );
});

test("finds every number again after growing many times", () => {
  const seen = new FirstSeen();
  const of = (n: number) => 12_000_000_000 + n * 7919;
  for (let n = 0; n < 100_000; n++) if (seen.note(of(n), n) !== undefined) expect.fail(`${of(n)} was never noted`);
  for (let n = 0; n < 100_000; n++) if (seen.note(of(n), 0) !== n) expect.fail(`${of(n)} was noted at ${n}`);
});
