// What a kind of operation is to the runs of its jobs.

import type { Job, OwnedRun } from "../../store/index.ts";
import type { Step } from "./engine.ts";
import type { JobLeave } from "./leave.ts";
import type { StopReason } from "./reason.ts";

export type { Step };

/** A run of a job in this process. */
export interface Running {
  readonly jobId: string;
  readonly run: number;
  readonly step: Step;
  /** Whether and how long it may go on. */
  readonly leave: JobLeave;
}

/** How taking a job ended: this process has it; it is not to be run any more; another job is in the way. */
export type Taking = "taken" | "gone" | { readonly blockedBy: { readonly jobId: string; readonly executor: string } };

/** A kind of operation. */
export interface Kind {
  readonly name: string;
  /** Which processes may run it: those that work for the same tenant, with the same rights, on the same files. */
  readonly scope: string;
  /** Names what must not be changed by two jobs at once. */
  partition(job: Job): string;
  /** What is done, based on the ledger: it is called again when another process continues. */
  body(running: Running): Promise<void>;
  /** Takes the job, when more than the job itself must be free. */
  readonly take?: ((run: OwnedRun, executor: string) => Promise<Taking>) | undefined;
  /** Releases a job that this process cannot continue, when more than the job's own row must be changed. */
  readonly letGo?: ((jobId: string, executor: string, reason: StopReason) => Promise<void>) | undefined;
  /** Called when a run in this process has ended in any way; the job's end is recorded by then. */
  readonly onEnded?: ((jobId: string) => Promise<void>) | undefined;
  /** What a person does to continue after an interruption. */
  readonly goOn: string;
}
