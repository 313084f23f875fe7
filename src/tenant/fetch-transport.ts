// A transport over any `fetch`: for the sandbox in this process, a service worker, or an instrumented client.

import { messageOf } from "../kernel/index.ts";
import { BodyReader, BodyTooLarge } from "./body-reader.ts";
import { type Transport, TransportFailure, type TransportRequest, type TransportResponse } from "./transport.ts";

/** A function from Request to Response. */
export type FetchLike = (request: Request) => Promise<Response>;

/**
 * Adapts a `fetch`. A failure counts as sent unless the signal was aborted before, the connection was refused or the name is
 * unknown: fetch does not say more.
 */
export function fetchTransport(fetchLike: FetchLike): Transport {
  return async (request) => {
    if (request.signal?.aborted) throw new TransportFailure("aborted", false, "aborted by the caller");
    const guard = new Guard(request);
    try {
      return await guard.race(exchange(fetchLike, request, guard));
    } catch (thrown) {
      throw guard.failureOf(thrown);
    } finally {
      guard.end();
    }
  };
}

async function exchange(fetchLike: FetchLike, request: TransportRequest, guard: Guard): Promise<TransportResponse> {
  // The fetch asks for compression and decompresses by itself.
  const { "accept-encoding": _, ...headers } = request.headers;
  const response = await fetchLike(
    new Request(request.origin + request.path, {
      method: request.method,
      headers,
      body: request.body ?? null,
      redirect: "manual",
      signal: guard.signal,
    }),
  );
  guard.status = response.status;
  guard.limit(request.bodyTimeoutMs);
  const body = new BodyReader({ limit: request.maxBodyBytes });
  const reader = response.body?.getReader();
  if (reader !== undefined) {
    guard.onStop = () => void reader.cancel().catch(() => {});
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) body.push(piece.value);
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), body: body.text(undefined) };
}

/** Enforces limits and aborts for one exchange, also when the fetch ignores its signal. */
class Guard {
  status: number | undefined;
  onStop: (() => void) | undefined;
  readonly #controller = new AbortController();
  readonly #request: TransportRequest;
  readonly #stopped: Promise<never>;
  #stop: (failure: TransportFailure) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onAbort = () => this.#end("aborted", "aborted by the caller");

  constructor(request: TransportRequest) {
    this.#request = request;
    this.#stopped = new Promise<never>((_, reject) => {
      this.#stop = reject;
    });
    this.#stopped.catch(() => {});
    request.signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.limit(request.headersTimeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#stopped]);
  }

  limit(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end("timeout", `no reply within ${ms} ms`), ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
  }

  failureOf(thrown: unknown): TransportFailure {
    if (thrown instanceof TransportFailure) return thrown;
    const status = this.status;
    if (thrown instanceof BodyTooLarge) {
      this.onStop?.();
      return new TransportFailure("body_too_large", true, thrown.message, { status });
    }
    return new TransportFailure("network", !neverLeft(thrown), messageOf(thrown), { cause: thrown, status });
  }

  #end(kind: "aborted" | "timeout", message: string): void {
    const failure = new TransportFailure(kind, true, message, { status: this.status });
    this.#stop(failure);
    this.#controller.abort(failure);
    this.onStop?.();
  }
}

/** No connection was made: nobody listens, the name is unknown, or the process or machine has too many open files. */
const NO_CONNECTION = new Set<unknown>(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "EMFILE", "ENFILE"]);

function neverLeft(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : undefined;
  return cause instanceof Error && "code" in cause && NO_CONNECTION.has(cause.code);
}
