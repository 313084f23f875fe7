// The rules for single values of a tagging row, before anything is sent: contract §2.1, and damage that spreadsheets do to ids.

import { nearest } from "../../kernel/index.ts";
import type { RowProblem as AnyRowProblem } from "../jobs/index.ts";
import { listed, shown } from "../jobs/row-values.ts";

/** Most tags that the tenant accepts on one call. */
const MAX_TAGS = 10;

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

/** A disposition code that the campaign does not have. */
export function codeProblem(code: string, matrix: MatrixIndex): RowProblem | undefined {
  if (matrix.codes.has(code)) return undefined;
  const near = nearest(code, matrix.codes.keys());
  const allowed = near === undefined ? `allowed: ${listed([...matrix.codes.keys()])}` : `did you mean ${near}?`;
  return {
    code: "unknown_disposition_code",
    field: "disposition_code_id",
    message: `disposition code ${shown(code)} is not in campaign ${matrix.campaignId}; ${allowed}`,
  };
}

/** A reason belongs to its own disposition code; under another one it is orphaned (contract §2.1). */
export function reasonProblem(reason: string, code: string, matrix: MatrixIndex): RowProblem | undefined {
  const own = matrix.codes.get(code);
  if (reason === "" || own === undefined || own.has(reason)) return undefined;
  const field = "reason_code_id";
  const owners = matrix.reasonOwners.get(reason);
  if (owners !== undefined) {
    return {
      code: "orphaned_reason_code",
      field,
      message: `reason code ${shown(reason)} belongs to ${listed(owners)}, not to ${code}; allowed: ${listed([...own])}`,
    };
  }
  const near = nearest(reason, own) ?? nearest(reason, matrix.reasonOwners.keys());
  const hint = near === undefined ? `allowed: ${listed([...own])}` : `did you mean ${near}?`;
  return {
    code: "unknown_reason_code",
    field,
    message: `reason code ${shown(reason)} is not in campaign ${matrix.campaignId}; ${hint}`,
  };
}

/** More tags than the tenant accepts on one call. */
export function tagsProblem(tags: readonly string[]): RowProblem | undefined {
  if (tags.length <= MAX_TAGS) return undefined;
  return { code: "too_many_tags", field: "tags", message: `${tags.length} tags; at most ${MAX_TAGS} are allowed` };
}

/** Text in which bytes that are not UTF-8 were replaced when it was read. */
export function textProblem(field: string, text: string): RowProblem | undefined {
  if (!text.includes("\uFFFD")) return undefined;
  return { code: "not_utf8", field, message: `${field} has bytes that are not UTF-8; save the file as UTF-8` };
}
