// Locks by name across processes, and the changes that are announced before they are sent.

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { lay } from "../../support/cable.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
beforeEach(async () => {
  world = await openTestStore();
});
afterEach(() => world.dispose());

test("who holds a name keeps out everybody else, in this process and in others; other names are free", async () => {
  const other = await world.again();
  let inside = 0;
  let most = 0;
  const order: string[] = [];
  const work = (who: string) => async () => {
    inside += 1;
    most = Math.max(most, inside);
    order.push(who);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    return who;
  };
  const here = Array.from({ length: 10 }, (_, n) => world.store.locks.hold("one", work(`here ${n}`)));
  const there = Array.from({ length: 10 }, (_, n) => other.locks.hold("one", work(`there ${n}`)));
  await Promise.all([...here, ...there]);
  expect(most).toBe(1);
  expect(order).toHaveLength(20);
  // In a process first come, first served.
  expect(order.filter((who) => who.startsWith("here"))).toEqual(Array.from({ length: 10 }, (_, n) => `here ${n}`));
  await world.store.locks.hold("one", () => other.locks.hold("two", async () => undefined));
});

test("work that fails frees the name, and so does a process that goes away", async () => {
  await expect(
    world.store.locks.hold("one", async () => {
      throw new Error("broke");
    }),
  ).rejects.toThrow("broke");
  const other = await world.again();
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const holding = other.locks.hold("one", async () => {
    taken.resolve();
    await held.promise;
  });
  await taken.promise;
  await other.locks.close();
  expect(await world.store.locks.hold("one", async () => "free")).toBe("free");
  held.resolve();
  await holding;
});

test("a process that says nothing any more, and whose connection stands, keeps no name", async () => {
  await using cable = await lay(world.url);
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { ...(signal && { signal }) }),
  };
  const [frozen, other] = await Promise.all([cable.url, world.url].map((url) => openStore({ url, dir: world.dir, clock })));
  if (frozen === undefined || other === undefined) throw new Error("two are opened");
  const taken = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = frozen.locks.hold("one", async () => {
    taken.resolve();
    await held.promise;
  });
  await taken.promise;
  cable.silence();
  expect(await other.locks.hold("one", async () => "free")).toBe("free");
  cable.pull();
  held.resolve();
  await holding;
  await frozen.close();
  await other.close();
});

test("only the replica that runs a job announces changes; the last announcement of a line counts", async () => {
  const { jobs, interactionChanges: changes } = world.store;
  const given = { id: "job_1", kind: "dispositions", sourceName: "f", contentHash: "h", options: null, actor: "a" };
  expect(await jobs.createJob({ ...given, executor: "me" })).toMatchObject({ status: "planning", executor: "me" });
  await jobs.updateJob("job_1", { status: "running" });
  const change = { jobId: "job_1", line: 2, interactionId: "i\u0000", baseTag: 'W/"1"', before: [{ code: "101" }], intended: [] };
  await expect(changes.announce(change, "other")).rejects.toMatchObject({ code: "not_owner" });
  await changes.announce(change, "me");
  await changes.conclude("job_1", 2, ["x"]);
  await changes.announce({ ...change, baseTag: 'W/"2"' }, "me");
  expect(await changes.get("job_1", 2)).toEqual({ ...change, interactionId: "i\uFFFD", baseTag: 'W/"2"', stored: null });
  await changes.conclude("job_1", 2, [{ code: "102" }]);
  expect(await changes.between("job_1", 0, 9)).toMatchObject([{ line: 2, stored: [{ code: "102" }] }]);
  expect(await changes.get("job_1", 3)).toBeUndefined();
});

test("the ledger takes the results of corrections and counts them", async () => {
  const { jobs } = world.store;
  await jobs.createJob({ id: "job_1", kind: "dispositions", sourceName: "f", contentHash: "h", options: null, actor: "a" });
  await jobs.addChunks("job_1", [{ chunkNo: 0, firstLine: 2, lastLine: 6, payload: "[]" }]);
  const results = ["success", "validation_error", "conflict_persistent", "exhausted_retries", "forbidden"] as const;
  await jobs.commitBatch({
    jobId: "job_1",
    chunkNo: 0,
    items: results.map((result, n) => ({ line: n + 2, callId: "i", result, attempts: 0 })),
  });
  expect(await jobs.countItems("job_1")).toEqual(Object.fromEntries(results.map((result) => [result, 1])));
});
