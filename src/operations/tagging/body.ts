// The workflow of a tagging job: which chunks are left, each chunk as one durable step, then what is open is settled, then the job is closed.
//
//   pending chunks ─▶ chunk 0 ─▶ chunk 1 ─▶ … (three overlap, so that the pipe never runs dry at a chunk's end) ─▶ settle ─▶ close
//                        └── stop (no rights, vendor away, interrupted): no further chunk, the job is closed as stopped and can be resumed

import { Histogram, type HistogramSummary } from "../../kernel/index.ts";
import type { JobBody } from "../durable.ts";
import { standStillWhenTakenOver } from "../taken-over.ts";
import type { ChunkReport, StopReason, TagRun } from "./run.ts";

/** Chunks under way at once. */
const OVERLAP = 3;

/** What a run measured, over all its chunks. Latencies in milliseconds. */
export interface Measured {
  readonly attempts: HistogramSummary;
  readonly items: HistogramSummary;
  readonly retries: number;
  readonly rateLimited: number;
}

/** What the workflow needs of the process it runs in. */
export interface TagHost {
  /** Takes the job for this replica and gives the run; called anew when a workflow is taken up after a crash. */
  open(jobId: string): Promise<TagRun>;
  pendingChunks(jobId: string): Promise<number[]>;
  /** Told when another replica has taken the job: this process must not go on with it. */
  lost(jobId: string): void;
  close(jobId: string, end: { readonly stop: StopReason | undefined; readonly measured: Measured }): Promise<void>;
}

/** The body of the tagging workflow. A replica that finds the job taken over stands still instead of recording a result that is not its own. */
export function tagBody(host: TagHost): JobBody {
  return async (jobId, step) => {
    const run = await host.open(jobId);
    const guarded = <T>(name: string, work: () => Promise<T>) =>
      step(name, () => standStillWhenTakenOver(work(), () => host.lost(jobId)));
    const chunks = await guarded("pending-chunks", () => host.pendingChunks(jobId));
    // A step may look only at results of steps that were awaited before it in the same order every time, or a replay would diverge.
    const sends: Promise<ChunkReport>[] = [];
    let stop: StopReason | undefined;
    for (const [index, no] of chunks.entries()) {
      stop ??= (await sends[index - OVERLAP])?.stop;
      if (stop !== undefined) break;
      // As text: the workflow's own serializer walks every number of a histogram.
      const sending = guarded(`chunk-${no}`, async () => JSON.stringify(await run.sendChunk(no))).then(
        (text) => JSON.parse(text) as ChunkReport,
      );
      // Whoever awaits it gets the failure; until then it is nobody's unhandled one.
      sending.catch(() => undefined);
      sends.push(sending);
    }
    const reports = await Promise.all(sends);
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
  for (const report of reports) {
    attempts.merge(Histogram.from(report.attempts));
    items.merge(Histogram.from(report.items));
    retries += report.retries;
    rateLimited += report.rateLimited;
  }
  return { attempts: attempts.summary(), items: items.summary(), retries, rateLimited };
}
