import { expect, test } from "vitest";
import { createTestClock } from "../../../test/support/test-clock.ts";
import type { OperationError } from "../error.ts";
import type { JobStatus, RowJob } from "../jobs/record.ts";
import { cancelJob } from "../jobs/use-cases.ts";
import { interrupted, JobLeave, type JobReading, whileWanted } from "./leave.ts";

const HELD = { id: "job_1", run: 2, replica: "me" };
const job = (more: Partial<RowJob & JobReading> = {}) =>
  ({ status: "running", executor: "me", run: 2, owned: true, ...more }) as RowJob & JobReading;

test("a leave ends when the job is cancelled or taken over, and by the interruption, each with its reason", async () => {
  const reasonOf = async (seen: JobReading) => {
    const leave = new JobLeave(createTestClock(), new AbortController().signal);
    await leave.watch(HELD, async () => seen, new AbortController().signal);
    return (leave.halt.reason as OperationError).code;
  };
  expect(await reasonOf(job({ status: "cancelled" }))).toBe("job_state");
  expect(await reasonOf(job({ executor: "other" }))).toBe("not_owner");
  expect(await reasonOf(job({ run: 3 }))).toBe("not_owner");
  expect(await reasonOf(job({ owned: false }))).toBe("not_owner");
  const interrupt = new AbortController();
  const leave = new JobLeave(createTestClock(), interrupt.signal);
  const reason = interrupted();
  interrupt.abort(reason);
  expect(leave.halt.reason).toBe(reason);
});

test("without an answer of the ledger it is not confirmed any more after a few seconds, until the next one comes", async () => {
  const clock = createTestClock();
  const leave = new JobLeave(clock, new AbortController().signal);
  const over = new AbortController();
  const expired = Promise.withResolvers<Promise<void>>();
  let away = true;
  const watching = leave.watch(
    HELD,
    async () => {
      if (!away) return job();
      const waiting = leave.confirmed();
      if (waiting !== undefined) {
        expired.resolve(waiting);
        away = false;
      }
      throw new Error("the database is away");
    },
    over.signal,
  );
  await expired.promise;
  expect(leave.confirmed()).toBeUndefined();
  over.abort();
  await watching;
});

test.each([
  ["the system's clock is set back", -3_600_000, 4_001],
  ["the machine slept, and its monotonic clock with it", 3_600_000, 0],
])("an answer is not good any more when %s", (_, wall, monotonic) => {
  const clock = createTestClock();
  let elapsed = 0;
  const leave = new JobLeave(clock, new AbortController().signal, () => elapsed);
  expect(leave.confirmed()).toBeUndefined();
  clock.skip(wall);
  elapsed = monotonic;
  expect(leave.confirmed()).toBeInstanceOf(Promise);
});

test("a run that waits for its leave is woken by the interruption", async () => {
  const clock = createTestClock();
  const interrupt = new AbortController();
  const leave = new JobLeave(clock, interrupt.signal);
  clock.skip(60_000);
  const waiting = leave.confirmed();
  expect(waiting).toBeInstanceOf(Promise);
  interrupt.abort(interrupted());
  await waiting;
  expect(leave.confirmed()).toBeUndefined();
});

/** A job that its replica lets go of at the look of that number. */
function ledger(status: JobStatus, letsGoAt: number) {
  const done: string[] = [];
  let looks = 0;
  let now = status;
  return {
    done,
    jobs: {
      get: async () => job({ status: now, ...(++looks > letsGoAt ? { executor: null } : {}) }),
      cancel: async () => {
        now = "cancelled";
        done.push("cancelled");
      },
    },
    record: async () => void done.push("recorded"),
    looks: () => looks,
  };
}

test("cancelling waits until the replica has let go, or is dead; a job that has ended is left alone", async () => {
  const alive = { isDead: async () => false };
  const running = ledger("running", 5);
  await cancelJob("job_1", { ...running, replicas: alive, clock: createTestClock() });
  expect(running.done).toEqual(["cancelled", "recorded"]);
  expect(running.looks()).toBe(6);

  const dead = ledger("running", 1000);
  let asked = 0;
  await cancelJob("job_1", { ...dead, replicas: { isDead: async () => ++asked > 3 }, clock: createTestClock() });
  expect(asked).toBe(4);

  const again = ledger("cancelled", 3);
  await cancelJob("job_1", { ...again, replicas: alive, clock: createTestClock() });
  expect(again.done).toEqual([]);
  expect(again.looks()).toBe(4);

  const ended = ledger("done", 1000);
  await cancelJob("job_1", { ...ended, replicas: alive, clock: createTestClock() });
  expect(ended.done).toEqual([]);

  const hangs = ledger("running", Number.POSITIVE_INFINITY);
  await expect(cancelJob("job_1", { ...hangs, replicas: alive, clock: createTestClock() })).rejects.toMatchObject({
    code: "outcome_unknown",
    message: "job job_1 is cancelled, and me has not confirmed that it stopped sending",
  });
});

const FREE = { halt: new AbortController().signal, confirmed: () => undefined };

test("a start is called off before its work begins, and while it waits", async () => {
  const clock = createTestClock();
  let begun = 0;
  const work = async ({ halt }: { readonly halt: AbortSignal }) => {
    begun += 1;
    off = "everything was stopped";
    await clock.sleep(60_000, halt);
    return "sent";
  };
  let off: string | null = "it was paused";
  expect(await whileWanted({ clock, leave: FREE, calledOff: async () => off }, work)).toEqual({ calledOff: "it was paused" });
  expect(begun).toBe(0);
  off = null;
  const started = await whileWanted({ clock, leave: FREE, calledOff: async () => off }, work);
  expect(started).toMatchObject({ calledOff: "everything was stopped", error: expect.any(Error) as Error });
  off = null;
  expect(await whileWanted({ clock, leave: FREE, calledOff: async () => off }, async () => "sent")).toEqual({ result: "sent" });
});

test("nothing is sent on an answer that is older than a second; the next one lets it go", async () => {
  const clock = createTestClock();
  let elapsed = 0;
  let isAway = false;
  const calledOff = async () => {
    if (isAway) throw new Error("the database is away");
    return null;
  };
  const started = whileWanted({ clock, leave: FREE, calledOff, elapsed: () => elapsed }, async ({ confirmed }) => {
    expect(confirmed()).toBeUndefined();
    isAway = true;
    elapsed += 1_001;
    const waiting = confirmed();
    expect(waiting).toBeDefined();
    isAway = false;
    await waiting;
    expect(confirmed()).toBeUndefined();
    return "sent";
  });
  expect(await started).toEqual({ result: "sent" });
});
