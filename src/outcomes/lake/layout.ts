// Paths of the lake's files: hive partitions, names that are never used twice, and ids encoded so that they cannot form a path.

import { createHash } from "node:crypto";
import type { Instant } from "../../kernel/index.ts";
import { SCHEMA_VERSION } from "../record/record.ts";
import type { LakeFileKind } from "./lake.ts";

/** Longest path segment that stays readable; file systems allow 255 bytes. */
const MAX_SEGMENT = 150;

/** Folders of the lake that hold its files. */
export const AREAS = ["calls", "quarantine"] as const;

/** The UTC day of an instant, such as `2026-03-01`. */
export function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}

/**
 * An id as one path segment: letters, digits, `-` and `_` stay, every other byte becomes %XX, which readers of hive partitions
 * decode. An overlong id is cut and gets its hash; the full id is a column of the file.
 */
function segmentOf(id: string): string {
  const escaped = encodeURIComponent(id.toWellFormed()).replace(
    /[.!~*'()]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  if (escaped.length <= MAX_SEGMENT) return escaped;
  return `${escaped.slice(0, MAX_SEGMENT - 34).replace(/%.?$/, "")}--${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/**
 * Folder of a partition, relative to the lake's root. Quarantined rows are in a separate folder, so that readers of calls do not
 * find them.
 */
export function partitionFolder(kind: LakeFileKind, campaignId: string, day: string): string {
  return `${kind === "quarantine" ? "quarantine" : "calls"}/campaign=${segmentOf(campaignId)}/day=${day}`;
}

/** Name of a file; `unique` distinguishes it from all others. The schema version is in the name and in the file's metadata. */
export function fileName(kind: LakeFileKind, name: string, unique: string): string {
  return `${kind}-v${SCHEMA_VERSION}-${segmentOf(name)}-${unique}.parquet`;
}

const FILE = /^(part|head|history|quarantine)-v(\d+)-.*\.parquet$/;

/** The first version whose instants are marked as adjusted to UTC; before, they were UTC and did not say so. */
export const UTC_SINCE = 2;

/** The schema version of a file by its path, with either separator: no name of a file has one. */
export function versionOfFile(path: string): number {
  return Number(FILE.exec(path.replace(/^.*[/\\]/s, ""))?.[2] ?? SCHEMA_VERSION);
}

/** The kind of a file by its name; undefined for a file that is not the lake's, or whose version this program does not read. */
export function kindOfFile(name: string): LakeFileKind | undefined {
  const match = FILE.exec(name);
  return match !== null && Number(match[2]) <= SCHEMA_VERSION ? (match[1] as LakeFileKind) : undefined;
}
