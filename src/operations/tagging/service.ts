// Bulk tagging from the outside: validate a file, make a job of it, run the job to its end, watch it, take it over from the dead.

import { createHash } from "node:crypto";
import { type Clock, canonicalJson, messageOf, newId, type RandomStream } from "../../kernel/index.ts";
import type { AuditInput } from "../../store/index.ts";
import type { CallReader, DispositionCatalog, DispositionWriter } from "../../tenant/index.ts";
import type { Durable } from "../durable.ts";
import { OperationError } from "../error.ts";
import { indexMatrix, type MatrixIndex } from "./assignment.ts";
import type { TagHost } from "./body.ts";
import { ENDED, type JobStatus, type Replicas, type ResultCounts, TAG, type TagJob, type TagJobs } from "./jobs.ts";
import type { TagLedger } from "./ledger.ts";
import { type PlannedChunk, type PlanReport, type PlanSink, planRows } from "./plan.ts";
import { type ReadOptions, readRows } from "./read-rows.ts";
import { GOOD_RESULTS, type ItemResult } from "./result.ts";
import { TagRun } from "./run.ts";
import { SeenCalls } from "./seen-calls.ts";

/** Chunks written to the store at once while planning. */
const CHUNK_BATCH = 16;
/** How often the job of another replica is looked at, ms. */
const WATCH_MS = 500;

/** An input to tag: bytes, a name for people, and how to read them. */
export interface TagSource {
  readonly name: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** True when `bytes` can be called again (a file, not a pipe): a file seen before is then recognised without planning it. */
  readonly rereadable: boolean;
  readonly read: ReadOptions;
}

export interface TagProgress {
  readonly totalRows: number;
  readonly counts: ResultCounts;
  readonly retries: number;
  readonly rateLimited: number;
  readonly phase: "planning" | "sending" | "settling" | "watching";
}

/**
 * Validates a whole input against the campaign's matrix. Nothing is sent, nothing is stored.
 * @param expectedRows a hint that sizes the memory of calls seen; any number of rows works
 */
export async function validateTagging(
  source: TagSource,
  matrix: MatrixIndex,
  sink: PlanSink = {},
  expectedRows = 1_000_000,
): Promise<PlanReport> {
  return planRows(readRows(source.bytes(), source.read), matrix, sink, SeenCalls.for(expectedRows));
}

/** Reads the disposition matrix of a campaign. Throws OperationError `unsupported` when the tenant's profile has none. */
export async function readMatrix(catalog: DispositionCatalog, campaignId: string): Promise<MatrixIndex> {
  requireSupported(catalog.capability);
  return indexMatrix(campaignId, await catalog.matrix(campaignId));
}

function requireSupported(capability: {
  readonly supported: boolean;
  readonly reason?: string | undefined;
  readonly alternative?: string | undefined;
}): void {
  if (capability.supported) return;
  throw new OperationError(
    "unsupported",
    capability.reason ?? "the tenant's profile does not support this",
    capability.alternative === undefined ? {} : { advice: capability.alternative },
  );
}

export interface TaggingDependencies {
  readonly jobs: TagJobs;
  /** The ledger of one job's campaign, written under this replica. */
  readonly ledgerOf: (job: { readonly campaignId: string }) => TagLedger;
  readonly replicas: Replicas;
  /** Writes an entry of the job's own into the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly catalog: DispositionCatalog;
  readonly writer: DispositionWriter;
  readonly reader: CallReader;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  readonly replicaId: string;
  readonly concurrency: number;
}

export class Tagging implements TagHost {
  readonly #deps: TaggingDependencies;
  readonly #runs = new Map<string, TagRun>();
  readonly #losses = new Map<string, () => void>();
  readonly #interrupt = new AbortController();
  #durable: Durable | undefined;

  constructor(deps: TaggingDependencies) {
    this.#deps = deps;
  }

  /** Gives the workflows their engine; once, before the first run. */
  attach(durable: Durable): void {
    this.#durable = durable;
  }

  /** Ends all runs of this process early: what is under way is finished and recorded, the jobs can be resumed. */
  interrupt(): void {
    this.#interrupt.abort();
  }

  /**
   * Makes a job of an input. The same input for the same campaign is recognised by its content: the earlier job comes back, unless `again`.
   * @throws OperationError `invalid_input` when the input as a whole cannot be read
   */
  async submit(
    source: TagSource,
    campaignId: string,
    options: { again?: boolean; onProgress?: (rows: number) => void },
  ): Promise<{ job: TagJob; earlier: boolean }> {
    const { jobs, clock, random, actor, replicaId } = this.#deps;
    const known = source.rereadable && options.again !== true ? await this.#earlier(campaignId, await hashOf(source)) : undefined;
    if (known !== undefined) return { job: known, earlier: true };
    requireSupported(this.#deps.writer.capability);
    const matrix = await readMatrix(this.#deps.catalog, campaignId);
    await this.#clearPlansOfTheDead();
    const id = newId("job", clock.now(), random);
    const hash = contentHasher(source.read);
    await jobs.create({ id, campaignId, sourceName: source.name, contentHash: "", actor, executor: replicaId });
    try {
      const plan = await planRows(
        readRows(hash.through(source.bytes()), source.read),
        matrix,
        this.#sink(id, campaignId, options.onProgress),
      );
      const contentHash = hash.digest();
      const before = options.again === true ? undefined : await this.#earlier(campaignId, contentHash);
      if (before !== undefined) {
        await jobs.discardPlan(id);
        return { job: before, earlier: true };
      }
      await jobs.ready(id, plan, contentHash);
    } catch (thrown) {
      await jobs.discardPlan(id);
      throw thrown;
    }
    return { job: await this.find(id), earlier: false };
  }

  /** The job of an id. Throws OperationError `job_not_found`. */
  async find(id: string): Promise<TagJob> {
    return this.#deps.jobs.get(id);
  }

  /**
   * Runs a job to its end: in this process, or by watching the replica that runs it and taking over when that one dies.
   * @returns the job as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(id: string, onProgress?: (progress: TagProgress) => void): Promise<TagJob> {
    if (this.#durable === undefined) throw new Error("attach a durable runtime before running jobs");
    for (;;) {
      const job = await this.find(id);
      if (ENDED.includes(job.status)) return job;
      if (job.status === "planning")
        throw new OperationError("job_state", `job ${id} is still being planned`, { advice: "Submit its file again." });
      const free =
        job.status !== "running" ||
        job.executor === undefined ||
        job.executor === this.#deps.replicaId ||
        (await this.#deps.replicas.isDead(job.executor));
      const run = free ? await this.#deps.jobs.claim(job, this.#deps.replicaId) : undefined;
      if (run !== undefined) {
        if (job.executor !== undefined) await this.#deps.replicas.forget(job.executor);
        await this.#recordStart(job, run);
        await this.#runHere(this.#durable, id, run, job.totalRows, onProgress);
        return this.find(id);
      }
      if (this.#interrupt.signal.aborted) return job;
      onProgress?.({
        totalRows: job.totalRows,
        counts: await this.#deps.jobs.counts(id),
        retries: 0,
        rateLimited: 0,
        phase: "watching",
      });
      await this.#deps.clock.sleep(WATCH_MS, this.#interrupt.signal).catch(() => undefined);
    }
  }

  /** Says in the audit log that the job runs. A log that cannot be written stops the job before anything is sent. */
  async #recordStart(job: TagJob, run: number): Promise<void> {
    const { record, actor, jobs, replicaId } = this.#deps;
    const details = {
      campaign: job.campaignId,
      source: job.sourceName,
      contentHash: job.contentHash,
      rows: job.totalRows,
      run,
      replica: replicaId,
    };
    try {
      await record({ actor, action: "job.run", subject: job.id, job: job.id, details });
    } catch (thrown) {
      await jobs.end(job.id, { status: "stopped", stop: { code: "audit", message: messageOf(thrown) }, measured: job.measured });
      throw thrown;
    }
  }

  /** See TagHost: a run of the job in this process, with what the ledger holds already. */
  async open(jobId: string): Promise<TagRun> {
    const { ledgerOf, writer, reader, clock, concurrency } = this.#deps;
    const ledger = ledgerOf(await this.find(jobId));
    const run = new TagRun(jobId, { ledger, writer, reader, clock, concurrency, signal: this.#interrupt.signal });
    run.countEarlier(await this.#deps.jobs.counts(jobId));
    this.#runs.set(jobId, run);
    return run;
  }

  /** See TagHost. */
  lost(jobId: string): void {
    this.#losses.get(jobId)?.();
  }

  /** See TagHost. */
  pendingChunks(jobId: string): Promise<number[]> {
    return this.#deps.jobs.pendingChunks(jobId);
  }

  /** See TagHost: the job's state follows from its ledger. */
  async close(jobId: string, end: Parameters<TagHost["close"]>[1]): Promise<void> {
    const status = end.stop === undefined ? endStatus(await this.#deps.jobs.counts(jobId)) : "stopped";
    await this.#deps.jobs.end(jobId, { status, ...end });
  }

  async #runHere(
    durable: Durable,
    id: string,
    run: number,
    totalRows: number,
    onProgress?: (progress: TagProgress) => void,
  ): Promise<void> {
    const ended = new AbortController();
    const ticking = this.#tick(id, totalRows, onProgress, ended.signal);
    try {
      const lost = new Promise<void>((resolve) => this.#losses.set(id, resolve));
      await Promise.race([durable.run(TAG, id, run), lost]);
    } finally {
      this.#losses.delete(id);
      ended.abort();
      await ticking;
      this.#runs.delete(id);
    }
  }

  async #tick(
    id: string,
    totalRows: number,
    onProgress: ((progress: TagProgress) => void) | undefined,
    ended: AbortSignal,
  ): Promise<void> {
    const show = () => {
      const now = this.#runs.get(id)?.progress();
      if (now === undefined || onProgress === undefined) return;
      onProgress({
        totalRows,
        counts: now.counts,
        retries: now.retries,
        rateLimited: now.rateLimited,
        phase: now.phase === "settling" ? "settling" : "sending",
      });
    };
    while (!ended.aborted) {
      show();
      await this.#deps.clock.sleep(WATCH_MS / 2, ended).catch(() => undefined);
    }
    show();
  }

  /** Removes plans that were left half-made; nothing of them was sent. */
  async #clearPlansOfTheDead(): Promise<void> {
    for (const job of await this.#deps.jobs.planning()) {
      if (job.executor === undefined || (await this.#deps.replicas.isDead(job.executor)))
        await this.#deps.jobs.discardPlan(job.id);
    }
  }

  /** The job that holds this content already. */
  async #earlier(campaignId: string, contentHash: string): Promise<TagJob | undefined> {
    return this.#deps.jobs.findByContent(campaignId, contentHash);
  }

  #sink(jobId: string, campaignId: string, onProgress: ((rows: number) => void) | undefined): PlanSink {
    const ledger = this.#deps.ledgerOf({ campaignId });
    let batch: PlannedChunk[] = [];
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
}

/** Done when every row is where it was meant to be, else partly failed. */
function endStatus(counts: ResultCounts): JobStatus {
  const bad = (Object.keys(counts) as ItemResult[]).some((result) => (counts[result] ?? 0) > 0 && !GOOD_RESULTS.includes(result));
  return bad ? "partly_failed" : "done";
}

/** SHA-256 over the bytes and over how they are read. */
function contentHasher(read: ReadOptions): {
  through(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  digest(): string;
} {
  const hash = createHash("sha256");
  return {
    async *through(bytes) {
      for await (const chunk of bytes) {
        hash.update(chunk);
        yield chunk;
      }
    },
    digest: () =>
      hash.update(canonicalJson({ format: read.format, mapping: read.mapping, delimiter: read.delimiter })).digest("hex"),
  };
}

async function hashOf(source: TagSource): Promise<string> {
  const hash = contentHasher(source.read);
  for await (const _ of hash.through(source.bytes())) {
    // Only the hash is wanted.
  }
  return hash.digest();
}
