// An approval as the API shows it.

import type { Approval, ApprovalWithPlan } from "../../store/index.ts";
import { type ApprovalDetail, type ApprovalStanding, type ApprovalView, approvalPlan } from "./schemas/approvals.ts";
import { timeText } from "./texts.ts";

/** @param now approvals that have expired by then are shown as expired */
export function approvalOf(approval: Approval, now: number): ApprovalView {
  const { id, operation, summary, confirm, requestedBy, state, decidedBy, message, jobId } = approval;
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
    job: jobId,
  };
}

/** With the plan that was shown when it was asked for. @param standing the plan now; null when it no longer waits */
export function approvalDetailOf(approval: ApprovalWithPlan, now: number, standing: ApprovalStanding | null): ApprovalDetail {
  const plan = approvalPlan.safeParse(approval.plan);
  return { ...approvalOf(approval, now), plan: plan.success ? plan.data : null, standing };
}
