// Sorts the rows of one page: records, quarantined rows, unfinished calls; each row is exactly one of these.

import type { Instant } from "../../kernel/index.ts";
import {
  createFieldWriter,
  createInstantReader,
  type OutcomeRecord,
  parseRow,
  type QuarantinedRow,
} from "../../outcomes/pages.ts";

/** Longest stored text of a quarantined row. */
const MAX_ROW_TEXT = 4000;

/** The sorted rows of a page. */
interface SortedRows {
  readonly records: readonly OutcomeRecord[];
  readonly poison: readonly QuarantinedRow[];
  readonly unfinished: number;
  readonly earliestUnfinished: Instant | undefined;
}

/** Sorts the rows of a page. Of several rows with one id the last one counts. */
export function sortRows(
  rows: readonly unknown[],
  context: {
    readonly campaignId: string;
    readonly from: Instant;
    readonly to: Instant;
    readonly observedAt: Instant;
    readonly runId: string;
  },
): SortedRows {
  const records = new Map<string, OutcomeRecord>();
  const poison: QuarantinedRow[] = [];
  let unfinished = 0;
  let earliestUnfinished: Instant | undefined;
  const { campaignId, observedAt, runId } = context;
  const reading = { ...context, readInstant: createInstantReader(), writeField: createFieldWriter() };
  for (const row of rows) {
    const parsed = parseRow(row, reading);
    if (parsed.kind === "record") records.set(parsed.record.callId, parsed.record);
    else if (parsed.kind === "unfinished") {
      unfinished += 1;
      earliestUnfinished = Math.min(earliestUnfinished ?? parsed.startTime, parsed.startTime);
    } else {
      const { reason, detail, callId } = parsed;
      poison.push({ campaignId, reason, detail, callId, row: textOf(row), observedAt, runId });
    }
  }
  return { records: [...records.values()], poison, unfinished, earliestUnfinished };
}

/** A quarantined row as JSON, cut when it is long. */
function textOf(row: unknown): string {
  try {
    return (JSON.stringify(row) ?? "null").slice(0, MAX_ROW_TEXT).toWellFormed();
  } catch {
    return '"nested too deeply to be written down"';
  }
}

/** Number of quarantined rows, by reason. */
export function countReasons(poison: readonly QuarantinedRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of poison) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
