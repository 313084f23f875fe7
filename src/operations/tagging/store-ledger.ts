// The ledger of tagging on the store: the form of an item, its audit entry and its event.

import { type AuditInput, type ItemResult, isGood, type JobLedger, type NewEvent, type NewItem } from "../../store/index.ts";
import { cloudEvent, type OutboundEventType } from "../events/index.ts";
import { type EndedItem, RowLedger } from "../jobs/index.ts";
import type { Instead } from "./instead.ts";
import { decodeRows, encodeRows, lineOf, type PlannedRow } from "./plan.ts";
import { dispositionAssigned, type FinishedItem } from "./result.ts";

interface TagLedgerOptions {
  readonly jobs: JobLedger;
  readonly actor: string;
  readonly campaignId: string;
  readonly executor: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Whether a receiver takes events of this type now. */
  readonly takes: (type: OutboundEventType) => boolean;
  readonly onItem?: ((item: EndedItem) => void) | undefined;
  /** What is done instead of setting dispositions. */
  readonly instead?: Instead | undefined;
}

const ACTIONS: Readonly<Record<Instead, string>> = { tag: "call.tag", record: "disposition.record" };
const DISPOSITION_ASSIGNED = "DISPOSITION_ASSIGNED";

/** The ledger of the jobs of one campaign that this replica runs. */
export function createTagLedger(options: TagLedgerOptions): RowLedger<PlannedRow, FinishedItem> {
  const { jobs, executor } = options;
  return new RowLedger<PlannedRow, FinishedItem>({
    jobs,
    executor,
    encode: encodeRows,
    decode: decodeRows,
    lineOf,
    write(jobId, item, settled) {
      return {
        item: ledgerItem(item),
        audit: auditEntry(options, jobId, item, settled),
        // Receivers of dispositions do not get what was done instead.
        event:
          options.instead === undefined && item.result === "tagged" && options.takes(DISPOSITION_ASSIGNED)
            ? tagEvent(options, jobId, item)
            : undefined,
      };
    },
    // A locked call whose status is known.
    kind: "tag",
    errorOf,
    onItem: options.onItem,
    isSettled: ({ result, callStatus }) => result === "locked" && callStatus !== null,
  });
}

function errorOf(result: ItemResult): EndedItem["error"] {
  if (result === "refused") return "validation";
  return isGood(result) ? undefined : "api";
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
    vendorBody: item.vendorBody,
  };
}

function auditEntry(options: TagLedgerOptions, jobId: string, item: FinishedItem, settled: boolean): AuditInput {
  const latency = item.latencyMs === undefined ? undefined : Math.round(item.latencyMs * 100) / 100;
  return {
    actor: options.actor,
    action: options.instead === undefined ? "disposition.assign" : ACTIONS[options.instead],
    subject: item.callId,
    job: jobId,
    details: {
      campaign: options.campaignId,
      line: item.line,
      code: item.code,
      reason: item.reasonCode,
      result: item.result,
      statusCode: item.statusCode,
      attempts: item.attempts,
      latencyMs: latency,
      error: item.reason?.slice(0, 500),
      callStatus: item.callStatus,
      settled: settled ? true : undefined,
    },
  };
}

function tagEvent(options: TagLedgerOptions, jobId: string, item: FinishedItem): NewEvent {
  const eventId = `${jobId}-${item.line}`;
  const time = options.now();
  const body = cloudEvent({
    id: eventId,
    type: DISPOSITION_ASSIGNED,
    source: `/outdial/campaigns/${encodeURIComponent(options.campaignId)}`,
    subject: item.callId,
    time,
    data: dispositionAssigned(item, time),
  });
  return { eventId, subject: item.callId, type: DISPOSITION_ASSIGNED, body };
}
