// Retrieval of outcomes into the lake.

export { findRetrieval } from "./entry.ts";
export { type Difference, type HourCounts, isReconciled, type ReconcileReport, type ReconcileSink } from "./reconcile.ts";
export { checkRequest, type RetrievalInput, type RetrievalRequest } from "./request.ts";
export type { RetrievalProgress } from "./retrieval-run.ts";
export { type Rhythm, runSchedules, setSchedules, turnsOf } from "./schedule.ts";
export { Retrieving } from "./service.ts";
export { type RunVerdict, verifyRetrieval } from "./verify.ts";
