import { expect, test } from "vitest";
import { usCaUk2026 } from "../../compliance/index.ts";
import { parseScenario } from "../../dialing/index.ts";
import { underLaw } from "./use-cases.ts";

test("limit and window of a scenario are the strictest of the jurisdictions", () => {
  const scenario = parseScenario({ abandonmentTarget: 0.02 });
  const of = (...jurisdictions: string[]) => underLaw(scenario, usCaUk2026(), jurisdictions);
  expect(of("US")).toMatchObject({ abandonmentTarget: 0.03, abandonmentWindow: 30 * 86_400 });
  expect(of("US", "GB")).toMatchObject({ abandonmentTarget: 0.03, abandonmentWindow: 86_400 });
  expect(of("CA")).toMatchObject({ abandonmentTarget: 0.05 });
  expect(of()).toBe(scenario);
});

test("a jurisdiction without a limit is refused by name", () => {
  expect(() => underLaw(parseScenario({}), usCaUk2026(), ["US", "DE"])).toThrow(/no abandonment limit for DE/);
});
