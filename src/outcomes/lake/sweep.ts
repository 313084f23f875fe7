// Deletes what crashes and compactions leave behind: files that the catalog does not list, once they are too old to be in use.

import { readdir, rm, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { STAGING } from "./files.ts";
import { AREAS, kindOfFile } from "./layout.ts";

/**
 * Deletes leftover files under `root`. Names of files are never used twice, so a live file stays in whatever folder it is: where letters of two sizes are the same to the
 * file system, the folders of the campaigns `A` and `a` are one. @param live paths of the files that stay. @returns number of deleted files
 */
export async function sweepFolder(root: string, live: ReadonlySet<string>, before: number): Promise<number> {
  let removed = 0;
  const stays = new Set([...live].map((path) => posix.basename(path)));
  const dropIfOld = async (path: string) => {
    try {
      if ((await lastTouched(path)) > before) return;
      await rm(path, { force: true, recursive: true });
      removed += 1;
    } catch {
      // Another process deleted it, or has just renamed it.
    }
  };
  for (const name of await names(join(root, STAGING))) await dropIfOld(join(root, STAGING, name));
  for (const area of AREAS) {
    for (const campaign of await names(join(root, area))) {
      for (const day of await names(join(root, area, campaign))) {
        const folder = join(root, area, campaign, day);
        for (const name of await names(folder)) {
          // Only files that this program writes: other files in the folder are left alone.
          if (kindOfFile(name) !== undefined && !stays.has(name)) await dropIfOld(join(folder, name));
        }
      }
    }
  }
  return removed;
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
