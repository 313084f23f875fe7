// The job ledger as a model in memory: what each method of `JobLedger` does to the tables, at one instant. `ledger-model.test.ts` holds it against
// PostgreSQL.

import { noJob, notOwner, StoreError } from "../../../src/store/error.ts";
import type { Job, JobItem, JobLedger, JobStatus } from "../../../src/store/index.ts";

type Of<Name extends keyof JobLedger> = Parameters<Extract<JobLedger[Name], (...args: never[]) => unknown>>;
type Batch = Of<"commitBatch">[0];
type AuditInput = NonNullable<Batch["audit"]>[number];
type Result = JobItem["result"];

interface ModelChunk {
  readonly chunkNo: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly payload: string;
  intentUpto: number;
  done: boolean;
}

interface Table {
  job: Job;
  readonly chunks: Map<number, ModelChunk>;
  readonly conflicts: Map<number, number>;
  readonly items: Map<number, JobItem>;
}

const ENDS: ReadonlySet<JobStatus> = new Set(["done", "partly_failed", "failed", "stopped", "cancelled"]);
const among = (status: JobStatus, list: readonly JobStatus[]) => list.includes(status);

export class LedgerModel {
  readonly #tables = new Map<string, Table>();
  readonly #now: () => number;
  readonly #owns: (workflow: string, executor: string) => boolean;
  /** All audit entries, in order. */
  readonly entries: AuditInput[] = [];

  /** @param owns whether the engine has a workflow down as an executor's */
  constructor(now: () => number, owns: (workflow: string, executor: string) => boolean) {
    this.#now = now;
    this.#owns = owns;
  }

  createJob(job: Of<"createJob">[0]): Job {
    const {
      id,
      kind,
      campaignId = null,
      sourceName,
      contentHash,
      options = null,
      actor,
      status = "planning",
      executor = null,
    } = job;
    const fresh = { counts: {}, summary: null, error: null, run: 0, totalRows: null, startedAt: null, finishedAt: null };
    const made: Job = {
      id,
      kind,
      campaignId,
      sourceName,
      contentHash,
      options,
      actor,
      profile: "rest",
      scope: null,
      tenantName: null,
      tenantAddress: null,
      status,
      executor,
      createdAt: this.#now(),
      ...fresh,
    };
    this.#tables.set(id, { job: made, chunks: new Map(), conflicts: new Map(), items: new Map() });
    return made;
  }

  getJob(id: string): Job | undefined {
    const job = this.#tables.get(id)?.job;
    return job === undefined
      ? undefined
      : { ...job, counts: Object.fromEntries(Object.entries(job.counts).filter(([, n]) => n > 0)) };
  }

  getOwned(...[{ jobId, workflow }, executor]: Of<"getOwned">): (Job & { readonly owned: boolean }) | undefined {
    const job = this.getJob(jobId);
    return job && { ...job, owned: this.#owns(workflow, executor) };
  }

  listJobs({ status, kinds, limit = 50 }: NonNullable<Of<"listJobs">[0]> = {}): Job[] {
    const all = [...this.#tables.keys()].map((id) => this.getJob(id) as Job);
    return all
      .filter((job) => (status === undefined || among(job.status, status)) && (kinds === undefined || kinds.includes(job.kind)))
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  updateJob(...[id, change, from, by]: Of<"updateJob">): Job {
    const { job } = this.#of(id);
    const fits = from === undefined || among(job.status, from);
    if (!fits || (by !== undefined && job.executor !== by)) {
      if (by !== undefined && fits) throw notOwner(id, by);
      throw new StoreError("invalid_state", `job ${id} is ${job.status}; this needs ${(from ?? []).join(" or ")}`, {
        details: { status: job.status },
      });
    }
    const { status, contentHash, totalRows, summary, error, executor } = change;
    return this.#set(id, {
      ...(status !== undefined && { status, finishedAt: ENDS.has(status) ? this.#now() : null }),
      ...(status === "running" && { startedAt: job.startedAt ?? this.#now() }),
      ...(contentHash !== undefined && { contentHash }),
      ...(totalRows !== undefined && { totalRows }),
      ...(summary !== undefined && { summary }),
      ...(error !== undefined && { error }),
      ...(executor !== undefined && { executor }),
    });
  }

  openRun(...[{ id, run, status }]: Of<"openRun">): number | undefined {
    const job = this.#tables.get(id)?.job;
    if (job?.run !== run || job.status !== status || !among(status, ["ready", "running", "stopped", "failed"])) return undefined;
    return this.#set(id, { executor: null, run: run + 1, status: "ready", finishedAt: null, error: null }).run;
  }

  take(...[{ jobId, run, workflow }, executor]: Of<"take">): "taken" | "gone" {
    const job = this.#tables.get(jobId)?.job;
    const isOpen = job?.run === run && among(job.status, ["ready", "running", "stopped"]);
    if (job === undefined || !isOpen || !this.#owns(workflow, executor)) return "gone";
    this.#set(jobId, { executor, status: "running", startedAt: job.startedAt ?? this.#now(), finishedAt: null, error: null });
    return "taken";
  }

  letGo(...[jobId, executor, reason]: Of<"letGo">): void {
    const job = this.#tables.get(jobId)?.job;
    if (job?.executor !== executor || !among(job.status, ["running", "cancelled"])) return;
    const stopped = job.status === "running" && { status: "stopped" as const, error: reason, finishedAt: this.#now() };
    this.#set(jobId, { executor: null, ...stopped });
  }

  cancelJob(...[jobId]: Of<"cancelJob">): void {
    const { job } = this.#of(jobId);
    if (!among(job.status, ["planning", "ready", "running", "stopped", "failed"]))
      throw new StoreError("invalid_state", `job ${jobId} is ${job.status} already`, { details: { status: job.status } });
    const executor = job.status === "running" ? job.executor : null;
    this.#set(jobId, { status: "cancelled", finishedAt: this.#now(), executor });
  }

  countAnnounced(...[jobId]: Of<"countAnnounced">): number {
    const table = this.#tables.get(jobId);
    let count = 0;
    for (const chunk of table?.chunks.values() ?? [])
      if (!chunk.done && chunk.intentUpto > 0) count += Math.max(0, chunk.intentUpto - linesIn(chunk, table?.items).length);
    return count;
  }

  addChunks(...[jobId, chunks]: Of<"addChunks">): void {
    const table = this.#of(jobId);
    for (const chunk of chunks)
      if (!table.chunks.has(chunk.chunkNo)) table.chunks.set(chunk.chunkNo, { ...chunk, intentUpto: 0, done: false });
  }

  addConflicts(...[jobId, conflicts]: Of<"addConflicts">): void {
    const table = this.#of(jobId);
    for (const { line, otherLine } of conflicts) if (!table.conflicts.has(line)) table.conflicts.set(line, otherLine);
  }

  listChunkNumbers(...[jobId]: Of<"listChunkNumbers">): number[] {
    const chunks = [...(this.#tables.get(jobId)?.chunks.values() ?? [])];
    return chunks
      .filter(({ done }) => !done)
      .map(({ chunkNo }) => chunkNo)
      .sort((a, b) => a - b);
  }

  chunkOfLine(...[jobId, line]: Of<"chunkOfLine">): number | undefined {
    const chunks = [...(this.#tables.get(jobId)?.chunks.values() ?? [])];
    return chunks.find(({ firstLine, lastLine }) => firstLine <= line && line <= lastLine)?.chunkNo;
  }

  readChunk(...[jobId, chunkNo]: Of<"readChunk">) {
    const table = this.#tables.get(jobId);
    const chunk = this.#chunk(jobId, chunkNo);
    const conflicts = linesIn(chunk, table?.conflicts).map((line) => ({ line, otherLine: table?.conflicts.get(line) ?? 0 }));
    return { ...chunk, conflicts, doneLines: new Set(linesIn(chunk, table?.items)) };
  }

  advanceIntent(...[jobId, chunkNo, upto, executor]: Of<"advanceIntent">): void {
    const job = this.#tables.get(jobId)?.job;
    const isHeld =
      job?.executor === executor && job?.status === "running" && this.#tables.get(jobId)?.chunks.has(chunkNo) === true;
    if (executor !== undefined && !isHeld) throw notOwner(jobId, executor);
    const chunk = this.#chunk(jobId, chunkNo);
    chunk.intentUpto = Math.max(chunk.intentUpto, upto);
  }

  withdrawIntent(...[jobId, chunkNo, upto, executor]: Of<"withdrawIntent">): void {
    const chunk = this.#tables.get(jobId)?.chunks.get(chunkNo);
    if (chunk === undefined || this.#tables.get(jobId)?.job.executor !== executor) throw notOwner(jobId, executor);
    chunk.intentUpto = Math.min(chunk.intentUpto, upto);
  }

  commitBatch({ jobId, executor, chunkNo, items, audit = [], intentUpto, chunkDone }: Batch): { lines: number[] } {
    const table = this.#of(jobId);
    const fresh = items.filter(({ line }, at) => !table.items.has(line) && items.findIndex((one) => one.line === line) === at);
    if (fresh.length > 0 && executor !== undefined && table.job.executor !== executor) throw notOwner(jobId, executor);
    const chunk = intentUpto !== undefined || chunkDone ? this.#chunk(jobId, chunkNo) : undefined;
    for (const item of fresh) {
      const {
        line,
        callId,
        result,
        attempts,
        statusCode = null,
        reason = null,
        latencyMs = null,
        callStatus = null,
        vendorBody = null,
      } = item;
      const finishedAt = item.finishedAt ?? this.#now();
      table.items.set(line, {
        line,
        callId,
        result,
        attempts,
        statusCode,
        reason,
        latencyMs,
        callStatus,
        vendorBody,
        finishedAt,
      });
      this.#count(jobId, result, 1);
    }
    const lines = fresh.map(({ line }) => line);
    this.entries.push(...audit.filter(({ line }) => line === undefined || lines.includes(line)));
    if (chunk !== undefined) {
      chunk.intentUpto = Math.max(chunk.intentUpto, intentUpto ?? 0);
      chunk.done ||= chunkDone ?? false;
    }
    return { lines };
  }

  updateItem({ jobId, executor, line, set, from = ["unknown", "locked"], audit = [] }: Of<"updateItem">[0]): boolean {
    const table = this.#tables.get(jobId);
    const item = table?.items.get(line);
    if (table === undefined || item === undefined) throw new StoreError("not_found", `job ${jobId} has no item of line ${line}`);
    if (!from.some((state) => state === item.result)) return false;
    const { result = item.result } = set;
    if (result !== item.result && executor !== undefined && table.job.executor !== executor) throw notOwner(jobId, executor);
    table.items.set(line, {
      ...item,
      result,
      statusCode: set.statusCode ?? item.statusCode,
      reason: set.reason === undefined ? item.reason : set.reason,
      attempts: set.attempts ?? item.attempts,
      latencyMs: set.latencyMs ?? item.latencyMs,
      callStatus: set.callStatus ?? item.callStatus,
      vendorBody: set.vendorBody ?? item.vendorBody,
      finishedAt: set.finishedAt ?? this.#now(),
    });
    if (result !== item.result) {
      this.#count(jobId, item.result, -1);
      this.#count(jobId, result, 1);
    }
    this.entries.push(...audit);
    return true;
  }

  listItems(...[jobId, { results, after = -1, limit = 2000 } = {}]: Of<"listItems">): JobItem[] {
    const items = [...(this.#tables.get(jobId)?.items.values() ?? [])];
    return items
      .filter(({ line, result }) => line > after && (results === undefined || results.includes(result)))
      .sort((a, b) => a.line - b.line)
      .slice(0, limit);
  }

  countItems(...[jobId]: Of<"countItems">): Partial<Record<Result, number>> {
    const counts: Partial<Record<Result, number>> = {};
    for (const { result } of this.#tables.get(jobId)?.items.values() ?? []) counts[result] = (counts[result] ?? 0) + 1;
    return counts;
  }

  #of(jobId: string): Table {
    const table = this.#tables.get(jobId);
    if (table === undefined) throw noJob(jobId);
    return table;
  }

  #chunk(jobId: string, chunkNo: number): ModelChunk {
    const chunk = this.#tables.get(jobId)?.chunks.get(chunkNo);
    if (chunk === undefined) throw new StoreError("not_found", `job ${jobId} has no chunk ${chunkNo}`);
    return chunk;
  }

  #set(jobId: string, change: Partial<Job>): Job {
    const table = this.#of(jobId);
    table.job = { ...table.job, ...change };
    return this.getJob(jobId) as Job;
  }

  #count(jobId: string, result: Result, by: number): void {
    const { counts } = this.#of(jobId).job;
    this.#set(jobId, { counts: { ...counts, [result]: (counts[result] ?? 0) + by } });
  }
}

function linesIn({ firstLine, lastLine }: ModelChunk, lines: ReadonlyMap<number, unknown> | undefined): number[] {
  return [...(lines?.keys() ?? [])].filter((line) => firstLine <= line && line <= lastLine).sort((a, b) => a - b);
}
