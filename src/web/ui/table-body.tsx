// The rows of a table, all of them or a range.

import { useSignal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

// The button of a row whose text is cut: it shows the whole of it, by pointer, touch and keyboard. Assistive technology reads the whole
// text in any case.

/** What may be cut, and what only a whole row shows. */
const TEXTS = ".lines, .cell-note, .small, a";

function isCut(row: HTMLTableRowElement): boolean {
  return [...row.querySelectorAll(TEXTS)].some(
    (one) =>
      getComputedStyle(one).overflow !== "visible" &&
      (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1),
  );
}

function RowToggle({ row, isOne }: { readonly row: RefObject<HTMLTableRowElement | null>; readonly isOne: boolean }) {
  const isNeeded = useSignal(false);
  const isWhole = useSignal(false);
  const look = () => {
    const element = row.current;
    // A row that is whole is not cut, and its button stays.
    if (element === null || isWhole.peek()) return;
    isNeeded.value = getComputedStyle(element).display === "table-row" && (isOne || isCut(element));
  };
  // The text may be another one each time. It is measured after it was shown: to measure it before would hold up the first content.
  useEffect(look);
  useEffect(() => {
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  if (!isNeeded.value) return null;
  return (
    <button
      type="button"
      class="row-toggle"
      aria-expanded={isWhole.value}
      aria-label="The whole row"
      onClick={() => {
        isWhole.value = !isWhole.value;
        row.current?.classList.toggle("whole", isWhole.value);
      }}
    >
      <span aria-hidden="true">{isWhole.value ? "▴" : "▾"}</span>
    </button>
  );
}

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly numeric?: boolean;
  /** Share of the width in a dense table, percent. */
  readonly width?: number;
  /** In the head, in place of the name. */
  readonly top?: ComponentChildren;
  /** The order that its head asks for. */
  readonly sort?: string;
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
  /** Of a dense table: each row has one line until its button shows it whole. */
  readonly isOne?: boolean;
}

interface RowProps<Row> extends Pick<RowsProps<Row>, "columns" | "isChosen" | "dense" | "isOne"> {
  readonly row: Row;
  /** Its index among all rows, from 0, when not all of them exist. */
  readonly index?: number;
  readonly onShown?: (element: HTMLTableRowElement | null) => void;
}

export function TableRow<Row>({ row, columns, isChosen, index, onShown, dense = false, isOne = false }: RowProps<Row>) {
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
              {dense && i === columns.length - 1 ? <RowToggle row={element} isOne={isOne} /> : null}
            </div>
          </td>
        ),
      )}
    </tr>
  );
}
