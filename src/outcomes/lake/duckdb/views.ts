// The SQL of the lake's views over the files that the catalog holds live.
//
// A partition that compaction left with one `head` (and no later parts) holds each call once and is read as it is; only the others pay for
// finding the latest version of each call.

import type { OutcomeMap } from "../../meaning/outcome-map.ts";
import type { LakeFile, RecordQuery } from "../lake.ts";
import { CALL_COLUMNS, QUARANTINE_COLUMNS } from "./columns.ts";
import { literal } from "./engine.ts";

/** Of several versions of one call the latest observation, for equal ones the greater digest. A call belongs to the day of its start. */
const LATEST =
  "QUALIFY row_number() OVER (PARTITION BY campaign_id, call_id, start_time::DATE ORDER BY observed_at DESC, digest DESC) = 1";

const EMPTY_CALLS = `SELECT ''::VARCHAR AS call_id, ''::VARCHAR AS campaign_id, ''::VARCHAR AS disposition_code, NULL::TIMESTAMP AS start_time,
  NULL::TIMESTAMP AS end_time, 0::DOUBLE AS duration_seconds, ''::VARCHAR AS direction, ''::VARCHAR AS agent_id, ''::VARCHAR AS contact_id,
  ''::VARCHAR AS list_id, 0::INTEGER AS attempt, ''::VARCHAR AS raw, ''::BLOB AS digest, NULL::TIMESTAMP AS observed_at, ''::VARCHAR AS run_id WHERE false`;
const EMPTY_QUARANTINE = `SELECT ''::VARCHAR AS run_id, ''::VARCHAR AS campaign_id, ''::VARCHAR AS reason, ''::VARCHAR AS detail, ''::VARCHAR AS call_id,
  ''::VARCHAR AS row, NULL::TIMESTAMP AS observed_at WHERE false`;

/** Reads files as they are. */
export function scan(root: string, files: readonly LakeFile[]): string {
  if (files.length === 0) return EMPTY_CALLS;
  return `SELECT ${CALL_COLUMNS} FROM read_parquet([${paths(root, files)}], hive_partitioning = false)`;
}

function paths(root: string, files: readonly LakeFile[]): string {
  return files.map(({ path }) => literal(`${root}/${path}`)).join(", ");
}

/** From when to when the rows of each file start (ms since the epoch), in order; `place` is its place among the files. Files without rows are left out. */
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

/** Heads that stand alone in their partition, and the files of partitions in which a call may occur several times. History is left out: every call of it is in a head. */
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
  const rows =
    poison.length === 0
      ? EMPTY_QUARANTINE
      : `SELECT ${QUARANTINE_COLUMNS} FROM read_parquet([${paths(root, poison)}], hive_partitioning = false)`;
  return [
    `CREATE OR REPLACE TEMP VIEW calls AS SELECT *, start_time::DATE AS day FROM (${callsSql(root, kept)})`,
    `CREATE OR REPLACE TEMP VIEW versions AS SELECT *, start_time::DATE AS day FROM (${scan(root, kept)})`,
    `CREATE OR REPLACE TEMP VIEW quarantine AS ${rows}`,
  ].join("; ");
}

/** The SELECT of a query for records, in the stated order. */
export function recordsSql(root: string, files: readonly LakeFile[], query: RecordQuery, columns = CALL_COLUMNS): string {
  const source =
    query.runId === undefined && query.asOf === undefined
      ? callsSql(root, files)
      : `${versionsSql(root, files, query)} ${LATEST}`;
  return `SELECT ${columns} FROM (${source}) source${whereSql(wanted(query))} ORDER BY start_time, call_id`;
}

/** What the codes of calls mean by a map, as the columns `category` and `mapped`. */
export function meaningSql({ eras }: OutcomeMap): string {
  const categories = eras.map(({ to, categories: codes }) => {
    const known = [...codes].map(([code, category]) => `WHEN ${literal(code)} THEN ${literal(category)}`).join(" ");
    const meant = known === "" ? "NULL" : `CASE disposition_code ${known} END`;
    return `WHEN ${Number.isFinite(to) ? `epoch_ms(source.start_time) < ${Math.ceil(to)}` : "true"} THEN ${meant}`;
  });
  const category = `CASE ${categories.join(" ")} END`;
  return `coalesce(${category}, 'neutral') AS category, (${category}) IS NOT NULL AS mapped`;
}

/** Whether the versions that a query looks at are of as many calls, and when the calls that it asks for start. */
export function digestShapeSql(root: string, files: readonly LakeFile[], query: RecordQuery): string {
  const conditions = wanted(query);
  const asked = conditions.length === 0 ? "" : ` FILTER (WHERE ${conditions.join(" AND ")})`;
  return `SELECT count(*) = count(DISTINCT call_id) AS once, count(*)${asked} AS rows,
    epoch_ms(min(start_time)${asked}) AS first, epoch_ms(max(start_time)${asked}) AS last
    FROM (${versionsSql(root, files, query)})`;
}

/** Digests one behind the other in the stated order, as one BLOB, of calls with one version each that start from `from` to before `to`. */
export function digestSliceSql(
  root: string,
  files: readonly LakeFile[],
  query: RecordQuery,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const slice = [`start_time >= epoch_ms(${from}::BIGINT)`, `start_time < epoch_ms(${to}::BIGINT)`];
  // Sorted within the aggregate: what is sorted below it may come in another order from several threads.
  return `SELECT unhex(string_agg(hex(digest), '' ORDER BY start_time, call_id))
    FROM (${versionsSql(root, files, query)})${whereSql([...wanted(query), ...slice])}`;
}

/** The versions among which a query's latest are: all that one run brought, or that were there at a time; otherwise the files that hold latest ones. */
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
