// The examples of the library run as they stand, each in a process of its own against its own sandbox.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** What an example writes, line by line. */
async function linesOf(name: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [`examples/${name}.ts`], { cwd: ROOT });
  return stdout.trimEnd().split("\n");
}

test("tagging one call, then a list of which one row is refused", async () => {
  expect(await linesOf("tag-from-code")).toEqual([
    "call_000003: tagged",
    expect.stringMatching(/^1 to send, 1 refused: disposition code "DISP_0O1" .* did you mean DISP_001\?$/),
    'partly_failed: {"tagged":1,"refused":1}',
    "  1 call_000001: tagged",
    expect.stringMatching(/^ {2}2 call_000002: refused \(disposition code "DISP_0O1"/),
  ]);
});

test("correcting a disposition, then a list whose rows break rules", async () => {
  expect(await linesOf("correct-disposition")).toEqual([
    "there: 102",
    "would be: 101; 0 problems",
    "success: 101",
    expect.stringMatching(/^ {2}1: validation_error .* cannot stand on one interaction/),
    expect.stringMatching(/^ {2}2: validation_error disposition code "999" is not in the tree/),
  ]);
});

test("dialer settings are validated, activated and rolled back", async () => {
  expect(await linesOf("dialer-settings")).toEqual([
    expect.stringMatching(/^0 findings, 0 refusals, abandonment \d+\.\d %$/),
    "  name: Predictive_Outbound_01 → Evening",
    "  concurrency.max_simultaneous_calls: 200 → 140",
    "  algorithm.abandonment_rate_target: 0.03 → 0.025",
    "  algorithm.dial_ratio: 4 → 2.8",
    "  algorithm.warm_line_timeout_sec: 12 → 2",
    expect.stringMatching(/^version \d+: applied$/),
    "rolled back: applied",
  ]);
});

test("campaigns are provisioned, a list is segmented, a campaign is watched and handed over", async () => {
  expect(await linesOf("campaigns")).toEqual([
    "create Spring renewals 2026, backup: 200 contacts",
    "create Spring renewals 2026: 200 contacts",
    expect.stringMatching(/^applied: Spring renewals 2026, backup is camp_\w+, Spring renewals 2026 is camp_\w+$/),
    expect.stringMatching(/^1\d\d of 200 contacts may be called now$/),
    "camp_primary is active, its calls are known",
    "rehearsed in 5 steps: passed",
    "the backup dials",
  ]);
});

test("outcomes are pulled, mapped, reported and pushed", async () => {
  const [pulled = "", whole, converted = "", pushed = ""] = await linesOf("outcomes");
  const calls = /^done: (\d+) calls$/.exec(pulled)?.[1] ?? "";
  expect(Number(calls)).toBeGreaterThan(1000);
  expect(whole).toBe("the lake holds them all: true");
  expect(converted).toMatch(new RegExp(`^\\d+ of ${calls} calls converted \\([\\d.]+ % to [\\d.]+ %\\) by example#`));
  expect(pushed).toBe(`${calls} records acknowledged, received`);
});
