// A reading has a bound on the processor time of its thread: a busy machine does not make an honest file too large.

import { expect, test } from "vitest";
import type { readBusily, readForEver, readIdly, readNothing, readThreadId } from "../../../test/support/readers.ts";
import { readAside } from "./index.ts";

const reader = (name: string) => ({ of: "a text", name, module: "../../../test/support/readers", from: import.meta.url });

test("what waits for the processor, really for longer than the bound, is not refused", async () => {
  expect(await readAside<typeof readIdly>(reader("readIdly"), 1500, { withinMs: 1000 })).toBe("read");
});

test("what computes for longer than the bound is ended", async () => {
  await expect(readAside<typeof readForEver>(reader("readForEver"), 0, { withinMs: 100 })).rejects.toMatchObject({
    code: "invalid_input",
    message: "the input (a text) takes longer than 0.1 s to read",
  });
});

test("the next reading goes to the thread of the last one, with the whole bound of its own", async () => {
  const thread = () => readAside<typeof readThreadId>(reader("readThreadId"), undefined);
  const first = await thread();
  expect(await thread()).toBe(first);
  expect(await readAside<typeof readBusily>(reader("readBusily"), 700, { withinMs: 1000 })).toBe(first);
  expect(await readAside<typeof readBusily>(reader("readBusily"), 700, { withinMs: 1000 })).toBe(first);
  // One that was ended, or that failed, is not used again.
  await expect(readAside<typeof readForEver>(reader("readForEver"), 0, { withinMs: 100 })).rejects.toThrow("takes longer");
  const second = await thread();
  expect(second).not.toBe(first);
  await expect(readAside<typeof readNothing>(reader("readNothing"), undefined)).rejects.toThrow("nothing to read");
  expect(await thread()).not.toBe(second);
});
