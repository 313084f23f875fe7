// Files are durable before they are visible: written under a temporary name, synced, renamed, then the folder is synced.

import { chmod, mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Folder of unfinished files; readers ignore it. */
export const STAGING = "_staging";

/**
 * Gives a finished temporary file its final name. When this resolves, file and name survive a power failure. @returns its size in
 * bytes
 */
export async function publish(temporary: string, path: string): Promise<number> {
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
