// What a profile declares about each capability.

/** What a profile can do here, and how: checked before anything is sent. */
export interface Capability {
  readonly supported: boolean;
  /** How concurrent writers are detected: by a version tag, by comparing what is read back, or not at all. */
  readonly lock: "etag" | "version-tag" | "read-back" | "none";
  /** True when a write is accepted first and takes effect later. */
  readonly asynchronous: boolean;
  /** Whether a write replaces the present value or merges into it; `none` for reads. */
  readonly writes: "replaces" | "merges" | "none";
  /** True when a write can be verified by reading. */
  readonly readBack: boolean;
  /** Why it is not supported, and what to do instead. */
  readonly reason?: string;
  readonly alternative?: string;
}
