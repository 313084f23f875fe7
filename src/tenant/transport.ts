// The interface to the network: one function from a request to a reply. The SDK above knows operations, transports below know
// HTTP.

import type { Instant } from "../kernel/index.ts";

/** One HTTP request, without what a transport adds itself (host, content length). */
export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `https://host[:port]` */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time-out from sending to the reply's headers, ms. */
  readonly headersTimeoutMs: number;
  /** Time-out between two pieces of the reply's body, ms. */
  readonly bodyTimeoutMs: number;
  /** Instant on the tenant's clock after which the request is not sent and its reply is no longer read. */
  readonly deadline?: Instant | undefined;
  /** Largest body of a reply in bytes, after decompression. */
  readonly maxBodyBytes: number;
  /** Asks for the body of a 2xx reply as bytes. A transport may ignore it. */
  readonly asBytes?: boolean | undefined;
}

/** A whole reply. Header names are in lower case. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as UTF-8 text; empty when it is given as bytes. */
  readonly body: string;
  /** The body in memory of its own, instead of text, when requested. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Sends a request and reads the whole reply. Redirects are never followed, and are returned like any other answer. Every failure,
 * also an aborted signal, is a `TransportFailure`.
 */
export interface Transport {
  (request: TransportRequest): Promise<TransportResponse>;
  /** Waits for running requests and closes connections; requests that still run when `cut` is aborted fail. */
  close?(cut?: AbortSignal): Promise<void>;
}

/**
 * `aborted`: the caller's signal. `timeout`: no headers, body or connection in time. `network`: the connection failed.
 * `body_too_large`: over the limit.
 */
type TransportFailureKind = "aborted" | "timeout" | "network" | "body_too_large";

/** There is no reply. `sent` says whether the tenant may have received the request: false only when it certainly has not. */
export class TransportFailure extends Error {
  readonly kind: TransportFailureKind;
  readonly sent: boolean;
  /** The status, if the reply's headers had arrived. */
  readonly status: number | undefined;

  constructor(
    kind: TransportFailureKind,
    sent: boolean,
    message: string,
    options: { cause?: unknown; status?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TransportFailure";
    this.kind = kind;
    this.sent = sent;
    this.status = options.status;
  }
}

/** The first value of a header that may occur several times. */
export function headerOf(headers: TransportResponse["headers"], name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}
