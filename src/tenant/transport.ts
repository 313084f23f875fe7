// The seam to the network: one function from a request to a reply. The SDK above it knows operations, the transports below it know HTTP.

import type { Instant } from "../kernel/index.ts";

/** One HTTP request, complete but for what a transport adds itself (host, content length). */
export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `https://host[:port]` */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from sending to the reply's headers. */
  readonly headersTimeoutMs: number;
  /** Milliseconds between two pieces of the reply's body. */
  readonly bodyTimeoutMs: number;
  /** Instant on the tenant's clock after which the request must not be sent and its reply is no longer read. */
  readonly deadline?: Instant | undefined;
  /** Largest body of a reply in bytes, after decompression. */
  readonly maxBodyBytes: number;
  /** Asks for the body of a reply with 2xx as bytes. A transport may pass over it. */
  readonly asBytes?: boolean | undefined;
}

/** A whole reply. Header names are in lower case. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as UTF-8 text; empty when it is given as bytes. */
  readonly body: string;
  /** The body in memory of its own, instead of text, where it was asked for so. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Sends a request and reads the reply to its end. Redirects are answers like any other: never followed.
 * Every failure is a `TransportFailure`; an aborted signal too.
 */
export interface Transport {
  (request: TransportRequest): Promise<TransportResponse>;
  /** Lets requests in flight end and closes connections; those still in flight when `cut` is aborted fail. */
  close?(cut?: AbortSignal): Promise<void>;
}

/** `aborted` the caller's signal · `timeout` no headers, body or connection in time · `network` the connection failed · `body_too_large` the limit. */
export type TransportFailureKind = "aborted" | "timeout" | "network" | "body_too_large";

/** No reply. `sent` says whether the tenant may have received the request: false only when it surely has not. */
export class TransportFailure extends Error {
  readonly kind: TransportFailureKind;
  readonly sent: boolean;
  /** The status, when the reply's headers had arrived. */
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

/** The first value of a header that may have come several times. */
export function headerOf(headers: TransportResponse["headers"], name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}
