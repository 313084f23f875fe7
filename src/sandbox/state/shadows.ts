// What resources looked like before their last write: the answers of reads that a fault makes stale.

const KEPT = 10_000;

export interface Shadows {
  /** Remembers how `key` looked before the write that follows. */
  keep(key: string, view: unknown): void;
  get(key: string): unknown;
}

/** Remembers the resources written last, ten thousand of them. */
export function createShadows(): Shadows {
  const views = new Map<string, unknown>();
  return {
    keep(key, view) {
      views.delete(key);
      views.set(key, view);
      if (views.size <= KEPT) return;
      for (const oldest of views.keys()) {
        views.delete(oldest);
        break;
      }
    },
    get: (key) => views.get(key),
  };
}
