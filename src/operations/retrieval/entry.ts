// A retrieval in the ledger, and what the audit log says about it.

import type { AuditInput, Retrieval, RetrievalLedger } from "../../store/index.ts";
import { OperationError } from "../error.ts";

/** A retrieval by its id. Throws OperationError `job_not_found`. */
export async function findRetrieval(ledger: Pick<RetrievalLedger, "get">, jobId: string): Promise<Retrieval> {
  const retrieval = await ledger.get(jobId);
  if (retrieval !== undefined) return retrieval;
  throw new OperationError("job_not_found", `there is no retrieval ${jobId}`, {
    advice: "outdial outcomes runs shows the retrievals.",
  });
}

/** The audit entry of an action on a retrieval. */
export function auditEntry(
  actor: string,
  action: string,
  { jobId, campaignId, from, to, codes }: Retrieval,
  details: Record<string, unknown>,
): AuditInput {
  const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...(codes === null ? {} : { codes }) };
  return { actor, action, subject: campaignId, job: jobId, details: { campaign: campaignId, ...window, ...details } };
}
