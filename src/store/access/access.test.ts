// One statement at a time for all who ask, and no answer older than its question.

import { expect, test } from "vitest";
import { SharedLookup } from "./access.ts";

/** A table that answers when it is told to. */
function table() {
  const asked: { keys: readonly string[]; answer(values: Record<string, number>): void; fail(): void }[] = [];
  const lookup = new SharedLookup<number>((keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, number>>();
    asked.push({ keys, answer: (values) => resolve(new Map(Object.entries(values))), fail: () => reject(new Error("away")) });
    return promise;
  });
  return { asked, lookup };
}

test("who asks while a statement is under way is in the next one, even for the same key", async () => {
  const { asked, lookup } = table();
  const early = lookup.get("a");
  const late = Promise.all([lookup.get("a"), lookup.get("a"), lookup.get("b")]);
  expect(asked.map(({ keys }) => keys)).toEqual([["a"]]);
  asked[0]?.answer({ a: 1 });
  expect(await early).toBe(1);
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]?.keys).toEqual(["a", "b"]);
  asked[1]?.answer({ a: 2 });
  expect(await late).toEqual([2, 2, undefined]);
});

test("a statement that fails fails those who are in it, and the next one is sent all the same", async () => {
  const { asked, lookup } = table();
  const first = lookup.get("a");
  const second = lookup.get("a");
  asked[0]?.fail();
  await expect(first).rejects.toThrow("away");
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.answer({ a: 3 });
  expect(await second).toBe(3);
  const third = lookup.get("c");
  await expect.poll(() => asked.length).toBe(3);
  asked[2]?.answer({});
  expect(await third).toBeUndefined();
});
