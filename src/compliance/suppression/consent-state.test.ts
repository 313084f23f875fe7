// Consent in force: laws that hold for every history, and the histories that matter.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConsentRecord, currentConsent } from "./consent-state.ts";

const DAY = 86_400_000;
const record: fc.Arbitrary<ConsentRecord> = fc.record({
  level: fc.constantFrom("none", "express", "written"),
  at: fc.integer({ min: 0, max: 20 }).map((n) => n * DAY),
});
const history = fc.tuple(
  fc.array(record, { maxLength: 8 }),
  fc.array(
    fc.integer({ min: 0, max: 20 }).map((n) => n * DAY),
    { maxLength: 4 },
  ),
);
const holds = (records: readonly ConsentRecord[], revocations: readonly number[]) => {
  const consent = currentConsent(records, revocations);
  return consent !== undefined && consent.level !== "none" && consent.revokedAt === undefined;
};

test("the order in which records were learned does not matter", () => {
  fc.assert(
    fc.property(history, ([records, revocations]) => {
      expect(currentConsent(records.toReversed(), revocations.toReversed())).toEqual(currentConsent(records, revocations));
    }),
  );
});

test("a revocation never brings consent back, and none given before or at it survives it", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 20 }), ([records, revocations], n) => {
      const more = [...revocations, n * DAY];
      if (holds(records, more)) expect(holds(records, revocations)).toBe(true);
      expect(
        holds(
          records.filter(({ at }) => at <= n * DAY),
          more,
        ),
      ).toBe(false);
    }),
  );
});

test("what is in force was given, after everything that ended it, and nothing stronger was", () => {
  fc.assert(
    fc.property(history, ([records, revocations]) => {
      const ended = Math.max(-1, ...revocations, ...records.filter(({ level }) => level === "none").map(({ at }) => at));
      const open = records.filter(({ level, at }) => level !== "none" && at > ended);
      const consent = currentConsent(records, revocations);
      expect(holds(records, revocations)).toBe(open.length > 0);
      if (open.length === 0) return;
      expect(open).toContainEqual(consent);
      expect(open.some(({ level }) => level === "written")).toBe(consent?.level === "written");
    }),
  );
});

test("nothing known is nothing; refused is none; revoked without a record is revoked", () => {
  expect(currentConsent([], [])).toBeUndefined();
  expect(currentConsent([{ level: "none", at: 5 }], [])).toEqual({ level: "none", at: 5 });
  expect(currentConsent([], [7])).toEqual({ level: "none", at: 7, revokedAt: 7 });
  expect(currentConsent([{ level: "express", at: 5 }], [7])).toEqual({ level: "express", at: 5, revokedAt: 7 });
});

test("a weaker consent after the number was given away counts before a stronger one of its former owner", () => {
  const before = { level: "written", at: Date.parse("2026-04-11T23:59:59Z") } as const;
  const after = { level: "express", at: Date.parse("2026-04-12T00:00:00Z") } as const;
  expect(currentConsent([before, after], [], "2026-04-11")).toEqual(after);
  expect(currentConsent([before, after], [], "2026-04-10")).toEqual(before);
  expect(currentConsent([before], [], "2026-04-11")).toEqual(before);
});
