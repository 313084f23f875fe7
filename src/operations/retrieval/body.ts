// The workflow of a retrieval: which windows are left, each window as one durable step, then the whole is hashed and closed. How far a window
// got is in the store, page by page; a step that is begun anew goes on there.

import type { JobBody } from "../durable.ts";
import { standStillWhenTakenOver } from "../taken-over.ts";
import type { StopReason } from "./failure.ts";

/** Windows read side by side. */
const OVERLAP = 4;

/** What the workflow needs of the process it runs in. */
export interface RetrievalHost {
  openWindows(jobId: string): Promise<number[]>;
  readWindow(jobId: string, no: number): Promise<StopReason | undefined>;
  close(jobId: string, stop: StopReason | undefined): Promise<void>;
  /** Told when another replica has taken the job. */
  lost(jobId: string): void;
}

/** The body of the retrieval workflow. */
export function retrievalBody(host: RetrievalHost): JobBody {
  return async (jobId, step) => {
    const guarded = <T>(name: string, work: () => Promise<T>) =>
      step(name, () => standStillWhenTakenOver(work(), () => host.lost(jobId)));
    const windows = await guarded("open-windows", () => host.openWindows(jobId));
    // A step may look only at results of steps that were awaited before it in the same order every time, or a replay would diverge.
    const reads: Promise<StopReason | null>[] = [];
    let stop: StopReason | null = null;
    for (const [index, no] of windows.entries()) {
      stop ??= (await reads[index - OVERLAP]) ?? null;
      if (stop !== null) break;
      const reading = guarded(`window-${no}`, async () => (await host.readWindow(jobId, no)) ?? null);
      reading.catch(() => undefined);
      reads.push(reading);
    }
    // All of them, whatever one said: none may still be at work when the retrieval is closed.
    const settled = await Promise.allSettled(reads);
    const failed = settled.find((read) => read.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    stop ??= settled.map((read) => (read.status === "fulfilled" ? read.value : null)).find((reason) => reason !== null) ?? null;
    await guarded("close", () => host.close(jobId, stop ?? undefined));
  };
}
