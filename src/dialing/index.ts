// The dialer model: queueing formulas, distributions, simulation, pacing strategies, calibration. Pure: Node, workers and the browser run the same code.

export { DialingError, type DialingErrorCode } from "./arguments.ts";
export type { Candidate, DurationFit } from "./calibrate/calibration.ts";
export {
  type CalibratedScenario,
  type Calibration,
  type CalibrationBuilder,
  calibratedScenario,
  createCalibration,
  type OutcomeRates,
  type ThinSpot,
} from "./calibrate/calibration.ts";
export type { DayMeanInterval } from "./calibrate/day-tally.ts";
export { CALL_OUTCOMES, type CallOutcome, type CallRecord, callRecordSchema } from "./calibrate/record.ts";
export {
  type Distribution,
  distributionSchema,
  inversion,
  type Law,
  lawOf,
  type SingleDistribution,
  sampler,
} from "./distributions/index.ts";
export type { DialerChange, DialerSnapshot, FlowBalance } from "./engine/dialer.ts";
export { createDialer, type Dialer, type DialerOptions } from "./engine/dialer.ts";
export type { CallingWindow, LeadSource } from "./engine/leads.ts";
export { Count, Level, type Meter } from "./engine/meter.ts";
export { CallEnd, type CallModel } from "./engine/model.ts";
export type { CallEndName, CallTransition, DialerSink } from "./engine/sink.ts";
export { erlangB, erlangC, hardPatience } from "./formulas.ts";
export {
  type Assurance,
  assure,
  type FrontierPoint,
  frontierCsv,
  frontierSvg,
  type OptimiseOptions,
  type Optimum,
  optimise,
  type Plot,
  type PlotSeries,
  type RunCounts,
  type Runner,
  svgPlot,
} from "./optimise/optimise.ts";
export type { Cdf, DialingBeliefs, OutcomeMix } from "./pacing/beliefs.ts";
export {
  beliefsOf,
  createPacing,
  type DropMethod,
  type LevelStep,
  nextLevel,
  type PacingContext,
} from "./pacing/create.ts";
export { type Pacing, pacingSchema } from "./pacing/schema.ts";
export { type PacingLimit, type StateAwareExplanation, type StateAwareParameters, stateAware } from "./pacing/state-aware.ts";
export {
  AgentState,
  type DialerView,
  Observation,
  type PacingFactory,
  type PacingStrategy,
  type Readings,
} from "./pacing/strategy.ts";
export { type PredictionFacts, type Uncertain, usedFacts } from "./predict/facts.ts";
export {
  type Band,
  heldRatio,
  type PredictedSettings,
  type Prediction,
  type PredictionLimit,
  type PredictionOptions,
  predict,
} from "./predict/predict.ts";
export { type Replication, runReplication } from "./replicate.ts";
export {
  type Comparison,
  combine,
  compareReplications,
  type PairedDifference,
  type Series,
  type SeriesPoint,
  type SimulationResult,
} from "./results/combine.ts";
export type { FigureInterval } from "./results/figure.ts";
export type { IntervalMethod } from "./results/sums.ts";
export { compileCalls } from "./scenario/compile.ts";
export { bucketsOf, parseScenario, SimulationScenarioError, simulationJsonSchema } from "./scenario/parse.ts";
export type { SimulationScenario } from "./scenario/schema.ts";
export { scenarioWarnings } from "./scenario/warnings.ts";
