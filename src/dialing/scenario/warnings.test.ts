import { expect, test } from "vitest";
import { parseScenario } from "./parse.ts";
import { scenarioWarnings } from "./warnings.ts";

const withErrors = (falseMachine: number, more: object = {}) =>
  scenarioWarnings(parseScenario({ calls: { machineDetection: { falseMachine }, ...more } }));

test("errors of detection that alone exceed the limit are warned of, whether or not they are counted", () => {
  expect(withErrors(0.05)).toEqual([
    "machine detection takes 5 % of the people for machines, more than the 3 % that may be abandoned: no pacing can keep the limit",
  ]);
  expect(withErrors(0.05, { countSilentCalls: false })[0]).toContain("countSilentCalls leaves these calls out of the rate");
});

test("errors within the limit, or no detection, are not", () => {
  expect(withErrors(0.03)).toEqual([]);
  expect(scenarioWarnings(parseScenario({ calls: { machineDetection: "off" } }))).toEqual([]);
});
