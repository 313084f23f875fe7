// Retrievals of outcomes in the store.

export { LakeFiles } from "./catalog.ts";
export { RetrievalLedger } from "./ledger.ts";
export { RetrievalSchedules } from "./schedules.ts";
export {
  RETRIEVE,
  type Retrieval,
  type RetrievalSchedule,
  type RetrievalWindow,
} from "./types.ts";
