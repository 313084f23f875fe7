// Data read from the service for a page: its state, and when it is read again.

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ApiTypes } from "../../server/index.ts";
import { useDashboard } from "./dashboard.ts";
import type { Answer, Asking, Operation } from "./operation.ts";
import { RequestError } from "./problem-error.ts";

export type ResourceState<T> =
  | { readonly kind: "loading" }
  /** `failed`: reading it again failed then; the shown value is from `at`. */
  | { readonly kind: "ready"; readonly value: T; readonly at: number; readonly failed?: Failure | undefined }
  | Failure;

interface Failure {
  readonly kind: "failed";
  readonly error: RequestError;
  readonly at: number;
}

export interface Resource<T> {
  readonly state: ReadonlySignal<ResourceState<T>>;
  readonly reload: () => void;
}

export interface ResourceOptions {
  /** Live events after which it is read again. `reset` always is one. */
  readonly on?: (event: ApiTypes.ServiceEvent) => boolean;
  /** Read again after this time, ms, for changes that no event announces. */
  readonly every?: number;
  /** Keeps showing the old value until the value for a new request has arrived. */
  readonly sticky?: boolean;
}

/** Least time between two readings because of events, ms. */
const PACE = 1000;

/** A view of the service. @param asking undefined: nothing is read yet */
export function useResource<Id extends Operation>(
  id: Id,
  asking: Asking<Id> | undefined,
  options: ResourceOptions = {},
): Resource<Answer<Id>> {
  const { client } = useDashboard();
  const key = asking === undefined ? undefined : JSON.stringify([id, asking]);
  return useReading(key, (signal) => client.ask(id, asking as Asking<Id>, { signal }), options);
}

/**
 * Whatever `load` reads. @param key identifies the request: for another key, the running read is aborted and a new one begins at
 * once; undefined reads nothing
 */
export function useReading<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  options: ResourceOptions = {},
): Resource<T> {
  const { live, now } = useDashboard();
  const state = useSignal<ResourceState<T>>({ kind: "loading" });
  const latest = useRef({ load, options });
  latest.current = { load, options };
  const again = useRef<() => void>(() => undefined);
  const { every } = options;

  // Before the paint: an answer that was requested early and has already arrived is then part of the first paint.
  useLayoutEffect(() => {
    if (key === undefined || latest.current.options.sticky !== true || state.peek().kind === "failed")
      state.value = { kind: "loading" };
    if (key === undefined) return undefined;
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let began = 0;
    /**
     * When an event comes during a read, another read follows after it; aborting the read would mean that quick events let none
     * finish.
     */
    let flow: "idle" | "reading" | "reading and asked again" = "idle";

    const read = async () => {
      if (flow !== "idle") {
        flow = "reading and asked again";
        return;
      }
      flow = "reading";
      began = now();
      const next = await settle(latest.current.load, control.signal, now);
      if (control.signal.aborted) return;
      state.value = merged(state.peek(), next);
      const isAsked = (flow as string) === "reading and asked again";
      flow = "idle";
      if (isAsked) soon();
    };
    const soon = () => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          void read();
        },
        Math.max(0, began + PACE - now()),
      );
    };
    again.current = () => void read();
    void read();
    const stop = live.subscribe((event) => {
      if (event.type === "reset" || latest.current.options.on?.(event) === true) soon();
    });
    const beat = every === undefined ? undefined : setInterval(soon, every);
    return () => {
      control.abort();
      stop();
      clearTimeout(timer);
      clearInterval(beat);
    };
  }, [key, every]);

  return { state, reload: () => again.current() };
}

async function settle<T>(
  load: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  now: () => number,
): Promise<ResourceState<T>> {
  try {
    return { kind: "ready", value: await load(signal), at: now() };
  } catch (thrown) {
    return {
      kind: "failed",
      error: thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown),
      at: now(),
    };
  }
}

/** When figures cannot be read again, the old ones stay, with a note; figures that must not be seen any more are removed. */
export function merged<T>(before: ResourceState<T>, next: ResourceState<T>): ResourceState<T> {
  if (next.kind !== "failed" || before.kind !== "ready") return next;
  const { code } = next.error;
  return code === "unreachable" || code === "failed" ? { ...before, failed: next } : next;
}
