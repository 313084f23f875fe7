// Corrections of the dispositions of closed interactions.

export { type Entry, POLICIES, type Policy } from "./entry.ts";
export { type CorrectionMetrics, correctionMetrics } from "./metrics.ts";
export { parseEntries } from "./result.ts";
export {
  type CorrectionSource,
  Corrections,
  DISPOSITIONS,
} from "./service.ts";
export { createCorrectionLedger } from "./store-ledger.ts";
export { DEFAULT_EXCLUSIVE } from "./tree.ts";
export {
  type Correction,
  CorrectionUseCases,
  correctionsSource,
  type InteractionCorrection,
  type InteractionCorrections,
  InteractionUseCases,
} from "./use-cases.ts";
