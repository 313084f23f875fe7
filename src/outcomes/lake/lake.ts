// The port of the outcome lake: what retrieval, reports and exports need of it, with any engine and storage.
//
// Writing has two steps, so that readers never see a part of a batch: `write` makes files that are durable but that nobody reads
// yet; they become visible when the catalog adds them, which retrieval does in the transaction that also moves its checkpoint.

import type { Instant } from "../../kernel/index.ts";
import type { OutcomeMap } from "../meaning/outcome-map.ts";
import type { OutcomeRecord } from "../record/record.ts";

/**
 * What a file contains.
 * - `part`: one batch of records as retrieved.
 * - `head`: made by compaction: the latest record of each call of its partition, each call once.
 * - `history`: made by compaction: earlier records of those calls.
 * - `quarantine`: rows of the vendor that are not records, with the reason.
 */
export type LakeFileKind = "part" | "head" | "history" | "quarantine";

/** One file of the lake. */
export interface LakeFile {
  /** Relative to the root of the lake, with `/`. A path is never used twice. */
  readonly path: string;
  readonly kind: LakeFileKind;
  readonly campaignId: string;
  /** UTC day of the calls' start (for quarantined rows: of the retrieval), such as `2026-03-01`. */
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  /** The retrieval that brought the rows; undefined for files made by compaction, which contain rows of several retrievals. */
  readonly runId?: string | undefined;
}

/** A row of the vendor that is not a record. */
export interface QuarantinedRow {
  readonly campaignId: string;
  readonly reason: string;
  /** What was wrong, with the field's name. */
  readonly detail: string;
  /** The call's id, when the row had a readable one. */
  readonly callId?: string | undefined;
  /** The row as JSON text, cut to a maximum length. */
  readonly row: string;
  readonly observedAt: Instant;
  readonly runId: string;
}

/** Where files may be prepared for the lake. */
export interface StagingPlace {
  readonly folder: string;
  /** Prefix of the files' names that no other place has. */
  readonly unique: string;
}

/** A prepared file that is not in the lake yet. */
export interface StagedFile extends Omit<LakeFile, "path" | "bytes"> {
  /** Its present path. */
  readonly temporary: string;
}

/** A part of the lake; all given conditions must hold. */
export interface LakeRange {
  readonly campaignId?: string | undefined;
  /** Earliest and latest start of a call, both inclusive, ms since the epoch. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/** A selection of records. */
export interface RecordQuery extends LakeRange {
  readonly codes?: readonly string[] | undefined;
  /** Records of one retrieval, each call in the latest version of that retrieval. */
  readonly runId?: string | undefined;
  /** The lake at this instant: versions observed later are ignored. */
  readonly asOf?: Instant | undefined;
}

/** A record with its stored digest: SHA-256 of its canonical text, in hex. */
export interface StoredRecord extends OutcomeRecord {
  readonly digest: string;
}

/** One campaign's calls of one UTC day. */
export interface Partition {
  readonly campaignId: string;
  readonly day: string;
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  /** Number of files that a compaction would merge. */
  readonly parts: number;
}

/** The list of the lake's valid files. It is kept where it can be changed in one transaction. */
export interface LakeCatalog {
  /** The listed files, optionally of some partitions only (`fromDay` and `toDay` inclusive; quarantine only when asked for). */
  files(query?: {
    readonly campaignId?: string | undefined;
    readonly fromDay?: string | undefined;
    readonly toDay?: string | undefined;
    readonly kind?: LakeFileKind | undefined;
    /** Those of any kind that are listed no more and may be there still. */
    readonly removed?: true | undefined;
  }): Promise<readonly LakeFile[]>;
  /**
   * Adds `added` and removes `removed` at once. Returns false, and changes nothing, when one of `removed` is no longer listed.
   */
  replace(removed: readonly LakeFile[], added: readonly LakeFile[]): Promise<boolean>;
  /** Paths of files that were replaced within the last `ms`: readers that began before still read them. */
  replacedWithin(ms: number): Promise<readonly string[]>;
}

/** A value of a parameter `$1`, `$2`, … in SQL. An instant is passed as ms (`epoch_ms($1::BIGINT)` turns it into a TIMESTAMP). */
export type SqlValue = string | number | boolean | null;

/**
 * The lake. Its SQL (DuckDB's dialect) sees these views, all times being TIMESTAMPs WITH TIME ZONE, read in UTC:
 * - `calls`: the latest version of each call.
 * - `versions`: every version of every call.
 *   Columns of both: call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds DOUBLE, direction, agent_id, contact_id,
 *   list_id, attempt INTEGER, raw (JSON text), digest BLOB (SHA-256 of the canonical record), observed_at, run_id, day DATE (UTC, of start_time).
 * - `quarantine`: run_id, campaign_id, reason, detail, call_id, row (JSON text), observed_at.
 */
export interface OutcomeLake {
  /**
   * Writes one batch, by campaign and UTC day of start. Resolves when the files are durable; they are invisible until the catalog
   * lists them.
   * @param name part of the files' names, for people
   */
  write(records: readonly OutcomeRecord[], name: string): Promise<readonly LakeFile[]>;
  /** The same for rows that are not records. */
  quarantine(rows: readonly QuarantinedRow[], name: string): Promise<readonly LakeFile[]>;
  /** A place for `stageParts`, which may run on another thread. */
  stagingPlace(): Promise<StagingPlace>;
  /** The second half of `write` and `quarantine`, for files that `stageParts` wrote. */
  adopt(staged: readonly StagedFile[], name: string): Promise<readonly LakeFile[]>;
  /** Records, each call once, ordered by start and call id (its UTF-8 bytes); needs constant memory. */
  records(query?: RecordQuery): AsyncIterable<StoredRecord>;
  /**
   * Only the digests of the same records in the same order: 32 bytes each, many in one array, which is valid until the next one
   * is requested.
   */
  digests(query?: RecordQuery): AsyncIterable<Uint8Array>;
  /**
   * Writes the latest version of each call to a file of the caller's (replaced in one step when it is complete). By `map` it adds
   * what the code means: `category`, and `mapped`, which is false for a code that the map does not know (its category is
   * neutral). @returns number of calls
   */
  exportTo(path: string, format: "parquet" | "csv" | "ndjson", map: OutcomeMap, query?: RecordQuery): Promise<number>;
  /**
   * Runs one SELECT over the views. Returns rows as objects; BIGINT and DECIMAL become numbers, TIMESTAMP ms since the epoch,
   * DATE such as `2026-03-01`. With `range` only the files of that part of the lake are opened; the SELECT must still filter.
   */
  query<Row extends object>(sql: string, parameters?: readonly SqlValue[], range?: LakeRange): Promise<Row[]>;
  /** The partitions by day. */
  partitions(range?: LakeRange): Promise<readonly Partition[]>;
  /**
   * Merges the files of each partition with at least `minParts` (default 8) unmerged ones. Readers see a merge completely or not
   * at all.
   */
  compact(range?: LakeRange & { readonly minParts?: number | undefined }): Promise<CompactionReport>;
  /**
   * Empties the rows of a person of all that says who it is: the contact's id and the vendor's further fields, and of rows put aside all but the call's id.
   * Their digests stay, so that what a retrieval brought is told by them as before. Files are written anew; the old ones are deleted at once.
   * @param person.pattern a regular expression of the number @param person.calls ids of the person's calls
   * @returns how many rows, and the SHA-256 of each file that was written, hex
   */
  erase(person: { readonly pattern: string; readonly calls: readonly string[] }): Promise<ErasedFiles>;
  /**
   * Deletes files that the catalog does not list and that are older than `graceMs`: left by crashes, or replaced so long ago. It looks at every file of the
   * lake. @param everyMs does nothing when it was done in this time, by whatever process (with object storage, of this machine)
   */
  sweep(graceMs: number, everyMs?: number): Promise<{ readonly removed: number }>;
  close(): Promise<void>;
}

/** The result of an erasure. */
export interface ErasedFiles {
  readonly rows: number;
  readonly left: readonly string[];
}

/** The result of a compaction: files and bytes before and after. */
export interface CompactionReport {
  readonly partitions: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
  /** Partitions that another writer changed during the compaction; they are left for the next one. */
  readonly skipped: number;
}
