// Draws a plot with uPlot. That is most of the script of a page with curves, so it is loaded when the first curve is drawn.

import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { timeFormat, zoneName } from "../view/format.ts";
import type { TimeRange } from "../view/time-range.ts";
import type { PlotLimit, PlotMark, PlotSeries } from "./plot-types.ts";

/** Drawn over a plot: limits as horizontal lines, events as vertical lines with a letter. */
function drawMarks(
  plot: uPlot,
  limits: readonly PlotLimit[],
  marks: readonly PlotMark[],
  colour: (name: `--${string}`) => string,
): void {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = ratio;
  for (const { at, colour: name } of limits) {
    const y = Math.round(plot.valToPos(at, "y", true));
    ctx.strokeStyle = colour(name);
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
  }
  ctx.font = `600 ${10 * ratio}px sans-serif`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, colour: name, letter } of [...marks].sort((a, b) => a.at - b.at)) {
    const x = Math.round(plot.valToPos(at / 1000, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colour(name);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.setLineDash([2 * ratio, 2 * ratio]);
    stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
    // Marks that are close together share the letter of the first; the list below the plot names them all.
    if (x < free) continue;
    const width = ctx.measureText(letter).width;
    const isAtEnd = x + width + 4 * ratio > bbox.left + bbox.width;
    ctx.fillText(letter, isAtEnd ? x - width - 3 * ratio : x + 3 * ratio, bbox.top + 2 * ratio);
    free = x + width + 6 * ratio;
  }
  ctx.restore();
}

function stroke(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

/** For a canvas, which cannot use custom properties: the value of `--accent` and the like in the present theme. Reads the layout: call it once per drawing, not once per point. */
function colourOf(element: HTMLElement, name: `--${string}`): string {
  const probe = element.ownerDocument.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** A drawn plot. */
export interface Drawing {
  /** Draws the present data. */
  update(): void;
  /** It as a picture, with its title and what its colours mean. */
  picture(title: string): Promise<Blob>;
  end(): void;
}

/** Draws into an element, in its width. @param now returns the present data @param tell called with what is told at the pointer */
export function drawPlot(element: HTMLElement, look: Look, now: () => Drawn, tell: (lines: readonly string[]) => void): Drawing {
  const data = () => dataOf(now().times, now().series);
  const tip = element.ownerDocument.createElement("div");
  tip.className = "plot-tip";
  tip.hidden = true;
  const plot = new uPlot(
    optionsOf(element, look, now, (lines) => {
      showTip(plot, tip, lines);
      tell(lines);
    }),
    data(),
    element,
  );
  plot.over.append(tip);
  const byKey = (event: KeyboardEvent) => {
    const [times] = plot.data;
    const { min = 0, max = 0 } = plot.scales["x"] ?? {};
    const [first, last] = [times.findIndex((at) => at >= min), times.findLastIndex((at) => at <= max)];
    const { idx } = plot.cursor;
    const from = tip.hidden ? undefined : (idx ?? undefined);
    const to = {
      ArrowLeft: from === undefined ? last : from - 1,
      ArrowRight: from === undefined ? first : from + 1,
      Home: first,
      End: last,
      Escape: -1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const at = times[Math.min(last, Math.max(first, to))];
    const left = to === -1 && event.key === "Escape" ? -1 : plot.valToPos(at ?? 0, "x");
    plot.setCursor({ left, top: left < 0 ? -1 : plot.over.clientHeight / 2 });
  };
  element.addEventListener("keydown", byKey);
  const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: look.height }));
  resized.observe(element);
  const themed = new MutationObserver(() => plot.redraw(false, true));
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return {
    update: () => plot.setData(data()),
    picture: (title) => pictureOf(plot, title, look.series, now().limits, (name) => colourOf(element, name)),
    end() {
      element.removeEventListener("keydown", byKey);
      resized.disconnect();
      themed.disconnect();
      plot.destroy();
    },
  };
}

/** Lines at the pointer, on the side of it that has room; without any, nothing. */
function showTip(plot: uPlot, tip: HTMLElement, lines: readonly string[]): void {
  tip.hidden = lines.length === 0;
  tip.replaceChildren(
    ...lines.map((line) => {
      const row = tip.ownerDocument.createElement("div");
      row.textContent = line;
      return row;
    }),
  );
  const { left = 0 } = plot.cursor;
  const room = plot.over.clientWidth;
  const wanted = left > room / 2 ? left - tip.offsetWidth - TIP_PX : left + TIP_PX;
  tip.style.left = `${Math.max(0, Math.min(wanted, room - tip.offsetWidth))}px`;
}

const TIP_PX = 10;
/** Of a picture, above the curves: a line for the title and one for the legend, px. */
const PICTURE_HEAD = 44;

async function pictureOf(
  { ctx: { canvas: drawn } }: uPlot,
  title: string,
  series: readonly PlotSeries[],
  limits: readonly PlotLimit[],
  colour: (name: `--${string}`) => string,
): Promise<Blob> {
  const ratio = window.devicePixelRatio;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height + PICTURE_HEAD * ratio];
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("This browser draws no pictures.");
  ctx.fillStyle = colour("--surface");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(drawn, 0, PICTURE_HEAD * ratio);
  ctx.scale(ratio, ratio);
  ctx.fillStyle = colour("--text");
  ctx.font = "600 14px sans-serif";
  ctx.fillText(title, 8, 18);
  ctx.font = "11px sans-serif";
  let x = 8;
  for (const { name, colour: own } of [...series, ...limits]) {
    ctx.fillStyle = colour(own);
    ctx.fillText(name, x, 36);
    x += ctx.measureText(name).width + 16;
  }
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("The picture could not be made.")) : resolve(blob)));
  });
}

/** Shortest time on an axis, s. */
const LEAST_SECONDS = 300;
/** For longer times the time of day alone is ambiguous, s. */
const DAY_SECONDS = 86_400;
/** A mark within this distance of the pointer is reported. */
const NEAR_PX = 6;
/** Steps between ticks of time, s. */
const MINUTE_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((minutes) => 60 * minutes);
const DAY_STEPS = [1, 2, 5, 7, 14, 28, 56, 112].map((days) => DAY_SECONDS * days);
/** Steps between ticks of counts. */
const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000];

export interface Look {
  readonly series: readonly PlotSeries[];
  readonly text: (value: number) => string;
  readonly sync: string | undefined;
  readonly height: number;
  readonly axis: "minute" | "day";
  readonly counts: boolean;
  readonly zooms: boolean;
  /** What the values are of. */
  readonly unit: string;
}

/** What can change without creating the plot again. */
export interface Drawn {
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly limits: readonly PlotLimit[];
  readonly marks: readonly PlotMark[];
  readonly range: TimeRange | undefined;
  readonly onRange: ((range: TimeRange) => void) | undefined;
  readonly onOpen: ((href: string) => void) | undefined;
}

function optionsOf(
  element: HTMLElement,
  { series, text, sync, height, axis: shown, counts, zooms, unit }: Look,
  extra: () => Drawn,
  tell: (lines: readonly string[]) => void,
): uPlot.Options {
  const colour = (name: `--${string}`) => () => colourOf(element, name);
  const clock = timeFormat();
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px sans-serif",
    labelFont: "11px sans-serif",
    labelSize: 16,
    labelGap: 0,
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
      ...(one.dashed === true ? { dash: [5, 4] } : {}),
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
      // A range that is selected in one plot is reported only by that plot.
      ...(sync === undefined
        ? {}
        : { sync: { key: sync, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } } }),
    },
    scales: {
      // A single reading, or several of one moment, are shown at the end of a few minutes.
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
        // No two ticks have the same text: clock ticks are minutes apart, date ticks are days apart.
        incrs: (_, __, low, high) => (shown === "day" || high - low > DAY_SECONDS ? DAY_STEPS : MINUTE_STEPS),
        values: (plot, splits) => {
          const { min, max } = plot.scales["x"] ?? {};
          const isLong = (max ?? 0) - (min ?? 0) > DAY_SECONDS;
          return splits.map((at) => clock[shown === "day" || isLong ? "date" : "minute"](1000 * at));
        },
        space: 60,
        size: 28,
        label: shown === "day" ? "day" : `time in ${zoneName()}`,
      },
      { ...axis, values: (_, splits) => splits.map(text), size: 52, label: unit, ...(counts ? { incrs: COUNT_STEPS } : {}) },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left = -1 } = plot.cursor;
          const [times] = plot.data;
          const at = idx === null || idx === undefined ? undefined : times[idx];
          if (idx === null || idx === undefined || at === undefined) return tell([]);
          const isLong = (times.at(-1) ?? at) - (times[0] ?? at) > DAY_SECONDS;
          const near = marksAt(plot, extra().marks, left);
          plot.over.style.cursor = near.some(({ href }) => href !== undefined) ? "pointer" : "";
          tell([
            clock[isLong ? "day" : "clock"](1000 * at),
            ...valuesAt(extra().series, idx, text),
            ...near.map(({ text: what }) => what),
          ]);
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

/** Marks close to a position. @param left px from the plot's left edge */
const marksAt = (plot: uPlot, marks: readonly PlotMark[], left: number) =>
  marks.filter(({ at }) => Math.abs(plot.valToPos(at / 1000, "x") - left) <= NEAR_PX);

/** The values at a position of the axis, series by series, each with its band. */
function valuesAt(series: readonly PlotSeries[], index: number, text: (value: number) => string): string[] {
  return series.map(({ name, values, band }) => {
    // Where another series has a moment, it is the reading before it.
    const own = values.findLastIndex((one, i) => i <= index && one !== undefined);
    const value = values[own];
    if (value === null || value === undefined) return `${name} without figures`;
    const [low, high] = [band?.low[own], band?.high[own]];
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
