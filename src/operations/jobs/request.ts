// Which request a job was made for: its calls at the vendor carry that id, across the processes that it outlives.

import type { AuditLog } from "../../store/index.ts";

/** Making a job leaves no more entries of it than these. */
const FIRST_ENTRIES = 5;
/** Action of the audit entry that says which request a job was made for. */
export const REQUESTED = "job.request";

/** Says in the audit which request a job is made for: the one of the job's first entries, so that it is found at once. */
export async function noteRequest(
  audit: Pick<AuditLog, "append">,
  job: string,
  actor: string,
  requestId: string | undefined,
): Promise<void> {
  if (requestId !== undefined) await audit.append([{ actor, action: REQUESTED, subject: job, job, details: { requestId } }]);
}

/** The request that a job was made for; null for one of the command line. */
export async function requestOf(audit: Pick<AuditLog, "list">, job: string): Promise<string | null> {
  const first = await audit.list({ job, limit: FIRST_ENTRIES });
  const details: unknown = first.find(({ action }) => action === REQUESTED)?.details;
  if (typeof details !== "object" || details === null || !("requestId" in details)) return null;
  return typeof details.requestId === "string" ? details.requestId : null;
}
