// The statement that counts the calls of a report in the lake.

import { DAY_MS, HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { SqlValue } from "../lake/lake.ts";
import { type ColumnDimension, daysOf, type ReportScope } from "./scope.ts";

export const COLUMNS: Readonly<Record<ColumnDimension, string>> = {
  campaign: "campaign_id",
  attempt: "attempt",
  list: "list_id",
  agent: "agent_id",
};

/** Parameters of a statement, collected while its text is built. */
export class Parameters {
  readonly values: SqlValue[] = [];

  text(value: SqlValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  instant(value: Instant): string {
    return `epoch_ms(${this.text(value)}::BIGINT)`;
  }
}

/** Calls of a period, but for those left out. */
interface WithinScope extends Pick<ReportScope, "campaigns" | "from" | "to"> {
  readonly coverage?: Pick<ReportScope["coverage"], "out">;
}

/** The conditions of a scope in SQL. */
export function within(scope: WithinScope, parameters: Parameters): string {
  const conditions = [`start_time >= ${parameters.instant(scope.from)}`, `start_time < ${parameters.instant(scope.to)}`];
  if (scope.campaigns !== undefined) conditions.push(inList("campaign_id", scope.campaigns, parameters));
  const left = Map.groupBy(
    (scope.coverage?.out ?? []).filter(({ from, to }) => from < scope.to && to > scope.from),
    ({ from, to }) => `${from} ${to}`,
  );
  for (const spans of left.values()) {
    const [{ from, to } = scope] = spans;
    const ours = inList("campaign_id", [...new Set(spans.map(({ campaignId }) => campaignId))], parameters);
    conditions.push(`not (${ours} and start_time >= ${parameters.instant(from)} and start_time < ${parameters.instant(to)})`);
  }
  return conditions.join(" and ");
}

export function inList(column: string, values: readonly string[], parameters: Parameters): string {
  if (values.length === 0) return "false";
  return `${column} in (${values.map((value) => parameters.text(value)).join(", ")})`;
}

/** SQL of the index of a call's era in the map. */
export function eraOf({ map, from, to }: ReportScope, parameters: Parameters): string {
  const first = map.eras.findIndex((era) => from < era.to);
  const whens = map.eras
    .map((era, place) => ({ end: era.to, place }))
    .filter(({ end }) => end > from && end < to)
    .map(({ end, place }) => `when start_time < ${parameters.instant(end)} then ${place}`);
  return whens.length === 0 ? `${first}` : `case ${whens.join(" ")} else ${first + whens.length} end`;
}

/**
 * The longest span that never crosses a full hour of local time: an hour, or a quarter of an hour where the zone's offset is not
 * in whole hours. ms
 */
export function stretch({ from, to, time }: ReportScope): number {
  for (let at = from; at < to + DAY_MS; at += DAY_MS) if (time.offset(at) % HOUR_MS !== 0) return HOUR_MS / 4;
  return HOUR_MS;
}

/** SQL of the index of a call's day in `daysOf(scope)`. Between clock changes all days have 24 hours. */
function dayOf(scope: ReportScope, parameters: Parameters): string {
  const days = daysOf(scope);
  const runs: { place: number; from: Instant; last: number }[] = [];
  for (const [place, { from }] of days.entries()) {
    const run = runs.at(-1);
    if (run !== undefined && from === run.from + (place - run.place) * DAY_MS) run.last = place;
    else runs.push({ place, from, last: place });
  }
  const within = ({ place, from, last }: (typeof runs)[number]) =>
    `least(${last}, ${place} + (epoch_ms(start_time) - ${parameters.text(from)}::BIGINT) // ${DAY_MS})`;
  const whens = runs
    .slice(1)
    .map((next, i) => `when start_time < ${parameters.instant(next.from)} then ${within(runs[i] ?? next)}`);
  const rest = within(runs.at(-1) ?? { place: 0, from: scope.from, last: 0 });
  return whens.length === 0 ? rest : `case ${whens.join(" ")} else ${rest} end`;
}

/** SQL of whether a code is a success in its era. */
function successOf({ map }: ReportScope, parameters: Parameters): string {
  const whens = map.eras.map(({ categories }, place) => {
    const codes = [...categories].filter(([, category]) => category === "success").map(([code]) => code);
    return `(era = ${place} and ${inList("code", codes, parameters)})`;
  });
  return `(${whens.join(" or ")})`;
}

/** The statement that counts a scope's calls in one pass: by time and code, by value and code, and by value and day. */
export function factsStatement(
  scope: ReportScope,
  dimensions: readonly ColumnDimension[],
): { sql: string; parameters: readonly SqlValue[] } {
  const parameters = new Parameters();
  const width = stretch(scope);
  const era = eraOf(scope, parameters);
  const day = dayOf(scope, parameters);
  const columns = dimensions.map((dimension) => COLUMNS[dimension]);
  const sets = ["(stretch, era, disposition_code)", ...columns.map((column) => `(${column}, day, era, disposition_code)`)];
  const grouping = `grouping(${["stretch", ...columns].join(", ")})::INTEGER`;
  const values = columns.length === 0 ? "null::VARCHAR" : `coalesce(${columns.map((column) => `${column}::VARCHAR`).join(", ")})`;
  const sql = `with fine as materialized (select ${grouping} as kind, stretch, ${columns.length === 0 ? "null::BIGINT as day" : "day"}, ${values} as value, era, disposition_code as code, count(*) as calls, sum(duration_seconds) as seconds
from (select epoch_ms(start_time) // ${width} as stretch, ${day} as day, ${[`${era} as era`, ...columns].join(", ")}, disposition_code, duration_seconds
  from calls where ${within(scope, parameters)})
group by grouping sets (${sets.join(", ")}))
select kind, stretch, null as day, value, era, code, sum(calls)::BIGINT as calls, sum(seconds) as seconds, null as successes from fine group by kind, stretch, value, era, code
union all
select kind, null, day, value, null, null, sum(calls)::BIGINT, null, coalesce(sum(calls) filter (${successOf(scope, parameters)}), 0)::BIGINT from fine where day is not null group by kind, day, value`;
  return { sql, parameters: parameters.values };
}
