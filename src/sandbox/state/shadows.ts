// The state of resources before their last write, for reads that a fault makes stale.

const KEPT = 10_000;

export interface Shadows {
  /** Keeps the state of `key` before the coming write. */
  keep(key: string, view: unknown): void;
  get(key: string): unknown;
}

/** Keeps the ten thousand resources that were written last. */
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
