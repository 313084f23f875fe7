// The examples of the library run as they stand against their own sandboxes: the first in a process of its own, the others one after the other in another one,
// which loads the library once.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { workFolder } from "../support/cli.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const FIRST = "tag-from-code";
const OTHERS = ["correct-disposition", "dialer-settings", "campaigns", "outcomes"];
const MARK = "-- end of the example";

const written = new Map<string, string>();

async function outputOf(program: string): Promise<string> {
  const { stdout } = await run(process.execPath, [program], { cwd: ROOT });
  return stdout;
}

beforeAll(async () => {
  await using folder = await workFolder();
  const program = join(folder.path, "all.mjs");
  const lines = OTHERS.map(
    (name) => `await import("${pathToFileURL(join(ROOT, "examples", name)).href}.ts"); console.log("${MARK}");`,
  );
  await writeFile(program, lines.join("\n"));
  const [first, others] = await Promise.all([outputOf(`examples/${FIRST}.ts`), outputOf(program)]);
  written.set(FIRST, first);
  for (const [i, output] of others.split(`${MARK}\n`).entries()) written.set(OTHERS[i] ?? "", output.trimStart());
});

/** What an example wrote, line by line. */
function linesOf(name: string): string[] {
  return (written.get(name) ?? "").trimEnd().split("\n");
}

test("tagging one call, then a list of which one row is refused", () => {
  expect(linesOf("tag-from-code")).toEqual([
    "call_000003: tagged",
    expect.stringMatching(/^1 to send, 1 refused: disposition code "DISP_0O1" .* did you mean DISP_001\?$/),
    'partly_failed: {"tagged":1,"refused":1}',
    "  1 call_000001: tagged",
    expect.stringMatching(/^ {2}2 call_000002: refused \(disposition code "DISP_0O1"/),
  ]);
});

test("correcting a disposition, then a list whose rows break rules", () => {
  expect(linesOf("correct-disposition")).toEqual([
    "there: 102",
    "would be: 101; 0 problems",
    "success: 101",
    expect.stringMatching(/^ {2}1: validation_error .* cannot stand on one interaction/),
    expect.stringMatching(/^ {2}2: validation_error disposition code "999" is not in the tree/),
  ]);
});

test("dialer settings are validated, activated and rolled back", () => {
  expect(linesOf("dialer-settings")).toEqual([
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

test("campaigns are provisioned, a list is segmented, a campaign is watched and handed over", () => {
  expect(linesOf("campaigns")).toEqual([
    "create Spring renewals 2026, backup: 200 contacts",
    "create Spring renewals 2026: 200 contacts",
    expect.stringMatching(/^applied: Spring renewals 2026, backup is camp_\w+, Spring renewals 2026 is camp_\w+$/),
    expect.stringMatching(/^1\d\d of 200 contacts may be called now$/),
    "camp_primary is active, its calls are known",
    "rehearsed in 5 steps: passed",
    "the backup dials",
  ]);
});

test("outcomes are pulled, mapped, reported and pushed", () => {
  const [pulled = "", whole, converted = "", pushed = ""] = linesOf("outcomes");
  const calls = /^done: (\d+) calls$/.exec(pulled)?.[1] ?? "";
  expect(Number(calls)).toBeGreaterThan(1000);
  expect(whole).toBe("the lake holds them all: true");
  expect(converted).toMatch(new RegExp(`^\\d+ of ${calls} calls converted \\([\\d.]+ % to [\\d.]+ %\\) by example#`));
  expect(pushed).toBe(`${calls} records acknowledged, received`);
});
