// A worker thread of the simulation pool: runs the replications that it receives, one after the other.

import { runReplication } from "../../dialing/index.ts";
import { messageOf } from "../../kernel/index.ts";
import { answerTasks } from "../thread.ts";
import type { ReplicationTask, WorkerReply } from "./task.ts";

answerTasks<ReplicationTask, WorkerReply>(
  ({ scenario, seed, index }) => ({ replication: runReplication(scenario, seed, index) }),
  {
    blame: (thrown) => ({ error: messageOf(thrown) }),
    transferred: (reply) => {
      if ("error" in reply) return [];
      const { buckets, bucketEnds, waits } = reply.replication;
      return [...new Set([bucketEnds, waits, ...buckets].map(({ buffer }) => buffer as ArrayBuffer))];
    },
  },
);
