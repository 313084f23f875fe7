// A plot over time: lines with an interval band, limits across it, and events as marks on the same axis.

import { useEffect, useRef } from "preact/hooks";
import type { TimeRange } from "../view/time-range.ts";
import type { Drawing, Drawn } from "./plot-drawing.ts";
import type { PlotLimit, PlotMark, PlotSeries } from "./plot-types.ts";

interface PlotProps {
  readonly title: string;
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly limits?: readonly PlotLimit[];
  readonly marks?: readonly PlotMark[];
  readonly text: (value: number) => string;
  /** Plots with the same key share the cursor. */
  readonly sync?: string;
  readonly height?: number;
  /** Whether values are counts: then ticks are at whole numbers only. */
  readonly counts?: boolean;
  /** The unit of the time axis. Default: minutes. */
  readonly axis?: "minute" | "day";
  /** The part of the times that is shown; all by default. */
  readonly range?: TimeRange | undefined;
  /** Called with the range that was selected with the pointer; without it none can be selected. */
  readonly onRange?: (range: TimeRange) => void;
  /** Called with the address of a mark that was clicked. */
  readonly onOpen?: (href: string) => void;
}

export function Plot(props: PlotProps) {
  const { title, times, series, text, limits = [], marks = [], sync, height = 190, axis = "minute", counts = false } = props;
  const { range, onRange, onOpen } = props;
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | undefined>(undefined);
  const pointed = useRef<HTMLParagraphElement>(null);
  const drawn = useRef<Drawn>({ times, series, limits, marks, range, onRange, onOpen });
  drawn.current = { times, series, limits, marks, range, onRange, onOpen };
  const shape = JSON.stringify(series.map(({ name, colour, band, stepped }) => [name, colour, band !== undefined, stepped]));

  const isEmpty = series.every(({ values }) => values.every((value) => value === null));

  useEffect(() => {
    const element = host.current;
    if (element === null || isEmpty) return undefined;
    let isOver = false;
    const tell = (told: string) => {
      if (pointed.current !== null) pointed.current.textContent = told;
    };
    const look = { series, text, sync, height, axis, counts, zooms: onRange !== undefined };
    import("./plot-drawing.ts").then(
      ({ drawPlot }) => {
        if (!isOver) drawing.current = drawPlot(element, look, () => drawn.current, tell);
      },
      () => tell("The code that draws the curves did not come. Load the page again."),
    );
    return () => {
      isOver = true;
      drawing.current?.end();
      drawing.current = undefined;
    };
  }, [shape, height, isEmpty]);

  useEffect(() => {
    drawing.current?.update();
  }, [times, series, limits, marks, range?.from, range?.to]);

  const last = series.map(({ name, values }) => {
    const value = values.findLast((one) => one !== null);
    return `${name} ${value === undefined || value === null ? "without figures" : text(value)}`;
  });
  return (
    <figure class="plot">
      <div class="card-head">
        <h2>{title}</h2>
        <span class="legend aside">
          {series.map(({ name, colour }) => (
            <span key={name}>
              <span class={`swatch ${colour.slice(2)}`} />
              {name}
            </span>
          ))}
          {limits.map(({ name, colour }) => (
            <span key={name}>
              <span class={`swatch line ${colour.slice(2)}`} />
              {name}
            </span>
          ))}
        </span>
      </div>
      {isEmpty ? <p class="muted">No figures in this time.</p> : null}
      {/* The line exists before the pointer is there, so that nothing moves. */}
      <p ref={pointed} class="plot-at muted small" aria-hidden="true" hidden={isEmpty} />
      <div ref={host} class="plot-host" hidden={isEmpty} role="img" aria-label={`${title}. Now: ${last.join("; ")}.`} />
    </figure>
  );
}
