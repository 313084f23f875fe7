// The workflow of a job over rows: which chunks are left, each chunk as one durable step, then what is open is settled, then the job is closed.
//
//   pending chunks ─▶ chunk 0 ─▶ chunk 1 ─▶ … (some overlap, so that the pipe never runs dry at a chunk's end) ─▶ settle ─▶ close
//                        └── stop (no rights, vendor away, interrupted): no further chunk, the job is closed as stopped and can be resumed

import { Histogram } from "../../kernel/index.ts";
import type { JobBody } from "../durable.ts";
import { standStillWhenTakenOver } from "../taken-over.ts";
import type { Measured, StopReason } from "./record.ts";
import type { ChunkReport } from "./run.ts";

/** A run of a job, as the workflow drives it. */
interface ChunkRunner {
  sendChunk(no: number): Promise<ChunkReport>;
  settle(): Promise<StopReason | undefined>;
}

/** What the workflow needs of the process it runs in. */
export interface ChunkHost {
  /** Takes the job for this replica and gives the run; called anew when a workflow is taken up after a crash. */
  open(jobId: string): Promise<ChunkRunner>;
  pendingChunks(jobId: string): Promise<number[]>;
  /** Told when another replica has taken the job: this process must not go on with it. */
  lost(jobId: string): void;
  close(jobId: string, end: { readonly stop: StopReason | undefined; readonly measured: Measured }): Promise<void>;
}

/**
 * The body of the workflow. A replica that finds the job taken over stands still instead of recording a result that is not its own.
 * @param overlap chunks under way at once; 1 keeps the order of the file between chunks
 */
export function chunkedBody(host: ChunkHost, overlap: number): JobBody {
  return async (jobId, step) => {
    const run = await host.open(jobId);
    const guarded = <T>(name: string, work: () => Promise<T>) =>
      step(name, () => standStillWhenTakenOver(work(), () => host.lost(jobId)));
    const chunks = await guarded("pending-chunks", () => host.pendingChunks(jobId));
    // A step may look only at results of steps that were awaited before it in the same order every time, or a replay would diverge.
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
      // As text: the workflow's own serializer walks every number of a histogram.
      const sending = guarded(`chunk-${no}`, async () => JSON.stringify(await run.sendChunk(no))).then(
        (text) => JSON.parse(text) as ChunkReport,
      );
      // Whoever awaits it gets the failure; until then it is nobody's unhandled one.
      sending.catch(() => undefined);
      sends.push(sending);
    }
    // All of them, whatever one said: none may still be sending when the job is closed.
    const settled = await Promise.allSettled(sends);
    const reports = settled.map((send) => {
      if (send.status === "rejected") throw send.reason;
      return send.value;
    });
    stop ??= reports.find((report) => report.stop !== undefined)?.stop;
    stop ??= (await guarded("settle", async () => (await run.settle()) ?? null)) ?? undefined;
    await guarded("close", () => host.close(jobId, { stop, measured: merge(reports) }));
  };
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
