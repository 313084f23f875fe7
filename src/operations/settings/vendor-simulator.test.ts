// The tenant's simulator beside ours.

import { expect, test } from "vitest";
import type { SettingsFile } from "./file.ts";
import { compareFigures, compareWithVendor, type OwnSimulation } from "./vendor-simulator.ts";

const band = (low: number, median: number, high: number) => ({ low, median, high });
const OWN: OwnSimulation = {
  abandonment: band(0.001, 0.01, 0.02),
  answerRate: band(0.25, 0.3, 0.35),
  occupancy: band(0.8, 0.85, 0.9),
  waitSeconds: band(0, 0.1, 0.2),
  attemptsPerHour: band(1800, 2000, 2200),
  peakCalls: 95,
  limitedBy: "ratio",
  assumed: ["takenForMachines"],
};
const AGREEING = { abandonmentRate: 0.01, answerRate: 0.3, agentUtilization: 0.85, averageWaitTime: 0.1, callsPlaced: 1000 };
const FILE: SettingsFile = {
  name: "x.yaml",
  settings: {
    name: "x",
    type: "predictive",
    concurrency: { max_agents: 10, max_simultaneous_calls: 40, call_spacing_ms: 100 },
    algorithm: { type: "predictive", abandonment_rate_target: 0.02, agent_availability_estimate: 0.8, dial_ratio: 2 },
  },
  carrier: { max_trunks: 150, current_utilization_percent: 45 },
  expected: {},
};

test("figures within our bands agree; what the tenant does not tell is not compared", () => {
  const same = compareFigures(AGREEING, OWN, { minutes: 30, lines: 82 });
  expect(same.differences).toEqual([]);
  expect(same.figures.map(({ figure, here }) => [figure, here?.median])).toContainEqual(["callsPlaced", 1000]);
  const bare = compareFigures({ abandonmentRate: 0.01 }, OWN, { minutes: 30, lines: 82 });
  expect(bare.figures.filter(({ tenant, differs }) => tenant === null && differs === null)).toHaveLength(5);
  expect(bare).toMatchObject({ differences: [], recommendation: null, carrierLimitReached: { tenant: null, here: false } });
});

test("what is outside of them is told with both sides, and a share above 1 as what it may be", () => {
  const vendor = { ...AGREEING, abandonmentRate: 2.5, callsPlaced: 700, carrierLimitReached: true };
  const { differences, figures } = compareFigures(vendor, OWN, { minutes: 30, volume: 950, lines: 82 });
  expect(differences).toEqual([
    "abandonment: the tenant says 250.00 %, above our 0.10 % to 2.00 %; above 1 it is no share: the tenant may tell it in percent",
    "calls placed: the tenant says 700, below our 900 to 950",
    "carrier: the tenant's run came to its limit, ours is held back by something else",
  ]);
  expect(figures.map(({ differs }) => differs)).toEqual(["above", null, null, null, "below", null]);
});

test("what is as the end of a band at the digits that are shown is no difference: the tenant rounds", () => {
  const rounded = { ...OWN, abandonment: band(0, 0.0033, 0.01196) };
  expect(compareFigures({ ...AGREEING, abandonmentRate: 0.012 }, rounded, { minutes: 30, lines: 82 }).differences).toEqual([]);
  expect(compareFigures({ ...AGREEING, abandonmentRate: 0.0122 }, rounded, { minutes: 30, lines: 82 }).differences).toEqual([
    "abandonment: the tenant says 1.22 %, above our 0.00 % to 1.20 %",
  ]);
});

test("without a simulation of ours the tenant's figures stand alone, with the reason", () => {
  const alone = compareFigures(AGREEING, "not simulated: no", { minutes: 30, lines: 0 });
  expect(alone).toMatchObject({ problem: "not simulated: no", differences: [], assumed: [] });
  expect(alone.figures[0]).toMatchObject({ tenant: 0.01, here: null, differs: null });
});

test("the tenant is told the settings, the free lines and the volume; one without a simulator is refused with what there is instead", async () => {
  const asked: unknown[] = [];
  const capability = {
    supported: true,
    lock: "none",
    asynchronous: true,
    writes: "replaces",
    readBack: true,
    perCampaign: false,
    inPieces: false,
  } as const;
  const simulate = async (run: unknown) => {
    asked.push(run);
    return AGREEING;
  };
  await compareWithVendor({ capability, simulate }, FILE, { minutes: 60, volume: 500 }, () => OWN);
  const { concurrency, algorithm } = FILE.settings;
  expect(asked).toEqual([
    { durationMinutes: 60, concurrency, algorithm, carrierLimits: { maxConcurrent: 82 }, simulatedCallVolume: 500 },
  ]);
  await expect(compareWithVendor({ capability }, FILE, { minutes: 60 }, () => OWN)).rejects.toMatchObject({
    code: "unsupported",
    advice: expect.stringContaining("outdial simulate") as string,
  });
});
