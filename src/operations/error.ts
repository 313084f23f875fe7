// Errors of operations, which stop or refuse a job as a whole. The result of one item is a value in the ledger, not an error.

import { OutdialError } from "../kernel/index.ts";

/**
 * - `invalid_input`: the input or an option cannot be used; nothing was sent.
 * - `job_not_found`, `job_state`: the job does not exist, or its state does not allow the request.
 * - `not_found`: there is no such thing. `not_available`: what was requested does not exist here. `not_read_yet`: the tenant was
 *   not read yet since the store was set up; it will be soon.
 * - `no_company_list`: the company's do-not-call list was neither loaded nor declared empty, so no gate allows a call.
 * - `clock_off`: this machine's clock differs from the tenant's, so it cannot be judged who may be called now.
 * - `plan_changed`: something that a plan is based on has changed since the plan was shown.
 * - `other_version`: it was begun by another version of outdial, which must finish it.
 * - `unsupported`: the tenant's profile cannot do this; the message gives the reason and the alternative.
 * - `not_owner`: another replica has taken over the job; this one stops working on it.
 * - `outcome_unknown`: it is not known whether the tenant executed a request; a person must check before it is sent again.
 * - `receiver_refuses`, `receiver_unavailable`: one of your systems refuses what is sent, or does not answer.
 */
export type OperationErrorCode =
  | "invalid_input"
  | "job_not_found"
  | "job_state"
  | "not_found"
  | "not_available"
  | "not_read_yet"
  | "no_company_list"
  | "clock_off"
  | "plan_changed"
  | "other_version"
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
