import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TEMPORARY } from "../../test/support/temporary.ts";
import type { Io } from "./io.ts";
import { openOutput, withOutput } from "./output.ts";

const io = {} as Io;

// A device that opens like a file and is always full.
test.skipIf(process.platform !== "linux")(
  "a full disk is told to whoever writes next or closes the file, once, with the file's name",
  async () => {
    const full = /^cannot write \/dev\/full: /;
    const closed = await openOutput("/dev/full", io);
    await closed.line({ row: 1 });
    await expect(closed.end()).rejects.toThrow(full);

    const written = await openOutput("/dev/full", io);
    const fill = async () => {
      for (;;) await written.text("x".repeat(100_000));
    };
    await expect(fill()).rejects.toThrow(full);
    await expect(written.end()).resolves.toBeUndefined();
    await expect(withOutput("/dev/full", io, (output) => output.line({ row: 1 }))).rejects.toThrow(full);
  },
);

test("a file keeps what it had until a line is written, or until the work ends without one", async () => {
  const folder = await mkdtemp(join(TEMPORARY, "outdial-output-"));
  try {
    const path = join(folder, "rows.ndjson");
    const read = () => readFile(path, "utf8");
    const refused = () => Promise.reject(new Error("refused"));
    await expect(withOutput(path, io, refused)).rejects.toThrow("refused");
    expect(await readdir(folder)).toEqual([]);

    await writeFile(path, "from before, and longer than what follows\n");
    await expect(withOutput(path, io, refused)).rejects.toThrow("refused");
    expect(await read()).toBe("from before, and longer than what follows\n");

    await expect(
      withOutput(path, io, async (output) => {
        await output.line({ row: 1 });
        throw new Error("interrupted");
      }),
    ).rejects.toThrow("interrupted");
    expect(await read()).toBe('{"row":1}\n');
    expect(await withOutput(path, io, async () => 7)).toBe(7);
    expect(await read()).toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a file that cannot be written is told before the work begins", async () => {
  let begun = false;
  const work = async () => {
    begun = true;
  };
  const folder = await mkdtemp(join(TEMPORARY, "outdial-output-"));
  try {
    for (const path of [folder, join(folder, "none", "rows.ndjson")])
      await expect(withOutput(path, io, work)).rejects.toThrow(`cannot write ${path}: `);
    await chmod(folder, 0o500);
    if (process.getuid?.() !== 0) await expect(withOutput(join(folder, "rows"), io, work)).rejects.toThrow("cannot write");
    expect(begun).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
