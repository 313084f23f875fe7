// The yardstick: workloads on which pacing strategies are compared, and their measurement.

export { runCampaigns } from "./campaigns.ts";
export { CONDITIONS } from "./conditions.ts";
export { measure } from "./measure.ts";
export { runMonths } from "./month.ts";
export { type ConditionOptions, runCondition } from "./run-condition.ts";
export { yardstickScenario } from "./workload.ts";
