// Which work a service goes on with although another process began it.

import { expect, test } from "vitest";
import { isDue, isLeft, waitOf } from "./left.ts";

const NOW = 1_000_000;
const NOTHING = { retriesAway: false, forRefused: false };
const RETRIES = { ...NOTHING, retriesAway: true };
const job = (status: "running" | "ready" | "stopped" | "done", more: object = {}) => ({
  status,
  error: null,
  createdAt: NOW - 1000,
  finishedAt: null,
  run: 1,
  ...more,
});

test.each([
  ["run by a process", job("running"), false],
  ["just begun", job("ready"), false],
  ["begun long ago and never taken up", job("ready", { createdAt: NOW - 60_000 }), true],
  ["never taken up, and this clock was set back", job("ready", { createdAt: NOW + 3_600_000 }), true],
  [
    "left by a service that ended: the engine has its run",
    job("stopped", { error: { code: "interrupted", leaves: true } }),
    false,
  ],
  ["interrupted by a person", job("stopped", { error: { code: "interrupted" } }), false],
  ["stopped when the database went away", job("stopped", { error: { code: "store_unavailable" } }), true],
  ["waiting for a person", job("stopped", { error: { code: "paused" } }), false],
  ["refused", job("stopped", { error: { code: "missing_scope" }, finishedAt: 0 }), false],
  ["ended", job("done"), false],
])("%s", (_, given, expected) => {
  expect(isDue(given, NOW, RETRIES)).toBe(expected);
});

test("a job that a refused service had is gone on with by one whose token is good: at once, then less and less often", () => {
  const left = (run: number, ago: number) =>
    job("stopped", { error: { code: "unauthorized" }, run, finishedAt: NOW - ago, createdAt: NOW - ago });
  const takes = (run: number, ago: number) => isDue(left(run, ago), NOW, { ...NOTHING, forRefused: true });
  expect([takes(1, 0), takes(2, 59_000), takes(2, 61_000), takes(3, 61_000), takes(3, 121_000)]).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(isDue(left(1, 100_000), NOW, RETRIES)).toBe(false);
});

test("a tenant that was away is tried again after a minute, where that is wanted", () => {
  const away = (ago: number) => job("stopped", { error: { code: "vendor_unavailable" }, finishedAt: NOW - ago });
  expect([isDue(away(1000), NOW, RETRIES), isDue(away(61_000), NOW, RETRIES), isDue(away(61_000), NOW, NOTHING)]).toEqual([
    false,
    true,
    false,
  ]);
});

test("a receiver that was away is tried again after a minute, then each time after twice as long up to an hour, for three days", () => {
  const away = (run: number, ago: number, createdAt = NOW - 1000) =>
    isDue(job("stopped", { error: { code: "receiver_unavailable" }, run, finishedAt: NOW - ago, createdAt }), NOW, NOTHING);
  expect([away(1, 59_000), away(1, 61_000), away(3, 239_000), away(3, 241_000)]).toEqual([false, true, false, true]);
  expect([away(40, 3_599_000), away(40, 3_601_000)]).toEqual([false, true]);
  expect([away(40, 3_601_000, NOW - 71 * 3_600_000), away(40, 3_601_000, NOW - 73 * 3_600_000)]).toEqual([true, false]);
});

test("a lake that could not be written is tried again after five seconds, then each time after twice as long up to five minutes", () => {
  const away = (run: number, ago: number) =>
    isDue(job("stopped", { error: { code: "lake_unavailable" }, run, finishedAt: NOW - ago }), NOW, NOTHING);
  expect([away(1, 4_900), away(1, 5_100), away(3, 19_900), away(3, 20_100)]).toEqual([false, true, false, true]);
  expect([away(40, 299_000), away(40, 301_000)]).toEqual([false, true]);
});

test("what a stopped job waits for that ends by itself is told of, and nothing of one that waits for a person", () => {
  const waits = (code: string, status: "stopped" | "running" = "stopped") => waitOf(job(status, { error: { code } }));
  expect(waits("receiver_unavailable")).toBe("receiver_unavailable");
  expect(waits("lake_unavailable")).toBe("lake_unavailable");
  expect([waits("receiver_refuses"), waits("interrupted"), waits("lake_unavailable", "running")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a job that a service left waits for the next one; one that a person interrupted waits for a person", () => {
  const left = job("stopped", { error: { code: "interrupted", leaves: true } });
  expect([left, job("stopped", { error: { code: "interrupted" } }), job("running")].map(isLeft)).toEqual([true, false, false]);
});
