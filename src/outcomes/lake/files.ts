// Files are durable before they are visible: written under a temporary name, synced, renamed, then the folder is synced.

import { mkdir, open, rename, stat } from "node:fs/promises";
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
  await sync(temporary);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(temporary, path);
  await sync(folder);
  // A new folder is an entry in its parent, so the parents are synced as well, up to the first that existed before.
  if (made !== undefined)
    for (let above = dirname(folder); above.length >= dirname(made).length; above = dirname(above)) await sync(above);
  return (await stat(path)).size;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
