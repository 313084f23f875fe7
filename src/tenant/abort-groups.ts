// Many waiters on one signal at the cost of one listener (a bulk job's signal is shared by thousands of calls), and several signals as one.

/** Registers callbacks on signals; adding and removing take constant time however many callbacks a signal has. */
export class AbortGroups {
  readonly #groups = new WeakMap<AbortSignal, Group>();

  /** Calls `callback` once when the signal aborts (never synchronously here: check `aborted` before). Returns the removal. */
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
      // A signal that was joined from others is kept alive by its listener.
      signal.removeEventListener("abort", onAbort);
      this.#groups.delete(signal);
    };
  }
}

interface Group {
  readonly callbacks: Set<() => void>;
  readonly onAbort: () => void;
}

/** Signals of callers joined with one that ends everything; the same signal for the same caller's, so that its calls share a listener. */
export class JoinedSignals {
  readonly #end: AbortSignal;
  readonly #joined = new WeakMap<AbortSignal, AbortSignal>();

  constructor(end: AbortSignal) {
    this.#end = end;
  }

  /** Aborted with the first of them. */
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
