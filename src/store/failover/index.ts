// The ledger of failover pairs, and the contacts that a hand-over holds back.

export { FailoverLedger } from "./failover-ledger.ts";
export { HandoverHolds } from "./holds.ts";
export type { FailoverHappening, FailoverPair } from "./types.ts";
