// Makes a job from an input: planned completely before anything is sent, and recognised by its content when it comes again.

import { createHash, type Hash } from "node:crypto";
import { canonicalJson, newId } from "../../kernel/index.ts";
import type { PlanReport } from "../views/schemas/jobs.ts";
import type { FinishedItem, RowLedger } from "./ledger.ts";
import type { PlannedChunk, PlanSink } from "./plan.ts";
import type { RowJob } from "./record.ts";
import type { RowJobsParts } from "./run.ts";

/** Chunks written to the store at once while planning. */
const CHUNK_BATCH = 16;

/** An input: bytes, and a name for people. */
export interface JobSource {
  readonly name: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** True when `bytes` can be called again (a file, not a pipe): a known file is then recognised without planning it. */
  readonly rereadable: boolean;
}

interface SubmitDependencies<Row, Item extends FinishedItem>
  extends Pick<RowJobsParts, "jobs" | "replicas" | "clock" | "random" | "actor" | "replicaId"> {
  readonly kind: string;
  readonly ledger: RowLedger<Row, Item>;
}

/** An input that becomes a job. */
interface Submission<Row> {
  readonly source: JobSource;
  /** How the bytes are read, JSON: part of the comparison of two inputs. */
  readonly readAs: unknown;
  readonly campaignId: string | undefined;
  /** JSON, returned with the job. */
  readonly options: unknown;
  /** Runs content again that was run before. */
  readonly again: boolean;
  readonly onProgress: ((rows: number) => void) | undefined;
  /** Reads what planning needs and returns the planning function. Called only when the content is not known. */
  readonly prepare: () => Promise<(bytes: AsyncIterable<Uint8Array>, sink: PlanSink<Row>) => Promise<PlanReport>>;
}

/**
 * Makes a job from an input, or returns the earlier job with the same content.
 * @throws OperationError `invalid_input` when the input as a whole cannot be read
 */
export async function submitJob<Row, Item extends FinishedItem>(
  deps: SubmitDependencies<Row, Item>,
  submission: Submission<Row>,
): Promise<{ job: RowJob; earlier: boolean }> {
  const { kind, jobs, clock, random, actor, replicaId } = deps;
  const { source, readAs, campaignId, options, again } = submission;
  const earlier = (hash: string) =>
    again ? Promise.resolve(undefined) : jobs.findByContent({ kind, campaignId, contentHash: hash });
  const known = source.rereadable && !again ? await earlier(await contentHash(source, readAs)) : undefined;
  if (known !== undefined) return { job: known, earlier: true };
  const plan = await submission.prepare();
  await clearPlansOfTheDead(deps);
  const id = newId("job", clock.now(), random);
  const hash = createHash("sha256");
  await jobs.create({ id, kind, campaignId, sourceName: source.name, contentHash: "", options, actor, executor: replicaId });
  try {
    const report = await plan(through(hash, source.bytes()), sinkOf(deps.ledger, id, submission.onProgress));
    const content = digest(hash, readAs);
    const before = await earlier(content);
    if (before !== undefined) {
      await jobs.discardPlan(id);
      return { job: before, earlier: true };
    }
    await jobs.ready(id, report, content);
  } catch (thrown) {
    await jobs.discardPlan(id);
    throw thrown;
  }
  return { job: await jobs.get(id), earlier: false };
}

/** Removes unfinished plans of dead processes; nothing of them was sent. */
async function clearPlansOfTheDead({
  jobs,
  replicas,
}: Pick<SubmitDependencies<never, never>, "jobs" | "replicas">): Promise<void> {
  for (const job of await jobs.planning()) {
    if (job.executor === null || (await replicas.isDead(job.executor))) await jobs.discardPlan(job.id);
  }
}

function sinkOf<Row, Item extends FinishedItem>(
  ledger: RowLedger<Row, Item>,
  jobId: string,
  onProgress: ((rows: number) => void) | undefined,
): PlanSink<Row> {
  let batch: PlannedChunk<Row>[] = [];
  const write = async () => {
    if (batch.length > 0) await ledger.addChunks(jobId, batch);
    batch = [];
  };
  return {
    chunk: async (chunk) => {
      batch.push(chunk);
      if (batch.length >= CHUNK_BATCH) await write();
    },
    conflicts: async (conflicts) => {
      await write();
      await ledger.addConflicts(jobId, conflicts);
    },
    ...(onProgress === undefined ? {} : { progress: onProgress }),
  };
}

/** Passes bytes on and hashes them. */
async function* through(hash: Hash, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/** SHA-256 over the bytes and the way they are read. */
function digest(hash: Hash, readAs: unknown): string {
  return hash.update(canonicalJson(readAs)).digest("hex");
}

async function contentHash(source: JobSource, readAs: unknown): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of source.bytes()) hash.update(chunk);
  return digest(hash, readAs);
}
