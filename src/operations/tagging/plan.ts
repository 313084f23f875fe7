// Turns rows into the chunks of a job: valid rows to send, refused rows with all their reasons, duplicates. Nothing is sent here.

import { type Assignment, assignmentKey, checkRow, type MatrixIndex, type RowProblem } from "./assignment.ts";
import type { ReadRow } from "./read-rows.ts";
import { SeenCalls } from "./seen-calls.ts";

/** Rows in a chunk: one durable step of the job. */
const CHUNK_ROWS = 500;
const EXAMPLES = 20;

/** One row of a chunk, in the compact form that is stored. */
export type PlannedRow =
  | { readonly kind: "send"; readonly assignment: Assignment }
  | {
      readonly kind: "refused";
      readonly line: number;
      readonly callId: string;
      readonly code: string;
      readonly problems: readonly RowProblem[];
    }
  | {
      readonly kind: "duplicate";
      readonly line: number;
      readonly callId: string;
      readonly code: string;
      readonly firstLine: number;
    };

export interface PlannedChunk {
  readonly no: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly rows: readonly PlannedRow[];
}

/** A row that names a call that a later row names too, asking for something else: both are refused. */
export interface Conflict {
  readonly line: number;
  readonly otherLine: number;
}

export interface RefusedRow {
  readonly line: number;
  readonly callId: string;
  readonly problems: readonly RowProblem[];
}

export interface PlanReport {
  readonly rows: number;
  readonly toSend: number;
  readonly refused: number;
  readonly duplicates: number;
  /** Refused rows by the code of each of their problems. */
  readonly problems: Readonly<Record<string, number>>;
  /** The first refused rows. */
  readonly examples: readonly RefusedRow[];
}

/** Where a plan goes: the ledger, or nowhere for a dry run. */
export interface PlanSink {
  chunk?(chunk: PlannedChunk): Promise<void>;
  conflicts?(conflicts: readonly Conflict[]): Promise<void>;
  refused?(row: RefusedRow): Promise<void> | void;
  progress?(rows: number): void;
}

/** The problem of the earlier row of a conflict, known only after the later one was read. */
export function conflictProblem(otherLine: number): RowProblem {
  return {
    code: "conflicting_duplicate",
    field: "call_id",
    message: `line ${otherLine} asks for something else on the same call; neither is sent`,
  };
}

/**
 * Plans a whole input at constant memory (see SeenCalls).
 * A call named twice with the same body is sent once; with different bodies, both rows are refused and each names the other's line.
 */
export async function planRows(
  rows: AsyncIterable<ReadRow>,
  matrix: MatrixIndex,
  sink: PlanSink,
  seen: SeenCalls = new SeenCalls(),
): Promise<PlanReport> {
  const conflicts = new Map<number, number>();
  const problems: Record<string, number> = {};
  const examples: RefusedRow[] = [];
  const counts = { rows: 0, toSend: 0, refused: 0, duplicates: 0 };
  let chunk: PlannedRow[] = [];
  let firstLine = 0;
  let lastLine = 0;
  let no = 0;

  const refuse = async (row: RefusedRow) => {
    counts.refused += 1;
    for (const problem of row.problems) problems[problem.code] = (problems[problem.code] ?? 0) + 1;
    if (examples.length < EXAMPLES) examples.push(row);
    await sink.refused?.(row);
  };
  const close = async () => {
    if (chunk.length === 0) return;
    await sink.chunk?.({ no, firstLine, lastLine, rows: chunk });
    no += 1;
    chunk = [];
  };

  for await (const read of rows) {
    const planned = planRow(read, matrix, seen);
    if (planned.kind === "send") counts.toSend += 1;
    else if (planned.kind === "duplicate") counts.duplicates += 1;
    else await refuse(planned);
    if (planned.kind === "refused" && planned.conflictsWith !== undefined && !conflicts.has(planned.conflictsWith)) {
      conflicts.set(planned.conflictsWith, planned.line);
    }
    lastLine = planned.kind === "send" ? planned.assignment.line : planned.line;
    if (chunk.length === 0) firstLine = lastLine;
    chunk.push(planned);
    counts.rows += 1;
    if (chunk.length >= CHUNK_ROWS) {
      await close();
      sink.progress?.(counts.rows);
    }
  }
  await close();
  for (const [line, otherLine] of conflicts) {
    counts.toSend -= 1;
    await refuse({ line, callId: "", problems: [conflictProblem(otherLine)] });
  }
  await sink.conflicts?.([...conflicts].map(([line, otherLine]) => ({ line, otherLine })));
  return { ...counts, problems, examples: examples.sort((a, b) => a.line - b.line) };
}

type Planned = PlannedRow & { readonly conflictsWith?: number };

function planRow(read: ReadRow, matrix: MatrixIndex, seen: SeenCalls): Planned {
  if ("problem" in read) return { kind: "refused", line: read.line, callId: read.callId, code: "", problems: [read.problem] };
  const { line, callId, dispositionCodeId: code } = read.row;
  const checked = checkRow(read.row, matrix);
  if ("problems" in checked) return { kind: "refused", line, callId, code, problems: checked.problems };
  const earlier = seen.note(callId, assignmentKey(checked.ok), line);
  if (earlier === undefined) return { kind: "send", assignment: checked.ok };
  if (earlier.same) return { kind: "duplicate", line, callId, code, firstLine: earlier.firstLine };
  return {
    kind: "refused",
    line,
    callId,
    code,
    problems: [conflictProblem(earlier.firstLine)],
    conflictsWith: earlier.firstLine,
  };
}

/** The stored text of a chunk. */
export function encodeRows(rows: readonly PlannedRow[]): string {
  return JSON.stringify(
    rows.map((row) => {
      if (row.kind === "duplicate") return [row.line, row.callId, row.code, row.firstLine];
      if (row.kind === "refused") return [row.line, row.callId, row.code, row.problems];
      const { line, callId, dispositionCodeId, reasonCodeId, notes, tags } = row.assignment;
      return [line, callId, dispositionCodeId, reasonCodeId ?? "", notes, tags];
    }),
  );
}

/** Reads back what `encodeRows` wrote. */
export function decodeRows(payload: string): PlannedRow[] {
  type Stored =
    | [line: number, callId: string, code: string, firstLine: number]
    | [line: number, callId: string, code: string, problems: RowProblem[]]
    | [line: number, callId: string, code: string, reason: string, notes: string, tags: string[]];
  return (JSON.parse(payload) as Stored[]).map((stored): PlannedRow => {
    if (stored.length === 6) {
      const [line, callId, dispositionCodeId, reasonCodeId, notes, tags] = stored;
      return {
        kind: "send",
        assignment: { line, callId, dispositionCodeId, notes, tags, ...(reasonCodeId === "" ? {} : { reasonCodeId }) },
      };
    }
    const [line, callId, code, last] = stored;
    if (typeof last === "number") return { kind: "duplicate", line, callId, code, firstLine: last };
    return { kind: "refused", line, callId, code, problems: last };
  });
}
