// A reading has a bound on the processor time of its thread: a busy machine does not make an honest file too large.

import { expect, test } from "vitest";
import type { readForEver, readIdly } from "../../../test/support/readers.ts";
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
