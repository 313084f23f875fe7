// A table whose cells know their column, so that it can become a list of cards on a narrow screen.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

/** So many rows are shown at once: about what a screen holds. The rest of a long table follows, twice as many every time. */
const FIRST = 8;
const NEXT_MS = 120;

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly numeric?: boolean;
  /** Share of the width in a dense table, per cent. */
  readonly width?: number;
  /** The cell that names the row. */
  readonly head?: boolean;
}

export interface TableProps<Row> {
  /** Read out before the table; not shown. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  readonly isChosen?: (row: Row) => boolean;
  /** Two or three lines a row, on a wide screen: what does not fit is cut, so cells say the whole in their titles. */
  readonly dense?: boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey, isChosen, dense = false }: TableProps<Row>) {
  const most = useSignal(FIRST);
  const isWhole = rows.length <= most.value;
  useEffect(() => {
    if (isWhole) return undefined;
    const timer = setTimeout(() => {
      most.value *= 2;
    }, NEXT_MS);
    return () => clearTimeout(timer);
  }, [isWhole, most.value]);
  const shown = isWhole ? rows : rows.slice(0, most.value);
  return (
    <div class="table-wrap" role="group" aria-label={`${caption}, table`} tabIndex={0}>
      <table class={dense ? "cards dense" : "cards"}>
        <caption class="visually-hidden">{caption}</caption>
        {dense ? (
          <colgroup>
            {columns.map(({ name, width }) => (
              <col key={name} {...(width === undefined ? {} : { width: `${width}%` })} />
            ))}
          </colgroup>
        ) : null}
        <thead>
          <tr>
            {columns.map(({ name, numeric }) => (
              <th key={name} scope="col" class={numeric === true ? "num" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={rowKey(row)} class={isChosen?.(row) === true ? "chosen" : undefined}>
              {columns.map(({ name, cell, numeric, head }) =>
                head === true ? (
                  <th key={name} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} class={numeric === true ? "num" : undefined} data-label={name}>
                    <div>{cell(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
