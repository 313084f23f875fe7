import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  canonicalJson,
  createRandom,
  doubledMs,
  durationText,
  Histogram,
  jsonTrouble,
  messageOf,
  nearest,
  newId,
  problemsOf,
} from "./index.ts";

test("canonical JSON is the same for the same value however its keys are ordered, and JSON reads it back", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      const reversed = (v: unknown): unknown =>
        Array.isArray(v)
          ? v.map(reversed)
          : v !== null && typeof v === "object"
            ? Object.fromEntries(
                Object.entries(v)
                  .reverse()
                  .map(([k, m]) => [k, reversed(m)]),
              )
            : v;
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

test("Node's advice about an authority of one's own names both ways to make it known", () => {
  const said =
    "unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca";
  expect(messageOf(new Error(said))).toBe(`${said} or naming its certificate in NODE_EXTRA_CA_CERTS`);
});

test("canonical JSON sorts by UTF-16 code units, as RFC 8785's example does", () => {
  const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  expect([...canonicalJson(value).matchAll(/:(\d)/g)].map(([, n]) => Number(n))).toEqual([2, 4, 6, 7, 1, 5, 3]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, undefined])("canonical JSON refuses %s", (value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});

test("histogram quantiles are right to two per cent of the exact ones", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (values, q) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const exact = [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1] ?? 0;
        const found = Histogram.from(histogram.toJSON()).quantile(q);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.02 * exact);
      },
    ),
  );
});

test("merged histograms count as one", () => {
  const [a, b] = [new Histogram(), new Histogram()];
  for (let i = 1; i <= 50; i++) a.record(i);
  for (let i = 51; i <= 100; i++) b.record(i);
  a.merge(b);
  expect(a.summary()).toMatchObject({ count: 100, max: 100 });
  expect(a.quantile(0.5)).toBeGreaterThan(48);
  expect(a.quantile(0.5)).toBeLessThan(52);
});

test("random streams repeat for the same seed and name and differ otherwise", () => {
  const draw = (seed: number, name: string) =>
    Array.from({ length: 8 }, (_, __, stream = createRandom(seed, name)) => stream.next());
  expect(draw(1, "a")).toEqual(draw(1, "a"));
  expect(createRandom(1, "a").next()).not.toBe(createRandom(1, "b").next());
  const stream = createRandom(7, "mean");
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += stream.next();
  expect(Math.abs(sum / 100_000 - 0.5)).toBeLessThan(0.005);
});

test("a stream's numbers stay what they are from release to release", () => {
  const stream = createRandom(42, "calls/camp_1");
  expect([stream.next(), stream.next(), stream.next(), stream.int(1000)]).toEqual([
    0.435687055811286, 0.6280703726224601, 0.6214898910839111, 326,
  ]);
});

test("ids sort by time", () => {
  const random = createRandom(1, "ids");
  expect([newId("job", 2_000, random), newId("job", 1_000, random)].sort()[0]).toContain(
    newId("job", 1_000, random).slice(0, 14),
  );
});

test("the nearest word is suggested only when it is near", () => {
  expect(nearest("DIPS_001", ["DISP_001", "DISP_777"])).toBe("DISP_001");
  expect(nearest("completely else", ["DISP_001"])).toBeUndefined();
});

test("a word that picks the kind of an object is checked like any closed list", () => {
  const kinds = z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("lognormal"), mean: z.number() }),
    z.strictObject({ kind: z.literal("uniform") }),
  ]);
  const schema = z.strictObject({ talk: z.union([z.number(), kinds]) });
  const value = { talk: { kind: "lognorml", mean: 3 } };
  const parsed = schema.safeParse(value);
  expect(parsed.success ? [] : problemsOf(schema, value, parsed.error)).toEqual([
    { path: "talk.kind", message: '"lognorml" is not one of lognormal, uniform; did you mean lognormal?' },
  ]);
});

test("a field that is left out is called missing, with what is needed", () => {
  const schema = z.strictObject({ rate: z.number(), rules: z.strictObject({ zone: z.string(), kind: z.enum(["a", "b"]) }) });
  const value = { rules: {} };
  const parsed = schema.safeParse(value);
  expect(parsed.success ? [] : problemsOf(schema, value, parsed.error)).toEqual([
    { path: "rate", message: "missing; a number is needed" },
    { path: "rules.zone", message: "missing; text is needed" },
    { path: "rules.kind", message: "missing; one of a, b is needed" },
  ]);
});

test("why a text is no JSON is said without the engine's words", () => {
  const why = (text: string) => {
    try {
      return JSON.parse(text);
    } catch (thrown) {
      return jsonTrouble(thrown);
    }
  };
  expect(["{", "x", '{"a":1,}', '{"a":1} x', '{"a" 1}', "", '{"a":"'].map(why)).toEqual([
    "character 2 is not expected",
    'x is not expected in "x"',
    "character 8 is not expected",
    "character 9 is not expected",
    "character 6 is not expected",
    "it breaks off",
    "it breaks off",
  ]);
});

test("spans are said as people write them", () => {
  const said = [0, 400, 1000, 100_000, 1_800_000, 5_400_000, 90_061_000].map(durationText);
  expect(said).toEqual(["0 s", "0 s", "1 s", "1 min 40 s", "30 min", "1 h 30 min", "1 d 1 h 1 min 1 s"]);
});

test("waits double from the first to the longest, and stay there", () => {
  expect([0, 1, 2, 3, 4].map((turn) => doubledMs(250, 3000, turn))).toEqual([250, 500, 1000, 2000, 3000]);
  const ms = fc.integer({ min: 1, max: 1e9 });
  fc.assert(
    fc.property(ms, ms, fc.integer({ min: -5, max: 5000 }), (first, most, turn) => {
      const wait = doubledMs(first, most, turn);
      expect(wait).toBeLessThanOrEqual(most);
      expect(doubledMs(first, most, turn + 1)).toBeGreaterThanOrEqual(wait);
      expect(wait).toBeGreaterThanOrEqual(Math.min(first, most));
    }),
  );
});
