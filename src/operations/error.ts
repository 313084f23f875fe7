// Errors of operations: what stops a job or refuses it as a whole. What happens to one item is a value in the ledger, not an error.

import { OutdialError } from "../kernel/index.ts";

/**
 * - `invalid_input`: the input or an option cannot be used; nothing was sent.
 * - `job_not_found`, `job_state`: the job named does not exist, or is not in a state that allows what was asked.
 * - `not_found`: there is no such thing. `not_available`: what was asked for does not exist here. `not_read_yet`: the tenant has not been read
 *   since the store was set up; soon it will have been.
 * - `no_company_list`: the company's do-not-call list was neither loaded nor declared empty, so no gate lets anybody be dialed.
 * - `plan_changed`: what a plan was made of has moved since it was shown.
 * - `unsupported`: the tenant's profile cannot do this; the message gives the reason and the alternative.
 * - `not_owner`: another replica has taken the job over; this one stops working on it.
 * - `outcome_unknown`: it is not known whether the tenant carried a request out; a person must look before it is sent again.
 * - `receiver_refuses`, `receiver_unavailable`: a system of yours takes nothing from here, or does not answer.
 */
export type OperationErrorCode =
  | "invalid_input"
  | "job_not_found"
  | "job_state"
  | "not_found"
  | "not_available"
  | "not_read_yet"
  | "no_company_list"
  | "plan_changed"
  | "unsupported"
  | "not_owner"
  | "outcome_unknown"
  | "receiver_refuses"
  | "receiver_unavailable";

/** Error of an operation; `code` says what is wrong, `advice` what to do. */
export class OperationError extends OutdialError<OperationErrorCode> {}

/** Throws OperationError `job_not_found`. */
export function noSuchJob(id: string): never {
  throw new OperationError("job_not_found", `there is no job ${id}`, {
    advice: "outdial jobs list shows the jobs of this store.",
  });
}
