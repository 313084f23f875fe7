// The streams of a real process.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a file of which the disk takes a part only is a failure, and is told", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "outdial-test-"));
  stack.defer(() => rm(folder, { recursive: true }));
  // A file may not grow above one kilobyte: the first write is cut short, and the next one fails.
  const limited = 'ulimit -f 1; exec "$1" "$2" --help > "$3"';
  const file = join(folder, "help");
  const run = promisify(execFile)("bash", ["-c", limited, "-", process.execPath, join(import.meta.dirname, "main.ts"), file]);
  await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("could not be written") as string });
  expect((await readFile(file)).length).toBe(1024);
});

test("an error that cannot be written to a full disk is told on stderr", async () => {
  const full = 'exec "$1" "$2" jobs list --limit none --json > /dev/full';
  const run = promisify(execFile)("bash", ["-c", full, "-", process.execPath, join(import.meta.dirname, "main.ts")]);
  await expect(run).rejects.toMatchObject({ stderr: expect.stringMatching(/could not be written.*\n[^]*--limit/) as string });
});
