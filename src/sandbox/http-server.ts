// The sandbox on a socket: a plain HTTP/1.1 server on loopback. Connection faults are applied to the socket.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { SandboxRequest, SandboxResponse } from "./wire.ts";

interface HttpServerOptions {
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  /** Largest body read for a target, in bytes. */
  readonly bodyLimit: (target: string) => number;
}

export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

/** A listening server. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Stops listening and breaks open connections. */
  close(): Promise<void>;
}

/** How long idle connections are kept, ms: longer than clients keep theirs, so that a client never uses a closing one. */
const KEEP_ALIVE_MS = 65_000;
/** Bytes of an oversize body that are read before the connection is broken. */
const MOST_DISCARDED = 67_108_864;

export async function listen(
  { handle, bodyLimit }: HttpServerOptions,
  { port = 0, host = "127.0.0.1" }: ListenOptions,
): Promise<Listening> {
  const server: Server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (incoming, outgoing) => {
    // A client that hangs up is not an error here.
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    readRequest(incoming, bodyLimit, (request) => {
      handle(request).then(
        (reply) => send(outgoing, reply),
        () => incoming.socket.destroy(),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads a whole request; one whose client hangs up earlier is never reported. */
function readRequest(
  incoming: IncomingMessage,
  bodyLimit: (target: string) => number,
  tell: (request: SandboxRequest) => void,
): void {
  const { method = "GET", url: target = "/" } = incoming;
  const limit = bodyLimit(target);
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on("data", (chunk: Buffer) => {
    length += chunk.length;
    // Too much data is read and discarded: a client that is still sending would miss the refusal.
    if (length <= limit) chunks.push(chunk);
    else if (length > limit + MOST_DISCARDED) incoming.destroy();
  });
  incoming.on("end", () => {
    const [only] = chunks;
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    tell({ method, target, headers: flatten(incoming.headers), body, oversize: length > limit });
  });
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") flat[name] = value;
    else if (value !== undefined) flat[name] = value.join(", ");
  }
  return flat;
}

function send(outgoing: ServerResponse, { status, headers, body, damage, declaredLength }: SandboxResponse): void {
  const { socket } = outgoing;
  if (damage === "reset") {
    socket?.resetAndDestroy();
    return;
  }
  const length = declaredLength ?? Buffer.byteLength(body);
  const all: Record<string, string | number> = { ...headers };
  if (status !== 204 && status !== 304) all["content-length"] = length;
  outgoing.writeHead(status, all);
  if (damage === "truncate" && length > Buffer.byteLength(body)) {
    outgoing.flushHeaders();
    if (body.length === 0) socket?.end(() => socket.destroy());
    else outgoing.write(body, () => socket?.destroy());
    return;
  }
  outgoing.end(status === 204 || status === 304 ? undefined : body);
}
