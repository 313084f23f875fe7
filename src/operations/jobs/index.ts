// Jobs over the rows of a file, for any kind of row: planned completely, then run chunk by chunk, durable, taken over when their
// process dies.

export type { PlanReport, RefusedRow } from "../views/schemas/jobs.ts";
export { type EndedItem, type FinishedItem, type OpenItem, owned, RowLedger, type RowLedgerParts } from "./ledger.ts";
export { type PlanSink, planRows, type RowPlanner, type RowProblem } from "./plan.ts";
export {
  ENDED,
  GOES_ON,
  type JobProgress,
  JobRecords,
  type RowJob,
} from "./record.ts";
export { JobRunner, type RowJobsParts, type RowWork, type SentRow as Sent } from "./run.ts";
export { SeenKeys } from "./seen-keys.ts";
export { type JobSource, submitJob } from "./submit.ts";
