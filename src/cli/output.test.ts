import { expect, test } from "vitest";
import type { Io } from "./io.ts";
import { openOutput } from "./output.ts";

// A device that opens like a file and is always full.
test.skipIf(process.platform !== "linux")(
  "a full disk is told to whoever writes next or closes the file, once, with the file's name",
  async () => {
    const full = /^cannot write \/dev\/full: /;
    const io = {} as Io;
    const closed = await openOutput("/dev/full", io);
    await closed.line({ row: 1 });
    await expect(closed[Symbol.asyncDispose]()).rejects.toThrow(full);

    const written = await openOutput("/dev/full", io);
    const fill = async () => {
      for (;;) await written.text("x".repeat(100_000));
    };
    await expect(fill()).rejects.toThrow(full);
    await expect(written[Symbol.asyncDispose]()).resolves.toBeUndefined();
  },
);
