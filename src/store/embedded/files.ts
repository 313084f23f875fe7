// Small file habits of the embedded server: optional reads, private files that appear whole or not at all.

import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The text of a file, or undefined when there is none. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Whether something is there. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A name beside a file for what will become it: of its own for each writer, also for two in one process or in containers that share a folder. */
export function draftOf(file: string): string {
  return `${file}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
}

/** Writes a file that only this user may read (or of another mode), in one piece: a reader sees the old text or the new one. */
export async function writeWhole(file: string, text: string, mode = 0o600): Promise<void> {
  const draft = draftOf(file);
  const handle = await open(draft, "w", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(draft, mode);
  await rename(draft, file);
}

/**
 * Creates a working folder when absent: private, except that root lets others pass through, because the server's own user has to reach
 * its data in there. Every file in it has a mode of its own.
 */
export async function makeFolder(dir: string): Promise<void> {
  const isNew = await makeFolders(dir, 0o700);
  if (isNew && process.getuid?.() === 0) await chmod(dir, 0o711);
}

/**
 * Makes a folder and those above it that are missing. Node's own way of it never ends where folders cannot be made at all, such as in /proc.
 * @returns whether it was made
 */
export async function makeFolders(dir: string, mode?: number): Promise<boolean> {
  const missing: string[] = [];
  for (let at = resolve(dir); !(await exists(at)); at = dirname(at)) missing.unshift(at);
  for (const folder of missing)
    await mkdir(folder, mode).catch((thrown: unknown) => {
      const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
      // Somebody else made it.
      if (code === "EEXIST") return;
      if (code !== "ENOENT") throw thrown;
      const message = `folders cannot be made in ${dirname(folder)}`;
      throw Object.assign(new Error(message, { cause: thrown }), { code: "EPERM" });
    });
  return missing.length > 0;
}
