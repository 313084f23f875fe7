// Failover: a pair of campaigns is watched, and the backup takes over when the primary's success rate has surely fallen.

export { type FailoverPolicy, failoverPolicySchema } from "./policy.ts";
export { createTriggerRule } from "./rule.ts";
export { Failover, type FailoverProgress, isSettled, type PairReport, readPair } from "./service.ts";
export { dialingSide, pairWords, standingIn } from "./words.ts";
