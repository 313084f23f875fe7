// Files that are being sent to the service.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSpool } from "./spool.ts";

async function* sent(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("a file");
}

test("a file is read as often as it is asked for; what is asked for and not read before its request ended ends nothing", async () => {
  const dir = await mkdtemp(join(tmpdir(), "outdial-spool-"));
  await using _gone = { [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
  const spool = await createSpool(dir);
  const upload = await spool.keep(sent());
  const textOf = async (bytes: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  expect(await textOf(upload.bytes())).toBe("a file");
  expect(await textOf(upload.bytes())).toBe("a file");
  const unread = upload.bytes();
  await upload[Symbol.asyncDispose]();
  // An error that nobody listens to would be told by now, and fail the run.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(textOf(unread)).rejects.toMatchObject({ code: "ENOENT" });
  await spool.close();
});
