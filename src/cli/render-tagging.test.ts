import { expect, test } from "vitest";
import { countsLine, Pace, planLines, progressLine } from "./render-tagging.ts";

test("the pace is what was done in the last ten seconds", () => {
  const pace = new Pace();
  expect(pace.note(0, 0, 1000)).toBeUndefined();
  expect(pace.note(1000, 100, 1000)).toEqual({ perSecond: 100, secondsLeft: 9 });
  for (let second = 2; second <= 20; second++) pace.note(second * 1000, 100 + (second - 1) * 10, 1000);
  expect(pace.note(21_000, 300, 1000)?.perSecond).toBeLessThan(12);
});

test("a progress line says how far, how fast, how long still, and what went wrong", () => {
  const progress = {
    totalRows: 1000,
    counts: { tagged: 240, refused: 10 },
    retries: 3,
    rateLimited: 0,
    phase: "sending" as const,
  };
  expect(progressLine(progress, { perSecond: 100, secondsLeft: 7.5 })).toBe(
    "250/1,000 (25 %) · 100/s · 8 s left · 240 tagged · 10 refused · 3 retries",
  );
});

test("results that did not occur are not listed", () => {
  expect(countsLine({ tagged: 2, not_found: 1 })).toBe("2 tagged · 1 not found");
});

test("a file of a header alone is told of", () => {
  const plan = { rows: 0, toSend: 0, refused: 0, duplicates: 0, problems: {}, examples: [] };
  expect(planLines(plan)).toEqual(["0 rows: 0 to send, 0 refused, 0 duplicates", "  the file has no rows below its header"]);
});
