// Calls and conversion by weekday and hour, as the heat map shows them.

import { type Instant, type RateInterval, wilsonInterval } from "../../kernel/index.ts";
import type { OutcomeLake } from "../lake/index.ts";
import { classify } from "../meaning/index.ts";
import type { ReportScope } from "./scope.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No zone's clock changes within one. */
const QUARTER_MS = 900_000;

/** An hour of the week. */
export interface HeatCell {
  /** ISO: Monday is 1. */
  readonly weekday: number;
  readonly hour: number;
  readonly calls: number;
  readonly conversion: RateInterval;
}

/** Calls and successes by weekday and hour of the scope's wall clock, Monday first. */
export async function heatOf(lake: OutcomeLake, scope: ReportScope): Promise<readonly HeatCell[]> {
  const { campaigns, from, to, map, time } = scope;
  const named = campaigns === undefined ? "" : ` and campaign_id in (${campaigns.map((_, i) => `$${i + 3}`).join(", ")})`;
  const rows = await lake.query<{ quarter: number | bigint; code: string; calls: number | bigint }>(
    `select epoch_ms(start_time) // ${QUARTER_MS} as quarter, disposition_code as code, count(*) as calls from calls
     where start_time >= epoch_ms($1::BIGINT) and start_time < epoch_ms($2::BIGINT)${named} group by all`,
    [from, to, ...(campaigns ?? [])],
    { from, to: to - 1 },
  );
  const cells = new Map<number, { calls: number; successes: number }>();
  for (const { quarter, code, calls } of rows) {
    const at: Instant = Number(quarter) * QUARTER_MS;
    const local = at + time.offset(at);
    const weekday = ((Math.floor(local / DAY_MS) + 3) % 7) + 1;
    const place = weekday * 24 + Math.floor((local % DAY_MS) / HOUR_MS);
    const cell = cells.get(place) ?? { calls: 0, successes: 0 };
    cell.calls += Number(calls);
    if (classify(map, code, at).category === "success") cell.successes += Number(calls);
    cells.set(place, cell);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([place, { calls, successes }]) => ({
      weekday: Math.floor(place / 24),
      hour: place % 24,
      calls,
      conversion: wilsonInterval(successes, calls),
    }));
}
