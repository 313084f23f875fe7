// Parses the groups of calls that a report compares, as given on the command line.

import { nearest, WEEKDAYS } from "../../kernel/index.ts";
import { MeaningError } from "../meaning/error.ts";
import type { ColumnConditions } from "./facts.ts";
import { COLUMN_DIMENSIONS, type ColumnDimension, DIMENSIONS, type Dimension } from "./scope.ts";

/** A group of calls by conditions, all of which must hold. */
export interface CohortSpec {
  /** Its conditions in words, such as `list A, hour 9 or 10`. */
  readonly name: string;
  readonly columns: ColumnConditions;
  /** Local hours, 0 to 23. */
  readonly hours: ReadonlySet<number> | undefined;
  /** 0 is Monday. */
  readonly weekdays: ReadonlySet<number> | undefined;
}

/** A requested comparison. */
export type ComparisonSpec =
  /** Two groups. The report refuses groups that share calls. */
  | { readonly kind: "cohorts"; readonly first: CohortSpec; readonly second: CohortSpec }
  /** The period against the preceding one of the same length. */
  | { readonly kind: "previous" }
  /** Each value of a dimension against all other calls. */
  | { readonly kind: "each"; readonly dimension: Exclude<Dimension, "code"> };

const EACH = DIMENSIONS.filter((name) => name !== "code");
const FORMS = `previous, a dimension (${EACH.join(", ")}), or two groups such as "list=A vs list=B" or "agent=ann,hour=9|10 vs agent=bob,hour=9|10"`;

/** Parses one `--compare`. Throws MeaningError that says what is allowed. */
export function parseComparison(text: string): ComparisonSpec {
  const words = text.trim();
  if (words === "previous") return { kind: "previous" };
  const dimension = EACH.find((name) => name === words);
  if (dimension !== undefined) return { kind: "each", dimension };
  const sides = words.split(/\s+vs\s+/);
  const [first, second] = sides;
  if (first === undefined || second === undefined || sides.length !== 2 || words === "") {
    const near = nearest(words, ["previous", ...EACH]);
    throw new MeaningError(
      `--compare ${JSON.stringify(text)}: allowed are ${FORMS}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  return { kind: "cohorts", first: parseCohort(first), second: parseCohort(second) };
}

/**
 * Parses a group: conditions `name=value|value`, separated by commas. A comma, bar or backslash within a value is escaped by a
 * backslash.
 */
export function parseCohort(text: string): CohortSpec {
  const columns: Partial<Record<ColumnDimension | "code", string[]>> = {};
  let hours: Set<number> | undefined;
  let weekdays: Set<number> | undefined;
  const words: string[] = [];
  for (const condition of split(text, ",")) {
    const equals = condition.indexOf("=");
    const name = condition.slice(0, Math.max(0, equals)).trim();
    const values = split(condition.slice(equals + 1), "|").map((value) => unescape(value.trim()));
    if (equals < 0 || values.some((value) => value === ""))
      throw new MeaningError(
        `--compare: ${JSON.stringify(condition.trim())} is no condition; a condition is name=value or name=value|value`,
      );
    words.push(groupWords(name, values));
    const column = ([...COLUMN_DIMENSIONS, "code"] as const).find((one) => one === name);
    if (column !== undefined) columns[column] = [...(columns[column] ?? []), ...values];
    else if (name === "hour") hours = new Set([...(hours ?? []), ...values.map(hour)]);
    else if (name === "weekday") weekdays = new Set([...(weekdays ?? []), ...values.map(weekday)]);
    else {
      const near = nearest(name, DIMENSIONS);
      throw new MeaningError(
        `--compare: ${JSON.stringify(name)} is nothing to group calls by; allowed are ${DIMENSIONS.join(", ")}${near === undefined ? "" : ` (did you mean ${near}?)`}`,
      );
    }
  }
  return { name: words.join(", "), columns, hours, weekdays };
}

/** The name of a group with one of some values, for the report: `agent ann or bob`. */
export const groupWords = (dimension: string, values: readonly string[]): string => `${dimension} ${values.join(" or ")}`;

function hour(text: string): number {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 23) return value;
  throw new MeaningError(`--compare: hour ${JSON.stringify(text)}; allowed are 0 to 23`);
}

function weekday(text: string): number {
  const place = text.length < 2 ? -1 : WEEKDAYS.findIndex((name) => name.toLowerCase().startsWith(text.toLowerCase()));
  if (place >= 0) return place;
  throw new MeaningError(
    `--compare: weekday ${JSON.stringify(text)}; allowed are ${WEEKDAYS.join(", ")}, or their first letters`,
  );
}

/** Splits at a character that is not escaped by a backslash. */
function split(text: string, at: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === at) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${character === "\\" ? character + text.charAt(++i) : character}`);
  }
  return parts;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}
