// Runs of the watch over pairs, as the pairs' rows say: a pair names the number of its latest run and the process that has it. A watch has no end
// and no result, so there is no job; the methods are named as in the ledger of jobs, which stands in the same place for jobs.

import { Ledger } from "../commit.ts";
import type { OwnedRun } from "../jobs/take.ts";
import type { Job } from "../jobs/types.ts";

/** The kind of these runs, and the beginning of their ids. */
export const FAILOVER = "failover";

/** The id under which the engine runs the watch over a pair. */
export const pairRunId = (primary: string): string => `${FAILOVER}/${primary}`;
/** The pair of such an id. */
export const primaryOfRun = (id: string): string => id.slice(FAILOVER.length + 1);

/** What a row says of its run: `ready` without a process, `running` with one, `cancelled` when the pair was removed. */
export type PairRun = Pick<Job, "id" | "kind" | "campaignId" | "status" | "executor" | "error" | "run">;

const PAIR_RUN = `'${FAILOVER}/' || primary_id as id, '${FAILOVER}' as kind, primary_id as "campaignId", executor, null as error, run,
  case when removed_at is not null then 'cancelled' when executor is null then 'ready' else 'running' end as status`;

/** Who runs the watch over each pair. */
export class PairRuns extends Ledger {
  async getJob(id: string): Promise<PairRun | undefined> {
    const found = await this.store.query<PairRun>(`select ${PAIR_RUN} from outdial.failover_pairs where primary_id = $1`, [
      primaryOfRun(id),
    ]);
    return found[0];
  }

  /** A pair's run, and whether the engine has assigned it to the process at the same moment. */
  async getOwned(
    { jobId, workflow, owned }: OwnedRun,
    executor: string,
  ): Promise<(PairRun & { readonly owned: boolean }) | undefined> {
    const found = await this.store.query<PairRun & { owned: boolean }>(
      `with owned as (${owned}) select ${PAIR_RUN}, exists (select from owned) as owned from outdial.failover_pairs where primary_id = $3`,
      [workflow, executor, primaryOfRun(jobId)],
    );
    return found[0];
  }

  /** The pairs that are not removed, each with the process that runs it. */
  async executors(): Promise<{ readonly primary: string; readonly executor: string | null }[]> {
    return this.store.query(
      `select primary_id as "primary", executor from outdial.failover_pairs where removed_at is null order by primary_id`,
    );
  }

  /** Opens the next run if the pair is still as it was seen; one of several callers succeeds. @returns its number */
  async openRun({ id, run, executor }: Pick<PairRun, "id" | "run" | "executor">): Promise<number | undefined> {
    const opened = await this.store.query<{ run: number }>(
      `update outdial.failover_pairs set executor = null, run = run + 1
       where primary_id = $1 and run = $2 and executor is not distinct from $3 and removed_at is null returning run`,
      [primaryOfRun(id), run, executor],
    );
    return opened[0]?.run;
  }

  /**
   * Takes a run for a process: from then on only this process writes states of the pair. The engine's own assignment of the run
   * is checked in the same statement. @returns "gone" when the pair was removed or has another run
   */
  async take({ jobId, run, workflow, owned }: OwnedRun, executor: string): Promise<"taken" | "gone"> {
    const taken = await this.store.query(
      `with owned as (${owned})
       update outdial.failover_pairs set executor = $2, seq = seq + 1
       where primary_id = $3 and run = $4 and removed_at is null and exists (select from owned) returning 1`,
      [workflow, executor, primaryOfRun(jobId), run],
    );
    return taken.length === 1 ? "taken" : "gone";
  }

  /** A process releases a pair. */
  async letGo(id: string, executor: string): Promise<void> {
    await this.store.query("update outdial.failover_pairs set executor = null where primary_id = $1 and executor = $2", [
      primaryOfRun(id),
      executor,
    ]);
  }
}
