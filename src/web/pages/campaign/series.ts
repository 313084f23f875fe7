// The readings of a campaign as columns for plots. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import type { Colour, PlotMark } from "../../ui/plot-types.ts";

type Point = ApiTypes.MetricPoint;

export interface Columns {
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly column: (of: (point: Point) => number | null) => readonly (number | null)[];
}

export function columnsOf(series: readonly Point[]): Columns {
  const sorted = [...series].sort((a, b) => a.at.localeCompare(b.at));
  return { times: sorted.map(({ at }) => Date.parse(at)), column: (of) => sorted.map(of) };
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
  return events.map(({ at, kind }) => ({ at: Date.parse(at), letter: LOOK[kind].letter, colour: LOOK[kind].colour }));
}
