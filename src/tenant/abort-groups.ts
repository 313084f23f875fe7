// Many callbacks on one signal with only one listener (thousands of calls share a bulk job's signal), and several signals joined
// into one.

/** Registers callbacks on signals; adding and removing take constant time, however many callbacks a signal has. */
export class AbortGroups {
  readonly #groups = new WeakMap<AbortSignal, Group>();

  /**
   * Calls `callback` once when the signal aborts, never synchronously here: check `aborted` before. Returns a function that
   * removes it.
   */
  add(signal: AbortSignal, callback: () => void): () => void {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      const created = new Set<() => void>();
      const onAbort = () => {
        for (const each of created) each();
        created.clear();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      group = { callbacks: created, onAbort };
      this.#groups.set(signal, group);
    }
    const { callbacks, onAbort } = group;
    callbacks.add(callback);
    return () => {
      if (!callbacks.delete(callback) || callbacks.size > 0) return;
      // The listener keeps a joined signal from being garbage collected.
      signal.removeEventListener("abort", onAbort);
      this.#groups.delete(signal);
    };
  }
}

interface Group {
  readonly callbacks: Set<() => void>;
  readonly onAbort: () => void;
}

/**
 * Joins callers' signals with one that ends everything. A caller's signal always gives the same joined signal, so that its calls
 * share a listener.
 */
export class JoinedSignals {
  readonly #end: AbortSignal;
  readonly #joined = new WeakMap<AbortSignal, AbortSignal>();

  constructor(end: AbortSignal) {
    this.#end = end;
  }

  /** A signal that is aborted when the first of the two is. */
  of(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal {
    const own = one ?? other;
    if (own === undefined) return this.#end;
    if (one !== undefined && other !== undefined) return AbortSignal.any([one, other, this.#end]);
    const known = this.#joined.get(own);
    if (known !== undefined) return known;
    const joined = AbortSignal.any([own, this.#end]);
    this.#joined.set(own, joined);
    return joined;
  }
}
