// An approval as the API shows it.

import type { Approval, ApprovalWithPlan } from "../../store/index.ts";
import { type ApprovalDetail, type ApprovalStanding, type ApprovalView, approvalPlan } from "./schemas/approvals.ts";
import { timeText } from "./texts.ts";

/**
 * @param now approvals that have expired by then are shown as expired
 * @param askerEnded why a waiting one may not be carried out for the one who asked: it is shown as expired, with this as its message
 */
export function approvalOf(approval: Approval, now: number, askerEnded?: string): ApprovalView {
  const { id, operation, summary, confirm, requestedBy, state, decidedBy, message, jobId } = approval;
  return {
    id,
    operation,
    summary,
    confirm,
    requestedBy,
    requestedAt: timeText(approval.requestedAt),
    expiresAt: timeText(approval.expiresAt),
    state: state === "pending" && (approval.expiresAt <= now || askerEnded !== undefined) ? "expired" : state,
    decidedBy,
    decidedAt: timeText(approval.decidedAt),
    message: state === "pending" ? (askerEnded ?? message) : message,
    job: jobId,
  };
}

/** With the plan that was shown when it was asked for. @param standing the plan now; null when it no longer waits */
export function approvalDetailOf(
  approval: ApprovalWithPlan,
  now: number,
  { standing, askerEnded }: { readonly standing: ApprovalStanding | null; readonly askerEnded: string | undefined },
): ApprovalDetail {
  const plan = approvalPlan.safeParse(approval.plan);
  return { ...approvalOf(approval, now, askerEnded), plan: plan.success ? plan.data : null, standing };
}
