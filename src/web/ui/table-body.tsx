// The rows of a table, all of them or a range.

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { RowToggle } from "./row-toggle.tsx";

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
  /** Two or three lines per row on a wide screen: a row whose text is cut has a button that shows it whole, in its last cell. */
  readonly dense?: boolean;
}

interface RowProps<Row> extends Pick<RowsProps<Row>, "columns" | "isChosen" | "dense"> {
  readonly row: Row;
  /** Its index among all rows, from 0, when not all of them exist. */
  readonly index?: number;
  readonly onShown?: (element: HTMLTableRowElement | null) => void;
}

export function TableRow<Row>({ row, columns, isChosen, index, onShown, dense = false }: RowProps<Row>) {
  const element = useRef<HTMLTableRowElement | null>(null);
  return (
    <tr
      class={isChosen?.(row) === true ? "chosen" : undefined}
      // The header counts as the first row.
      {...(index === undefined ? {} : { "aria-rowindex": index + 2, "data-index": index })}
      ref={(shown) => {
        element.current = shown;
        onShown?.(shown);
      }}
    >
      {columns.map(({ name, cell, numeric, head }, i) =>
        head === true ? (
          <th key={name} scope="row">
            {cell(row)}
          </th>
        ) : (
          <td key={name} class={numeric === true ? "num" : undefined} data-label={name}>
            <div>
              {cell(row)}
              {dense && i === columns.length - 1 ? <RowToggle row={element} /> : null}
            </div>
          </td>
        ),
      )}
    </tr>
  );
}
