// A proxy of a company's network that opens tunnels (CONNECT), and the host behind it: an https server whose name only the proxy knows.

import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CERTIFICATE } from "./certificate.ts";

/** The host that the certificate is of. */
export const HOST = "mail.example.com";

export interface Tunnel extends AsyncDisposable {
  /** The proxy's address, without user and password. */
  readonly url: string;
  /** What it was asked for, in order: `host:port`. */
  readonly asked: readonly string[];
  /** The credentials that came with each. */
  readonly credentials: readonly (string | undefined)[];
  /** Everything that went through it, as it saw it. */
  seen(): string;
  /** How it answers from now on: 200 opens the tunnel, null says nothing at all. */
  answer: number | null;
}

/** @param target where requests to `HOST` end: a plain http server on the loopback */
export async function startTunnel(target: string): Promise<Tunnel> {
  const sockets = new Set<Duplex>();
  const forward = new URL(target);
  const host = createSecureServer({ key: CERTIFICATE.key, cert: CERTIFICATE.cert }, (asked, answer) => {
    const on = request({
      host: forward.hostname,
      port: forward.port,
      path: asked.url,
      method: asked.method,
      headers: asked.headers,
    });
    on.on("response", (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    on.on("error", () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  const { port } = host.address() as AddressInfo;
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  let seen = "";
  const proxy = createServer((_, answer) => answer.writeHead(405).end());
  const tunnel = { answer: 200 as number | null };
  proxy.on("connection", (socket: Socket) => sockets.add(socket));
  proxy.on("connect", (wanted: IncomingMessage, near: Duplex) => {
    asked.push(wanted.url ?? "");
    credentials.push(wanted.headers["proxy-authorization"]);
    near.on("error", () => undefined);
    if (tunnel.answer === null) return;
    if (tunnel.answer !== 200) return void near.end(`HTTP/1.1 ${tunnel.answer} No\r\ncontent-length: 0\r\n\r\n`);
    const far = connect(port, "127.0.0.1", () => near.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    sockets.add(far);
    far.on("error", () => near.destroy());
    near.on("data", (bytes: Buffer) => (seen += bytes.toString("latin1")));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return Object.assign(tunnel, {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    credentials,
    seen: () => seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      host.closeAllConnections();
      await Promise.all([host, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  });
}
