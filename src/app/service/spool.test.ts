import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSpool } from "../service.ts";

test.each([
  ["ENOSPC", "store_full"],
  ["EDQUOT", "store_full"],
  ["EIO", "EIO"],
])("a file that cannot be kept for %s is told as %s, and nothing of it stays", async (code, told) => {
  const dir = await mkdtemp(join(tmpdir(), "outdial-spool-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const spool = await createSpool(dir);
  // As the write stream fails in the middle.
  const bytes = async function* () {
    yield Buffer.from("call_id\n");
    throw Object.assign(new Error(`${code}: write`), { code });
  };
  await expect(spool.keep(bytes())).rejects.toMatchObject({ code: told });
  expect(await readdir(join(dir, "uploads", String(process.pid)))).toEqual([]);
  await spool.close();
});
