// What a kind of operation is to the runs of its jobs.

import type { Job, JobLedger, OwnedRun } from "../../store/index.ts";
import type { Step } from "./engine.ts";
import type { JobLeave } from "./leave.ts";
import type { StopReason } from "./reason.ts";

export type { Step };

/** What is said of a run outside the engine: by its job, or by another row. */
export type RunRow = Pick<Job, "id" | "kind" | "campaignId" | "status" | "executor" | "error" | "run">;

/** The rows that say who has which run. The ledger of jobs is one of them; the methods are named as there. */
export interface RunRows extends Pick<JobLedger, "take" | "letGo"> {
  getJob(id: string): Promise<RunRow | undefined>;
  getOwned(run: OwnedRun, executor: string): Promise<(RunRow & { readonly owned: boolean }) | undefined>;
  openRun(seen: RunRow, scope?: string): Promise<number | undefined>;
}

/** A run of a job in this process. */
export interface Running {
  readonly jobId: string;
  readonly run: number;
  readonly step: Step;
  /** Like a step, but the engine keeps nothing of it: for a run without an end. A service that ends waits for it. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether and how long it may go on. */
  readonly leave: JobLeave;
}

/** How taking a job ended: this process has it; it is not to be run any more; another job is in the way. */
type Taking = "taken" | "gone" | { readonly blockedBy: { readonly jobId: string; readonly executor: string } };

/** A kind of operation. */
export interface Kind {
  readonly name: string;
  /** Which processes may run it: those that work for the same tenant, with the same rights, on the same files. */
  readonly scope: string;
  /** Names what must not be changed by two jobs at once. */
  partition(job: RunRow): string;
  /** What is done, based on the ledger: it is called again when another process continues. */
  body(running: Running): Promise<void>;
  /**
   * The rows of runs that have no end and are no jobs; the id of such a run is the kind's name, "/", and what it is about. A run
   * that its service leaves is over, and any service begins the next one.
   */
  readonly rows?: RunRows | undefined;
  /** Takes the job, when more than the job itself must be free. */
  readonly take?: ((run: OwnedRun, executor: string) => Promise<Taking>) | undefined;
  /** Releases a job that this process cannot continue, when more than the job's own row must be changed. */
  readonly letGo?: ((jobId: string, executor: string, reason: StopReason) => Promise<void>) | undefined;
  /** Called when a run in this process has ended in any way; the job's end is recorded by then. */
  readonly onEnded?: ((jobId: string) => Promise<void>) | undefined;
  /** What a person does to continue after an interruption. */
  readonly goOn: string;
}
