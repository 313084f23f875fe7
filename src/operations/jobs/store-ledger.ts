// The ledger of a job's rows in the store. The kind of job defines the form of a row, an item, its audit entry and its event.

import type { AuditInput, Batch, JobItem, JobLedger, NewItem, OutboxEvent } from "../../store/index.ts";
import { StoreError } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { FinishedItem, RowLedger } from "./ledger.ts";

/**
 * An item that got a result: `kind` of its job, what is wrong with it, and the time from its first request to its last answer.
 */
export interface EndedItem {
  readonly kind: string;
  readonly result: string;
  readonly error: "validation" | "api" | undefined;
  readonly latencyMs: number | undefined;
}

/** The form of an item in the store. */
export interface WrittenItem {
  readonly item: NewItem;
  readonly audit: AuditInput;
  readonly event: OutboxEvent | undefined;
}

interface StoreLedgerOptions<Row, Item extends FinishedItem> {
  readonly jobs: JobLedger;
  readonly executor: string;
  /** The stored text of a chunk's rows, and back. */
  readonly encode: (rows: readonly Row[]) => string;
  readonly decode: (payload: string) => Row[];
  readonly lineOf: (row: Row) => number;
  /** @param settled true when an open item gets its final result */
  readonly write: (jobId: string, item: Item, settled: boolean) => WrittenItem;
  readonly kind: string;
  /** What went wrong with an item, by its result: a rule (ours or the tenant's), or the tenant otherwise. */
  readonly errorOf: (result: Item["result"]) => EndedItem["error"];
  /** Called for each item when its result is stored, and again when it is settled later with another result. */
  readonly onItem?: ((item: EndedItem) => void) | undefined;
  /** Whether nothing is left to do for an item that is `unknown` or `locked`. */
  readonly isSettled: (item: JobItem) => boolean;
}

/** The ledger of the jobs that this replica runs. */
export function createRowLedger<Row, Item extends FinishedItem>(options: StoreLedgerOptions<Row, Item>): RowLedger<Row, Item> {
  const { jobs, executor, encode, decode, lineOf, write, isSettled, kind, errorOf, onItem } = options;
  const tell = ({ result, latencyMs }: Pick<NewItem, "result" | "latencyMs">) =>
    onItem?.({ kind, result, error: errorOf(result), latencyMs: latencyMs ?? undefined });
  return {
    addChunks: (jobId, chunks) =>
      jobs.addChunks(
        jobId,
        chunks.map(({ no, firstLine, lastLine, rows }) => ({ chunkNo: no, firstLine, lastLine, payload: encode(rows) })),
      ),
    addConflicts: (jobId, conflicts) => jobs.addConflicts(jobId, conflicts),
    async chunk(jobId, no) {
      const { payload, intentUpto, done, conflicts, doneLines } = await jobs.readChunk(jobId, no);
      return {
        rows: decode(payload),
        intentUpto,
        done,
        conflicts: new Map(conflicts.map(({ line, otherLine }) => [line, otherLine])),
        finished: doneLines,
      };
    },
    advanceIntent: (jobId, no, upto) => owned(jobs, jobId, () => jobs.advanceIntent(jobId, no, upto, executor)),
    withdrawIntent: (jobId, no, upto) => jobs.withdrawIntent(jobId, no, upto, executor),
    async commit(jobId, batch) {
      const [first] = batch;
      if (first === undefined) return;
      const items: NewItem[] = [];
      const audit: NonNullable<Batch["audit"]>[number][] = [];
      const events: NonNullable<Batch["events"]>[number][] = [];
      for (const { item } of batch) {
        const { line } = item;
        const written = write(jobId, item, false);
        items.push(written.item);
        audit.push({ ...written.audit, line });
        if (written.event !== undefined) events.push({ ...written.event, line });
      }
      const { lines } = await owned(jobs, jobId, () =>
        jobs.commitBatch({ jobId, executor, chunkNo: first.chunkNo, items, audit, events }),
      );
      const fresh = new Set(lines);
      for (const item of items) if (fresh.has(item.line)) tell(item);
    },
    async closeChunk(jobId, no) {
      await jobs.commitBatch({ jobId, executor, chunkNo: no, items: [], chunkDone: true });
    },
    async openItems(jobId, afterLine, limit) {
      const items = await jobs.listItems(jobId, { results: ["unknown", "locked"], after: afterLine, limit });
      return items.map((item) => {
        const { line, result, attempts, latencyMs } = item;
        return { line, result, attempts, latencyMs, settled: isSettled(item) };
      });
    },
    async row(jobId, line) {
      const no = await jobs.chunkOfLine(jobId, line);
      if (no === undefined) return undefined;
      const { payload } = await jobs.readChunk(jobId, no);
      return decode(payload).find((row) => lineOf(row) === line);
    },
    async settle(jobId, item, before) {
      const { item: stored, audit, event } = write(jobId, item, true);
      const { line, callId: _, ...set } = stored;
      await owned(jobs, jobId, () =>
        jobs.updateItem({ jobId, executor, line, set, audit: [audit], events: event === undefined ? [] : [event] }),
      );
      if (item.result !== before) tell(stored);
    },
  };
}

/** Distinguishes a job that was cancelled from one that another replica has taken. */
export async function owned<T>(jobs: JobLedger, jobId: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    if (!(thrown instanceof StoreError) || thrown.code !== "not_owner") throw thrown;
    const job = await jobs.getJob(jobId);
    if (job?.status === "cancelled") throw new OperationError("job_state", `job ${jobId} was cancelled`);
    throw new OperationError("not_owner", `job ${jobId} was taken over by another replica`, { cause: thrown });
  }
}
