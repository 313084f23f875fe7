// A plot over time: lines with an interval band, limits across it, and events as marks on the same axis.

import { useEffect, useRef } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import type { TimeRange } from "../view/time-range.ts";
import type { Drawing, Drawn } from "./plot-drawing.ts";
import type { PlotLimit, PlotMark, PlotSeries } from "./plot-types.ts";
import { saveFile } from "./save-file.ts";

interface PlotProps {
  readonly title: string;
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly limits?: readonly PlotLimit[];
  readonly marks?: readonly PlotMark[];
  readonly text: (value: number) => string;
  /** What the values are of: the name of their axis. */
  readonly unit: string;
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
  const {
    title,
    times,
    series,
    text,
    unit,
    limits = [],
    marks = [],
    sync,
    height = 206,
    axis = "minute",
    counts = false,
  } = props;
  const { range, onRange, onOpen } = props;
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | undefined>(undefined);
  const { toasts } = useDashboard();
  const drawn = useRef<Drawn>({ times, series, limits, marks, range, onRange, onOpen });
  drawn.current = { times, series, limits, marks, range, onRange, onOpen };
  const shape = JSON.stringify(
    series.map(({ name, colour, band, stepped, dashed }) => [name, colour, band !== undefined, stepped, dashed]),
  );

  const isEmpty = series.every(({ values }) => values.every((value) => value === null || value === undefined));

  useEffect(() => {
    const element = host.current;
    if (element === null || isEmpty) return undefined;
    let isOver = false;
    const tell = (lines: readonly string[]) => element.setAttribute("aria-valuetext", lines.join(" · ") || now.current);
    const look = { series, text, unit, sync, height, axis, counts, zooms: onRange !== undefined };
    import("./plot-drawing.ts").then(
      ({ drawPlot }) => {
        if (!isOver) drawing.current = drawPlot(element, look, () => drawn.current, tell);
      },
      () => {
        element.textContent = "The code that draws the curves did not come. Load the page again.";
      },
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
    const value = values.findLast((one) => one !== null && one !== undefined);
    return `${name} ${value === undefined || value === null ? "without figures" : text(value)}`;
  });
  const now = useRef("");
  now.current = `Now: ${last.join("; ")}`;
  const copy = async () => {
    const picture = await drawing.current?.picture(title);
    if (picture === undefined) return;
    try {
      await navigator.clipboard.write([new ClipboardItem({ [picture.type]: picture })]);
      toasts.show("good", "Copied as a picture");
    } catch {
      // An old browser, or one that is not asked by a person's click: a file then.
      saveFile(
        picture,
        `${
          title
            .toLowerCase()
            .match(/[\p{L}\p{N}]+/gu)
            ?.join("-") ?? "curve"
        }.png`,
      );
    }
  };
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
          {isEmpty ? null : (
            <button
              type="button"
              class="button quiet small"
              aria-label={`Copy as a picture: ${title}`}
              onClick={() => void copy()}
            >
              Copy
            </button>
          )}
        </span>
      </div>
      {isEmpty ? <p class="muted">No figures in this time.</p> : null}
      {/* Arrow keys go from reading to reading, and what is told there is its value. */}
      <div
        ref={host}
        class="plot-host"
        hidden={isEmpty}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuenow={times.at(-1) ?? 0}
        aria-valuetext={now.current}
      />
    </figure>
  );
}
