// The readings of a campaign as columns for plots. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import type { Colour, PlotMark, PlotSeries } from "../../ui/plot-types.ts";
import { gapsIn } from "../../view/film.ts";
import { span, timeFormat } from "../../view/format.ts";

type Point = ApiTypes.MetricPoint;

type Column = (of: (point: Point) => number | null) => PlotSeries["values"];

interface Columns {
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly column: Column;
}

/** The times of two groups of columns as one, and the columns of each at them. */
export function besideEachOther(own: Columns, other: Columns): Columns & { readonly besides: Column } {
  const times = [...new Set([...own.times, ...other.times])].sort((a, b) => a - b);
  const at = ({ times: few, column }: Columns): Column => {
    const places = new Map(few.map((time, i) => [time, i]));
    return (of) => {
      const values = column(of);
      return times.map((time) => values[places.get(time) ?? -1]);
    };
  };
  return { times, column: at(own), besides: at(other) };
}

/**
 * Readings by time. In a gap stands a moment without figures, so that no line is joined over it.
 * @param laterMs by so much later than they were
 */
export function columnsOf(series: readonly Point[], laterMs = 0): Columns {
  const sorted = [...series].sort((a, b) => a.at.localeCompare(b.at));
  const read = sorted.map(({ at }) => Date.parse(at) + laterMs);
  const gaps = gapsIn(read);
  const rows = sorted.flatMap((point, i) => (gaps.has(i) ? [null, point] : [point]));
  const times = read.flatMap((at, i) => (gaps.has(i) ? [(at + (read[i - 1] ?? at)) / 2, at] : [at]));
  return { times, column: (of) => rows.map((point) => (point === null ? null : of(point))) };
}

/** A gap at the beginning of the time shown that is worth a word, as a share of it. */
const GAP = 0.05;

/** What the plots have of the time shown; null when they have all of it. @param now ms since the epoch */
export function coverageOf(series: readonly Point[], hours: number, now: number): string | null {
  const { times } = columnsOf(series);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return "There are no readings in this time.";
  if (first === last) return `There is one reading in this time, of ${timeFormat().day(first)}.`;
  const asked = hours * 3_600_000;
  if (first - (now - asked) <= GAP * asked) return null;
  return `The readings cover ${span(last - first)} of ${span(asked)}: the first is of ${timeFormat().day(first)}. Nothing was read before.`;
}

/** Figures of a campaign on one side of a change. */
export interface Side {
  readonly at: number;
  readonly successRate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly calls: number | null;
  readonly abandonmentRate: number | null;
  readonly activeCalls: number | null;
}

/** A change of settings with the figures before and after it; null on a side that has none. */
export interface Effect {
  readonly at: number;
  readonly text: string;
  readonly before: Side | null;
  readonly after: Side | null;
}

/**
 * Each change of settings of the time shown, the latest first, with the last reading before it and the first one whose window holds no call from
 * before it.
 * @param minutes window of the readings; null counts as none
 */
export function effectsOf(
  series: readonly Point[],
  events: readonly ApiTypes.AxisEvent[],
  minutes: number | null,
): readonly Effect[] {
  const readings = series.map((point) => sideOf(point)).sort((a, b) => a.at - b.at);
  const changes = events.filter(({ kind }) => kind === "settings").map(({ at, text }) => ({ at: Date.parse(at), text }));
  return changes
    .toSorted((a, b) => b.at - a.at)
    .map(({ at, text }) => {
      const next = changes.reduce(
        (soonest, one) => (one.at > at ? Math.min(soonest, one.at) : soonest),
        Number.POSITIVE_INFINITY,
      );
      const before = readings.findLast((one) => one.at <= at) ?? null;
      // Not beyond the next change: that would be its effect.
      const after = readings.find((one) => one.at >= at + 60_000 * (minutes ?? 0) && one.at <= next) ?? null;
      return { at, text, before, after };
    });
}

function sideOf({ at, successRate, low, high, calls, abandonmentRate, activeCalls }: Point): Side {
  return { at: Date.parse(at), successRate, low, high, calls, abandonmentRate, activeCalls };
}

const LOOK: Readonly<
  Record<ApiTypes.AxisEvent["kind"], { readonly letter: string; readonly colour: Colour; readonly name: string }>
> = {
  settings: { letter: "S", colour: "--info", name: "Settings changed" },
  applied: { letter: "A", colour: "--info", name: "Applied" },
  failover: { letter: "F", colour: "--bad", name: "Failover" },
  paused: { letter: "P", colour: "--warn", name: "Paused" },
  resumed: { letter: "R", colour: "--good", name: "Resumed" },
  alarm: { letter: "!", colour: "--bad", name: "Alarm" },
};

export function lookOf(kind: ApiTypes.AxisEvent["kind"]): (typeof LOOK)[typeof kind] {
  return LOOK[kind];
}

export function marksOf(events: readonly ApiTypes.AxisEvent[]): readonly PlotMark[] {
  return events.map(({ at, kind, text, audit }) => ({
    at: Date.parse(at),
    letter: LOOK[kind].letter,
    colour: LOOK[kind].colour,
    text,
    href: auditOf({ at, audit }),
  }));
}

/** Entries of the audit may be written so long before and after the instant of what they are about, ms. */
const AUDIT_MS = 60_000;

/** Where the audit tells of something that happened: its entry, or what was written around that instant. */
export function auditOf({ at, audit }: Pick<ApiTypes.AxisEvent, "at" | "audit">): string {
  if (audit !== null) return `/audit?seq=${audit}`;
  // As the fields of the audit have it: minutes of the browser's own clock.
  const around = (ms: number) => {
    const then = new Date(Date.parse(at) + ms);
    return new Date(then.getTime() - 60_000 * then.getTimezoneOffset()).toISOString().slice(0, 16);
  };
  return `/audit?from=${around(-AUDIT_MS)}&to=${around(2 * AUDIT_MS)}`;
}
