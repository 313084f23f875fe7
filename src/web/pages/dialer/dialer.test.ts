// The draft of new settings, and the steps of a change.

import { describe, expect, test } from "vitest";
import { draftOf, fileOf, keptDraft, touchedBy } from "./draft.ts";
import { stepsOf } from "./steps.ts";

const SETTINGS = {
  name: "Evening",
  type: "predictive",
  concurrency: { max_agents: 50, max_simultaneous_calls: 140, call_spacing_ms: 150 },
  algorithm: { type: "predictive", abandonment_rate_target: 0.025, agent_availability_estimate: 0.85, dial_ratio: 2.8 },
};

const IN_FORCE = { settings: SETTINGS, basis: null, measured: null };
const BASIS = {
  carrier_capacity: { max_trunks: 60, current_utilization_percent: 20 },
  expected: { answer_rate: 0.2, ring_seconds: 15 },
};

describe("the draft", () => {
  test("is taken up again as it was kept, without what is no field of it", () => {
    const kept = { name: "Mine", dial_ratio: "3", guard_minutes: "5", max_agents: 7, toString: "x" };
    expect(keptDraft(JSON.stringify(kept))).toEqual({ name: "Mine", dial_ratio: "3", guard_minutes: "5" });
    for (const text of [null, "", "null", "7", "{"]) expect(keptDraft(text)).toEqual({});
  });

  test("begins with what is in force; a plan of the simulator goes before it", () => {
    const draft = draftOf(IN_FORCE, touchedBy({ dial_ratio: "3.1", answer_rate: "0.2", utm: "x" }));
    expect(draft).toMatchObject({
      name: "Evening",
      max_agents: "50",
      dial_ratio: "3.1",
      answer_rate: "0.2",
      max_trunks: "",
      warm_line_timeout_sec: "",
    });
    expect(touchedBy({ dial_ratio: "3.1", utm: "x" })).toEqual({ dial_ratio: "3.1" });
  });

  test("becomes a settings file without what was left empty", () => {
    expect(fileOf(IN_FORCE, {})).toEqual({ ...SETTINGS, carrier_capacity: { max_trunks: 140 } });
  });

  test("leaves what nobody touched as it is in force, whatever else is there by the time it is sent", () => {
    const later = { ...SETTINGS, name: "Night", concurrency: { ...SETTINGS.concurrency, max_agents: 70 } };
    expect(fileOf({ settings: later, basis: BASIS, measured: null }, { dial_ratio: "3.1" })).toEqual({
      ...later,
      algorithm: { ...SETTINGS.algorithm, dial_ratio: 3.1 },
      ...BASIS,
    });
    expect(fileOf({ settings: later, basis: BASIS, measured: null }, { name: "Mine", answer_rate: "" })).toMatchObject({
      name: "Mine",
      expected: { ring_seconds: 15 },
    });
  });

  test("invents nothing: without an estimate in force there is none in the file", () => {
    const { agent_availability_estimate: _, ...algorithm } = SETTINGS.algorithm;
    const { algorithm: sent } = fileOf({ settings: { ...SETTINGS, algorithm }, basis: null, measured: null }, {});
    expect(sent).toEqual(algorithm);
  });

  test("what is no number stays as it was written, for the service to say what is wrong with it", () => {
    const file = fileOf(IN_FORCE, { dial_ratio: "two" });
    expect(file["algorithm"]).toMatchObject({ dial_ratio: "two" });
  });

  test("settings that nobody can read leave a draft that can be filled in", () => {
    expect(draftOf({ settings: null, basis: null, measured: null }, {})["max_agents"]).toBe("");
  });
});

describe("the steps", () => {
  type Change = Parameters<typeof stepsOf>[0];
  const at = (change: Partial<Change>) =>
    stepsOf({ phase: "polling", purpose: "apply", outcome: null, stop: null, guard: null, looks: 0, failure: null, ...change });
  const states = (change: Partial<Change>) => at(change).map(({ state }) => state);

  test("before are done, after are waiting, and without a guard there is none", () => {
    expect(states({})).toEqual(["done", "done", "running", "waiting", "waiting"]);
    expect(states({ guard: { answered: 0, abandoned: 0 } })).toHaveLength(6);
  });

  test.each([
    ["settling", 2],
    ["watching", 2],
    ["merging", 0],
    ["checking", 0],
  ] as const)("%s, aside of the straight way, is shown where it belongs and in its own words", (phase, index) => {
    const steps = at({ phase });
    expect(steps[index]?.state).toBe("running");
    expect(steps[index]?.text).not.toBe(at({})[index]?.text);
  });

  test("a change that stands still or waits for a person says so", () => {
    expect(states({ stop: { code: "unanswered", message: "no answer" } })[2]).toBe("stopped");
    expect(states({ phase: "paused", guard: { answered: 0, abandoned: 0 } })[4]).toBe("stopped");
    expect(at({ looks: 1 })[2]?.text).toMatch(/: 1 look$/);
  });

  test("the way back follows the step that failed, and is named", () => {
    const failure = { code: "refused_by_tenant", message: "no" } as const;
    expect(at({ phase: "examining", failure }).map(({ name, state }) => [name, state])).toEqual([
      ["sending", "done"],
      ["sent", "failed"],
      ["examining", "running"],
      ["ended", "waiting"],
    ]);
    expect(at({ purpose: "restore", failure }).find(({ name }) => name === "restoring")).toMatchObject({
      state: "running",
      text: "Put the old settings back: wait until the vendor reports them active",
    });
  });
});
