// The columns of a tagging file: their names, and how they are read, checked, compared and sent. A new column is an entry of
// `TABLE`.

import type { DispositionAssignment, StoredDisposition } from "../../tenant/port.ts";
import { idProblem } from "../jobs/row-values.ts";
import { CUT } from "../table/lines.ts";
import { codeProblem, type MatrixIndex, type RowProblem, reasonProblem, tagsProblem, textProblem } from "./checks.ts";

// How the value of a column is read: from a cell of CSV, and from a member of NDJSON.

/** The value of a column. */
export type Value = string | readonly string[];

/** Reads values of one kind. */
interface Form<V extends Value> {
  /** The value when the file does not have the column. */
  readonly empty: V;
  ofCell(cell: string): V;
  /** @param refuse called with the problem of a member that cannot be read; the text follows the field's name */
  ofMember(member: unknown, refuse: (message: string) => void): V;
}

/** Ids: white space around them is dropped; NDJSON may write them as whole numbers. */
const ID: Form<string> = {
  empty: "",
  ofCell: (cell) => cell.trim(),
  ofMember: (member, refuse) => idText(member, refuse).trim(),
};

/** Free text, unchanged. */
const TEXT: Form<string> = { empty: "", ofCell: (cell) => cell, ofMember: textOf };

/** Tags: a list in NDJSON; elsewhere one text, separated by `|` and `;`. White space around a tag, empty and repeated tags are dropped. */
const TAGS: Form<readonly string[]> = {
  empty: [],
  ofCell: split,
  ofMember(member, refuse) {
    if (!Array.isArray(member)) return split(idText(member, refuse));
    if (member.every((tag) => typeof tag === "string")) return distinct(member);
    refuse("holds something that is not a string");
    return [];
  },
};

function textOf(member: unknown, refuse: (message: string) => void): string {
  if (member === undefined || member === null) return "";
  if (typeof member === "string") return member;
  const what = Array.isArray(member)
    ? "an array"
    : typeof member === "number"
      ? `the number ${member}`
      : `a JSON ${typeof member}`;
  refuse(typeof member === "number" && Math.abs(member) > Number.MAX_SAFE_INTEGER ? CUT : `is ${what}; a string is wanted`);
  return "";
}

function idText(member: unknown, refuse: (message: string) => void): string {
  return typeof member === "number" && Number.isSafeInteger(member) ? String(member) : textOf(member, refuse);
}

function split(cell: string): readonly string[] {
  return cell === "" ? [] : distinct(cell.split(/[|;]/));
}

function distinct(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.trim()))].filter((tag) => tag !== "");
}

/**
 * A rule for a value. @param code the row's disposition code. (It has the type of a method so that columns with different value
 * types fit into one table.)
 */
type Check<V extends Value> = { rule(value: V, code: string, matrix: MatrixIndex): RowProblem | undefined }["rule"];

/** One column. */
interface Column<Name extends string, Member extends string, V extends Value, Required extends boolean> {
  /** Name in the header of CSV, and of the member in NDJSON. */
  readonly name: Name;
  /** Name of the value in `TagRow`, `Assignment` and `CallTag`. */
  readonly member: Member;
  readonly form: Form<V>;
  readonly isRequired?: Required;
  /**
   * Keeps the member in an assignment also when its value is empty. By default, an empty value of an optional column is left out.
   */
  readonly isKept?: boolean;
  /** All of them are applied. */
  readonly checks: readonly Check<V>[];
  /** The field of the tenant's disposition for it. Two rows for one call differ when one of these values differs. */
  readonly vendor?: { set(value: V): Partial<DispositionAssignment>; shown(stored: StoredDisposition): V };
}

function column<const Name extends string, const Member extends string, V extends Value, const Required extends boolean = false>(
  declared: Column<Name, Member, V, Required>,
): Column<Name, Member, V, Required> {
  return declared;
}

/**
 * In the order of the documented header, and of stored rows: a new column must be added at the end, or rows that were stored
 * before are misread.
 */
const TABLE = [
  column({
    name: "call_id",
    member: "callId",
    form: ID,
    isRequired: true,
    checks: [(id) => idProblem("call_id", id), (id) => textProblem("call_id", id)],
  }),
  column({
    name: "disposition_code_id",
    member: "dispositionCodeId",
    form: ID,
    isRequired: true,
    checks: [(code, _, matrix) => idProblem("disposition_code_id", code) ?? codeProblem(code, matrix)],
    vendor: { set: (dispositionCodeId) => ({ dispositionCodeId }), shown: ({ dispositionCodeId }) => dispositionCodeId },
  }),
  column({
    name: "reason_code_id",
    member: "reasonCodeId",
    form: ID,
    checks: [
      (reason, code, matrix) =>
        reason === "" ? undefined : (idProblem("reason_code_id", reason) ?? reasonProblem(reason, code, matrix)),
    ],
    vendor: {
      set: (reasonCodeId) => (reasonCodeId === "" ? {} : { reasonCodeId }),
      shown: ({ reasonCodeId }) => reasonCodeId ?? "",
    },
  }),
  column({
    name: "notes",
    member: "notes",
    form: TEXT,
    isKept: true,
    checks: [(notes) => textProblem("notes", notes)],
    vendor: { set: (notes) => ({ notes }), shown: ({ notes }) => notes ?? "" },
  }),
  column({
    name: "tags",
    member: "tags",
    form: TAGS,
    isKept: true,
    checks: [(tags) => tagsProblem(tags), (tags) => textProblem("tags", tags.join(""))],
    // The tenant's array is called `tag`, and is left out when empty (contract §2.1).
    vendor: { set: (tags) => (tags.length === 0 ? {} : { tag: [...tags] }), shown: ({ tag }) => tag ?? [] },
  }),
] as const;

type Declared = (typeof TABLE)[number];
type Values<C extends Declared> = { readonly [Each in C as Each["member"]]: Each extends { form: Form<infer V> } ? V : never };
type Required = Extract<Declared, { isRequired?: true }>;

/** A column of a tagging file. */
export type Field = Declared["name"];

/** A call and its disposition. */
export type CallTag = Values<Required> & {
  readonly [Member in Exclude<Declared, Required>["member"]]?: Values<Declared>[Member] | undefined;
};

/** A row as read: all fields not yet checked. Line 1 is the first line of the file. */
export type TagRow = { readonly line: number } & CallTag;

/** A row that passed every local rule; `checkRow` makes it. */
export type Assignment = TagRow;

/** A column with a value of any type. */
export type AnyColumn = Omit<Column<Field, Declared["member"], Value, boolean>, "form"> & { readonly form: Form<Value> };

/** The columns in their order. */
export const TAG_COLUMNS: readonly AnyColumn[] = TABLE;
