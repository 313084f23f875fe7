import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import type { Pacing } from "../pacing/schema.ts";
import { runReplication } from "../replicate.ts";
import { parseScenario } from "../scenario/parse.ts";
import { assure, frontierCsv, frontierSvg, type Optimum, optimise, type Runner } from "./optimise.ts";

const runner: Runner = (scenario, replications) =>
  Promise.resolve(Array.from({ length: replications }, (_, i) => runReplication(scenario, 1, i)));

describe("assure", () => {
  test("with little scatter the ceiling is near the rate; with more it is above, and falls as the period grows", () => {
    const even = Array.from({ length: 10 }, () => ({ abandoned: 20, liveAnswers: 1000 }));
    expect(assure(even, 30, 0.99)).toMatchObject({ rate: 0.02, periodAnswers: 30_000 });
    expect(assure(even, 30, 0.99).ceiling).toBeLessThan(0.0205);
    const uneven = even.map((run, i) => ({ ...run, abandoned: i % 2 === 0 ? 15 : 25 }));
    const ceilings = [1, 10, 100].map((runs) => assure(uneven, runs, 0.99).ceiling);
    expect(ceilings).toEqual([...ceilings].sort((a, b) => b - a));
    expect(ceilings[2]).toBeGreaterThan(0.02);
  });

  test("a period stays below its ceiling as often as was asked for", () => {
    const random = createRandom(4, "runs");
    // Clusters of three: three times the binomial variance.
    const run = () => {
      let abandoned = 0;
      for (let n = 0; n < 200; n++) if (random.next() < 0.02) abandoned += 3;
      return { abandoned, liveAnswers: 600 };
    };
    let below = 0;
    let inflation = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const estimate = assure(Array.from({ length: 20 }, run), 10, 0.95);
      const period = Array.from({ length: 10 }, run).reduce((sum, { abandoned }) => sum + abandoned, 0) / 6000;
      if (period <= estimate.ceiling) below += 1;
      inflation += estimate.inflation / 1000;
    }
    // 950 expected; the rates are skewed, hence the room on the low side.
    expect(below).toBeGreaterThan(910);
    expect(below).toBeLessThan(985);
    expect(inflation).toBeGreaterThan(2.7);
    expect(inflation).toBeLessThan(3.3);
  });

  test("no abandoned call in a few runs is no proof that there is never one", () => {
    const none = Array.from({ length: 5 }, () => ({ abandoned: 0, liveAnswers: 50 }));
    expect(assure(none, 30, 0.99).ceiling).toBeGreaterThan(0.005);
  });

  test("one run says nothing", () => {
    expect(assure([{ abandoned: 0, liveAnswers: 100 }], 30, 0.99).ceiling).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("optimise", () => {
  const scenario = parseScenario({ agents: 6, duration: "80m", warmUp: "20m", pacing: { strategy: "ratio", ratio: 2 } });
  const options = { scenario, replications: 6, values: 4, refinements: 2 };
  let optimum: Optimum;
  beforeAll(async () => {
    optimum = await optimise(options, runner);
  });

  test("finds the boldest setting that keeps the limit, for each strategy, and reports all it tried", () => {
    const { best, points } = optimum;
    expect(optimum).toMatchObject({ limit: 0.03, probability: 0.99, runsPerPeriod: 30 });
    expect(best?.keeps).toBe(true);
    for (const point of points) {
      expect(point.keeps).toBe(point.assurance.ceiling <= 0.03);
      if (point.keeps) expect(point.occupancy.rate).toBeLessThanOrEqual(best?.occupancy.rate ?? 0);
    }
    const ratios = points.filter(({ strategy }) => strategy === "ratio");
    expect(ratios.map(({ value }) => value)).toEqual(ratios.map(({ value }) => value).sort((a, b) => a - b));
    expect(ratios.at(-1)?.abandonment.rate).toBeGreaterThan(ratios[0]?.abandonment.rate ?? 1);
    expect(new Set(points.map(({ strategy }) => strategy))).toEqual(new Set(["ratio", "state-aware"]));
    // The best setting is one that a scenario takes.
    expect(parseScenario({ ...scenario, pacing: best?.pacing }).pacing).toEqual(best?.pacing);
  });

  test("a limit that nothing keeps leaves no best; progressive has nothing to turn", async () => {
    const bold: Pacing = { strategy: "ratio", ratio: 6, of: "idle" };
    expect((await optimise({ ...options, strategies: [bold], limit: 1e-9 }, runner)).best).toBeUndefined();
    const calm = await optimise({ ...options, strategies: [{ strategy: "progressive" }] }, runner);
    expect(calm.points).toHaveLength(1);
    expect(calm.best?.abandonment.rate).toBe(0);
  });

  test("the frontier is a CSV with a line a point and an SVG that is the same for the same points", () => {
    const lines = frontierCsv(optimum).trimEnd().split("\n");
    expect(lines).toHaveLength(optimum.points.length + 1);
    expect(new Set(lines.map((line) => line.split(",").length))).toEqual(new Set([15]));
    expect(lines.join()).not.toMatch(/NaN|Infinity/);
    const svg = frontierSvg(optimum, "A < B");
    expect(svg).toContain("A &lt; B");
    expect(svg.match(/<circle/g)).toHaveLength(optimum.points.length + 1);
    expect(frontierSvg(optimum, "A < B")).toBe(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("refuses numbers out of range and plain queues, by name", async () => {
    await expect(optimise({ ...options, probability: 2 }, runner)).rejects.toThrow(/probability is 2/);
    await expect(optimise({ ...options, replications: 1 }, runner)).rejects.toThrow(/replications is 1/);
    const queue = parseScenario({ arrivals: { rate: 1 } });
    await expect(optimise({ scenario: queue }, runner)).rejects.toThrow(/scenario.arrivals/);
  });
});
