// Predicts what dialer settings will lead to, before they are activated.

export type { Band } from "./bands.ts";
export { type PredictionFacts, type Uncertain, usedFacts } from "./facts.ts";
export { heldRatio } from "./held-ratio.ts";
export { type PredictedSettings, type Prediction, type PredictionLimit, type PredictionOptions, predict } from "./predict.ts";
