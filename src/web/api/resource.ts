// Something read from the service that a page shows: its state, and when it is read anew.

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import type { ApiTypes } from "../../server/index.ts";
import type { Query } from "./client.ts";
import { useDashboard } from "./dashboard.ts";
import { RequestError } from "./problem-error.ts";

export type ResourceState<T> =
  | { readonly kind: "loading" }
  /** `problem`: reading it anew failed; what is shown is of `at`. */
  | { readonly kind: "ready"; readonly value: T; readonly at: number; readonly problem?: RequestError | undefined }
  | { readonly kind: "failed"; readonly error: RequestError };

export interface Resource<T> {
  readonly state: ReadonlySignal<ResourceState<T>>;
  readonly reload: () => void;
  /** Puts a change in at once that an event brought; it is read anew in any case. */
  readonly patch: (change: (value: T) => T) => void;
}

export interface ResourceOptions {
  /** Which live events make it read anew. `reset` always does. */
  readonly on?: (event: ApiTypes.ServiceEvent) => boolean;
  /** Read anew every so many ms, for what no event announces. */
  readonly every?: number;
}

/** Least time between two readings that events ask for, ms. */
const PACE = 1000;

/** @param path undefined: nothing is read yet. */
export function useResource<T>(path: string | undefined, query: Query = {}, options: ResourceOptions = {}): Resource<T> {
  const { client, live, now } = useDashboard();
  const state = useSignal<ResourceState<T>>({ kind: "loading" });
  const control = useRef<AbortController | undefined>(undefined);
  const { on, every } = options;
  const wanted = useRef(on);
  wanted.current = on;
  const key = path === undefined ? undefined : JSON.stringify([path, query]);

  const read = useCallback(async () => {
    control.current?.abort();
    if (path === undefined) return;
    const mine = new AbortController();
    control.current = mine;
    try {
      const value = await client.get<T>(path, query, mine.signal);
      if (!mine.signal.aborted) state.value = { kind: "ready", value, at: now() };
    } catch (thrown) {
      if (mine.signal.aborted) return;
      const error = thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);
      const before = state.peek();
      // Figures that cannot be read anew stay, with a word about it; what must not be seen any more goes.
      const mayStay = before.kind === "ready" && (error.code === "unreachable" || error.code === "failed");
      state.value = mayStay ? { ...before, problem: error } : { kind: "failed", error };
    }
  }, [key]);

  useEffect(() => {
    state.value = { kind: "loading" };
    void read();
    return () => control.current?.abort();
  }, [read]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const soon = () => {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          last = now();
          void read();
        },
        Math.max(0, last + PACE - now()),
      );
    };
    const stop = live.subscribe((event) => {
      if (event.type === "reset" || wanted.current?.(event) === true) soon();
    });
    const beat = every === undefined ? undefined : setInterval(soon, every);
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(beat);
    };
  }, [read, every]);

  return {
    state,
    reload: () => void read(),
    patch: (change) => {
      const before = state.peek();
      if (before.kind === "ready") state.value = { ...before, value: change(before.value) };
    },
  };
}
