import { expect, test } from "vitest";
import { createTestClock } from "../../../test/support/test-clock.ts";
import type { Job, JobLedger } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { Kind } from "./kind.ts";
import type { Membership } from "./members.ts";
import { RunsHere } from "./runs.ts";

/** A job of this process, as the ledger has it. */
function ledger() {
  const job = { status: "running", executor: "me" as string | null };
  const jobs = {
    take: async () => "taken",
    getJob: async () => job as unknown as Job,
    getOwned: async () => ({ ...job, run: 1, owned: true }),
    letGo: async () => {
      job.executor = null;
    },
  } as unknown as JobLedger;
  return { job, jobs };
}

test("a job that is cancelled while a write of it is on its way is let go of when nothing of it runs any more", async () => {
  const { job, jobs } = ledger();
  const members = {
    id: "me",
    isTrusted: () => true,
    isDead: async () => false,
    leavesWork: async () => false,
  } as unknown as Membership;
  const audit = { isHeld: false, requireNotHeld: () => undefined };
  const here = new RunsHere(
    { jobs, members, clock: createTestClock(), serves: true, audit, warn: () => undefined },
    new AbortController().signal,
  );
  const other = Promise.withResolvers<void>();
  const kind: Kind = {
    name: "tag",
    scope: "",
    partition: () => "",
    goOn: "",
    async body({ step, leave }) {
      // One step is still under way when another one's write is refused: the ledger takes nothing of a cancelled job.
      const long = step("long", async () => {
        await new Promise((ended) => leave.halt.addEventListener("abort", ended, { once: true }));
        await other.promise;
      });
      job.status = "cancelled";
      await step("write", () => Promise.reject(new OperationError("not_owner", "it is not running")));
      await long;
    },
  };
  const executed = here.execute(kind, { jobId: "job_1", kind: "tag", run: 1 }, (_, work) => work());
  await new Promise(setImmediate);
  expect(job.executor).toBe("me");
  other.resolve();
  await executed;
  expect(job).toEqual({ status: "cancelled", executor: null });
});

test("a run without an end is over when its service leaves, and nobody has its row; what was under way has ended", async () => {
  const { job, jobs } = ledger();
  const members = {
    id: "me",
    isTrusted: () => true,
    isDead: async () => false,
    leavesWork: async () => false,
  } as unknown as Membership;
  const audit = { isHeld: false, requireNotHeld: () => undefined };
  const leaves = new AbortController();
  const here = new RunsHere(
    { jobs: {} as JobLedger, members, clock: createTestClock(), serves: true, audit, warn: () => undefined },
    leaves.signal,
  );
  const reply = Promise.withResolvers<void>();
  const kind: Kind = {
    name: "watch",
    scope: "",
    partition: () => "",
    rows: jobs,
    goOn: "",
    async body({ turn, leave }) {
      for (;;) {
        await turn(() => reply.promise);
        leave.halt.throwIfAborted();
      }
    },
  };
  let isOver = false;
  const executed = here.execute(kind, { jobId: "watch/one", kind: "watch", run: 1 }, () => {
    throw new Error("the engine keeps nothing of it");
  });
  void executed.then(() => (isOver = true));
  await new Promise(setImmediate);
  leaves.abort();
  await new Promise(setImmediate);
  expect({ isOver, executor: job.executor }).toEqual({ isOver: false, executor: "me" });
  reply.resolve();
  await executed;
  expect(job.executor).toBeNull();
});
