// Retrievals of outcomes in the store.

export { LakeFiles } from "./catalog.ts";
export { RetrievalLedger } from "./ledger.ts";
export { RetrievalSchedules } from "./schedules.ts";
export {
  type Blocker,
  type PageCommit,
  RETRIEVE,
  type Retrieval,
  type RetrievalSchedule,
  type RetrievalTotals,
  type RetrievalWindow,
} from "./types.ts";
