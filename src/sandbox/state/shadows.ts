// The state of resources before their last write, for reads that a fault makes stale.

const KEPT = 10_000;

export type Shadows = ReturnType<typeof createShadows>;

/** Keeps the ten thousand resources that were written last. */
export function createShadows() {
  const views = new Map<string, unknown>();
  return {
    /** Keeps the state of `key` before the coming write. */
    keep(key: string, view: unknown): void {
      views.delete(key);
      views.set(key, view);
      if (views.size <= KEPT) return;
      for (const oldest of views.keys()) {
        views.delete(oldest);
        break;
      }
    },
    get: (key: string): unknown => views.get(key),
  };
}
