// Where files lie in the lake: hive partitions, names that are never used twice, ids that never become a path of their own making.

import { createHash } from "node:crypto";
import type { Instant } from "../../kernel/index.ts";
import { SCHEMA_VERSION } from "../record/index.ts";
import type { LakeFileKind } from "./lake.ts";

/** Longest segment that is kept readable; file systems end at 255 bytes. */
const MAX_SEGMENT = 150;

/** Folders of the lake that hold its files. */
export const AREAS = ["calls", "quarantine"] as const;

/** The UTC day of an instant, such as `2026-03-01`. */
export function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}

/**
 * An id as one segment of a path: letters, digits, `-` and `_` stay, every other byte becomes %XX as hive's readers undo it. An overlong one is
 * cut and told apart by its hash; the true id is a column of the file.
 */
function segmentOf(id: string): string {
  const escaped = encodeURIComponent(id.toWellFormed()).replace(
    /[.!~*'()]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  if (escaped.length <= MAX_SEGMENT) return escaped;
  return `${escaped.slice(0, MAX_SEGMENT - 34).replace(/%.?$/, "")}--${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/** Folder of a partition, relative to the lake's root. Rows in quarantine lie apart, so that no reader of the calls meets them. */
export function partitionFolder(kind: LakeFileKind, campaignId: string, day: string): string {
  return `${kind === "quarantine" ? "quarantine" : "calls"}/campaign=${segmentOf(campaignId)}/day=${day}`;
}

/** Name of a file; `unique` tells it from every other. The schema version stands in the name and in the file's metadata. */
export function fileName(kind: LakeFileKind, name: string, unique: string): string {
  return `${kind}-v${SCHEMA_VERSION}-${segmentOf(name)}-${unique}.parquet`;
}

const FILE = /^(part|head|history|quarantine)-v(\d+)-.*\.parquet$/;

/** The kind that a file's name tells, or undefined for a file that is not the lake's or of a version this program does not read. */
export function kindOfFile(name: string): LakeFileKind | undefined {
  const match = FILE.exec(name);
  return match !== null && Number(match[2]) <= SCHEMA_VERSION ? (match[1] as LakeFileKind) : undefined;
}
