// Dialer settings: checked, gated, activated, verified, watched, put back.

export { createDialerCampaign } from "./campaign.ts";
export { dialerSettingsJsonSchema, parseSettingsFile, type SettingsFile } from "./file.ts";
export { checkOverride, type Judgement, judge, type Predictor } from "./gate.ts";
export type { GuardPlan } from "./guard.ts";
export { basisInForce, fileInForce } from "./in-force.ts";
export { type DialerSettings, type FieldChange, readSettings } from "./model.ts";
export { type ChangeProgress, type ChangeReport, type PreparedChange, SettingsChanges } from "./service.ts";
export { type ChangeState, DEFAULT_PATIENCE, type Patience } from "./state.ts";
export {
  type DialerMetric,
  type DialerReadings,
  type DialerRules,
  DialerUseCases,
  dialerPreviewOf,
  judgeSettings,
  proposedFile,
} from "./use-cases.ts";
