// The tagging ledger over the store: what an item, its audit entry and its event look like there.

import type { AuditInput, Batch, JobLedger, NewItem, OutboxEvent } from "../../store/index.ts";
import { StoreError } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { TagLedger } from "./ledger.ts";
import { decodeRows, encodeRows } from "./plan.ts";
import { dispositionAssigned, type FinishedItem } from "./result.ts";

/** Makes the text of an event; see `events/`. */
export type EventText = (event: {
  id: string;
  type: string;
  source: string;
  subject: string;
  time: number;
  data: Record<string, unknown>;
}) => string;

export interface StoreLedgerOptions {
  readonly jobs: JobLedger;
  readonly actor: string;
  readonly campaignId: string;
  readonly executor: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Name of the receiver of BI events; none, no events. */
  readonly endpoint: string | undefined;
  readonly eventText: EventText;
}

const DISPOSITION_ASSIGNED = "DISPOSITION_ASSIGNED";

/** The ledger of the jobs that this replica runs. */
export function createStoreLedger(options: StoreLedgerOptions): TagLedger {
  const { jobs, executor } = options;
  const written = (jobId: string, item: FinishedItem, settled: boolean) => ({
    audit: { ...auditEntry(options, jobId, item, settled), line: item.line },
    event:
      options.endpoint !== undefined && item.result === "tagged"
        ? { ...tagEvent(options, options.endpoint, jobId, item), line: item.line }
        : undefined,
  });
  return {
    addChunks: (jobId, chunks) =>
      jobs.addChunks(
        jobId,
        chunks.map(({ no, firstLine, lastLine, rows }) => ({ chunkNo: no, firstLine, lastLine, payload: encodeRows(rows) })),
      ),
    addConflicts: (jobId, conflicts) => jobs.addConflicts(jobId, conflicts),
    async chunk(jobId, no) {
      const { payload, intentUpto, done, conflicts, doneLines } = await jobs.readChunk(jobId, no);
      return {
        rows: decodeRows(payload),
        intentUpto,
        done,
        conflicts: new Map(conflicts.map(({ line, otherLine }) => [line, otherLine])),
        finished: doneLines,
      };
    },
    advanceIntent: (jobId, no, upto) => owned(jobs, jobId, () => jobs.advanceIntent(jobId, no, upto, executor)),
    async commit(jobId, batch) {
      const audit: NonNullable<Batch["audit"]>[number][] = [];
      const events: NonNullable<Batch["events"]>[number][] = [];
      for (const { item } of batch) {
        const { audit: entry, event } = written(jobId, item, false);
        audit.push(entry);
        if (event !== undefined) events.push(event);
      }
      const [first] = batch;
      if (first === undefined) return;
      await owned(jobs, jobId, () =>
        jobs.commitBatch({
          jobId,
          executor,
          chunkNo: first.chunkNo,
          items: batch.map(({ item }) => ledgerItem(item)),
          audit,
          events,
        }),
      );
    },
    async closeChunk(jobId, no) {
      await jobs.commitBatch({ jobId, executor, chunkNo: no, items: [], chunkDone: true });
    },
    async openItems(jobId, afterLine, limit) {
      const items = await jobs.listItems(jobId, { results: ["unknown", "locked"], after: afterLine, limit });
      return items.map(({ line, callId, result, callStatus }) => ({
        line,
        callId: callId ?? "",
        result,
        settled: result === "locked" && callStatus !== null,
      }));
    },
    async row(jobId, line) {
      const no = await jobs.chunkOfLine(jobId, line);
      if (no === undefined) return undefined;
      const { payload } = await jobs.readChunk(jobId, no);
      return decodeRows(payload).find((row) => (row.kind === "send" ? row.assignment.line : row.line) === line);
    },
    async settle(jobId, item) {
      const { audit, event } = written(jobId, item, true);
      const { line, callId: _, ...set } = ledgerItem(item);
      await owned(jobs, jobId, () =>
        jobs.updateItem({ jobId, executor, line, set, audit: [audit], events: event === undefined ? [] : [event] }),
      );
    },
  };
}

/** Tells a job that was cancelled from one that another replica has taken. */
async function owned<T>(jobs: JobLedger, jobId: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    if (!(thrown instanceof StoreError) || thrown.code !== "not_owner") throw thrown;
    const job = await jobs.getJob(jobId);
    if (job?.status === "cancelled") throw new OperationError("job_state", `job ${jobId} was cancelled`);
    throw new OperationError("not_owner", `job ${jobId} was taken over by another replica`, { cause: thrown });
  }
}

function ledgerItem(item: FinishedItem): NewItem {
  return {
    line: item.line,
    callId: item.callId,
    result: item.result,
    attempts: item.attempts,
    statusCode: item.statusCode,
    reason: item.reason?.slice(0, 2000),
    latencyMs: item.latencyMs,
    callStatus: item.callStatus,
  };
}

function auditEntry(options: StoreLedgerOptions, jobId: string, item: FinishedItem, settled: boolean): AuditInput {
  const latency = item.latencyMs === undefined ? undefined : Math.round(item.latencyMs * 100) / 100;
  return {
    actor: options.actor,
    action: "disposition.assign",
    subject: item.callId,
    job: jobId,
    details: {
      campaign: options.campaignId,
      line: item.line,
      code: item.code,
      reason: item.reasonCode,
      result: item.result,
      statusCode: item.statusCode,
      latencyMs: latency,
      error: item.reason?.slice(0, 500),
      callStatus: item.callStatus,
      settled: settled ? true : undefined,
    },
  };
}

function tagEvent(options: StoreLedgerOptions, endpoint: string, jobId: string, item: FinishedItem): OutboxEvent {
  const eventId = `${jobId}-${item.line}`;
  const time = options.now();
  const body = options.eventText({
    id: eventId,
    type: DISPOSITION_ASSIGNED,
    source: `/outdial/campaigns/${encodeURIComponent(options.campaignId)}`,
    subject: item.callId,
    time,
    data: dispositionAssigned(item, time),
  });
  return { eventId, endpoint, subject: item.callId, type: DISPOSITION_ASSIGNED, body };
}
