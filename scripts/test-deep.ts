// Every suite at its full scale, one after the other. A row that was broken off goes on with the suites that have not passed on these files.
//
// usage: node scripts/test-deep.ts [--again] [suite …]

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { passedRuns } from "./passed.ts";

/** The suites, with their folders. */
const SUITES: Readonly<Record<string, string>> = {
  unit: "src/",
  integration: "test/integration/",
  browser: "test/browser/",
  chaos: "test/chaos/",
};
const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));

/** @returns the exit code */
function runAll(args: readonly string[]): number {
  const named = args.filter((arg) => arg !== "--again");
  const unknown = named.filter((name) => !(name in SUITES));
  if (unknown.length > 0) {
    process.stderr.write(`there is no suite ${unknown.join(", ")}; allowed are ${Object.keys(SUITES).join(", ")}\n`);
    return 2;
  }
  const passed = passedRuns("deep", args.includes("--again"));
  for (const [suite, folder] of Object.entries(SUITES)) {
    if (named.length > 0 && !named.includes(suite)) continue;
    if (passed.has(suite)) {
      process.stderr.write(`${suite}: passed before on these files; --again runs it once more\n`);
      continue;
    }
    const env = { ...process.env, TEST_SCALE: "1" };
    const { status } = spawnSync(process.execPath, [VITEST, "run", folder], { env, stdio: "inherit" });
    if (status !== 0) return status ?? 1;
    passed.add(suite);
  }
  return 0;
}

process.exitCode = runAll(process.argv.slice(2));
