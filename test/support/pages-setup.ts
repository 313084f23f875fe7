// The dashboard, built once before the tests when its sources have changed: files that run side by side would build it over each other.

import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** Where the built dashboard is. */
export const PAGES = join(ROOT, "dist/web");

/** vitest calls this before the first test. */
export default function setup(): void {
  // From elsewhere, as a service does that is started in its workplace.
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/build-web.ts"), "--changed"], {
    encoding: "utf8",
    cwd: tmpdir(),
  });
  if (status !== 0) throw new Error(`the dashboard could not be built:\n${stderr}`);
}
