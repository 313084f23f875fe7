// A value with the version at which it was read.

/** Where the version tag is, whether a write must send it, and the status that means it was stale. */
export interface LockStyle {
  readonly tagIn: "etag-header" | "version-tag-field" | "content-hash";
  readonly required: boolean;
  readonly staleStatus: 409 | 412;
}

/** The version that a write is based on. Compare tags as text: weak, strong, quoted and bare forms are all opaque. */
export interface Lock {
  readonly tag: string;
  readonly style: LockStyle;
}

/** A value with the lock of its version; no lock when the tenant sent no tag and none is required. */
export interface Locked<T> {
  readonly value: T;
  readonly lock: Lock | undefined;
}
