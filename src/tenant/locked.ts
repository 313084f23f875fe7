// A value with the version it was read at.

/** Where the tag of a version travels, whether a write must carry it, and which status says that it was stale. */
export interface LockStyle {
  readonly tagIn: "etag-header" | "version-tag-field" | "content-hash";
  readonly required: boolean;
  readonly staleStatus: 409 | 412;
}

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
