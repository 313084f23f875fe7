import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { localTime } from "../meaning/local-time.ts";
import { DOCUMENTED_MAP } from "../meaning/outcome-map.ts";
import { coverageOf, type HeldCalls } from "./coverage.ts";

const DAY = 86_400_000;
const DAYS = 5;
const BEGIN = Date.parse("2026-03-02T00:00:00Z");
type Kind = HeldCalls["reads"][number]["kind"];
const stretch = fc.record({
  from: fc.integer({ min: 0, max: DAYS * 24 - 1 }),
  hours: fc.integer({ min: 1, max: 60 }),
  kind: fc.constantFrom<Kind>("read", "read", "short", "begun"),
  codes: fc.constantFrom<readonly string[] | null>(null, null, ["CONVERTED"]),
});
const told = fc.record({ day: fc.integer({ min: 0, max: DAYS - 1 }) });

test("knowing less never makes a day whole: a stretch less, one with a filter, fewer calls, dials that are not told", () => {
  const scope = { campaigns: ["c"], from: BEGIN, to: BEGIN + DAYS * DAY, map: DOCUMENTED_MAP, time: localTime("UTC") };
  const heldOf = (
    stretches: readonly { from: number; hours: number; kind: Kind; codes: readonly string[] | null }[],
    days: readonly number[],
  ): HeldCalls => ({
    tellsDials: true,
    reads: stretches.map(({ from, hours, kind, codes }) => ({
      campaignId: "c",
      from: BEGIN + from * 3_600_000,
      to: BEGIN + (from + hours) * 3_600_000,
      kind,
      codes,
    })),
    told: days.map((day) => ({ campaignId: "c", day: BEGIN + day * DAY, dials: Array.from({ length: 96 }, () => 1), gone: [] })),
  });
  const wholeOf = (held: HeldCalls, missing: number) => {
    const counted = new Map(
      held.told.flatMap(({ day }) => Array.from({ length: 96 - missing }, (_, n) => [`c/${day + n * 900_000}`, 1] as const)),
    );
    const { covers } = coverageOf(scope, held, { now: scope.to, counted });
    return new Set(covers.days.filter(({ covered }) => covered === "whole").map(({ day }) => day));
  };
  fc.assert(
    fc.property(
      fc.array(stretch, { maxLength: 8 }),
      fc.array(told, { maxLength: 5 }),
      fc.nat(),
      fc.constantFrom("gone" as const, "begun" as const, "short" as const, "codes" as const),
      (reads, days, at, how) => {
        const told = [...new Set(days.map(({ day }) => day))];
        const before = wholeOf(heldOf(reads, told), 0);
        const fewer = reads.flatMap((one, i) => {
          if (i !== at % Math.max(1, reads.length)) return [one];
          return how === "gone" ? [] : [how === "codes" ? { ...one, codes: ["X"] } : { ...one, kind: how }];
        });
        for (const after of [
          wholeOf(heldOf(fewer, told), 0),
          wholeOf(heldOf(reads, told.slice(1)), 0),
          wholeOf(heldOf(reads, told), 3),
        ])
          expect([...after].filter((day) => !before.has(day))).toEqual([]);
      },
    ),
    { numRuns: scaled(5000, 300) },
  );
});
