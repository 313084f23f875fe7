// File helpers of the embedded server: optional reads, and private files that appear complete or not at all.

import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The text of a file, or undefined when it does not exist. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Whether a path exists. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A temporary name beside a file, unique for each writer, also for two in one process or in containers that share a folder. */
export function draftOf(file: string): string {
  return `${file}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
}

/** Writes a file in one step, readable only by this user by default: readers see the old text or the new one. */
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
 * Creates a working folder when missing. It is private, except that with root other users may pass through, because the server's
 * user must reach its data in it. Every file in it has a mode of its own.
 */
export async function makeFolder(dir: string): Promise<void> {
  const isNew = await makeFolders(dir, 0o700);
  if (isNew && process.getuid?.() === 0) await chmod(dir, 0o711);
}

/**
 * Creates a folder and missing parents. Node's own function never ends where folders cannot be created at all, such as in /proc.
 * @returns whether it was created
 */
export async function makeFolders(dir: string, mode?: number): Promise<boolean> {
  const missing: string[] = [];
  for (let at = resolve(dir); !(await exists(at)); at = dirname(at)) missing.unshift(at);
  for (const folder of missing)
    await mkdir(folder, mode).catch((thrown: unknown) => {
      const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
      // Another process created it.
      if (code === "EEXIST") return;
      if (code !== "ENOENT") throw thrown;
      const message = `folders cannot be made in ${dirname(folder)}`;
      throw Object.assign(new Error(message, { cause: thrown }), { code: "EPERM" });
    });
  return missing.length > 0;
}
