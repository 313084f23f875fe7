// Takes a run of a job for a process; from then on, the ledger's writes are fenced by it.

import type { Tx } from "../commit.ts";

/** A run of a job that the engine has assigned to a process. */
export interface OwnedRun {
  readonly jobId: string;
  readonly run: number;
  /** The engine's name of the run. */
  readonly workflow: string;
  /**
   * A statement with the workflow as $1 and the process as $2 that returns a row while the engine has the run assigned to that
   * process.
   */
  readonly owned: string;
}

/** See JobLedger.take. */
export async function takeRun(
  tx: Tx,
  { jobId, run, workflow, owned }: OwnedRun,
  executor: string,
  now: number,
): Promise<"taken" | "gone"> {
  const taken = await tx.change(
    `with owned as (${owned})
     update outdial.jobs set executor = $2, status = 'running', started_at = coalesce(started_at, $5), finished_at = null, error = null
     where id = $3 and run = $4 and status in ('ready', 'running', 'stopped') and exists (select from owned)`,
    [workflow, executor, jobId, run, new Date(now)],
  );
  return taken === 1 ? "taken" : "gone";
}
