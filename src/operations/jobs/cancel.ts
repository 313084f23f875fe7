// Cancels a job of any process: the job is marked in the ledger, and the caller gets the answer when its replica has released it.

import type { Clock } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { ENDED, type JobRecords, type Replicas, type RowJob } from "./record.ts";

/** How often it is checked whether the replica has released the job, ms. */
const LOOK_MS = 100;
/**
 * When a living replica has not released the job after this time, ms, it is an error: running requests end earlier, by the
 * client's time-outs.
 */
const PATIENCE_MS = 90_000;

interface CancelDependencies {
  readonly jobs: Pick<JobRecords, "get" | "cancel">;
  readonly replicas: Pick<Replicas, "isDead">;
  /** Writes the audit entry after the job was marked. */
  readonly record: () => Promise<void>;
  readonly clock: Clock;
}

/**
 * Cancels a job for good. When it resolves nothing more is sent, and the results of all running requests are recorded; when the
 * replica died, the rows show what may have been sent. A job that has ended is left as it is.
 * @throws OperationError `job_not_found`; `outcome_unknown` when its replica is alive and does not release it
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
    if (executor === null || (await replicas.isDead(executor))) return;
    if (clock.now() - since > PATIENCE_MS)
      throw new OperationError(
        "outcome_unknown",
        `job ${id} is cancelled, and ${executor} has not confirmed that it stopped sending`,
        {
          advice:
            "Look at the job again: when the process has stopped, no rows are shown as possibly sent any more. If it hangs, end it.",
        },
      );
    await clock.sleep(LOOK_MS);
  }
}

/** Throws OperationError `job_state` for a cancelled job, which cannot be continued. */
export function refuseCancelled({ id, status }: Pick<RowJob, "id" | "status">): void {
  if (status === "cancelled")
    throw new OperationError("job_state", `job ${id} was cancelled and cannot be continued`, {
      advice: "Start a new job for its file, with --again. What was done at the tenant is not undone.",
    });
}
