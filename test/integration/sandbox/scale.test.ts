// A large world stays usable: 100,000 calls and 1,000,000 contacts, in a process of its own below 1 GiB.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("100,000 calls and 1,000,000 contacts are usable below 1 GiB", async () => {
  const script = fileURLToPath(new URL("./scale-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({ calls: 100_000, contacts: 1_000_000, walked: 100_000, tagged: 100_000, consented: 800_000 });
  expect((report as { peakBytes: number }).peakBytes).toBeLessThan(1024 ** 3);
});
