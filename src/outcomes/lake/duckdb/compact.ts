// Compaction: merges the files of a partition into a head (the latest version of each call) and a history (the earlier versions).
// The catalog replaces the old files by the new ones in one step: before it nobody sees the new files, after it nobody sees the
// old ones.

import { rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { STAGING } from "../files.ts";
import type { LakeCatalog, LakeFile, LakeFileKind } from "../lake.ts";
import { versionOfFile } from "../layout.ts";
import { CALL_COLUMNS, copyToParquet } from "./columns.ts";
import type { Connection, Engine } from "./engine.ts";
import { oneRowOf, rowsOf } from "./rows.ts";
import { scan, spansSql } from "./views.ts";

const RANKED = "row_number() OVER (PARTITION BY campaign_id, call_id ORDER BY observed_at DESC, digest DESC) AS place";

/** What a merge needs. */
export interface MergeSetting {
  readonly root: string;
  readonly engine: Engine;
  readonly catalog: LakeCatalog;
  /** Moves a finished staging file to its place in the lake. */
  readonly settle: (temporary: string, file: Omit<LakeFile, "path" | "bytes"> & { readonly name: string }) => Promise<LakeFile>;
  readonly temporaryName: () => string;
}

/** Merges the files of one partition. @returns the number of its files afterwards, or undefined when another writer was faster */
export async function mergePartition(setting: MergeSetting, files: readonly LakeFile[]): Promise<number | undefined> {
  const [first] = files;
  if (first === undefined) return 0;
  const { campaignId, day } = first;
  const { rows, calls } = await oneRowOf<{ rows: number; calls: number }>(
    setting.engine,
    `SELECT count(*) AS rows, count(DISTINCT call_id) AS calls FROM (${scan(setting.root, files)})`,
  );
  const made = await setting.engine.use(async (connection) => {
    if (rows === calls) return [await copy(setting, connection, await plain(setting, connection, files), "head", calls)];
    return [
      await copy(setting, connection, ranked(setting.root, files, "= 1"), "head", calls),
      await copy(setting, connection, ranked(setting.root, files, "> 1"), "history", rows - calls),
    ];
  });
  const added: LakeFile[] = [];
  for (const { temporary, kind, rows } of made)
    added.push(await setting.settle(temporary, { kind, campaignId, day, rows, name: "merged" }));
  // Their age counts from now on: a reader that began earlier still finds them during the grace period.
  const now = new Date();
  for (const { path } of files) await utimes(join(setting.root, path), now, now).catch(() => undefined);
  if (await setting.catalog.replace(files, added)) return added.length;
  for (const { path } of added) await rm(join(setting.root, path), { force: true });
  return undefined;
}

const ORDER = "ORDER BY start_time, call_id, observed_at";

/** Versions by their rank among the versions of their call. */
function ranked(root: string, files: readonly LakeFile[], place: "= 1" | "> 1"): string {
  return `SELECT ${CALL_COLUMNS} FROM (SELECT *, ${RANKED} FROM (${scan(root, files)})) WHERE place ${place} ${ORDER}`;
}

/**
 * All rows without sorting, which would keep all of them in memory. Possible when the files follow each other in time, as the
 * pages of a listing do.
 */
async function plain({ root, engine }: MergeSetting, connection: Connection, files: readonly LakeFile[]): Promise<string> {
  const spans = await rowsOf<{ place: number; first: number; last: number }>(engine, connection, spansSql(root, files), []);
  const follow = spans.every(({ first }, n) => n === 0 || first >= (spans[n - 1]?.last ?? first));
  // Files of two versions are not read in the order in which they are named.
  const alike = new Set(files.map(({ path }) => versionOfFile(path))).size === 1;
  if (!follow || !alike) return `${scan(root, files)} ${ORDER}`;
  return scan(
    root,
    spans.flatMap(({ place }) => files[place] ?? []),
  );
}

async function copy(
  { root, temporaryName }: MergeSetting,
  connection: Connection,
  select: string,
  kind: LakeFileKind,
  expected: number,
): Promise<{ temporary: string; kind: LakeFileKind; rows: number }> {
  const temporary = join(root, STAGING, temporaryName());
  const rows = await copyToParquet(connection, select, temporary, "zstd");
  if (rows !== expected) throw new Error(`merging wrote ${rows} rows where ${expected} were expected`);
  return { temporary, kind, rows };
}
