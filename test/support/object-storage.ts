// Object storage on a socket of the loopback: GET and PUT with entity tags, conditions, and a header or a signature in the address that lets one in.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ObjectStorage extends AsyncDisposable {
  readonly url: string;
  /** By path. */
  readonly objects: Map<string, string>;
  /** Answers 503 while it is true. */
  away: boolean;
}

/** @param right who sends it as Authorization, or as `signature` in the address, is let in */
export async function startObjectStorage(right: string): Promise<ObjectStorage> {
  const objects = new Map<string, string>();
  const tags = new Map<string, string>();
  let versions = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://storage");
    const end = (status: number, body = "") => response.writeHead(status).end(body);
    let sent = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => (sent += piece));
    request.on("end", () => {
      if (storage.away) return end(503, "come again");
      if (request.headers.authorization !== right && searchParams.get("signature") !== right) return end(403, "no");
      const there = objects.get(pathname);
      const tag = tags.get(pathname) ?? "";
      if (request.method === "GET")
        return there === undefined ? end(404) : void response.writeHead(200, { etag: tag }).end(there);
      const { "if-match": only, "if-none-match": none } = request.headers;
      if ((only !== undefined && only !== tag) || (none === "*" && there !== undefined)) return end(412);
      objects.set(pathname, sent);
      tags.set(pathname, `"v${(versions += 1)}"`);
      return end(200);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const storage: ObjectStorage = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    away: false,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return storage;
}
