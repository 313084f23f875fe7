import { expect, it } from "vitest";
import { parseScenario } from "../../dialing/index.ts";
import { parseAxis, variationsOf } from "./variations.ts";

const scenario = parseScenario({ agents: 6, pacing: { strategy: "ratio", ratio: 2 } });
const vary = async (...axes: string[]) => variationsOf(scenario, await Promise.all(axes.map(parseAxis)));

it("gives every combination, the last axis fastest, and leaves the scenario as it is", async () => {
  const before = structuredClone(scenario);
  const found = await vary("agents=4,8", "pacing.ratio=1.5, 3");
  expect(found.map(({ values }) => values)).toEqual([
    { agents: 4, "pacing.ratio": 1.5 },
    { agents: 4, "pacing.ratio": 3 },
    { agents: 8, "pacing.ratio": 1.5 },
    { agents: 8, "pacing.ratio": 3 },
  ]);
  expect(found[3]?.scenario).toMatchObject({ agents: 8, pacing: { ratio: 3 } });
  expect(scenario).toEqual(before);
});

it("sets fields inside defaults, makes sections that are not there, and takes values with commas", async () => {
  const [talk] = await vary("calls.talk.mean=60");
  expect(talk?.scenario.calls.talk).toEqual({ kind: "lognormal", mean: 60, cv: 1.2 });
  const [warm] = await vary("warmLine.timeout=2m");
  expect(warm?.scenario.warmLine).toEqual({ timeout: 120, reconnect: 3 });
  const [patient, fixed] = await vary("calls.patience={kind: exponential, mean: 4}, 2");
  expect(patient?.scenario.calls.patience).toEqual({ kind: "exponential", mean: 4 });
  expect(fixed?.scenario.calls.patience).toBe(2);
});

it.each([
  [["agnts=1,2"], /agnts: unknown field; did you mean agents\?/],
  [["agents"], /--what-if agents is not PATH=VALUE,VALUE/],
  [["agents="], /is not PATH=VALUE/],
  [["agents=0"], /what if agents=0: agents: /],
  [["agents.count=3"], /agents\.count: 6 has no field count/],
  [["calls.byHour[2].hour=3"], /there are 0 entries/],
  [["agents=1", "agents=2"], /names agents twice/],
  [["calls.patience={kind: [}"], /is no value/],
  [[`agents=${Array.from({ length: 401 }, (_, i) => i + 1).join(",")}`], /asks for 401 variations; at most 400/],
])("refuses %j", async (axes, message) => {
  await expect(vary(...axes)).rejects.toThrow(message);
});
