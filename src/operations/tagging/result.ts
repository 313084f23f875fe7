// The result of an item, and its form in the ledger, the audit log and the event.

import type { AssignOutcome } from "../../tenant/port.ts";
import type { FinishedItem as FinishedRow } from "../jobs/index.ts";
import type { Assignment, RowProblem } from "./assignment.ts";

/**
 * `tagged` stored by us · `contact_tagged` a tag was added to the contact instead · `unchanged` was already stored · `refused` by
 * a local rule or with 400 · `duplicate` of another row, sent once · `recorded` kept here instead of a disposition, nothing was
 * written · `locked` 409 · `not_found` 404 · `unknown` sent, no answer, not settled yet · `failed` certainly not stored.
 */
type TagResult =
  | "tagged"
  | "contact_tagged"
  | "recorded"
  | "unchanged"
  | "refused"
  | "duplicate"
  | "locked"
  | "not_found"
  | "unknown"
  | "failed";

/** An item in its ledger form. */
export interface FinishedTag extends FinishedRow {
  readonly callId: string;
  readonly code: string;
  readonly reasonCode?: string | undefined;
  readonly result: TagResult;
}

const RESULT_OF: Readonly<Record<AssignOutcome["result"], TagResult>> = {
  stored: "tagged",
  contact_tagged: "contact_tagged",
  unchanged: "unchanged",
  refused: "refused",
  locked: "locked",
  not_found: "not_found",
  unknown: "unknown",
  failed: "failed",
};

/**
 * The result of a sent item. "Unchanged" counts as tagged when an earlier request of ours may have stored the disposition: the
 * answer then only shows that our own lost request arrived.
 */
export function finishedItem(assignment: Assignment, outcome: AssignOutcome, sentBefore: boolean): FinishedTag {
  const ownLostReply = outcome.result === "unchanged" && (sentBefore || outcome.earlierUnknown);
  return {
    line: assignment.line,
    callId: assignment.callId,
    code: assignment.dispositionCodeId,
    reasonCode: assignment.reasonCodeId,
    result: ownLostReply ? "tagged" : RESULT_OF[outcome.result],
    statusCode: outcome.statusCode,
    reason: outcome.message,
    vendorBody: outcome.vendorBody,
    attempts: outcome.attempts,
    latencyMs: outcome.latencyMs,
  };
}

/** The last request certainly stored nothing, but an earlier one with an unknown outcome may have. */
export function settledBy(item: FinishedTag, mayBeStored: boolean): FinishedTag {
  return mayBeStored && item.result === "failed" ? { ...item, result: "unknown" } : item;
}

/** The result of a row that a local rule refused. */
export function refusedItem(row: { line: number; callId: string; code: string; problems: readonly RowProblem[] }): FinishedTag {
  const reason = row.problems.map((problem) => problem.message).join("; ");
  return { line: row.line, callId: row.callId, code: row.code, result: "refused", reason, attempts: 0 };
}

/** Data of the BI event of a tagged call. `processed_at` counts seconds since the epoch. */
export function dispositionAssigned(item: FinishedTag, at: number): Record<string, unknown> {
  return { call_id: item.callId, disposition_code: item.code, reason_code: item.reasonCode ?? null, processed_at: at / 1000 };
}
