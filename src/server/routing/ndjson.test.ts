import { expect, test } from "vitest";
import { linesFrom } from "./ndjson.ts";

test("work whose reader goes away in the middle ends at its next line", async () => {
  let ended = false;
  const texts = await linesFrom(async (write) => {
    try {
      for (;;) await write({ text: "x".repeat(20_000) });
    } finally {
      ended = true;
    }
  });
  for await (const text of texts) {
    expect(text).toContain("xxx");
    break;
  }
  expect(ended).toBe(true);
});
