// The default transport: undici's keep-alive pools, one per origin, used through `dispatch`, which costs the least per request.
// undici is a third of what `import "outdial"` would load, so it is loaded at the first request.

import type { Dispatcher } from "undici";
import { type Clock, messageOf } from "../kernel/index.ts";
import { AbortGroups } from "./abort-groups.ts";
import { BodyReader, BodyTooLarge } from "./body-reader.ts";
import { type Connectors, connectionsTo, connectionWords, type EgressProxy } from "./egress.ts";
import { headerOf, type Transport, TransportFailure, type TransportRequest, type TransportResponse } from "./transport.ts";

interface UndiciTransportOptions {
  /** Most connections to one origin. */
  readonly maxConnections: number;
  /** Time-out for establishing a connection including TLS, ms. */
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly proxy?: EgressProxy | undefined;
}

let loaded: Connectors | undefined;
const load = async (): Promise<Connectors> => (loaded ??= await import("undici"));

/** A transport over sockets. Opens nothing before the first request; `close` waits for running requests. */
export function undiciTransport(options: UndiciTransportOptions): Transport {
  const pools = new Map<string, Dispatcher>();
  const aborts = new AbortGroups();
  let isClosed = false;

  /** Address of the proxy by which an origin is reached. */
  const proxies = new Map<string, string>();
  const poolOf = (origin: string, connectors: Connectors): Dispatcher => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const { maxConnections: connections, connectTimeoutMs: timeout, proxy } = options;
    const made = { connections, pipelining: 1, connect: { timeout } };
    const pool = connectionsTo(connectors, origin, made, proxy, (address) => proxies.set(origin, address));
    pools.set(origin, pool);
    return pool;
  };

  const send = (request: TransportRequest): Promise<TransportResponse> =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(request, options.clock, { resolve, reject, proxy: () => proxies.get(request.origin) });
      const { signal } = request;
      if (signal !== undefined) {
        if (signal.aborted) {
          exchange.abort();
          return;
        }
        exchange.unlisten = aborts.add(signal, () => exchange.abort());
      }
      // undici throws for malformed requests and closed pools: nothing was sent.
      const refuse = (thrown: unknown) =>
        exchange.fail(new TransportFailure("network", false, messageOf(thrown), { cause: thrown }));
      const dispatch = (connectors: Connectors) => {
        if (isClosed) return refuse(new Error("the transport is closed"));
        if (exchange.failed) return;
        try {
          poolOf(request.origin, connectors).dispatch(
            {
              origin: request.origin,
              method: request.method,
              path: request.path,
              headers: request.headers,
              body: request.body ?? null,
              headersTimeout: request.headersTimeoutMs,
              bodyTimeout: request.bodyTimeoutMs,
            },
            exchange,
          );
        } catch (thrown) {
          refuse(thrown);
        }
      };
      if (loaded === undefined) load().then(dispatch, refuse);
      else dispatch(loaded);
    });

  return Object.assign(send, {
    close: async (cut?: AbortSignal): Promise<void> => {
      isClosed = true;
      const open = [...pools.values()];
      pools.clear();
      const closed = Promise.all(open.map((pool) => pool.close()));
      if (cut === undefined) {
        await closed;
        return;
      }
      const destroyed = new Promise<void>((resolve) => {
        const destroy = () => resolve(Promise.all(open.map((pool) => pool.destroy())).then(() => undefined));
        if (cut.aborted) destroy();
        else cut.addEventListener("abort", destroy, { once: true });
      });
      await Promise.race([closed, destroyed]);
    },
  });
}

/** One request and its reply; undici calls its methods. It settles exactly once. */
class Exchange implements Dispatcher.DispatchHandler {
  unlisten: (() => void) | undefined;
  #request: TransportRequest;
  #clock: Clock;
  #resolve: (response: TransportResponse) => void;
  #reject: (failure: TransportFailure) => void;
  /** Address of the proxy by which the host is reached; undefined when it is reached directly. */
  #proxy: () => string | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: TransportFailure | undefined;
  #status: number | undefined;
  #headers: TransportResponse["headers"] = {};
  #body: BodyReader | undefined;

  constructor(
    request: TransportRequest,
    clock: Clock,
    {
      resolve,
      reject,
      proxy,
    }: {
      readonly resolve: (response: TransportResponse) => void;
      readonly reject: (failure: TransportFailure) => void;
      readonly proxy: () => string | undefined;
    },
  ) {
    this.#request = request;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#proxy = proxy;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Rejects at once; a request that still waits for a connection is withdrawn when undici gets to it. */
  fail(failure: TransportFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.unlisten?.();
    this.#reject(failure);
    this.#controller?.abort(failure);
  }

  abort(): void {
    this.fail(new TransportFailure("aborted", this.#controller !== undefined, "aborted by the caller", { status: this.#status }));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#failure === undefined && this.#late()) {
      this.fail(new TransportFailure("timeout", false, "no free connection before the deadline"));
    }
    if (this.#failure !== undefined) {
      controller.abort(this.#failure);
      return;
    }
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: TransportResponse["headers"]): void {
    // Informational replies (1xx) come before the real one.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const announced = Number(headerOf(headers, "content-length"));
    this.#body = new BodyReader({
      limit: this.#request.maxBodyBytes,
      announced: announced > 0 ? announced : undefined,
      ownsPieces: true,
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#late()) {
      this.fail(
        new TransportFailure("timeout", true, "the reply was not complete before the deadline", { status: this.#status }),
      );
      return;
    }
    try {
      this.#body?.push(chunk);
    } catch (thrown) {
      this.fail(new TransportFailure("body_too_large", true, messageOf(thrown), { status: this.#status }));
    }
  }

  onResponseEnd(): void {
    if (this.#failure !== undefined) return;
    this.unlisten?.();
    try {
      const encoding = headerOf(this.#headers, "content-encoding");
      const status = this.#status ?? 0;
      const asBytes = this.#request.asBytes === true && status >= 200 && status < 300;
      const bytes = asBytes ? this.#body?.bytes(encoding) : undefined;
      const body = asBytes ? "" : (this.#body?.text(encoding) ?? "");
      this.#resolve({ status, headers: this.#headers, body, bytes });
    } catch (thrown) {
      const kind = thrown instanceof BodyTooLarge ? "body_too_large" : "network";
      this.#reject(new TransportFailure(kind, true, messageOf(thrown), { cause: thrown, status: this.#status }));
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const timeout = "code" in error && typeof error.code === "string" && error.code.endsWith("_TIMEOUT");
    const said = connectionWords(messageOf(error)) || "connection failed";
    const proxy = this.#proxy();
    const way = timeout ? `${said}, through the proxy ${proxy}` : `the connection through the proxy ${proxy} failed: ${said}`;
    const message = proxy === undefined ? said : way;
    // undici announces a request before it writes the first byte: without the announcement nothing has left.
    const sent = this.#controller !== undefined;
    this.fail(new TransportFailure(timeout ? "timeout" : "network", sent, message, { cause: error, status: this.#status }));
  }

  #late(): boolean {
    return this.#request.deadline !== undefined && this.#clock.now() > this.#request.deadline;
  }
}
