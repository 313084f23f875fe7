// A checkout whose dashboard cannot be built anew serves what was built before, and says so.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { TEMPORARY } from "../../../test/support/temporary.ts";
import { dashboardFolder } from "./dashboard.ts";

test("a build that fails is told in one line, one that does not in none", async () => {
  const dir = await mkdtemp(join(TEMPORARY, "outdial-build-"));
  const told: string[] = [];
  try {
    const build = pathToFileURL(join(dir, "build.ts"));
    for (const code of [0, 1]) {
      await writeFile(build, `process.exitCode = ${code};`);
      expect(await dashboardFolder((line) => void told.push(line), build)).toContain("web");
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  expect(told).toEqual([expect.stringContaining("the dashboard is an older build")]);
});
