// Opens what is needed to continue a job of any kind.

import { DISPOSITIONS, JobRecords, OperationError, type RowJob, refuseCancelled, TAG } from "../operations/index.ts";
import { CAMPAIGN_APPLY, DIALER_CHANGE, PUSH, RETRIEVE } from "../store/index.ts";
import type { Flags } from "./config.ts";
import { startPushing } from "./crm.ts";
import type { Environment } from "./environment.ts";
import { CORRECTION_RATE, startCorrections } from "./interactions.ts";
import { type JobRuntime, runtimeOver } from "./job-runtime.ts";
import { startTagging, TAGGING_RATE } from "./tagging.ts";
import { openWorkplace, type WorkplaceOptions } from "./workplace.ts";

/** Requests to the CRM use none of the tenant's limits. */
const NO_BUDGET = "none";

/** Jobs that other commands continue. */
const OTHERS: Readonly<Record<string, { readonly what: string; readonly advice: (id: string) => string }>> = {
  [RETRIEVE]: { what: "a retrieval", advice: (id) => `outdial outcomes pull --resume ${id} continues it.` },
  [DIALER_CHANGE]: { what: "a change of dialer settings", advice: () => "outdial dialer resume continues it." },
  [CAMPAIGN_APPLY]: { what: "an apply of campaigns", advice: () => "outdial campaign resume-apply continues it." },
};

/** A job and what runs jobs of its kind. */
export interface OpenedJob extends JobRuntime {
  readonly job: RowJob;
}

/**
 * Opens the runtime of a job, to continue it. Throws OperationError `job_not_found`; `job_state` when it was cancelled;
 * `invalid_input` when another command continues it.
 */
export async function openJob(id: string, flags: Flags, environment: Environment, options: WorkplaceOptions): Promise<OpenedJob> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const other = OTHERS[(await workplace.store.jobs.getJob(id))?.kind ?? ""];
  if (other !== undefined) throw new OperationError("invalid_input", `${id} is ${other.what}`, { advice: other.advice(id) });
  const records = new JobRecords(workplace.store.jobs, [TAG, DISPOSITIONS, PUSH]);
  const job = await records.get(id);
  refuseCancelled(job);
  if (job.kind === PUSH) {
    const pushing = await startPushing(stack, workplace);
    const jobs: JobRuntime["jobs"] = {
      find: (one) => records.get(one),
      run: async (one, onProgress) => {
        const at = { retries: 0, rateLimited: 0 };
        await pushing.run(one, ({ acknowledged, unchanged, refused, refusedBefore, total }, here) =>
          onProgress?.({
            ...at,
            totalRows: total ?? 0,
            counts: { acknowledged, unchanged, refused: refused + refusedBefore },
            phase: here ? "sending" : "watching",
          }),
        );
        return records.get(one);
      },
    };
    return { ...runtimeOver(stack.move(), workplace, jobs, NO_BUDGET), job };
  }
  const tags = job.kind === TAG;
  const jobs = await (tags ? startTagging(workplace, {}) : startCorrections(workplace, {}));
  return { ...runtimeOver(stack.move(), workplace, jobs, tags ? TAGGING_RATE : CORRECTION_RATE), job };
}
