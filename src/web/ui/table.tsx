// A table whose cells know their column, so that it can become a list of cards on a narrow screen.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Column, type RowsProps, TableRow } from "./table-body.tsx";

export type { Column };

/**
 * Number of rows that are shown first, about as many as fit a screen. The rest of a long table follows, twice as many each time.
 */
const FIRST = 8;
const NEXT_MS = 120;
/** A table with more rows has only those in the window; the code for that is loaded when there is such a table. */
const LONG = 60;

/** The component for the rows of a long table, once it is loaded. */
let Recycled: typeof import("./recycled-rows.tsx").RecycledRows | undefined;

export interface TableProps<Row> extends RowsProps<Row> {
  /** Read out before the table; not shown. */
  readonly caption: string;
  /** By which column the rows are sorted, and how another is asked for. */
  readonly order?: { readonly by: string; readonly isReversed: boolean; readonly onSort: (by: string) => void };
}

export function Table<Row>({ caption, columns, rows, rowKey, isChosen, dense = false, isOne = false, order }: TableProps<Row>) {
  const most = useSignal(FIRST);
  const isLong = rows.length > LONG;
  const isReady = useSignal(Recycled !== undefined);
  const isWhole = rows.length <= most.value;
  useEffect(() => {
    if (isWhole || isLong) return undefined;
    const timer = setTimeout(() => {
      most.value *= 2;
    }, NEXT_MS);
    return () => clearTimeout(timer);
  }, [isWhole, isLong, most.value]);
  useEffect(() => {
    if (!isLong || isReady.value) return;
    // When loading fails, all rows are drawn without it.
    import("./recycled-rows.tsx").then(
      ({ RecycledRows }) => {
        Recycled = RecycledRows;
        isReady.value = true;
      },
      () => {
        most.value = Number.POSITIVE_INFINITY;
      },
    );
  }, [isLong]);
  const body = { columns, rows, rowKey, isChosen, dense, isOne };
  const shown = isWhole ? rows : rows.slice(0, most.value);
  return (
    <div class="table-wrap" role="group" aria-label={`${caption}, table`} tabIndex={0}>
      <table
        class={`cards ${dense ? "dense" : ""} ${isOne ? "one" : ""}`}
        {...(isLong ? { "aria-rowcount": rows.length + 1 } : {})}
      >
        <caption class="visually-hidden">{caption}</caption>
        {dense ? (
          <colgroup>
            {columns.map(({ name, width }) => (
              <col key={name} {...(width === undefined ? {} : { width: `${width}%` })} />
            ))}
          </colgroup>
        ) : null}
        <thead>
          <tr {...(isLong ? { "aria-rowindex": 1 } : {})}>
            {columns.map(({ name, numeric, top, sort }) => {
              const isBy = sort !== undefined && sort === order?.by;
              return (
                <th
                  key={name}
                  scope="col"
                  class={numeric === true ? "num" : undefined}
                  {...(isBy ? { "aria-sort": order.isReversed ? "descending" : "ascending" } : {})}
                >
                  {sort === undefined || order === undefined ? (
                    (top ?? name)
                  ) : (
                    <button type="button" class="sort" onClick={() => order.onSort(sort)}>
                      {name} <span aria-hidden="true">{isBy ? (order.isReversed ? "↓" : "↑") : ""}</span>
                    </button>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        {isLong && isReady.value && Recycled !== undefined ? (
          <Recycled {...body} />
        ) : (
          <tbody>
            {shown.map((row, index) => (
              <TableRow
                key={rowKey(row)}
                row={row}
                columns={columns}
                isChosen={isChosen}
                dense={dense}
                isOne={isOne}
                {...(isLong ? { index } : {})}
              />
            ))}
          </tbody>
        )}
      </table>
    </div>
  );
}
