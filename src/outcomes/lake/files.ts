// Files made durable before they are seen: written under a temporary name, synced, renamed, the folder synced.

import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Folder for files that are not finished; nothing in it is ever read. */
export const STAGING = "_staging";

/** Gives a finished temporary file its name. When this resolves, file and name survive a power cut. @returns its size in bytes */
export async function publish(temporary: string, path: string): Promise<number> {
  const folder = dirname(path);
  // First: where the lake's own folder went away, none is made in its place.
  await sync(temporary);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(temporary, path);
  await sync(folder);
  // A folder made just now is a name in its parent, up to the first that was there before.
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
