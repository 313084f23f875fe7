// Corrections of the dispositions of closed interactions.

export { type Entry, POLICIES, type Policy, type Version } from "./entry.ts";
export { type CorrectionMetrics, correctionMetrics } from "./metrics.ts";
export { parseEntries } from "./result.ts";
export {
  type CorrectionPreview,
  type CorrectionSource,
  Corrections,
  DISPOSITIONS,
  previewCorrection,
  readInteraction,
  readTree,
  validateCorrections,
} from "./service.ts";
export { createCorrectionLedger } from "./store-ledger.ts";
export { DEFAULT_EXCLUSIVE, type DispositionTree } from "./tree.ts";
