// Many waiters on one signal at the cost of one listener: a bulk job's signal is shared by thousands of calls.

/** Registers callbacks on signals; adding and removing take constant time however many callbacks a signal has. */
export class AbortGroups {
  readonly #groups = new WeakMap<AbortSignal, Set<() => void>>();

  /** Calls `callback` once when the signal aborts (never synchronously here: check `aborted` before). Returns the removal. */
  add(signal: AbortSignal, callback: () => void): () => void {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      const created = new Set<() => void>();
      this.#groups.set(signal, created);
      signal.addEventListener(
        "abort",
        () => {
          for (const each of created) each();
          created.clear();
        },
        { once: true },
      );
      group = created;
    }
    group.add(callback);
    return () => group.delete(callback);
  }
}
