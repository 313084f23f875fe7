// A program that uses the store of a folder until it is told to close: what the tests of sharing and killing run side by side.
//
// usage: node postgres-user.ts FOLDER. Prints one JSON line when the store is open; stdin: "jobs" prints how many jobs there are, "close" ends.

import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { messageOf } from "../../src/kernel/index.ts";
import { openStore, StoreError } from "../../src/store/index.ts";

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

// Before it is killed.
flushCompileCache();
try {
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  const store = await openStore({ dir: process.argv[2] ?? "", clock });
  await store.jobs.createJob({
    id: `job_${process.pid}`,
    kind: "tag",
    sourceName: "-",
    contentHash: "-",
    options: {},
    actor: "test",
  });
  say({ ready: true, url: store.url });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "jobs") say({ jobs: (await store.jobs.listJobs()).length });
    if (line === "close") break;
  }
  await store.close();
  say({ closed: true });
  process.stdin.destroy();
} catch (thrown) {
  say({ code: thrown instanceof StoreError ? thrown.code : "unexpected", message: messageOf(thrown) });
  process.exitCode = 1;
}
