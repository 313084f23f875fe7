// The outcome of one assignment as a value: which answers concern the item, and which stop everything.

import type { CallOptions } from "./call-options.ts";
import type { AssignOutcome, AssignResult } from "./capabilities.ts";
import { TenantError } from "./errors.ts";
import type { Attempt, CallReport } from "./report.ts";
import type { Requester } from "./requester.ts";
import type { DispositionAssignment } from "./views.ts";

/** Sends one assignment; see `DispositionWriter.assign`. */
export function assignDisposition(
  requester: Requester,
  callId: string,
  assignment: DispositionAssignment,
  options: CallOptions | undefined,
): Promise<AssignOutcome> {
  const sending = requester.request("assignDisposition", { ...options, path: { callId }, body: assignment });
  return outcomeOf(sending, (reply) => (reply?.changed === false ? "unchanged" : "stored"));
}

/** How a write about one item ended, as a value; rejects with what stops all items alike. */
export async function outcomeOf<Reply>(
  sending: Promise<CallReport & { readonly reply: Reply; readonly status: number; readonly correlationId: string }>,
  resultOfReply: (reply: Reply) => AssignResult,
): Promise<AssignOutcome> {
  try {
    const sent = await sending;
    const result = resultOfReply(sent.reply);
    return { result, statusCode: sent.status, correlationId: sent.correlationId, ...measured(sent) };
  } catch (thrown) {
    if (!(thrown instanceof TenantError)) throw thrown;
    const result = resultOf(thrown);
    if (result === undefined) throw thrown;
    return {
      result,
      message: thrown.vendorMessage ?? thrown.message,
      ...(thrown.vendorBody !== undefined && { vendorBody: thrown.vendorBody }),
      ...(thrown.status !== undefined && { statusCode: thrown.status }),
      ...(thrown.correlationId !== undefined && { correlationId: thrown.correlationId }),
      ...measured(thrown.report),
    };
  }
}

const latencyOf = (attempt: Attempt) => attempt.latencyMs;

function measured(
  report: CallReport,
): Pick<AssignOutcome, "attempts" | "attemptLatenciesMs" | "latencyMs" | "waitedMs" | "rateLimited" | "earlierUnknown"> {
  const { attempts, latencyMs, waitedMs, rateLimited, earlierUnknown } = report;
  return {
    attempts: attempts.length,
    attemptLatenciesMs: attempts.map(latencyOf),
    latencyMs,
    waitedMs,
    rateLimited,
    earlierUnknown,
  };
}

/** Undefined for an error that concerns all items. */
function resultOf(error: TenantError): AssignResult | undefined {
  switch (error.code) {
    case "invalid_request":
    case "refused":
      return "refused";
    case "not_found":
      return "not_found";
    case "conflict":
    case "stale_lock":
      return "locked";
    case "unknown_outcome":
      return "unknown";
    case "invalid_reply":
    case "body_too_large":
    case "vendor_unavailable":
    case "rate_limited":
      return error.outcomeUnknown ? "unknown" : "failed";
    case "aborted":
      // An item whose request was sent has a result; one that was still waiting has none.
      return error.outcomeUnknown ? "unknown" : undefined;
    default:
      return undefined;
  }
}
