// The lake in a folder of this machine, written and read by DuckDB.

import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { RandomStream } from "../../../kernel/index.ts";
import type { OutcomeMap } from "../../meaning/outcome-map.ts";
import type { OutcomeRecord } from "../../record/index.ts";
import { ELSEWHERE, LakeError } from "../error.ts";
import { publish, STAGING } from "../files.ts";
import type {
  CompactionReport,
  LakeCatalog,
  LakeFile,
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
import { AREAS, dayOf, fileName, partitionFolder } from "../layout.ts";
import { PartWriter, stageParts } from "../part-writer.ts";
import { sweepFolder } from "../sweep.ts";
import { CALL_COLUMNS } from "./columns.ts";
import { mergePartition } from "./compact.ts";
import { digestsOf } from "./digests.ts";
import { Engine, literal } from "./engine.ts";
import { microsToMs, rowsOf, streamOf } from "./rows.ts";
import { createViews, meaningSql, recordsSql, wallClock } from "./views.ts";

const MIN_PARTS = 8;
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
  /** Root folder. This implementation does not support object stores such as `s3://`. */
  readonly root: string;
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

/** Opens the lake. Nothing is loaded or created before the first use. Throws LakeError `unsupported_root`. */
export function openLake(options: LakeOptions): OutcomeLake {
  return new DuckDbLake(options);
}

class DuckDbLake implements OutcomeLake {
  readonly #root: string;
  readonly #catalog: LakeCatalog;
  readonly #options: LakeOptions;
  #engine: Promise<Engine> | undefined;
  readonly #writer = new PartWriter();

  constructor(options: LakeOptions) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(options.root)) {
      throw new LakeError("unsupported_root", `the lake cannot be at ${options.root}`, {
        advice: "Give a folder of this machine.",
      });
    }
    this.#root = resolve(options.root);
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
    if (file === undefined || AREAS.some((area) => existsSync(join(this.#root, area)))) return;
    throw new LakeError(
      "lake_unavailable",
      `the lake's folder is gone or empty; a file that the store lists is missing: ${join(this.#root, file.path)}`,
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
    const bytes = await publish(temporary, join(this.#root, path));
    return { ...file, path, bytes };
  }

  async *records(query: RecordQuery = {}): AsyncGenerator<StoredRecord> {
    const engine = await this.#open();
    for (const files of await this.#daily(query)) {
      for await (const columns of streamOf(engine, recordsSql(this.#root, files, query, RECORD_COLUMNS))) {
        const count = columns[0]?.length ?? 0;
        for (let at = 0; at < count; at++) yield toRecord(columns, at);
      }
    }
  }

  async *digests(query: RecordQuery = {}): AsyncGenerator<Uint8Array> {
    const days = await this.#daily(query);
    if (days.length === 0) return;
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
    const select = recordsSql(this.#root, await this.#files(query), query, columns);
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
      root: this.#root,
      catalog: this.#catalog,
      settle: this.#settle.bind(this),
      temporaryName: () => `${this.#unique()}.parquet`,
    };
    let [partitions, filesBefore, filesAfter, skipped] = [0, 0, 0, 0];
    for (const files of due) {
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

  async sweep(graceMs: number): Promise<{ readonly removed: number }> {
    // Taken first: a file that is published and listed afterwards is younger than any grace period.
    const before = this.#options.now() - graceMs;
    const live = [...(await this.#catalog.files()), ...(await this.#catalog.files({ kind: "quarantine" }))];
    return { removed: await sweepFolder(this.#root, new Set(live.map(({ path }) => path)), before) };
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
