// Where the lake's files are kept: a folder of this machine (or one that several mount). DuckDB reads local files only.
//
// Files are durable before they are visible: written under a temporary name, synced, renamed, then the folder is synced.

import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { LakeFile } from "./lake.ts";
import { AREAS, kindOfFile } from "./layout.ts";

/** Folder of unfinished files; readers ignore it. */
export const STAGING = "_staging";

/** Where the lake's files are kept. A path is relative to the lake, with `/`, and never used twice. */
export interface LakePlace {
  /** For messages: a folder, or an address without secrets. */
  readonly name: string;
  /** Folder of this machine with the lake's layout, in which files can be read after `have`, and files are prepared. */
  readonly root: string;
  /** Gives a finished temporary file its path. When this resolves, both survive a power failure. @returns its size in bytes */
  publish(temporary: string, path: string): Promise<number>;
  /** Makes files readable below `root`. Throws LakeError `lake_files_missing`, `lake_unavailable`. */
  have(files: readonly LakeFile[]): Promise<void>;
  /** Whether it is the place where `file` was put: false for a disk that is not mounted, another bucket, another prefix. */
  holds(file: LakeFile): Promise<boolean>;
  remove(path: string): Promise<void>;
  /**
   * Deletes files of the lake that do not stay and are older than `graceMs`, and unfinished files of that age.
   * @param stays paths; asked for after the files were looked at, or their ages taken: what is published and listed meanwhile stays
   * @returns number of deleted files
   */
  sweep(stays: () => Promise<ReadonlySet<string>>, graceMs: number): Promise<number>;
}

/** A lake in a folder. @param now the present time, for the age of leftover files, ms since the epoch */
export function folderPlace(root: string, now: () => number): LakePlace {
  return {
    name: root,
    root,
    publish: (temporary, path) => publish(temporary, join(root, path)),
    have: async () => undefined,
    holds: async () => AREAS.some((area) => existsSync(join(root, area))),
    remove: (path) => rm(join(root, path), { force: true }),
    async sweep(stays, graceMs) {
      // Taken first: a file that is published and listed afterwards is younger than any grace period.
      const before = Math.min(now(), await timeOf(root)) - graceMs;
      return sweepFolder(root, await stays(), before);
    },
  };
}

/**
 * Gives a finished temporary file its final name. When this resolves, file and name survive a power failure. @returns its size in
 * bytes
 */
async function publish(temporary: string, path: string): Promise<number> {
  const folder = dirname(path);
  // Synced first: it fails when the lake's own folder is gone, so that no new one is made in its place.
  await sync(temporary, "r+");
  // Only its owner reads it, whatever made it.
  await chmod(temporary, 0o600);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(temporary, path);
  await syncFolder(folder);
  // A new folder is an entry in its parent, so the parents are synced as well, up to the first that existed before.
  if (made !== undefined)
    for (let above = dirname(folder); above.length >= dirname(made).length; above = dirname(above)) await syncFolder(above);
  return (await stat(path)).size;
}

/** Windows syncs what is open for writing, and no folder: its file system has a journal for their entries. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await sync(path, "r");
}

async function sync(path: string, flags: "r" | "r+"): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Deletes leftover files under `root`. @param live paths of the files that stay. @returns number of deleted files
 */
export async function sweepFolder(root: string, live: ReadonlySet<string>, before: number): Promise<number> {
  let removed = 0;
  const drop = async (path: string) => {
    // Another process may have deleted it, or just renamed it.
    await rm(join(root, path), { force: true, recursive: true }).then(
      () => {
        removed += 1;
      },
      () => undefined,
    );
  };
  for (const name of await names(join(root, STAGING))) {
    const touched = await lastTouched(join(root, STAGING, name)).catch(() => Number.POSITIVE_INFINITY);
    if (touched <= before) await drop(join(STAGING, name));
  }
  for await (const { path, at } of leftovers(root, live)) if (at <= before) await drop(path);
  return removed;
}

/**
 * The lake's files under `root` that are not among `live`, with when they were last touched. Names of files are never used twice, so a live
 * file stays in whatever folder it is: where letters of two sizes are the same to the file system, the folders of the campaigns `A` and `a`
 * are one. Only files that this program writes: other files in the folder are left alone.
 */
export async function* leftovers(
  root: string,
  live: ReadonlySet<string>,
): AsyncGenerator<{ readonly path: string; readonly at: number; readonly bytes: number }> {
  const stays = new Set([...live].map((path) => posix.basename(path)));
  for (const area of AREAS) {
    for (const campaign of await names(join(root, area))) {
      for (const day of await names(join(root, area, campaign))) {
        for (const name of await names(join(root, area, campaign, day))) {
          if (kindOfFile(name) === undefined || stays.has(name)) continue;
          const path = posix.join(area, campaign, day, name);
          const there = await stat(join(root, path)).catch(() => undefined);
          if (there !== undefined) yield { path, at: there.mtimeMs, bytes: there.size };
        }
      }
    }
  }
}

/** Says by its time when the lake was swept last. */
const SWEPT = ".swept";

/** Whether nobody has swept the folder in the last `everyMs`; whoever asks then is the one that does. */
export async function isDue(root: string, everyMs: number): Promise<boolean> {
  if (everyMs === 0) return true;
  const now = await timeOf(root);
  const last = await stat(join(root, SWEPT)).catch(() => undefined);
  // A mark of the future was left while a clock was ahead.
  if (last !== undefined && now >= last.mtimeMs && now - last.mtimeMs < everyMs) return false;
  if (now > 0) await writeFile(join(root, SWEPT), "", { mode: 0o600 });
  return true;
}

/** The time by the clock of a folder: to a process whose clock is ahead, files that others write now would seem old. 0 when it cannot be known. */
async function timeOf(folder: string): Promise<number> {
  const probe = join(folder, `.now-${randomUUID()}`);
  try {
    await writeFile(probe, "", { mode: 0o600 });
    return (await stat(probe)).mtimeMs;
  } catch {
    return 0;
  } finally {
    await rm(probe, { force: true });
  }
}

/** When a file, or anything in a folder, was last changed. */
async function lastTouched(path: string): Promise<number> {
  const own = await stat(path);
  if (!own.isDirectory()) return own.mtimeMs;
  const inside = await Promise.all((await names(path)).map(async (name) => (await stat(join(path, name))).mtimeMs));
  return Math.max(own.mtimeMs, ...inside);
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
