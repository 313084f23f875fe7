// The service on a socket: bounded headers and waiting times, a stop that lets requests under way finish within a limit.

import { createServer as createHttpServer, type Server } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { ServerError } from "./error.ts";

export interface ListenOptions {
  /** 127.0.0.1 by default. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** A listening service. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, waits for those under way, then cuts off what is left. May be called twice. */
  stop(withinMs: number): Promise<void>;
}

const HEADERS_MS = 10_000;
/** The longest a whole request may take to arrive, uploads included, ms. */
const REQUEST_MS = 600_000;
const KEEP_ALIVE_MS = 65_000;
const HEADER_BYTES = 16_384;

type Fetch = (request: Request, env: HttpBindings) => Promise<Response>;

/** Serves a function on a socket. Throws ServerError `cannot_listen`. */
export async function listen(fetch: Fetch, { host, port }: ListenOptions): Promise<Listening> {
  // A load balancer's probe may name no host (HTTP/1.0); what asks for a name of ours sees that there is none.
  const listener = getRequestListener((request, env) => fetch(request, env as HttpBindings), { hostname: "localhost" });
  const server = createHttpServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES,
      connectionsCheckingInterval: 1000,
      noDelay: true,
    },
    (incoming, outgoing) => {
      // A caller that disconnects in the middle is not an error of the service.
      incoming.on("error", () => undefined);
      outgoing.on("error", () => undefined);
      void listener(incoming, outgoing);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new ServerError("cannot_listen", `cannot listen: ${error.message}`, {
          advice: "Another process may have the port: end it, or choose another one with --port.",
          cause: error,
        }),
      );
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    stop: (withinMs) => (stopped ??= stop(server, withinMs)),
  };
}

async function stop(server: Server, withinMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}
