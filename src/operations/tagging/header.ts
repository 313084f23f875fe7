// Which column of a file holds which field.

import { nearest } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { onlyColumn } from "../table/csv.ts";
import { COLUMNS, type Field } from "./columns.ts";

const FIELDS: readonly Field[] = COLUMNS.map(({ name }) => name);

/** Field → name of its column, where it differs from the field's own name. */
export type ColumnMapping = Partial<Record<Field, string>>;

/** Parses `field=column` pairs of the command line. Throws `invalid_input` naming the allowed fields. */
export function parseMapping(pairs: readonly string[]): ColumnMapping {
  const mapping: ColumnMapping = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const field = pair.slice(0, at).trim();
    const column = pair.slice(at + 1).trim();
    const known = FIELDS.find((name) => name === field);
    if (at < 1 || column === "" || known === undefined) {
      const near = nearest(field, FIELDS);
      throw new OperationError(
        "invalid_input",
        `column mapping "${pair}" is not FIELD=COLUMN with FIELD one of ${FIELDS.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
    }
    mapping[known] = column;
  }
  return mapping;
}

/** The index of each field in the header, and the unused columns. */
export interface Columns {
  readonly at: Readonly<Partial<Record<Field, number>>>;
  readonly width: number;
  readonly ignored: readonly string[];
}

/**
 * Finds the fields in a header row. Names are compared without case and outer white space. Throws `invalid_input`.
 * @param place.hint where the header may be instead
 */
export function findColumns(
  header: readonly string[],
  mapping: ColumnMapping,
  { line, hint: elsewhere }: { readonly line: number; readonly hint: string },
): Columns {
  const names = header.map((cell) => cell.trim());
  const at: Partial<Record<Field, number>> = {};
  for (const { name: field, isRequired } of COLUMNS) {
    const wanted = (mapping[field] ?? field).toLowerCase();
    const index = onlyColumn(header, wanted, line);
    if (index >= 0) at[field] = index;
    else if (isRequired === true || mapping[field] !== undefined) {
      const near = nearest(wanted, names);
      const hint = near === undefined ? "" : `; did you mean ${near}? Then pass --column ${field}=${near}`;
      throw new OperationError(
        "invalid_input",
        `line ${line}: there is no column ${mapping[field] ?? field} in the header (${names.join(", ").slice(0, 300)})${hint}`,
        {
          advice: `${elsewhere}The header must name ${listed(true)}; ${listed(false)} are optional.`,
        },
      );
    }
  }
  const used = new Set(Object.values(at));
  return { at, width: names.length, ignored: names.filter((name, index) => name !== "" && !used.has(index)) };
}

/** The column names to look for, in lower case. */
export function columnNames(mapping: ColumnMapping): ReadonlySet<string> {
  return new Set(FIELDS.map((field) => (mapping[field] ?? field).toLowerCase()));
}

function listed(required: boolean): string {
  const names = COLUMNS.filter(({ isRequired }) => (isRequired === true) === required).map(({ name }) => name);
  return new Intl.ListFormat("en-GB").format(names);
}
