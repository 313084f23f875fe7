// The ledger of corrections in the store: the form of an item, its audit entry and its event.

import type { AuditInput, JobLedger, NewEvent, NewItem } from "../../store/index.ts";
import { cloudEvent, type OutboundEventType } from "../events/index.ts";
import { type EndedItem, RowLedger } from "../jobs/index.ts";
import { errorOf } from "./metrics.ts";
import { decodeRows, encodeRows, lineOf, type PlannedRow } from "./plan.ts";
import { DISPOSITION_UPDATED, dispositionUpdated, type FinishedCorrection } from "./result.ts";

interface CorrectionLedgerOptions {
  readonly jobs: JobLedger;
  readonly actor: string;
  readonly executor: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Whether a receiver takes events of this type now. */
  readonly takes: (type: OutboundEventType) => boolean;
  readonly onItem?: ((item: EndedItem) => void) | undefined;
}

/** The ledger of the jobs of corrections that this replica runs. */
export function createCorrectionLedger(options: CorrectionLedgerOptions): RowLedger<PlannedRow, FinishedCorrection> {
  const { jobs, executor } = options;
  return new RowLedger<PlannedRow, FinishedCorrection>({
    jobs,
    executor,
    encode: encodeRows,
    decode: decodeRows,
    lineOf,
    write: (jobId, item, settled) => ({
      item: ledgerItem(item),
      audit: auditEntry(options, jobId, item, settled),
      event: eventOf(options, jobId, item),
    }),
    kind: "dispositions",
    errorOf,
    onItem: options.onItem,
    isSettled: () => false,
  });
}

function ledgerItem(item: FinishedCorrection): NewItem {
  return {
    line: item.line,
    callId: item.interactionId,
    result: item.result,
    attempts: item.attempts,
    statusCode: item.statusCode,
    reason: item.reason?.slice(0, 2000),
    latencyMs: item.latencyMs,
    vendorBody: item.vendorBody,
  };
}

function auditEntry({ actor }: CorrectionLedgerOptions, jobId: string, item: FinishedCorrection, settled: boolean): AuditInput {
  const { entry } = item;
  return {
    actor,
    action: "interaction.disposition",
    subject: item.interactionId,
    job: jobId,
    details: {
      line: item.line,
      code: item.code,
      agent: entry?.agent_id,
      timestamp: entry?.timestamp,
      policy: item.policy,
      result: item.result,
      statusCode: item.statusCode,
      attempts: item.attempts,
      latencyMs: item.latencyMs === undefined ? undefined : Math.round(item.latencyMs * 100) / 100,
      error: item.reason?.slice(0, 500),
      etagBefore: item.tagBefore,
      etagAfter: item.tagAfter,
      before: item.before,
      after: item.after,
      intended: item.intended,
      stored: item.stored,
      settled: settled ? true : undefined,
    },
  };
}

function eventOf(options: CorrectionLedgerOptions, jobId: string, item: FinishedCorrection): NewEvent | undefined {
  const { entry, interactionId } = item;
  if (entry === undefined || item.result !== "success" || !options.takes(DISPOSITION_UPDATED)) return undefined;
  const eventId = `${jobId}-${item.line}`;
  const body = cloudEvent({
    id: eventId,
    type: DISPOSITION_UPDATED,
    source: "/outdial/interactions",
    subject: interactionId,
    time: options.now(),
    data: dispositionUpdated(item, { entry }),
  });
  return { eventId, subject: interactionId, type: DISPOSITION_UPDATED, body };
}
