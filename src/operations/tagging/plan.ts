// Decides about each row of a tagging file: sent, refused with all its reasons, or a duplicate; and the stored form of that.

import { type PlanReport, type PlanSink, planRows, type RowPlanner, SeenKeys } from "../jobs/index.ts";
import {
  type Assignment,
  assignmentKey,
  assignmentOf,
  checkRow,
  type MatrixIndex,
  type RowProblem,
  rowOf,
} from "./assignment.ts";
import { TAG_COLUMNS, type Value } from "./columns.ts";
import type { ReadRow } from "./read-rows.ts";

/** One row of a chunk, in the compact form that is stored. */
export type PlannedTag =
  | { readonly kind: "send"; readonly assignment: Assignment }
  | {
      readonly kind: "refused";
      readonly line: number;
      readonly callId: string;
      readonly code: string;
      readonly problems: readonly RowProblem[];
      /** Only while planning: the line of an earlier row that is refused together with this one. */
      readonly conflictsWith?: number;
    }
  | {
      readonly kind: "duplicate";
      readonly line: number;
      readonly callId: string;
      readonly code: string;
      readonly firstLine: number;
    };

/** The problem of the earlier row of a conflict, known only after the later one was read. */
export function conflictProblem(otherLine: number): RowProblem {
  return {
    code: "conflicting_duplicate",
    field: "call_id",
    message: `line ${otherLine} has another disposition for the same call; neither row is sent`,
  };
}

/**
 * Plans a whole input in constant memory (see SeenKeys). When a call appears twice with the same body, it is sent once; with
 * different bodies, both rows are refused and each names the other's line.
 */
export function planTagging(
  rows: AsyncIterable<ReadRow>,
  matrix: MatrixIndex,
  sink: PlanSink<PlannedTag>,
  seen: SeenKeys = new SeenKeys(),
): Promise<PlanReport> {
  const planner: RowPlanner<ReadRow, PlannedTag> = {
    plan: (read) => planRow(read, matrix, seen),
    lineOf,
    conflict: (line, otherLine) => ({ line, callId: "", problems: [conflictProblem(otherLine)] }),
  };
  return planRows(rows, planner, sink);
}

/** The line of a planned row. */
export function lineOf(row: PlannedTag): number {
  return row.kind === "send" ? row.assignment.line : row.line;
}

function planRow(read: ReadRow, matrix: MatrixIndex, seen: SeenKeys): PlannedTag {
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
export function encodeRows(rows: readonly PlannedTag[]): string {
  return JSON.stringify(
    rows.map((row) => {
      if (row.kind === "duplicate") return [row.line, row.callId, row.code, row.firstLine];
      if (row.kind === "refused") return [row.line, row.callId, row.code, row.problems];
      const { assignment } = row;
      return [assignment.line, ...TAG_COLUMNS.map(({ member, form }) => assignment[member] ?? form.empty)];
    }),
  );
}

/**
 * Number of elements of a stored row that is not sent; a row that is sent has its line and an element for each column, which are
 * more.
 */
const NOT_SENT = 4;

/** Reads back what `encodeRows` wrote. A row that was stored before a column was declared has no value in it. */
export function decodeRows(payload: string): PlannedTag[] {
  type Stored =
    | [line: number, callId: string, code: string, firstLine: number]
    | [line: number, callId: string, code: string, problems: RowProblem[]];
  return (JSON.parse(payload) as (Stored | [line: number, ...values: Value[]])[]).map((stored): PlannedTag => {
    if (!isNotSent(stored)) {
      const [line, ...values] = stored;
      return { kind: "send", assignment: assignmentOf(rowOf(line, ({ form }, at) => values[at] ?? form.empty)) };
    }
    const [line, callId, code, last] = stored;
    if (typeof last === "number") return { kind: "duplicate", line, callId, code, firstLine: last };
    return { kind: "refused", line, callId, code, problems: last };
  });

  function isNotSent(stored: Stored | [number, ...Value[]]): stored is Stored {
    return stored.length === NOT_SENT;
  }
}
