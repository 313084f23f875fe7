// The lake, written and read by DuckDB, which reads files of this machine.

import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { RandomStream } from "../../../kernel/index.ts";
import type { OutcomeMap } from "../../meaning/outcome-map.ts";
import type { OutcomeRecord } from "../../record/record.ts";
import { ELSEWHERE, LakeError } from "../error.ts";
import type {
  CompactionReport,
  ErasedFiles,
  LakeCatalog,
  LakeFile,
  LakeFileKind,
  LakeRange,
  OutcomeLake,
  Partition,
  QuarantinedRow,
  RecordQuery,
  SqlValue,
  StagedFile,
  StagingPlace,
  StoredRecord,
} from "../lake.ts";
import { dayOf, fileName, partitionFolder, versionOfFile } from "../layout.ts";
import { PartWriter, stageParts } from "../part-writer.ts";
import { folderPlace, isDue, type LakePlace, STAGING } from "../place.ts";
import { CALL_COLUMNS, copyToParquet } from "./columns.ts";
import { Engine, type LakeConnection, literal, microsToMs, oneBlobOf, oneRowOf, rowsOf, streamOf } from "./engine.ts";
import {
  countsSql,
  createViews,
  digestShapeSql,
  digestSliceSql,
  erasingSql,
  meaningSql,
  recordsSql,
  rowsOfFile,
  scan,
  spansSql,
  wallClock,
} from "./views.ts";

const MIN_PARTS = 8;
/** Files that one statement looks through for a person. */
const FILES_AT_ONCE = 200;
/** Threads of a merge, for which nobody waits, and of hashing, for which a retrieval waits. */
const [MERGING, HASHING] = [1, 2] as const;
/**
 * Memory for working on a day: one megabyte for so many rows, between a least and a most, MB. Beyond that DuckDB uses the disk
 * where it can.
 */
const ROWS_PER_MB = 4000;
const [LEAST_MB, MOST_MB] = [64, 1024] as const;
const FORMATS = { parquet: "FORMAT parquet, COMPRESSION zstd", csv: "FORMAT csv, HEADER", ndjson: "FORMAT json" } as const;
/** Columns of exports: those of the files, with the digest as text, and times as ISO 8601 in formats without a type for times. */
const EXPORTED = `call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds, direction, agent_id, contact_id, list_id, attempt,
  raw, lower(hex(digest)) AS digest, observed_at, run_id`;
const EXPORTED_TEXT = EXPORTED.replace(
  /\b(start_time|end_time|observed_at)\b/g,
  `strftime(${wallClock("$1")}, '%Y-%m-%dT%H:%M:%S.%gZ') AS $1`,
);

const RECORD_COLUMNS = CALL_COLUMNS.replace("digest", "lower(hex(digest)) AS digest");

interface LakeOptions {
  /** Root folder, or where else the files are kept. */
  readonly root: string | LakePlace;
  readonly catalog: LakeCatalog;
  /** Makes file names unique across processes. */
  readonly random: RandomStream;
  /** The present time, ms since the epoch, for the age of leftover files. */
  readonly now: () => number;
  /** Memory that queries may use before they spill to disk, as DuckDB writes it; default 256MB. */
  readonly memoryLimit?: string | undefined;
  /** Default 2. */
  readonly threads?: number | undefined;
}

/** Opens the lake. Nothing is loaded or created before the first use. Throws LakeError `unsupported_root` for an address. */
export function openLake(options: LakeOptions): OutcomeLake {
  return new DuckDbLake(options);
}

class DuckDbLake implements OutcomeLake {
  readonly #place: LakePlace;
  /** The folder in which files can be read once the place has them there. */
  readonly #root: string;
  readonly #catalog: LakeCatalog;
  readonly #options: LakeOptions;
  #engine: Promise<Engine> | undefined;
  readonly #writer = new PartWriter();

  constructor(options: LakeOptions) {
    const { root, now } = options;
    if (typeof root === "string" && /^[a-z][a-z0-9+.-]+:\/\//i.test(root)) {
      throw new LakeError("unsupported_root", `the lake cannot be at ${root}`, {
        advice: "Give a folder of this machine, or s3://bucket/prefix in outdial.yaml.",
      });
    }
    this.#place = typeof root === "string" ? folderPlace(resolve(root), now) : root;
    this.#root = this.#place.root;
    this.#catalog = options.catalog;
    this.#options = options;
  }

  #open(): Promise<Engine> {
    const { memoryLimit = "256MB", threads = 2 } = this.#options;
    this.#engine ??= this.#start({ memoryLimit, threads }).catch((thrown: unknown) => {
      // The next attempt may succeed: a full disk may have room by then.
      this.#engine = undefined;
      throw thrown;
    });
    return this.#engine;
  }

  async #start(share: { readonly memoryLimit: string; readonly threads: number }): Promise<Engine> {
    return Engine.open({ ...share, spillFolder: join(await this.#stagingFolder(), `spill-${this.#unique()}`) });
  }

  /**
   * The folder of unfinished files. It is created when missing, unless the lake's files are all missing: then its disk is not
   * mounted, and files written now would be hidden when it is mounted again. Throws LakeError `lake_unavailable`.
   */
  async #stagingFolder(): Promise<string> {
    const folder = join(this.#root, STAGING);
    if (!existsSync(folder)) await this.#requireThere();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #requireThere(): Promise<void> {
    // In this order: meanwhile the first files of a lake may be written and listed.
    const [file] = [...(await this.#catalog.files()), ...(await this.#catalog.files({ kind: "quarantine" }))];
    if (file === undefined || (await this.#place.holds(file))) return;
    throw new LakeError(
      "lake_unavailable",
      `the lake's folder is gone or empty; a file that the store lists is missing: ${this.#place.name}/${file.path}`,
      { advice: `${ELSEWHERE} When a disk is not mounted, mount it again: jobs that wait for it then continue by themselves.` },
    );
  }

  async stagingPlace(): Promise<StagingPlace> {
    return { folder: await this.#stagingFolder(), unique: this.#unique() };
  }

  async write(records: readonly OutcomeRecord[], name: string): Promise<readonly LakeFile[]> {
    return this.adopt(stageParts(this.#writer.records(records), await this.stagingPlace()), name);
  }

  async quarantine(rows: readonly QuarantinedRow[], name: string): Promise<readonly LakeFile[]> {
    return this.adopt(stageParts(this.#writer.quarantine(rows), await this.stagingPlace()), name);
  }

  async adopt(staged: readonly StagedFile[], name: string): Promise<readonly LakeFile[]> {
    const files: LakeFile[] = [];
    for (const { temporary, ...file } of staged) files.push(await this.#settle(temporary, { ...file, name }));
    return files;
  }

  async #settle(temporary: string, made: Omit<LakeFile, "path" | "bytes"> & { readonly name: string }): Promise<LakeFile> {
    const { name, ...file } = made;
    const path = `${partitionFolder(file.kind, file.campaignId, file.day)}/${fileName(file.kind, name, this.#unique())}`;
    const bytes = await this.#place.publish(temporary, path);
    return { ...file, path, bytes };
  }

  async *records(query: RecordQuery = {}): AsyncGenerator<StoredRecord> {
    const engine = await this.#open();
    for (const files of await this.#daily(query)) {
      await this.#place.have(files);
      for await (const columns of streamOf(engine, recordsSql(this.#root, files, query, RECORD_COLUMNS))) {
        const count = columns[0]?.length ?? 0;
        for (let at = 0; at < count; at++) yield toRecord(columns, at);
      }
    }
  }

  async *digests(query: RecordQuery = {}): AsyncGenerator<Uint8Array> {
    const days = await this.#daily(query);
    if (days.length === 0) return;
    await this.#place.have(days.flat());
    await using engine = await this.#passing(HASHING, Math.max(...days.map(rowsIn)));
    yield* digestsOf(engine, this.#root, days, query);
  }

  /** The files of each day. The required order is by day, so that at most one day has to be sorted at a time. */
  async #daily(query: RecordQuery): Promise<readonly (readonly LakeFile[])[]> {
    const days = Map.groupBy(await this.#files(query), ({ day }) => day);
    return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, files]) => files);
  }

  async exportTo(path: string, format: keyof typeof FORMATS, map: OutcomeMap, query: RecordQuery = {}): Promise<number> {
    const engine = await this.#open();
    const target = resolve(path);
    const temporary = `${target}.${this.#unique()}.tmp`;
    const columns = `${format === "parquet" ? EXPORTED : EXPORTED_TEXT}, ${meaningSql(map)}`;
    const files = await this.#files(query);
    await this.#place.have(files);
    const select = recordsSql(this.#root, files, query, columns);
    try {
      await mkdir(dirname(target), { recursive: true });
      const result = await engine.use((connection) =>
        connection.run(`COPY (${select}) TO ${literal(temporary)} (${FORMATS[format]})`),
      );
      // DuckDB makes it for everybody, as far as the umask allows.
      await chmod(temporary, 0o600);
      await rename(temporary, target);
      return Number((await result.getRowsJS())[0]?.[0] ?? 0);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async query<Row extends object>(sql: string, parameters: readonly SqlValue[] = [], range: LakeRange = {}): Promise<Row[]> {
    const engine = await this.#open();
    const files = [
      ...(await this.#files(range)),
      ...(await this.#catalog.files({ campaignId: range.campaignId, kind: "quarantine" })),
    ];
    await this.#place.have(files);
    return engine.use(async (connection) => {
      await connection.run(createViews(this.#root, files));
      return rowsOf<Row>(engine, connection, sql, parameters);
    });
  }

  async partitions(range: LakeRange = {}): Promise<readonly Partition[]> {
    return [...(await this.#grouped(range)).values()].map((files) => ({
      campaignId: files[0]?.campaignId ?? "",
      day: files[0]?.day ?? "",
      files: files.length,
      rows: rowsIn(files),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: files.filter(({ kind }) => kind === "part").length,
    }));
  }

  async compact(range: LakeRange & { readonly minParts?: number | undefined } = {}): Promise<CompactionReport> {
    const due = [...(await this.#grouped(range)).values()].filter(
      (files) => files.filter(({ kind }) => kind === "part").length >= (range.minParts ?? MIN_PARTS),
    );
    if (due.length === 0) return { partitions: 0, filesBefore: 0, filesAfter: 0, skipped: 0 };
    return this.#merge(due);
  }

  /** An engine for one piece of work on days of at most `rows` rows, closed afterwards: DuckDB keeps the memory it took. */
  async #passing(threads: number, rows: number): Promise<Engine & AsyncDisposable> {
    const share = Math.min(MOST_MB, Math.max(LEAST_MB, Math.ceil(rows / ROWS_PER_MB)));
    const engine = await this.#start({ memoryLimit: `${share}MB`, threads });
    const dispose = async () => {
      await engine.close();
      await rm(engine.spillFolder, { recursive: true, force: true });
    };
    return Object.assign(engine, { [Symbol.asyncDispose]: dispose });
  }

  async #merge(due: readonly (readonly LakeFile[])[]): Promise<CompactionReport> {
    const setting = {
      place: this.#place,
      root: this.#root,
      catalog: this.#catalog,
      settle: this.#settle.bind(this),
      temporaryName: () => `${this.#unique()}.parquet`,
    };
    let [partitions, filesBefore, filesAfter, skipped] = [0, 0, 0, 0];
    for (const files of due) {
      await this.#place.have(files);
      await using engine = await this.#passing(MERGING, rowsIn(files));
      const after = await mergePartition({ ...setting, engine }, files);
      if (after === undefined) skipped += 1;
      else {
        partitions += 1;
        filesBefore += files.length;
        filesAfter += after;
      }
    }
    return { partitions, filesBefore, filesAfter, skipped };
  }

  async erase(person: { readonly pattern: string; readonly calls: readonly string[] }): Promise<ErasedFiles> {
    let rows = 0;
    const left: string[] = [];
    for (let again = true; again; ) {
      again = false;
      const listed = [...(await this.#catalog.files()), ...(await this.#catalog.files({ kind: "quarantine" }))];
      for (const { file, rows: theirs } of await this.#having(person, listed)) {
        const hash = await this.#rewrite(person, file);
        if (hash === undefined) again = true;
        else {
          rows += theirs;
          left.push(hash);
        }
      }
    }
    // Those that were replaced a while ago are there for readers that began before.
    const there: LakeFile[] = [];
    for (const file of await this.#catalog.files({ removed: true })) if (await this.#isThere(file)) there.push(file);
    for (const { file } of await this.#having(person, there)) await this.#place.remove(file.path);
    return { rows, left };
  }

  async #isThere(file: LakeFile): Promise<boolean> {
    try {
      await this.#place.have([file]);
      return existsSync(join(this.#root, file.path));
    } catch (thrown) {
      if (thrown instanceof LakeError && thrown.code === "lake_files_missing") return false;
      throw thrown;
    }
  }

  /** The files with rows of a person that are not empty yet. */
  async #having(
    person: Parameters<typeof erasingSql>[2],
    files: readonly LakeFile[],
  ): Promise<readonly { readonly file: LakeFile; readonly rows: number }[]> {
    const found: { file: LakeFile; rows: number }[] = [];
    for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
      const some = files.slice(from, from + FILES_AT_ONCE);
      await this.#place.have(some);
      const engine = await this.#open();
      const sql = countsSql(
        some.map((file) => ({
          path: file.path,
          from: rowsOfFile(this.#root, file),
          where: erasingSql(this.#root, file, person).theirs,
        })),
      );
      const counts = await engine.use((connection) => rowsOf<{ path: string; rows: number }>(engine, connection, sql, []));
      const byPath = new Map(counts.map(({ path, rows }) => [path, rows]));
      for (const file of some) if ((byPath.get(file.path) ?? 0) > 0) found.push({ file, rows: byPath.get(file.path) ?? 0 });
    }
    return found;
  }

  /** @returns the SHA-256 of the file in its place; undefined when another writer was faster */
  async #rewrite(person: Parameters<typeof erasingSql>[2], file: LakeFile): Promise<string | undefined> {
    const { kind, campaignId, day, rows, runId } = file;
    const temporary = join(await this.#stagingFolder(), `${this.#unique()}.parquet`);
    const engine = await this.#open();
    const { select } = erasingSql(this.#root, file, person);
    const written = await engine.use((connection) => copyToParquet(connection, select, temporary, "zstd"));
    if (written !== rows) throw new Error(`erasing wrote ${written} rows where ${rows} were expected`);
    const made = await this.#settle(temporary, { kind, campaignId, day, rows, runId, name: "erased" });
    const isMine = await this.#catalog.replace([file], [made]);
    await this.#place.remove(isMine ? file.path : made.path);
    return isMine ? hash("sha256", await readFile(join(this.#root, made.path))) : undefined;
  }

  async sweep(graceMs: number, everyMs = 0): Promise<{ readonly removed: number }> {
    if (!(await isDue(this.#root, everyMs))) return { removed: 0 };
    const stays = async () => {
      const replaced = await this.#catalog.replacedWithin(graceMs);
      const live = [...(await this.#catalog.files()), ...(await this.#catalog.files({ kind: "quarantine" }))];
      return new Set([...replaced, ...live.map(({ path }) => path)]);
    };
    return { removed: await this.#place.sweep(stays, graceMs) };
  }

  async close(): Promise<void> {
    const engine = await this.#engine;
    this.#engine = undefined;
    if (engine === undefined) return;
    await engine.close();
    await rm(engine.spillFolder, { recursive: true, force: true });
  }

  async #files({ campaignId, from, to }: LakeRange): Promise<readonly LakeFile[]> {
    return this.#catalog.files({
      campaignId,
      fromDay: from === undefined ? undefined : dayOf(from),
      toDay: to === undefined ? undefined : dayOf(to),
    });
  }

  async #grouped(range: LakeRange): Promise<Map<string, LakeFile[]>> {
    const files = (await this.#files(range)).toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
    return Map.groupBy(files, ({ campaignId, day }) => `${day}/${campaignId}`);
  }

  #unique(): string {
    const { now, random } = this.#options;
    return `${now().toString(36)}${random
      .int(2 ** 32)
      .toString(36)
      .padStart(7, "0")}${random
      .int(2 ** 32)
      .toString(36)
      .padStart(7, "0")}`;
  }
}

function rowsIn(files: readonly LakeFile[]): number {
  return files.reduce((sum, { rows }) => sum + rows, 0);
}

/** A row of CALL_COLUMNS as a record. The lake's own files are trusted to have these types. */
function toRecord(columns: readonly (readonly unknown[])[], at: number): StoredRecord {
  const value = (column: number): unknown => columns[column]?.[at];
  const optional = (column: number): string | undefined => {
    const found = value(column);
    return typeof found === "string" ? found : undefined;
  };
  const text = (column: number): string => optional(column) ?? "";
  const instant = (column: number): number => microsToMs(value(column)) ?? Number.NaN;
  const attempt = value(10);
  return {
    callId: text(0),
    campaignId: text(1),
    dispositionCode: text(2),
    startTime: instant(3),
    endTime: instant(4),
    durationSeconds: Number(value(5)),
    direction: text(6),
    agentId: optional(7),
    contactId: optional(8),
    listId: optional(9),
    attempt: typeof attempt === "number" ? attempt : undefined,
    raw: optional(11),
    digest: text(12),
    observedAt: instant(13),
    runId: text(14),
  };
}

// Compaction: merges the files of a partition into a head (the latest version of each call) and a history (the earlier versions).
// The catalog replaces the old files by the new ones in one step: before it nobody sees the new files, after it nobody sees the
// old ones.

const RANKED = "row_number() OVER (PARTITION BY campaign_id, call_id ORDER BY observed_at DESC, digest DESC) AS place";

/** What a merge needs. */
interface MergeSetting {
  readonly place: LakePlace;
  readonly root: string;
  readonly engine: Engine;
  readonly catalog: LakeCatalog;
  /** Moves a finished staging file to its place in the lake. */
  readonly settle: (temporary: string, file: Omit<LakeFile, "path" | "bytes"> & { readonly name: string }) => Promise<LakeFile>;
  readonly temporaryName: () => string;
}

/** Merges the files of one partition. @returns the number of its files afterwards, or undefined when another writer was faster */
async function mergePartition(setting: MergeSetting, files: readonly LakeFile[]): Promise<number | undefined> {
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
  if (await setting.catalog.replace(files, added)) return added.length;
  for (const { path } of added) await setting.place.remove(path);
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
async function plain({ root, engine }: MergeSetting, connection: LakeConnection, files: readonly LakeFile[]): Promise<string> {
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
  connection: LakeConnection,
  select: string,
  kind: LakeFileKind,
  expected: number,
): Promise<{ temporary: string; kind: LakeFileKind; rows: number }> {
  const temporary = join(root, STAGING, temporaryName());
  const rows = await copyToParquet(connection, select, temporary, "zstd");
  if (rows !== expected) throw new Error(`merging wrote ${rows} rows where ${expected} were expected`);
  return { temporary, kind, rows };
}

// The digests of calls in order, day by day, for the hash of a retrieval. When each call has only one version, which is nearly
// always so, they are sorted slice by slice, so that memory does not grow with the day; otherwise the latest versions of the
// whole day are found first.

/** Approximate number of rows in a slice. Each slice reads the footers of all files again; larger slices need more memory. */
const SLICE_ROWS = 32_768;

/** What is to be hashed. `first` and `last`: the earliest and latest start, ms since the epoch; null when there are no calls. */
interface Shape {
  readonly once: boolean;
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
}

/**
 * Digests, many in one array: one by one they would take most of a query's time. An array is valid until the next one is
 * requested.
 */
async function* digestsOf(
  engine: Engine,
  root: string,
  days: readonly (readonly LakeFile[])[],
  query: RecordQuery,
): AsyncGenerator<Uint8Array> {
  const look = async (files: readonly LakeFile[]) => ({
    files,
    shape: await oneRowOf<Shape>(engine, digestShapeSql(root, files, query)),
  });
  for await (const { files, shape } of ahead(days, look)) {
    if (shape.first === null || shape.last === null) continue;
    if (shape.once) {
      const slices = slicesOf(shape.rows, shape.first, shape.last);
      for await (const digests of ahead(slices, (slice) => oneBlobOf(engine, digestSliceSql(root, files, query, slice)))) {
        yield digests;
        // Freed now instead of at the next garbage collection.
        digests.buffer.transfer(0);
      }
    } else yield* oneByOne(engine, recordsSql(root, files, query, "lower(hex(digest))"));
  }
}

/** The answers to all questions in order; while one answer is used, the next one is fetched. */
async function* ahead<Asked, Answer>(all: readonly Asked[], ask: (one: Asked) => Promise<Answer>): AsyncGenerator<Answer> {
  const [first, ...others] = all;
  if (first === undefined) return;
  let coming = ask(first);
  try {
    for (const next of others) {
      const answer = await coming;
      coming = ask(next);
      // The failure is thrown where the promise is awaited.
      coming.catch(() => undefined);
      yield answer;
    }
    yield await coming;
  } finally {
    // The engine may be closed next, and must not be closed during a query.
    await coming.catch(() => undefined);
  }
}

async function* oneByOne(engine: Engine, select: string): AsyncGenerator<Uint8Array> {
  for await (const [digests = []] of streamOf(engine, select))
    yield Buffer.from(digests.filter((digest) => typeof digest === "string").join(""), "hex");
}

/** Equal spans from `first` to `last` inclusive, in whole ms. */
function slicesOf(rows: number, first: number, last: number): readonly { readonly from: number; readonly to: number }[] {
  const [count, span] = [Math.ceil(rows / SLICE_ROWS), last + 1 - first];
  const edge = (n: number) => first + Math.floor((span * n) / count);
  return Array.from({ length: count }, (_, n) => ({ from: edge(n), to: edge(n + 1) }));
}
