// Calls and conversion by weekday and hour, for the heat map.

import { DAY_MS, HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { OutcomeLake } from "../lake/index.ts";
import { dailyGroups, type Rate } from "../meaning/conversion.ts";
import { classify } from "../meaning/outcome-map.ts";
import { DailyCounter } from "../meaning/tally.ts";
import { Parameters, within } from "./facts-statement.ts";
import { type ReportScope, rangeOf } from "./scope.ts";

/** No zone changes its clock within a quarter of an hour. */
const QUARTER_MS = 900_000;

/** An hour of the week. */
export interface HeatCell {
  /** ISO 8601: Monday is 1. */
  readonly weekday: number;
  readonly hour: number;
  readonly calls: number;
  readonly conversion: Rate;
}

/** The number of calls with a code that began in a span within one local hour. */
interface StretchCount {
  readonly at: Instant;
  readonly code: string;
  readonly calls: number;
}

/** Calls and conversion by local weekday and hour in the scope's zone, Monday first. */
export async function heatOf(lake: OutcomeLake, scope: ReportScope): Promise<readonly HeatCell[]> {
  const parameters = new Parameters();
  const rows = await lake.query<{ quarter: number | bigint; code: string; calls: number | bigint }>(
    `select epoch_ms(start_time) // ${QUARTER_MS} as quarter, disposition_code as code, count(*) as calls from calls
     where ${within(scope, parameters)} group by all`,
    parameters.values,
    rangeOf(scope),
  );
  return heatCells(
    scope,
    rows.map(({ quarter, code, calls }) => ({ at: Number(quarter) * QUARTER_MS, code, calls: Number(calls) })),
  );
}

/** The cells of the heat map from counts. */
export function heatCells(
  { map, time }: Pick<ReportScope, "map" | "time">,
  counts: readonly StretchCount[],
): readonly HeatCell[] {
  const cells = new Map<number, DailyCounter>();
  for (const { at, code, calls } of counts) {
    const local = at + time.offset(at);
    const day = Math.floor(local / DAY_MS);
    const place = (((day + 3) % 7) + 1) * 24 + Math.floor((local % DAY_MS) / HOUR_MS);
    let cell = cells.get(place);
    if (cell === undefined) cells.set(place, (cell = new DailyCounter()));
    cell.addOn(String(day), classify(map, code, at), calls, 0);
  }
  const groups = dailyGroups(new Map([...cells].map(([place, { days }]) => [place, days])));
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([place, { calls }]) => ({
      weekday: Math.floor(place / 24),
      hour: place % 24,
      calls,
      conversion: groups.rate(place),
    }));
}
