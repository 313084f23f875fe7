// Files that are being uploaded to the service, stored in its folder until their request has ended.

import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import type { Upload } from "../../server/index.ts";

const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** Stores uploads below a folder. Files that a dead process left there are deleted. */
export async function createSpool(dir: string) {
  const folder = join(dir, "uploads", String(process.pid));
  await clearDead(join(dir, "uploads"));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    /** Throws `store_full` when the folder has no room. */
    async keep(bytes: AsyncIterable<Uint8Array>): Promise<Upload & AsyncDisposable> {
      const path = join(folder, randomUUID());
      try {
        // Opened before the first byte comes: a stream that opens it by itself may do so after it was removed.
        const file = await open(path, "wx", 0o600);
        await pipeline(bytes, file.createWriteStream());
      } catch (thrown) {
        await rm(path, { force: true });
        throw noRoom(thrown) ?? thrown;
      }
      return {
        name: "upload",
        contentType: "application/octet-stream",
        bytes: () => read(path),
        [Symbol.asyncDispose]: () => rm(path, { force: true }),
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function noRoom(thrown: unknown): OutdialError | undefined {
  if (!(thrown instanceof Error && "code" in thrown && NO_ROOM.has(thrown.code))) return undefined;
  return new OutdialError("store_full", `the folder for files that are sent to the service has no room: ${messageOf(thrown)}`, {
    advice: "Nothing of the file was used. Make room in the service's folder (.outdial, or --dir), then send it again.",
    cause: thrown,
  });
}

/**
 * Opens the file only when it is read: a stream opened earlier, for a request that ended before reading, would fail without a
 * listener when the file is gone, and end the service.
 */
async function* read(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

async function clearDead(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
