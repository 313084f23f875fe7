// Live updates: one stream for the whole page, resumed where it broke off. Its state is a signal, so that the page can show since
// when it is lost.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ApiTypes } from "../../server/index.ts";
import { waitBeforeRetry } from "./backoff.ts";
import { createSseParser } from "./sse-parser.ts";

export type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** `since`: when it was noticed, ms since the epoch. */
  | { readonly kind: "lost"; readonly since: number };

export interface Live {
  readonly link: ReadonlySignal<LinkState>;
  /** Calls back for each event until the returned function is called. */
  readonly subscribe: (listener: (event: ApiTypes.ServiceEvent) => void) => () => void;
  readonly start: () => void;
  readonly stop: () => void;
}

interface LiveOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly chance: () => number;
  /** Longest silence of a stream that counts as alive, ms: the service sends heartbeats more often. Default 45 s. */
  readonly silence?: number;
  readonly onSignedOut: () => void;
}

export function createLive({ fetch, now, chance, silence = 45_000, onSignedOut }: LiveOptions): Live {
  const link = signal<LinkState>({ kind: "connecting" });
  const listeners = new Set<(event: ApiTypes.ServiceEvent) => void>();
  let lastId: string | undefined;
  let failures = 0;
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(event: ApiTypes.ServiceEvent): void {
    for (const listener of listeners) listener(event);
  }

  function lost(least: number): void {
    failures += 1;
    if (link.value.kind !== "lost") link.value = { kind: "lost", since: now() };
    timer = setTimeout(() => void connect(), waitBeforeRetry(failures, chance(), least));
  }

  async function connect(): Promise<void> {
    const control = new AbortController();
    running = control;
    const parser = createSseParser();
    let watch: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(watch);
      watch = setTimeout(() => control.abort("silent"), silence);
    };
    try {
      heard();
      const response = await fetch("/api/v1/events", {
        headers: { accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) },
        credentials: "same-origin",
        cache: "no-store",
        signal: control.signal,
      });
      if (response.status === 401) {
        running = undefined;
        return onSignedOut();
      }
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
      const wasLost = link.value.kind === "lost";
      link.value = { kind: "open" };
      // Without an id there is nothing to resume from, so everything must be read again.
      if (wasLost && lastId === undefined) tell({ type: "reset", at: new Date(now()).toISOString() });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        heard();
        failures = 0;
        for (const message of parser.push(value)) {
          if (message.id !== undefined) lastId = message.id;
          const event = eventOf(message.data);
          if (event !== undefined) tell(event);
        }
      }
    } catch {
      // After any error: the state says that the stream is lost, and it is tried again.
    } finally {
      clearTimeout(watch);
    }
    if (running === control) lost(parser.retry() ?? 0);
  }

  return {
    link,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      if (running !== undefined) return;
      link.value = { kind: "connecting" };
      void connect();
    },
    stop() {
      clearTimeout(timer);
      const control = running;
      running = undefined;
      control?.abort();
    },
  };
}

function eventOf(data: string): ApiTypes.ServiceEvent | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && "type" in value ? (value as ApiTypes.ServiceEvent) : undefined;
  } catch {
    return undefined;
  }
}
