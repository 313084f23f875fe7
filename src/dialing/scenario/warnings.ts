// What a person should know of a scenario before believing its figures.

import { shortPercent } from "../../kernel/index.ts";
import type { SimulationScenario } from "./schema.ts";

/** One sentence for each thing that no pacing can mend; empty when there is none. */
export function scenarioWarnings({ calls, abandonmentTarget }: SimulationScenario): string[] {
  const { machineDetection, countSilentCalls } = calls;
  if (machineDetection === "off" || machineDetection.falseMachine <= abandonmentTarget) return [];
  const errors = `machine detection takes ${shortPercent(machineDetection.falseMachine)} of the people for machines, more than the ${shortPercent(abandonmentTarget)} that may be abandoned`;
  return [
    countSilentCalls
      ? `${errors}: no pacing can keep the limit`
      : `${errors}: countSilentCalls leaves these calls out of the rate, though no agent spoke to these people`,
  ];
}
