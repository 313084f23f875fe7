// An exclusive lock on a folder that the kernel releases when its holder dies, for whatever reason.
//
// A file created with O_EXCL remains after its holder is killed, and taking over such a file is itself a race. Node has no flock,
// but its SQLite takes real file locks: an open exclusive transaction on an otherwise empty database is the lock.

import { chmod } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";

const POLL_MS = 15;

/**
 * Waits for the lock on `file` (created when missing) and returns a function that releases it. Throws `store_locked` after
 * `timeoutMs`.
 */
export async function lockFile(file: string, timeoutMs: number): Promise<() => void> {
  const { DatabaseSync } = await import("node:sqlite");
  const open = () => {
    try {
      return new DatabaseSync(file, { timeout: 0 });
    } catch (cause) {
      throw new StoreError("store_unavailable", `cannot open ${file}: ${messageOf(cause)}`, {
        advice: "Give this user write access to the folder, or choose another one.",
        cause,
      });
    }
  };
  const database = open();
  await chmod(file, 0o600).catch(() => undefined);
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      database.exec("BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (cause) {
      if (!isBusy(cause) || waited >= timeoutMs) {
        database.close();
        if (!isBusy(cause)) throw new StoreError("store_unavailable", `cannot lock ${file}: ${messageOf(cause)}`, { cause });
        throw new StoreError("store_locked", `${file} has been held by another process for ${Math.round(timeoutMs / 1000)} s`, {
          advice: "Another outdial is starting or stopping the database here; try again, or look for a process that hangs.",
          cause,
        });
      }
    }
    await wait(POLL_MS);
  }
}

/** SQLITE_BUSY, with or without its extended bits. */
function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && "errcode" in thrown && typeof thrown.errcode === "number" && (thrown.errcode & 0xff) === 5;
}
