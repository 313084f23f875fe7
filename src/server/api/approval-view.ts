// An approval as the API shows it.

import type { Approval } from "../../store/index.ts";
import type { ApprovalView } from "./schemas/session.ts";
import { timeText } from "./texts.ts";

/** @param now what has expired by then is shown so */
export function approvalOf(approval: Approval, now: number): ApprovalView {
  const { id, operation, summary, confirm, requestedBy, state, decidedBy, message } = approval;
  return {
    id,
    operation,
    summary,
    confirm,
    requestedBy,
    requestedAt: timeText(approval.requestedAt),
    expiresAt: timeText(approval.expiresAt),
    state: state === "pending" && approval.expiresAt <= now ? "expired" : state,
    decidedBy,
    decidedAt: timeText(approval.decidedAt),
    message,
  };
}
