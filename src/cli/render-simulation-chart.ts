// The time series of a simulation as charts for a terminal: columns of blocks next to a scale, the clock below. Pure text.

import type { Series, SeriesPoint } from "../dialing/index.ts";
import { shareText } from "./text.ts";

const HEIGHT = 6;
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const HOUR = 3600;

interface ChartStyle {
  /** Width of a chart in columns, including its scale. */
  readonly width: number;
  /** Block characters; plain ones otherwise. */
  readonly blocks: boolean;
}

interface Plotted {
  readonly title: string;
  /** The rate of several neighbouring points; NaN without a denominator. */
  readonly of: (points: readonly SeriesPoint[]) => number;
  readonly write: (value: number) => string;
  /** Values that the scale must include. */
  readonly includes: readonly number[];
  /** The scale ends at a multiple of it; without it the scale begins at 0 and ends at the highest value. */
  readonly step?: number;
  /** A value to mark, such as a limit. */
  readonly mark?: number;
}

const sum = (points: readonly SeriesPoint[], of: (point: SeriesPoint) => number): number =>
  points.reduce((total, point) => total + of(point), 0);
const mean = (points: readonly SeriesPoint[], of: (point: SeriesPoint) => number): number =>
  sum(points, (point) => of(point) * (point.to - point.from)) / sum(points, ({ from, to }) => to - from);
const whole = (value: number): string => String(Number(value.toPrecision(3)));

/**
 * Occupancy, abandonment, agents and trunks over the day.
 * @param startOfDay second of the day at which the run begins; @param limit abandonment rate allowed
 */
export function chartLines(series: Series, startOfDay: number, limit: number, style: ChartStyle): string[] {
  const plotted: readonly Plotted[] = [
    {
      title: "occupancy",
      of: (points) => sum(points, ({ busySeconds }) => busySeconds) / sum(points, ({ loggedInSeconds }) => loggedInSeconds),
      write: shareText,
      includes: [],
      step: 0.05,
    },
    {
      title: "abandoned",
      of: (points) => sum(points, ({ abandoned }) => abandoned) / sum(points, ({ liveAnswers }) => liveAnswers),
      write: shareText,
      includes: [0, limit],
      mark: limit,
    },
    { title: "agents at work", of: (points) => mean(points, ({ meanAgents }) => meanAgents), write: whole, includes: [0] },
    { title: "trunks in use", of: (points) => mean(points, ({ meanTrunks }) => meanTrunks), write: whole, includes: [0] },
  ];
  if (series.length < 2) return [];
  const scale = 9;
  const columns = groups(series, Math.max(10, style.width - scale - 2));
  const isFlat = ({ of, mark }: Plotted) => mark === undefined && new Set(columns.map(of).map(whole)).size === 1;
  const told = plotted.filter((one) => !isFlat(one));
  return told.flatMap((one) => [...chart(one, columns, scale, style), ...clock(columns, startOfDay, scale), ""]).slice(0, -1);
}

/** At most `width` groups of neighbouring points; when there are few points, each gets several columns. */
function groups(series: Series, width: number): SeriesPoint[][] {
  if (series.length > width)
    return Array.from({ length: width }, (_, i) =>
      series.slice(Math.floor((i * series.length) / width), Math.floor(((i + 1) * series.length) / width)),
    );
  const times = Math.max(1, Math.min(6, Math.floor(width / series.length)));
  return series.flatMap((point) => Array.from({ length: times }, () => [point]));
}

function chart(plotted: Plotted, columns: readonly SeriesPoint[][], scale: number, style: ChartStyle): string[] {
  const values = columns.map(plotted.of);
  const known = [...values.filter(Number.isFinite), ...plotted.includes];
  const [low, high] = ends(Math.min(...known), Math.max(...known), plotted.step);
  const unit = (high - low || 1) / HEIGHT;
  const lines = Array.from({ length: HEIGHT }, (_, i) => {
    const floor = low + (HEIGHT - 1 - i) * unit;
    const cells = values.map((value) => cell((value - floor) / unit, style));
    const marked = plotted.mark !== undefined && plotted.mark > floor && plotted.mark <= floor + unit;
    const label =
      i === 0 ? plotted.write(high) : i === HEIGHT - 1 ? plotted.write(low) : marked ? plotted.write(plotted.mark ?? 0) : "";
    // The limit's line is drawn where the chart is empty.
    const dotted = marked ? cells.map((character) => (character === " " ? (style.blocks ? "┄" : "-") : character)) : cells;
    return `${label.padStart(scale)} ${style.blocks ? "│" : "|"}${dotted.join("")}`.trimEnd();
  });
  return [plotted.title, ...lines];
}

function ends(least: number, most: number, step: number | undefined): [number, number] {
  if (step === undefined) return [Math.min(0, least), most];
  return [step * Math.floor(least / step - 1e-9), step * Math.ceil(most / step + 1e-9)];
}

function cell(filled: number, { blocks }: ChartStyle): string {
  if (Number.isNaN(filled)) return " ";
  const eighths = Math.round(8 * Math.min(1, Math.max(0, filled)));
  return blocks ? (EIGHTHS[eighths] ?? " ") : eighths >= 4 ? "#" : " ";
}

/** Times of day at full hours, with enough space between them. */
function clock(columns: readonly SeriesPoint[][], startOfDay: number, scale: number): string[] {
  const line = Array<string>(columns.length + 6).fill(" ");
  let free = 0;
  let before: number | undefined;
  for (const [i, points] of columns.entries()) {
    const from = points[0]?.from ?? 0;
    const hour = Math.floor((startOfDay + from + 1e-6) / HOUR);
    if (i >= free && hour !== before && (before !== undefined || (startOfDay + from) % HOUR === 0)) {
      const text = `${String(hour % 24).padStart(2, "0")}:00`;
      for (let k = 0; k < text.length; k++) line[i + k] = text.charAt(k);
      free = i + text.length + 2;
    }
    before = hour;
  }
  return [`${" ".repeat(scale + 2)}${line.join("")}`.trimEnd()];
}
