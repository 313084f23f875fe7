// What a report reads from the lake: counts of calls in each grouping. Classification is applied to the counts.

import type { Instant } from "../../kernel/index.ts";
import type { SqlValue } from "../lake/lake.ts";
import type { Arrivals } from "../meaning/restatement.ts";
import { COLUMNS, eraOf, factsStatement, inList, Parameters, stretch, within } from "./facts-statement.ts";
import { COLUMN_DIMENSIONS, type ColumnDimension, daysOf, type ReportScope, rangeOf } from "./scope.ts";

/** The number of calls with a code that began in a span of time. */
export interface TimeCount {
  /** Beginning of the span: an hour, or a quarter of an hour where an hour would cross a full hour of local time. */
  readonly at: Instant;
  /** Index of the era in the scope's map. */
  readonly era: number;
  readonly code: string;
  readonly calls: number;
  /** Sum of durations. */
  readonly seconds: number;
}

/** The number of calls with a code and a value in a column. */
export interface ValueCount {
  readonly dimension: ColumnDimension;
  /** null for calls without a value. */
  readonly value: string | null;
  readonly era: number;
  readonly code: string;
  readonly calls: number;
  readonly seconds: number;
}

/** The number of calls and successes on a day with a value in a column. */
export interface ValueDay {
  readonly dimension: ColumnDimension;
  readonly value: string | null;
  /** In the scope's local time, for example 2026-03-08. */
  readonly day: string;
  readonly calls: number;
  readonly successes: number;
}

/** The counts that a report is made of. */
export interface Facts {
  readonly times: readonly TimeCount[];
  readonly values: readonly ValueCount[];
  /** The same calls as `values`, by day. */
  readonly days: readonly ValueDay[];
}

/** What a report needs of the lake; `OutcomeLake` provides it. */
export interface ReportSource {
  query<Row extends object>(
    sql: string,
    parameters?: readonly SqlValue[],
    range?: { readonly campaignId?: string | undefined; readonly from?: Instant | undefined; readonly to?: Instant | undefined },
  ): Promise<Row[]>;
}

interface CodeRow {
  readonly kind: number;
  readonly stretch: number | null;
  readonly day: null;
  readonly value: string | null;
  readonly era: number;
  readonly code: string;
  readonly calls: number;
  readonly seconds: number;
}

interface DayRow {
  readonly kind: number;
  readonly day: number;
  readonly value: string | null;
  readonly calls: number;
  readonly successes: number;
}

/** Only the latest days of a period are read for names: the tenant's row of each call is long, ms. */
const NAMES_MS = 3 * 86_400_000;

/** Names of agents by id, from the tenant's own rows of their calls; those of the profile `acd` have them. */
export async function readAgentNames(source: ReportSource, scope: ReportScope): Promise<ReadonlyMap<string, string>> {
  const parameters = new Parameters();
  const latest = { ...scope, from: Math.max(scope.from, scope.to - NAMES_MS) };
  const part = (name: string) => `coalesce(json_extract_string(raw, '$.${name}'), '')`;
  const rows = await source.query<{ id: string; name: string }>(
    `select agent_id as id, max(trim(${part("firstName")} || ' ' || ${part("lastName")})) as name from calls
where agent_id is not null and raw is not null and ${within(latest, parameters)} group by agent_id`,
    parameters.values,
    rangeOf(latest),
  );
  return new Map(rows.flatMap(({ id, name }) => (name === "" ? [] : [[id, name]])));
}

/** Counts the calls of a scope. */
export async function readFacts(
  source: ReportSource,
  scope: ReportScope,
  dimensions: readonly ColumnDimension[] = COLUMN_DIMENSIONS,
): Promise<Facts> {
  const { sql, parameters } = factsStatement(scope, dimensions);
  const rows = await source.query<CodeRow | DayRow>(sql, parameters, rangeOf(scope));
  const width = stretch(scope);
  const kinds = groupingKinds(dimensions);
  const names = daysOf(scope).map(({ day }) => day);
  const times: TimeCount[] = [];
  const values: ValueCount[] = [];
  const days: ValueDay[] = [];
  for (const row of rows) {
    const dimension = kinds.get(row.kind);
    const { value, calls } = row;
    if (row.day !== null) {
      if (dimension !== undefined) days.push({ dimension, value, day: names[row.day] ?? "", calls, successes: row.successes });
      continue;
    }
    const { stretch, era, code, seconds } = row;
    if (dimension !== undefined) values.push({ dimension, value, era, code, calls, seconds });
    else times.push({ at: (stretch ?? 0) * width, era, code, calls, seconds });
  }
  return { times, values, days };
}

/**
 * The bit mask of SQL's GROUPING for each dimension: a bit is 1 for every column that is not grouped by; the first column is the
 * highest bit.
 */
function groupingKinds(dimensions: readonly ColumnDimension[]): ReadonlyMap<number, ColumnDimension> {
  const all = 2 ** (dimensions.length + 1) - 1;
  return new Map(dimensions.map((dimension, i) => [all - 2 ** (dimensions.length - 1 - i), dimension]));
}

interface TimeRow {
  readonly stretch: number | null;
  readonly era: number;
  readonly code: string;
  readonly calls: number;
  readonly seconds: number;
}

/** Conditions on columns; all of them must hold. */
export type ColumnConditions = Readonly<Partial<Record<ColumnDimension | "code", readonly string[]>>>;

/** Counts the calls of a scope that meet conditions, by time and code. */
export async function readCohort(
  source: ReportSource,
  scope: ReportScope,
  conditions: ColumnConditions,
): Promise<readonly TimeCount[]> {
  const parameters = new Parameters();
  const width = stretch(scope);
  const era = eraOf(scope, parameters);
  const wheres = [within(scope, parameters)];
  for (const [name, values] of Object.entries(conditions)) {
    const column = name === "code" ? "disposition_code" : `${COLUMNS[name as ColumnDimension]}::VARCHAR`;
    wheres.push(inList(column, values, parameters));
  }
  const rows = await source.query<TimeRow>(
    `select epoch_ms(start_time) // ${width} as stretch, ${era} as era, disposition_code as code, count(*) as calls, sum(duration_seconds) as seconds
from calls where ${wheres.join(" and ")} group by all`,
    parameters.values,
    rangeOf(scope),
  );
  return rows.map(({ stretch, era, code, calls, seconds }) => ({ at: (stretch ?? 0) * width, era, code, calls, seconds }));
}

/** Counts the calls that one retrieval brought within a scope, each once, by time and code. */
export async function readRun(source: ReportSource, scope: ReportScope, runId: string): Promise<readonly TimeCount[]> {
  const parameters = new Parameters();
  const width = stretch(scope);
  const era = eraOf(scope, parameters);
  const rows = await source.query<TimeRow>(
    `select epoch_ms(start_time) // ${width} as stretch, ${era} as era, disposition_code as code, count(*) as calls, sum(duration_seconds) as seconds
from (from versions where run_id = ${parameters.text(runId)} and ${within(scope, parameters)}
  qualify row_number() over (partition by call_id order by observed_at desc, digest desc) = 1) group by all`,
    parameters.values,
    rangeOf(scope),
  );
  return rows.map(({ stretch, era, code, calls, seconds }) => ({ at: (stretch ?? 0) * width, era, code, calls, seconds }));
}

/** A period, and when its figure was reported. */
export interface ReportedPeriod {
  readonly from: Instant;
  readonly to: Instant;
  readonly reportedAt: Instant;
}

/**
 * The changes to the calls of periods since each was reported, from the versions that the lake keeps.
 * @returns one for each period, in their order
 */
export async function readArrivals(
  source: ReportSource,
  campaigns: readonly string[] | undefined,
  periods: readonly ReportedPeriod[],
): Promise<Arrivals[]> {
  if (periods.length === 0) return [];
  const parameters = new Parameters();
  const list = periods
    .map(
      ({ from, to, reportedAt }, i) =>
        `(${i}, ${parameters.instant(from)}, ${parameters.instant(to)}, ${parameters.instant(reportedAt)})`,
    )
    .join(", ");
  const since = parameters.instant(Math.min(...periods.map(({ reportedAt }) => reportedAt)));
  const ours = campaigns === undefined ? "true" : inList("campaign_id", campaigns, parameters);
  const rows = await source.query<{ period: number; late: number; changed: number; withdrawn: number }>(
    `with period (i, begins, ends, reported) as (values ${list}),
touched as (select distinct call_id from versions where observed_at > ${since} and ${ours}),
seen as (select call_id, disposition_code, start_time, observed_at from versions where ${ours} and call_id in (from touched)),
state as (
  select i, call_id, begins, ends,
    arg_max(disposition_code, observed_at) filter (observed_at <= reported) as code_then,
    arg_max(start_time, observed_at) filter (observed_at <= reported) as start_then,
    arg_max(disposition_code, observed_at) as code_now,
    arg_max(start_time, observed_at) as start_now
  from seen, period group by i, call_id, begins, ends),
placed as (
  select i, code_then, code_now, start_now >= begins and start_now < ends as here_now,
    coalesce(start_then >= begins and start_then < ends, false) as here_then
  from state)
select i as period, count(*) filter (here_now and not here_then) as late,
  count(*) filter (here_now and here_then and code_now is distinct from code_then) as changed,
  count(*) filter (here_then and not here_now) as withdrawn
from placed group by i`,
    parameters.values,
    campaigns?.length === 1 ? { campaignId: campaigns[0] } : {},
  );
  const found = new Map(rows.map(({ period, late, changed, withdrawn }) => [period, { late, changed, withdrawn }]));
  return periods.map((_, i) => found.get(i) ?? { late: 0, changed: 0, withdrawn: 0 });
}
