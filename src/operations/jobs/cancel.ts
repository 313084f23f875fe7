// Cancels a job in any process: the job is marked in the ledger, and the caller gets the answer when its replica has released the job.

import type { Clock } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { ENDED, type JobRecords, type Replicas, type RowJob } from "./record.ts";

/** How often the ledger is asked whether the replica has released the job, ms. */
const LOOK_MS = 100;
/** A living replica that has not released the job after this time is an error: requests on the wire end before, by the client's time-outs. */
const PATIENCE_MS = 90_000;

interface CancelDependencies {
  readonly jobs: Pick<JobRecords, "get" | "cancel">;
  readonly replicas: Pick<Replicas, "isDead">;
  /** Writes the audit entry, once the job is marked. */
  readonly record: () => Promise<void>;
  readonly clock: Clock;
}

/**
 * Cancels a job for good. When it resolves nothing more of the job is sent, and the results of all that was on the wire are recorded; a job
 * whose replica died says by its rows what may have been sent. A job that has ended is left as it is.
 * @throws OperationError `job_not_found`; `outcome_unknown` when its replica lives and does not release it
 */
export async function cancelJob(id: string, { jobs, replicas, record, clock }: CancelDependencies): Promise<void> {
  const before = await jobs.get(id);
  if (before.status !== "cancelled") {
    if (ENDED.includes(before.status)) return;
    await jobs.cancel(id);
    await record();
  }
  const since = clock.now();
  for (;;) {
    const { executor } = await jobs.get(id);
    if (executor === undefined || (await replicas.isDead(executor))) return;
    if (clock.now() - since > PATIENCE_MS)
      throw new OperationError(
        "outcome_unknown",
        `job ${id} is cancelled, and ${executor} has not said that it stopped sending`,
        {
          advice:
            "Look at the job again: its rows that may have been sent become none when it has. End that process if it hangs.",
        },
      );
    await clock.sleep(LOOK_MS);
  }
}

/** Throws OperationError `job_state` for a job that was cancelled, which nobody goes on with. */
export function refuseCancelled({ id, status }: Pick<RowJob, "id" | "status">): void {
  if (status === "cancelled")
    throw new OperationError("job_state", `job ${id} was cancelled and cannot be gone on with`, {
      advice: "Begin a new job, for its file with --again; what is done at the tenant stays as it is.",
    });
}
