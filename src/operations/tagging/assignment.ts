// What one row of a tagging file asks for, and the rules that hold before anything is sent.

import { nearest } from "../../kernel/index.ts";
import type { RowProblem as AnyRowProblem } from "../jobs/index.ts";

/** The largest number of tags the tenant takes on one call. */
const MAX_TAGS = 10;
const MAX_ID_LENGTH = 256;

/** A row as read: every field as text, not yet checked. Line 1 is the first line of the file. */
export interface TagRow {
  readonly line: number;
  readonly callId: string;
  readonly dispositionCodeId: string;
  readonly reasonCodeId: string;
  readonly notes: string;
  readonly tags: readonly string[];
}

/** A row that passed every local rule; only `checkRow` makes one. */
export interface Assignment {
  readonly line: number;
  readonly callId: string;
  readonly dispositionCodeId: string;
  readonly reasonCodeId?: string;
  readonly notes: string;
  readonly tags: readonly string[];
}

/** Why a tagging row is refused. */
export type RowProblem = AnyRowProblem<
  | "missing_field"
  | "malformed_id"
  | "unknown_disposition_code"
  | "orphaned_reason_code"
  | "unknown_reason_code"
  | "too_many_tags"
  | "unreadable_row"
  | "not_utf8"
  | "conflicting_duplicate"
>;

/** A campaign's disposition codes, ready for look-ups. */
export interface MatrixIndex {
  readonly campaignId: string;
  /** Code → the ids of its own reason codes. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Reason → the codes it belongs to. */
  readonly reasonOwners: ReadonlyMap<string, readonly string[]>;
}

/** Builds the look-ups from a campaign's disposition matrix. */
export function indexMatrix(
  campaignId: string,
  matrix: {
    readonly dispositionCodes: readonly { readonly id: string; readonly reasonCodes: readonly { readonly id: string }[] }[];
  },
): MatrixIndex {
  const codes = new Map<string, Set<string>>();
  const reasonOwners = new Map<string, string[]>();
  for (const code of matrix.dispositionCodes) {
    codes.set(code.id, new Set(code.reasonCodes.map((reason) => reason.id)));
    for (const reason of code.reasonCodes) {
      const owners = reasonOwners.get(reason.id);
      if (owners === undefined) reasonOwners.set(reason.id, [code.id]);
      else owners.push(code.id);
    }
  }
  return { campaignId, codes, reasonOwners };
}

/** A visible excerpt of a value for messages: quoted, control characters escaped, cut at 60 characters. */
function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
}

/** What is wrong with an identifier, or undefined. */
function idProblem(field: string, value: string): RowProblem | undefined {
  if (value === "") return { code: "missing_field", field, message: `${field} is empty` };
  if (value.length > MAX_ID_LENGTH) {
    return {
      code: "malformed_id",
      field,
      message: `${field} has ${value.length} characters; at most ${MAX_ID_LENGTH} are allowed`,
    };
  }
  if (/^\d(\.\d+)?E\+\d+$/i.test(value)) {
    return {
      code: "malformed_id",
      field,
      message: `${field} ${shown(value)} looks like a number that a spreadsheet shortened; export the column as text`,
    };
  }
  if (/[\s\p{Cc}\p{Cs}]/u.test(value) || value === "." || value === "..") {
    return {
      code: "malformed_id",
      field,
      message: `${field} ${shown(value)} is malformed; an id has no white space and no control characters`,
    };
  }
  return undefined;
}

/** Checks the code against the matrix. */
function codeProblem(row: TagRow, matrix: MatrixIndex): RowProblem | undefined {
  if (matrix.codes.has(row.dispositionCodeId)) return undefined;
  const near = nearest(row.dispositionCodeId, matrix.codes.keys());
  const allowed = near === undefined ? `allowed: ${listed([...matrix.codes.keys()])}` : `did you mean ${near}?`;
  return {
    code: "unknown_disposition_code",
    field: "disposition_code_id",
    message: `disposition code ${shown(row.dispositionCodeId)} is not in campaign ${matrix.campaignId}; ${allowed}`,
  };
}

/** A reason belongs to its own disposition code; under another one it is orphaned (contract §2.1). */
function reasonProblem(row: TagRow, matrix: MatrixIndex): RowProblem | undefined {
  const own = matrix.codes.get(row.dispositionCodeId);
  if (row.reasonCodeId === "" || own === undefined || own.has(row.reasonCodeId)) return undefined;
  const field = "reason_code_id";
  const owners = matrix.reasonOwners.get(row.reasonCodeId);
  if (owners !== undefined) {
    return {
      code: "orphaned_reason_code",
      field,
      message: `reason code ${shown(row.reasonCodeId)} belongs to ${listed(owners)}, not to ${row.dispositionCodeId}; allowed: ${listed([...own])}`,
    };
  }
  const near = nearest(row.reasonCodeId, own) ?? nearest(row.reasonCodeId, matrix.reasonOwners.keys());
  const hint = near === undefined ? `allowed: ${listed([...own])}` : `did you mean ${near}?`;
  return {
    code: "unknown_reason_code",
    field,
    message: `reason code ${shown(row.reasonCodeId)} is not in campaign ${matrix.campaignId}; ${hint}`,
  };
}

/** Up to eight names, then how many more. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
}

/**
 * Checks one row against every local rule and gives all problems, not only the first.
 * Rules: contract §2.1 (code in the campaign's matrix, reason under its own code, at most ten tags), ids well formed.
 */
export function checkRow(row: TagRow, matrix: MatrixIndex): { ok: Assignment } | { problems: readonly RowProblem[] } {
  const problems: RowProblem[] = [];
  const add = (problem: RowProblem | undefined) => {
    if (problem !== undefined) problems.push(problem);
  };
  add(idProblem("call_id", row.callId));
  const codeForm = idProblem("disposition_code_id", row.dispositionCodeId);
  add(codeForm ?? codeProblem(row, matrix));
  if (row.reasonCodeId !== "") add(idProblem("reason_code_id", row.reasonCodeId) ?? reasonProblem(row, matrix));
  if (row.tags.length > MAX_TAGS) {
    add({ code: "too_many_tags", field: "tags", message: `${row.tags.length} tags; at most ${MAX_TAGS} are allowed` });
  }
  for (const [field, text] of [
    ["notes", row.notes],
    ["tags", row.tags.join("")],
    ["call_id", row.callId],
  ] as const) {
    if (text.includes("\uFFFD"))
      add({ code: "not_utf8", field, message: `${field} has bytes that are not UTF-8; save the file as UTF-8` });
  }
  if (problems.length > 0) return { problems };
  const { line, callId, dispositionCodeId, notes, tags } = row;
  return {
    ok: { line, callId, dispositionCodeId, notes, tags, ...(row.reasonCodeId === "" ? {} : { reasonCodeId: row.reasonCodeId }) },
  };
}

/** One text for what an assignment stores, so that two rows for one call can be told equal or different. */
export function assignmentKey(assignment: Pick<Assignment, "dispositionCodeId" | "reasonCodeId" | "notes" | "tags">): string {
  return JSON.stringify([assignment.dispositionCodeId, assignment.reasonCodeId ?? "", assignment.notes, assignment.tags]);
}
