// outdial simulate as a user meets it: processes with files in, tables, JSON, CSV and SVG out.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { combine, parseScenario, runReplication } from "../../../src/dialing/index.ts";
import { beginCli, runCli, workFolder } from "../../support/cli.ts";

const DAY = {
  name: "small day",
  agents: 6,
  duration: "2h",
  bucket: "10m",
  pacing: { strategy: "ratio", ratio: 2.5 },
};
let folder: Awaited<ReturnType<typeof workFolder>>;

beforeEach(async () => {
  folder = await workFolder();
  await scenario("day.yaml", DAY);
});
afterEach(() => folder[Symbol.asyncDispose]());

const outdial = (...args: string[]) =>
  runCli(["simulate", ...args], { cwd: folder.path, env: { LANG: "C.UTF-8", TERM: "xterm" } });
const scenario = (name: string, data: object) => writeFile(join(folder.path, name), JSON.stringify(data));
const read = (name: string) => readFile(join(folder.path, name), "utf8");

describe("a scenario", () => {
  test("gives every figure with its interval and what it was divided by, and the day as charts", async () => {
    const { code, stdout, stderr } = await outdial("day.yaml", "--replications", "6");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "simulating 6 runs of each scenario, seed 1\n" });
    const expected = combine(Array.from({ length: 6 }, (_, i) => runReplication(parseScenario(DAY), "1", i)));
    expect(stdout).toContain("small day · 6 × 2 h from 09:00 · 6 agents · pacing ratio");
    const { abandonment, occupancy } = expected;
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    const line = stdout.split("\n").find((text) => text.startsWith("abandoned "));
    expect(line?.replaceAll(/ {2,}/g, "  ")).toBe(
      `abandoned  ${percent(abandonment.rate)}  ${percent(abandonment.low)} to ${percent(abandonment.high)}  ${abandonment.numerator} abandoned / ${abandonment.denominator.toLocaleString("en-US")} live answers`,
    );
    expect(stdout).toMatch(new RegExp(`occupancy +${percent(occupancy.rate)} `));
    expect(stdout).toContain(
      "measured from 0 to 2 h, 72 agent-hours in all; intervals from the scatter between 6 independent replications",
    );
    expect(stdout).toMatch(/\noccupancy\n {2}\d+\.00 % │/);
    expect(stdout).toMatch(/\nabandoned\n(.*\n){1,6}.*09:00.*10:00/);
  });

  test("is the same to the byte for the same seed, whatever the threads, and another for another seed", async () => {
    const on = (workers: string, seed = "s") =>
      outdial("day.yaml", "--json", "--replications", "5", "--seed", seed, "--workers", workers);
    const [one, two, other] = [await on("1"), await on("2"), await on("2", "t")];
    expect(one.stdout).toBe(two.stdout);
    expect(other.stdout).not.toBe(one.stdout);
    const { result } = JSON.parse(one.stdout) as { result: ReturnType<typeof combine> };
    expect(result).toMatchObject({ replications: 5, intervals: { kind: "replications", units: 5, confidence: 0.95 } });
    expect(result.series).toHaveLength(12);
  });

  test("takes limit and window from the rule pack, the strictest of the jurisdictions", async () => {
    await scenario("aware.yaml", { ...DAY, pacing: { strategy: "state-aware" } });
    await scenario("gb.yaml", { ...DAY, pacing: { strategy: "state-aware" }, abandonmentTarget: 0.03, abandonmentWindow: "24h" });
    const one = await outdial("aware.yaml", "--json", "--replications", "3", "--jurisdiction", "US,GB");
    const other = await outdial("gb.yaml", "--json", "--replications", "3");
    expect(one.code).toBe(0);
    expect(one.stdout).toBe(other.stdout);
    const unknown = await outdial("aware.yaml", "--jurisdiction", "DE");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("has no abandonment limit for DE");
    expect((await outdial("aware.yaml", "--pack", "us-ca-uk-2026")).code).toBe(2);
  });

  test("warns when errors of machine detection alone exceed the limit", async () => {
    await scenario("errors.yaml", { ...DAY, calls: { machineDetection: { falseMachine: 0.05 } } });
    const { code, stderr } = await outdial("errors.yaml", "--replications", "2");
    expect(code).toBe(0);
    expect(stderr).toContain("takes 5 % of the people for machines, more than the 3 % that may be abandoned");
  });

  test("comes from stdin too, and without blocks where the terminal has none", async () => {
    const { code, stdout } = await runCli(["simulate", "-", "--replications", "2", "--workers", "1"], {
      cwd: folder.path,
      input: JSON.stringify({ ...DAY, duration: "1h" }),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}\d+\.00 % \|/);
    expect(stdout).not.toMatch(/[▁-█]/u);
  });

  test("that is wrong is told whole, with paths, lines and suggestions, and gives 2", async () => {
    await writeFile(
      join(folder.path, "bad.yaml"),
      "agnts: 5\ncalls:\n  talk: { kind: lognorml, mean: 3 }\nlines:\n  trunks: -1\npacing:\n  strategy: ratio\n",
    );
    const { code, stderr, stdout } = await outdial("bad.yaml");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("bad.yaml:\n");
    expect(stderr).toContain("agnts: line 1: unknown field; did you mean agents?");
    expect(stderr).toMatch(/calls\.talk\.kind: line 3: "lognorml" is not one of .*; did you mean lognormal\?/);
    expect(stderr).toContain("lines.trunks: line 5:");
    expect(stderr).toContain("pacing.ratio: line 7:");
    const broken = await runCli(["simulate", "-"], { cwd: folder.path, input: "calls: [1,\n" });
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringMatching(/stdin:\d+: /) as string });
    expect(await outdial("none.yaml")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("cannot read none.yaml") as string,
    });
  });
});

test("two scenarios are compared on the same calls, the second less the first", async () => {
  await scenario("bold.yaml", { ...DAY, pacing: { strategy: "ratio", ratio: 3.5 } });
  const compared = await outdial("day.yaml", "--compare", "bold.yaml", "--json", "--replications", "8");
  const { comparison } = JSON.parse(compared.stdout) as {
    comparison: Record<string, { difference: { mean: number; low: number }; varianceReduction: number }>;
  };
  expect(comparison).toMatchObject({ pairs: 8 });
  expect(comparison["occupancy"]?.difference.low).toBeGreaterThan(0);
  expect(comparison["attemptsPerAgentHour"]?.varianceReduction).toBeGreaterThan(1);
  const table = await outdial("--compare", "bold.yaml", "day.yaml", "--replications", "3");
  expect(table.stdout).toMatch(/ {2}bold\.yaml {2,}day\.yaml {2,}difference {2,}95 % interval {2,}variance saved/);
  expect(table.stdout).toMatch(/\noccupancy {2,}[\d.]+ % {2,}[\d.]+ % {2,}-[\d.]+ points/);
});

describe("what if", () => {
  test("every combination is simulated, as a table and as CSV", async () => {
    const { code, stdout } = await outdial(
      "day.yaml",
      "--what-if",
      "agents=4,8",
      "--what-if",
      "pacing.ratio=1.5,3",
      "--replications",
      "2",
      "--csv",
      "grid.csv",
    );
    expect(code).toBe(0);
    const [head, ...rows] = (await read("grid.csv"))
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(head?.slice(0, 5)).toEqual(["agents", "pacing.ratio", "abandonment", "abandonment_low", "abandonment_high"]);
    expect(rows.map(([agents, ratio]) => `${agents}/${ratio}`)).toEqual(["4/1.5", "4/3", "8/1.5", "8/3"]);
    const occupancy = (row: number) => Number(rows[row]?.[head?.indexOf("occupancy") ?? -1]);
    expect(occupancy(1)).toBeGreaterThan(occupancy(0));
    expect(stdout.trimEnd().split("\n")).toHaveLength(5);
    const onStdout = await outdial("day.yaml", "--what-if", "calls.talk.mean=60,240", "--replications", "2", "--csv", "-");
    expect(onStdout.stdout).toMatch(/^calls\.talk\.mean,abandonment,.*\n60,.*\n240,/);
  });

  test("a field that is none is refused with 2", async () => {
    const { code, stderr } = await outdial("day.yaml", "--what-if", "agnts=1,2");
    expect(stderr).toContain("agnts: unknown field; did you mean agents?");
    expect(code).toBe(2);
  });
});

test("the best pacing keeps the target; the frontier is written as CSV and SVG", async () => {
  const { code, stdout } = await outdial(
    "day.yaml",
    "--optimise",
    "--target",
    "5%",
    "--strategy",
    "ratio",
    "--replications",
    "4",
    "--json",
    "--csv",
    "f.csv",
    "--svg",
    "f.svg",
  );
  expect(code).toBe(0);
  type Point = { keeps: boolean; occupancy: { rate: number }; assurance: { ceiling: number } };
  const { optimum } = JSON.parse(stdout) as { optimum: { limit: number; probability: number; best: Point; points: Point[] } };
  expect(optimum).toMatchObject({ limit: 0.05, probability: 0.99, best: { keeps: true } });
  expect(optimum.best.assurance.ceiling).toBeLessThanOrEqual(0.05);
  expect(optimum.best.occupancy.rate).toBe(
    Math.max(...optimum.points.filter(({ keeps }) => keeps).map(({ occupancy }) => occupancy.rate)),
  );
  expect((await read("f.csv")).trimEnd().split("\n")).toHaveLength(optimum.points.length + 1);
  expect(await read("f.svg")).toMatch(/^<svg .*<\/svg>\n$/s);
});

test.each([
  [["day.yaml", "--optimise", "--what-if", "agents=3"], /exclude each other/],
  [["day.yaml", "--svg", "x.svg"], /go with --optimise/],
  [["day.yaml", "--optimise", "--target", "300%"], /--target 300% is not a share/],
  [["day.yaml", "--optimise", "--strategy", "rtio"], /"rtio" is not one of .*; did you mean ratio\?/],
  [["day.yaml", "--replications", "0"], /--replications 0 is not a whole number/],
  [["--compare", "day.yaml"], /--compare needs two scenarios/],
  [[], /no scenario was given/],
])("%j is refused with 2", async (args, message) => {
  const { code, stderr } = await outdial(...args);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test.each(["1", "2"])("Ctrl-C ends a simulation on %s threads with 130 and nothing on stdout", async (workers) => {
  const running = beginCli(["simulate", "-", "--replications", "100000", "--workers", workers], {
    cwd: folder.path,
    openInput: true,
  });
  running.input.end(JSON.stringify({ ...DAY, duration: "1h" }));
  // The signal must not come before anybody listens.
  await expect.poll(() => running.stderr(), { timeout: 60_000, interval: 50 }).toContain("simulating");
  running.interrupt();
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(stderr).toContain("the simulation was interrupted");
});
