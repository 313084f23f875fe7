import fc from "fast-check";
import { expect, test } from "vitest";
import { binomialCdf, incompleteGamma, lnGamma, normalCdf, normalQuantile, StatisticsError, studentQuantile } from "../index.ts";

/** Reference values: 60-digit arithmetic (mpmath), rounded to 17 digits. */
const relative = (found: number, exact: number) => Math.abs(found / exact - 1);

test.each([
  [-38, 2.88542835e-316],
  [-20, 2.753624118606234e-89],
  [-8, 6.220960574271784e-16],
  [-7, 1.279812543885835e-12],
  [-5, 2.866515718791939e-7],
  [-3, 0.001349898031630095],
  [-1, 0.15865525393145705],
  [0, 0.5],
  [2, 0.9772498680518208],
])("normal distribution at %d", (z, exact) => {
  expect(relative(normalCdf(z), exact)).toBeLessThan(1e-12);
});

test.each([
  [0.6, 0.2533471031357997],
  [0.0746, -1.4423629859249496],
  [0.975, 1.9599639845400543],
  [1e-6, -4.753424308822899],
  [1e-10, -6.361340902404057],
])("normal quantile of %d", (p, exact) => {
  expect(relative(normalQuantile(p), exact)).toBeLessThan(1e-14);
});

test("the normal quantile inverts the distribution and never falls", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (p) => {
      expect(relative(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-10);
      expect(normalQuantile(p * 1.001)).toBeGreaterThanOrEqual(normalQuantile(p));
      expect(normalQuantile(1 - Math.max(p, 1e-6))).toBeCloseTo(-normalQuantile(Math.max(p, 1e-6)), 8);
    }),
  );
});

test.each([
  [1e-3, 6.907178885383853],
  [0.5, 0.5723649429247001],
  [3, Math.LN2],
  [9.99, 12.779315214350195],
  [170, 701.437263808737],
  [1e12, 26631021115915.652],
])("ln Gamma(%d)", (x, exact) => {
  expect(relative(lnGamma(x), exact)).toBeLessThan(1e-13);
});

test("Gamma(x + 1) = x Gamma(x)", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (x) => {
      const difference = lnGamma(x + 1) - lnGamma(x) - Math.log(x);
      expect(Math.abs(difference)).toBeLessThan(1e-14 * (40 + Math.abs(lnGamma(x))));
    }),
  );
});

test.each([
  [0.1, 0.01, 0.6626212599544797, 0.3373787400455203],
  [3.306, 20, 0.9999991424655461, 8.575344538715753e-7],
  [30, 20, 0.021818217525557394, 0.9781817824744427],
  [1000, 1100, 0.99894067674607, 0.001059323253929977],
  [9000, 9500, 0.9999998887026519, 1.1129734827275393e-7],
])("incomplete gamma at (%d, %d)", (a, x, lower, upper) => {
  const found = incompleteGamma(a, x);
  expect(relative(found.lower, lower)).toBeLessThan(1e-13);
  expect(relative(found.upper, upper)).toBeLessThan(1e-13);
});

test("an incomplete gamma of whole order is the tail of a Poisson sum", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 100, noNaN: true }), (a, x) => {
      let [term, sum] = [Math.exp(-x), 0];
      for (let k = 0; k < a; k++) {
        sum += term;
        term *= x / (k + 1);
      }
      expect(Math.abs(incompleteGamma(a, x).upper - sum)).toBeLessThan(1e-12);
    }),
  );
});

test.each([
  [0, 1, 0.3, 0.7],
  [5, 20, 0.5, 0.020694732666015625],
  [2, 100, 0.2, 6.831709405631774e-8],
  [1900, 10_000, 0.2, 0.006195464527467854],
  [29_000, 1_000_000, 0.03, 1.9283329554322173e-9],
  [-1, 10, 0.3, 0],
  [10, 10, 0.3, 1],
])("at most %d of %d at %d", (k, trials, probability, exact) => {
  const found = binomialCdf(k, trials, probability);
  expect(Math.abs(found - exact)).toBeLessThanOrEqual(1e-12 * exact);
});

test("the binomial distribution is the sum of its terms", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (trials, p) => {
      let [term, sum] = [(1 - p) ** trials, 0];
      for (let k = 0; k < trials && term > 1e-290; k++) {
        sum += term;
        term *= ((trials - k) * p) / ((k + 1) * (1 - p));
        expect(Math.abs(binomialCdf(k, trials, p) - sum)).toBeLessThan(1e-11);
      }
    }),
  );
});

test.each([
  [0.975, 1, 12.706204736174705],
  [0.995, 19, 2.86093460646498],
  [0.9, 3.5, 1.5765766051364054],
  [0.9999, 5, 9.677566300882829],
  [0.975, Number.POSITIVE_INFINITY, 1.9599639845400543],
])("Student quantile of %d at %d degrees", (p, degrees, exact) => {
  expect(relative(studentQuantile(p, degrees), exact)).toBeLessThan(1e-12);
  expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-exact, 8);
});

test.each([
  () => normalQuantile(0),
  () => normalQuantile(Number.NaN),
  () => studentQuantile(0.9, 0),
  () => lnGamma(0),
  () => incompleteGamma(-1, 1),
  () => binomialCdf(1, -1, 0.5),
  () => binomialCdf(1, 10, 1.5),
])("what is outside the domain is refused: %s", (call) => {
  expect(call).toThrow(StatisticsError);
  expect(call).toThrow(/is .*; allowed is/);
});
