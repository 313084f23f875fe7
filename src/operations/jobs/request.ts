// The request that a job was made for: its calls at the vendor carry that id, even after several processes.

import type { AuditLog } from "../../store/index.ts";

/** The creation of a job writes at most so many audit entries. */
const FIRST_ENTRIES = 5;
/** Action of the audit entry that says which request a job was made for. */
export const REQUESTED = "job.request";

/** Records in the audit log which request a job was made for, among the job's first entries, so that it is found quickly. */
export async function noteRequest(
  audit: Pick<AuditLog, "append">,
  job: string,
  actor: string,
  requestId: string | undefined,
): Promise<void> {
  if (requestId !== undefined) await audit.append([{ actor, action: REQUESTED, subject: job, job, details: { requestId } }]);
}

/** The request that a job was made for; null for a job of the command line. */
export async function requestOf(audit: Pick<AuditLog, "list">, job: string): Promise<string | null> {
  const first = await audit.list({ job, limit: FIRST_ENTRIES });
  const details: unknown = first.find(({ action }) => action === REQUESTED)?.details;
  if (typeof details !== "object" || details === null || !("requestId" in details)) return null;
  return typeof details.requestId === "string" ? details.requestId : null;
}
