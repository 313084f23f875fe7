// A plot over time: lines with an evidence band, limits across it, and what happened as marks on the same axis.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { timeFormat } from "../view/format.ts";
import type { TimeRange } from "../view/time-range.ts";
import { colourOf } from "./colours.ts";
import { drawMarks } from "./plot-marks.ts";
import type { PlotLimit, PlotMark, PlotSeries } from "./plot-types.ts";

export interface PlotProps {
  readonly title: string;
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly limits?: readonly PlotLimit[];
  readonly marks?: readonly PlotMark[];
  readonly text: (value: number) => string;
  /** Plots of one key share the cursor. */
  readonly sync?: string;
  readonly height?: number;
  /** Whether values are counts: ticks stand at whole numbers only. */
  readonly counts?: boolean;
  /** What the time axis shows. Default: minutes. */
  readonly axis?: "minute" | "day";
  /** The part of the times that is shown; all by default. */
  readonly range?: TimeRange | undefined;
  /** Told the part that was drawn out with the pointer; without it none can be. */
  readonly onRange?: (range: TimeRange) => void;
  /** Told where a mark leads that was clicked. */
  readonly onOpen?: (href: string) => void;
}

export function Plot(props: PlotProps) {
  const { title, times, series, text, limits = [], marks = [], sync, height = 190, axis = "minute", counts = false } = props;
  const { range, onRange, onOpen } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const pointed = useRef<HTMLParagraphElement>(null);
  const drawn = useRef<Drawn>({ limits, marks, range, onRange, onOpen });
  drawn.current = { limits, marks, range, onRange, onOpen };
  const shape = JSON.stringify(series.map(({ name, colour, band, stepped }) => [name, colour, band !== undefined, stepped]));

  const isEmpty = series.every(({ values }) => values.every((value) => value === null));

  useEffect(() => {
    const element = host.current;
    if (element === null || isEmpty) return undefined;
    const options = optionsOf(
      element,
      { series, text, sync, height, axis, counts, zooms: onRange !== undefined },
      () => drawn.current,
      (told) => {
        if (pointed.current !== null) pointed.current.textContent = told;
      },
    );
    const plot = new uPlot(options, dataOf(times, series), element);
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const themed = new MutationObserver(() => plot.redraw(false, true));
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [shape, height, isEmpty]);

  useEffect(() => {
    chart.current?.setData(dataOf(times, series));
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
      {/* Its line is there before the pointer is, so that nothing moves. */}
      <p ref={pointed} class="plot-at muted small" aria-hidden="true" hidden={isEmpty} />
      <div ref={host} class="plot-host" hidden={isEmpty} role="img" aria-label={`${title}. Now: ${last.join("; ")}.`} />
    </figure>
  );
}

/** The shortest time that an axis shows, s. */
const LEAST_SECONDS = 300;
/** Beyond it a clock alone does not say when. */
const DAY_SECONDS = 86_400;
/** A mark so near to the pointer is told. */
const NEAR_PX = 6;
/** Steps between ticks of counts. */
const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000];

interface Look {
  readonly series: readonly PlotSeries[];
  readonly text: (value: number) => string;
  readonly sync: string | undefined;
  readonly height: number;
  readonly axis: "minute" | "day";
  readonly counts: boolean;
  readonly zooms: boolean;
}

/** What may be another one without the plot being made anew. */
interface Drawn {
  readonly limits: readonly PlotLimit[];
  readonly marks: readonly PlotMark[];
  readonly range: TimeRange | undefined;
  readonly onRange: ((range: TimeRange) => void) | undefined;
  readonly onOpen: ((href: string) => void) | undefined;
}

function optionsOf(
  element: HTMLElement,
  { series, text, sync, height, axis: shown, counts, zooms }: Look,
  extra: () => Drawn,
  tell: (text: string) => void,
): uPlot.Options {
  const colour = (name: `--${string}`) => () => colourOf(element, name);
  const clock = timeFormat();
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px sans-serif",
  };
  const lines: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  for (const one of series) {
    const stepped = one.stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    lines.push({
      label: one.name,
      stroke: colour(one.colour),
      width: 1.75,
      points: { show: false },
      spanGaps: false,
      ...(stepped === undefined ? {} : { paths: stepped }),
      value: (_, value) => (value === null || value === undefined ? "–" : text(value)),
    });
    if (one.band === undefined) continue;
    const at = lines.length;
    const edge = { stroke: "transparent", width: 0, points: { show: false } } as const;
    lines.push({ label: "band high", ...edge }, { label: "band low", ...edge });
    bands.push({ series: [at + 1, at + 2], fill: () => faint(colourOf(element, one.colour)) });
  }
  return {
    width: element.clientWidth,
    height,
    series: [{ value: (_, at) => (at === null || at === undefined ? "–" : clock.clock(1000 * at)) }, ...lines],
    bands,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: {
      drag: { x: zooms, y: false, setScale: false, dist: NEAR_PX },
      // What is drawn out in one plot is told by it alone.
      ...(sync === undefined
        ? {}
        : { sync: { key: sync, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } } }),
    },
    scales: {
      // One reading alone, or a few of one moment, stand at the end of a few minutes.
      x: {
        time: true,
        range: (_, low, high) => {
          const { range } = extra();
          if (range !== undefined) return [range.from / 1000, range.to / 1000];
          return [high - low < LEAST_SECONDS ? high - LEAST_SECONDS : low, high];
        },
      },
      y: {
        range: (_, low, high) => {
          const limits = extra().limits.map(({ at }) => at);
          const top = Math.max(high ?? 0, ...limits);
          return uPlot.rangeNum(Math.min(0, low ?? 0), top > 0 ? top : 1, 0.1, true);
        },
      },
    },
    axes: [
      {
        ...axis,
        values: (_, splits) => splits.map((at) => clock[shown === "day" ? "date" : "minute"](1000 * at)),
        space: 60,
        size: 28,
      },
      { ...axis, values: (_, splits) => splits.map(text), size: 52, ...(counts ? { incrs: COUNT_STEPS } : {}) },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left = -1 } = plot.cursor;
          const [times] = plot.data;
          const at = idx === null || idx === undefined ? undefined : times[idx];
          if (idx === null || idx === undefined || at === undefined) return tell("");
          const isLong = (times.at(-1) ?? at) - (times[0] ?? at) > DAY_SECONDS;
          const near = marksAt(plot, extra().marks, left);
          plot.over.style.cursor = near.some(({ href }) => href !== undefined) ? "pointer" : "";
          tell(
            [
              clock[isLong ? "day" : "clock"](1000 * at),
              ...valuesAt(series, idx, text),
              ...near.map(({ text: what }) => what),
            ].join(" · "),
          );
        },
      ],
      ready: [
        (plot) =>
          plot.over.addEventListener("click", () => {
            const { marks, onOpen } = extra();
            const leads = marksAt(plot, marks, plot.cursor.left ?? -1).find(({ href }) => href !== undefined);
            if (leads?.href !== undefined) onOpen?.(leads.href);
          }),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width === 0) return;
          const at = (px: number) => Math.round(1000 * plot.posToVal(px, "x"));
          extra().onRange?.({ from: at(left), to: at(left + width) });
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [
        (plot) => {
          const { limits, marks } = extra();
          drawMarks(plot, limits, marks, (name) => colourOf(element, name));
        },
      ],
    },
  };
}

/** Marks so near to a place that they are meant. @param left px from the plot's left edge */
const marksAt = (plot: uPlot, marks: readonly PlotMark[], left: number) =>
  marks.filter(({ at }) => Math.abs(plot.valToPos(at / 1000, "x") - left) <= NEAR_PX);

/** What stands at a place of the axis, series by series, each with its band. */
function valuesAt(series: readonly PlotSeries[], index: number, text: (value: number) => string): string[] {
  return series.map(({ name, values, band }) => {
    const value = values[index];
    if (value === null || value === undefined) return `${name} without figures`;
    const [low, high] = [band?.low[index], band?.high[index]];
    const within = typeof low === "number" && typeof high === "number" ? ` (${text(low)} to ${text(high)})` : "";
    return `${name} ${text(value)}${within}`;
  });
}

function dataOf(times: readonly number[], series: readonly PlotSeries[]): uPlot.AlignedData {
  const columns = series.flatMap(({ values, band }) =>
    band === undefined ? [[...values]] : [[...values], [...band.high], [...band.low]],
  );
  return [times.map((at) => at / 1000), ...columns];
}

/** The same colour, mostly transparent. */
function faint(colour: string): string {
  return `color-mix(in srgb, ${colour} 18%, transparent)`;
}
