// How the value of a column is read: from a cell of CSV, and from a member of NDJSON.

import { CUT } from "../table/lines.ts";

/** The value of a column. */
export type Value = string | readonly string[];

/** Reads values of one kind. */
export interface Form<V extends Value> {
  /** The value when the file does not have the column. */
  readonly empty: V;
  ofCell(cell: string): V;
  /** @param refuse called with the problem of a member that cannot be read; the text follows the field's name */
  ofMember(member: unknown, refuse: (message: string) => void): V;
}

/** Ids: white space around them is dropped; NDJSON may write them as whole numbers. */
export const ID: Form<string> = {
  empty: "",
  ofCell: (cell) => cell.trim(),
  ofMember: (member, refuse) => idText(member, refuse).trim(),
};

/** Free text, unchanged. */
export const TEXT: Form<string> = { empty: "", ofCell: (cell) => cell, ofMember: textOf };

/** Tags: a list in NDJSON; elsewhere one text, separated by `|` and `;`. White space around a tag, empty and repeated tags are dropped. */
export const TAGS: Form<readonly string[]> = {
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
