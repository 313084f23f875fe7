// Errors of the dialer model.

import { OutdialError } from "../kernel/index.ts";

/**
 * - `invalid_input`: an argument, a distribution or a scenario is outside of the model's domain; the message names it and what is
 *   allowed.
 */
export type DialingErrorCode = "invalid_input";

/** Error of the dialer model; `code` says what is wrong. */
export class DialingError extends OutdialError<DialingErrorCode> {}
