// A head in a file whose disk does not answer.

import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TEMPORARY } from "../../../test/support/temporary.ts";
import { HeadFile } from "./head-file.ts";

test("a disk that hangs is given up in time, asked once for all, and looked at again when it answers", async () => {
  const folder = await mkdtemp(join(TEMPORARY, "head-"));
  const path = join(folder, "log.head");
  // Reading a pipe that nobody writes hangs as a disk does whose server is away.
  execFileSync("mkfifo", [path]);
  const head = new HeadFile(path, { outside: true, create: false, answerMs: 50 });
  const asked = await Promise.allSettled([head.read(), head.read()]);
  for (const one of asked)
    expect(one).toMatchObject({ reason: { message: expect.stringMatching(/not looked at: .* within 0.05 s/) } });
  await expect(head.read()).rejects.toThrow("an earlier look at its disk has not ended");
  await expect(head.write("x")).rejects.toThrow("an earlier look at its disk has not ended");
  const writer = await open(path, "w");
  await writer.close();
  await rm(path);
  await writeFile(path, "the head");
  await expect.poll(() => head.read().catch(() => "hangs"), { timeout: 20_000 }).toBe("the head");
  await rm(folder, { recursive: true });
});
