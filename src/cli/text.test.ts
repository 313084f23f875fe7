import { expect, test } from "vitest";
import { duration, printable } from "./text.ts";

test("durations are in words a person reads at once", () => {
  expect([0, 59.2, 60, 75, 3600, 7325].map(duration)).toEqual([
    "0 s",
    "1 min 0 s",
    "1 min 0 s",
    "1 min 15 s",
    "1 h 0 min",
    "2 h 2 min",
  ]);
});

test("text from a file cannot steer the terminal", () => {
  expect(printable("a\u001b[2Jb\u202e")).toBe("a�[2Jb�");
});
