// Files of jobs: what is uploaded, and the columns and lines that are downloaded.

import { z } from "zod";
import { csvLine } from "../../kernel/index.ts";
import { DISPOSITIONS } from "../../operations/index.ts";
import type { resultRow } from "../../operations/views/index.ts";
import { PUSH } from "../../store/index.ts";

export const CSV = "text/csv";

type Column = keyof z.input<typeof resultRow>;

const TAG_COLUMNS = [
  "line",
  "callId",
  "result",
  "reason",
  "statusCode",
  "attempts",
  "latencyMs",
  "callStatus",
  "vendorBody",
] as const;

const CORRECTION_COLUMNS = [
  "line",
  "interactionId",
  "result",
  "reason",
  "statusCode",
  "attempts",
  "latencyMs",
  "before",
  "intended",
  "stored",
  "vendorBody",
] as const;

const PUSH_COLUMNS = ["line", "campaignId", "callId", "result", "reason", "statusCode"] as const;

export const columnsOf = (kind: string): readonly Column[] =>
  kind === PUSH ? PUSH_COLUMNS : kind === DISPOSITIONS ? CORRECTION_COLUMNS : TAG_COLUMNS;

/** @param columns for CSV; without them the lines are NDJSON */
export async function* linesOf(
  rows: AsyncIterable<z.input<typeof resultRow>>,
  columns: readonly Column[] | undefined,
): AsyncGenerator<string> {
  let lines: string[] = columns === undefined ? [] : [`${csvLine(columns)}\r\n`];
  for await (const row of rows) {
    lines.push(columns === undefined ? `${JSON.stringify(row)}\n` : `${csvLine(columns.map((column) => row[column]))}\r\n`);
    if (lines.length < 200) continue;
    yield lines.join("");
    lines = [];
  }
  if (lines.length > 0) yield lines.join("");
}
