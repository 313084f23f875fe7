import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, createSequentialTest, type SequentialVerdict, StatisticsError } from "../index.ts";

const CEILING = { limit: 0.03, alternative: 0.06, alpha: 0.01, beta: 0.05 };
const FLOOR = { limit: 0.5, alternative: 0.35, alpha: 0.02, beta: 0.05 };

function run(options: typeof CEILING, rate: number, seed: number): { verdict: SequentialVerdict; trials: number } {
  const random = createRandom(seed, "trials");
  const sequential = createSequentialTest(options);
  let verdict: SequentialVerdict = "continue";
  while (verdict === "continue") verdict = sequential.observe(random.next() < rate ? 1 : 0, 1);
  return { verdict, trials: sequential.state.trials };
}

function shares(options: typeof CEILING, rate: number, runs: number): { above: number; meanTrials: number } {
  let [above, trials] = [0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const result = run(options, rate, seed);
    if (result.verdict === "above") above += 1;
    trials += result.trials;
  }
  return { above: above / runs, meanTrials: trials / runs };
}

test("a ceiling keeps both error rates although one looks after every trial", () => {
  const [quiet, loud] = [shares(CEILING, 0.03, 2000), shares(CEILING, 0.06, 2000)];
  // Three standard deviations of 2,000 runs above the promised rate.
  expect(quiet.above).toBeLessThan(0.01 + 3 * Math.sqrt((0.01 * 0.99) / 2000));
  expect(1 - loud.above).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 2000));
  expect(shares(CEILING, 0.2, 200)).toMatchObject({ above: 1 });
  expect(shares(CEILING, 0.2, 200).meanTrials).toBeLessThan(loud.meanTrials / 3);
});

test("a floor decides for 'below' on the alternative and for 'above' on the limit", () => {
  expect(1 - shares(FLOOR, 0.5, 1000).above).toBeLessThan(0.035);
  expect(shares(FLOOR, 0.35, 1000).above).toBeLessThan(0.07);
});

test("what came in portions counts as what came one by one, and a saved state goes on", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(40)), { maxLength: 30 }), (portions) => {
      const whole = createSequentialTest(CEILING);
      let resumed = createSequentialTest(CEILING);
      for (const [successes, failures] of portions) {
        const verdict = whole.observe(successes, successes + failures);
        resumed = createSequentialTest(CEILING, JSON.parse(JSON.stringify(resumed.state)));
        expect(resumed.observe(successes, successes + failures)).toBe(verdict);
      }
      expect(resumed.state).toEqual(whole.state);
      expect(resumed.logLikelihoodRatio).toBe(whole.logLikelihoodRatio);
    }),
  );
});

test("a verdict stays", () => {
  const sequential = createSequentialTest(CEILING);
  expect(sequential.observe(50, 60)).toBe("above");
  expect(sequential.observe(0, 100_000)).toBe("above");
  expect(sequential.state).toEqual({ successes: 50, trials: 100_060, verdict: "above" });
});

test("one trial decides nothing", () => {
  expect(createSequentialTest(CEILING).observe(1, 1)).toBe("continue");
  expect(createSequentialTest(CEILING).observe(0, 1)).toBe("continue");
});

test.each([
  { ...CEILING, limit: 0 },
  { ...CEILING, alternative: 0.03 },
  { ...CEILING, alpha: 1 },
  { ...CEILING, beta: Number.NaN },
])("options that make no test are refused: %j", (options) => {
  expect(() => createSequentialTest(options)).toThrow(StatisticsError);
});
