// The workflow of a change: one durable step for each thing that happens, until it has ended or stands still.

import type { JobBody } from "../durable.ts";
import { standStillWhenTakenOver } from "../taken-over.ts";

/** What the workflow needs of the process it runs in. */
export interface ChangeHost {
  /** Reads the journal, notes that this run goes on with it. */
  takeUp(jobId: string): Promise<void>;
  /** Does the next thing and records it. @returns false when there is nothing more to do */
  advance(jobId: string): Promise<boolean>;
  /** Told when another replica has taken the change. */
  lost(jobId: string): void;
}

/** The body of the workflow. The journal is the truth: another run of the same change goes on where it ends. */
export function changeBody(host: ChangeHost): JobBody {
  return async (jobId, step) => {
    const guarded = <T>(name: string, work: () => Promise<T>) =>
      step(name, () => standStillWhenTakenOver(work(), () => host.lost(jobId)));
    await guarded("take-up", async () => {
      await host.takeUp(jobId);
      return null;
    });
    for (let turn = 0; await guarded(`step-${turn}`, () => host.advance(jobId)); turn++);
  };
}
