// Predicts what dialer settings will lead to, before they are activated.

export { type PredictionFacts, type Uncertain, usedFacts } from "./facts.ts";
export {
  type Band,
  heldRatio,
  type PredictedSettings,
  type Prediction,
  type PredictionLimit,
  type PredictionOptions,
  predict,
} from "./predict.ts";
