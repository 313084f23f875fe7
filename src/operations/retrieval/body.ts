// The workflow of a retrieval: the remaining windows, each window as one durable step, then the retrieval is hashed and closed.
// The progress of a window is stored page by page; a step that is started again continues there.

import type { Step } from "../run/kind.ts";
import type { StopReason } from "../run/reason.ts";

/** A run of a retrieval, as the workflow drives it. */
export interface WindowRunner {
  /** The remaining windows, and how many of them are read concurrently. */
  openWindows(): Promise<{ readonly windows: readonly number[]; readonly atOnce: number }>;
  readWindow(no: number): Promise<StopReason | undefined>;
  close(stop: StopReason | undefined): Promise<void>;
}

/** Reads all windows that are left and closes the retrieval. */
export async function readWindows(step: Step, run: WindowRunner): Promise<void> {
  // The concurrency is part of the result: another number in a replay would begin the steps in another order.
  const { windows, atOnce } = await step("open-windows", () => run.openWindows());
  // A step may only depend on results of steps that were awaited before it in the same order every time; otherwise a replay would
  // diverge.
  const reads: Promise<StopReason | null>[] = [];
  let stop: StopReason | null = null;
  for (const [index, no] of windows.entries()) {
    stop ??= (await reads[index - atOnce]) ?? null;
    if (stop !== null) break;
    const reading = step(`window-${no}`, async () => (await run.readWindow(no)) ?? null);
    reading.catch(() => undefined);
    reads.push(reading);
  }
  // All windows, even after one failed: none may still be running when the retrieval is closed.
  const settled = await Promise.allSettled(reads);
  const failed = settled.find((read) => read.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  stop ??= settled.map((read) => (read.status === "fulfilled" ? read.value : null)).find((reason) => reason !== null) ?? null;
  await step("close", async () => {
    await run.close(stop ?? undefined);
    return null;
  });
}
