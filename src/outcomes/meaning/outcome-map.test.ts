import fc from "fast-check";
import { expect, test } from "vitest";
import { CATEGORIES } from "./category.ts";
import { classify, DOCUMENTED_MAP, eraAt } from "./outcome-map.ts";
import { readOutcomeMap } from "./read-outcome-map.ts";

const at = (text: string) => Date.parse(text);
const read = (text: string) => readOutcomeMap(text, "map.yaml");

test.each([
  ["CONVERTED", "success"],
  ["APPOINTMENT_SET", "success"],
  ["INTERESTED", "warm"],
  ["CALLBACK_REQUESTED", "warm"],
  ["NOT_INTERESTED", "cold"],
  ["BUSY", "neutral"],
  ["NO_ANSWER", "neutral"],
  ["DISCONNECTED", "failure"],
  ["WRONG_NUMBER", "failure"],
])("%s is %s", (code, category) => {
  expect(classify(DOCUMENTED_MAP, code, 0)).toEqual({ category, mapped: true });
});

test("a code that no map knows is neutral, unmapped, and never a success", async () => {
  const map = await read("name: a\nversions:\n  - version: one\n    from: 2026-01-01\n    codes: { SALE: success }\n");
  const known = new Set(map.eras.flatMap(({ categories }) => [...categories.keys()]));
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: at("2030-01-01") }), (code, instant) => {
      fc.pre(!known.has(code));
      expect(classify(map, code, instant)).toEqual({ category: "neutral", mapped: false });
    }),
  );
  for (const code of ["constructor", "__proto__", "toString", "converted", "CONVERTED "])
    expect(classify(map, code, 0)).toEqual({ category: "neutral", mapped: false });
});

test("the version valid at the call's time classifies it, the documented codes hold outside and under it", async () => {
  const map = await read(`name: acme
zone: America/New_York
versions:
  - version: autumn
    from: 2026-07-01
    base: none
    codes: { "101": success }
  - version: spring
    from: 2026-01-01
    to: 2026-04-01
    codes:
      007: warm
      CALLBACK_REQUESTED: neutral
`);
  expect(map.eras.map(({ version }) => version)).toEqual(["documented-1", "spring", "documented-1", "autumn"]);
  const of = (code: string, time: string) => classify(map, code, at(time));
  expect(of("007", "2026-02-01T00:00:00Z")).toEqual({ category: "warm", mapped: true });
  expect(of("CONVERTED", "2026-02-01T00:00:00Z").category).toBe("success");
  expect(of("CALLBACK_REQUESTED", "2026-02-01T00:00:00Z").category).toBe("neutral");
  expect(of("CALLBACK_REQUESTED", "2026-05-01T00:00:00Z").category).toBe("warm");
  // The days begin at midnight in New York, in winter five and in summer four hours after midnight UTC.
  expect(of("007", "2026-01-01T04:59:59.999Z").mapped).toBe(false);
  expect(of("007", "2026-01-01T05:00:00Z").mapped).toBe(true);
  expect(of("007", "2026-04-01T03:59:59.999Z").mapped).toBe(true);
  expect(of("007", "2026-04-01T04:00:00Z").mapped).toBe(false);
  expect(of("101", "2026-07-02T00:00:00Z")).toEqual({ category: "success", mapped: true });
  expect(of("CONVERTED", "2026-07-02T00:00:00Z")).toEqual({ category: "neutral", mapped: false });
});

test("eras cover all time in order, whatever the versions", async () => {
  const day = (n: number) => new Date(n * 86_400_000).toISOString().slice(0, 10);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 12 }),
      fc.nat(),
      async (cuts, seed) => {
        const sorted = cuts.sort((a, b) => a - b);
        const versions = sorted
          .slice(0, -1)
          .map(
            (from, i) =>
              `  - { version: v${i}, from: ${day(from)}, to: ${day(sorted[i + 1] ?? 0)}, codes: { X: ${CATEGORIES[i % 5]} } }`,
          )
          .filter((_, i) => (seed >> i) % 3 !== 0);
        fc.pre(versions.length > 0);
        const { eras } = await read(`name: p\nversions:\n${versions.reverse().join("\n")}\n`);
        expect(eras[0]?.from).toBe(Number.NEGATIVE_INFINITY);
        expect(eras.at(-1)?.to).toBe(Number.POSITIVE_INFINITY);
        for (const [i, era] of eras.entries()) {
          expect(era.to).toBeGreaterThan(era.from);
          if (i > 0) expect(era.from).toBe(eras[i - 1]?.to);
        }
        for (const cut of sorted) {
          const era = eras[eraAt({ id: "p", eras }, cut * 86_400_000)];
          expect(era?.from).toBeLessThanOrEqual(cut * 86_400_000);
          expect(era?.to).toBeGreaterThan(cut * 86_400_000);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("the id follows the content", async () => {
  const one = await read("name: a\nversions: [{ version: v, codes: { X: success } }]");
  const same = await read("# a comment\nversions:\n  - codes: { X: success }\n    version: v\nname: a");
  const other = await read("name: a\nversions: [{ version: v, codes: { X: warm } }]");
  expect(same.id).toBe(one.id);
  expect(other.id).not.toBe(one.id);
  expect(one.id).toMatch(/^a#[0-9a-f]{8}$/);
});

test.each([
  [
    "overlap",
    "name: a\nversions:\n  - version: one\n    from: 2026-01-01\n    to: 2026-03-02\n    codes: {}\n  - version: two\n    from: 2026-03-01\n    codes: {}\n",
    'map.yaml, line 8, versions.1.from: version "two" begins while "one" (line 3) still holds',
  ],
  [
    "open versions overlap",
    "name: a\nversions:\n  - version: one\n    codes: {}\n  - version: two\n    codes: {}\n",
    'line 5, versions.1: version "two" begins while "one"',
  ],
  [
    "category",
    "name: a\nversions:\n  - version: one\n    codes:\n      SALE: sucess\n",
    'line 5, versions.0.codes.SALE: "sucess" is not one of success, warm, cold, neutral, failure; did you mean success?',
  ],
  [
    "unknown field",
    "name: a\nversions:\n  - version: one\n    form: 2026-01-01\n    codes: {}\n",
    "line 4, versions.0.form: unknown field; did you mean from?",
  ],
  [
    "date",
    "name: a\nversions:\n  - version: one\n    from: 2026-02-30\n    codes: {}\n",
    "line 4, versions.0.from: 2026-02-30 is no day of the calendar",
  ],
  [
    "time without offset",
    "name: a\nversions:\n  - version: one\n    from: 2026-02-03T10:00:00\n    codes: {}\n",
    "line 4, versions.0.from:",
  ],
  [
    "order",
    "name: a\nversions:\n  - version: one\n    from: 2026-02-03\n    to: 2026-02-03\n    codes: {}\n",
    "line 5, versions.0.to: 2026-02-03 is not after from (2026-02-03)",
  ],
  [
    "twice the same code",
    "name: a\nversions:\n  - version: one\n    codes:\n      A: warm\n      A: cold\n",
    "map.yaml, line 6: Map keys must be unique",
  ],
  [
    "twice the same name",
    "name: a\nversions:\n  - version: one\n    to: 2026-01-01\n    codes: {}\n  - version: one\n    from: 2026-01-01\n    codes: {}\n",
    'line 6, versions.1.version: "one" is the name of another version too',
  ],
  [
    "zone",
    "name: a\nzone: Mars/Base\nversions:\n  - version: one\n    codes: {}\n",
    'line 2, zone: time zone "Mars/Base" is not known',
  ],
  ["nothing", "", "map.yaml, line 1, the file:"],
  ["missing codes", "name: a\nversions:\n  - version: one\n", "line 3, versions.0.codes:"],
])("a wrong map says where: %s", async (_, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
  await expect(read(text)).rejects.toMatchObject({ code: "invalid_input" });
});
