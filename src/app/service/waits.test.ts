// What jobs wait for is told as long as it stands, also while one of them tries again.

import { expect, test } from "vitest";
import type { Job } from "../../store/index.ts";
import { Waits } from "./waits.ts";

const SECOND = 1000;
const job = (id: string, status: Job["status"], code?: string, finishedAt = 5 * SECOND): Job =>
  ({ id, status, finishedAt, error: code === undefined ? null : { code, message: `it is ${code}` } }) as Job;
const away = (id: string, at?: number) => job(id, "stopped", "receiver_unavailable", at);

test("a condition stands from the first stop until the job has ended, or tries for a minute", () => {
  const waits = new Waits();
  const names = (jobs: readonly Job[], now: number) => waits.take(jobs, now).map(({ name, since }) => [name, since]);
  expect(names([job("a", "running")], 0)).toEqual([]);
  expect(names([away("a")], 6 * SECOND)).toEqual([["receiver_unavailable", 5 * SECOND]]);
  expect(names([job("a", "running")], 70 * SECOND)).toEqual([["receiver_unavailable", 5 * SECOND]]);
  // It failed again: the same absence.
  expect(names([away("a", 100 * SECOND)], 101 * SECOND)).toEqual([["receiver_unavailable", 5 * SECOND]]);
  expect(names([job("a", "ready")], 200 * SECOND)).toHaveLength(1);
  expect(names([job("a", "running")], 261 * SECOND)).toEqual([]);
  expect(names([away("a")], 270 * SECOND)).toHaveLength(1);
  expect(names([], 271 * SECOND)).toEqual([]);
});

test("jobs that wait for the same are one condition, and one that waits for a person is none", () => {
  const waits = new Waits();
  const stood = waits.take(
    [away("a", 9), away("b", 7), job("c", "stopped", "lake_unavailable"), job("d", "stopped", "paused")],
    10,
  );
  expect(stood.map(({ name, since }) => [name, since])).toEqual([
    ["receiver_unavailable", 7],
    ["lake_unavailable", 5 * SECOND],
  ]);
  expect(stood[0]?.message).toBe("it is receiver_unavailable; a and 1 more jobs go on when that is over");
});
