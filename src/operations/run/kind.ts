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

/** How the taking of a job came out: it is this process's; it is not to be run any more; another one is in the way. */
export type Taking = "taken" | "gone" | { readonly blockedBy: { readonly jobId: string; readonly executor: string } };

/** A kind of operation. */
export interface Kind {
  readonly name: string;
  /** Which processes may run it: those that work for the same tenant, with the same rights, on the same files. */
  readonly scope: string;
  /** Names what must not be changed by two jobs at once. */
  partition(job: Job): string;
  /** What is done, over the ledger: it is called again when another process goes on. */
  body(running: Running): Promise<void>;
  /** Takes the job, where more than the job itself has to be free. */
  readonly take?: ((run: OwnedRun, executor: string) => Promise<Taking>) | undefined;
  /** Releases a job that this process cannot continue, when more than the job's own row records it. */
  readonly letGo?: ((jobId: string, executor: string, reason: StopReason) => Promise<void>) | undefined;
  /** Told when a run in this process has ended, however it did; the job has its end then. */
  readonly onEnded?: ((jobId: string) => Promise<void>) | undefined;
  /** What a person does to go on after an interruption. */
  readonly goOn: string;
}
