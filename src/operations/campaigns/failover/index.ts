// Failover: a pair of campaigns is watched, and the backup takes over when the primary's success rate has certainly fallen.

export { isSettled, readPair } from "./pair.ts";
export { type FailoverPolicy, type FailoverPolicyDraft, failoverPolicySchema } from "./policy.ts";
export { failoverPreviewOf } from "./preview.ts";
export { createTriggerRule } from "./rule.ts";
export { FailoverRecords, type FailoverRules, FailoverUseCases } from "./use-cases.ts";
export type { FailoverProgress } from "./watch.ts";
export { pairWordsOf as pairWords, standingIn } from "./words.ts";
