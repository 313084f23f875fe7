// The workflow of a job over rows: which chunks are left, each chunk as one durable step, then what is open is settled, then the job is closed.
//
//   pending chunks ─▶ chunk 0 ─▶ chunk 1 ─▶ … (some overlap, so that the pipe never runs dry at a chunk's end) ─▶ settle ─▶ close
//                        └── stop (no rights, vendor away, interrupted): no further chunk, the job is closed as stopped and can be resumed

import { Histogram } from "../../kernel/index.ts";
import type { Step } from "../run/kind.ts";
import type { Measured, StopReason } from "./record.ts";
import type { ChunkReport } from "./run.ts";

/** A run of a job, as the workflow drives it. */
export interface ChunkRunner {
  /** Numbers of the chunks that are not done, ascending. */
  pendingChunks(): Promise<number[]>;
  sendChunk(no: number): Promise<ChunkReport>;
  settle(): Promise<StopReason | undefined>;
  close(end: { readonly stop: StopReason | undefined; readonly measured: Measured }): Promise<void>;
}

/**
 * Sends all chunks, settles and closes the job.
 * @param overlap chunks under way at once; 1 keeps the order of the file between chunks
 */
export async function runChunks(step: Step, run: ChunkRunner, overlap: number): Promise<void> {
  const chunks = await step("pending-chunks", () => run.pendingChunks());
  // A step may only depend on results of steps that were awaited before it in the same order every time; otherwise a replay would
  // diverge.
  const sends: Promise<ChunkReport>[] = [];
  let stop: StopReason | undefined;
  for (const [index, no] of chunks.entries()) {
    const earlier = sends[index - overlap];
    if (earlier !== undefined) {
      const [ended] = await Promise.allSettled([earlier]);
      if (ended.status === "rejected") break;
      stop = ended.value.stop;
    }
    if (stop !== undefined) break;
    // As text: the workflow's own serializer visits every number of a histogram.
    const sending = step(`chunk-${no}`, async () => JSON.stringify(await run.sendChunk(no))).then(
      (text) => JSON.parse(text) as ChunkReport,
    );
    // The failure is thrown where it is awaited; until then it must not count as unhandled.
    sending.catch(() => undefined);
    sends.push(sending);
  }
  // All chunks, even after one failed: none may still be sending when the job is closed.
  const settled = await Promise.allSettled(sends);
  const reports = settled.map((send) => {
    if (send.status === "rejected") throw send.reason;
    return send.value;
  });
  stop ??= reports.find((report) => report.stop !== undefined)?.stop;
  stop ??= (await step("settle", async () => (await run.settle()) ?? null)) ?? undefined;
  await step("close", async () => {
    await run.close({ stop, measured: merge(reports) });
    return null;
  });
}

function merge(reports: readonly ChunkReport[]): Measured {
  const attempts = new Histogram();
  const items = new Histogram();
  let retries = 0;
  let rateLimited = 0;
  let conflicts: number | undefined;
  for (const report of reports) {
    attempts.merge(Histogram.from(report.attempts));
    items.merge(Histogram.from(report.items));
    retries += report.retries;
    rateLimited += report.rateLimited;
    if (report.conflicts !== undefined) conflicts = (conflicts ?? 0) + report.conflicts;
  }
  return {
    attempts: attempts.summary(),
    items: items.summary(),
    retries,
    rateLimited,
    ...(conflicts === undefined ? {} : { conflicts }),
  };
}
