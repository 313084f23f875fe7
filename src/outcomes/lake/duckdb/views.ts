// The SQL of the lake's views over the files that the catalog lists.
//
// A partition that compaction left with one `head` (and no later parts) contains each call once and is read as it is; for all
// others the latest version of each call must be found.

import type { OutcomeMap } from "../../meaning/outcome-map.ts";
import { ERASED_RAW } from "../../record/canonical.ts";
import type { LakeFile, RecordQuery } from "../lake.ts";
import { UTC_SINCE, versionOfFile } from "../layout.ts";
import { CALL_COLUMNS, QUARANTINE_COLUMNS } from "./columns.ts";
import { literal } from "./engine.ts";

/**
 * The latest observation among the versions of a call; with equal times, the greater digest. A call belongs to the day of its
 * start.
 */
const LATEST =
  "QUALIFY row_number() OVER (PARTITION BY campaign_id, call_id, epoch_us(start_time) // 86400000000 ORDER BY observed_at DESC, digest DESC) = 1";

const EMPTY_CALLS = `SELECT ''::VARCHAR AS call_id, ''::VARCHAR AS campaign_id, ''::VARCHAR AS disposition_code, NULL::TIMESTAMPTZ AS start_time,
  NULL::TIMESTAMPTZ AS end_time, 0::DOUBLE AS duration_seconds, ''::VARCHAR AS direction, ''::VARCHAR AS agent_id, ''::VARCHAR AS contact_id,
  ''::VARCHAR AS list_id, 0::INTEGER AS attempt, ''::VARCHAR AS raw, ''::BLOB AS digest, NULL::TIMESTAMPTZ AS observed_at, ''::VARCHAR AS run_id WHERE false`;
const EMPTY_QUARANTINE = `SELECT ''::VARCHAR AS run_id, ''::VARCHAR AS campaign_id, ''::VARCHAR AS reason, ''::VARCHAR AS detail, ''::VARCHAR AS call_id,
  ''::VARCHAR AS row, NULL::TIMESTAMPTZ AS observed_at WHERE false`;

/**
 * An instant as the UTC wall clock. Casts between the two types of times ask a calendar, which costs ten times as much.
 * @param column of type TIMESTAMP WITH TIME ZONE
 */
export const wallClock = (column: string): string => `make_timestamp(epoch_us(${column}))`;

/** Reads files of calls without removing earlier versions. */
export function scan(root: string, files: readonly LakeFile[]): string {
  return files.length === 0 ? EMPTY_CALLS : reading(root, files, CALL_COLUMNS);
}

/** Rows of a file with those of a person emptied of all that says who it is; and which are theirs and are not empty yet. */
export function erasingSql(
  root: string,
  file: LakeFile,
  { pattern, calls }: { readonly pattern: string; readonly calls: readonly string[] },
): { readonly select: string; readonly theirs: string } {
  const has = (...columns: readonly string[]) => `regexp_matches(concat_ws(chr(10), ${columns.join(", ")}), ${literal(pattern)})`;
  const called = calls.length === 0 ? "false" : `coalesce(call_id IN (${calls.map(literal).join(", ")}), false)`;
  if (file.kind === "quarantine") {
    const theirs = `(${has("detail", "row")} OR (${called} AND "row" <> '{}'))`;
    return {
      select: `SELECT * REPLACE (CASE WHEN ${theirs} THEN 'erased' ELSE detail END AS detail, CASE WHEN ${theirs} THEN '{}' ELSE "row" END AS "row")
        FROM (${rowsOfFile(root, file)})`,
      theirs,
    };
  }
  const theirs = `(${has("agent_id", "contact_id", "list_id", "raw")} OR (${called} AND (contact_id IS NOT NULL OR raw IS DISTINCT FROM ${literal(ERASED_RAW)})))`;
  const emptied = [
    `CASE WHEN ${theirs} THEN NULL ELSE contact_id END AS contact_id`,
    `CASE WHEN ${theirs} THEN ${literal(ERASED_RAW)} ELSE raw END AS raw`,
    ...["agent_id", "list_id"].map((column) => `CASE WHEN ${has(column)} THEN NULL ELSE ${column} END AS ${column}`),
  ];
  return { select: `SELECT * REPLACE (${emptied.join(", ")}) FROM (${scan(root, [file])})`, theirs };
}

/** Of each file how many rows a condition holds for. */
export const countsSql = (files: readonly { readonly path: string; readonly from: string; readonly where: string }[]): string =>
  files
    .map(({ path, from, where }) => `SELECT ${literal(path)} AS path, count(*) AS rows FROM (${from}) WHERE ${where}`)
    .join(" UNION ALL ");

/** The rows of a file, whatever they are. */
export const rowsOfFile = (root: string, file: LakeFile): string =>
  file.kind === "quarantine" ? reading(root, [file], QUARANTINE_COLUMNS) : scan(root, [file]);

/** Files of version 1 have their instants as wall clocks in UTC, without saying so. */
function reading(root: string, files: readonly LakeFile[], columns: string): string {
  const { old = [], marked = [] } = Object.groupBy(files, ({ path }) => (versionOfFile(path) < UTC_SINCE ? "old" : "marked"));
  const marking = columns.replace(/\b(start_time|end_time|observed_at)\b/g, "make_timestamptz(epoch_us($1)) AS $1");
  const parts = [
    { from: marked, list: columns },
    { from: old, list: marking },
  ].flatMap(({ from, list }) =>
    from.length === 0 ? [] : [`SELECT ${list} FROM read_parquet([${paths(root, from)}], hive_partitioning = false)`],
  );
  // One SELECT in any case: callers append clauses to it.
  return parts.length === 1 ? (parts[0] ?? "") : `SELECT ${columns} FROM (${parts.join(" UNION ALL ")})`;
}

function paths(root: string, files: readonly LakeFile[]): string {
  return files.map(({ path }) => literal(`${root}/${path}`)).join(", ");
}

/**
 * The earliest and latest start in each file (ms since the epoch), in order; `place` is the index of the file. Files without rows
 * are left out.
 */
export function spansSql(root: string, files: readonly LakeFile[]): string {
  const each = files.map(
    (file, at) => `SELECT ${at} AS place, min(start_time) AS first, max(start_time) AS last FROM (${scan(root, [file])})`,
  );
  return `SELECT place, epoch_ms(first) AS first, epoch_ms(last) AS last FROM (${each.join(" UNION ALL ")})
    WHERE first IS NOT NULL ORDER BY first, last, place`;
}

/** The latest version of each call. */
function callsSql(root: string, files: readonly LakeFile[]): string {
  const { once, several } = split(files);
  const parts = [
    ...(once.length > 0 ? [scan(root, once)] : []),
    ...(several.length > 0 ? [`${scan(root, several)} ${LATEST}`] : []),
  ];
  return parts.length === 0 ? EMPTY_CALLS : parts.map((part) => `(${part})`).join(" UNION ALL ");
}

/**
 * Separates heads that are the only file of their partition from partitions in which a call may occur several times. History
 * files are left out: each of their calls is in a head.
 */
function split(files: readonly LakeFile[]): { once: LakeFile[]; several: LakeFile[] } {
  const byPartition = Map.groupBy(
    files.filter(({ kind }) => kind === "part" || kind === "head"),
    ({ campaignId, day }) => `${day}/${campaignId}`,
  );
  const once: LakeFile[] = [];
  const several: LakeFile[] = [];
  for (const group of byPartition.values()) {
    if (group.length === 1 && group[0]?.kind === "head") once.push(...group);
    else several.push(...group);
  }
  return { once, several };
}

/** Creates the views on a connection. */
export function createViews(root: string, files: readonly LakeFile[]): string {
  const kept = files.filter(({ kind }) => kind !== "quarantine");
  const poison = files.filter(({ kind }) => kind === "quarantine");
  const rows = poison.length === 0 ? EMPTY_QUARANTINE : reading(root, poison, QUARANTINE_COLUMNS);
  return [
    `CREATE OR REPLACE TEMP VIEW calls AS SELECT *, ${wallClock("start_time")}::DATE AS day FROM (${callsSql(root, kept)})`,
    `CREATE OR REPLACE TEMP VIEW versions AS SELECT *, ${wallClock("start_time")}::DATE AS day FROM (${scan(root, kept)})`,
    `CREATE OR REPLACE TEMP VIEW quarantine AS ${rows}`,
  ].join("; ");
}

/** The SELECT of a query for records, in order of start and call id. */
export function recordsSql(root: string, files: readonly LakeFile[], query: RecordQuery, columns = CALL_COLUMNS): string {
  const source =
    query.runId === undefined && query.asOf === undefined
      ? callsSql(root, files)
      : `${versionsSql(root, files, query)} ${LATEST}`;
  return `SELECT ${columns} FROM (${source}) source${whereSql(wanted(query))} ORDER BY start_time, call_id`;
}

/** The meaning of the calls' codes by a map, as the columns `category` and `mapped`. */
export function meaningSql({ eras }: OutcomeMap): string {
  const categories = eras.map(({ to, categories: codes }) => {
    const known = [...codes].map(([code, category]) => `WHEN ${literal(code)} THEN ${literal(category)}`).join(" ");
    const meant = known === "" ? "NULL" : `CASE disposition_code ${known} END`;
    return `WHEN ${Number.isFinite(to) ? `epoch_ms(source.start_time) < ${Math.ceil(to)}` : "true"} THEN ${meant}`;
  });
  const category = `CASE ${categories.join(" ")} END`;
  return `coalesce(${category}, 'neutral') AS category, (${category}) IS NOT NULL AS mapped`;
}

/** Whether each call of a query has only one version, and the earliest and latest start of its calls. */
export function digestShapeSql(root: string, files: readonly LakeFile[], query: RecordQuery): string {
  const conditions = wanted(query);
  const asked = conditions.length === 0 ? "" : ` FILTER (WHERE ${conditions.join(" AND ")})`;
  return `SELECT count(*) = count(DISTINCT call_id) AS once, count(*)${asked} AS rows,
    epoch_ms(min(start_time)${asked}) AS first, epoch_ms(max(start_time)${asked}) AS last
    FROM (${versionsSql(root, files, query)})`;
}

/** Digests of calls that start from `from` to before `to`, each with only one version, concatenated in order to one BLOB. */
export function digestSliceSql(
  root: string,
  files: readonly LakeFile[],
  query: RecordQuery,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const slice = [`start_time >= epoch_ms(${from}::BIGINT)`, `start_time < epoch_ms(${to}::BIGINT)`];
  // Sorted within the aggregate: with several threads, the order of a subquery is not kept.
  return `SELECT unhex(string_agg(hex(digest), '' ORDER BY start_time, call_id))
    FROM (${versionsSql(root, files, query)})${whereSql([...wanted(query), ...slice])}`;
}

/**
 * The versions among which a query's latest ones are: all that a retrieval brought, or that existed at an instant; otherwise the
 * files with latest versions.
 */
function versionsSql(root: string, files: readonly LakeFile[], { runId, asOf }: RecordQuery): string {
  const past: string[] = [];
  if (runId !== undefined) past.push(`run_id = ${literal(runId)}`);
  if (asOf !== undefined) past.push(`observed_at <= epoch_ms(${Math.floor(asOf)}::BIGINT)`);
  const kept = files.filter(({ kind }) => kind === "part" || kind === "head" || (kind === "history" && past.length > 0));
  return past.length === 0 ? scan(root, kept) : `SELECT * FROM (${scan(root, kept)})${whereSql(past)}`;
}

function wanted({ campaignId, from, to, codes }: RecordQuery): string[] {
  return [
    ...(campaignId === undefined ? [] : [`campaign_id = ${literal(campaignId)}`]),
    ...(from === undefined ? [] : [`start_time >= epoch_ms(${Math.ceil(from)}::BIGINT)`]),
    ...(to === undefined ? [] : [`start_time <= epoch_ms(${Math.floor(to)}::BIGINT)`]),
    ...(codes === undefined ? [] : [`disposition_code IN (${codes.map(literal).join(", ") || "NULL"})`]),
  ];
}

function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}
