// The strip of the hours ahead.

import fc from "fast-check";
import { expect, test } from "vitest";
import { openInWords, runsOf } from "./explain.tsx";

test("runs cover every half hour once, and neighbours differ", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 96 }), (cells) => {
      const runs = runsOf(cells);
      expect(runs.flatMap(({ length, open }) => Array.from({ length }, () => open))).toEqual(cells);
      runs.slice(1).forEach((run, i) => expect(run.open).not.toBe(runs[i]?.open));
    }),
  );
});

test("is told in words for who cannot see it", () => {
  const text = (at: number) => new Date(at).toISOString().slice(11, 16);
  expect(openInWords([false, true, true, false, true], 0, 30, text)).toBe("00:30 to 01:30; 02:00 to 02:30");
  expect(openInWords([false], 0, 30, text)).toBe("not within the time shown");
});
