// Optimistic locks as values: the tag of a version, read with the value and sent with the write, in whichever header or field.

import { TenantError } from "./errors.ts";
import type { Lock, Locked, LockStyle } from "./locked.ts";

/** True when both name the same version. */
export function sameLock(a: Lock, b: Lock): boolean {
  return a.tag === b.tag;
}

/** The lock in a reply: from the entity tag header or from the reply's `versionTag`. */
export function lockOf(style: LockStyle, etag: string | undefined, reply: unknown): Lock | undefined {
  if (style.tagIn === "etag-header") return etag === undefined ? undefined : { tag: etag, style };
  if (typeof reply !== "object" || reply === null || !("versionTag" in reply)) return undefined;
  const tag = reply.versionTag;
  return typeof tag === "string" && tag !== "" ? { tag, style } : undefined;
}

/**
 * Reads, changes and writes under a lock, and starts again with a new reading when another writer was faster. `write` must merge
 * into the value it is given and send the lock; it runs at most `attempts` times (default 3).
 * @throws TenantError `stale_lock` when another writer was faster each time; whatever `read` and `write` throw otherwise
 */
export async function withLock<T, R>(
  read: () => Promise<Locked<T>>,
  write: (locked: Locked<T>) => Promise<R>,
  attempts = 3,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    const locked = await read();
    try {
      return await write(locked);
    } catch (thrown) {
      const stale = thrown instanceof TenantError && thrown.code === "stale_lock";
      if (!stale || attempt >= attempts) throw thrown;
    }
  }
}
