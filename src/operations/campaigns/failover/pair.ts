// Parses a failover pair from the store. Pure.

import { issueText } from "../../../kernel/index.ts";
import type { FailoverPair } from "../../../store/index.ts";
import { OperationError } from "../../error.ts";
import { NEW_PAIR } from "./machine.ts";
import { type FailoverPolicy, failoverPolicySchema } from "./policy.ts";
import { type FailoverState, type GivenOrder, readState } from "./state.ts";

/** A pair with its policy and state. */
export interface PairReport {
  readonly primary: string;
  readonly backup: string;
  readonly policy: FailoverPolicy;
  readonly state: FailoverState;
  /** The process that runs it; null for none. */
  readonly executor: string | null;
  readonly order: GivenOrder | null;
}

/** Throws OperationError `invalid_input` when it was written by another version. */
export function readPair({ primary, backup, policy, state, executor, order }: FailoverPair): PairReport {
  return { primary, backup, policy: readPolicy(policy), state: state === null ? NEW_PAIR : readState(state), executor, order };
}

function readPolicy(value: unknown): FailoverPolicy {
  const parsed = failoverPolicySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new OperationError(
    "invalid_input",
    `the policy of this pair cannot be read: ${issue?.path.join(".")} ${issueText(issue)}`,
  );
}

/** Throws OperationError `job_not_found`. */
export function noSuchPair(campaignId: string): never {
  throw new OperationError("job_not_found", `campaign ${campaignId} is in no failover pair`, {
    advice:
      "outdial campaign failover status lists all pairs. outdial campaign failover watch --primary … --backup … creates one, and so does the section failover of a campaign file.",
  });
}

/** Whether no hand-over is under way. */
export const isSettled = ({ phase }: FailoverState): boolean =>
  phase === "watching" || phase === "failed-over" || phase === "halted";
