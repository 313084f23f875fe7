// Work that many ask for at once.

import { expect, test } from "vitest";
import { Together } from "./together.ts";

test("who asks during a run shares the next one, and nobody gets one that began before they asked", async () => {
  const together = new Together<number>();
  const runs: PromiseWithResolvers<number>[] = [];
  const ask = () =>
    together.get(() => {
      const run = Promise.withResolvers<number>();
      runs.push(run);
      return run.promise;
    });
  const first = ask();
  const second = [ask(), ask()];
  expect(runs.length).toBe(1);
  runs[0]?.resolve(1);
  expect(await first).toBe(1);
  await Promise.resolve();
  const third = ask();
  expect(runs.length).toBe(2);
  runs[1]?.reject(new Error("away"));
  expect((await Promise.allSettled(second)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await new Promise(setImmediate);
  expect(runs.length).toBe(3);
  runs[2]?.resolve(3);
  expect(await third).toBe(3);
  await new Promise(setImmediate);
  const alone = ask();
  expect(runs.length).toBe(4);
  runs[3]?.resolve(4);
  expect(await alone).toBe(4);
});
