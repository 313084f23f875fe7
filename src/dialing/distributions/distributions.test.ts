import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import { DialingError } from "../arguments.ts";
import { type Distribution, distributionSchema, inversion, lawOf, sampler } from "./index.ts";

const EVERY: readonly (readonly [string, Distribution])[] = [
  ["exponential", { kind: "exponential", mean: 170 }],
  ["uniform", { kind: "uniform", low: 2, high: 9 }],
  ["lognormal of talk", { kind: "lognormal", mean: 150, cv: 1.2 }],
  ["lognormal of ring", { kind: "lognormal", mean: 9, cv: 0.55 }],
  ["gamma, wide", { kind: "gamma", mean: 30, cv: 2.5 }],
  ["gamma, narrow", { kind: "gamma", mean: 30, cv: 0.05 }],
  ["weibull, falling hazard", { kind: "weibull", mean: 20, shape: 0.7 }],
  ["weibull, rising hazard", { kind: "weibull", mean: 20, shape: 3 }],
  ["empirical", { kind: "empirical", values: [0.5, 1, 4, 4.5, 20] }],
  [
    "mixture",
    {
      kind: "mixture",
      parts: [
        { weight: 3, distribution: { kind: "lognormal", mean: 8, cv: 0.2 } },
        { weight: 1, distribution: { kind: "gamma", mean: 20, cv: 0.1 } },
      ],
    },
  ],
];
const SHARES = [1e-6, 0.01, 0.1, 0.35, 0.5, 0.75, 0.9, 0.99, 0.9999];

test.each(EVERY)("%s: quantile and distribution function are inverse, cdf and survival add to 1", (_, distribution) => {
  const law = lawOf(distribution);
  for (const p of SHARES) {
    const x = law.quantile(p);
    expect(law.cdf(x)).toBeCloseTo(p, 11);
    expect(law.survival(x)).toBeCloseTo(1 - p, 11);
  }
});

test.each(EVERY)(
  "%s: the density is the slope of the distribution function, the hazard the density over the survival",
  (_, distribution) => {
    const law = lawOf(distribution);
    for (const p of [0.05, 0.3, 0.6, 0.97]) {
      const x = law.quantile(p);
      const step = x * 1e-5;
      const slope = (law.cdf(x + step) - law.cdf(x - step)) / (2 * step);
      expect(law.density(x) / slope).toBeCloseTo(1, 4);
      expect(law.hazard(x)).toBeCloseTo(law.density(x) / law.survival(x), 12);
    }
  },
);

test.each(EVERY)("%s: mean and variance are the integrals of the quantile function", (_, distribution) => {
  const law = lawOf(distribution);
  // p = 3 t^2 - 2 t^3 crowds the points at both ends, where the quantile may have a pole.
  let [mean, second] = [0, 0];
  const points = 4000;
  for (let i = 0; i < points; i++) {
    const t = (i + 0.5) / points;
    const x = law.quantile(t * t * (3 - 2 * t));
    const weight = (6 * t * (1 - t)) / points;
    mean += x * weight;
    second += x * x * weight;
  }
  expect(mean / law.mean).toBeCloseTo(1, 3);
  expect((second - mean * mean) / law.variance).toBeCloseTo(1, 2);
});

test.each(EVERY)("%s: what is drawn follows the law (Kolmogorov-Smirnov at 0.1 %%)", (_, distribution) => {
  const law = lawOf(distribution);
  const draw = sampler(distribution, createRandom(11, "draws"));
  const values = Float64Array.from({ length: 20_000 }, draw).sort();
  let distance = 0;
  values.forEach((value, i) => {
    distance = Math.max(
      distance,
      Math.abs(law.cdf(value) - i / values.length),
      Math.abs(law.cdf(value) - (i + 1) / values.length),
    );
  });
  expect(distance).toBeLessThan(1.95 / Math.sqrt(values.length));
});

test.each(EVERY.filter(([name]) => name !== "mixture"))(
  "%s: draws invert the law, whatever the way they are made",
  (_, distribution) => {
    const law = lawOf(distribution);
    const invert = inversion(distribution);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (cell) => {
        const u = (cell + 0.5) / 2 ** 32;
        expect(Math.abs(invert(u) / law.quantile(u) - 1)).toBeLessThan(1e-7);
      }),
    );
  },
);

test("a draw takes one number of the stream, whatever the distribution", () => {
  for (const [, distribution] of [
    ...EVERY,
    ["none", { kind: "none" }],
    ["fixed", { kind: "deterministic", value: 2 }],
  ] as const) {
    const [stream, shadow] = [createRandom(3, "step"), createRandom(3, "step")];
    const draw = sampler(distribution, stream);
    for (let i = 0; i < 7; i++) {
      draw();
      shadow.next();
    }
    expect(stream.next()).toBe(shadow.next());
  }
});

test("the extremes of a stream give finite values", () => {
  for (const [, distribution] of EVERY) {
    for (const value of [0, 1 - 2 ** -32]) {
      const drawn = sampler(distribution, { next: () => value, int: () => 0 })();
      expect(Number.isFinite(drawn)).toBe(true);
      expect(drawn).toBeGreaterThanOrEqual(0);
    }
  }
});

// Reference: scipy.stats 1.17 (gamma, weibull_min, lognorm).
test.each([
  [{ kind: "gamma", mean: 30, cv: 2.5 }, 0.9, 89.66086581132566],
  [{ kind: "gamma", mean: 30, cv: 0.05 }, 0.01, 26.621134284516394],
  [{ kind: "weibull", mean: 20, shape: 0.7 }, 0.5, 9.359758451591366],
  [{ kind: "lognormal", mean: 150, cv: 1.2 }, 0.99, 864.1709385166914],
] as const)("quantile of %j at %d", (distribution, p, exact) => {
  expect(lawOf(distribution).quantile(p) / exact).toBeCloseTo(1, 10);
});

test("none never happens, a fixed value always", () => {
  const never = lawOf({ kind: "none" });
  expect([never.mean, never.cdf(1e9), never.survival(1e9), never.hazard(5), never.quantile(0.5)]).toEqual([
    Number.POSITIVE_INFINITY,
    0,
    1,
    0,
    Number.POSITIVE_INFINITY,
  ]);
  const fixed = lawOf({ kind: "deterministic", value: 2 });
  expect([
    fixed.mean,
    fixed.variance,
    fixed.cdf(1.999),
    fixed.cdf(2),
    fixed.hazard(1),
    fixed.hazard(3),
    fixed.quantile(0.4),
  ]).toEqual([2, 0, 0, 1, 0, Number.POSITIVE_INFINITY, 2]);
});

test("a mixture with an endless part has no mean, and quantiles as far as the others reach", () => {
  const law = lawOf({
    kind: "mixture",
    parts: [
      { weight: 1, distribution: { kind: "none" } },
      { weight: 1, distribution: { kind: "deterministic", value: 2 } },
    ],
  });
  expect(law.mean).toBe(Number.POSITIVE_INFINITY);
  expect(law.quantile(0.4)).toBeCloseTo(2, 12);
  expect(law.quantile(0.6)).toBe(Number.POSITIVE_INFINITY);
});

test("the lognormal hazard rises and then falls: who has talked long will talk longer", () => {
  const { hazard } = lawOf({ kind: "lognormal", mean: 150, cv: 1.2 });
  expect(hazard(20)).toBeLessThan(hazard(90));
  expect(hazard(1000)).toBeLessThan(hazard(90));
});

test("the schema fills in what is left out and refuses what makes no sense", () => {
  expect(distributionSchema.parse({ kind: "lognormal", mean: 9 })).toEqual({ kind: "lognormal", mean: 9, cv: 1 });
  expect(distributionSchema.parse({ kind: "weibull", mean: 9 })).toEqual({ kind: "weibull", mean: 9, shape: 1 });
  for (const wrong of [
    { kind: "lognormal", mean: 0 },
    { kind: "uniform", low: 3, high: 3 },
    { kind: "empirical", values: [3, 2] },
    { kind: "exponential", mean: 9, cv: 2 },
    { kind: "mixture", parts: [] },
    { kind: "normal", mean: 9 },
  ]) {
    expect(distributionSchema.safeParse(wrong).success).toBe(false);
  }
});

test.each([
  [{ kind: "exponential", mean: -1 }, /mean is -1; allowed is a finite number above 0/],
  [{ kind: "lognormal", mean: 1, cv: Number.NaN }, /cv is NaN/],
  [{ kind: "uniform", low: 3, high: 2 }, /high is 2; allowed is a finite number above low \(3\)/],
  [{ kind: "empirical", values: [1, 3, 2] }, /values\[2\] is 2/],
] as const)("%j is refused by name", (distribution, message) => {
  expect(() => lawOf(distribution as unknown as Distribution)).toThrow(DialingError);
  expect(() => sampler(distribution as unknown as Distribution, createRandom(1, "x"))).toThrow(message);
});
