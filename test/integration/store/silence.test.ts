// A database that keeps its connections and says nothing any more: a server that is frozen, a network that swallows. And one with which no encrypted
// connection can be made.

import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { lay } from "../../support/cable.ts";
import { CERTIFICATE } from "../../support/certificate.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { manualClock } from "../../support/store.ts";

test("what is asked of it fails in time, and the next who asks gets a connection of its own", async () => {
  await using stack = new AsyncDisposableStack();
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder());
  const options = { dir: join(folder.path, ".outdial"), clock: manualClock() };
  // As whoever opened the store once: what follows does not wait for migrations.
  await (await openStore({ ...options, url: database.url })).close();
  const cable = await lay(database.url);
  stack.defer(() => cable[Symbol.asyncDispose]());
  const store = await openStore({ ...options, url: cable.url, connections: 2, answerMs: 500 });
  stack.defer(() => store.close());
  const entry = { actor: "tester", action: "tested", subject: "x" };
  await store.audit.append([entry]);
  cable.silence();
  const unavailable = { code: "store_unavailable", message: expect.stringContaining("does not answer") };
  // More than there are connections.
  const asked = [1, 2, 3, 4].map(() => store.replicas.list());
  for (const one of await Promise.allSettled(asked)) expect(one).toMatchObject({ status: "rejected", reason: unavailable });
  await expect(store.audit.append([entry])).rejects.toMatchObject(unavailable);
  cable.putBack();
  await expect(store.replicas.list()).resolves.toEqual([]);
  await store.audit.append([entry]);
  expect(await store.audit.list()).toHaveLength(2);
});

test.each([
  ["a certificate that nobody vouches for", "S", "self-signed certificate"],
  ["no encryption", "N", "The server does not support SSL connections"],
] as const)("a database with %s is told as such, and tried again as one that is away", async (_, answer, why) => {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await workFolder());
  // What PostgreSQL does first: it answers a request for TLS with one letter.
  const server = createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(answer);
      if (answer === "S")
        new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(CERTIFICATE) }).on("error", () => undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `postgres://outdial:secret@127.0.0.1:${address.port}/outdial?sslmode=verify-full`;
  const opened = openStore({ dir: join(folder.path, ".outdial"), clock: manualClock(), url });
  await expect(opened).rejects.toMatchObject({
    code: "store_unavailable",
    message: expect.stringContaining(`the connection to the database cannot be encrypted: ${why}`),
  });
});
