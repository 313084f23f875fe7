// Optimistic locks as values: the tag of a version, read with the value and sent with the write, whatever header or field it travels in.

import type { LockStyle } from "../contract/index.ts";
import { TenantError } from "./errors.ts";

/** The version that a write builds upon. Compare tags as text: weak and strong forms, quoted and bare ones are all opaque. */
export interface Lock {
  readonly tag: string;
  readonly style: LockStyle;
}

/** A value with the lock of the version it was read at; no lock when the tenant gave no tag and none is required. */
export interface Locked<T> {
  readonly value: T;
  readonly lock: Lock | undefined;
}

/** True when both name the same version. */
export function sameLock(a: Lock, b: Lock): boolean {
  return a.tag === b.tag;
}

/** The lock in a reply of a `lock` operation: from the entity tag header or from the reply's `versionTag`. */
export function lockOf(style: LockStyle, etag: string | undefined, reply: unknown): Lock | undefined {
  if (style.tagIn === "etag-header") return etag === undefined ? undefined : { tag: etag, style };
  if (typeof reply !== "object" || reply === null || !("versionTag" in reply)) return undefined;
  const tag = reply.versionTag;
  return typeof tag === "string" && tag !== "" ? { tag, style } : undefined;
}

/**
 * Reads, changes and writes under a lock, and starts over with a fresh reading when another writer was faster.
 * `write` must merge into the value it is given and send the lock; it runs at most `attempts` times (default 3).
 * @throws TenantError `stale_lock` when every attempt was overtaken; whatever `read` and `write` throw otherwise
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
