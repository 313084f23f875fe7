// The heat map of hours and weekdays: levels by conversion, and where the figures are too thin to say anything. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import { counted, interval, intervalKind, percent } from "../../view/format.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Cells with fewer calls say nothing of their own. */
const FEWEST = 30;
const LEVELS = 5;

type HeatCell = ApiTypes.OutcomeReportView["heat"][number];

interface HeatSquare {
  readonly hour: number;
  /** 1 to 5; 0 without enough calls. */
  readonly level: number;
  readonly text: string;
  readonly title: string;
}

interface HeatRow {
  readonly weekday: string;
  readonly cells: readonly HeatSquare[];
}

interface HeatMap {
  readonly hours: readonly number[];
  readonly rows: readonly HeatRow[];
  /** Conversion that the darkest colour stands for. */
  readonly top: number;
}

/** All weekdays, and the hours from the first that has calls to the last. Levels are equal steps from no conversion to the best cell's. */
export function heatMap(cells: readonly HeatCell[]): HeatMap {
  const used = cells.filter(({ calls }) => calls > 0).map(({ hour }) => hour);
  const [from, to] = used.length === 0 ? [8, 20] : [Math.min(...used), Math.max(...used)];
  const hours = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const top = Math.max(0, ...cells.filter(({ calls }) => calls >= FEWEST).map(({ conversion }) => conversion.rate ?? 0));
  const byPlace = new Map(cells.map((cell) => [cell.weekday * 24 + cell.hour, cell]));
  return {
    hours,
    top,
    rows: WEEKDAYS.map((weekday, index) => ({
      weekday,
      cells: hours.map((hour) => square(byPlace.get((index + 1) * 24 + hour), weekday, hour, top)),
    })),
  };
}

function square(cell: HeatCell | undefined, weekday: string, hour: number, top: number): HeatSquare {
  const when = `${weekday} ${String(hour).padStart(2, "0")}:00`;
  if (cell === undefined || cell.calls === 0 || cell.conversion.rate === null)
    return { hour, level: 0, text: "", title: `${when}: no calls` };
  const { rate, low, high, numerator, denominator } = cell.conversion;
  const title = `${when}: ${percent(rate)} (${interval(low, high)}, ${intervalKind(cell.conversion)}), ${counted(numerator, denominator)}`;
  if (cell.calls < FEWEST) return { hour, level: 0, text: "·", title: `${title}; too few to say` };
  const level = top > 0 ? Math.min(LEVELS, Math.max(1, Math.ceil((LEVELS * rate) / top))) : 1;
  return { hour, level, text: (100 * rate).toFixed(0), title };
}
