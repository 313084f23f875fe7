// The yardstick: workloads on which pacing strategies are compared, and their measurement.

export { type CampaignsOptions, type CampaignsResult, runCampaigns } from "./campaigns.ts";
export { CONDITIONS, type Condition } from "./conditions.ts";
export { type Measurement, type MeasureOptions, measure } from "./measure.ts";
export { runMonths } from "./month.ts";
export { type ConditionOptions, type ConditionResult, runCondition } from "./run-condition.ts";
export { type WorkloadOptions, yardstickScenario } from "./workload.ts";
