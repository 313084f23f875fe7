// A gateway between outdial and a sandbox that rewrites what the tenant answers: `rewrite` gets the parsed body of each answered request.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "../../src/sandbox/index.ts";

export interface RewrittenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface Rewriting extends AsyncDisposable {
  readonly url: string;
  /** What becomes of an answer from now on: another body, with 200, or undefined for the true answer. */
  rewrite: (asked: RewrittenRequest, body: Readonly<Record<string, unknown>>) => object | undefined;
}

const HOP = new Set(["connection", "content-length", "transfer-encoding", "keep-alive", "host", "content-encoding"]);

export async function startRewriting(sandbox: Pick<Sandbox, "fetch">): Promise<Rewriting> {
  const answer = async (asked: IncomingMessage, reply: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of asked) pieces.push(piece as Buffer);
    const { method = "GET", url: target = "/" } = asked;
    const headers = Object.entries(asked.headers).flatMap(([name, value]) =>
      typeof value === "string" && !HOP.has(name) ? [[name, value] as [string, string]] : [],
    );
    const hasBody = method !== "GET" && method !== "HEAD";
    const answered = await sandbox.fetch(`${rewriting.url}${target}`, {
      method,
      headers,
      ...(hasBody ? { body: Uint8Array.from(Buffer.concat(pieces)) } : {}),
    });
    const text = await answered.text();
    const { pathname: path, searchParams: query } = new URL(target, rewriting.url);
    const isJson = answered.headers.get("content-type")?.includes("json") === true && text !== "";
    const body = isJson ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : undefined;
    const other = body === undefined ? undefined : rewriting.rewrite({ method, path, query }, body);
    answered.headers.forEach((value, name) => {
      if (!HOP.has(name)) reply.setHeader(name, value);
    });
    reply.writeHead(other === undefined ? answered.status : 200).end(other === undefined ? text : JSON.stringify(other));
  };
  const server = createServer((asked, reply) => {
    answer(asked, reply).catch(() => asked.socket.destroy());
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const rewriting: Rewriting = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rewrite: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return rewriting;
}
