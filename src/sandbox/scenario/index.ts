// Scenario files, which describe a sandbox's world.

export {
  checkScenario,
  parseScenario,
  type Scenario,
  type ScenarioActivation,
  type ScenarioCampaign,
  type ScenarioClient,
  type ScenarioContactList,
  ScenarioError,
  type ScenarioGeneratedCalls,
  type ScenarioInteraction,
  type ScenarioLimits,
  type ScenarioTimelineEntry,
  scenarioInstant,
  scenarioJsonSchema,
} from "./check.ts";
export { ALL_SCOPES, CALL_STATUSES, type CallStatus, listBehaviour, metricsFigures } from "./schema.ts";

import { checkScenario, defaultScenarioInput, type Scenario } from "./check.ts";

/** The world of the demo, used when no scenario is given. */
export function defaultScenario(): Scenario {
  return checkScenario(defaultScenarioInput());
}
