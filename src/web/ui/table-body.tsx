// The rows of a table, all of them or a range.

import type { ComponentChildren } from "preact";

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly numeric?: boolean;
  /** Share of the width in a dense table, percent. */
  readonly width?: number;
  /** The cell that names the row. */
  readonly head?: boolean;
}

export interface RowsProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  readonly isChosen?: ((row: Row) => boolean) | undefined;
}

interface RowProps<Row> extends Pick<RowsProps<Row>, "columns" | "isChosen"> {
  readonly row: Row;
  /** Its index among all rows, from 0, when not all of them exist. */
  readonly index?: number;
  readonly onShown?: (element: HTMLTableRowElement | null) => void;
}

export function TableRow<Row>({ row, columns, isChosen, index, onShown }: RowProps<Row>) {
  return (
    <tr
      class={isChosen?.(row) === true ? "chosen" : undefined}
      // The header counts as the first row.
      {...(index === undefined ? {} : { "aria-rowindex": index + 2, "data-index": index })}
      {...(onShown === undefined ? {} : { ref: onShown })}
    >
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
  );
}
