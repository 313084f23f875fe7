// The abandonment limit of a scenario and the window in which it is measured, taken from the rule pack for the jurisdictions that
// are called.

import { type RulePack, strictestAbandonment } from "../../compliance/index.ts";
import { parseScenario, type SimulationScenario } from "../../dialing/index.ts";
import { OperationError } from "../error.ts";

const HOUR = 3600;

/**
 * The scenario under the strictest limit and the shortest window of the jurisdictions.
 * @throws OperationError `invalid_input` for a jurisdiction without such a rule
 */
export function underLaw(scenario: SimulationScenario, pack: RulePack, jurisdictions: readonly string[]): SimulationScenario {
  for (const jurisdiction of jurisdictions) {
    if (strictestAbandonment(pack, [jurisdiction]) !== undefined) continue;
    const known = pack.rules.filter(({ kind }) => kind === "abandonment-limit").map((rule) => rule.jurisdiction);
    throw new OperationError("invalid_input", `${pack.id} has no abandonment limit for ${jurisdiction}`, {
      advice: `It has one for ${known.join(", ")}.`,
    });
  }
  const limit = strictestAbandonment(pack, jurisdictions);
  if (limit === undefined) return scenario;
  const { maxRate: abandonmentTarget, windowHours } = limit;
  return parseScenario({ ...scenario, abandonmentTarget, abandonmentWindow: windowHours * HOUR }, scenario.name);
}
