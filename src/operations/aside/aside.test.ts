// A reading has a bound on the processor time: a busy machine does not make an honest file too large.

import { expect, test } from "vitest";
import type {
  readBusily,
  readForEver,
  readGreedily,
  readIdly,
  readNothing,
  readProcessId,
} from "../../../test/support/readers.ts";
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

test("the next reading goes to the process of the last one, with the whole bound of its own", async () => {
  const process = () => readAside<typeof readProcessId>(reader("readProcessId"), undefined);
  const first = await process();
  expect(await process()).toBe(first);
  expect(await readAside<typeof readBusily>(reader("readBusily"), 700, { withinMs: 1000 })).toBe(first);
  expect(await readAside<typeof readBusily>(reader("readBusily"), 700, { withinMs: 1000 })).toBe(first);
  // One that was ended, or that failed, is not used again.
  await expect(readAside<typeof readForEver>(reader("readForEver"), 0, { withinMs: 100 })).rejects.toThrow("takes longer");
  const second = await process();
  expect(second).not.toBe(first);
  await expect(readAside<typeof readNothing>(reader("readNothing"), undefined)).rejects.toThrow("nothing to read");
  expect(await process()).not.toBe(second);
});

test.each(["small", "large", "text"] as const)(
  "what takes more memory than it may is refused, and others go on: %s",
  async (how) => {
    await expect(readAside<typeof readGreedily>(reader("readGreedily"), how)).rejects.toMatchObject({
      code: "invalid_input",
      message: "the input (a text) takes more than 256 MB to read",
    });
    expect(await readAside<typeof readIdly>(reader("readIdly"), 0)).toBe("read");
  },
);
