import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createTestClock } from "../../../test/support/test-clock.ts";
import { Committer } from "./committer.ts";

const failure = new Error("the disk is full");

test("items are written in order; flush waits for all of them", async () => {
  const written: number[] = [];
  const committer = new Committer<number>(async (batch) => {
    await setImmediate();
    written.push(...batch.map(({ item }) => item));
  }, createTestClock());
  for (let n = 0; n < 1200; n++) committer.add(0, n);
  await committer.flush();
  expect(written).toEqual(Array.from({ length: 1200 }, (_, n) => n));
  committer.add(1, 1200);
  await committer.flush();
  expect(written.at(-1)).toBe(1200);
});

test("after a write that failed, whoever adds, flushes or waits for room gets the failure, and nothing more is written", async () => {
  let writes = 0;
  const committer = new Committer<number>(async () => {
    writes += 1;
    throw failure;
  }, createTestClock());
  committer.add(0, 1);
  await expect(committer.flush()).rejects.toBe(failure);
  expect(committer.broken).toBe(true);
  // The result of a send that was under way comes in after the failure.
  committer.add(0, 2);
  await expect(committer.flush()).rejects.toBe(failure);
  await expect(committer.room()).rejects.toBe(failure);
  expect(writes).toBe(1);
});
