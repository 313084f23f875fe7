import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock as clock } from "../tenant/port.ts";
import { inTime } from "./in-time.ts";

const late = () => {
  throw new Error("no answer");
};

test("a process that was held up takes the answer that has arrived meanwhile", async () => {
  const ms = 200;
  // The answer needs two more turns of the process; its time was over long before.
  const work = sleep(ms / 10).then(() => sleep(1, "answered"));
  const asked = inTime(clock, ms, work, late);
  const until = performance.now() + 2 * ms;
  while (performance.now() < until);
  expect(await asked).toBe("answered");
});

test("what does not answer is waited for so long, and its late failure goes nowhere", async () => {
  const work = Promise.withResolvers<string>();
  await expect(inTime(clock, 20, work.promise, late)).rejects.toThrow("no answer");
  expect(await inTime(clock, 20, work.promise, () => null)).toBeNull();
  work.reject(new Error("at last"));
});

test("it ends with the reason of its signal, and with the failure of what it waits for", async () => {
  await expect(inTime(clock, 60_000, new Promise(() => undefined), late, AbortSignal.abort("left"))).rejects.toBe("left");
  await expect(inTime(clock, 60_000, Promise.reject(new Error("refused")), late)).rejects.toThrow("refused");
});
