// Warnings about a scenario that a person should read before using its figures.

import { shortPercent } from "../../kernel/index.ts";
import type { SimulationScenario } from "./schema.ts";

/** One sentence for each problem that no pacing can solve; empty when there is none. */
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
