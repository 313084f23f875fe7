// The rows of a long table: only the rows in the window exist, with some before and after them; they are replaced while it
// scrolls. The row with the focus stays, and assistive technology gets the count of all rows and the index of each.

import {
  defaultRangeExtractor,
  measureElement,
  observeWindowOffset,
  observeWindowRect,
  type Range,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from "@tanstack/virtual-core";
import { useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import { type RowsProps, TableRow } from "./table-body.tsx";

/** Rows beyond the window's edges, so that the next rows for the keyboard already exist. */
const BEYOND = 10;
/** Height of a row before it is measured, px: that of a dense table, and of one with a line a row. */
const ESTIMATE = 64;
const ONE_LINE = 33;

type Options = VirtualizerOptions<Window, HTMLTableRowElement>;

export function RecycledRows<Row>({ rows, rowKey, columns, isChosen, dense = false, isOne = false }: RowsProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [, draw] = useReducer<number, undefined>((turn) => turn + 1, 0);
  const focused = () => {
    const row = body.current?.contains(document.activeElement) === true ? document.activeElement?.closest("tr") : null;
    const index = Number(row?.dataset["index"] ?? Number.NaN);
    return index < rows.length ? index : undefined;
  };
  const options: Options = {
    count: rows.length,
    getScrollElement: () => window,
    estimateSize: () => (isOne ? ONE_LINE : ESTIMATE),
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    overscan: BEYOND,
    scrollMargin: body.current === null ? 0 : body.current.getBoundingClientRect().top + window.scrollY,
    rangeExtractor: (range: Range) => {
      const shown = defaultRangeExtractor(range);
      const held = focused();
      return held === undefined || shown.includes(held) ? shown : [...shown, held].sort((a, b) => a - b);
    },
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    measureElement,
    onChange: () => draw(undefined),
  };
  const virtualizer = useMemo(() => new Virtualizer<Window, HTMLTableRowElement>(options), []);
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  const items = virtualizer.getVirtualItems();
  const { scrollMargin } = options;
  // A gap stands for the rows that are not there: before the first one, after the last one, and beside a row that was kept.
  let reached = scrollMargin ?? 0;
  const drawn = items.flatMap(({ index, key, start, end }) => {
    const row = rows[index];
    if (row === undefined) return [];
    const gap = start - reached;
    reached = end;
    return [
      gap < 1 ? null : <Gap key={`before ${key}`} height={gap} columns={columns.length} />,
      <TableRow
        key={key}
        row={row}
        index={index}
        columns={columns}
        isChosen={isChosen}
        dense={dense}
        isOne={isOne}
        onShown={virtualizer.measureElement}
      />,
    ];
  });
  const rest = virtualizer.getTotalSize() + (scrollMargin ?? 0) - reached;
  return (
    <tbody ref={body}>
      {drawn}
      {rest < 1 ? null : <Gap key="rest" height={rest} columns={columns.length} />}
    </tbody>
  );
}

function Gap({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}
