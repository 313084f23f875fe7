// Turns rows into the chunks of a job: rows to send, refused rows with all their reasons, duplicates. Nothing is sent here.

import type { PlanReport, RefusedRow } from "../views/schemas/jobs.ts";

/** Rows in a chunk: one durable step of the job. */
const CHUNK_ROWS = 500;
const EXAMPLES = 20;

/** Why a row is refused: which field, what was wrong, what is allowed. */
export interface RowProblem<Code extends string = string> {
  readonly code: Code;
  readonly field?: string | undefined;
  readonly message: string;
}

/** What planning needs to know about a planned row of any kind. */
type PlannedRow =
  | { readonly kind: "send" }
  /** `conflictsWith`: the line of an earlier row with a contradicting request, which is refused as well. */
  | (RefusedRow & { readonly kind: "refused"; readonly conflictsWith?: number })
  | { readonly kind: "duplicate" };

/** How a kind of job plans its rows. */
export interface RowPlanner<Read, Row extends PlannedRow> {
  /** One row as read. */
  plan(read: Read): Row;
  lineOf(row: Row): number;
  /** The earlier row of a conflict as a refused one; known only after the later one was read. */
  conflict(line: number, otherLine: number): RefusedRow;
}

/** Rows of a file that are stored and run together. Lines are counted from 1. */
export interface PlannedChunk<Row> {
  readonly no: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly rows: readonly Row[];
}

/** A row that a later row contradicts: both are refused. */
export interface Conflict {
  readonly line: number;
  readonly otherLine: number;
}

/** Receives a plan: the ledger, or nothing for a dry run. */
export interface PlanSink<Row = never> {
  chunk?(chunk: PlannedChunk<Row>): Promise<void>;
  conflicts?(conflicts: readonly Conflict[]): Promise<void>;
  refused?(row: RefusedRow): Promise<void> | void;
  progress?(rows: number): void;
}

/** Plans a whole input at constant memory, apart from what the planner keeps. */
export async function planRows<Read, Row extends PlannedRow>(
  rows: AsyncIterable<Read>,
  planner: RowPlanner<Read, Row>,
  sink: PlanSink<Row>,
): Promise<PlanReport> {
  const conflicts = new Map<number, number>();
  const problems: Record<string, number> = {};
  const examples: RefusedRow[] = [];
  const counts = { rows: 0, toSend: 0, refused: 0, duplicates: 0 };
  let chunk: Row[] = [];
  let firstLine = 0;
  let lastLine = 0;
  let no = 0;

  const refuse = async (row: RefusedRow) => {
    counts.refused += 1;
    for (const problem of row.problems) problems[problem.code] = (problems[problem.code] ?? 0) + 1;
    const told = exampleOf(row);
    if (examples.length < EXAMPLES) examples.push(told);
    await sink.refused?.(told);
  };
  const close = async () => {
    if (chunk.length === 0) return;
    await sink.chunk?.({ no, firstLine, lastLine, rows: chunk });
    no += 1;
    chunk = [];
  };

  for await (const read of rows) {
    const planned = planner.plan(read);
    lastLine = planner.lineOf(planned);
    if (planned.kind === "send") counts.toSend += 1;
    else if (planned.kind === "duplicate") counts.duplicates += 1;
    else {
      await refuse(planned);
      if (planned.conflictsWith !== undefined && !conflicts.has(planned.conflictsWith))
        conflicts.set(planned.conflictsWith, lastLine);
    }
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
    await refuse(planner.conflict(line, otherLine));
  }
  await sink.conflicts?.([...conflicts].map(([line, otherLine]) => ({ line, otherLine })));
  return { ...counts, problems, examples: examples.sort((a, b) => a.line - b.line) };
}

/** The part of a refused row that is shown. */
function exampleOf({ line, callId, interactionId, problems }: RefusedRow): RefusedRow {
  return {
    line,
    ...(callId === undefined ? {} : { callId }),
    ...(interactionId === undefined ? {} : { interactionId }),
    problems,
  };
}
