// Dialer settings: checked, gated, activated, verified, watched, restored.

export { dialerSettingsJsonSchema, parseSettingsFile, type SettingsFile } from "./file.ts";
export {
  checkOverride,
  type Judgement,
  PREDICTED_ABANDONMENT,
  type PredictionFact,
  type Predictor,
  REGULATORY_CHECKS,
  type RegulatoryCheck,
} from "./gate.ts";
export { type DialerSettings, type FieldChange, readSettings } from "./model.ts";
export type { DialerPlan } from "./plan.ts";
export { dialerPreviewOf } from "./preview.ts";
export { type ChangeProgress, type ChangeReport, SettingsChanges } from "./service.ts";
export { type ChangeState, DEFAULT_PATIENCE, type Patience } from "./state.ts";
export {
  type DialerReadings,
  type DialerRules,
  DialerUseCases,
  dialerHistory,
  type HourlyFigures,
  hourlyFigures,
  judgeSettings,
  proposedFile,
  readSettingsFile,
  requireMaking,
  settingsShown,
  type ValidatedSettings,
} from "./use-cases.ts";
export {
  compareWithVendor,
  type OwnSimulation,
  type RunSimulator,
  type SimulatedRun,
  simulatedText,
} from "./vendor-simulator.ts";
