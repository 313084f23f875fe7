// Settings files, our own checks, and how documents of settings are compared and merged.

import { expect, test } from "vitest";
import { checkSettings } from "./check.ts";
import { parseSettingsFile } from "./file.ts";
import { complete, diffSettings, mergeSettings, settingsHash } from "./model.ts";

const TEXT = `name: Evening
type: predictive
concurrency:
  max_agents: 50
  max_simultaneous_calls: 200
  call_spacing_ms: 150
algorithm:
  type: predictive
  abandonment_rate_target: 0.03
  agent_availability_estimate: 0.85
  dial_ratio: 4.0
  warm_line_timeout_sec: 12
carrier_capacity:
  max_trunks: 150
  current_utilization_percent: 45
`;
const read = (change: (text: string) => string = (text) => text) => parseSettingsFile(change(TEXT), "s.yaml");

test("a file is read into the settings, the carrier's capacity and what is expected", async () => {
  const file = await read();
  expect(file.settings.algorithm).toEqual({
    type: "predictive",
    abandonment_rate_target: 0.03,
    agent_availability_estimate: 0.85,
    dial_ratio: 4,
    warm_line_timeout_sec: 12,
  });
  expect(file.carrier).toEqual({ max_trunks: 150, current_utilization_percent: 45 });
  const json = await parseSettingsFile(JSON.stringify({ ...file.settings, carrier_capacity: file.carrier }), "s.json");
  expect(json.settings).toEqual(file.settings);
});

test.each([
  ["dial_ratio: 4.0", "dial_ratoi: 4.0", ["s.yaml:11: algorithm.dial_ratoi: unknown field; did you mean dial_ratio?"]],
  ["max_agents: 50", 'max_agents: "50"', ["s.yaml:4: concurrency.max_agents: "]],
  ["call_spacing_ms: 150", "call_spacing_ms: -1", ["s.yaml:6: concurrency.call_spacing_ms: "]],
  ["  max_trunks: 150\n", "", ["s.yaml:14: carrier_capacity.max_trunks: "]],
  ["name: Evening", "name: [", ["s.yaml:2: "]],
])("a mistake is told with its line: %s as %s", async (good, bad, messages) => {
  const failure = read((text) => text.replace(good, bad));
  for (const message of messages) await expect(failure).rejects.toThrow(message);
});

test("every mistake is told, not only the first", async () => {
  const failure = read((text) =>
    text.replace("name: Evening\n", "").replace("type: predictive\nconcurrency", "type: progressive\nconcurrency"),
  );
  await expect(failure).rejects.toThrow("type: ");
  await expect(failure).rejects.toThrow("name: ");
});

const checked = async (change: (text: string) => string, severity: string) =>
  checkSettings(await read(change))
    .filter((finding) => finding.severity === severity)
    .map(({ check }) => check);

test("the vendor's own example passes: three per cent is the limit itself, and more calls than trunks only warn", async () => {
  expect(await checked((text) => text, "violation")).toEqual([]);
  expect(await checked((text) => text, "warning")).toEqual(["dial_ratio_trunks"]);
});

test.each([
  ["abandonment_rate_target: 0.03", "abandonment_rate_target: 0.0301", "violation", "abandonment_target"],
  ["max_agents: 50", "max_agents: 0", "violation", "agents"],
  ["max_simultaneous_calls: 200", "max_simultaneous_calls: 40", "violation", "calls_agents"],
  ["max_simultaneous_calls: 200", "max_simultaneous_calls: 100", "warning", "dial_ratio_calls"],
  ["dial_ratio: 4.0", "dial_ratio: 0.5", "warning", "dial_ratio_agents"],
  ["max_trunks: 150", "max_trunks: 40", "warning", "trunks_agents"],
  ["call_spacing_ms: 150", "call_spacing_ms: 5000", "warning", "spacing_call_rate"],
  ["name: Evening", "name: Evening\nexpected: { answer_rate: 0.1, handle_seconds: 30 }", "warning", "spacing_call_rate"],
])("%s as %s is a %s: %s", async (good, bad, severity, check) => {
  expect(await checked((text) => text.replace(good, bad), severity)).toContain(check);
});

test("what a file leaves out stays as it is in force", async () => {
  const { settings } = await read();
  const short = (await read((text) => text.replace("  warm_line_timeout_sec: 12\n", ""))).settings;
  expect(diffSettings(settings, complete(short, settings))).toEqual([]);
  expect(diffSettings(settings, short)).toEqual([{ path: "algorithm.warm_line_timeout_sec", before: 12, after: undefined }]);
});

test("merging keeps both writers' fields; equal changes are no conflict; a field set to two values is one", async () => {
  const base = (await read()).settings;
  const set = (agents: number, ratio: number) => ({
    ...base,
    concurrency: { ...base.concurrency, max_agents: agents },
    algorithm: { ...base.algorithm, dial_ratio: ratio },
  });
  expect(mergeSettings(base, set(50, 3), set(60, 4))).toEqual({ merged: set(60, 3), taken: ["concurrency.max_agents"] });
  expect(mergeSettings(base, set(60, 3), set(60, 4))).toMatchObject({ merged: set(60, 3), taken: [] });
  expect(mergeSettings(base, set(50, 3), set(50, 5))).toEqual({
    conflicts: [{ path: "algorithm.dial_ratio", base: 4, ours: 3, theirs: 5 }],
  });
});

test("the same settings have the same hash, however they are written", async () => {
  const reordered = await read((text) => text.replace("name: Evening\ntype: predictive\n", "type: predictive\nname: Evening\n"));
  expect(settingsHash(reordered.settings)).toBe(settingsHash((await read()).settings));
});
