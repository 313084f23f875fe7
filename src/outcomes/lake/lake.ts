// The port of the outcome lake: what retrieval, reports and exports want of it, whatever engine and storage serve it.
//
// Writing is in two moves, so that no reader ever sees half of anything: `write` makes files that are durable but that nobody reads yet;
// they become visible when the catalog takes them up, which retrieval does in the transaction that also moves its checkpoint.

import type { Instant } from "../../kernel/index.ts";
import type { OutcomeMap } from "../meaning/outcome-map.ts";
import type { OutcomeRecord } from "../record/record.ts";

/**
 * What a file holds.
 * - `part`: records as they were retrieved, one batch.
 * - `head`: made by compaction: the latest record of each call of its partition, each call once.
 * - `history`: made by compaction: earlier records of those calls.
 * - `quarantine`: rows of the vendor that are no records, with the reason.
 */
export type LakeFileKind = "part" | "head" | "history" | "quarantine";

/** One file of the lake. */
export interface LakeFile {
  /** Relative to the root of the lake, with `/`. Unique for ever: a name is never used twice. */
  readonly path: string;
  readonly kind: LakeFileKind;
  readonly campaignId: string;
  /** UTC day of the calls' start (of the retrieval, for quarantined rows), such as `2026-03-01`. */
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
  /** The retrieval that brought the rows; undefined for the files of a compaction, which hold rows of several. */
  readonly runId?: string | undefined;
}

/** A row of the vendor that is no record. */
export interface QuarantinedRow {
  readonly campaignId: string;
  readonly reason: string;
  /** What was wrong, with the field's name. */
  readonly detail: string;
  /** When the row had one that can be read. */
  readonly callId?: string | undefined;
  /** The row as JSON text, bounded in length. */
  readonly row: string;
  readonly observedAt: Instant;
  readonly runId: string;
}

/** Where files may be prepared for the lake. */
export interface StagingPlace {
  readonly folder: string;
  /** Begins the names of the files; told once, so that they meet no others. */
  readonly unique: string;
}

/** A file that was prepared and that the lake has not taken up. */
export interface StagedFile extends Omit<LakeFile, "path" | "bytes"> {
  /** Where it lies. */
  readonly temporary: string;
}

/** Which part of the lake; everything given must hold. */
export interface LakeRange {
  readonly campaignId?: string | undefined;
  /** Earliest and latest start of a call, both inclusive, ms since the epoch. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/** Which records. */
export interface RecordQuery extends LakeRange {
  readonly codes?: readonly string[] | undefined;
  /** What one retrieval brought, each call in the latest version that it brought. */
  readonly runId?: string | undefined;
  /** The lake as it was at this instant: versions observed later do not exist. */
  readonly asOf?: Instant | undefined;
}

/** A record with the digest that it was stored with: SHA-256 of its canonical text, in hex. */
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
  /** Files that a compaction would merge. */
  readonly parts: number;
}

/** The list of files that readers believe. Kept where it can change in one transaction. */
export interface LakeCatalog {
  /** The live files, optionally of some partitions only (`fromDay` and `toDay` inclusive; quarantine only when asked for). */
  files(query?: {
    readonly campaignId?: string | undefined;
    readonly fromDay?: string | undefined;
    readonly toDay?: string | undefined;
    readonly kind?: LakeFileKind | undefined;
  }): Promise<readonly LakeFile[]>;
  /** Takes `added` up and `removed` out at once. False, and nothing changed, when one of `removed` is not live any more. */
  replace(removed: readonly LakeFile[], added: readonly LakeFile[]): Promise<boolean>;
}

/** A value that SQL takes as `$1`, `$2`, …; an instant is passed as a number of ms (`epoch_ms($1::BIGINT)` makes a TIMESTAMP of it). */
export type SqlValue = string | number | boolean | null;

/**
 * The lake. Its SQL (DuckDB's dialect) sees these views, all times being UTC TIMESTAMPs:
 * - `calls`: the latest version of each call.
 * - `versions`: every version of every call.
 *   Columns of both: call_id, campaign_id, disposition_code, start_time, end_time, duration_seconds DOUBLE, direction, agent_id, contact_id,
 *   list_id, attempt INTEGER, raw (JSON text), digest BLOB (SHA-256 of the canonical record), observed_at, run_id, day DATE (UTC, of start_time).
 * - `quarantine`: run_id, campaign_id, reason, detail, call_id, row (JSON text), observed_at.
 */
export interface OutcomeLake {
  /**
   * Writes one batch, by campaign and UTC day of start. Resolves when the files are durable; nobody sees them before the catalog does.
   * @param name becomes part of the files' names, for people
   */
  write(records: readonly OutcomeRecord[], name: string): Promise<readonly LakeFile[]>;
  /** The same for rows that are no records. */
  quarantine(rows: readonly QuarantinedRow[], name: string): Promise<readonly LakeFile[]>;
  /** A place for `stageParts`, which may be on another thread. */
  stagingPlace(): Promise<StagingPlace>;
  /** What `write` and `quarantine` do, for files that `stageParts` wrote. */
  adopt(staged: readonly StagedFile[], name: string): Promise<readonly LakeFile[]>;
  /** Records, each call once, ordered by start and call id (its UTF-8 bytes); constant memory. */
  records(query?: RecordQuery): AsyncIterable<StoredRecord>;
  /** Only the digests of the same records in the same order: 32 bytes each, many in one piece, which is good until the next is asked for. */
  digests(query?: RecordQuery): AsyncIterable<Uint8Array>;
  /**
   * Writes the latest version of each call to a file of the caller's (replaced at once when it is complete), with what its code means by `map`:
   * `category`, and `mapped`, false for a code that the map does not know, which is neutral. @returns how many
   */
  exportTo(path: string, format: "parquet" | "csv" | "ndjson", map: OutcomeMap, query?: RecordQuery): Promise<number>;
  /**
   * Runs one SELECT over the views. Rows as objects; BIGINT and DECIMAL come as numbers, TIMESTAMP as ms since the epoch, DATE as `2026-03-01`.
   * Give `range` when the SELECT looks only at a part of the lake: other files are then not opened (the SELECT must still filter).
   */
  query<Row extends object>(sql: string, parameters?: readonly SqlValue[], range?: LakeRange): Promise<Row[]>;
  /** By day. */
  partitions(range?: LakeRange): Promise<readonly Partition[]>;
  /** Merges the files of each partition that has at least `minParts` (8 by default) unmerged ones. Readers see all of a merge or nothing. */
  compact(range?: LakeRange & { readonly minParts?: number | undefined }): Promise<CompactionReport>;
  /** Removes files that no catalog entry names and that are older than `graceMs`: leftovers of crashes, and what compactions replaced. */
  sweep(graceMs: number): Promise<{ readonly removed: number }>;
  close(): Promise<void>;
}

/** What a compaction did: files and bytes before and after. */
export interface CompactionReport {
  readonly partitions: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
  /** Partitions that another writer changed meanwhile; they are left for the next time. */
  readonly skipped: number;
}
