// The ledger of emergency stops.

export { StopLedger } from "./stop-ledger.ts";
export type { FoundCampaign, ListProblem, Stop, StopAttempt, StoppedCampaign } from "./types.ts";
