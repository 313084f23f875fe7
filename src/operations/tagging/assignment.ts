// A row of a tagging file, before and after the checks. Its columns are declared in columns.ts.

import type { DispositionAssignment, StoredDisposition } from "../../tenant/port.ts";
import type { MatrixIndex, RowProblem } from "./checks.ts";
import { type AnyColumn, type Assignment, TAG_COLUMNS, type TagRow, type Value } from "./columns.ts";

export { indexMatrix, type MatrixIndex, type RowProblem } from "./checks.ts";
export type { Assignment, TagRow } from "./columns.ts";

const SENT = TAG_COLUMNS.filter(({ vendor }) => vendor !== undefined);
const LEFT_OUT = TAG_COLUMNS.filter(({ isRequired, isKept }) => isRequired !== true && isKept !== true);

/** A row made from the values of its columns. */
export function rowOf(line: number, valueOf: (column: AnyColumn, at: number) => Value): TagRow {
  const row: Record<string, unknown> = { line };
  for (const [at, column] of TAG_COLUMNS.entries()) row[column.member] = valueOf(column, at);
  // Every member of a row belongs to a column.
  return row as unknown as TagRow;
}

/** A row without the members that are left out when they are empty. Only for rows that passed `checkRow`. */
export function assignmentOf(row: TagRow): Assignment {
  const assignment: Record<string, unknown> = { ...row };
  for (const { member } of LEFT_OUT) if (row[member]?.length === 0) delete assignment[member];
  return assignment as unknown as Assignment;
}

/**
 * Checks one row against every local rule and gives all problems, not only the first.
 * Rules: contract §2.1 (code in the campaign's matrix, reason under its own code, at most ten tags), ids well formed.
 */
export function checkRow(row: TagRow, matrix: MatrixIndex): { ok: Assignment } | { problems: readonly RowProblem[] } {
  let problems: RowProblem[] | undefined;
  for (const { member, form, checks } of TAG_COLUMNS) {
    for (const check of checks) {
      const problem = check(row[member] ?? form.empty, row.dispositionCodeId, matrix);
      if (problem !== undefined) (problems ??= []).push(problem);
    }
  }
  return problems === undefined ? { ok: assignmentOf(row) } : { problems };
}

/** A text that is equal for two assignments when the tenant would store the same for both; compares two rows for one call. */
export function assignmentKey(assignment: Assignment): string {
  return JSON.stringify(SENT.map(({ member, form }) => assignment[member] ?? form.empty));
}

/** The body on the wire. */
export function bodyOf(assignment: Assignment): DispositionAssignment {
  const { dispositionCodeId, notes = "" } = assignment;
  const body: DispositionAssignment = { dispositionCodeId, notes };
  for (const { member, form, vendor } of SENT) Object.assign(body, vendor?.set(assignment[member] ?? form.empty));
  return body;
}

/** Whether the tenant stores what we sent. */
export function sameDisposition(assignment: Assignment, stored: StoredDisposition): boolean {
  return SENT.every(
    ({ member, form, vendor }) => vendor !== undefined && isSame(assignment[member] ?? form.empty, vendor.shown(stored)),
  );
}

function isSame(one: Value, other: Value): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.length === other.length && one.every((each, at) => each === other[at]);
}
