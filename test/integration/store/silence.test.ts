// A database that keeps its connections and says nothing any more: a server that is frozen, a network that swallows.

import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { lay } from "../../support/cable.ts";
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
