// Errors of compliance: a rule pack, a fact or an input that cannot be used. What a rule says about a call is a decision, not an
// error.

import { OutdialError } from "../kernel/index.ts";

/**
 * - `invalid_pack`: a rule pack is malformed or contradicts itself; `details.problems` lists its faults with their paths, at most
 *   200, and `details.count` gives their number when there are more.
 * - `invalid_facts`: a fact about a contact is malformed (not a date of the calendar, not a number).
 * - `unknown_zone`: a time zone that is not in this runtime's time-zone data.
 */
export type ComplianceErrorCode = "invalid_pack" | "invalid_facts" | "unknown_zone";

/** Error of rule packs and of questions to them; `code` says what is wrong. */
export class ComplianceError extends OutdialError<ComplianceErrorCode> {}
