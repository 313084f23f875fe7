// A worker thread of the simulation pool: runs the replications that it receives, one after the other.

import { parentPort } from "node:worker_threads";
import { runReplication } from "../../dialing/index.ts";
import { messageOf } from "../../kernel/index.ts";
import type { ReplicationTask, WorkerReply } from "./task.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
port.on("message", ({ id, scenario, seed, index }: ReplicationTask) => {
  try {
    const replication = runReplication(scenario, seed, index);
    const { buckets, bucketEnds, waits } = replication;
    const reply: WorkerReply = { id, replication };
    const arrays = [...new Set([bucketEnds, waits, ...buckets].map(({ buffer }) => buffer as ArrayBuffer))];
    port.postMessage(reply, arrays);
  } catch (thrown) {
    const reply: WorkerReply = { id, error: messageOf(thrown) };
    port.postMessage(reply);
  }
});
